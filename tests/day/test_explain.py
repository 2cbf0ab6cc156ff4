"""An explanation says what was decided and why, by the settings of that day, and names nobody."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta

import pytest

from arrears.day.explain import Explanation, explain
from arrears.errors import BookError
from arrears.playbook import default_path
from tests.day.conftest import Ran
from tests.day.world import LEAP_DAY, rows


def of(ran: Ran, account_id: str, language: str = "en") -> Explanation:
    return explain(ran.workspace, account_id, ran.day, language)  # type: ignore[arg-type]


def text(found: Explanation) -> str:
    return "\n".join(found.lines())


def test_days_past_due_follow_from_the_oldest_unpaid_statement(golden: Ran) -> None:
    found = of(golden, "A4")
    (oldest,) = [cycle for cycle in found.cycles if cycle.is_oldest_unpaid]
    assert oldest.due_date == LEAP_DAY - timedelta(days=46)
    assert [cycle.due_new_minor for cycle in found.cycles[:3]] == [60_000, 60_000, 60_000]
    assert [cycle.unpaid_minor for cycle in found.cycles] == [180_000, 120_000, 60_000, 0, 0, 0, 0]
    assert "was due on 2028-01-14: 46 days to 2028-02-29, so bucket 2; 2 statements in a row past due." in text(found)
    assert "*  2027-12-25  2028-01-14" in text(found)


def test_ladders_and_the_stricter_of_both_are_told(golden: Ran) -> None:
    assert "card ladder substandard, general ladder substandard; the stricter, substandard, counts" in text(of(golden, "A11"))


def test_statement_paid_late_shows_as_paid_late(golden: Ran) -> None:
    paid_late = [cycle.paid_late_minor for cycle in of(golden, "A3").cycles]
    assert paid_late == [0, 0, 0, 50_000, 50_000]


def test_score_adds_up_and_gives_its_reasons(golden: Ran) -> None:
    found = of(golden, "A4")
    assert found.score == 361 + sum(line.points for line in found.score_lines)
    assert f"Score {found.score}, band E" in text(found)
    assert "One or more minimum payments are past due. (cycles_past_due = 2)" in text(found)


def test_segment_shows_its_conditions_with_what_they_saw_and_counts_the_ones_before(golden: Ran) -> None:
    found = of(golden, "A4")
    assert "Segment d31_high: 31-60 days, high risk" in text(found)
    assert "because dpd 31..60  [dpd = 46]" in text(found)
    assert "because band D|E  [band = E]" in text(found)
    asked = found.as_json()["asked"]
    assert f"{len(asked) - 1} segments were asked before and did not fit" in text(found)
    assert [one["segment"] for one in asked if one["matched"]] == ["d31_high"]
    assert all(any(not seen["holds"] for seen in one["conditions"]) for one in asked[:-1])


def test_refusal_names_rule_title_and_citation_in_the_reader_s_language(golden: Ran) -> None:
    english, chinese = text(of(golden, "A14")), text(of(golden, "A14", "zh"))
    assert "CN-GBT-freq  At most three phone conversations a day with one debtor (GB/T 45251-2025" in english
    assert "CN-GBT-freq  对单一债务人每日主动有效通话不超过三次" in chinese


def test_no_law_pack_is_said_plainly(golden: Ran) -> None:
    assert "NO-PACK  No law pack covers this jurisdiction" in text(of(golden, "A15"))


def test_every_decision_has_its_because(golden: Ran) -> None:
    ways = {(way.step, way.alternative): way for way in (*of(golden, "A6").ways,)}
    assert ways["plan_call_d31", 2].because == {"instead_of": [0, 1]}
    assert {way.decision for way in of(golden, "A10").ways} == {"no_contact_point"}
    assert of(golden, "A4").ways[1].because == {"earlier_alternative": 0}
    full = of(golden, "A14").ways[1]
    assert (full.decision, full.because["today_n"], full.because["per_day_max"]) == ("outranked", 3, 2)


def test_outcome_is_the_chosen_contact_or_none(golden: Ran) -> None:
    assert "call at 10:00 to the cardholder (P4-mobile-debtor), content plan_offer: step plan_call_d31, clause R1" in text(
        of(golden, "A4")
    )
    assert "No contact today." in text(of(golden, "A8"))
    assert "No step of this segment is due today." in text(of(golden, "A8"))


def test_change_against_yesterday(lotus: Ran) -> None:
    before = {row["account_id"]: row for row in rows(lotus.workspace, "book", lotus.days[0], "accounts")}
    after = rows(lotus.workspace, "book", lotus.day, "accounts")
    older = next(row for row in after if row["dpd"] > 40)
    found = explain(lotus.workspace, older["account_id"], lotus.day, "en")
    assert f"Against yesterday: dpd {before[older['account_id']]['dpd']} -> {older['dpd']}" in text(found)
    assert "the account is new in the book" in text(explain(lotus.workspace, older["account_id"], lotus.days[0], "en"))


def test_nobody_is_named_in_either_form(golden: Ran) -> None:
    for language in ("en", "zh"):
        for number in (4, 11, 12):
            found = of(golden, f"A{number}", language)
            for personal in ("顾客", "+8613900", "Lotus Road", "@example"):
                assert personal not in text(found) + json.dumps(found.as_json(), ensure_ascii=False)


def test_every_account_can_be_explained_in_both_languages(golden: Ran) -> None:
    for number, row in enumerate(rows(golden.workspace, "book", golden.day, "accounts")):
        for language in ("en", "zh")[number % 2 :]:
            found = of(golden, row["account_id"], language)
            assert json.loads(json.dumps(found.as_json()))["segment"] == found.segment
            assert all("{" not in line for line in found.lines())


def test_settings_of_that_day_are_used_and_not_todays(golden: Ran, tmp_path_factory: pytest.TempPathFactory) -> None:
    later = golden.copy(tmp_path_factory.mktemp("later"))
    changed = default_path().read_text(encoding="utf-8").replace("contents: contents", "contents: default")
    changed = changed.replace('title: {en: "31-60 days, high risk"', 'title: {en: "Renamed since"')
    (later.workspace.path / "playbook.yaml").write_text(changed, encoding="utf-8")
    settings = later.workspace.path / "bank.toml"
    settings.write_text(settings.read_text(encoding="utf-8").replace("tolerance_minor = 1000", "tolerance_minor = 99999"))
    assert later.workspace.strategy().playbook.segment("d31_high").title.en == "Renamed since"
    assert text(of(later, "A4")) == text(of(golden, "A4"))


def test_settings_that_are_gone_are_named(golden: Ran, copied: Callable[..., Ran]) -> None:
    bare = copied(golden)
    (kept,) = (bare.workspace.path / "strategies").iterdir()
    kept.rename(kept.with_name("elsewhere"))
    with pytest.raises(BookError, match="are not kept here"):
        of(bare, "A4")


def test_unknown_account_is_answered_with_where_ids_stand(golden: Ran) -> None:
    with pytest.raises(BookError) as error:
        of(golden, "A999")
    assert "no account of that id" in error.value.what
    assert "files" in error.value.remedy and "accounts" in error.value.remedy


def test_day_that_was_not_run_is_answered_with_the_command(golden: Ran) -> None:
    with pytest.raises(BookError, match="arrears run --feed DIR --date 2028-03-05"):
        explain(golden.workspace, "A4", date(2028, 3, 5), "en")
