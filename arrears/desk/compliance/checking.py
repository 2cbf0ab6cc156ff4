"""Verifying the ledger from a page: at once while it is small, in the background where it is not; always on the record."""

from __future__ import annotations

from typing import Any

from arrears.desk.compliance.longer import Progress, Work, begin, keep, work_of
from arrears.desk.current import desk
from arrears.desk.ledger.verifying import keep_anchor, read_anchors, verify
from arrears.desk.people.models import Record
from arrears.desk.people.recording import record

NAME = "verification"
AT_ONCE_MAX = 20_000
"""Entries that are verified within a request: half a second."""
LAST_N = 10


def entries_n() -> int:
    """How many entries the ledger has, by its head."""
    with desk().connection() as connection:
        found = connection.execute("SELECT seq FROM ledger_head").fetchone()
    return 0 if found is None else int(found[0])


def verification() -> Work:
    """The latest from a page, or how far it is."""
    return work_of(NAME)


def begin_verification(by: str, at_once_max: int = AT_ONCE_MAX) -> None:
    """Verify; raises `StoreError` where it is being done, `LedgerError` where the anchors cannot be read."""
    read_anchors(desk().workspace)
    if entries_n() <= at_once_max:
        keep(NAME, by, lambda progress: _verified(by, progress))
    else:
        begin(NAME, by, lambda progress: _verified(by, progress))


def _verified(by: str, progress: Progress) -> dict[str, Any]:
    here = desk()
    with here.store.connect() as connection:
        found = verify(connection, read_anchors(here.workspace), progress)
    keep_anchor(found, here.workspace)
    detail: dict[str, Any] = {"entries": found.entries_n, "anchors": found.anchors_n, "findings": len(found.findings)}
    if found.findings:
        detail["first"] = found.findings[0].seq
    record(by, "verified", subject="unsound" if found.findings else "sound", **detail, hash=found.last_hash[:16])
    lines = {language: [one.line(language) for one in found.findings] for language in ("en", "zh")}
    return {**found.as_json(), "lines": lines}


def last_verified() -> list[Record]:
    """The latest results, of the record."""
    return list(Record.objects.filter(kind="verified").order_by("-at", "-record_id")[:LAST_N])
