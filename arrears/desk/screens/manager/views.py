"""The manager's pages: the NPL ratio and what moved it, rolls, vintages, the work and its cost, arms; each down to accounts."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from typing import Any, get_args

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from arrears.day.workspace import Workspace
from arrears.desk.current import desk
from arrears.desk.figures import behind, books, computing, moving, vintages, worked
from arrears.desk.people.recording import record_list
from arrears.desk.people.rights import sees_every_case
from arrears.desk.screens.access import needs
from arrears.desk.screens.codes import in_language
from arrears.desk.screens.manager import charts
from arrears.errors import UsageError
from arrears.report.summary import BUCKETS, LEFT_THE_BOOK

PAGE, CSV_MAX, NAME_MAX = 100, 100_000, 128
CURVES_MAX, CURVE_ACCOUNTS_MIN = 8, 20
PPM_PERCENT = 10_000
PART_WORDS: dict[str, tuple[str, str]] = {
    "inflow": ("fell in", "新增不良"), "growth": ("grew", "不良余额增加"), "cure": ("cured", "恢复正常"),
    "plan": ("by a plan", "协议转正常"), "recovery": ("recovered", "回收"), "write_off": ("written off", "核销"),
    "sale": ("sold", "转让"),
}  # fmt: skip
"""Part of the NPL's change: (English, Chinese)."""


@needs("figures.see")
def home(request: HttpRequest) -> HttpResponse:
    """The ratio over the days, and what moved it between two of them."""
    days = computing.days_of(request.GET)
    found, history = computing.moved(days), computing.history(days)
    percents = [(one.day, one.stricter_ppm / PPM_PERCENT) for one in history if one.stricter_ppm is not None]
    rows = [
        {"name": f"{day:%m-%d}", "value": value, "text": f"{value:.3f}", "url": _behind("npl", "", day, day)}
        for day, value in percents
    ]
    page = Workspace(desk().workspace).path / "report" / f"date={days.now}" / "index.html"
    return render(request, "manager/home.html", {
        "days": days, "found": found, "history": history, "line": charts.line(rows, _("NPL ratio by day, percent")),
        "steps": charts.steps(_steps(found, days), _("What moved the NPL ratio, percentage points")),
        "parts": [(PART_WORDS[one.name], one, float(found.effect(one)) * 100) for one in found.parts],
        "denominator": float(found.denominator()) * 100, "ratio_then": float(found.ratio_then()) * 100,
        "ratio_now": float(found.ratio_now()) * 100, "currency": desk().bank.currency, "report": page.exists(),
    })  # fmt: skip


def _behind(kind: str, name: str, then: date, now: date) -> str:
    """The address of the accounts behind a figure."""
    return f"{reverse('manager:accounts')}?{urlencode({'kind': kind, 'name': name, 'then': then, 'now': now})}"


def _steps(found: moving.Moved, days: computing.Days) -> list[dict[str, Any]]:
    """The waterfall's bars, in percent."""
    rows: list[dict[str, Any]] = []

    def bar(name: str, begin: Fraction, end: Fraction, kind: str, text: str, url: str) -> None:
        rows.append({
            "name": name, "from": float(begin) * 100, "to": float(end) * 100, "end": float(max(begin, end)) * 100, "kind": kind,
            "text": text, "url": url,
        })  # fmt: skip

    level, (then, now) = found.ratio_then(), (days.then, days.now)
    bar(str(then), Fraction(0), level, "whole", f"{float(level) * 100:.3f}", _behind("npl", "", then, then))
    effects = [
        (in_language(PART_WORDS[one.name]), found.effect(one), _behind("part", one.name, then, now)) for one in found.parts
    ]
    for name, effect, url in [*effects, (_("all balances"), found.denominator(), _behind("book", "", then, now))]:
        bar(name, level, level + effect, "up" if effect > 0 else "down", f"{float(effect) * 100:+.3f}", url)
        level += effect
    bar(str(now), Fraction(0), level, "whole", f"{float(level) * 100:.3f}", _behind("npl", "", then, now))
    low = float(min(found.ratio_then(), found.ratio_now())) * 100
    for row in rows:
        if row["kind"] == "whole":
            row["from"] = low * 0.9  # the axis begins near the ratios: their change is what is looked at
    return rows


@needs("figures.see")
def rolled(request: HttpRequest) -> HttpResponse:
    """Where accounts of each bucket went, and how quarters of opening stand."""
    days = computing.days_of(request.GET)
    found, history = computing.rolls(days), computing.vintage_history(days)
    afters = [*BUCKETS, LEFT_THE_BOOK]
    table = [
        (before, found.row(before).accounts_n, [
            (after, cell.accounts_n, 100 * cell.accounts_n / max(1, found.row(before).accounts_n), after == before)
            for after in afters for cell in [found.cell(before, after)]
        ])
        for before in found.befores()
        if before is not None
    ]  # fmt: skip
    return render(request, "manager/rolls.html", {
        "days": days, "table": table, "buckets": BUCKETS, "left": LEFT_THE_BOOK, "vintages": computing.vintages(days),
        "curves": charts.curves(_curves(history), _("Vintages by months on book, percent"), _("months on book")),
        "history": history,
    })  # fmt: skip


def _curves(history: Sequence[vintages.Vintage]) -> list[dict[str, Any]]:
    """The latest quarters with enough accounts, month by month."""
    found = [one for one in history if one.accounts_n >= CURVE_ACCOUNTS_MIN]
    quarters = list(dict.fromkeys(one.quarter for one in found))[:CURVES_MAX]
    last = {one.quarter: one.day for one in found}
    rows: list[dict[str, Any]] = []
    for one in found:
        if one.quarter in quarters:
            group, share = f"{one.quarter:%Y}-Q{one.quarter.month // 3 + 1}", 100 * one.bad_n / one.accounts_n
            rows.append({
                "group": group, "months": one.months_n, "value": share, "end": one.day == last[one.quarter],
                "name": f"{group}, {one.day}", "text": f"{share:.2f} %",
                "url": _behind("vintage", f"{one.quarter},bad", one.day, one.day),
            })  # fmt: skip
    return rows


@needs("figures.see")
def work(request: HttpRequest) -> HttpResponse:
    """Contacts and promises by day, channel, segment or agent; what they cost and what came in."""
    here = desk()
    days = computing.days_of(request.GET)
    first = worked.first_of(days.then, days.now)
    by = request.GET.get("by", "day")
    if by not in get_args(worked.By):
        raise UsageError(
            _("there is no such table"), where="by", remedy=_("choose {names}").format(names=_(", ").join(get_args(worked.By)))
        )
    channel = _text(request, "channel")
    bank = here.bank
    with here.connection() as connection:
        rows = worked.rates(connection, first, days.now, bank.timezone, by, channel)
        kept = worked.promises(connection, first, days.now)
        costs = worked.costs(connection, first, days.now, bank.timezone, bank.currency, worked.minor_by_channel(here.workspace))
    return render(request, "manager/work.html", {
        "days": days, "first": first, "by": by, "channel": channel, "rows": rows, "kept": kept, "costs": costs,
        "all": worked.together(kept),
        "currency": bank.currency, "ways": get_args(worked.By),
    })  # fmt: skip


@needs("figures.see")
def work_behind(request: HttpRequest) -> HttpResponse:
    """The contacts, promises or payments behind a number of the work, a page at a time."""
    here = desk()
    days = computing.days_of(request.GET)
    asked = behind.Behind(
        first=worked.first_of(days.then, days.now), last=days.now,
        **{name: _text(request, name) for name in ("kind", "by", "name", "measure", "channel")},
    )  # fmt: skip
    try:
        with here.connection() as connection:
            rows = behind.behind(connection, asked, here.bank.timezone, here.bank.currency, _text(request, "after"), PAGE + 1)
    except ValueError:
        raise UsageError(_("there is no such figure"), where=_("accounts"), remedy=_("come here from a figure")) from None
    figure = f"{asked.kind} {asked.by} {asked.name} {asked.measure}"
    record_list(request.user.username, "work", len(rows[:PAGE]), figure=figure)
    return render(request, "manager/behind.html", {
        "days": days, "asked": asked, "rows": rows[:PAGE], "more": rows[PAGE - 1].mark if len(rows) > PAGE else "",
        "currency": here.bank.currency, "may_see": sees_every_case(request.user),
    })  # fmt: skip


@needs("figures.see")
def arms(request: HttpRequest) -> HttpResponse:
    """Strategy against holdout."""
    days = computing.days_of(request.GET)
    return render(request, "manager/arms.html", {"days": days, "arms": computing.arms(days)})


@needs("figures.see")
def accounts(request: HttpRequest) -> HttpResponse:
    """The accounts behind a figure, a page at a time."""
    asked, after = _asked(request), _text(request, "after")
    rows = _rows(asked, after, PAGE + 1)
    record_list(request.user.username, "accounts", len(rows[:PAGE]), figure=f"{asked.kind} {asked.name}")
    return render(request, "manager/accounts.html", {
        "asked": asked, "rows": rows[:PAGE], "more": rows[PAGE - 1].account_id if len(rows) > PAGE else "",
        "currency": desk().bank.currency, "may_see": sees_every_case(request.user),
        "part": PART_WORDS.get(asked.name),
    })  # fmt: skip


@needs("figures.see")
def accounts_csv(request: HttpRequest) -> HttpResponse:
    """The same as a file: ids and amounts, no names; that it was taken is on the record. More than `CSV_MAX` are refused."""
    asked = _asked(request)
    rows = _rows(asked, "", CSV_MAX + 1)
    if len(rows) > CSV_MAX:
        raise UsageError(
            _("these are more than {most:,} accounts").format(most=CSV_MAX),
            where="accounts.csv",
            remedy=_("choose a smaller figure"),
        )
    record_list(request.user.username, "accounts.csv", len(rows), figure=f"{asked.kind} {asked.name}")
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{asked.kind}-{asked.now}.csv"'
    writer = csv.writer(response)
    writer.writerow(["account_id", "customer_id", "bucket", "dpd", "balance_minor", "change_minor"])
    for row in rows:
        writer.writerow([row.account_id, row.customer_id, row.bucket, row.dpd, row.owed_minor, row.change_minor])
    return response


def _asked(request: HttpRequest) -> books.Asked:
    days = computing.days_of(request.GET)
    return books.Asked(_text(request, "kind"), days.then, days.now, _text(request, "name"))


def _text(request: HttpRequest, name: str) -> str:
    """A part of an address, without what no database takes."""
    return request.GET.get(name, "").replace("\0", "")[:NAME_MAX]


def _rows(asked: books.Asked, after: str, limit: int) -> list[books.AccountRow]:
    try:
        return computing.accounts(asked, after, limit)
    except ValueError:
        raise UsageError(_("there is no such figure"), where=_("accounts"), remedy=_("come here from a figure")) from None
