"""A day on which effort is scarce: what is shared out, what must be made, and what people are told of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from arrears.allocate.problem import FloorsExceedCapacityError
from arrears.allocate.response import STAGES, load_response
from arrears.bank import load_bank
from arrears.day.explain import explain
from arrears.day.replay import replay
from arrears.day.workspace import Workspace
from arrears.money import PPM
from arrears.playbook import default_path, load
from tests.day.compiled import book_queries, sessions
from tests.day.conftest import Ran
from tests.day.world import rows, run

EFFORT = """
[effort]
[[effort.capacities]]
name = "agents"
of = "seconds"
amount = {seconds}
channels = ["call"]
[[effort.capacities]]
name = "messages"
of = "contacts"
amount = {messages}
channels = ["sms"]
[[effort.capacities]]
name = "complaints"
of = "complaints_ppm"
amount = 2_000
"""
Scarce = Callable[..., Workspace]


@pytest.fixture(scope="module")
def scarce(lotus: Ran, tmp_path_factory: pytest.TempPathFactory) -> Scarce:
    """The leap day of the simulated bank, run with so many seconds of agents and so many messages, in so many shards."""
    made: dict[tuple[int, int, int], Workspace] = {}

    def with_effort(seconds: int = 600, messages: int = 12, shards: int = 4) -> Workspace:
        key = (seconds, messages, shards)
        if key not in made:
            # the day before is taken as it is where it was cut alike: effort is a matter of each day by itself
            as_run = lotus.days[0] if shards == 4 else date.min
            where = lotus.copy(tmp_path_factory.mktemp("scarce"), until=as_run).workspace
            settings = (where.path / "bank.toml").read_text(encoding="utf-8")
            settings = settings.replace("shards = 4", f"shards = {shards}")
            (where.path / "bank.toml").write_text(
                settings + EFFORT.format(seconds=seconds, messages=messages), encoding="utf-8"
            )
            for day in lotus.days:
                if day > as_run:
                    run(where, lotus.feed, day)
            made[key] = where
        return made[key]

    return with_effort


def decisions(where: Workspace, ran: Ran) -> list[dict[str, Any]]:
    return rows(where, "plan", ran.day, "decisions")


def chosen(found: list[dict[str, Any]]) -> set[tuple[str, str, int]]:
    return {(row["customer_id"], row["step"], row["alternative"]) for row in found if row["decision"] == "chosen"}


def test_capacities_hold_and_are_used(scarce: Scarce, lotus: Ran) -> None:
    where = scarce()
    manifest = where.manifest("allocate", lotus.day)
    assert manifest is not None
    made = [row for row in decisions(where, lotus) if row["decision"] == "chosen"]
    messages = sum(row["channel"] == "sms" for row in made)
    used = {one["name"]: one["used"] for one in manifest.facts["capacities"]}
    assert used["messages"] == messages <= 12
    assert used["agents"] == 120 * sum(row["channel"] == "call" for row in made) <= 600
    assert manifest.facts["objective_minor"] <= manifest.facts["bound_minor"]
    assert len(made) == manifest.facts["made"] < len(chosen(rows(lotus.workspace, "plan", lotus.day, "decisions")))


def test_nothing_the_law_refused_and_one_contact_a_channel_and_a_step(scarce: Scarce, lotus: Ran) -> None:
    made = [row for row in decisions(scarce(), lotus) if row["decision"] == "chosen"]
    assert made
    assert all(row["lawful"] and row["contact_id"] for row in made)
    for name in ("channel", "step"):
        pairs = [(row["customer_id"], row[name]) for row in made]
        assert len(pairs) == len(set(pairs))


def test_what_a_rule_or_a_floor_demands_is_made_whatever_it_is_worth(scarce: Scarce, lotus: Ran) -> None:
    playbook = load(default_path())
    required = {step.id for step in playbook.all_steps() if step.required_by}
    floors = {segment.id for segment in playbook.segments if segment.floor}
    plain = chosen(
        [
            row
            for row in rows(lotus.workspace, "plan", lotus.day, "decisions")
            if row["step"] in required or row["segment"] in floors
        ]
    )
    assert len(plain) > 1, "where effort is not scarce some are made"
    assert plain <= chosen(decisions(scarce(), lotus))


def test_the_plan_does_not_depend_on_how_customers_are_cut(scarce: Scarce, lotus: Ran) -> None:
    assert chosen(decisions(scarce(), lotus)) == chosen(decisions(scarce(shards=1), lotus))


def test_a_day_with_scarce_effort_is_replayed_to_the_same_tables(scarce: Scarce, lotus: Ran) -> None:
    where = scarce()
    result = replay(where, lotus.day, sessions=sessions(), book_queries=book_queries(load_bank(where.path / "bank.toml")))
    assert result.same
    assert any(table.table == "worths" for table in result.tables)


def test_people_are_told_what_the_effort_would_bring_elsewhere(scarce: Scarce, lotus: Ran) -> None:
    where = scarce()
    told = {(row["customer_id"], row["step"], row["alternative"]): row for row in rows(where, "allocate", lotus.day, "worths")}
    dear = next(
        row for row in decisions(where, lotus)
        if row["decision"] == "effort_elsewhere"
        and (own := told[row["customer_id"], row["step"], row["alternative"]])["worth_minor"] <= own["effort_minor"]
    )  # fmt: skip
    english = "\n".join(explain(where, dear["account_id"], lotus.day, "en").lines())
    assert "its effort brings CNY" in english
    assert "用于他处可带来" in "\n".join(explain(where, dear["account_id"], lotus.day, "zh").lines())


def test_a_contact_is_worth_the_share_of_the_balance_that_the_response_tells_less_its_cost(scarce: Scarce, lotus: Ran) -> None:
    where, response = scarce(), load_response()
    owed = {row["customer_id"]: row for row in rows(where, "book", lotus.day, "customers")}
    bands = {row["customer_id"]: row["band"] for row in rows(where, "playbook", lotus.day, "segments")}
    channels = {(row["customer_id"], row["step"], row["alternative"]): row["channel"] for row in decisions(where, lotus)}
    told = rows(where, "allocate", lotus.day, "worths")
    for row in told:
        customer, channel = row["customer_id"], channels[row["customer_id"], row["step"], row["alternative"]]
        share = response.share_ppm(channel, STAGES[min(owed[customer]["bucket"], 4)], bands[customer] or "", 0)
        cost = response.efforts[channel].cost_minor
        assert row["worth_minor"] == max(owed[customer]["balance_minor"], 0) * share // PPM - cost
    assert any(row["worth_minor"] > 0 for row in told)


def test_too_little_for_what_must_be_made_is_refused_in_one_line(scarce: Scarce) -> None:
    with pytest.raises(FloorsExceedCapacityError) as error:
        scarce(messages=0)
    assert "capacity messages" in error.value.line()
    assert "\n" not in error.value.line()


def test_the_settings_name_what_is_wrong(tmp_path: Path, lotus: Ran) -> None:
    twice = EFFORT.format(seconds=1, messages=1).replace('"messages"', '"agents"')
    path = tmp_path / "bank.toml"
    path.write_text((lotus.workspace.path / "bank.toml").read_text(encoding="utf-8") + twice, encoding="utf-8")
    with pytest.raises(Exception, match="two share a name"):
        load_bank(path)
