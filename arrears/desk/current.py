"""The desk that this process serves: its store, its workspace, its clock."""

from __future__ import annotations

import functools
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from psycopg_pool import ConnectionPool

from arrears.bank import Bank, load_bank
from arrears.desk.cases.policy import CasePolicy, load_case_policy
from arrears.desk.dispatch.claiming import Clock
from arrears.desk.dispatch.judging import Gates
from arrears.desk.dispatch.running import gates_of
from arrears.desk.ledger.appending import Connection
from arrears.desk.opening import Store
from arrears.desk.saying import _
from arrears.errors import StoreError

CONNECTIONS_MAX = 16


@dataclass(frozen=True)
class Desk:
    """An open desk."""

    store: Store
    workspace: Path
    begun: datetime | None = None
    """In a rehearsal: what time it was when it began, at `started` of this machine's steady clock; from there it runs on."""
    started: float = field(default_factory=time.monotonic)
    one_factor: bool = False
    """Passwords alone let in: in a rehearsal on one's own machine only."""

    def now(self) -> datetime:
        """The time, UTC."""
        if self.begun is None:
            return datetime.now(UTC)
        return self.begun + timedelta(seconds=time.monotonic() - self.started)

    def clock(self) -> Clock:
        """What the gate takes: nothing, so that the database's clock counts, but in a rehearsal."""
        return None if self.begun is None else self.now()

    @functools.cached_property
    def _pool(self) -> ConnectionPool[Connection]:
        options = {**self.store.worker, "autocommit": True}
        return ConnectionPool(kwargs=options, min_size=1, max_size=CONNECTIONS_MAX, timeout=10, open=True, name="desk")

    @contextmanager
    def connection(self) -> Iterator[Connection]:
        """A connection as the desk's own role; each statement commits by itself but in `connection.transaction()`."""
        with self._pool.connection() as connection:
            yield connection

    @functools.cached_property
    def gates(self) -> Gates:
        """The gate of each published day."""
        return gates_of(self.workspace, self.store)

    @functools.cached_property
    def policy(self) -> CasePolicy:
        """The bank's own rules for cases; a change counts from the next start."""
        return load_case_policy(self.workspace)

    @property
    def bank(self) -> Bank:
        """The bank's settings, read again where the file has changed."""
        path = self.workspace / "bank.toml"
        return _bank(path, path.stat().st_mtime_ns)

    def today(self) -> date:
        """The date by the bank's calendar."""
        return self.now().astimezone(ZoneInfo(self.bank.timezone)).date()

    def close(self) -> None:
        """Give the connections back."""
        self._pool.close()

    def latest_day(self) -> date:
        """The latest published business date; raises `StoreError` where none is."""
        with self.connection() as connection:
            found = connection.execute("SELECT max(business_date) FROM publication").fetchone()
        if found is None or found[0] is None:
            raise StoreError(_("no plan is published yet"), where=_("desk"), remedy=_("arrears publish --date D"))
        return date.fromisoformat(str(found[0]))


@functools.lru_cache(maxsize=4)
def _bank(path: Path, _changed_ns: int) -> Bank:
    return load_bank(path)


_current: list[Desk] = []


def set_desk(found: Desk) -> None:
    """Serve this one from now on."""
    _current[:] = [found]


def desk() -> Desk:
    """The desk of this process; raises `StoreError` where none is open."""
    if not _current:
        raise StoreError(_("no desk is open here"), where=_("desk"), remedy=_("arrears serve"))
    return _current[0]
