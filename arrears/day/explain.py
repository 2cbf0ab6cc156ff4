"""Everything that was decided about one account on one day, and why, read back from what the day wrote."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Literal

import duckdb

from arrears.book.columns import CYCLES
from arrears.day.lookup import Lookup
from arrears.day.past import changed_since, hashes_of, manifests_of, strategy_of
from arrears.day.workspace import Strategy, Workspace
from arrears.errors import BookError
from arrears.law.kinds import Hours
from arrears.law.model import NO_PACK, NO_PACK_TITLE, Rule
from arrears.playbook import SegmentMatch, explain_segment
from arrears.playbook.model import Words
from arrears.risk import explain_score
from arrears.risk.explain import AttributeScore

Language = Literal["en", "zh"]
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Cycle:
    """One statement: what it newly asked for, what was paid in its cycle, and what was unpaid in all at the cycle's end."""

    closing_date: date
    due_date: date
    due_new_minor: int
    paid_on_time_minor: int
    paid_late_minor: int
    unpaid_minor: int
    is_oldest_unpaid: bool


@dataclass(frozen=True)
class Refusal:
    """One rule that refuses a contact. `earliest` is the first lawful local time of the day, for rules of hours only."""

    rule: str
    title: str
    citation: str
    earliest: str | None


@dataclass(frozen=True)
class Way:
    """One possible contact of the day and what became of it. `because` names what decided it, by kind of decision."""

    step: str
    alternative: int
    clause: str
    channel: str
    party: str
    purpose: str
    content: str
    contact_id: str
    local_time: str
    priority: int
    decision: str
    because: Mapping[str, Any]
    refusals: tuple[Refusal, ...]


@dataclass(frozen=True)
class Explanation:
    """One account on one date; amounts are minor units of `currency`. Ids only: no name, number or address."""

    day: date
    language: Language
    account_id: str
    customer_id: str
    currency: str
    account: Mapping[str, Any]
    """The account's row of the book; `grace_days` and `tolerance_minor` of its product."""
    before: Mapping[str, Any] | None
    """The same of the day before; None where the account or the day is new."""
    cycles: tuple[Cycle, ...]
    """Newest first."""
    customer: Mapping[str, Any]
    """The customer's row of the book: what score, segment and contacts were decided by."""
    score: int
    band: str
    score_lines: tuple[AttributeScore, ...]
    segment: str
    segment_title: str
    segment_note: str
    arm: str
    asked: tuple[SegmentMatch, ...]
    """The segments in their order up to the customer's own, which is the last."""
    ways: tuple[Way, ...]
    charges_blocked: tuple[Mapping[str, Any], ...]
    """Charges of the account that supervision found over, in minor units, with their correcting entries; open at day's end."""
    inputs: Mapping[str, str]
    """Where it all comes from: name to SHA-256, `arrears` to its version."""
    changed: tuple[str, ...]
    """What is no longer the version of that day: the words are today's, the decisions that day's."""

    @property
    def chosen(self) -> tuple[Way, ...]:
        return tuple(way for way in self.ways if way.decision == "chosen")

    def as_json(self) -> dict[str, Any]:
        found = _plain(asdict(self))
        assert isinstance(found, dict)  # noqa: S101  a dataclass becomes one
        return found

    def lines(self) -> list[str]:
        """For the terminal, in the explanation's language."""
        from arrears.day.telling import told  # noqa: PLC0415  the words know the explanation, not the other way round

        return told(self)


def explain(workspace: Workspace, account_id: str, day: date, language: Language) -> Explanation:
    """Why the day went as it did for one account, by the settings kept for that day.

    Raises `BookError` where the day was not run to its end, its settings are not kept, or the account is not in its book.
    """
    manifests = manifests_of(workspace, day)
    hashes = hashes_of(manifests)
    strategy = strategy_of(workspace, day, hashes)
    with duckdb.connect(":memory:") as connection:
        connection.execute("SET threads = 1; SET memory_limit = '1GB'; SET TimeZone = 'UTC'")
        files = Lookup(connection, workspace, day)
        shard, account = files.account(account_id)
        before = files.before(shard, account_id)
        customer = files.row("book", "customers", shard, account["customer_id"])
        score = files.row("risk", "scores", shard, account["customer_id"])
        segment = files.row("playbook", "segments", shard, account["customer_id"])
        ends = files.cycle_ends(shard, account_id, strategy)
        decisions = files.decisions(shard, account["customer_id"])
        worths = files.worths(shard, account["customer_id"])
        recent = files.recent(shard, account["customer_id"])
        blocked = files.blocked_charges(shard, account_id)
    asked = explain_segment({**customer, "score": score["score"], "band": score["band"]}, strategy.playbook, day)
    if asked[-1].segment != segment["segment"]:
        raise BookError(
            f"the book of {day} and its playbook do not lead to the segment that was written",
            where=str(workspace.step("playbook", day)), remedy="check the day: arrears replay --date " + day.isoformat(),
        )  # fmt: skip
    chosen = strategy.playbook.segment(segment["segment"])
    return Explanation(
        day=day,
        language=language,
        account_id=account_id,
        customer_id=account["customer_id"],
        currency=account["currency"],
        account={name: account[name] for name in account if not _of_cycle(name)}
        | {name: ends[name] for name in ("grace_days", "tolerance_minor")},
        before=None if before is None else {name: before[name] for name in before if not _of_cycle(name)},
        cycles=_cycles(account, ends),
        customer=customer | {"bank_currency": strategy.bank.currency},
        score=score["score"],
        band=score["band"],
        score_lines=tuple(explain_score(customer, strategy.scorecard)),
        segment=segment["segment"],
        segment_title=_in(language, chosen.title),
        segment_note=_in(language, chosen.note) if chosen.note else "",
        arm=segment["arm"],
        asked=tuple(asked),
        ways=_ways(decisions, worths, strategy, day, language, recent),
        charges_blocked=tuple(blocked),
        inputs={"feed": manifests["feed"].content_hash, "book": manifests["book"].content_hash, **hashes},
        changed=tuple(changed_since(strategy, hashes)),
    )


def _in(language: Language, words: Words) -> str:
    return words.zh if language == "zh" else words.en


def _of_cycle(name: str) -> bool:
    return name.rpartition("_")[2].isdigit() and name.rpartition("_")[0] in (
        "close", "due", "due_new", "paid_on_time", "paid_late",
    )  # fmt: skip


def _cycles(account: Row, ends: Row) -> tuple[Cycle, ...]:
    """The kept statements, newest first; the oldest unpaid one is the one DPD is counted from."""
    return tuple(
        Cycle(
            closing_date=account[f"close_{k}"],
            due_date=account[f"due_{k}"],
            due_new_minor=account[f"due_new_{k}"],
            paid_on_time_minor=account[f"paid_on_time_{k}"],
            paid_late_minor=account[f"paid_late_{k}"],
            unpaid_minor=ends[f"rest_{k}"],
            is_oldest_unpaid=account["oldest_due_date"] is not None and account[f"due_{k}"] == account["oldest_due_date"],
        )
        for k in range(CYCLES)
        if account[f"close_{k}"] is not None
    )


def _ways(
    decisions: Sequence[Row], worths: Mapping[tuple[str, int], Row], strategy: Strategy, day: date, language: Language,
    recent: Mapping[str, int],
) -> tuple[Way, ...]:  # fmt: skip
    rules = {rule.id: rule for pack in strategy.packs for rule in pack.rules_in_force(day)}
    return tuple(
        Way(
            step=row["step"],
            alternative=row["alternative"],
            clause=row["clause"],
            channel=row["channel"],
            party=row["party"],
            purpose=row["purpose"],
            content=row["content"],
            contact_id=row["contact_id"],
            local_time=clock(row["minute"]),
            priority=row["priority"],
            decision=row["decision"],
            because=_because(row, decisions, strategy, recent) | _worth(worths.get((row["step"], row["alternative"]))),
            refusals=tuple(
                _refusal(rule, rules.get(rule), row["earliest_minute"], language)
                for rule in row["refused_by"].split(",")
                if rule
            ),
        )
        for row in decisions
    )


def _refusal(rule_id: str, rule: Rule | None, earliest_minute: int | None, language: Language) -> Refusal:
    if rule is None:
        title = NO_PACK_TITLE.said(language) if rule_id == NO_PACK else rule_id
        return Refusal(rule_id, title, "", None)
    later = earliest_minute is not None and isinstance(rule.params, Hours)
    at = clock(earliest_minute or 0) if later else None
    return Refusal(rule_id, rule.title.said(language), rule.citation.line(language), at)


def _because(row: Row, decisions: Sequence[Row], strategy: Strategy, recent: Mapping[str, int]) -> dict[str, Any]:
    """What stood against a contact that the law allows, or which alternatives one that was chosen stands in for."""
    own_step = [other for other in decisions if other["step"] == row["step"]]
    if row["decision"] == "chosen":
        return {"instead_of": [other["alternative"] for other in own_step if other["alternative"] < row["alternative"]]}
    if row["decision"] == "not_needed":
        possible = (other["alternative"] for other in own_step if other["lawful"] and other["contact_id"])
        return {"earlier_alternative": min(possible)}
    if row["decision"] == "outranked":
        rivals = [
            other for other in decisions
            if other["decision"] in ("chosen", "outranked") and other["channel"] == row["channel"] and _rank(other) < _rank(row)
        ]  # fmt: skip
        if rivals:
            return {"more_urgent_in_channel": min(rivals, key=_rank)["step"]}
        limit = strategy.playbook.segment(row["segment"]).intensity
        return {"per_day_max": limit.per_day_max, "per_7_days_max": limit.per_7_days_max, **recent}
    return {}


def _worth(row: Row | None) -> dict[str, Any]:
    """What the contact is worth alone and its effort elsewhere, and whether it had to be made."""
    return {} if row is None else {name: row[name] for name in ("worth_minor", "effort_minor", "required")}


def _rank(row: Row) -> tuple[int, str, int]:
    return -row["priority"], row["step"], row["alternative"]


def clock(minute: int) -> str:
    """Minutes after midnight as `09:30`."""
    return f"{minute // 60:02d}:{minute % 60:02d}"


def _plain(value: Any) -> Any:
    """As JSON: dates in ISO form, tuples as lists."""
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(inner) for inner in value]
    if hasattr(value, "model_dump"):
        return _plain(value.model_dump())
    return value.isoformat() if isinstance(value, date) else value
