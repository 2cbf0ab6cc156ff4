"""The pages of the manager."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from arrears.desk.screens.access import needs


@needs("figures.see")
def home(request: HttpRequest) -> HttpResponse:
    return render(request, "manager/home.html")
