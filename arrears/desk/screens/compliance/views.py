"""The pages of the compliance."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from arrears.desk.screens.access import needs


@needs("conduct.see")
def home(request: HttpRequest) -> HttpResponse:
    return render(request, "compliance/home.html")


@needs("law.see")
def law(request: HttpRequest) -> HttpResponse:
    return render(request, "compliance/law.html")


@needs("record.see")
def record(request: HttpRequest) -> HttpResponse:
    return render(request, "compliance/record.html")
