"""Addresses of the law: the packs, the rules in force on a date, a rule with its examples decided now."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Path, Query, Router

from arrears.desk.api import citing_answers as s
from arrears.desk.api import values as v
from arrears.desk.api.access import Bearer
from arrears.desk.api.asking import read
from arrears.desk.api.errors import ApiError
from arrears.desk.compliance import lawful
from arrears.desk.current import desk
from arrears.errors import StoreError
from arrears.law.listing import listing
from arrears.law.loading import load_pack, packs_shipped
from arrears.law.model import ID_PATTERN, Pack

PAGE_MAX = 200
PACK = r"^[a-z0-9][a-z0-9_-]{0,31}$"
STANDING = ("in force", "procedural")
router = Router(tags=["compliance"])
LAW = Bearer("law:read", "law.see")
On = Annotated[v.Day | None, Query(alias="date", description="Left out: today.")]


@router.get("/law/packs", response=read(s.PacksOut), auth=LAW)
def packs(request: HttpRequest) -> Any:
    """The packs that are the bank's law, and those that come with arrears besides."""
    own = lawful.packs_now()
    others = [load_pack(name) for name in packs_shipped() if name not in {pack.id for pack in own}]
    return {"packs": [
        {
            "pack": pack.id, "title_en": pack.title.en, "title_zh": pack.title.zh, "covers": pack.covers, "source": pack.source,
            "content_hash": pack.content_hash, "rules_n": len(pack.rules), "applies": pack in own,
        }
        for pack in (*own, *others)
    ]}  # fmt: skip


@router.get("/law/rules", response=read(s.RulesOut), auth=LAW, by_alias=True)
def rules(
    request: HttpRequest,
    on: On = None,
    pack: Annotated[str | None, Query(pattern=PACK, description="Left out: all that are the bank's law.")] = None,
    state: Annotated[
        Literal["in force", "procedural", "not yet", "ended", "off"] | None,
        Query(description="On the date; left out: in force and procedural."),
    ] = None,
    skip: Annotated[int, Query(ge=0, le=v.INT64_MAX, description="Rows that you have.")] = 0,
    limit: Annotated[int, Query(ge=1, le=PAGE_MAX, description="Rows at most.")] = PAGE_MAX,
) -> Any:
    """The rules in force on a date, by pack and id, each with its source and how it was read."""
    day = on or desk().today()
    asked = lawful.packs_now() if pack is None else (_pack(pack),)
    wanted = STANDING if state is None else (state,)
    rows = [row for one in asked for row in _rows(one, day) if row["state"] in wanted]
    return {
        "day": day, "rules": rows[skip : skip + limit], "next_skip": skip + limit if len(rows) > skip + limit else None
    }  # fmt: skip


@router.get("/law/rules/{pack}/{rule}", response=read(s.VersionsOut), auth=LAW, by_alias=True)
def rule(
    request: HttpRequest,
    pack: Annotated[str, Path(pattern=PACK)],
    rule: Annotated[str, Path(pattern=ID_PATTERN)],
    on: On = None,
) -> Any:
    """A rule in all its versions, with what it is made of, and each example decided now by the gate or the judge."""
    found, day = _pack(pack), on or desk().today()
    try:
        versions = lawful.versions(found, rule)
    except StoreError as error:
        raise ApiError(404, error.what, where="rule", remedy="take it from /law/rules") from None
    rows = [row for row in _rows(found, day) if row["rule"] == rule]
    told = [
        row | {
            "params": one.params.model_dump(mode="json", exclude_defaults=True), "last_checked": one.last_checked,
            "examples": [asdict(each) for each in lawful.decided(found, one)],
        }
        for row, one in zip(rows, versions, strict=True)
    ]  # fmt: skip
    return {"day": day, "versions": told}


def _pack(name: str) -> Pack:
    try:
        return lawful.pack_named(name)
    except StoreError as error:
        raise ApiError(404, error.what, where="pack", remedy="take it from /law/packs") from None


def _rows(pack: Pack, day: date) -> list[dict[str, Any]]:
    """By id and first day."""
    held = sorted(pack.rules, key=lambda one: (one.id, one.from_date or date.min))
    return [
        row | {"pack": pack.id, "jurisdictions": pack.codes(one)} for row, one in zip(listing(pack, day), held, strict=True)
    ]
