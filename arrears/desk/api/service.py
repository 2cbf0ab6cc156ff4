"""The API as a whole."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from ninja import NinjaAPI

from arrears.desk.api import (
    approving,
    checking,
    complying,
    contacting,
    deciding,
    figuring,
    filing,
    giving,
    reading,
    working,
    writing,
)
from arrears.desk.api.errors import ApiError, answer_of, handle_errors

api = NinjaAPI(
    title="arrears", version="1", urls_namespace="api", docs_url=None,
    description="What people do at the desk, for other systems. Every error is {error: {what, where, remedy}}.",
)  # fmt: skip
for part in (reading, writing, contacting, filing, working, giving, checking, approving, figuring, complying, deciding):
    api.add_router("", part.router)
handle_errors(api)


@csrf_exempt
def nowhere(request: HttpRequest) -> HttpResponse:
    """Any other address."""
    return answer_of(ApiError(404, "there is no such address", where="path", remedy="see /api/v1/openapi.json"))
