"""What was agreed, judged: at once when money comes in, and by the calendar when it does not."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from arrears.desk.cases.file import CaseFile, case_file
from arrears.desk.cases.plans import judge_plans
from arrears.desk.cases.policy import CasePolicy
from arrears.desk.cases.promises import judge_promises
from arrears.desk.ledger.appending import Connection

_OPEN = """SELECT customer_id FROM promise WHERE state = 'open' AND due_on <= %s
UNION SELECT customer_id FROM repayment_plan JOIN instalment USING (plan_id) WHERE state = 'performing' AND due_on <= %s
ORDER BY customer_id"""


def judge_case(connection: Connection, policy: CasePolicy, file: CaseFile, now: datetime, actor: str) -> list[str]:
    """Judge promise and plan, within a transaction that holds the customer; returns what they came to, `promise kept`, ..."""
    promises = judge_promises(connection, policy, file, now, actor)
    plans = judge_plans(connection, policy, file, now, actor)
    return [*(f"promise {one['state']}" for one in promises), *(f"plan {one['state']}" for one in plans)]


def judge_due(connection: Connection, policy: CasePolicy, now: datetime, actor: str) -> Counter[str]:
    """Judge everything whose day has come; commits after each customer. Returns how often each came about."""
    found: Counter[str] = Counter()
    today = now.date()
    customers = [row[0] for row in connection.execute(_OPEN, [today, today]).fetchall()]
    connection.commit()
    for customer_id in customers:
        with connection.transaction():
            found.update(judge_case(connection, policy, case_file(connection, customer_id), now, actor))
    return found
