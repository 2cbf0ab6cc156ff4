"""The pages of the administrator."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from arrears.desk.screens.access import needs


@needs("user.manage")
def home(request: HttpRequest) -> HttpResponse:
    return render(request, "administrator/home.html")


@needs("token.manage")
def tokens(request: HttpRequest) -> HttpResponse:
    return render(request, "administrator/tokens.html")
