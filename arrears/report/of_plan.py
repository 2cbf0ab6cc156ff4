"""What the plan says: the flow from customers to contacts, refusals by rule, work by channel and clause, segments."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date

import duckdb

from arrears.day.workspace import Workspace
from arrears.law import Pack
from arrears.law.model import NO_PACK, NO_PACK_TITLE, Rule
from arrears.playbook import Playbook
from arrears.report.summary import Flow, RuleCount, SegmentCount, Work
from arrears.report.tables import table


def flow(con: duckdb.DuckDBPyConnection, workspace: Workspace, day: date) -> Flow:
    """Customers, steps and candidates of the day, and what was decided."""
    decisions = table(workspace, "plan", day, "decisions")
    customers_n = _one(con, f"SELECT count(*) FROM {table(workspace, 'playbook', day, 'segments')}")
    decided = Counter(dict(con.execute(f"SELECT decision, count(*) FROM {decisions} GROUP BY decision").fetchall()))
    # A step's own row (alternative 0) may be missing where only a fallback fits, so steps are counted, not rows of it.
    due_n, steps_n = con.execute(
        "SELECT count(*), coalesce(sum(steps_n), 0)::BIGINT FROM "
        f"(SELECT customer_id, count(DISTINCT step) AS steps_n FROM {decisions} GROUP BY customer_id)"
    ).fetchall()[0]
    return Flow(
        customers_n=customers_n, customers_due_n=due_n, steps_n=steps_n, candidates_n=decided.total(),
        refused_n=decided["refused"], no_contact_point_n=decided["no_contact_point"], not_needed_n=decided["not_needed"],
        outranked_n=decided["outranked"], chosen_n=decided["chosen"],
        customers_contacted_n=_one(con, f"SELECT count(DISTINCT customer_id) FROM {decisions} WHERE decision = 'chosen'"),
        charges_blocked_n=decided["charges_blocked"], effort_elsewhere_n=decided["effort_elsewhere"],
    )  # fmt: skip


def rules(con: duckdb.DuckDBPyConnection, workspace: Workspace, day: date, packs: Iterable[Pack]) -> tuple[RuleCount, ...]:
    """How often each rule refused, most first, with its title and citation as in force on the day."""
    refused: Counter[str] = Counter()
    alone: Counter[str] = Counter()
    for refused_by, rows_n in con.execute(
        f"SELECT refused_by, count(*) FROM {table(workspace, 'plan', day, 'decisions')} "
        "WHERE decision = 'refused' AND refused_by <> '' GROUP BY refused_by"
    ).fetchall():
        ids = refused_by.split(",")
        refused.update(dict.fromkeys(ids, rows_n))
        alone.update(dict.fromkeys(ids, rows_n) if len(ids) == 1 else {})
    known = {rule.id: rule for pack in packs for rule in pack.rules_in_force(day)}
    order = sorted(refused, key=lambda rule_id: (-refused[rule_id], rule_id))
    return tuple(_counted(rule_id, known.get(rule_id), refused[rule_id], alone[rule_id]) for rule_id in order)


def work(con: duckdb.DuckDBPyConnection, workspace: Workspace, day: date) -> tuple[Work, ...]:
    """Chosen contacts by channel and clause, in order."""
    found = con.execute(
        f"SELECT channel, clause, count(*) FROM {table(workspace, 'plan', day, 'contacts')} GROUP BY channel, clause"
    ).fetchall()
    return tuple(Work(*row) for row in sorted(found, key=lambda row: (row[0], row[1][0], int(row[1][1:] or 0))))


def segments(con: duckdb.DuckDBPyConnection, workspace: Workspace, day: date, playbook: Playbook) -> tuple[SegmentCount, ...]:
    """Every segment that holds a customer, in the playbook's order."""
    held = con.execute(
        "SELECT segment, count(*), count(*) FILTER (WHERE ends_with(arm, ':holdout')) "
        f"FROM {table(workspace, 'playbook', day, 'segments')} GROUP BY segment"
    ).fetchall()
    decided = con.execute(
        "SELECT segment, count(DISTINCT customer_id), count(*) FILTER (WHERE decision = 'chosen') "
        f"FROM {table(workspace, 'plan', day, 'decisions')} GROUP BY segment"
    ).fetchall()
    due = {segment: (due_n, contacts_n) for segment, due_n, contacts_n in decided}
    of_id = {segment.id: segment for segment in playbook.segments}
    place = {segment_id: place for place, segment_id in enumerate(of_id)}
    counted = []
    for segment_id, customers_n, holdout_n in sorted(held, key=lambda row: (place.get(row[0], len(place)), row[0])):
        segment = of_id.get(segment_id)
        target = segment.target if segment else None
        counted.append(
            SegmentCount(
                segment_id,
                segment.title.en if segment else "",
                segment.title.zh if segment else "",
                customers_n,
                holdout_n,
                *due.get(segment_id, (0, 0)),
                measure=target.measure if target else "",
                target_bp=target.value_bp if target else 0,
                by_day=target.by_day if target else 0,
            )
        )
    return tuple(counted)


def _counted(rule_id: str, rule: Rule | None, refused_n: int, alone_n: int) -> RuleCount:
    if rule is not None:
        cited = (rule.citation.line("en"), rule.citation.line("zh"))
        return RuleCount(rule_id, rule.title.en, rule.title.zh, *cited, rule.binding, refused_n, alone_n)
    title = (NO_PACK_TITLE.en, NO_PACK_TITLE.zh) if rule_id == NO_PACK else ("", "")
    return RuleCount(rule_id, *title, citation_en="", citation_zh="", binding="", refused_n=refused_n, alone_n=alone_n)


def _one(con: duckdb.DuckDBPyConnection, query: str) -> int:
    return int(con.execute(query).fetchall()[0][0])
