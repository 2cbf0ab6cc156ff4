"""Addresses of figures: the NPL ratio and what moved it, rolls, vintages, arms, the work and its cost; what is behind each."""

from __future__ import annotations

from ninja import Router

router = Router(tags=["figures"])
