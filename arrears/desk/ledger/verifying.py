"""Whether the ledger is what was once written: every entry hashed anew, by code that shares nothing with the database's own.

Two things are held against each other. The chain itself shows an entry that was changed, removed or put elsewhere. Anchors,
the number and hash of the last entry at some moment, kept outside the database, show a chain that was written anew as a whole
or cut off at its end.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

from arrears.desk.ledger.appending import Connection
from arrears.desk.saying import _
from arrears.errors import LedgerError

BEGINNING = hashlib.sha256(b"arrears ledger 1").digest()
"""What the first entry is chained to."""
ROWS_AT_ONCE = 10_000
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
ANCHORS = "ledger-anchors.jsonl"

Fault = Literal["edited", "gap", "reordered", "cut", "rewritten"]
FAULTS: dict[Fault, tuple[str, str]] = {
    "edited": ("the entry is not what was written", "记录内容与写入时不符"),
    "gap": ("an entry before it is missing", "其前缺失记录"),
    "reordered": ("it does not follow the entry before it", "与前一记录不相衔接"),
    "cut": ("entries at the end are missing", "末尾记录缺失"),
    "rewritten": ("the chain up to here is not the one that was anchored", "至此的链与既有锚点不符"),
}

_ENTRIES = """SELECT seq, recorded_at, at, local_at, customer_id, kind, actor, intent_id, attempt_seq, step, account_id,
    contact_id, channel, party, outcome, body, previous, hash FROM ledger_entry ORDER BY seq"""


@dataclass(frozen=True)
class Finding:
    """What is wrong, and at which entry it shows first."""

    fault: Fault
    seq: int

    def line(self, language: Literal["en", "zh"]) -> str:
        en, zh = FAULTS[self.fault]
        return f"第 {self.seq} 条：{zh}" if language == "zh" else f"entry {self.seq}: {en}"


@dataclass(frozen=True)
class Verified:
    """What a look at the whole ledger found; the chain is sound where `findings` is empty."""

    entries_n: int
    anchors_n: int
    last_seq: int
    last_hash: str
    findings: tuple[Finding, ...]

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "sound": not self.findings}


@dataclass(frozen=True)
class Anchor:
    """The last entry at some moment."""

    seq: int
    hash: str


FINDINGS_MAX = 100
"""So many are listed; one change in a chain shows once, for the rest is checked against what stands there."""


def verify(
    connection: Connection, anchors: Sequence[Anchor] = (), progress: Callable[[int, int], None] = lambda done, total: None
) -> Verified:
    """Read the whole ledger and hold it against itself, its head and the anchors."""
    head = connection.execute("SELECT seq, hash FROM ledger_head").fetchone()
    total = 0 if head is None else int(head[0])
    anchored = {one.seq: one.hash for one in anchors}
    findings: list[Finding] = []
    expected, before, last_recorded, entries_n = 1, BEGINNING, datetime.min.replace(tzinfo=UTC), 0
    with connection.cursor("ledger_verify") as cursor:
        cursor.itersize = ROWS_AT_ONCE
        for row in cursor.execute(_ENTRIES):
            seq, recorded_at, previous, digest = row[0], row[1], bytes(row[16]), bytes(row[17])
            if hashlib.sha256(previous + canonical_bytes(row)).digest() != digest:
                findings.append(Finding("edited", seq))
            if seq != expected:
                findings.append(Finding("gap", seq))
            elif previous != before or recorded_at < last_recorded:
                findings.append(Finding("reordered", seq))
            if seq in anchored and anchored[seq] != digest.hex():
                findings.append(Finding("rewritten", seq))
            expected, before, last_recorded, entries_n = seq + 1, digest, recorded_at, entries_n + 1
            if entries_n % ROWS_AT_ONCE == 0:
                progress(entries_n, total)
    ends = max([total, *anchored])
    if ends >= expected or (head is not None and total == expected - 1 and bytes(head[1]) != before):
        findings.append(Finding("cut", expected - 1))
    return Verified(entries_n, len(anchored), expected - 1, before.hex(), tuple(findings[:FINDINGS_MAX]))


def canonical_bytes(row: Sequence[Any]) -> bytes:
    """The bytes that an entry's hash is over, besides the hash before: each field's length and text, `-` where it is null."""
    seq, recorded_at, at, *rest = row[:16]
    return b"".join(_field(value) for value in (seq, _micros(recorded_at), _micros(at), *rest))


def _field(value: Any) -> bytes:
    if value is None:
        return b"-"
    told = str(value).encode()
    return f"{len(told)}:".encode() + told


def _micros(moment: datetime) -> int:
    return (moment - EPOCH) // timedelta(microseconds=1)


def read_anchors(folder: Path) -> list[Anchor]:
    """The anchors kept in a workspace; raises `LedgerError` where the file cannot be read as such."""
    path = folder / ANCHORS
    if not path.exists():
        return []
    try:
        return [Anchor(int(one["seq"]), str(one["hash"])) for one in map(json.loads, path.read_text("utf-8").splitlines())]
    except (ValueError, KeyError, TypeError):
        raise LedgerError(_("a line is no anchor"), where=str(path), remedy=_("restore it from a backup")) from None


def keep_anchor(found: Verified, folder: Path) -> Anchor | None:
    """Add the last entry of a sound ledger to the anchors of a workspace; None where there is none yet, or it is there."""
    anchor = Anchor(found.last_seq, found.last_hash)
    if found.findings or not found.entries_n or anchor in read_anchors(folder):
        return None
    with (folder / ANCHORS).open("a", encoding="utf-8") as stream:
        stream.write(json.dumps(asdict(anchor)) + "\n")
    return anchor
