"""What a reader is shown: the description, what changed, and the documentation page."""

import json
from pathlib import Path

from arrears.playbook import clause_table, default_contents, default_path, diff, load, load_contents, shown
from arrears.playbook.documenting import rewritten
from tests.playbook.world import REST, segment, small, step

GUIDE, TEXTS = load(default_path()), load_contents(default_contents())
LATE = "{dpd: {from: 1, to: 30}}"


def test_every_clause_that_concerns_contacts_is_carried_out():
    table = {row["clause"]: row for row in clause_table(GUIDE, TEXTS)}
    for clause in ("P1", "P2", "P3", "P4", "R1", "R2", "R3", "R4", "R7", "R8", "R9"):
        assert table[clause]["steps"], clause
    assert table["R5"]["also"] == "29 segments with a target"


def test_history_gets_its_message_within_fifteen_days_of_the_due_date():
    for one in GUIDE.all_steps():
        if one.clause == "R2" and one.party == "debtor":
            assert one.channel == "sms" and max(one.trigger.dpd.days) <= 15


def test_more_is_done_at_each_stage_than_at_the_one_before():
    stages = ("early_low", "d31_rest", "d61_rest", "d91_rest")
    assert [GUIDE.segment(name).intensity.per_7_days_max for name in stages] == [2, 5, 7, 8]


def test_everybody_who_is_not_held_is_reminded_before_the_due_date():
    reminded = {one.id for one in GUIDE.segments if any(step.required_by == "CN-CC2011-67" for step in GUIDE.steps_of(one))}
    held = {one.id for one in GUIDE.segments} - reminded
    assert held == {"deceased", "represented", "insolvent", "fraud_reported", "vulnerable", "disputed"}


def test_the_description_is_json_and_says_conditions_and_steps_in_words():
    data = json.loads(json.dumps(shown(GUIDE, TEXTS)))
    early = next(one for one in data["segments"] if one["id"] == "early_high")
    assert early["when"] == "dpd 1..30 and band D|E"
    assert early["steps"][0]["when"] == "3 days before the next due date"
    assert early["steps"][1]["ways"][0]["at"] == "10:00"


def test_nothing_changed_is_an_empty_list():
    assert diff(GUIDE, load(default_path())) == []


def test_what_changed_is_told_by_step_and_key(tmp_path):
    old = small(tmp_path, segment("late", LATE, step("a", "{dpd: 3}") + "\n" + step("gone", "{dpd: 4}")) + REST)
    new = small(tmp_path, segment("late", LATE, step("a", "{dpd: 5}")) + segment("new", "{band: E}") + REST)
    changes = diff(old, new)
    assert [(one["path"], one["change"]) for one in changes] == [
        ("segments.late.steps.a.trigger.dpd.days", "changed"), ("segments.late.steps.gone", "removed"),
        ("segments.new", "added"),
    ]  # fmt: skip
    assert changes[0]["text"] == "segments.late.steps.a.trigger.dpd.days: [3] -> [5]"
    json.dumps(changes)


def test_segments_in_another_order_are_a_change(tmp_path):
    one, two = segment("one", "{band: E}"), segment("two", "{dpd: 3}")
    (change,) = diff(small(tmp_path, one + two + REST), small(tmp_path, two + one + REST))
    assert (change["change"], change["new"]) == ("moved", ["two", "one", "rest"])


def test_the_hash_follows_the_meaning_not_the_layout(tmp_path):
    plain = small(tmp_path, segment("late", LATE, step("a", "{dpd: 3}")) + REST)
    spaced = small(tmp_path, "  # a comment\n" + segment("late", LATE, step("a", "{dpd:   [3]}")) + REST)
    other = small(tmp_path, segment("late", LATE, step("a", "{dpd: 4}")) + REST)
    assert plain.content_hash == spaced.content_hash != other.content_hash


def test_the_documentation_page_is_up_to_date():
    page = Path(__file__).parents[2] / "docs" / "playbook.md"
    text = page.read_text(encoding="utf-8")
    assert rewritten(text, GUIDE, TEXTS) == text, "run: python -m arrears.playbook.documenting docs/playbook.md"
    assert text.count("<!-- generated: ") == 4
