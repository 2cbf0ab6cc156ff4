"""Candidates: who has something to do today, by which step, where they are reached, and why."""

from datetime import date, timedelta

import ibis
import pytest

from arrears.playbook import candidates, default_path, explain_segment, load, segmented
from arrears.playbook.candidates import COLUMNS, CONTACT_COLUMNS, TRIGGER_COLUMNS
from arrears.playbook.segmenting import arm_of
from tests.playbook.world import (
    AS_OF,
    CUSTOMERS,
    REST,
    SCORES,
    SEGMENTS,
    connected,
    customer,
    due,
    random_customers,
    segment,
    small,
    step,
)  # fmt: skip

GUIDE = load(default_path())


def fires(trigger, row):
    """The trigger in plain Python, the other way round: from dates to days."""
    if trigger.month_day is not None:
        return AS_OF.day in trigger.month_day
    value = row[TRIGGER_COLUMNS[trigger.kind]]
    if trigger.dpd is None:
        return value is not None and (AS_OF - value).days in getattr(trigger, trigger.kind)
    days = trigger.dpd
    if days.days is not None:
        return value in days.days
    return value >= days.from_ and (value - days.from_) % days.every == 0 and (days.to is None or value <= days.to)


def expected(rows, playbook):
    """Every candidate by plain Python: customer, step, alternative, contact."""
    found = set()
    for row in rows:
        seen = row if row["band"] is not None else row | {"score": None}
        chosen = playbook.segment(explain_segment(seen, playbook, AS_OF)[-1].segment)
        for one in playbook.variants(chosen)[arm_of(row["customer_hash"], chosen.id, playbook)]:
            if fires(one.trigger, row):
                for number, way in enumerate(one.ways):
                    names = CONTACT_COLUMNS.get((way.channel, way.party), ())
                    contact = next((row[name] for name in names if row[name]), "")
                    found.add((row["customer_id"], chosen.id, one.id, number, way.channel, way.content, way.minute, contact))
    return found


def test_the_columns_find_what_plain_python_finds():
    rows = random_customers(4000, seed=11)
    found = due(rows, GUIDE)
    names = ("customer_id", "segment", "step", "alternative", "channel", "content", "minute", "contact_id")
    keys = {tuple(one[name] for name in names) for one in found}
    assert len(keys) == len(found) > 2000
    assert keys == expected(rows, GUIDE)


def test_columns_and_types_are_those_of_the_architecture_page(tmp_path):
    connection = connected(random_customers(50, seed=1))
    connection.execute(f"create table segments as {ibis.to_sql(segmented(CUSTOMERS, SCORES, GUIDE, AS_OF), dialect='duckdb')}")
    for day in (AS_OF, date(2026, 11, 13)):
        table = connection.sql(ibis.to_sql(candidates(CUSTOMERS, SEGMENTS, GUIDE, day), dialect="duckdb"))
        assert tuple(table.columns) == COLUMNS
        whole = {"alternative", "minute", "priority", "visitors"}
        assert {name: str(kind) for name, kind in zip(table.columns, table.types, strict=True)} == {
            name: "BIGINT" if name in whole else "VARCHAR" for name in COLUMNS
        }


def test_a_playbook_without_steps_yields_no_rows_of_the_right_shape(tmp_path):
    assert due([customer(dpd=5)], small(tmp_path, REST)) == []


@pytest.mark.parametrize(
    ("trigger", "values", "fires_today"),
    [
        ("{due: -3}", {"next_due_date": AS_OF + timedelta(days=3)}, True),
        ("{due: -3}", {"next_due_date": AS_OF + timedelta(days=2)}, False),
        ("{due: [-3, 0]}", {"next_due_date": AS_OF}, True),
        ("{due: -3}", {"next_due_date": None}, False),
        ("{dpd: [1, 4]}", {"dpd": 4}, True),
        ("{dpd: [1, 4]}", {"dpd": 3}, False),
        ("{dpd: {from: 31, every: 7}}", {"dpd": 45}, True),
        ("{dpd: {from: 31, every: 7}}", {"dpd": 30}, False),
        ("{dpd: {from: 31, every: 7}}", {"dpd": 24}, False),
        ("{dpd: {from: 31, every: 7, to: 44}}", {"dpd": 45}, False),
        ("{bucket_day: 0}", {"bucket_entry_date": AS_OF}, True),
        ("{bucket_day: 1}", {"bucket_entry_date": AS_OF}, False),
        ("{since_days: 20}", {"since_date": AS_OF - timedelta(days=20)}, True),
        ("{month_day: 12}", {}, True),
        ("{month_day: 13}", {}, False),
    ],
)
def test_a_step_is_due_on_its_day_only(tmp_path, trigger, values, fires_today):
    playbook = small(tmp_path, segment("all_of_them", "always", step("one", trigger)))
    assert bool(due([customer(**values)], playbook)) == fires_today


def test_a_call_takes_the_landline_where_there_is_no_mobile(tmp_path):
    playbook = small(tmp_path, segment("late", "{dpd: {from: 1}}", step("ring", "{dpd: 5}", channel="call")) + REST)
    (row,) = due([customer(dpd=5, mobile_id="")], playbook)
    assert row["contact_id"] == "T1"


def test_fallbacks_are_rows_too_and_an_unreachable_one_says_so_by_an_empty_contact(tmp_path):
    steps = step("write", "{dpd: 5}", fallback="[{channel: email, at: '11:00'}, {channel: letter}]")
    rows = due([customer(dpd=5, email_id="")], small(tmp_path, segment("late", "{dpd: {from: 1}}", steps) + REST))
    assert [(row["alternative"], row["channel"], row["contact_id"], row["minute"]) for row in rows] == [
        (0, "sms", "M1", 600), (1, "email", "", 660), (2, "letter", "L1", 600),
    ]  # fmt: skip


def test_the_reason_quotes_the_values_that_decided_and_no_others():
    rows = due([customer(dpd=1, band="D", times_overdue_12=3, times_overdue_total=3, ever_overdue=True)], GUIDE)
    assert {row["reason"] for row in rows} == {"segment=early_history_high;band=D;dpd=1;times_overdue_12=3;date=2026-11-12"}


def test_a_holdout_keeps_only_what_the_law_requires():
    number = next(n for n in range(10**6) if arm_of(n, "early_low", GUIDE) == "early_touch:holdout")
    held = customer(customer_hash=number, dpd=3, band="A", next_due_date=AS_OF + timedelta(days=3))
    free = held | {"customer_hash": number + 1, "customer_id": "C2"}
    rows = due([held, free], GUIDE)
    assert {row["step"] for row in rows if row["customer_id"] == held["customer_id"]} == {"next_due_sms"}
    assert {row["step"] for row in rows if row["customer_id"] == "C2"} == {"next_due_sms", "low_sms", "low_letter"}


def test_a_challenger_gets_its_own_steps():
    number = next(n for n in range(10**6) if arm_of(n, "early_low", GUIDE) == "early_touch:patient")
    rows = due([customer(customer_hash=number, dpd=10, band="A")], GUIDE)
    assert {row["step"] for row in rows} == {"patient_sms", "patient_letter"}
    assert ";arm=early_touch:patient;" in rows[0]["reason"]


def test_the_dead_are_left_in_peace_on_every_day():
    late = [customer(n, dpd=n, flags=",deceased,", next_due_date=AS_OF + timedelta(days=3)) for n in range(1, 400)]
    assert due(late, GUIDE) == []


def test_a_relative_is_only_asked_to_relay_and_only_when_contact_is_lost():
    rows = due(random_customers(4000, seed=3), GUIDE)
    relayed = [row for row in rows if row["party"] == "relative"]
    assert relayed and {(row["purpose"], row["segment"], row["clause"]) for row in relayed} == {("relay", "lost", "R2")}


def test_more_triggers_than_bits_in_a_word_still_fire_each_on_its_day(tmp_path):
    steps = "\n".join(step(f"on_{day}", f"{{dpd: {day}}}") for day in range(1, 131))
    rows = due([customer(n, dpd=n) for n in range(1, 141)], small(tmp_path, segment("late", "{dpd: {from: 1}}", steps) + REST))
    assert [row["step"] for row in rows] == [f"on_{day}" for day in range(1, 131)]
