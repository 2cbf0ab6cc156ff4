"""The ledger back into the book: the contacts of a day as a part of the next feed's table `contacts`."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute
import pyarrow.csv
import pyarrow.parquet as pq

from arrears.desk.ledger.appending import Connection
from arrears.desk.ledger.history import SENT, UNTOLD, Contact, contacts_of_all
from arrears.desk.ledger.identity import event_id, identities_of
from arrears.errors import LedgerError
from arrears.feed.sources import FORMS

NAME = "ledger"
_SCHEMA = pa.schema(
    [("event_id", pa.string()), ("customer_id", pa.string()), ("account_id", pa.string()), ("contact_id", pa.string()),
     ("at", pa.timestamp("us")), ("local_date", pa.date32()), ("channel", pa.string()), ("direction", pa.string()),
     ("party", pa.string()), ("outcome", pa.string()), ("actor", pa.string()), ("agent", pa.string()),
     ("requested", pa.bool_())]
)  # fmt: skip
"""The feed's contract (docs/feed.md)."""


def export_day(connection: Connection, day: date, folder: Path) -> int:
    """Write `contacts/ledger.parquet` below a feed's folder: the contacts of the customers' calendar day, with what is known of
    them now; `ledger.csv` where the bank's own part is CSV, since a table is delivered in one form. Returns how many.

    An outcome told later does not come into the book: the ledger keeps it, and the gate counts it. Raises `LedgerError` where
    the bank's contacts are a file and not a folder that could take another part.
    """
    for form in FORMS:
        if (folder / f"contacts.{form}").exists():
            raise LedgerError(
                f"contacts.{form} is a file, and a table of several parts is a folder", where=str(folder),
                remedy=f"move it to contacts/bank.{form}, then export again",
            )  # fmt: skip
    since = datetime.combine(day, datetime.min.time(), UTC) - timedelta(days=1)  # the day begins first in the far east
    found = contacts_of_all(connection, since)
    identities = identities_of(connection)
    rows = [_row(one, identities) for contacts in found.values() for one in contacts if one.local_at[:10] == day.isoformat()]
    rows.sort(key=lambda row: row["event_id"])
    there = folder / "contacts"
    there.mkdir(parents=True, exist_ok=True)
    csv = any(one.suffix == ".csv" and one.stem != NAME for one in there.iterdir())
    path = there / f"{NAME}.{'csv' if csv else 'parquet'}"
    partial = folder / f".{path.name}.partial"
    table = pa.Table.from_pylist(rows, _SCHEMA)
    if csv:
        pyarrow.csv.write_csv(table.set_column(table.schema.get_field_index("at"), "at", _told(table["at"])), partial)
    else:
        pq.write_table(table, partial)
    partial.rename(path)
    return len(rows)


def _told(times: pa.ChunkedArray) -> pa.ChunkedArray:
    """Times as the contract's CSV has them."""
    return pa.compute.strftime(times, "%Y-%m-%d %H:%M:%S")


def _row(one: Contact, identities: list[tuple[str, int | None]]) -> dict[str, Any]:
    outcome = one.outcome or UNTOLD.get(one.channel, SENT)[0]
    return {
        "event_id": event_id(one.seq, identities), "customer_id": one.customer_id, "account_id": one.account_id,
        "contact_id": one.contact_id, "at": one.at.astimezone(UTC).replace(tzinfo=None),
        "local_date": date.fromisoformat(one.local_at[:10]), "channel": one.channel, "direction": one.direction,
        "party": one.party, "outcome": outcome, "actor": "", "agent": one.agent, "requested": False,
    }  # fmt: skip
