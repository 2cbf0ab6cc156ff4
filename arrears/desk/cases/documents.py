"""Documents of a case: kept by their hash below `documents/` of the workspace, for its owner alone; the ledger has the hash."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from psycopg.rows import dict_row

from arrears.desk.cases.file import case_file, open_case
from arrears.desk.cases.words import DOCUMENTS
from arrears.desk.keeping import digest_of, keep
from arrears.desk.ledger.appending import Connection, append
from arrears.desk.paging import cut, window
from arrears.desk.saying import _
from arrears.errors import StoreError

BYTES_MAX = 5_000_000
MEDIA = {b"%PDF-": "application/pdf", b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}
"""How a file begins to what it is: the name that somebody gave it counts for nothing."""


def keep_document(
    connection: Connection, workspace: Path, customer_id: str, kind: str, raw: bytes, now: datetime, actor: str
) -> int:
    """Keep a document of a customer's; returns its number. The same one again is the same number. Commits.

    Raises `StoreError` for a kind there is not, a file that is too large, or none of `MEDIA`.
    """
    if kind not in DOCUMENTS:
        raise StoreError(
            _("{kind!r} is no kind of document").format(kind=kind),
            where=_("document"),
            remedy=_("use one of {known}").format(known=_(", ").join(DOCUMENTS)),
        )
    if not 0 < len(raw) <= BYTES_MAX:
        raise StoreError(
            _("the file is empty or too large"),
            where=_("document"),
            remedy=_("give one of up to {most:,} bytes").format(most=BYTES_MAX),
        )
    media = next((name for begins, name in MEDIA.items() if raw.startswith(begins)), None)
    if media is None:
        raise StoreError(_("this is neither PDF, PNG nor JPEG"), where=_("document"), remedy=_("give one of these"))
    digest = digest_of(raw)
    with connection.transaction():
        file = case_file(connection, customer_id)
        known = connection.execute(
            "SELECT document_id FROM document WHERE customer_id = %s AND sha256 = %s", [customer_id, digest]
        ).fetchone()
        if known is not None:
            return int(known[0])
        keep(place_of(workspace, digest), raw)  # before the row: a file that no row names is harmless
        open_case(connection, file, now)
        found = connection.execute(
            "INSERT INTO document (customer_id, sha256, kind, media, size, added_by, added_at) "
            "VALUES (%s, %s, %s, %s, %s, %s, %s) RETURNING document_id",
            [customer_id, digest, kind, media, len(raw), actor, now],
        ).fetchone()  # fmt: skip
        assert found is not None  # noqa: S101 - INSERT ... RETURNING has a row
        append(connection, [file.deed("note", now, actor, document_id=found[0], document=kind, sha256=digest)])
        return int(found[0])


def documents_of(connection: Connection, customer_id: str, page: int = 1) -> tuple[list[dict[str, Any]], bool]:
    """A customer's documents, the latest first: `document_id`, `kind`, `media`, `size` (bytes), `added_by`, `added_at`.

    A page of them, and whether more follow.
    """
    with connection.cursor(row_factory=dict_row) as cursor:
        return cut(cursor.execute(
            "SELECT document_id, kind, media, size, added_by, added_at FROM document WHERE customer_id = %s "
            "ORDER BY document_id DESC LIMIT %s OFFSET %s", [customer_id, *window(page)],
        ).fetchall())  # fmt: skip


def read_document(connection: Connection, workspace: Path, customer_id: str, document_id: int) -> tuple[bytes, str]:
    """A document and what it is; raises `StoreError` where the customer has none of that number, or its file was changed."""
    where = _("document {document_id}").format(document_id=document_id)
    row = connection.execute(
        "SELECT sha256, media FROM document WHERE document_id = %s AND customer_id = %s", [document_id, customer_id]
    ).fetchone()
    if row is None:
        raise StoreError(_("this customer has no document of that number"), where=where, remedy=_("look at the case again"))
    path = place_of(workspace, str(row[0]))
    raw = path.read_bytes() if path.exists() else b""
    if digest_of(raw) != row[0]:
        raise StoreError(_("its file is missing or was changed"), where=where, remedy=_("restore documents/ from a backup"))
    return raw, str(row[1])


def place_of(workspace: Path, digest: str) -> Path:
    """Where a document lies."""
    return workspace / "documents" / digest[:2] / digest
