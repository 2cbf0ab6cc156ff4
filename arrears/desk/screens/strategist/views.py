"""The pages of the strategist."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from arrears.desk.screens.access import needs


@needs("strategy.see")
def home(request: HttpRequest) -> HttpResponse:
    return render(request, "strategist/home.html")
