"""Addresses of the figures: the NPL ratio and what moved it, rolls, vintages, arms, the work and its cost, accounts behind."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from fractions import Fraction
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Query, Router

from arrears.day.workspace import Workspace
from arrears.desk.api import figuring_answers as s
from arrears.desk.api import values as v
from arrears.desk.api.access import Bearer
from arrears.desk.api.asking import looked, read, seen
from arrears.desk.api.errors import ApiError
from arrears.desk.current import desk
from arrears.desk.figures import behind, books, computing, worked
from arrears.money import BASIS_POINTS, PPM, divide_half_up
from arrears.report.summary import LEFT_THE_BOOK

PAGE_MAX, NAME_MAX, MARK_MAX = 1_000, 128, 64
NAMES = (
    "Of `npl` and `book` empty; the part; of `roll` `before-after` or `before-left`; the bucket; of `vintage` the first day of "
    "the quarter, a comma, and `all`, `30`, `90`, `off` or `bad`; the arm, a comma, and `all` or `cured`."
)
router = Router(tags=["figures"])
SEE = Bearer("figures:read", "figures.see")
Limit = Annotated[int, Query(ge=1, le=PAGE_MAX, description="Rows at most.")]
Then = Annotated[v.Day | None, Query(description="The first day; left out: the first of the workspace's last thirty.")]
Now = Annotated[v.Day | None, Query(description="The second day; left out: the workspace's last.")]
Name = Annotated[str, Query(max_length=NAME_MAX, pattern=v.PRINTABLE, description=NAMES)]
Row = Annotated[str, Query(max_length=NAME_MAX, pattern=v.PRINTABLE, description="The row: its name in the table.")]
Mark = Annotated[str, Query(max_length=MARK_MAX, pattern=v.PRINTABLE, description="`next_after` of the page before.")]
Kind = Literal["npl", "book", "part", "roll", "bucket", "vintage", "arm"]
Measure = Literal["", "attempts", "told", "right_party", "promises", "kept", "broken", "open"]
Channel = Annotated[v.Channel | None, Query(description="Left out: all.")]


@router.get("/figures/days", response=read(s.BookDaysOut), auth=SEE)
def days(
    request: HttpRequest,
    before: Annotated[v.Day | None, Query(description="Those before this date.")] = None,
    limit: Limit = PAGE_MAX,
) -> Any:
    """The days that figures can be asked of, latest first."""
    known = [one for one in reversed(Workspace(desk().workspace).days()) if before is None or one < before]
    return {"days": known[:limit], "next_before": known[limit - 1] if len(known) > limit else None}


@router.get("/figures/npl", response=read(s.NplOut), auth=SEE)
def npl(request: HttpRequest, then: Then = None, now: Now = None) -> Any:
    """The NPL ratio on two days, and what moved it between them."""
    found = computing.moved(_days(then, now))
    return {
        "then": found.then, "now": found.now, "currency": desk().bank.currency, "bad_then_minor": found.bad_then_minor,
        "owed_then_minor": found.owed_then_minor, "bad_now_minor": found.bad_now_minor,
        "owed_now_minor": found.owed_now_minor, **_share("ratio_then", found.ratio_then()),
        **_share("ratio_now", found.ratio_now()), **_share("denominator", found.denominator()),
        "parts": [asdict(one) | _share("effect", found.effect(one)) for one in found.parts],
    }  # fmt: skip


@router.get("/figures/npl/history", response=read(s.HistoryOut), auth=SEE)
def history(request: HttpRequest, now: Now = None) -> Any:
    """The ratio on the days up to one."""
    return {"days": [asdict(one) for one in computing.history(_days(now, now))]}


@router.get("/figures/rolls", response=read(s.RollsOut), auth=SEE)
def rolls(request: HttpRequest, then: Then = None, now: Now = None) -> Any:
    """Where accounts of each bucket went between two days."""
    found = computing.rolls(_days(then, now))
    cells = [
        asdict(one)
        | {
            "after": None if one.after == LEFT_THE_BOOK else one.after,
            "share_bp": _bp(one.accounts_n, found.row(one.before).accounts_n),
        }
        for one in found.cells
    ]
    return {"then": found.from_day, "now": found.to_day, "currency": desk().bank.currency, "cells": cells}


@router.get("/figures/vintages", response=read(s.VintagesOut), auth=SEE)
def vintages(request: HttpRequest, now: Now = None) -> Any:
    """How the accounts of each quarter of opening stand on a day."""
    asked = _days(now, now)
    return {"now": asked.now, "vintages": [asdict(one) for one in computing.vintages(asked)]}


@router.get("/figures/vintages/history", response=read(s.VintagesOut), auth=SEE)
def vintage_history(request: HttpRequest, now: Now = None) -> Any:
    """How they stood in the last book of each month up to a day: by months on book."""
    asked = _days(now, now)
    return {"now": asked.now, "vintages": [asdict(one) for one in computing.vintage_history(asked)]}


@router.get("/figures/arms", response=read(s.ArmsOut), auth=SEE)
def arms(request: HttpRequest, then: Then = None, now: Now = None) -> Any:
    """Strategy against holdout: a look at two days, not the experiment's own measure."""
    asked = _days(then, now)
    found = [asdict(one) | {"cured_bp": _bp(one.cured_n, one.customers_n)} for one in computing.arms(asked)]
    return {"then": asked.then, "now": asked.now, "arms": found}


@router.get("/figures/accounts", response=read(s.AccountsOut), auth=SEE)
def accounts(
    request: HttpRequest,
    kind: Annotated[Kind, Query(description="Of which figure.")],
    name: Name = "",
    then: Then = None,
    now: Now = None,
    after: Mark = "",
    limit: Limit = PAGE_MAX,
) -> Any:
    """The accounts behind a figure, a page at a time. That they were read is on the record."""
    asked = _days(then, now)
    wanted = books.Asked(kind, asked.then, asked.now, name)
    try:
        rows = computing.accounts(wanted, after, limit + 1)
    except ValueError:
        raise _no_figure() from None
    looked(request.auth, "accounts", len(rows[:limit]), figure=f"{kind} {name}")
    return {
        "then": asked.then, "now": asked.now, "currency": desk().bank.currency,
        "accounts": [asdict(one) | {"customer_id": seen(request.auth, one.customer_id)} for one in rows[:limit]],
        "next_after": rows[limit - 1].account_id if len(rows) > limit else None,
    }  # fmt: skip


@router.get("/figures/work", response=read(s.WorkOut), auth=SEE)
def work(
    request: HttpRequest, by: worked.By = "day", channel: Channel = None, then: Then = None, now: Now = None
) -> Any:  # fmt: skip
    """Contacts made and what came of them, by day, month, channel, segment or agent."""
    first, last = _month(then, now)
    here = desk()
    with here.connection() as connection:
        rows = worked.rates(connection, first, last, here.bank.timezone, by, channel or "")
    return {"first": first, "last": last, "rows": [
        asdict(one) | {
            "right_party_bp": _bp(one.right_party_n, one.attempts_n), "promise_bp": _bp(one.promises_n, one.right_party_n),
        }
        for one in rows
    ]}  # fmt: skip


@router.get("/figures/promises", response=read(s.PromisesOut), auth=SEE)
def promises(request: HttpRequest, then: Then = None, now: Now = None) -> Any:
    """Promises due in these days, and how many were kept, by segment."""
    first, last = _month(then, now)
    with desk().connection() as connection:
        found = worked.promises(connection, first, last)
    told = [asdict(one) | {"kept_bp": _bp(one.kept_n, one.judged_n)} for one in (worked.together(found), *found)]
    return {"first": first, "last": last, "all": told[0], "segments": told[1:]}


@router.get("/figures/costs", response=read(s.CostsOut), auth=SEE)
def costs(request: HttpRequest, then: Then = None, now: Now = None) -> Any:
    """What contacts of these days cost, and what came in, by segment."""
    first, last = _month(then, now)
    here = desk()
    bank = here.bank
    with here.connection() as connection:
        found = worked.costs(
            connection, first, last, bank.timezone, bank.currency, worked.minor_by_channel(here.workspace)
        )  # fmt: skip
    segments = [asdict(one) | {"cost_bp": _bp(one.cost_minor, one.collected_minor)} for one in found]
    return {"first": first, "last": last, "currency": bank.currency, "segments": segments}


@router.get("/figures/work/behind", response=read(s.LinesOut), auth=SEE)
def work_behind(
    request: HttpRequest,
    kind: Literal["contacts", "promises", "payments"],
    name: Row = "",
    measure: Annotated[Measure, Query(description="The column; of payments none.")] = "",
    by: Annotated[worked.By, Query(description="Of contacts; promises and payments are by segment.")] = "segment",
    channel: Channel = None,
    then: Then = None,
    now: Now = None,
    after: Mark = "",
    limit: Limit = PAGE_MAX,
) -> Any:
    """The contacts, promises or payments behind a number of the work, a page at a time. That they were read is recorded."""
    first, last = _month(then, now)
    here = desk()
    wanted = behind.Behind(kind, first, last, by, name, measure, channel or "")
    try:
        with here.connection() as connection:
            rows = behind.behind(connection, wanted, here.bank.timezone, here.bank.currency, after, limit + 1)
    except ValueError:
        raise _no_figure() from None
    looked(request.auth, "work", len(rows[:limit]), figure=f"{kind} {by} {name} {measure}")
    return {
        "first": first, "last": last, "currency": here.bank.currency,
        "lines": [asdict(one) | {"customer_id": seen(request.auth, one.customer_id)} for one in rows[:limit]],
        "next_after": rows[limit - 1].mark if len(rows) > limit else None,
    }  # fmt: skip


def _days(then: date | None, now: date | None) -> computing.Days:
    return computing.days_of({name: day.isoformat() for name, day in (("then", then), ("now", now)) if day is not None})


def _month(then: date | None, now: date | None) -> tuple[date, date]:
    """The days of the work's figures: they are read over a month at most."""
    asked = _days(then, now)
    return worked.first_of(asked.then, asked.now), asked.now


def _share(name: str, share: Fraction) -> dict[str, Any]:
    """A share exactly, and rounded to ppm."""
    return {
        name: f"{share.numerator}/{share.denominator}", f"{name}_ppm": divide_half_up(share.numerator * PPM, share.denominator)
    }  # fmt: skip


def _bp(part: int, whole: int) -> int | None:
    return divide_half_up(part * BASIS_POINTS, whole) if whole > 0 else None


def _no_figure() -> ApiError:
    return ApiError(422, "there is no such figure", where="name", remedy="take it from one of the figures")
