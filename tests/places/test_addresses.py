"""An address tells every zone that it may lie in, by tzdata, and where it tells none it is an error with a remedy."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from arrears.errors import PlaceError
from arrears.places import known_zones, zones_of_address
from arrears.places.addresses import regions_known, zones_of_countries


@pytest.mark.parametrize(
    ("country", "region", "zones"),
    [
        ("CN", "SH", ("Asia/Shanghai",)),
        ("CN", "XJ", ("Asia/Shanghai", "Asia/Urumqi")),
        ("CN", "", ("Asia/Shanghai", "Asia/Urumqi")),
        ("US", "MA", ("America/New_York",)),
        ("US", "TX", ("America/Chicago", "America/Denver")),
        ("US", "HI", ("Pacific/Honolulu",)),
        ("US", "GU", ("Pacific/Guam",)),
        ("CA", "ON", ("America/Toronto", "America/Atikokan", "America/Winnipeg")),
        ("AU", "WA", ("Australia/Perth", "Australia/Eucla")),
        ("BR", "AC", ("America/Rio_Branco",)),
        ("GB", "SCT", ("Europe/London",)),
        ("IN", "MH", ("Asia/Kolkata",)),
        ("SG", "", ("Asia/Singapore",)),
    ],
)
def test_address_has_the_zones_of_its_region(country: str, region: str, zones: tuple[str, ...]) -> None:
    assert zones_of_address(country, region) == zones


def test_country_without_a_region_has_all_of_its_zones() -> None:
    zones = zones_of_address("US")
    assert zones[0] == "America/New_York"
    assert {"Pacific/Honolulu", "America/Adak", "America/Phoenix"} < set(zones)
    assert zones == zones_of_countries()["US"]


def test_a_region_of_a_country_whose_regions_are_not_kept_does_not_narrow_it() -> None:
    assert zones_of_address("RU", "MOW") == zones_of_address("RU")


@pytest.mark.parametrize(
    ("country", "region", "told"), [("XX", "", "ISO 3166-1"), ("", "", "ISO 3166-1"), ("US", "ZZ", "MA, MD")]
)
def test_address_that_tells_no_place_is_an_error_with_a_remedy(country: str, region: str, told: str) -> None:
    with pytest.raises(PlaceError) as refused:
        zones_of_address(country, region)
    assert told in refused.value.line()


@pytest.mark.parametrize("country", regions_known())
def test_regions_together_have_every_zone_of_their_country(country: str) -> None:
    of_regions = {zone for zones in regions_known()[country].values() for zone in zones}
    assert set(zones_of_countries()[country]) <= of_regions


def test_every_zone_of_a_region_is_one_of_tzdata() -> None:
    of_countries = {zone for zones in zones_of_countries().values() for zone in zones}
    named = {zone for regions in regions_known().values() for zones in regions.values() for zone in zones}
    assert named <= of_countries


def test_every_zone_of_a_country_can_be_reckoned_in() -> None:
    for zones in zones_of_countries().values():
        assert [ZoneInfo(zone).key for zone in zones] == list(zones)


def test_the_fifty_states_and_the_provinces_are_there() -> None:
    assert {country: len(regions) for country, regions in regions_known().items()} == {
        "US": 50 + 1 + 6, "CA": 13, "AU": 8, "CN": 34, "BR": 27, "MX": 32, "ID": 38, "NZ": 17, "PT": 20, "ES": 22, "CL": 16,
    }  # fmt: skip


def test_an_old_name_leads_to_the_name_used_now() -> None:
    assert known_zones()["Asia/Calcutta"] == "Asia/Kolkata"
    assert known_zones()["Asia/Shanghai"] == "Asia/Shanghai"
