"""Addresses of compliance: refusals, patterns of conduct, findings of supervision, the record, the ledger, the law."""

from __future__ import annotations

from ninja import Router

router = Router(tags=["compliance"])
