"""Addresses that read: cases, their ledger, what the gate would say, published days."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Query, Router
from psycopg.rows import dict_row

from arrears.desk.api import answers as s
from arrears.desk.api import values as v
from arrears.desk.api.access import Bearer
from arrears.desk.api.asking import CustomerId, RowId, read, require_customer, require_theirs
from arrears.desk.api.errors import ApiError
from arrears.desk.cases.file import file_of
from arrears.desk.cases.quoting import compared
from arrears.desk.cases.reading import read_case
from arrears.desk.current import desk
from arrears.desk.dispatch.foreseeing import foresee
from arrears.desk.people.recording import record
from arrears.desk.screens.fields import AMOUNT_MAX_MINOR
from arrears.desk.work.finding import beginning_with
from arrears.money import PPM

PAGE_MAX, FOUND_MAX, DAYS_MAX = 100, 50, 100
router = Router()
SEE = Bearer("cases:read", "case.see")
Limit = Annotated[int, Query(ge=1, le=PAGE_MAX, description="Rows at most.")]

_TIMELINE = """SELECT seq, recorded_at, at, local_at, kind, actor, intent_id, attempt_seq, step, account_id, contact_id,
channel, party, outcome, body, encode(hash, 'hex') AS hash FROM ledger_entry
WHERE customer_id = %s AND seq > %s ORDER BY seq LIMIT %s"""
_FOUND = """SELECT DISTINCT ON (customer_id) customer_id, business_date, currency, past_due_minor, minimum_unpaid_minor,
balance_minor FROM standing WHERE customer_id = ANY(%s) ORDER BY customer_id, business_date DESC"""
_DAYS = """SELECT business_date, plan_hash, customers_n, intents_n, timezone, published_at FROM publication
WHERE %s::date IS NULL OR business_date < %s ORDER BY business_date DESC LIMIT %s"""
_HEAD = """SELECT (SELECT identity FROM ledger_identity WHERE until_seq IS NULL) AS identity, seq, encode(hash, 'hex') AS hash,
CASE WHEN seq > 0 THEN recorded_at END AS recorded_at FROM ledger_head"""


@router.get("/customers", response=read(s.CustomersOut), auth=SEE, tags=["cases"])
def find(
    request: HttpRequest,
    customer_id: Annotated[list[v.Id] | None, Query(min_length=1, max_length=FOUND_MAX, description="May be repeated.")] = None,
    begins: Annotated[v.Id | None, Query(description="How the id begins; in place of whole ids.")] = None,
    after: Annotated[v.Id | None, Query(description="`next_after` of the page before.")] = None,
    limit: Annotated[int, Query(ge=1, le=FOUND_MAX, description="Rows at most, of those that begin so.")] = FOUND_MAX,
) -> Any:
    """Find customers by their ids, or by how these begin: those that were published and are the token's owner's to see."""
    user, following = request.auth.user, None
    if (customer_id is None) == (begins is None):
        raise ApiError(
            422, "customers are found by ids or by how these begin", where="customer_id, begins", remedy="give one of them"
        )
    with desk().connection() as connection, connection.cursor(row_factory=dict_row) as cursor:
        if begins is None:
            ids = [one for one in sorted(set(customer_id or ())) if user.has_perm("case.see", one)]
        else:
            ids, following = beginning_with(connection, user, begins, limit, after or "")
        return {"customers": cursor.execute(_FOUND, [ids]).fetchall(), "next_after": following}


@router.get("/customers/{customer_id}", response=read(s.CaseOut), auth=SEE, by_alias=True, tags=["cases"])
def case(request: HttpRequest, customer_id: CustomerId) -> Any:
    """Read a case: what stands, which state rules, what was agreed, what is next. That it was read is on the record."""
    with desk().connection() as connection:
        require_customer(connection, customer_id)
        found = read_case(connection, customer_id, desk().now())
    if not found["standing"]:
        raise ApiError(404, "there is no such customer", where="customer_id", remedy="give an id of a published plan")
    record(request.auth.actor, "look", customer_id=customer_id, subject="api case", token=request.auth.token.pk)
    return found


@router.get(
    "/customers/{customer_id}/timeline", response=read(s.TimelineOut), auth=Bearer("ledger:read", "case.see"), tags=["cases"]
)  # fmt: skip
def timeline(
    request: HttpRequest,
    customer_id: CustomerId,
    after: Annotated[int, Query(ge=0, le=v.INT64_MAX, description="The last number that you have.")] = 0,
    limit: Limit = PAGE_MAX,
) -> Any:
    """Read what happened with a customer, a page at a time by number. That it was read is on the record."""
    with desk().connection() as connection, connection.cursor(row_factory=dict_row) as cursor:
        require_customer(connection, customer_id)
        rows = cursor.execute(_TIMELINE, [customer_id, after, limit]).fetchall()
    record(request.auth.actor, "look", customer_id=customer_id, subject="api timeline", token=request.auth.token.pk)
    return {"entries": rows, "next_after": rows[-1]["seq"] if len(rows) == limit else None}


@router.get("/customers/{customer_id}/quote", response=read(s.QuoteOut), auth=SEE, tags=["cases"])
def quoted(
    request: HttpRequest,
    customer_id: CustomerId,
    principal_minor: Annotated[int, Query(ge=1, le=AMOUNT_MAX_MINOR, description="What is to be repaid, minor units.")],
    term_months: Annotated[int, Query(ge=1, le=600)],
    apr_ppm: Annotated[int, Query(ge=0, le=PPM, description="A year's, parts per million: 6 % is 60000.")] = 0,
) -> Any:
    """What a plan would cost beside minimum payments alone, as the case's calculator; nothing is offered. It is recorded."""
    with desk().connection() as connection:
        require_customer(connection, customer_id)
        currency = file_of(connection, customer_id).currency
    found = compared(desk().bank, currency, principal_minor, term_months, apr_ppm)
    record(request.auth.actor, "look", customer_id=customer_id, subject="api quote", token=request.auth.token.pk)
    minimum, ends = found.minimum, found.minimum.stuck_month is None
    return {
        "currency": currency, "product_id": found.product.product_id, "monthly_minor": found.monthly_minor,
        "total_minor": found.plan.total_minor, "cost_minor": found.plan.cost_minor,
        "instalments": [asdict(one) for one in found.plan.schedule],
        "minimum_months": minimum.months if ends else None, "minimum_interest_minor": minimum.interest_minor if ends else None,
        "saved_minor": found.saved_minor,
    }  # fmt: skip


@router.get(
    "/customers/{customer_id}/contacts/{intent_id}", response=read(s.ForeseenOut) | {409: s.ErrorOut}, auth=SEE,
    tags=["contacts"],
)  # fmt: skip
def foreseen(request: HttpRequest, customer_id: CustomerId, intent_id: RowId) -> Any:
    """What the gate would say of a planned contact now, and what the caps leave. Nothing is written: it allows nothing."""
    here = desk()
    with here.connection() as connection:
        require_theirs(connection, "intent", "intent_id", intent_id, customer_id)
        found = foresee(connection, here.clock(), here.gates, intent_id)
    if found is None:
        raise ApiError(409, "that contact is no longer to be made", where="intent_id", remedy="read the case again")
    return {
        "intent_id": intent_id, "fate": found.judged.fate, "refusals": [one._asdict() for one in found.verdict.refusals],
        "allowed_from": found.verdict.allowed_from, "remaining": [one._asdict() for one in found.verdict.remaining],
        "now": found.now, "not_after": found.not_after,
    }  # fmt: skip


@router.get(
    "/days", response=read(s.DaysOut), auth=Bearer("cases:read", "case.see", "queue.see", "figures.see"), tags=["desk"]
)  # fmt: skip
def days(
    request: HttpRequest,
    before: Annotated[date | None, Query(description="Those before this date.")] = None,
    limit: Limit = DAYS_MAX,
) -> Any:
    """Published business dates, latest first."""
    with desk().connection() as connection, connection.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(_DAYS, [before, before, limit]).fetchall()
    return {"days": rows, "next_before": rows[-1]["business_date"] if len(rows) == limit else None}


@router.get("/ledger", response=read(s.HeadOut), auth=Bearer("ledger:read", "case.see", "ledger.verify"), tags=["desk"])
def ledger(request: HttpRequest) -> Any:
    """The ledger's last entry: whoever keeps its hash elsewhere can tell later that nothing before it was changed."""
    with desk().connection() as connection, connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(_HEAD).fetchone()
