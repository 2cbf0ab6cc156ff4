"""A number tells every zone that its prefix stands for, and never more than that."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arrears.errors import PlaceError
from arrears.places import zones_of_address, zones_of_number
from arrears.places.numbers import PREFIX_DIGITS, zones_of_prefix


@pytest.mark.parametrize(
    ("number", "zones"),
    [
        ("+12125550123", ("America/New_York",)),
        ("+18085550123", ("Pacific/Honolulu",)),
        ("+16715551234", ("Pacific/Guam",)),
        ("+14165550123", ("America/Toronto",)),
        ("+8613800000000", ("Asia/Shanghai",)),
        ("+919876543210", ("Asia/Kolkata",)),
        ("+6591234567", ("Asia/Singapore",)),
        ("+442071234567", ("Europe/London",)),
    ],
)
def test_number_has_the_zones_of_its_area(number: str, zones: tuple[str, ...]) -> None:
    assert zones_of_number(number) == zones


def test_mobile_that_belongs_to_no_area_has_every_zone_of_its_country() -> None:
    zones = zones_of_number("+61412345678")
    assert {"Australia/Sydney", "Australia/Adelaide", "Australia/Perth", "Australia/Eucla"} <= set(zones)


def test_toll_free_number_has_every_zone_of_its_calling_code() -> None:
    zones = set(zones_of_number("+18005550123"))
    assert {"America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles", "America/Anchorage"} < zones
    assert {"Pacific/Honolulu", "America/Toronto", "America/Puerto_Rico"} < zones


@pytest.mark.parametrize("number", ["+869912345678", "+8613999912345"])
def test_number_of_urumqi_is_on_beijing_time_by_the_library(number: str) -> None:
    """Urumqi time comes from the address, which the number does not replace."""
    assert zones_of_number(number) == ("Asia/Shanghai",)
    assert "Asia/Urumqi" in zones_of_address("CN", "XJ")


@pytest.mark.parametrize("number", ["", "13800000000", "0086138", "+12", "+999123456789", "+86991234567", "tel:+12125550123"])
def test_what_is_no_number_is_an_error_that_says_what_to_do(number: str) -> None:
    with pytest.raises(PlaceError) as refused:
        zones_of_number(number)
    assert "E.164" in refused.value.line() and "contact_points.timezone" in refused.value.line()


def test_the_error_does_not_carry_the_number() -> None:
    with pytest.raises(PlaceError) as refused:
        zones_of_number("+86991234567")
    assert "991234" not in refused.value.line()


_SUBSCRIBERS = st.one_of(
    st.builds(
        "+1{}{:07d}".format, st.sampled_from((212, 808, 907, 316, 850, 208, 800, 416, 709)), st.integers(2_000_000, 9_999_999)
    ),
    st.builds("+861{}{:09d}".format, st.integers(3, 9), st.integers(0, 10**9 - 1)),
    st.builds("+614{:08d}".format, st.integers(0, 10**8 - 1)),
    st.builds("+447{:09d}".format, st.integers(400_000_000, 999_999_999)),
)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(_SUBSCRIBERS)
def test_prefix_has_the_zones_of_the_numbers_that_begin_with_it(number: str) -> None:
    try:
        zones = zones_of_number(number)
    except PlaceError:
        return  # a number that nobody has says nothing of its prefix
    assert zones_of_prefix(number[: PREFIX_DIGITS + 1], len(number) - 1) == zones


def test_prefix_that_no_plan_has_tells_no_zone() -> None:
    assert zones_of_prefix("+9991234", 10) == ()
