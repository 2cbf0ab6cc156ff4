"""The list of a day: every shard asked, and the answers put together as findings."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from typing import Any

from arrears.book.build import BookQueries
from arrears.conduct.asking import Asked, Questions, ask, dates_to_judge
from arrears.conduct.findings import EVIDENCE_MAX, Conduct, Finding, SubjectKind, in_order
from arrears.conduct.outliers import outliers
from arrears.conduct.thresholds import Severity, Thresholds
from arrears.day.workspace import Strategy, Workspace
from arrears.engine import Sessions
from arrears.law.kinds import FrequencyCap

_OF_JUDGED = {"refused_by": "outside_law", "hours_near": "near_hours", "silence_near": "near_cool_off"}
"""Column of a judged contact to the pattern it makes."""


def monitor(
    workspace: Workspace, day: date, thresholds: Thresholds, *, sessions: Sessions,
    progress: Callable[[int, int], None] = lambda done, total: None, book_queries: BookQueries | None = None,
) -> Conduct:  # fmt: skip
    """The findings of a day that has run. `progress` is called with shards done and their number.

    Raises `BookError` where the day, or a feed that the law looks back to, is not there.
    """
    for step in ("feed", "book", "plan"):
        workspace.require(step, day)
    strategy = workspace.strategy()
    shards = [f"{number:04d}.parquet" for number in range(strategy.bank.shards)]
    queries = book_queries or BookQueries(strategy.bank, sessions.dialect)
    with sessions.session() as session:
        session.bind("customers_all", [workspace.step("book", day) / "customers" / shard for shard in shards])
        places = session.rows("SELECT DISTINCT zones, timezone FROM customers_all")
        dates = dates_to_judge(session, workspace, day, shards, thresholds.outside_law.late_days)
        session.clear()
    questions = Questions(
        workspace, day, sessions.dialect, strategy.packs, thresholds, queries,
        tuple(sorted((str(zones), str(home)) for zones, home in places)), dates,
    )  # fmt: skip
    questions.compile()

    def one(shard: str) -> Asked:
        with sessions.session() as session:
            answered = ask(session, questions, shard)
            session.clear()
        return answered

    answers: list[Asked] = []
    with ThreadPoolExecutor(sessions.workers) as pool:
        for answered in pool.map(one, shards):
            answers.append(answered)
            progress(len(answers), len(shards))
    return _together(answers, thresholds, strategy, day)


def _together(answers: list[Asked], thresholds: Thresholds, strategy: Strategy, day: date) -> Conduct:
    severities = _severities(thresholds)
    found: Counter[str] = Counter()
    findings = [*_of_rows(answers, severities, _kinds(strategy), found), *_of_judged(answers, severities, found)]
    by_peers, compared = outliers((count for answered in answers for count in answered.counts), thresholds.outliers, day)
    found.update(one.pattern for one in by_peers)
    planned = {customer: number for answered in answers for customer, number in answered.planned.items()}
    listed = _largest([*findings, *by_peers], thresholds.listed_max)
    told = [replace(one, planned=planned.get(one.customer_id, 0)) for one in listed]
    return Conduct(
        day, in_order(told), {name: found[name] for name in sorted(found)},
        judged=sum(answered.judged_n for answered in answers), late=sum(answered.late_n for answered in answers),
        unread=sum(answered.unread_n for answered in answers), compared=compared,
    )  # fmt: skip


def _severities(thresholds: Thresholds) -> dict[str, Severity]:
    refusal, third, near = thresholds.after_refusal.severity, thresholds.third_parties.severity, thresholds.near_limits.severity
    return {
        "outside_law": "breach", "attempts_without_conversation": thresholds.attempts.severity,
        **dict.fromkeys(("contact_after_refused", "contact_after_opt_out", "contact_after_cease"), refusal),
        **dict.fromkeys(("third_party_after_refusal", "third_party_without_condition", "third_party_repeated"), third),
        **dict.fromkeys(("near_cap", "near_hours", "near_cool_off"), near), "complaint": thresholds.complaints.severity,
    }  # fmt: skip


def _kinds(strategy: Strategy) -> dict[str, SubjectKind]:
    """What each cap counts by."""
    return {rule.id: rule.params.per for pack in strategy.packs for rule in pack.rules if isinstance(rule.params, FrequencyCap)}


def _of_rows(
    answers: Iterable[Asked], severities: dict[str, Severity], kinds: dict[str, SubjectKind], found: Counter[str]
) -> Iterator[Finding]:
    """Findings counted in columns; their contacts come a row each."""
    for answered in answers:
        found.update({row["pattern"]: int(row["found_n"]) for row in answered.found})
        grouped: dict[tuple[Any, ...], list[dict[str, Any]]] = defaultdict(list)
        for row in answered.found:
            grouped[row["pattern"], row["rule"], row["window_days"], row["subject"]].append(row)
        for (pattern, rule, window, subject), rows in grouped.items():
            first = rows[0]
            shown = sorted((row for row in rows if row["event_id"] is not None), key=lambda row: row["place"])
            yield Finding(
                pattern, severities[pattern], kinds.get(rule, "customer"), subject, first["customer_id"], rule, window,
                first["first_date"], first["last_date"], first["n"], first["threshold"], first["since"],
                evidence=tuple(row["event_id"] for row in shown),
            )  # fmt: skip


def _of_judged(answers: Iterable[Asked], severities: dict[str, Severity], found: Counter[str]) -> Iterator[Finding]:
    """Findings of single contacts held against the law: one for each customer and rule."""
    for answered in answers:
        grouped: dict[tuple[str, str, str], list[dict[str, Any]]] = defaultdict(list)
        for row in answered.judged:
            for column, pattern in _OF_JUDGED.items():
                for rule in filter(None, row[column].split(",")):
                    grouped[pattern, rule, row["customer_id"]].append(row)
        for (pattern, rule, customer), rows in grouped.items():
            found[pattern] += 1
            newest = sorted(rows, key=lambda row: (row["at"], row["event_id"]), reverse=True)
            dates = [row["local_date"] for row in rows]
            yield Finding(
                pattern, severities[pattern], "customer", customer, customer, rule, (max(dates) - min(dates)).days + 1,
                min(dates), max(dates), len(rows), 0, evidence=tuple(row["event_id"] for row in newest[:EVIDENCE_MAX]),
            )  # fmt: skip


def _largest(findings: Iterable[Finding], most: int) -> list[Finding]:
    """Of each pattern the `most` findings with the largest counts."""
    by_pattern: dict[str, list[Finding]] = defaultdict(list)
    for one in findings:
        by_pattern[one.pattern].append(one)
    kept = []
    for mine in by_pattern.values():
        kept += sorted(mine, key=lambda one: (-one.count, one.window_days, one.subject, one.rule))[:most]
    return kept
