"""A case as a whole: what stands, what was agreed, what is next."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from psycopg.rows import dict_row

from arrears.desk.cases.file import CaseFile, case_file
from arrears.desk.cases.tasks import tasks_on
from arrears.desk.cases.words import Ruling, ruling
from arrears.desk.ledger.appending import Connection

_STANDING = """SELECT business_date, currency, past_due_minor, minimum_unpaid_minor, balance_minor, flags, debts FROM standing
WHERE customer_id = %s ORDER BY business_date DESC LIMIT 1"""
_PARTS = {
    "promises": "SELECT promise_id, made_at, due_on, amount_minor, currency, state, paid_minor FROM promise "
    "WHERE customer_id = %s ORDER BY promise_id",
    "plans": "SELECT plan_id, state, currency, principal_minor, waived_minor, term_months, apr_ppm, total_minor, paid_minor, "
    "offered_by, approved_by, accepted_at FROM repayment_plan WHERE customer_id = %s ORDER BY plan_id",
    "contacts": "SELECT intent_id, business_date, step, channel, party, purpose, due_at, not_after, state FROM intent "
    "WHERE customer_id = %s AND business_date = (SELECT max(business_date) FROM intent WHERE customer_id = %s) ORDER BY due_at",
    "matters": "SELECT matter_id, kind, account_id, opened_at, deadline_on, closed_at, outcome FROM matter "
    "WHERE customer_id = %s ORDER BY matter_id",
}
_NEXT_INSTALMENT = """SELECT min(due_on) FROM (
    SELECT due_on, sum(amount_minor) OVER (PARTITION BY plan_id ORDER BY number) AS up_to, paid_minor
    FROM instalment JOIN repayment_plan USING (plan_id) WHERE customer_id = %s AND state = 'performing') AS owed
WHERE up_to > paid_minor"""


def read_case(connection: Connection, customer_id: str, now: datetime) -> dict[str, Any]:
    """The case as JSON; raises `StoreError` where nobody of that id was ever published.

    Keys: `customer_id`, `opened_at`, `reason`, `standing` (as of the latest published day), `states` (all that stand, with
    their origin), `ruling` (state, `en`, `zh`), `next` (`action`, `by`: the date it is due, or null), `promises`, `plans`,
    `matters`, `contacts` (of the latest published day), `tasks` (open ones, the fifty most urgent),
    `more_tasks` (whether there are more).
    """
    with connection.transaction(), connection.cursor(row_factory=dict_row) as cursor:
        file = case_file(connection, customer_id)
        today = file.today(now)
        standing = cursor.execute(_STANDING, [customer_id]).fetchone() or {}
        opened = (
            cursor.execute("SELECT opened_at, reason FROM case_file WHERE customer_id = %s", [customer_id]).fetchone() or {}
        )
        parts = {name: cursor.execute(query, [customer_id] * query.count("%s")).fetchall() for name, query in _PARTS.items()}
        states = _states(connection, file, str(standing.get("flags", "")), today)
        due = connection.execute(_NEXT_INSTALMENT, [customer_id]).fetchone()
    promised = [one["due_on"] for one in parts["promises"] if one["state"] == "open" and one["due_on"] >= today]
    tasks, more_tasks = tasks_on(connection, customer_id)
    rules = ruling([*(one["state"] for one in states), *(["promise"] if promised else [])])
    return {
        "customer_id": customer_id, "opened_at": opened.get("opened_at"), "reason": opened.get("reason", ""),
        "standing": {name: value for name, value in standing.items() if name != "flags"}, "states": states,
        "ruling": {"state": rules.state, "en": rules.en, "zh": rules.zh},
        "next": {"action": rules.action, "by": _by(rules, parts["matters"], promised, due[0] if due else None)}, **parts,
        "tasks": tasks, "more_tasks": more_tasks,
    }  # fmt: skip


def _states(connection: Connection, file: CaseFile, flags: str, today: date) -> list[dict[str, Any]]:
    """Every state that stands today, from the book or entered here."""
    of_book = {flag.partition(":")[0] for flag in flags.split(",") if flag}
    found = [{"state": flag, "from": None, "until": None, "origin": "book"} for flag in sorted(of_book)]
    for flag, from_date, until_date in connection.execute(
        "SELECT flag, from_date, until_date FROM state WHERE customer_id = %s AND ended_at IS NULL "
        "AND (until_date IS NULL OR until_date >= %s) ORDER BY state_id", [file.customer_id, today],
    ).fetchall():  # fmt: skip
        found.append({"state": flag, "from": from_date, "until": until_date, "origin": "desk"})
    return found


def _by(rules: Ruling, matters: list[dict[str, Any]], promised: list[date], instalment: date | None) -> date | None:
    """The date by which the next action is due."""
    open_: list[date] = [one["deadline_on"] for one in matters if one["closed_at"] is None and one["kind"] == rules.state]
    if open_:
        return min(open_)
    if rules.action == "await_promise":
        return min(promised)
    return instalment if rules.action == "await_instalment" else None
