"""Queues and agents: what of the day is done, who waits, who works on whom."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode

from arrears.desk.cases.tasks import late_tasks
from arrears.desk.current import desk
from arrears.desk.paging import page_of_rows
from arrears.desk.people.recording import record_list
from arrears.desk.people.rights import sees_every_case
from arrears.desk.screens.access import needs
from arrears.desk.screens.fields import page_of, pages
from arrears.desk.screens.supervisor.forms import AssignForm, HandOverForm, PlaceForm, TopForm
from arrears.desk.work import queues
from arrears.desk.work.today import today_of


@needs("queue.see")
def home(request: HttpRequest) -> HttpResponse:
    """Every queue of the latest published day, and every agent's day so far."""
    page = page_of(request)
    with desk().connection() as connection:
        today = today_of(connection)
        found = queues.queues_of(connection, today.published, today.now)
        since = queues.day_start(today.date, today.zone)
        workers = queues.workers(closed=True)
        everyone = queues.agents_of(connection, [one for one in workers if one.is_active], since, today.now)
        late, more_late = queues.late_call_backs(connection, today.now, page)
        undone, more_undone = late_tasks(connection, today.date, page)
    agents, more_agents = page_of_rows(everyone, page)
    record_list(request.user.username, "agents", len(agents) + len(late) + len(undone), page=page)
    return render(request, "supervisor/home.html", {
        "today": today, "queues": found, "agents": agents, "late": late, "undone": undone,
        "over_form": HandOverForm(workers) if request.user.has_perm("queue.assign") else None,
        "sees_cases": sees_every_case(request.user), **pages(page, more=more_agents or more_late or more_undone),
        "sums": {name: sum(getattr(one, name) for one in found) for name in ("due", "made", "refused", "withdrawn", "unknown")},
        "at_work": sum(1 for one in everyone if one.customer_id), "open": sum(one.call_backs_open for one in everyone),
        "overdue": sum(one.call_backs_overdue for one in everyone),
    })  # fmt: skip


@needs("queue.see")
def queue(request: HttpRequest) -> HttpResponse:
    """The customers of one queue, most urgent first."""
    segment, channel = request.GET.get("segment", "")[:200], request.GET.get("channel", "")[:20]
    page = page_of(request, queues.PAGES_MAX)
    with desk().connection() as connection:
        today = today_of(connection)
        rows, more = queues.waiting_in(connection, today.published, segment, channel, today.now, page)
    record_list(request.user.username, "queue", len(rows), segment=segment, channel=channel, page=page)
    agents = queues.workers()
    forms: dict[str, Any] = {
        "assign_form": AssignForm(agents), "place_form": PlaceForm(), "top_form": TopForm(agents),
        "may_assign": request.user.has_perm("queue.assign"), "may_place": request.user.has_perm("placement.make"),
    }  # fmt: skip
    return render(request, "supervisor/queue.html", {
        "today": today, "segment": segment, "channel": channel, "rows": rows, "page": page,
        "after": page + 1 if more and page < queues.PAGES_MAX else None, "before": page - 1,
        "query": f"{urlencode({'segment': segment, 'channel': channel})}&", **forms,
    })  # fmt: skip
