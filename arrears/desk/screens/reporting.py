"""The day's report as `arrears report` wrote it, for those who see figures."""

from __future__ import annotations

from datetime import date

from django.http import FileResponse, Http404, HttpRequest, HttpResponse

from arrears.desk.current import desk
from arrears.desk.screens.access import needs

POLICY = (
    "sandbox allow-scripts; default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval'; style-src 'unsafe-inline'; "
    "img-src data:"
)
"""The page brings its own script and style; in a sandbox it reaches nothing of the desk."""


@needs("figures.see")
def report(request: HttpRequest, day: str) -> HttpResponse:
    """The report of a day."""
    try:
        path = desk().workspace / "report" / f"date={date.fromisoformat(day)}" / "index.html"
        page = path.open("rb")
    except (ValueError, FileNotFoundError):
        raise Http404 from None
    return FileResponse(page, content_type="text/html; charset=utf-8", headers={"Content-Security-Policy": POLICY})
