"""Repayment plans: offered, approved by a second person where authority ends, accepted, and judged by payments."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from arrears.card.cycle import closing_in_month
from arrears.card.plan import PlanTerms, quote, require_lawful
from arrears.desk.cases.file import CaseFile, case_file, open_case, paid_between
from arrears.desk.cases.policy import CasePolicy, Level
from arrears.desk.cases.promises import replace_open
from arrears.desk.cases.states import let_end, let_stand
from arrears.desk.ledger.appending import Connection, append
from arrears.desk.saying import _
from arrears.errors import StoreError

FIRST_DUE_DAYS_MAX = 62


def offer_plan(
    connection: Connection, policy: CasePolicy, customer_id: str, terms: PlanTerms, first_due_on: date, now: datetime,
    actor: str, level: Level, *, waived_minor: int = 0,
) -> tuple[int, str]:  # fmt: skip
    """Offer a plan; returns its number and `approved`, or `to_approve` where it goes beyond the level's authority. Commits.

    `terms.principal_minor` is what is to be repaid, `waived_minor` what is forgiven besides. Raises `CardError` where the law
    allows no such plan, `StoreError` for terms that make none.
    """
    with connection.transaction():
        file = case_file(connection, customer_id)
        today = file.today(now)
        if terms.principal_minor <= 0 or waived_minor < 0 or terms.term_months < 1:
            raise StoreError(
                _("there is nothing to repay so"), where=_("plan"), remedy=_("give a sum above nothing and a month or more")
            )
        if not today <= first_due_on <= today + timedelta(days=FIRST_DUE_DAYS_MAX):
            last = today + timedelta(days=FIRST_DUE_DAYS_MAX)
            raise StoreError(
                _("{first_due_on} is no first day of a plan").format(first_due_on=first_due_on),
                where="--first-due",
                remedy=_("give {today} to {last}").format(today=today, last=last),
            )
        law = "CN" if file.jurisdiction.split("-")[0] == "CN" else "none"
        require_lawful(terms.principal_minor, terms.term_months, "hardship", "CN" if law == "CN" else "none", file.currency)
        rows = quote(terms).schedule
        state = "approved" if policy.within(level, terms.term_months, waived_minor) else "to_approve"
        open_case(connection, file, now)
        found = connection.execute(
            "INSERT INTO repayment_plan (customer_id, currency, principal_minor, waived_minor, term_months, apr_ppm, "
            "total_minor, state, offered_by) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s) RETURNING plan_id",
            [
                customer_id, file.currency, terms.principal_minor, waived_minor, terms.term_months, terms.apr_ppm,
                sum(row.payment_minor for row in rows), state, actor,
            ],
        ).fetchone()  # fmt: skip
        assert found is not None  # noqa: S101 - INSERT ... RETURNING has a row
        with connection.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO instalment (plan_id, number, due_on, amount_minor) VALUES (%s, %s, %s, %s)",
                [(found[0], row.number, _months_later(first_due_on, row.number - 1), row.payment_minor) for row in rows],
            )
        append(connection, [file.deed(
            "plan", now, actor, plan_id=found[0], state=state, level=level, principal_minor=terms.principal_minor,
            waived_minor=waived_minor, term_months=terms.term_months, apr_ppm=terms.apr_ppm,
            first_due_on=first_due_on.isoformat(),
        )])  # fmt: skip
        return int(found[0]), state


def _months_later(first: date, months: int) -> date:
    """The same day so many months on; the last of a month that has no such day."""
    whole = first.month - 1 + months
    return closing_in_month(first.year + whole // 12, whole % 12 + 1, first.day)


def approve_plan(connection: Connection, policy: CasePolicy, plan_id: int, now: datetime, actor: str, level: Level) -> None:
    """A second person's yes; commits. Raises `StoreError` where it is the same person, or beyond their authority too."""
    with connection.transaction():
        file, plan = _plan(connection, plan_id, "to_approve")
        if actor == plan["offered_by"]:
            raise StoreError(
                _("whoever offered a plan does not approve it"), where="--by", remedy=_("let a second person do it")
            )
        if not policy.within(level, plan["term_months"], plan["waived_minor"]):
            raise StoreError(
                _("a {level} may not approve this plan").format(level=_(level)),
                where="--as",
                remedy=_("ask somebody of a higher level"),
            )
        connection.execute(
            "UPDATE repayment_plan SET state = 'approved', approved_by = %s WHERE plan_id = %s", [actor, plan_id]
        )
        append(connection, [file.deed("plan", now, actor, plan_id=plan_id, state="approved", level=level)])


def accept_plan(connection: Connection, plan_id: int, now: datetime, actor: str) -> None:
    """The customer's yes: the plan performs, and collection stops; commits.

    Raises `StoreError` where it is not approved, has begun already, or another plan is being kept.
    """
    with connection.transaction():
        file = _plan(connection, plan_id, "approved")[0]
        first = connection.execute("SELECT min(due_on) FROM instalment WHERE plan_id = %s", [plan_id]).fetchone()
        if first is not None and first[0] < file.today(now):
            raise StoreError(
                _("its first instalment was due on {day}").format(day=first[0]),
                where="--plan",
                remedy=_("decline it and offer one that begins later"),
            )
        if connection.execute(
            "SELECT 1 FROM repayment_plan WHERE customer_id = %s AND state = 'performing'", [file.customer_id]
        ).fetchone():
            raise StoreError(_("another plan is being kept"), where=_("plan"), remedy=_("it must end first"))
        connection.execute(
            "UPDATE repayment_plan SET state = 'performing', accepted_at = %s WHERE plan_id = %s", [now, plan_id]
        )
        replace_open(connection, file)
        append(connection, [file.deed("plan", now, actor, plan_id=plan_id, state="performing")])
        let_stand(connection, file, "plan_performing", now, actor, "plan")


def reject_plan(connection: Connection, policy: CasePolicy, plan_id: int, now: datetime, actor: str, level: Level) -> None:
    """A second person's no; commits. Raises `StoreError` where it waits for nobody, or is not theirs to decide."""
    with connection.transaction():
        file, plan = _plan(connection, plan_id, "to_approve")
        if actor == plan["offered_by"] or not policy.within(level, plan["term_months"], plan["waived_minor"]):
            raise StoreError(
                _("this plan is not yours to decide"),
                where=_("plan {plan_id}").format(plan_id=plan_id),
                remedy=_("let a second person of a level that may"),
            )
        connection.execute("UPDATE repayment_plan SET state = 'declined' WHERE plan_id = %s", [plan_id])
        append(connection, [file.deed("plan", now, actor, plan_id=plan_id, state="declined")])


def decline_plan(connection: Connection, plan_id: int, now: datetime, actor: str) -> None:
    """The customer's no, or the bank's; commits."""
    with connection.transaction():
        file = _plan(connection, plan_id, "to_approve", "approved")[0]
        connection.execute("UPDATE repayment_plan SET state = 'declined' WHERE plan_id = %s", [plan_id])
        append(connection, [file.deed("plan", now, actor, plan_id=plan_id, state="declined")])


def judge_plans(connection: Connection, policy: CasePolicy, file: CaseFile, now: datetime, actor: str) -> list[dict[str, Any]]:
    """Judge the plan last accepted, within a transaction that holds the customer; returns what has changed.

    Payments since then, by the day they are valued on, fill its instalments in order. Completed: all of them came in. Breached:
    an instalment and its days of grace are over, and what came in until then falls short of all instalments up to it by more
    than the tolerance. A payment valued in time and told later mends a breach.
    """
    row = connection.execute(
        "SELECT plan_id, currency, accepted_at, total_minor, state FROM repayment_plan WHERE customer_id = %s "
        "AND accepted_at IS NOT NULL ORDER BY accepted_at DESC, plan_id DESC LIMIT 1", [file.customer_id],
    ).fetchone()  # fmt: skip
    if row is None or row[4] == "completed":
        return []
    plan_id, currency, accepted_at, total, before = row
    paid = paid_between(connection, file, currency, accepted_at, None)
    missed = _missed(connection, policy, file, plan_id, currency, accepted_at, now)
    breached = missed is not None
    state = "breached" if breached else "completed" if paid + policy.plan_tolerance_minor >= total else "performing"
    connection.execute("UPDATE repayment_plan SET state = %s, paid_minor = %s WHERE plan_id = %s", [state, paid, plan_id])
    if state == before:
        return []
    found = {"plan_id": plan_id, "state": state, "paid_minor": paid, "total_minor": total}
    found |= {"instalment": missed} if breached else {}
    append(connection, [file.deed("plan", now, actor, **found)])
    if state == "performing":
        let_stand(connection, file, "plan_performing", now, actor, "plan")
    else:
        let_end(connection, file, "plan_performing", now, actor, "plan")
    return [found]


def _missed(
    connection: Connection,
    policy: CasePolicy,
    file: CaseFile,
    plan_id: int,
    currency: str,
    accepted_at: datetime,
    now: datetime,
) -> int | None:
    """The first instalment that did not come in time; None where all whose time is over did."""
    for number, due_on, up_to in connection.execute(
        "SELECT number, due_on, sum(amount_minor) OVER (ORDER BY number) FROM instalment WHERE plan_id = %s ORDER BY number",
        [plan_id],
    ).fetchall():
        until = file.end_of(due_on + timedelta(days=policy.plan_grace_days))
        if now < until:
            return None
        if paid_between(connection, file, currency, accepted_at, until) + policy.plan_tolerance_minor < up_to:
            return int(number)
    return None


def _plan(connection: Connection, plan_id: int, *states: str) -> tuple[CaseFile, dict[str, Any]]:
    """A plan in one of these states, its customer locked; raises `StoreError` otherwise."""
    columns = ("customer_id", "state", "offered_by", "term_months", "waived_minor")
    query = f"SELECT {', '.join(columns)} FROM repayment_plan WHERE plan_id = %s"
    row = connection.execute(query, [plan_id]).fetchone()
    if row is None:
        raise StoreError(
            _("there is no plan {plan_id}").format(plan_id=plan_id),
            where="--plan",
            remedy=_("arrears case show lists a customer's plans"),
        )
    file = case_file(connection, row[0])
    row = connection.execute(query, [plan_id]).fetchone()  # again, now that nobody else can change it
    assert row is not None  # noqa: S101 - plans are never removed
    if row[1] not in states:
        raise StoreError(
            _("plan {plan_id} is {state}").format(plan_id=plan_id, state=_(row[1])),
            where="--plan",
            remedy=_("only one that is {states} can be so").format(states=_(" or ").join(map(_, states))),
        )
    return file, dict(zip(columns, row, strict=True))
