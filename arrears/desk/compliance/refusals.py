"""What was not done, and by which rule: counted from the ledger, and its entries a page at a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.core.cache import cache

from arrears.day.workspace import packs_in_force
from arrears.desk.compliance.days import day_given, midnights
from arrears.desk.current import desk
from arrears.desk.saying import _
from arrears.errors import StoreError
from arrears.law import load_packs
from arrears.law.loading import packs_shipped
from arrears.law.model import Rule

DAYS_MAX = 31
PAGE = 50
COUNTED_SECONDS, PAST_SECONDS = 60, 3_600
"""How long counts stand; those of days that are over, which hardly change, longer."""

_NOT_MADE = "kind = 'refusal' AND at >= %s AND at < %s"
_COUNTS = f"""WITH period AS MATERIALIZED (SELECT customer_id, body::jsonb AS body FROM ledger_entry WHERE {_NOT_MADE}),
told AS (
    SELECT coalesce(body->>'fate', '') AS fate, coalesce(rule, body->>'reason', '') AS what, rule IS NOT NULL AS by_rule,
        customer_id, count(*) AS n
    FROM period LEFT JOIN LATERAL jsonb_array_elements_text(body->'rules') AS rule ON TRUE GROUP BY 1, 2, 3, 4
)
SELECT fate, what, by_rule, sum(n)::bigint, count(*) FROM told GROUP BY 1, 2, 3 ORDER BY 4 DESC, 1, 2"""
_ENTRIES = f"""SELECT seq, local_at, at, customer_id, actor, step, channel, party, body::jsonb AS body FROM ledger_entry
WHERE {_NOT_MADE} AND (at, seq) < (coalesce((SELECT at FROM ledger_entry WHERE seq = %s::bigint), 'infinity'), %s::bigint)
AND CASE WHEN %s::boolean THEN body::jsonb->'rules' ? %s ELSE coalesce(body::jsonb->>'reason', '') = %s END
AND body::jsonb->>'fate' = %s ORDER BY at DESC, seq DESC LIMIT %s"""
_SEQ_MAX = 2**63 - 1


@dataclass(frozen=True)
class Period:
    """Days by the bank's calendar, both included."""

    first: date
    last: date
    zone: str

    @property
    def times(self) -> tuple[datetime, datetime]:
        """From the first moment to just before the second."""
        return midnights(self.first, self.last, self.zone)


@dataclass(frozen=True)
class Count:
    """Contacts not made: `what` is a rule's id, or the desk's own reason where `by_rule` is false; empty: the day was over."""

    fate: str
    what: str
    by_rule: bool
    contacts_n: int
    customers_n: int
    rule: Rule | None = None


def period_of(given: Mapping[str, str]) -> Period:
    """The days asked for by `from` and `to`; today where they are left out. Raises `StoreError`."""
    today = desk().today()
    last = day_given(given.get("to", ""), today)
    first = day_given(given.get("from", ""), min(last, today) if given.get("to") else today)
    if not timedelta(0) <= last - first < timedelta(days=DAYS_MAX):
        raise StoreError(
            _("{first} to {last} is not a period of 1 to {most} days").format(first=first, last=last, most=DAYS_MAX),
            where=_("from, to"),
            remedy=_("choose other days"),
        )
    return Period(first, last, desk().bank.timezone)


def rules_now() -> dict[str, Rule]:
    """Rules by id: of the bank's packs as they are, else of those that come with arrears."""
    shipped = load_packs(packs_shipped())
    own = packs_in_force(desk().bank, desk().workspace)
    return {rule.id: rule for pack in (*shipped, *own) for rule in pack.rules}


def counts(period: Period) -> list[Count]:
    """By fate and rule, kept for a while. A contact refused by two rules counts under both."""
    name = f"refusals-{desk().store.worker.get('dbname')}-{period.first}-{period.last}"
    found = cache.get(name)
    if found is None:
        with desk().connection() as connection:
            found = connection.execute(_COUNTS, list(period.times)).fetchall()
        cache.set(name, found, PAST_SECONDS if desk().now() > period.times[1] else COUNTED_SECONDS)
    rules = rules_now()
    return [
        Count(fate, what, by_rule, contacts_n, customers_n, rules.get(what) if by_rule else None)
        for fate, what, by_rule, contacts_n, customers_n in found
    ]


def entries(
    period: Period, what: str, fate: str, *, by_rule: bool, before: int | None, limit: int = PAGE
) -> list[dict[str, Any]]:
    """The latest of them before an entry's number; one more than a page where there are more."""
    names = ("seq", "local_at", "at", "customer_id", "actor", "step", "channel", "party", "body")
    asked = [*period.times, before, _SEQ_MAX if before is None else before, by_rule, what, what, fate, limit + 1]
    with desk().connection() as connection:
        return [dict(zip(names, row, strict=True)) for row in connection.execute(_ENTRIES, asked).fetchall()]
