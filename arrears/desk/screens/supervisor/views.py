"""The pages of the supervisor."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from arrears.desk.screens.access import needs


@needs("queue.see")
def home(request: HttpRequest) -> HttpResponse:
    return render(request, "supervisor/home.html")


@needs("quality.check")
def quality(request: HttpRequest) -> HttpResponse:
    return render(request, "supervisor/quality.html")


@needs("matter.close")
def matters(request: HttpRequest) -> HttpResponse:
    return render(request, "supervisor/matters.html")
