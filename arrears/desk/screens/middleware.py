"""What holds of every request."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from django.contrib.auth import logout
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _

from arrears.desk.configuring import SESSION_LONGEST_SECONDS
from arrears.desk.people.recording import record
from arrears.desk.repeating import broken_off
from arrears.desk.saying import on_page
from arrears.errors import ArrearsError, StoreError

Handler = Callable[[HttpRequest], HttpResponse]
SEEN_EVERY_SECONDS = 60
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
log = logging.getLogger("arrears.desk")


class Headers:
    """No script, style or picture from elsewhere; nothing with a customer in it is kept by a browser."""

    def __init__(self, handler: Handler) -> None:
        self.handler = handler

    def __call__(self, request: HttpRequest) -> HttpResponse:
        began = time.perf_counter()
        response = self.handler(request)
        response.headers["Server-Timing"] = f"desk;dur={(time.perf_counter() - began) * 1000:.1f}"
        response.headers.setdefault("Content-Security-Policy", POLICY)
        response.headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
        if not request.path.startswith("/static/"):
            response.headers.setdefault("Cache-Control", "no-store")
        return response


class SessionLimits:
    """A session ends after a quarter of an hour without a request, after ten hours, and when its user signs in elsewhere."""

    def __init__(self, handler: Handler) -> None:
        self.handler = handler

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            now = time.time()
            session = request.session
            over = now - session.setdefault("started", now) > SESSION_LONGEST_SECONDS
            if over or session.session_key != request.user.session_key:
                record(request.user.username, "sign_out", subject="too long" if over else "signed in elsewhere")
                logout(request)
                return redirect("sign-in")
            if now - session.get("seen", 0) > SEEN_EVERY_SECONDS:
                session["seen"] = now
        return self.handler(request)


class Language:
    """The user's own language; before they sign in, the browser's. The API's is English, whoever asks."""

    def __init__(self, handler: Handler) -> None:
        self.handler = handler

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        wanted = request.session.get("language") or (user.language if user.is_authenticated else "")
        language = {"zh": "zh-hans", "en": "en"}.get(wanted) or translation.get_language_from_request(request)
        language = "en" if request.path.startswith("/api/") else language
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.handler(request)
            response.headers.setdefault("Content-Language", language)
            return response


class PlainErrors:
    """What we refuse is told in one line on the page it came from; what we did not foresee is logged without its values."""

    def __init__(self, handler: Handler) -> None:
        self.handler = handler

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.handler(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, (PermissionDenied, Http404)):
            return None  # pages of their own, and a refusal is on the record
        if broken_off(error) and not request.path.startswith("/api/"):
            error = StoreError(_("it met another change of the same customer"), remedy=_("nothing was changed; do it again"))
        if not isinstance(error, ArrearsError):
            log.error(
                "%s %s: %s", request.method, request.resolver_match and request.resolver_match.view_name, type(error).__name__
            )
            return None
        if request.path.startswith("/api/"):
            return None
        return render(
            request, "desk/refused.html", {"error": on_page(error), "back": request.headers.get("Referer", "/")}, status=422
        )
