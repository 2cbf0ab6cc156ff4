"""A workspace's experiment: who entered by which arm, what it changed, and what the stop rules say."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest

from arrears.allocate.response import PACKAGED, ResponseError
from arrears.errors import ArrearsError, BookError, UsageError
from arrears.lab.experiments import Report, report
from arrears.lab.experiments.report_telling import sections
from tests.lab.experiments.world import FIRST, World


@pytest.fixture(scope="module")
def helped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A challenger that recovers more, in a bank whose work pays."""
    world = World(2_000, 34, pay_share={"champion": 0.5, "caller": 0.75, "holdout": 0.25})
    return world.written(tmp_path_factory.mktemp("helped"))


@pytest.fixture(scope="module")
def harmed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A challenger that draws complaints, and of which every third customer is lost."""
    complain = {"champion": 0.01, "caller": 0.2, "holdout": 0.01}
    return World(1_500, 26, complain_share=complain, lost_arm="caller").written(tmp_path_factory.mktemp("harmed"))


def reported(root: Path, back: int, window: int, **named: object) -> Report:
    (found,) = report(root, FIRST + timedelta(days=back), window_days=window, **named)  # type: ignore[arg-type]
    return found


def test_arms_are_those_of_the_playbook_and_everybody_is_in_one(helped: Path) -> None:
    found = reported(helped, 33, 24)
    assert [(arm.arm, arm.share_ppm) for arm in found.arms] == [
        ("champion", 500_000),
        ("caller", 300_000),
        ("holdout", 200_000),
    ]
    assert sum(arm.entered_n for arm in found.arms) == 2_000 == sum(arm.matured_n for arm in found.arms)
    assert found.ratio_p > 0.001 and found.first_entry == FIRST


def test_money_of_an_arm_is_what_a_query_of_one_line_says(helped: Path) -> None:
    found = reported(helped, 33, 24)
    segments, feed = f"{helped}/playbook/*/segments/*.parquet", f"{helped}/feed/*/transactions/*.parquet"
    with duckdb.connect() as connection:
        rows = connection.sql(
            "SELECT arm, sum(amount_minor) / count(DISTINCT s.customer_id) "
            f"FROM (SELECT DISTINCT customer_id, arm FROM '{segments}' WHERE arm <> '') s "
            f"LEFT JOIN '{feed}' t USING (customer_id) GROUP BY 1"
        ).fetchall()
    for arm in found.arms:
        assert arm.figures["recovered"].mean.mean == pytest.approx(dict(rows)[f"early:{arm.arm}"])


def test_cost_is_contacts_times_the_table(helped: Path) -> None:
    by_arm = {arm.arm: arm.figures for arm in reported(helped, 33, 24).arms}
    assert [by_arm[arm]["contacts"].mean.mean for arm in ("champion", "caller", "holdout")] == [1, 2, 0]
    assert by_arm["caller"]["cost"].mean.mean == 500
    assert by_arm["caller"]["net"].mean.mean == pytest.approx(by_arm["caller"]["recovered"].mean.mean - 500)


def test_the_banks_own_costs_count(helped: Path) -> None:
    own = helped / "response.yaml"
    shipped = PACKAGED.read_text(encoding="utf-8")
    try:
        own.write_text(
            shipped.replace("call: {seconds: 120, cost_minor: 250}", "call: {seconds: 120, cost_minor: 7}"), encoding="utf-8"
        )
        assert reported(helped, 33, 24).arms[1].figures["cost"].mean.mean == 14
        own.write_text(shipped.replace("currency: CNY", "currency: XXX"), encoding="utf-8")
        assert any("fx_ppm.XXX" in one.text("en") for one in reported(helped, 33, 24).findings)
        own.write_text(shipped.replace("currency: CNY", "currency: yuan"), encoding="utf-8")
        with pytest.raises(ResponseError, match="currency"):
            reported(helped, 33, 24)
    finally:
        own.unlink()


def test_cure_and_npl_are_read_at_the_end_of_the_window(helped: Path) -> None:
    by_arm = {arm.arm: arm.figures for arm in reported(helped, 33, 24).arms}
    for figures in by_arm.values():
        # everybody was late at entry and owes the same; whoever has not paid is past 90 days by then
        assert figures["cured"].mean.mean == pytest.approx(1 - figures["npl"].mean.mean)
    assert by_arm["holdout"]["cured"].mean.mean < by_arm["champion"]["cured"].mean.mean < by_arm["caller"]["cured"].mean.mean


def test_a_sure_gain_is_a_success_and_the_work_pays(helped: Path) -> None:
    found = reported(helped, 33, 24)
    assert [(one.arm, one.verdict) for one in found.decisions] == [("caller", "success"), ("champion", "works")]
    money = next(one for one in found.against[0].effects if one.measure.key == "recovered")
    assert money.low > 0 and money.low < money.difference.low < money.difference.high < money.high


def test_too_few_seen_for_the_whole_window_is_too_early(helped: Path) -> None:
    found = reported(helped, 20, 30)
    assert all(arm.matured_n == 0 and not arm.figures["recovered"].values.size for arm in found.arms)
    assert {one.verdict for one in found.decisions} == {"too_early"}
    assert "not_matured" in {one.kind for one in found.findings}


def test_customers_who_entered_before_are_left_out_with_since(helped: Path) -> None:
    late = reported(helped, 33, 24, since=date(2026, 1, 6))
    assert late.first_entry == date(2026, 1, 6)
    assert sum(arm.entered_n for arm in late.arms) < 2_000


def test_complaints_stop_an_arm_and_lost_customers_are_seen(harmed: Path) -> None:
    found = reported(harmed, 25, 10)
    assert found.decisions[0].verdict == "stop_harm" and found.decisions[0].measures == ("complaints",)
    assert "sample_ratio" in {one.kind for one in found.findings if one.severity == "warning"}


def test_nothing_that_matters_and_the_planned_end_are_said(harmed: Path) -> None:
    world_without_harm = reported(harmed, 25, 8)  # complaints come on the ninth day
    assert world_without_harm.decisions[0].verdict == "go_on"
    assert reported(harmed, 25, 8, smallest_minor=100_000).decisions[0].verdict == "no_difference"
    assert reported(harmed, 25, 8, planned_end=FIRST).decisions[0].verdict == "planned_end"


def test_an_arm_is_kept_as_at_entry_and_later_moves_are_told(harmed: Path) -> None:
    path = harmed / "playbook" / f"date={FIRST + timedelta(days=24)}" / "segments" / "0000.parquet"
    kept = path.read_bytes()
    before = {arm.arm: arm.entered_n for arm in reported(harmed, 25, 10).arms}
    try:
        with duckdb.connect() as connection:
            connection.execute(
                f"COPY (SELECT customer_id, segment, replace(arm, ':caller', ':champion') AS arm FROM '{path}') "
                f"TO '{path}.new' (FORMAT parquet)"
            )
        Path(f"{path}.new").rename(path)
        found = reported(harmed, 25, 10)
    finally:
        path.write_bytes(kept)
    assert {arm.arm: arm.entered_n for arm in found.arms} == before
    assert "arm_moved" in {one.kind for one in found.findings}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_it_is_told_in_both_languages(helped: Path, language: str) -> None:
    told = sections(reported(helped, 33, 24), language)  # type: ignore[arg-type]
    text = "\n".join(line for section in told for line in (section.title, *section.lines))
    assert ("may end as a success" in text) == (language == "en") and ("可宣告成功" in text) == (language == "zh")
    assert all(len(row) == len(section.head) for section in told for row in section.rows)
    assert told[0].as_json()["title"]


def test_what_is_not_there_is_refused(helped: Path) -> None:
    refused: tuple[tuple[type[ArrearsError], str, dict[str, object]], ...] = (
        (UsageError, "there is no experiment 'other'", {"experiment": "other"}),
        (BookError, "nobody has entered", {"since": FIRST + timedelta(days=30)}),
    )
    for kind, said, named in refused:
        with pytest.raises(kind, match=said):
            reported(helped, 33, 24, **named)
    with pytest.raises(BookError, match="no playbook of 2027-01-01"):
        report(helped, date(2027, 1, 1))
