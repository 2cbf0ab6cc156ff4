"""A pack's examples about matters as tests: each is decided one by one and as columns, also of rules that are switched off."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

import duckdb
import ibis
import pyarrow as pa

from arrears.errors import LawError
from arrears.law.kinds import MatterKind
from arrears.law.matter import MODELS, Matter, parse_matter
from arrears.law.matter_rows import columns_of, matters_table, row_of
from arrears.law.matters.judging import MatterRule, breaches_of, matter_rules
from arrears.law.matters.screening import breaches
from arrears.law.model import Example, Failure, Pack, Rule
from arrears.saying import said

USUAL_DAY = date(2026, 3, 2)
"""The day of an example that names none, if its rule is in force then; else the rule's first, or its last."""


class MatterExample(NamedTuple):
    """An example with its whole matter, and the rules it is put to."""

    rule_id: str
    number: int
    expect: str
    matter: Matter
    rules: tuple[MatterRule, ...]


def matter_of(pack: Pack, rule: Rule, example: Example) -> Matter:
    """The example's whole matter: what its rule speaks of, with the example's own keys over it."""
    kind = rule.params
    assert isinstance(kind, MatterKind)  # noqa: S101 - the caller chose rules about matters
    model = MODELS[kind.matter]
    usual: dict[str, Any] = {
        "format": 1,
        "matter": kind.matter,
        "on": _usual_day(rule),
        "jurisdictions": [pack.codes(rule)[0]],
        "acts": "agency" if rule.applies_to == "agency" else "issuer",
    }
    if kind.of:
        usual[model.subject] = kind.of[0]
    if kind.when:
        usual["flags"] = list(kind.when)
    whole = usual | dict(example.case)
    try:
        return parse_matter(json.dumps(whole, default=date.isoformat))
    except LawError as error:
        where = said("pack {pack}: {rule}: examples: {where}", pack=pack.id, rule=rule.id, where=error.where)
        raise LawError(error.what, where=where, remedy=error.remedy) from None


def _usual_day(rule: Rule) -> date:
    day = max(USUAL_DAY, rule.from_date or USUAL_DAY)
    return min(day, rule.to_date or day)


def examples_of(pack: Pack) -> list[MatterExample]:
    """Every example about a matter: put to the rules in force on its day, or to a rule that is switched off alone."""
    found = []
    for rule in pack.rules:
        if not isinstance(rule.params, MatterKind):
            continue
        own = MatterRule(pack, rule, rule.params)
        for number, example in enumerate(rule.examples):
            matter = matter_of(pack, rule, example)
            rules = matter_rules([pack], matter.on, matter.matter) if rule.enabled else (own,)
            found.append(MatterExample(rule.id, number, example.expect, matter, rules))
    return found


def test_matters(pack: Pack) -> list[Failure]:
    """Every example about a matter that does not come out as the pack says; empty when all do.

    An example that expects `allow` wants no rule to refuse; one that expects `refuse` wants its own rule to. The examples of a
    rule that is switched off are decided by that rule alone, as if it were on.
    """
    examples = examples_of(pack)
    judged = [tuple(one.rule.id for one, _ in breaches_of(example.matter, example.rules)) for example in examples]
    screened = screened_by(examples)
    return [
        Failure(example.rule_id, example.number, by, example.expect, refused)
        for by, verdicts in (("judge", judged), ("screen", screened))
        for example, refused in zip(examples, verdicts, strict=True)
        if not (not refused if example.expect == "allow" else example.rule_id in refused)
    ]


test_matters.__test__ = False  # type: ignore[attr-defined]  # a function of the trade, not a test of pytest's


def screened_by(examples: Sequence[MatterExample]) -> list[tuple[str, ...]]:
    """What refuses each example as a row of a table, computed by DuckDB."""
    found: dict[int, set[str]] = defaultdict(set)
    batches: dict[tuple[Any, ...], list[int]] = defaultdict(list)
    for number, example in enumerate(examples):
        key = (example.matter.matter, tuple((one.rule.id, one.rule.from_date) for one in example.rules))
        batches[key].append(number)
    with duckdb.connect(":memory:") as connection:
        for (matter, _), numbers in batches.items():
            asked = [(str(number), examples[number].matter) for number in numbers]
            query = breaches_sql(matter, examples[numbers[0]].rules)
            connection.register("matters", dated_table(matter, asked))
            for matter_id, rule_id, _over in connection.execute(query).fetchall():
                found[int(matter_id)].add(rule_id)
    return [tuple(sorted(found[number])) for number in range(len(examples))]


def dated_table(matter: str, asked: Sequence[tuple[str, Matter]]) -> pa.Table:
    """Matters, by id, as rows of a table with a column `on` of the day each is judged on; a row for each jurisdiction."""
    rows = [(row_of(one, matter_id, place), one.on) for matter_id, one in asked for place in one.jurisdictions]
    return matters_table(matter, [row for row, _ in rows]).append_column("on", pa.array([on for _, on in rows], pa.date32()))


def breaches_sql(matter: str, rules: Sequence[MatterRule]) -> str:
    """What `rules` refuse in such a table named `matters`, for DuckDB: `matter_id, rule, over`."""
    table = ibis.table({**columns_of(matter), "on": "date"}, name="matters")
    return str(ibis.to_sql(breaches(table, rules, table.on, None), dialect="duckdb"))
