"""Addresses of strategy: playbooks and policies in force and proposed, their differences; submitting and putting in force."""

from __future__ import annotations

from ninja import Router

router = Router(tags=["strategy"])
