"""A desk that has been lived in: the days of a simulated bank published, worked and judged one after the other, with people.

Messages go out through the gate to `rehearsal/`; calls are made by made-up agents, each through the gate, and come to what they
do in the simulated bank's own practice (`arrears.lab.practice`); payments are the feed's own. Nothing is written past the
desk's own functions, so that what a page shows is what these days made. Of the last day only the morning has happened.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import numpy as np

from arrears.card.plan import PlanTerms
from arrears.channels.spool import Spool
from arrears.day.workspace import Workspace
from arrears.desk.cases.file import give_reason
from arrears.desk.cases.judging import judge_due
from arrears.desk.cases.matters import close_matter, open_matter
from arrears.desk.cases.plans import accept_plan, offer_plan
from arrears.desk.cases.policy import CasePolicy, load_case_policy
from arrears.desk.cases.promises import make_promise
from arrears.desk.cases.tasks import open_task
from arrears.desk.cases.words import MATTER_OUTCOMES, REASONS, TASKS
from arrears.desk.dispatch.gatekeeping import pass_one
from arrears.desk.dispatch.receiving import Payment, receive_payment
from arrears.desk.dispatch.running import gates_of, require_mode, work
from arrears.desk.dispatch.telling import Told, tell
from arrears.desk.ledger.appending import Connection
from arrears.desk.opening import Store
from arrears.desk.plan.publishing import publish
from arrears.desk.plan.rows import day_of_plan
from arrears.errors import ArrearsError
from arrears.feed.contracts import CHANNELS
from arrears.lab.practice import CALL_ODDS, CALL_OUTCOMES
from arrears.playbook import default_path
from arrears.store import quoted

Progress = Callable[[str, int, int], None]
AGENTS = ("agent-01", "agent-02", "agent-03", "agent-04", "agent-05", "agent-06")
CALLS_A_DAY = 150
MORNING, FIRST_CALL, LAST_CALL, EVENING, CLOSING = time(9, 30), time(9, 40), time(17, 50), time(18, 0), time(21, 30)
MATTERS = (("dispute", 0.05), ("complaint", 0.03), ("hardship", 0.10))
"""Chances that somebody who is spoken to raises one."""
ANSWERED_A_DAY = 0.12
"""Chance that an open matter is closed on a day."""
PLAN_MONTHS, PLAN_APR_PPM = (6, 12, 12, 18, 24), 60_000


@dataclass
class Lived:
    """What came of it."""

    days: int = 0
    contacts: int = 0
    """Published."""
    attempts: int = 0
    refusals: int = 0
    payments: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)


def live_in(
    store: Store, workspace: Path, feed: Path, days: Sequence[date], *, seed: int,
    progress: Progress = lambda what, done, total: None,
) -> Lived:  # fmt: skip
    """Work these days off in a rehearsal, in their order; days that are on the desk already are left as they are."""
    require_mode(store, rehearsal=True)
    found = Lived()
    with store.connect(autocommit=True) as connection:
        # Of a made-up desk nothing is lost with the last second before a crash.
        connection.execute("SET synchronous_commit TO off")
        have = {row[0] for row in connection.execute("SELECT business_date FROM publication").fetchall()}
        for number, day in enumerate(days):
            progress("living through the days", number, len(days))
            if day not in have:
                _Day(store, workspace, feed, day, connection, found, seed).live(whole=day != days[-1])
                found.days += 1
    return found


PEOPLE: dict[str, tuple[str, tuple[str, ...]]] = {
    "collector": ("Chen Jing", ("collector",)), "supervisor": ("Wang Lei", ("supervisor",)),
    "strategist": ("Zhao Min", ("strategist",)), "compliance": ("Liu Yang", ("compliance",)),
    "manager": ("Sun Hong", ("manager",)), "field": ("Zhou Tao", ("field_agent",)), "agency": ("Wu Ping", ("agency",)),
    "admin": ("Xu Fei", ("administrator",)),
    "second": ("He Xin", ("administrator", "compliance", "manager", "strategist", "supervisor")),
    **{agent: (agent, ("collector",)) for agent in AGENTS},
}  # fmt: skip
"""The demo's users: the name to sign in with, what they are called, their roles. `second` is the second pair of eyes."""
AGENCY, PLACED = "AG1", 12
TASKS_OPEN, TASK_DAYS, WRITE_OFFS = 24, 6, 3
_EXPERIMENTS = "experiments:\n"


def try_something(workspace: Path) -> None:
    """Give a new workspace a playbook of its own: the default one, with the demo's experiment in place of the default's."""
    path = workspace / "playbook.yaml"
    if path.exists() or Workspace(workspace).days():
        return
    head, begins, _ = default_path().read_text(encoding="utf-8").partition(_EXPERIMENTS)
    above, own_texts, below = head.partition("\ncontents: contents\n")
    assert begins and own_texts  # noqa: S101 - the default playbook has texts beside it, and tries something at its end
    tried = Path(__file__).with_name("demo_experiment.yaml").read_text(encoding="utf-8")
    path.write_text(f"{above}\ncontents: default\n{below}{tried}", encoding="utf-8")


def make_people(connection: Connection, now: datetime, password: str) -> None:
    """Make the demo's users, or give those that are there this password; place some customers with the agency's."""
    from django.contrib.auth.hashers import make_password  # noqa: PLC0415 - after the settings

    from arrears.desk.people.models import User  # noqa: PLC0415
    from arrears.desk.work.placing import place  # noqa: PLC0415

    hashed = make_password(password)
    for username, (name, roles) in PEOPLE.items():
        User.objects.update_or_create(username=username, defaults={
            "name": name, "roles": list(roles), "agency": AGENCY if "agency" in roles else "", "password": hashed,
            "must_change_password": False,
        })  # fmt: skip
    rows = connection.execute(
        "SELECT customer_id FROM intent WHERE channel = 'call' AND state = 'due' AND business_date = "
        "(SELECT max(business_date) FROM publication) AND NOT EXISTS (SELECT 1 FROM placement) "
        "ORDER BY priority DESC, intent_id OFFSET 20 LIMIT %s", [PLACED],
    ).fetchall()  # fmt: skip
    for (customer_id,) in rows:
        place(connection, customer_id, AGENCY, now, "supervisor")


def leave_open(connection: Connection, now: datetime, *, seed: int) -> None:
    """What waits for somebody this morning: tasks of the collectors, write-offs that a manager has to decide."""
    from arrears.desk.people.models import Approval, User  # noqa: PLC0415 - after the settings
    from arrears.desk.work.write_offs import owed, propose  # noqa: PLC0415

    if Approval.objects.exists() or connection.execute("SELECT 1 FROM task LIMIT 1").fetchone():
        return
    chance = np.random.default_rng([seed, now.toordinal()])
    spoken = connection.execute(
        "SELECT DISTINCT customer_id FROM case_file ORDER BY customer_id LIMIT %s", [TASKS_OPEN]
    ).fetchall()
    for number, (customer_id,) in enumerate(spoken):
        agent = ("collector", *AGENTS)[number % (1 + len(AGENTS))]
        due_on = (now + timedelta(days=int(chance.integers(0, TASK_DAYS)))).date()
        open_task(connection, customer_id, str(chance.choice(list(TASKS))), due_on, now, agent)
    hopeless = connection.execute(
        "SELECT s.customer_id FROM standing AS s, jsonb_array_elements(s.debts::jsonb) AS d WHERE s.business_date = "
        "(SELECT max(business_date) FROM publication) AND s.balance_minor > 0 "
        "GROUP BY s.customer_id ORDER BY max((d->>'dpd')::int) DESC, s.customer_id LIMIT %s", [WRITE_OFFS],
    ).fetchall()  # fmt: skip
    asking = User.objects.get(username="supervisor")
    for (customer_id,) in hopeless:
        propose(connection, asking, customer_id, owed(connection, customer_id)[0], "untraced")


class _Day:
    """One day of the desk."""

    def __init__(
        self, store: Store, workspace: Path, feed: Path, day: date, connection: Connection, found: Lived, seed: int
    ) -> None:
        self.store, self.workspace, self.feed, self.day, self.connection, self.found = (
            store, workspace, feed, day, connection, found,
        )  # fmt: skip
        self.chance = np.random.default_rng([seed, day.toordinal()])
        self.policy: CasePolicy = load_case_policy(workspace)
        self.gates = gates_of(workspace, store)
        self.zone = ZoneInfo("UTC")

    def at(self, clock: time) -> datetime:
        """A time of the day by the bank's clock."""
        return datetime.combine(self.day, clock, self.zone)

    def live(self, *, whole: bool) -> None:
        """Publish it and work it off; with `whole` false only the morning's messages go out."""
        self.found.contacts += publish(self.store, day_of_plan(Workspace(self.workspace), self.day)).intents_n
        row = self.connection.execute("SELECT timezone FROM publication WHERE business_date = %s", [self.day]).fetchone()
        self.zone = ZoneInfo(row[0] if row else "UTC")
        judge_due(self.connection, self.policy, self.at(MORNING), "desk")
        self._send(MORNING)
        if whole:
            self._call()
            self._send(EVENING)
            self._answer()
            self._take_payments()

    def _send(self, clock: time) -> None:
        drivers: dict[str, Any] = dict.fromkeys(CHANNELS, Spool(self.workspace / "rehearsal"))
        tally = work(self.store, self.gates, drivers, clock=lambda: self.at(clock), actor="dispatch")
        self.found.attempts += tally.fates["allowed"]
        self.found.refusals += tally.fates["refused"]

    def _call(self) -> None:
        rows = self.connection.execute(
            "SELECT i.intent_id, i.customer_id, s.past_due_minor, s.balance_minor FROM intent AS i "
            "JOIN standing AS s USING (business_date, customer_id) WHERE i.business_date = %s AND i.channel = 'call' "
            "AND i.state = 'due' ORDER BY i.priority DESC, i.due_at, i.intent_id LIMIT %s", [self.day, CALLS_A_DAY],
        ).fetchall()  # fmt: skip
        pause = (self.at(LAST_CALL) - self.at(FIRST_CALL)) / max(1, len(rows))
        for number, (intent_id, customer_id, past_due, balance) in enumerate(rows):
            now, agent = self.at(FIRST_CALL) + number * pause, AGENTS[number % len(AGENTS)]
            asked = pass_one(self.connection, now, self.gates, actor=agent, intent_id=intent_id)
            self.found.refusals += asked.fates.get("refused", 0)
            passed = asked.passed
            if not passed:
                continue
            self.found.attempts += 1
            outcome = str(self.chance.choice(CALL_OUTCOMES, p=CALL_ODDS[0]))
            now += timedelta(minutes=2)
            tell(self.connection, [Told(passed[0].attempt_seq, outcome)], now, agent)
            self.found.outcomes[outcome] += 1
            if outcome in ("right_party", "promise"):
                self._speak(customer_id, outcome, int(past_due), int(balance), now, agent)

    def _speak(self, customer_id: str, outcome: str, past_due: int, balance: int, now: datetime, agent: str) -> None:
        """What a conversation comes to besides; what a case does not allow is left."""
        reason = str(self.chance.choice([code for code in REASONS if code != "fraud"]))
        give_reason(self.connection, customer_id, reason, now, agent)
        raised = next((kind for kind, odds in MATTERS if self.chance.random() < odds), None)
        try:
            if outcome == "promise" and past_due > 0:
                due_on = self.day + timedelta(days=int(self.chance.integers(2, 8)))
                make_promise(self.connection, self.policy, customer_id, past_due, due_on, now, agent)
            elif raised is not None:
                open_matter(self.connection, self.policy, customer_id, raised, now, agent)  # type: ignore[arg-type]
                if raised == "hardship" and balance > 0:
                    self._offer(customer_id, balance, now, agent)
        except ArrearsError:
            return

    def _offer(self, customer_id: str, balance: int, now: datetime, agent: str) -> None:
        months = int(self.chance.choice(PLAN_MONTHS))
        terms = PlanTerms(balance, months, "equal_payment", PLAN_APR_PPM)
        number, state = offer_plan(
            self.connection, self.policy, customer_id, terms, self.day + timedelta(days=20), now, agent, "collector"
        )
        if state == "approved" and self.chance.random() < 0.6:
            accept_plan(self.connection, number, now, agent)

    def _answer(self) -> None:
        query = "SELECT matter_id FROM matter WHERE closed_at IS NULL ORDER BY matter_id"
        for (number,) in self.connection.execute(query).fetchall():
            if self.chance.random() < ANSWERED_A_DAY:
                close_matter(
                    self.connection, number, str(self.chance.choice(list(MATTER_OUTCOMES))), self.at(EVENING), "supervisor"
                )

    def _take_payments(self) -> None:
        """The payments that the feed tells of as valued today, by customers whom the desk knows."""
        accounts = quoted(self.workspace / "book" / f"date={self.day}" / "accounts" / "*.parquet")
        transactions = quoted(self.feed / f"date={self.day}" / "transactions.parquet")
        known = {row[0] for row in self.connection.execute("SELECT customer_id FROM customer").fetchall()}
        with duckdb.connect(":memory:") as reading:
            rows = reading.execute(
                "SELECT t.transaction_id, t.account_id, a.customer_id, t.amount_minor, t.currency "
                f"FROM read_parquet({transactions}) AS t JOIN read_parquet({accounts}, hive_partitioning = false) AS a "
                "USING (account_id) WHERE t.kind = 'payment' AND t.value_date = ? AND t.amount_minor > 0 "
                "ORDER BY t.transaction_id", [self.day],
            ).fetchall()  # fmt: skip
        for transaction_id, account_id, customer_id, amount, currency in rows:
            if customer_id in known:
                payment = Payment(transaction_id, customer_id, account_id, self.at(EVENING), amount, currency)
                receive_payment(self.connection, payment, self.at(CLOSING), "bank", self.policy)
                self.found.payments += 1
