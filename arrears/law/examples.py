"""A pack's examples as tests: each is decided by the gate, and by the screen where the screen can be asked."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import ibis

from arrears.errors import LawError
from arrears.law.case import Case
from arrears.law.clock import zone_of
from arrears.law.columns import CANDIDATE_SCHEMA, HISTORY_SCHEMA
from arrears.law.gating import gate, parse_case
from arrears.law.matters.examples import test_matters
from arrears.law.model import NO_PACK, Example, Failure, Pack, Rule
from arrears.law.rows import candidate_row, candidates_table, history_rows, history_table, own_ids, plannable
from arrears.law.screening import screen
from arrears.saying import said


def case_of(pack: Pack, example: Example, rule_id: str = "") -> Case:
    """The example's whole case: the pack's base case with the example's own keys over it."""
    merged = overlaid(pack.base_case, example.case)
    try:
        return parse_case(json.dumps(merged, default=date.isoformat))
    except LawError as error:
        raise LawError(
            error.what,
            where=said("pack {pack}: {rule}: examples: {where}", pack=pack.id, rule=rule_id, where=error.where),
            remedy=error.remedy,
        ) from None


def overlaid(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """`base` with the keys of `over`; mappings are merged, everything else is replaced."""
    merged = dict(base)
    for key, value in over.items():
        below = merged.get(key)
        merged[key] = overlaid(below, value) if isinstance(below, Mapping) and isinstance(value, Mapping) else value
    return merged


def test_pack(pack: Pack) -> list[Failure]:
    """Every example that does not come out as the pack says; empty when all do.

    An example that expects `allow` wants no rule of the pack to refuse; one that expects `refuse` wants its own rule to. The
    examples of a rule that is switched off are decided by that rule alone, as if it were on.
    """
    on = [rule for rule in pack.rules if rule.enabled and rule.params.binds_contacts()]
    off = [rule for rule in pack.rules if not rule.enabled and rule.params.binds_contacts() and rule.examples]
    contacts = _failures(pack, on) + [failure for rule in off for failure in _failures(switched_on(pack, rule), [rule])]
    return contacts + test_matters(pack)


def switched_on(pack: Pack, rule: Rule) -> Pack:
    """A pack of that rule alone, switched on."""
    on = rule.model_copy(update={"enabled": True, "from_date": rule.from_date or date.min})
    return pack.with_rules((on,), f"{rule.id} from {on.from_date} switched on")


def _failures(pack: Pack, rules: Sequence[Rule]) -> list[Failure]:
    examples = [
        (rule.id, number, example.expect, case_of(pack, example, rule.id))
        for rule in rules
        for number, example in enumerate(rule.examples)
    ]
    gated = [_of_pack(pack, tuple(one.rule for one in gate(case, [pack]).refusals)) for *_, case in examples]
    failures = [
        Failure(rule_id, number, "gate", expect, refused)
        for (rule_id, number, expect, _), refused in zip(examples, gated, strict=True)
        if not _as_expected(rule_id, expect, refused)
    ]
    asked = [example for example in examples if plannable(example[3])]
    screened = [_of_pack(pack, refused) for refused in refusing_rules([case for *_, case in asked], [pack])]
    failures += [
        Failure(rule_id, number, "screen", expect, refused)
        for (rule_id, number, expect, _), refused in zip(asked, screened, strict=True)
        if not _as_expected(rule_id, expect, refused)
    ]
    return failures


test_pack.__test__ = False  # type: ignore[attr-defined]  # a function of the trade, not a test of pytest's


def _of_pack(pack: Pack, refused: tuple[str, ...]) -> tuple[str, ...]:
    """A policy for everywhere is no law of anywhere: that no law pack is at hand here is not its word."""
    return tuple(rule for rule in refused if rule != NO_PACK) if pack.covers == ("*",) else refused


def _as_expected(rule_id: str, expect: str, refused: Sequence[str]) -> bool:
    return not refused if expect == "allow" else rule_id in refused


def refusing_rules(cases: Sequence[Case], packs: Sequence[Pack], zones: Sequence[str] = ()) -> list[tuple[str, ...]]:
    """What the screen refuses each case by, computed by DuckDB; every case must be `plannable`.

    `zones` are told to the screen besides the cases' own, as the zones of the day's other customers are.
    """
    rows = [candidate_row(case, f"C{number}") for number, case in enumerate(cases)]
    by_day: dict[date, list[int]] = defaultdict(list)
    for number, case in enumerate(cases):
        by_day[case.at.astimezone(_clock(case)).date()].append(number)
    found: dict[str, tuple[str, ...]] = {}
    with duckdb.connect(":memory:") as connection:
        for day, numbers in by_day.items():
            history = [row for number in numbers for row in history_rows(cases[number], f"C{number}")]
            connection.register("candidates", candidates_table(own_ids([rows[number] for number in numbers])))
            connection.register("contacts", history_table(own_ids(history)))
            own = [zone for number in numbers for zone in cases[number].zones]
            offsets = {zone: _offset(cases[numbers[0]], zone) for zone in (*zones, *own)}
            query = _compiled(tuple(packs), day, tuple(sorted(offsets.items())))
            for customer_id, refused_by in connection.execute(f"SELECT customer_id, refused_by FROM ({query})").fetchall():
                found[customer_id] = tuple(refused_by.split(",")) if refused_by else ()
    return [found[f"C{number}"] for number in range(len(cases))]


def _compiled(packs: tuple[Pack, ...], day: date, offsets: tuple[tuple[str, int], ...]) -> str:
    """`compiled`, kept for the packs, the day and the zones asked for lately: compiling takes longer than running."""
    key = (tuple(pack.content_hash for pack in packs), day, offsets)
    if key not in _QUERIES:
        while len(_QUERIES) >= _QUERIES_MAX:
            del _QUERIES[next(iter(_QUERIES))]
        _QUERIES[key] = compiled(packs, day, offsets)
    return _QUERIES[key]


_QUERIES: dict[tuple[tuple[str, ...], date, tuple[tuple[str, int], ...]], str] = {}
_QUERIES_MAX = 32


def compiled(packs: tuple[Pack, ...], day: date, offsets: tuple[tuple[str, int], ...]) -> str:
    """The screen's SQL for DuckDB over tables named `candidates` and `contacts`."""
    candidates = ibis.table(CANDIDATE_SCHEMA, name="candidates")
    contacts = ibis.table(HISTORY_SCHEMA, name="contacts")
    verdicts = screen(candidates, contacts, packs, as_of=day, business_utc_offsets=dict(offsets))
    return str(ibis.to_sql(verdicts, dialect="duckdb"))


def _clock(case: Case) -> ZoneInfo:
    return zone_of(case.zones[0])


def _offset(case: Case, zone: str) -> int:
    offset = case.at.astimezone(zone_of(zone)).utcoffset()
    return int(offset.total_seconds()) // 60 if offset else 0
