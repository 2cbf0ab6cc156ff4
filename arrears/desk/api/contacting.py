"""Addresses that ask the gate for a contact, tell what came of it, and tell of money that came in."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router

from arrears.desk.api import schemas as s
from arrears.desk.api.access import Bearer, Caller, require_right
from arrears.desk.api.asking import CustomerId, Key, require_customer, written
from arrears.desk.api.errors import ApiError
from arrears.desk.api.once import once
from arrears.desk.current import desk
from arrears.desk.dispatch.gatekeeping import pass_one
from arrears.desk.dispatch.receiving import Payment, receive_payment
from arrears.desk.dispatch.telling import Told, tell
from arrears.desk.ledger.appending import Connection
from arrears.desk.work.queue import contact_of_call_back, settle_call_back

router = Router()
ASK = Bearer("contacts:ask", "case.work", "case.visit")

_HELD = "SELECT agent FROM work_hold WHERE customer_id = %s AND agent <> %s AND until > %s"
_PLANNED = "SELECT 1 FROM intent WHERE intent_id = %s AND customer_id = %s AND channel IN ('call', 'visit')"
_ATTEMPT = "SELECT 1 FROM ledger_entry WHERE seq = %s AND customer_id = %s AND actor = %s AND kind = 'attempt'"


@router.post("/customers/{customer_id}/contacts", response=written(s.ContactOut), auth=ASK, tags=["contacts"])
def contact(request: HttpRequest, customer_id: CustomerId, key: Key, told: s.ContactIn) -> HttpResponse:
    """Ask the gate for a call or visit that is about to be made.

    Allowed, its attempt is in the ledger: make it now, then tell what came of it. Else it may not be made.
    """

    def act(connection: Connection, caller: Caller) -> dict[str, Any]:
        here = desk()
        require_customer(connection, customer_id)
        held = connection.execute(_HELD, [customer_id, caller.actor, here.now()]).fetchone()
        if held is not None:
            raise ApiError(409, "an agent works on this customer", where="customer_id", remedy="ask later, under another key")
        number = contact_of_call_back(connection, customer_id, here.now()) if told.call_back else told.intent_id
        if number is None or connection.execute(_PLANNED, [number, customer_id]).fetchone() is None:
            raise ApiError(404, "there is no such call or visit", where="intent_id", remedy="read the case again")
        found = pass_one(connection, here.clock(), here.gates, actor=caller.actor, intent_id=number)
        if not found.judged:
            raise ApiError(409, "that contact is no longer to be made", where="intent_id", remedy="read the case again")
        (judged,) = found.judged
        settle_call_back(connection, customer_id, here.now(), judged.fate, judged.until)
        return {
            "intent_id": number, "fate": judged.fate, "attempt_seq": found.passed[0].attempt_seq if found.passed else None,
            "rules": judged.why.get("rules", []), "reason": judged.why.get("reason", ""), "allowed_from": judged.until,
        }  # fmt: skip

    return once(request, key, s.ContactOut, act)


@router.post("/customers/{customer_id}/outcomes", response=written(s.Done), auth=ASK, tags=["contacts"])
def outcome(request: HttpRequest, customer_id: CustomerId, key: Key, told: s.OutcomeIn) -> HttpResponse:
    """Tell what came of an attempt of the owner's own."""

    def act(connection: Connection, caller: Caller) -> dict[str, Any]:
        if connection.execute(_ATTEMPT, [told.attempt_seq, customer_id, caller.actor]).fetchone() is None:
            raise ApiError(404, "that is no attempt of yours", where="attempt_seq", remedy="ask the gate for the contact first")
        tell(connection, [Told(told.attempt_seq, told.outcome)], desk().now(), caller.actor)
        return {}

    return once(request, key, s.Done, act)


@router.post("/payments", response=written(s.PaymentOut), auth=Bearer("payments:write", "case.work"), tags=["payments"])
def payment(request: HttpRequest, key: Key, told: s.PaymentIn) -> HttpResponse:
    """Take a payment in, withdraw at once what asked for it, and judge promise and plan."""
    require_right(request.auth, told.customer_id, "case.work")
    if request.auth.user.agency:
        raise ApiError(
            403, "an agency tells of no payments", where="Authorization", remedy="the bank's own systems tell what came in"
        )

    def act(connection: Connection, caller: Caller) -> dict[str, Any]:
        require_customer(connection, told.customer_id)
        now = desk().now()
        money = Payment(
            told.payment_id, told.customer_id, told.account_id or "", told.at or now, told.amount_minor, told.currency
        )  # fmt: skip
        return receive_payment(connection, money, now, caller.actor, desk().policy).as_json()

    return once(request, key, s.PaymentOut, act)
