"""Where the feed states no zone, a number's prefix and the address say which are plausible; what is stated stands."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from arrears.places import zones_of_address, zones_of_number
from tests.book.world import Book, contact_point, customer, day


def zones(tmp_path: Path, points: list[dict[str, Any]], **told: Any) -> set[str]:
    one = Book(tmp_path).run(day("02-03"), customers=[customer(**told)], contact_points=points).customer()
    found = one["zones"].split(",")
    assert found == sorted(set(found))
    return set(found)


HAWAII, NEW_YORK, MASSACHUSETTS = "+18085550123", "+12125550123", {"country": "US", "region": "MA", "timezone": None}


@pytest.mark.parametrize(
    ("kind", "number", "zone"), [("mobile", HAWAII, "Pacific/Honolulu"), ("landline", NEW_YORK, "America/New_York")]
)
def test_a_number_without_a_zone_has_those_of_its_prefix(tmp_path: Path, kind: str, number: str, zone: str) -> None:
    assert zones(tmp_path, [contact_point("P1", kind, value=number)], timezone="Asia/Tokyo") == {"Asia/Tokyo", zone}


def test_the_zone_stated_for_a_number_stands_instead_of_its_prefix(tmp_path: Path) -> None:
    points = [contact_point("P1", value=HAWAII, timezone="America/Chicago")]
    assert zones(tmp_path, points, timezone="America/Denver") == {"America/Chicago", "America/Denver"}


def test_a_mobile_of_several_zones_has_them_all(tmp_path: Path) -> None:
    number = "+61412345678"
    assert zones(tmp_path, [contact_point("P1", value=number)], timezone="Australia/Sydney") == set(zones_of_number(number))


@pytest.mark.parametrize(
    "other",
    [
        {"kind": "email", "value": "a@example.org"},
        {"kind": "mobile", "value": "13800000000"},
        {"kind": "mobile", "value": "+9995550123"},
        {"kind": "mobile", "value": HAWAII, "party": "relative"},
        {"kind": "mobile", "value": HAWAII, "status": "invalid"},
    ],
)
def test_what_tells_no_place_of_the_debtors_adds_none(tmp_path: Path, other: dict[str, Any]) -> None:
    assert zones(tmp_path, [contact_point("P1", **other)], timezone="Asia/Tokyo") == {"Asia/Tokyo"}


def test_without_a_stated_zone_the_address_tells_it(tmp_path: Path) -> None:
    one = Book(tmp_path).run(day("02-03"), customers=[customer(**MASSACHUSETTS)]).customer()
    assert (one["timezone"], one["zones"]) == ("America/New_York", "America/New_York")


def test_a_region_on_a_line_has_both_sides_and_is_planned_for_most_people(tmp_path: Path) -> None:
    one = Book(tmp_path).run(day("02-03"), customers=[customer(country="US", region="TX")]).customer()
    assert (one["timezone"], one["zones"]) == ("America/Chicago", "America/Chicago,America/Denver")


@pytest.mark.parametrize("region", [None, "", "ZZ"])
def test_without_a_region_that_there_is_every_zone_of_the_country_is_plausible(tmp_path: Path, region: str | None) -> None:
    assert zones(tmp_path, [], country="US", region=region) == set(zones_of_address("US"))


def test_an_urumqi_customer_may_go_by_either_clock(tmp_path: Path) -> None:
    assert zones(tmp_path, [contact_point("P1")], region="XJ") == {"Asia/Shanghai", "Asia/Urumqi"}


def test_address_and_number_that_disagree_are_both_plausible(tmp_path: Path) -> None:
    assert zones(tmp_path, [contact_point("P1", value=HAWAII)], **MASSACHUSETTS) == {"America/New_York", "Pacific/Honolulu"}


def test_the_zones_of_the_address_stay_when_only_a_number_is_delivered_later(tmp_path: Path) -> None:
    book = Book(tmp_path).run(day("02-03"), customers=[customer(country="US", region="TX")])
    one = book.run(day("02-04"), contact_points=[contact_point("P1", value=HAWAII)]).customer()
    assert one["zones"] == "America/Chicago,America/Denver,Pacific/Honolulu"
    assert book.run(day("02-05")).customer()["zones"] == one["zones"]


def test_a_zone_stated_later_stands_instead_of_the_address(tmp_path: Path) -> None:
    book = Book(tmp_path).run(day("02-03"), customers=[customer(country="US", region=None)])
    one = book.run(day("02-04"), customers=[customer(country="US", region=None, timezone="America/Denver")]).customer()
    assert (one["timezone"], one["zones"]) == ("America/Denver", "America/Denver")


def test_a_zone_no_longer_stated_leaves_the_address(tmp_path: Path) -> None:
    book = Book(tmp_path).run(day("02-03"), customers=[customer(country="US", region="HI", timezone="America/Denver")])
    assert book.run(day("02-04"), customers=[customer(country="US", region="HI")]).customer()["zones"] == "Pacific/Honolulu"


def test_whoever_moves_is_where_the_new_address_is(tmp_path: Path) -> None:
    book = Book(tmp_path).run(day("02-03"), customers=[customer(country="US", region="HI")])
    assert book.run(day("02-04"), customers=[customer(country="US", region="MA")]).customer()["zones"] == "America/New_York"
