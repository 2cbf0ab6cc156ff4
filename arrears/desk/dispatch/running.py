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
from arrears.desk.dispatch.claiming import Clock, now_of
from arrears.desk.dispatch.gatekeeping import pass_due
from arrears.desk.dispatch.judging import Gates
from arrears.desk.dispatch.sending import hold_worker, mark_lost, send, state_of, write_receipts
from arrears.desk.opening import Store
from arrears.desk.saying import _
from arrears.errors import StoreError
from arrears.law import Gate

SENT_BY_ITSELF = ("sms", "email", "letter")
"""Channels that need no person; calls and visits are made by people, each through `gatekeeping.pass_one`."""
CONTACTS_A_ROUND = 16
IDLE_SECONDS = 1.0
CLOCKS_APART_MAX = 60
"""Seconds."""
Time = Callable[[], Clock]


@dataclass
class Tally:
    """What a worker did."""

    fates: Counter[str] = field(default_factory=Counter)
    receipts: Counter[str] = field(default_factory=Counter)
    lost_n: int = 0
    """Contacts of workers that are gone, marked `unknown`."""

    def as_json(self) -> dict[str, Any]:
        return {"fates": dict(self.fates), "receipts": dict(self.receipts), "lost": self.lost_n}


def gates_of(workspace: Path, store: Store) -> Gates:
    """The gate of each published day, by the law packs that the day was planned with."""

    @functools.cache
    def gate(day: date) -> Gate:
        with store.connect() as connection:
            found = connection.execute("SELECT strategy FROM publication WHERE business_date = %s", [day]).fetchone()
        if found is None:
            raise StoreError(
                _("no plan of {day} is published").format(day=day),
                where=_("dispatch"),
                remedy=_("arrears publish --date {day}").format(day=day),
            )
        return Gate(strategy_of(Workspace(workspace), day, found[0]).packs)

    return gate


def work(
    store: Store, gates: Gates, drivers: Mapping[str, Driver], *, clock: Time, actor: str,
    channels: Sequence[str] = SENT_BY_ITSELF, waiting: bool = False, stopped: Callable[[], bool] = lambda: False,
) -> Tally:  # fmt: skip
    """Decide and send until nothing is due now, or with `waiting` until `stopped` says so.

    It stops between two rounds: what the gate has passed is sent, and no contact is left half made. Raises `StoreError` where a
    driver cannot carry, before anything is taken up, or after a round of which it could carry nothing.
    """
    tally = Tally()
    for channel in channels:
        _require_driver(channel, drivers.get(channel))
    with store.connect() as connection:
        worker = hold_worker(connection)
        tally.lost_n = mark_lost(connection, now_of(connection, clock()), actor)
        while not stopped():
            found = pass_due(connection, clock(), gates, worker=worker, actor=actor, channels=channels, limit=CONTACTS_A_ROUND)
            tally.fates.update(found.fates)
            sent = send(found.passed, drivers)
            write_receipts(connection, sent, actor)
            tally.receipts.update(state_of(one.receipt) for one in sent)
            if sent and all(one.receipt is None for one in sent):
                raise StoreError(
                    f"none of {len(sent)} messages could be handed over; they are marked unknown", where="dispatch",
                    remedy="look at the carrier, its disk and its rights, then run the same command",
                )  # fmt: skip
            if not found.judged and not waiting:
                break
            if not found.judged:
                time.sleep(IDLE_SECONDS)
    return tally


def _require_driver(channel: str, driver: Driver | None) -> None:
    if driver is None:
        raise StoreError(f"nothing carries {channel}", where="dispatch", remedy="leave the channel out with --channel")
    try:
        driver.check()
    except OSError as error:
        raise StoreError(
            f"nothing can be handed over by {channel}: {error.strerror or type(error).__name__}",
            where=str(error.filename or ""),
            remedy="make room or give the right to write there, then run the same command",
        ) from None  # fmt: skip


def require_mode(store: Store, *, rehearsal: bool) -> None:
    """A store is for rehearsals or for real from its first contact on; raises `StoreError` where it is the other.

    In a rehearsal the time is given (`--at`), and nothing that it writes is for a carrier.
    """
    with store.connect() as connection:
        connection.execute("INSERT INTO desk_mode (mode_id, rehearsal) VALUES (1, %s) ON CONFLICT DO NOTHING", [rehearsal])
        found = connection.execute("SELECT rehearsal FROM desk_mode").fetchone()
    if found is not None and found[0] != rehearsal:
        kind, remedy = (
            ("real contacts", "leave --at out, or rehearse in a workspace of its own")
            if rehearsal
            else ("rehearsals", "give --at, or work for real in a workspace of its own")
        )
        raise StoreError(f"this store is for {kind}", where="--at", remedy=remedy)


def require_clock(store: Store, now: datetime) -> None:
    """Raise `StoreError` where this machine's clock and the database's differ by more than `CLOCKS_APART_MAX`.

    The gate goes by the database's; where they differ one of them is wrong, and it may be that one.
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
