"""A worker: rounds of the gate and the carriers, until nothing is due or somebody stops it."""

from __future__ import annotations

import functools
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from arrears.channels import Driver
from arrears.day.past import strategy_of
from arrears.day.workspace import Workspace
from arrears.desk.dispatch.gatekeeping import Round, pass_due
from arrears.desk.dispatch.judging import Gates
from arrears.desk.dispatch.sending import hold_worker, mark_lost, send, write_receipts
from arrears.desk.ledger.appending import Connection
from arrears.desk.opening import Store
from arrears.errors import StoreError
from arrears.law import Gate

SENT_BY_ITSELF = ("sms", "email", "letter")
"""Channels that need no person; calls and visits are made by people, each through `gatekeeping.pass_one`."""
CONTACTS_A_ROUND = 16
IDLE_SECONDS = 1.0
CLOCKS_APART_MAX = 60
"""Seconds."""
Clock = Callable[[], datetime]


@dataclass
class Tally:
    """What a worker did."""

    fates: Counter[str] = field(default_factory=Counter)
    receipts: Counter[str] = field(default_factory=Counter)
    lost_n: int = 0
    """Contacts of workers that are gone, marked `unknown`."""
    rounds: list[float] = field(default_factory=list)
    """Seconds of each transaction of the gate, as many as contacts were decided by it."""

    def as_json(self) -> dict[str, Any]:
        return {"fates": dict(self.fates), "receipts": dict(self.receipts), "lost": self.lost_n}


def gates_of(workspace: Path, store: Store) -> Gates:
    """The gate of each published day, by the law packs that the day was planned with."""

    @functools.cache
    def gate(day: date) -> Gate:
        with store.connect() as connection:
            found = connection.execute("SELECT strategy FROM publication WHERE business_date = %s", [day]).fetchone()
        if found is None:
            raise StoreError(f"no plan of {day} is published", where="dispatch", remedy=f"arrears publish --date {day}")
        return Gate(strategy_of(Workspace(workspace), day, found[0]).packs)

    return gate


def work(
    store: Store, gates: Gates, drivers: Mapping[str, Driver], *, clock: Clock, actor: str,
    channels: Sequence[str] = SENT_BY_ITSELF, waiting: bool = False, stopped: Callable[[], bool] = lambda: False,
    progress: Callable[[int], None] = lambda done: None, timer: Callable[[], float] = time.perf_counter,
) -> Tally:  # fmt: skip
    """Decide and send until nothing is due now, or with `waiting` until `stopped` says so.

    It stops between two rounds: what the gate has passed is sent, and no contact is left half made.
    """
    tally = Tally()
    with store.connect() as connection:
        worker = hold_worker(connection)
        tally.lost_n = mark_lost(connection, clock(), actor)
        while not stopped():
            decided = _round(connection, gates, drivers, clock, actor, channels, worker, tally, timer)
            progress(sum(tally.fates.values()))
            if not decided and not waiting:
                break
            if not decided:
                time.sleep(IDLE_SECONDS)
    return tally


def _round(
    connection: Connection, gates: Gates, drivers: Mapping[str, Driver], clock: Clock, actor: str, channels: Sequence[str],
    worker: int, tally: Tally, timer: Callable[[], float],
) -> int:  # fmt: skip
    began = timer()
    found: Round = pass_due(connection, clock(), gates, worker=worker, actor=actor, channels=channels, limit=CONTACTS_A_ROUND)
    tally.rounds += [timer() - began] * len(found.judged)
    tally.fates.update(found.fates)
    sent = send(found.passed, drivers)
    write_receipts(connection, sent, actor)
    tally.receipts.update("unknown" if one.receipt is None else "sent" if one.receipt.accepted else "failed" for one in sent)
    return len(found.judged)


def require_clock(store: Store, now: datetime) -> None:
    """Raise `StoreError` where this machine's clock and the database's differ by more than `CLOCKS_APART_MAX`.

    A clock that is ahead would make contacts at night, and carry the ledger's time with it.
    """
    with store.connect() as connection:
        found = connection.execute("SELECT clock_timestamp()").fetchone()
    assert found is not None  # noqa: S101 - a SELECT without FROM has one row
    apart = abs((found[0] - now).total_seconds())
    if apart > CLOCKS_APART_MAX:
        raise StoreError(
            f"this machine's clock and the database's differ by {apart:,.0f} seconds", where="dispatch",
            remedy="set both by the same time server, then run the same command",
        )  # fmt: skip
