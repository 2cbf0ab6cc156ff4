"""Every error of the API in one form: `{"error": {"what", "where", "remedy"}}`, and never a value that was sent."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from typing import Any

import psycopg
from django.core.exceptions import RequestDataTooBig
from django.db import Error as DjangoError
from django.http import Http404, HttpRequest, HttpResponse, UnreadablePostError
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from psycopg_pool import PoolTimeout

from arrears.desk.keeping import NotKeptError
from arrears.desk.repeating import broken_off
from arrears.desk.saying import CASE_AGAIN, without_command
from arrears.errors import ArrearsError

FIELDS = {
    "--amount": "amount_minor", "--due": "due_on", "--first-due": "first_due_on", "--at": "at", "--customer": "customer_id",
    "--id": "payment_id", "--plan": "plan_id", "--matter": "matter_id", "--by": "owner", "--as": "owner", "--end": "flag",
    "--close": "task_id", "--open": "action", "--agent": "agent",
    "document": "content",
}  # fmt: skip
"""What commands call it, and what the API does."""
NUMBERED = {"user": "agent", "agency": "agency", "check": "check_id", "approval": "approval_id", "write_off": "customer_id"}
"""How errors of these begin that go on with what was sent, and what the API calls it."""
log = logging.getLogger("arrears.desk.api")


class ApiError(Exception):
    """A request that is answered with an error."""

    def __init__(self, status: int, what: str, *, where: str = "", remedy: str = "") -> None:
        self.status, self.what, self.where, self.remedy = status, what, where, remedy
        super().__init__(what)

    def as_json(self) -> str:
        return json.dumps({"error": {"what": self.what, "where": self.where, "remedy": self.remedy}})


def of_desk(error: ArrearsError) -> ApiError:
    """What the desk refuses, in the API's words."""
    named = NUMBERED.get(error.where.partition(" ")[0])
    option = error.where.startswith("--")
    plain = error.where.removeprefix("--").replace("-", "_") if option else error.where
    where = named or ("desk" if plain.startswith("/") else FIELDS.get(error.where, plain))  # no path of the server's
    remedy = without_command(error.remedy)
    status = 404 if isinstance(error, NotKeptError) else 422
    return ApiError(status, error.what, where=where, remedy="read the case again" if remedy == CASE_AGAIN else remedy)


def answer_of(error: ApiError) -> HttpResponse:
    """The answer of an error."""
    response = HttpResponse(error.as_json(), content_type="application/json", status=error.status)
    if error.status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    if error.status == 503:
        response.headers["Retry-After"] = "5"
    return response


def told(request: HttpRequest, error: Any) -> HttpResponse:
    """The answer of whatever went wrong."""
    return answer_of(_of(error))


def _of(error: Exception) -> ApiError:  # noqa: PLR0911 - a table
    match error:
        case ApiError():
            return error
        case ArrearsError():
            return of_desk(error)
        case ValidationError():
            return _invalid(error)
        case AuthenticationError():
            return ApiError(
                401, "no live token came with it", where="Authorization", remedy="send: Authorization: Bearer TOKEN"
            )
        case Http404():
            return ApiError(404, "there is no such address", where="path", remedy="see /api/v1/openapi.json")
        case RequestDataTooBig():
            return ApiError(413, "the body is too long", where="body", remedy="send a megabyte at most")
        case HttpError():
            return ApiError(error.status_code, "the body is no JSON", where="body", remedy="send JSON in UTF-8")
        case UnreadablePostError():
            return ApiError(400, "the body broke off", where="body", remedy="send it again under the same key")
        case Exception() if broken_off(error):
            return ApiError(
                409, "it met another change of the same customer", where="path", remedy="send it again under the same key"
            )
        case psycopg.DataError():
            return ApiError(422, "a value cannot be kept", where="body", remedy="see its bounds in /api/v1/openapi.json")
        case DjangoError(__cause__=psycopg.OperationalError() | psycopg.DataError() as cause):
            return _of(cause)
        case psycopg.OperationalError() | PoolTimeout() | DjangoError():
            log.error("the database does not answer: %s", type(error).__name__)
            return ApiError(503, "the desk is busy", where="desk", remedy="send it again under the same key, in some seconds")
    log.error("unexpected %s", type(error).__name__)
    return ApiError(
        500, "something went wrong here", where="desk", remedy="read the case before you send it again; tell IT when"
    )


def _invalid(error: ValidationError) -> ApiError:
    """The first thing that does not validate: its place and what is wanted, not what was sent."""
    first = error.errors[0]
    place = [str(part) for part in first["loc"]]
    if place[0] == "header":
        return ApiError(
            400, "a request that changes something has a key of its own", where="Idempotency-Key",
            remedy="send 1 to 255 printable letters that no other request of yours has, such as a UUID",
        )  # fmt: skip
    said = str(first["msg"]).removeprefix("Value error, ")
    where = ".".join(part for part in place if part != "told")
    return ApiError(422, said, where=where, remedy="see its bounds in /api/v1/openapi.json")


class OneForm:
    """A method that an address does not take is answered as every error is; the framework's own answer is plain text."""

    def __init__(self, handler: Callable[[HttpRequest], HttpResponse]) -> None:
        self.handler = handler

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.handler(request)
        if response.status_code != 405 or not request.path.startswith("/api/"):
            return response
        allowed = response.headers["Allow"]
        answer = answer_of(ApiError(405, "this address does not take that", where="method", remedy=f"use {allowed}"))
        answer.headers["Allow"] = allowed
        return answer


def handle_errors(api: NinjaAPI) -> None:
    """Give an API these answers."""
    for kind in (
        Exception, ApiError, ArrearsError, ValidationError, AuthenticationError, HttpError, Http404, RequestDataTooBig,
    ):  # fmt: skip
        api.add_exception_handler(kind, told)
