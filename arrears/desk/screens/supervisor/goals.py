"""Targets of a month by segment, and what was reached."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from arrears.desk.current import desk
from arrears.desk.ledger.appending import Connection
from arrears.desk.screens.access import needs
from arrears.desk.work import targets as work
from arrears.desk.work.queues import queues_of
from arrears.desk.work.today import today_of

MEASURES: dict[str, tuple[str, str]] = {
    "right_party_rate": (
        "Reached: of calls and visits, those that spoke with the customer",
        "触达率：通话及外访中与本人沟通的占比",
    ),
    "promise_rate": ("Promised: of those conversations, promises to pay", "承诺率：与本人沟通后承诺还款的占比"),
    "kept_rate": ("Kept: of the promises due this month and judged, those kept", "履约率：本月到期且已判定的承诺中履行的占比"),
}
"""(English, Chinese)."""
SHORT: dict[str, tuple[str, str]] = {
    "right_party_rate": ("reached", "触达率"), "promise_rate": ("promised", "承诺率"), "kept_rate": ("kept", "履约率"),
}  # fmt: skip
"""The same as a field's name."""


@require_http_methods(["GET", "POST"])
@needs("target.set")
def targets(request: HttpRequest) -> HttpResponse:
    """Set and see them. A field left empty changes nothing."""
    with desk().connection() as connection:
        today = today_of(connection)
        month = _month(request.POST.get("month") or request.GET.get("month"), today.date)
        if request.method == "POST":
            return _set(request, connection, month)
        segments = {one.segment for one in queues_of(connection, today.published, today.now)}
        found = work.reached(connection, month, segments, today.now, today.date, today.zone)
    rows = [
        (segment, [(one, f"{segment}|{one.measure}", _typed(one.target_bp), SHORT[one.measure]) for one in measures])
        for segment, measures in found.items()
    ]
    return render(request, "supervisor/targets.html", {
        "rows": rows, "month": month, "before": work.month_of(month - timedelta(days=1)),
        "after": work.last_of(month) + timedelta(days=1), "measures": [(one, MEASURES[one]) for one in work.MEASURES],
    })  # fmt: skip


def _set(request: HttpRequest, connection: Connection, month: date) -> HttpResponse:
    wanted: list[tuple[str, str, int]] = []
    for name, value in request.POST.items():
        segment, _bar, measure = name.rpartition("|")
        if measure in work.MEASURES and value.strip():
            share = _share(value)
            if share is None:
                messages.error(request, _("%(value)s is no share: write 0 to 100.") % {"value": value[:20]})
                return redirect(f"{reverse('supervisor:targets')}?month={month:%Y-%m}")
            wanted.append((segment[:200], measure, share))
    changed = sum(
        work.set_target(connection, month, segment, measure, share, request.user.username)
        for segment, measure, share in wanted[: work.SEGMENTS_MAX * len(work.MEASURES)]
    )
    messages.success(request, _("Targets changed: %(n)d.") % {"n": changed})
    return redirect(f"{reverse('supervisor:targets')}?month={month:%Y-%m}")


def _share(text: str) -> int | None:
    """`12.5` (percent) as 1250 basis points; None where it is no share."""
    try:
        share = Decimal(text.strip().rstrip("%")) * 100
    except InvalidOperation:
        return None
    return int(share) if share.is_finite() and share == share.to_integral_value() and 0 <= share <= work.BP else None


def _typed(share: int | None) -> str:
    return "" if share is None else f"{Decimal(share) / 100:f}"


def _month(text: Any, today: date) -> date:
    """The first day of a month written `2026-06`; of the present one where it is not."""
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        return work.month_of(today)
