"""The pages of errors."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page(request, 403, _("This is not yours to see."), _("Who may is decided by your role; ask an administrator."))


def no_token(request: HttpRequest, reason: str = "") -> HttpResponse:
    return _page(request, 403, _("The page was open for too long."), _("Open it again and repeat what you did."))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page(request, 404, _("There is no such page."), _("Look at the address, or begin at the first page."))


def failed(request: HttpRequest) -> HttpResponse:
    return _page(
        request, 500, _("Something went wrong here."), _("Nothing was changed. Try again; if it stays so, tell IT when.")
    )


def locked_out(request: HttpRequest, credentials: dict[str, Any] | None = None, *args: Any) -> HttpResponse:
    return _page(
        request, 429, _("Too many wrong passwords."),
        _("The name is locked for a quarter of an hour; an administrator can open it sooner."),
    )  # fmt: skip


def _page(request: HttpRequest, status: int, what: str, remedy: str) -> HttpResponse:
    return render(request, "desk/error.html", {"what": what, "remedy": remedy}, status=status)
