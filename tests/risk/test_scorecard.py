from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from arrears.risk.scorecard import PACKAGED, RiskError, dump_scorecard, load_scorecard, parse_scorecard
from tests.risk.worlds import EVER, LATE, USED, attribute, card, small_scorecard


def refusal(raw: dict[str, Any]) -> str:
    with pytest.raises(RiskError) as refused:
        parse_scorecard(raw, where="bank.yaml")
    return refused.value.line()


def test_packaged_scorecard_loads_and_states_what_it_was_fitted_on() -> None:
    scorecard = load_scorecard()

    assert scorecard.fitted is not None
    assert scorecard.fitted.held_out.auc_ppm > 700_000
    assert [band.band for band in scorecard.bands] == list("ABCDE")


def test_packaged_scorecard_gives_fewer_points_the_later_customers_pay() -> None:
    for id_ in ("cycles_past_due", "late_in_6"):
        points = [each.points for each in load_scorecard().attribute(id_).bins]
        assert points == sorted(points, reverse=True)
        assert points[-1] == 0 < points[0]


def test_packaged_bands_hold_more_defaulters_the_worse_they_are() -> None:
    shares = [(band.defaults_n or 0) / (band.accounts_n or 1) for band in load_scorecard().bands]

    assert shares == sorted(shares)
    assert min(band.accounts_n or 0 for band in load_scorecard().bands) > 1000


def test_scorecard_survives_writing_and_reading(tmp_path: Path) -> None:
    file = tmp_path / "card.yaml"
    file.write_text(dump_scorecard(small_scorecard()), encoding="utf-8")

    assert load_scorecard(file) == small_scorecard()


def test_content_hash_follows_the_points_and_not_the_layout(tmp_path: Path) -> None:
    file = tmp_path / "card.yaml"
    file.write_text(yaml.safe_dump(small_scorecard().as_dict(), default_flow_style=True, sort_keys=True), encoding="utf-8")
    other = parse_scorecard(card(LATE, USED), where="")

    assert load_scorecard(file).content_hash == small_scorecard().content_hash != other.content_hash


def test_points_changed_by_hand_are_noticed(tmp_path: Path) -> None:
    file = tmp_path / "card.yaml"
    file.write_text(PACKAGED.read_text(encoding="utf-8").replace("base: 3", "base: 4"), encoding="utf-8")

    with pytest.raises(RiskError, match="hash differs") as refused:
        load_scorecard(file)
    assert f"{file}: content_hash" in refused.value.line()
    assert "raise 'version'" in refused.value.line()


@pytest.mark.parametrize("column", ["language", "country", "region", "timezone", "customer_hash", "account_id", "zones"])
def test_who_and_where_a_customer_is_cannot_be_scored_on(column: str) -> None:
    line = refusal(card(attribute(column, [{"values": ["zh"], "points": 5}])))

    assert line.startswith(f"bank.yaml: attributes.0: '{column}' is not a column a scorecard may use")


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (card(LATE, points=3), "bank.yaml: points: Extra inputs are not permitted"),
        (card(LATE, base="10"), "bank.yaml: base: Input should be a valid integer (found '10')"),
        (card(LATE, base=1.5), "bank.yaml: base: Input should be a valid integer (found 1.5)"),
        (card(LATE, LATE), "an attribute stands twice"),
        (card(), "bank.yaml: attributes: Tuple should have at least 1 item"),
        (card(LATE, bands=[{"band": "A"}]), "bank.yaml: bands"),
        (card(LATE, bands=[{"band": b, "from": 5} for b in "ABCD"] + [{"band": "E"}]), "falling 'from'"),
        (card(attribute("late_in_6", [{"to": 0, "points": -1}, {"from": 1, "points": 0}])), "attributes.0.bins.0.points"),
        (card(attribute("late_in_6", [{"to": 0, "points": 1}, {"from": 2, "points": 0}])), "without gap or overlap"),
        (card(attribute("late_in_6", [{"to": 3, "points": 1}, {"from": 3, "points": 0}])), "without gap or overlap"),
        (card(attribute("late_in_6", [{"from": 0, "to": 3, "points": 1}, {"from": 4, "points": 0}])), "no 'from'"),
        (card(attribute("late_in_6", [{"to": 3, "points": 1}, {"from": 4, "to": 9, "points": 0}])), "no 'from'"),
        (card(attribute("late_in_6", [{"to": 3, "points": 1}, {"values": [4], "points": 0}])), "not both"),
        (card(attribute("late_in_6", [{"values": ["4"], "points": 0}])), "'4' is no int"),
        (card(attribute("ever_overdue", [{"values": [1], "points": 0}])), "1 is no bool"),
        (card(attribute("ever_overdue", [{"to": 0, "points": 1}, {"from": 1, "points": 0}])), "lists of values"),
        (card(attribute("late_in_6", [{"values": [1], "points": 0}, {"values": [1], "points": 2}])), "listed twice"),
        (card(attribute("late_in_6", [{"values": [], "points": 0}])), "at least one value"),
    ],
)  # fmt: skip
def test_refusals_name_file_and_key(raw: dict[str, Any], said: str) -> None:
    line = refusal(raw)

    assert said in line
    assert line.startswith("bank.yaml: ")
    assert "\n" not in line


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"\xff\xfe\xff", "cannot be read"), (b"a: [", "cannot be read"), (b"", "holds no keys"), (b"- 1", "holds no keys")],
)
def test_broken_files_are_refused_in_one_line(content: bytes, said: str, tmp_path: Path) -> None:
    file = tmp_path / "card.yaml"
    file.write_bytes(content)

    with pytest.raises(RiskError, match=said) as refused:
        load_scorecard(file)
    assert str(file) in refused.value.line()


def test_a_missing_file_is_refused_with_a_remedy(tmp_path: Path) -> None:
    with pytest.raises(RiskError, match=r"no scorecard here.*leave the path out"):
        load_scorecard(tmp_path / "none.yaml")


def test_labels_read_like_sentences() -> None:
    labels = [each.label for raw in (LATE, EVER) for each in parse_scorecard(card(raw), where="").attributes[0].bins]

    assert labels == ["up to 0", "1 to 2", "3 and more", "false", "true"]
