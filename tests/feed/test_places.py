"""A customer of whom nobody can say where they live is quarantined; a stated zone says enough."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.feed.world import example, taken_in, write_feed


@pytest.mark.parametrize(
    ("country", "zone", "reasons"),
    [
        ("UK", "", {"unknown_country": 1}),
        ("XX", "", {"unknown_country": 1}),
        ("China", "", {"unknown_country": 1}),
        ("GB", "", {}),
        ("XK", "Europe/Belgrade", {}),
    ],
)
def test_without_a_zone_the_country_must_be_one(tmp_path: Path, country: str, zone: str, reasons: dict[str, int]) -> None:
    folder = write_feed(tmp_path, {"customers": [example("customers", country=country, timezone=zone)]})
    found = taken_in(folder, tmp_path / "out").reasons
    assert {code: n for code, n in found.items() if code != "parent_quarantined"} == reasons
