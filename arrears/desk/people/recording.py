"""The record: who saw and decided what. It is added to, never changed (migration 0002 of people)."""

from __future__ import annotations

from typing import Any, Literal

from arrears.desk.people.models import Record

Kind = Literal["look", "sign_in", "sign_out", "refused", "user", "asked", "decided", "verified", "token", "assigned", "target"]


def record_list(actor: str, subject: str, rows_n: int, **detail: Any) -> None:
    """That somebody looked at a list about customers, masked or not: once for each page of it, however many rows it had."""
    record(actor, "look", subject=subject, rows=rows_n, **detail)


def record(actor: str, kind: Kind, *, customer_id: str = "", subject: str = "", **detail: Any) -> None:
    """Add to it. `detail`: codes and numbers, no personal data."""
    Record.objects.create(actor=actor, kind=kind, customer_id=customer_id, subject=subject, detail=detail)
