"""Who may open a page: somebody signed in with both factors who has the right, and every refusal is on the record."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, NoReturn

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from arrears.desk.current import desk
from arrears.desk.people.recording import record
from arrears.desk.people.roles import Right
from arrears.desk.plan.models import CUSTOMER_ID_MAX

View = Callable[..., HttpResponse]


def let_in(user: Any) -> bool:
    """Whether they are signed in with all the factors that this desk asks for."""
    verified = getattr(user, "is_verified", bool)  # absent where something failed before it was looked up
    return bool(user.is_authenticated and (verified() or desk().one_factor))


def refuse(request: HttpRequest, customer_id: str, *rights: Right) -> NoReturn:
    """Show them nothing, and put it on the record."""
    record(request.user.username, "refused", customer_id=customer_id[:CUSTOMER_ID_MAX], subject=" ".join(rights))
    raise PermissionDenied


def needs(*rights: Right) -> Callable[[View], View]:
    """A page for those who have any of these rights; where the address names a `customer_id`, on this customer."""

    def decorated(view: View) -> View:
        @functools.wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            user = request.user
            if not user.is_authenticated:
                return redirect("sign-in")
            if not let_in(user):
                return redirect("second-factor")
            if user.must_change_password:
                return redirect("new-password")
            about = kwargs.get("customer_id")
            if not any(user.has_perm(right, about) for right in rights):
                refuse(request, about or "", *rights)
            return view(request, *args, **kwargs)

        guarded.rights = rights  # type: ignore[attr-defined]
        return guarded

    return decorated
