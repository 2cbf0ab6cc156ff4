"""A change of the law touches the contacts that it makes unlawful or lawful and those planned in their place, and no others."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from arrears.day.touching import Touched, touched, with_packs
from arrears.errors import BookError, LawError
from arrears.law import load_pack
from arrears.law.comparing import standing_on
from arrears.law.model import Pack
from tests.day import policies
from tests.day.compiled import book_queries, sessions
from tests.day.conftest import Ran
from tests.day.test_running import stamps
from tests.day.world import LEAP_DAY, cardholder, contacted, deliver, rows, run, together, workspace

SMS_BEFORE = {1: 0, 2: 1, 3: 2, 4: 3, 5: 2, 6: 2}
"""Customer to messages sent in the seven days that end on the leap day; the sixth's are a day too old for that."""


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """Six customers with an SMS due today: the own policy lets three be sent in seven days."""
    folder = tmp_path_factory.mktemp("touched")
    where = workspace(folder / "workspace", packs=("CN", "./policy.yaml"))
    policies.write(where.path / "policy.yaml", policies.cap(3, 7))
    people = [cardholder(number, LEAP_DAY, dpd=66) for number in SMS_BEFORE]
    made = [
        contacted(number, LEAP_DAY - timedelta(days=7 if number == 6 else 6), "sms", times)
        for number, times in SMS_BEFORE.items()
    ]
    run(where, deliver(folder / "feed", LEAP_DAY, together(*people, *made)), LEAP_DAY)
    return Ran(where, folder / "feed", (LEAP_DAY,))


def by(ran: Ran, old: Pack | tuple[Pack, ...], new: Pack | tuple[Pack, ...], day: date = LEAP_DAY) -> Touched:
    sides = [side if isinstance(side, tuple) else (side,) for side in (old, new)]
    return touched(ran.workspace, day, *sides, sessions=sessions(), book_queries=book_queries(ran.workspace.strategy().bank))


@pytest.fixture
def lowered(ran: Ran, tmp_path: Path) -> Touched:
    """The cap of three messages lowered to two."""
    new = load_pack(policies.write(tmp_path / "policy.yaml", policies.cap(2, 7)))
    return by(ran, load_pack(ran.workspace.path / "policy.yaml"), new)


def test_a_lowered_cap_refuses_exactly_those_who_had_so_many(ran: Ran, lowered: Touched) -> None:
    had = {f"C{number}": 0 if number == 6 else times for number, times in SMS_BEFORE.items()}
    by_hand = {
        (row["customer_id"], row["step"], row["alternative"])
        for row in rows(ran.workspace, "playbook", LEAP_DAY, "candidates")
        if row["channel"] == "sms" and had[row["customer_id"]] == 2
    }
    found = {(one.customer_id, one.step, one.alternative) for one in lowered.contacts if one.change == "refused"}
    assert by_hand and found == by_hand
    assert {one.rules for one in lowered.contacts if one.change == "refused"} == {("BANK-cap",)}


def test_whoever_was_planned_is_planned_another_way(ran: Ran, lowered: Touched) -> None:
    planned = {
        (row["customer_id"], row["step"], row["alternative"]) for row in rows(ran.workspace, "plan", LEAP_DAY, "contacts")
    }
    lost = {(one.customer_id, one.step, one.alternative) for one in lowered.contacts if one.decision_before == "chosen"}
    assert lost and lost <= planned
    assert len(planned) == lowered.planned_before_n
    made = [one for one in lowered.contacts if one.change == "made"]
    assert made and {one.decision_after for one in made} == {"chosen"}
    assert {one.customer_id for one in made} <= {one.customer_id for one in lowered.contacts if one.change == "refused"}
    assert lowered.planned_after_n == lowered.planned_before_n - len(lost) + len(made)


def test_counts_add_up_to_the_contacts_listed(lowered: Touched) -> None:
    refused = [one for one in lowered.contacts if one.change == "refused"]
    planned = [one for one in refused if one.decision_before == "chosen"]
    for counts in (lowered.by_rule, lowered.by_channel, lowered.by_segment):
        assert sum(one.refused_n for one in counts) == len(refused)
        assert sum(one.refused_planned_n for one in counts) == len(planned) == lowered.planned_refused_n
    assert [one.name for one in lowered.by_rule] == ["BANK-cap"]
    assert [one.name for one in lowered.by_channel] == ["sms"]


def test_the_change_taken_back_allows_what_it_refused(ran: Ran, lowered: Touched, tmp_path: Path) -> None:
    new = load_pack(policies.write(tmp_path / "policy.yaml", policies.cap(2, 7)))
    back = by(ran, new, load_pack(ran.workspace.path / "policy.yaml"))
    turned = {"refused": "allowed", "allowed": "refused", "made": "not_made", "not_made": "made"}
    swapped = tuple(
        replace(one, change=turned[one.change], decision_before=one.decision_after, decision_after=one.decision_before)  # type: ignore[arg-type]
        for one in lowered.contacts
    )
    assert back.contacts == swapped


def test_the_same_packs_touch_nothing(ran: Ran) -> None:
    policy = load_pack(ran.workspace.path / "policy.yaml")
    found = by(ran, policy, policy)
    assert (found.total, found.contacts, found.by_rule) == (0, (), ())
    assert found.planned_before_n == found.planned_after_n == len(rows(ran.workspace, "plan", LEAP_DAY, "contacts"))
    assert found.lines("en") == [f"{LEAP_DAY}: no contact is touched"]
    assert found.lines("zh") == [f"{LEAP_DAY}：不影响任何联系"]


def test_nothing_of_the_day_is_written(ran: Ran, tmp_path: Path) -> None:
    before = stamps(ran.workspace)
    by(ran, load_pack("cn"), load_pack("cn"))
    assert stamps(ran.workspace) == before
    assert not list(ran.workspace.path.glob(".law-diff-*"))


def test_a_policy_put_on_top_touches_by_its_own_rules_only(golden: Ran, tmp_path: Path) -> None:
    policy = load_pack(policies.write(tmp_path / "policy.yaml", policies.hours("03:00", "03:30", channel="call")))
    cn = load_pack("cn")
    found = by(golden, cn, (cn, policy))
    verdicts = rows(golden.workspace, "plan", LEAP_DAY, "decisions")
    lawful_calls = {(row["customer_id"], row["step"]) for row in verdicts if row["channel"] == "call" and row["lawful"]}
    assert lawful_calls
    assert {(one.customer_id, one.step) for one in found.contacts if one.change == "refused"} == lawful_calls
    assert [one.name for one in found.by_rule] == ["BANK-hours"]


def test_the_law_of_an_earlier_date_allows_what_a_later_one_refuses(golden: Ran) -> None:
    cn = [load_pack("cn")]
    found = by(golden, standing_on(cn, date(2015, 1, 1)), standing_on(cn, LEAP_DAY))
    stored = {
        (row["customer_id"], row["step"], row["alternative"])
        for row in rows(golden.workspace, "law", LEAP_DAY, "verdicts")
        if row["lawful"]
    }
    refused = {(one.customer_id, one.step, one.alternative) for one in found.contacts if one.change == "refused"}
    assert refused and not refused & stored
    assert found.planned_after_n == len(rows(golden.workspace, "plan", LEAP_DAY, "contacts"))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_words_tell_the_counts_and_the_first_contacts(lowered: Touched, language: str) -> None:
    said = "\n".join(lowered.lines(language))  # type: ignore[arg-type]
    assert "BANK-cap" in said and "C3" in said and str(lowered.planned_before_n) in said
    assert ("newly refused" if language == "en" else "新被拒绝") in said


def test_the_answer_is_plain_data_and_names_no_person(lowered: Touched) -> None:
    text = json.dumps(lowered.as_json(), ensure_ascii=False)
    assert json.loads(text)["touched"] == lowered.total == len(lowered.contacts)
    assert "顾客" not in text and "+86" not in text


def test_a_rule_in_two_packs_is_refused(ran: Ran, tmp_path: Path) -> None:
    other = tmp_path / "other.yaml"
    policies.write(other, policies.cap(2, 7))
    other.write_text(other.read_text(encoding="utf-8").replace("id: policy", "id: other", 1), encoding="utf-8")
    with pytest.raises(LawError, match="BANK-cap stands in two packs"):
        with_packs(ran.workspace.strategy(), [load_pack(other)], [load_pack(other)])


def test_a_day_that_was_not_run_is_an_error_with_the_command_that_runs_it(ran: Ran) -> None:
    with pytest.raises(BookError, match="arrears run --feed DIR --date 2028-03-05"):
        by(ran, load_pack("cn"), load_pack("cn"), date(2028, 3, 5))
