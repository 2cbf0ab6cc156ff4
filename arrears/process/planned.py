"""Planned contacts against those made, and customers for whom the law left nothing to plan.

A contact of the feed bears no step, so it is told by customer, channel and party: it is of the newest plan that was made before
the feed that brought it, of its own day or so many days before as the channel may take.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta

import duckdb

from arrears.feed.contracts import CHANNELS
from arrears.process.model import NO_POINT, HeldUp, Made
from arrears.process.reading import Days, rows
from arrears.process.targets import Targets
from arrears.process.waiting import Waited, product_limit

_DUE = """
CREATE TEMP TABLE due AS
SELECT CAST(date AS DATE) AS plan_day, customer_id, segment, step, max(channel) FILTER (alternative = 0) AS own_channel,
       coalesce(max(channel) FILTER (decision = 'chosen'), '') AS channel,
       coalesce(max(party) FILTER (decision = 'chosen'), '') AS party, max(minute) FILTER (decision = 'chosen') AS minute
FROM {decisions} GROUP BY ALL
"""
_MADE = """
CREATE TEMP TABLE done AS
WITH mine AS (SELECT event_id, spoke, max(plan_day) AS plan_day, contacts.customer_id, contacts.channel, contacts.party
              FROM contacts JOIN due ON contacts.customer_id = due.customer_id AND contacts.channel = due.channel
              AND contacts.party = due.party AND plan_day < delivered AND plan_day <= local_date
              AND local_date <= plan_day + {within} WHERE direction = 'outbound' GROUP BY ALL),
     came AS (SELECT plan_day, customer_id, channel, party, bool_or(spoke) AS reached FROM mine GROUP BY ALL)
SELECT due.*, due.channel <> '' AS planned, reached IS NOT NULL AS made, coalesce(reached, false) AS reached,
       reached IS NULL AND due.channel <> '' AND plan_day + {due_within} > ? AS pending
FROM due LEFT JOIN came USING (plan_day, customer_id, channel, party)
"""

# A customer's day is open where something was planned, shut where everything due was refused or had nobody to reach. A spell
# begins with a shut day and ends with the next open one.
_SAID = """
CREATE TEMP TABLE said_of AS SELECT CAST(date AS DATE) AS day, customer_id, decision, refused_by FROM {decisions}
WHERE decision IN ('chosen', 'refused', 'no_contact_point')
"""
_SHUT = """
CREATE TEMP TABLE shut AS
WITH said AS (SELECT day, customer_id, bool_or(decision = 'chosen') AS open,
                     bool_or(decision = 'refused' OR decision = 'no_contact_point') AS refused,
                     bool_or(decision = 'refused' AND refused_by <> '') AS by_rule
              FROM said_of GROUP BY ALL),
     told AS (SELECT *, sum(CAST(open AS INT)) OVER (PARTITION BY customer_id ORDER BY day) AS spell,
                     min(CASE WHEN open THEN day END) OVER (PARTITION BY customer_id ORDER BY day
                         ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING) AS opened FROM said WHERE open OR refused)
SELECT customer_id, spell, min(day) AS began, max(day) AS last_day, any_value(opened) AS opened, bool_or(by_rule) AS by_rule
FROM told WHERE NOT open GROUP BY customer_id, spell
"""
_RULED = """
CREATE TEMP TABLE ruled AS SELECT DISTINCT shut.customer_id, began, opened, unnest(string_split(refused_by, ',')) AS rule
               FROM shut JOIN said_of ON shut.customer_id = said_of.customer_id
               AND day BETWEEN began AND last_day WHERE decision = 'refused' AND refused_by <> ''
               UNION ALL SELECT customer_id, began, opened, ? FROM shut WHERE NOT by_rule
"""
_SPELLS = "SELECT rule, coalesce(opened, ?) - began AS days, opened IS NOT NULL, count(*) FROM ruled GROUP BY ALL"
_CUSTOMERS = "SELECT rule, count(DISTINCT customer_id) FROM ruled GROUP BY rule"


def take_due(con: duckdb.DuckDBPyConnection, days: Days, targets: Targets) -> None:
    """`done`: every step due, with `planned`, `made`, `reached`, and `pending` where it may still be made in time."""
    con.execute(_DUE.format(decisions=days.relation("plan", "decisions")))
    cases = " ".join(f"WHEN '{channel}' THEN {getattr(targets.made_within_days, channel)}" for channel in CHANNELS)
    within = f"(CASE contacts.channel {cases} ELSE 0 END)"
    con.execute(_MADE.format(within=within, due_within=within.replace("contacts.", "due.")), [days.day])


def made(con: duckdb.DuckDBPyConnection, days: Days) -> tuple[Made, ...]:
    """Planned and made by channel; of the plan of `days.day` itself nothing can be known yet."""
    before = days.day - timedelta(days=1)
    found = rows(
        con,
        "SELECT channel, count(*) FILTER (NOT pending), count(*) FILTER (made AND NOT pending), "
        "count(*) FILTER (plan_day = ?), count(*) FILTER (plan_day = ? AND made), count(*) FILTER (pending) "
        "FROM done WHERE planned AND plan_day < ? GROUP BY channel",
        [before, before, days.day],
    )
    return tuple(Made(*row) for row in sorted(found, key=lambda row: CHANNELS.index(row[0])))


def held_up(con: duckdb.DuckDBPyConnection, days: Days) -> tuple[HeldUp, ...]:
    """By rule: customers with something due for whom nothing could be planned, and for how long."""
    con.execute(_SAID.format(decisions=days.relation("plan", "decisions")))
    con.execute(_SHUT)
    con.execute(_RULED, [NO_POINT])
    waited: defaultdict[str, list[Waited]] = defaultdict(list)
    for rule, so_long, ended, spells_n in rows(con, _SPELLS, [days.day]):
        waited[rule].append(Waited(so_long, ended, spells_n))
    customers = dict(rows(con, _CUSTOMERS))
    made_of = [_held_up(rule, of, customers[rule]) for rule, of in waited.items()]
    return tuple(sorted(made_of, key=lambda one: (-one.spells_n, one.rule_id)))


def _held_up(rule: str, waited: list[Waited], customers_n: int) -> HeldUp:
    curve = product_limit(waited)
    spells_n = sum(one.cases_n for one in waited)
    still_n = sum(one.cases_n for one in waited if not one.ended)
    return HeldUp(rule, spells_n, customers_n, still_n, curve.quantile(0.5), curve.quantile(0.9), curve.followed_days)


def planned_hours(
    con: duckdb.DuckDBPyConnection, days: Days, offsets: dict[str, int], own_offset_min: int
) -> dict[int, tuple[int, int]]:
    """Hour of the bank's clock to contacts and calls planned before `days.day`; clocks as of `days.day`.

    Somebody who has left the book counts as living where the bank is.
    """
    con.execute("CREATE TEMP TABLE zones (timezone VARCHAR, ahead_min BIGINT)")
    for zone, offset in offsets.items():
        con.execute("INSERT INTO zones VALUES (?, ?)", [zone, offset - own_offset_min])
    found = rows(
        con,
        "SELECT (minute - coalesce(ahead_min, 0) + 2880) % 1440 // 60 AS hour, count(*), count(*) FILTER (channel = 'call') "
        f"FROM done LEFT JOIN {days.relation('book', 'customers', [days.day])} AS who USING (customer_id) "
        "LEFT JOIN zones USING (timezone) "
        "WHERE planned AND plan_day < ? GROUP BY hour",
        [days.day],
    )
    return {int(hour): (all_n, calls_n) for hour, all_n, calls_n in found}
