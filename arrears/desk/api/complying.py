"""Addresses of compliance: refusals, patterns of conduct, findings of supervision, the record, the ledger, the law."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Path, Query, Router
from pydantic import Field

from arrears.desk.api import citing
from arrears.desk.api import complying_answers as s
from arrears.desk.api import values as v
from arrears.desk.api.access import Bearer, Caller, require_right
from arrears.desk.api.asking import Key, looked, read, seen, written
from arrears.desk.api.errors import ApiError
from arrears.desk.api.once import once
from arrears.desk.compliance import checking, conducting, recorded, refusals
from arrears.desk.compliance.longer import Work
from arrears.desk.current import desk
from arrears.desk.ledger.appending import Connection
from arrears.desk.people.models import Record
from arrears.desk.people.recording import Kind
from arrears.money import PPM

PAGE_MAX, CODE_MAX, NAME_MAX = 100, 100, 150
router = Router(tags=["compliance"])
router.add_router("", citing.router)
CONDUCT = Bearer("law:read", "conduct.see")
Limit = Annotated[int, Query(ge=1, le=PAGE_MAX, description="Rows at most.")]
Skip = Annotated[int, Query(ge=0, le=v.INT64_MAX, description="Rows that you have.")]
Before = Annotated[int | None, Query(ge=1, le=v.INT64_MAX, description="The last number that you have.")]
First = Annotated[v.Day | None, Query(alias="from", description="By the bank's clock; left out: the last, if it is past.")]
Last = Annotated[v.Day | None, Query(alias="to", description="By the bank's clock; left out: today.")]
Code = Annotated[str, Field(max_length=CODE_MAX, pattern=v.PRINTABLE)]
DayOf = Annotated[v.Day, Path(description="A business date that was run.")]


@router.get("/law/refusals", response=read(s.RefusalsOut), auth=CONDUCT)
def refused(request: HttpRequest, first: First = None, last: Last = None) -> Any:
    """Contacts of some days that were not made, by rule or reason."""
    period = _period(first, last)
    counts = [
        {
            "fate": one.fate, "rule": one.what if one.by_rule else None, "reason": None if one.by_rule else one.what,
            "title_en": one.rule and one.rule.title.en, "title_zh": one.rule and one.rule.title.zh,
            "citation_en": one.rule and one.rule.citation.line("en"), "citation_zh": one.rule and one.rule.citation.line("zh"),
            "contacts_n": one.contacts_n, "customers_n": one.customers_n,
        }
        for one in refusals.counts(period)
    ]  # fmt: skip
    looked(request.auth, "refusals", len(counts), **_days(period))
    return asdict(period) | {"counts": counts}


@router.get("/law/refusals/entries", response=read(s.NotMadesOut), auth=CONDUCT)
def refused_entries(
    request: HttpRequest,
    rule: Annotated[Code | None, Query(description="The rule's id; left out: those with the desk's own reason.")] = None,
    reason: Annotated[Code | None, Query(description="The desk's own reason; empty: the day was over.")] = None,
    fate: Annotated[str, Query(max_length=20, pattern=v.PRINTABLE)] = "refused",
    first: First = None,
    last: Last = None,
    before: Before = None,
    limit: Limit = PAGE_MAX,
) -> Any:
    """The ledger's entries behind one of these counts, latest first."""
    if rule is not None and reason is not None:
        raise ApiError(422, "a count is of a rule or of a reason", where="rule, reason", remedy="give one of them")
    period = _period(first, last)
    what = rule if rule is not None else reason or ""
    rows = refusals.entries(period, what, fate, by_rule=rule is not None, before=before, limit=limit)
    looked(request.auth, "refusal entries", len(rows[:limit]), **_days(period), fate=fate, what=what)
    return asdict(period) | {
        "entries": [_not_made(request.auth, one) for one in rows[:limit]],
        "next_before": rows[limit - 1]["seq"] if len(rows) > limit else None,
    }


@router.post("/conduct/{day}", response=written(s.BegunOut), auth=CONDUCT)
def compute_conduct(request: HttpRequest, day: DayOf, key: Key) -> HttpResponse:
    """Have the conduct of a day computed in the background; 409 while it is."""

    def act(connection: Connection, caller: Caller) -> dict[str, Any]:
        _require_idle(conducting.conduct_work(day))
        conducting.begin_conduct(day, caller.actor)
        return {"state": conducting.conduct_work(day).state}

    return once(request, key, s.BegunOut, act)


@router.get("/conduct/{day}", response=read(s.ConductOut), auth=CONDUCT)
def conduct(
    request: HttpRequest, day: DayOf, pattern: Code | None = None, skip: Skip = 0, limit: Limit = PAGE_MAX
) -> Any:  # fmt: skip
    """The conduct of a day, or how far it is: contacts outside and near the law, agents far from their peers, complaints."""
    work = conducting.conduct_work(day)
    found = work.result
    every = found.get("findings", [])
    mine = [one for one in every if pattern in (None, one["pattern"])]
    if work.state == "done":
        looked(request.auth, "conduct", len(mine[skip : skip + limit]), day=str(day))
    return _work(work) | {
        "day": day, "judged_n": found.get("judged", 0), "late_n": found.get("late", 0), "unread_n": found.get("unread", 0),
        "breaches_n": found.get("breaches", 0), "patterns": _patterns(found),
        "findings": [_conspicuous(request.auth, one) for one in mine[skip : skip + limit]],
        "next_skip": skip + limit if len(mine) > skip + limit else None,
    }  # fmt: skip


@router.get("/law/findings", response=read(s.FindingsOut), auth=CONDUCT)
def findings(
    request: HttpRequest,
    day: Annotated[v.Day | None, Query(alias="date", description="Left out: the last day that was run.")] = None,
    skip: Skip = 0,
    limit: Limit = PAGE_MAX,
) -> Any:
    """What supervision found of a day's charges, and the breaches open at its end."""
    asked = day or next(iter(conducting.days_run()), None)
    found = None if asked is None else conducting.supervised(asked)[0]
    if asked is None or found is None:
        raise ApiError(422, "charges were not supervised on that day", where="date", remedy="give a business date that was run")
    rows = conducting.open_findings(asked, skip, limit + 1)
    looked(request.auth, "findings", len(rows[:limit]), day=str(asked))
    return found.as_json() | {
        "day": asked, "open_n": found.open_n,
        "findings": [one | {"customer_id": seen(request.auth, one["customer_id"])} for one in rows[:limit]],
        "next_skip": skip + limit if len(rows) > limit else None,
    }  # fmt: skip


@router.get("/record", response=read(s.RecordsOut), auth=Bearer("law:read", "record.see"))
def records(
    request: HttpRequest,
    actor: Annotated[str, Query(max_length=NAME_MAX, pattern=v.PRINTABLE)] = "",
    customer_id: v.Id | None = None,
    kind: Kind | None = None,
    first: Annotated[v.Day | None, Query(alias="from", description="By the bank's clock.")] = None,
    last: Annotated[v.Day | None, Query(alias="to", description="By the bank's clock.")] = None,
    before: Before = None,
    limit: Limit = PAGE_MAX,
) -> Any:
    """Who looked at whom, signed in, was refused, changed a user, asked and decided, latest first.

    Of one customer it is told to owners who may see the case.
    """
    if not recorded.may_ask(request.auth.user, customer_id or ""):
        require_right(request.auth, customer_id, "case.see")
    wanted = recorded.Wanted(actor, customer_id or "", kind or "", first, last)
    rows, more = recorded.found(wanted, desk().bank.timezone, before, limit)
    told = [_record(request.auth, one) for one in rows]
    return {"records": told, "next_before": rows[-1].record_id if more else None}


@router.post("/ledger/verification", response=written(s.BegunOut), auth=Bearer("ledger:read", "ledger.verify"))
def verify(request: HttpRequest, key: Key) -> HttpResponse:
    """Have the ledger verified: at once where it is small, else in the background; 409 while it is. It is on the record."""

    def act(connection: Connection, caller: Caller) -> dict[str, Any]:
        _require_idle(checking.verification())
        checking.begin_verification(caller.actor)
        return {"state": checking.verification().state}

    return once(request, key, s.BegunOut, act)


@router.get(
    "/ledger/verification", response=read(s.VerificationOut), auth=Bearer("ledger:read", "conduct.see", "ledger.verify")
)  # fmt: skip
def verification(request: HttpRequest) -> Any:
    """The latest verification that was begun here, or how far it is, and the last results."""
    work = checking.verification()
    found = work.result
    lines = found.get("lines", {})
    faults = zip(found.get("findings", []), lines.get("en", []), lines.get("zh", []), strict=True)
    return _work(work) | {
        "ledger_n": checking.entries_n(), "sound": found.get("sound"), "entries_n": found.get("entries_n", 0),
        "anchors_n": found.get("anchors_n", 0), "last_seq": found.get("last_seq", 0), "last_hash": found.get("last_hash", ""),
        "faults": [one | {"en": en, "zh": zh} for one, en, zh in faults],
        "earlier": [
            {
                "at": one.at, "by": one.actor, "sound": one.subject == "sound", "entries_n": one.detail["entries"],
                "anchors_n": one.detail["anchors"], "first_seq": one.detail.get("first"),
            }
            for one in checking.last_verified()
        ],
    }  # fmt: skip


def _period(first: date | None, last: date | None) -> refusals.Period:
    """Of the days asked for, as the page takes them."""
    return refusals.period_of({name: str(day) for name, day in (("from", first), ("to", last)) if day is not None})


def _days(period: refusals.Period) -> dict[str, str]:
    """As the record keeps them."""
    return {"first": str(period.first), "last": str(period.last)}


def _not_made(caller: Caller, one: dict[str, Any]) -> dict[str, Any]:
    body = one["body"]
    return one | {
        "customer_id": seen(caller, one["customer_id"]), "purpose": body.get("purpose"), "fate": body.get("fate", ""),
        "rules": body.get("rules", []), "reason": body.get("reason", ""), "allowed_from": body.get("allowed_from"),
    }  # fmt: skip


def _require_idle(work: Work) -> None:
    if work.state == "running":
        raise ApiError(409, "this is being done already", where="path", remedy="read it until it has ended")


def _work(work: Work) -> dict[str, Any]:
    return asdict(work) | {"begun": work.begun or None, "ended": work.ended or None}


def _patterns(found: dict[str, Any]) -> list[dict[str, Any]]:
    told = conducting.by_pattern(found) if found else []
    listed = [one["pattern"] for one in found.get("findings", [])]
    return [
        {
            "pattern": one["pattern"], "severity": one["severity"], "title_en": one["title"][0], "title_zh": one["title"][1],
            "do_en": one["do"][0], "do_zh": one["do"][1], "found_n": one["found_n"], "listed_n": listed.count(one["pattern"]),
        }
        for one in told
    ]  # fmt: skip


def _conspicuous(caller: Caller, one: dict[str, Any]) -> dict[str, Any]:
    peers = one["peers"]
    return one | {
        "customer_id": seen(caller, one["customer_id"]),
        "subject": seen(caller, one["subject"]) if one["subject_kind"] == "customer" else one["subject"],
        "peers": peers and peers | {"p_ppm": round(peers["p"] * PPM), "q_ppm": round(peers["q"] * PPM)},
    }


def _record(caller: Caller, one: Record) -> dict[str, Any]:
    return {
        "record_id": one.record_id, "at": one.at, "actor": one.actor, "kind": one.kind, "detail": one.detail,
        "customer_id": seen(caller, one.customer_id), "subject": recorded.subject_for(caller.user, one),
    }  # fmt: skip
