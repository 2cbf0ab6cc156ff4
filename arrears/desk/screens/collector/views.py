"""The pages of the collector."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from arrears.desk.screens.access import needs


@needs("case.work")
def next_(request: HttpRequest) -> HttpResponse:
    return render(request, "collector/next.html")


@needs("case.visit")
def visits(request: HttpRequest) -> HttpResponse:
    return render(request, "collector/visits.html")


@needs("case.see")
def find(request: HttpRequest) -> HttpResponse:
    return render(request, "collector/find.html")
