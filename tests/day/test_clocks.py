"""Days on which clocks change: no contact is planned for an hour that is unlawful by either clock of the day.

The customers hold Chinese cards, so Chinese hours (from 8 to 22) bind the bank wherever they live.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from tests.day.world import cardholder, deliver, rows, run, together, workspace

SPRING, AUTUMN = 9 * 60, 8 * 60
"""First lawful minute by the clock at noon. In spring the clock before the change is an hour behind it."""


@pytest.mark.parametrize(
    ("zone", "day", "earliest_minute"),
    [
        ("America/New_York", date(2026, 3, 8), SPRING),
        pytest.param("America/New_York", date(2026, 11, 1), AUTUMN, marks=pytest.mark.slow),
        pytest.param("Europe/London", date(2026, 3, 29), SPRING, marks=pytest.mark.slow),
        pytest.param("Europe/London", date(2026, 10, 25), AUTUMN, marks=pytest.mark.slow),
    ],
)
def test_hours_hold_by_both_clocks_of_the_day(tmp_path: Path, zone: str, day: date, earliest_minute: int) -> None:
    where = workspace(tmp_path / "workspace")
    abroad = cardholder(1, day, dpd=46, timezone=zone)
    abroad["contact_points"] = [point | {"timezone": zone} for point in abroad["contact_points"]]
    people = together(abroad, cardholder(2, day, dpd=46))
    run(where, deliver(tmp_path / "feed", day, people), day)
    calls = {row["customer_id"]: row for row in rows(where, "plan", day, "decisions") if row["channel"] == "call"}
    assert calls["C1"]["earliest_minute"] == earliest_minute
    assert (calls["C1"]["minute"], calls["C1"]["decision"]) == (600, "chosen")
    assert calls["C2"]["earliest_minute"] == 480


def test_a_chinese_number_binds_to_chinese_hours_whoever_says_to_live_elsewhere(tmp_path: Path) -> None:
    day = date(2026, 3, 9)
    where = workspace(tmp_path / "workspace")
    run(where, deliver(tmp_path / "feed", day, together(cardholder(1, day, dpd=46, timezone="America/New_York"))), day)
    (call,) = (row for row in rows(where, "plan", day, "decisions") if row["channel"] == "call")
    assert (call["minute"], call["decision"]) == (600, "refused")  # ten in New York is ten at night in Shanghai
