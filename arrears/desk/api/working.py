"""Addresses of the work: the next customer, queues, agents, assignments, placements, checks, targets, write-offs, approvals."""

from __future__ import annotations

from ninja import Router

router = Router(tags=["work"])
