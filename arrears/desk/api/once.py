"""A request is carried out once: whoever repeats it under the same key gets the first answer again.

What it does and the answer to it are one transaction. Where the process died in between, neither is there, and the request is
carried out when it is repeated; there is no third case. Where the database broke it off for the sake of another, it is begun
again here, a few times.

Rooms that write by Django's models do so on Django's own connection. A request that needs them runs on it as a whole (`orm`),
so that the same holds: on two connections the deed could stand without its answer, and one could wait for a row that the other
holds, which the database does not see as a deadlock.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from django.db import connection as django_connection
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from pydantic import BaseModel

from arrears.desk.api.access import Caller
from arrears.desk.api.errors import ApiError, of_desk
from arrears.desk.current import desk
from arrears.desk.ledger.appending import Connection
from arrears.desk.repeating import repeated
from arrears.errors import ArrearsError

HOURS = 24
"""So long an answer is kept."""
CLEARED = 20
"""Answers too old, thrown away with each new one."""
REPLAYED = "Idempotency-Replayed"

_LOCK = "SELECT pg_try_advisory_xact_lock(%s)"
_KNOWN = f"""SELECT digest, status, body FROM api_answered
WHERE token_id = %s AND key = %s AND at > clock_timestamp() - interval '{HOURS} hours'"""
_KEEP = """INSERT INTO api_answered (token_id, key, digest, status, body) VALUES (%s, %s, %s, %s, %s)
ON CONFLICT (token_id, key) DO UPDATE SET digest = excluded.digest, status = excluded.status, body = excluded.body,
    at = excluded.at"""
_CLEAR = f"""DELETE FROM api_answered WHERE answered_id IN (SELECT answered_id FROM api_answered
WHERE at < clock_timestamp() - interval '{HOURS} hours' ORDER BY at LIMIT {CLEARED} FOR UPDATE SKIP LOCKED)"""


def once(
    request: HttpRequest, key: str, answer: type[BaseModel], act: Callable[[Connection, Caller], dict[str, Any]], *,
    orm: bool = False,
) -> HttpResponse:  # fmt: skip
    """Carry a request out, or give the answer that it got; raises `ApiError` for a key that another request has or is using.

    `orm`: `act` writes by Django's models, and gets Django's own connection; what it reads as `jsonb` there is text.
    """
    caller: Caller = request.auth
    digest = hashlib.sha256("\n".join((request.method, request.get_full_path(), "")).encode() + request.body).hexdigest()

    def whole(connection: Connection) -> HttpResponse:
        with _whole(connection, orm=orm):
            _require_alone(connection, caller, key)
            known = connection.execute(_KNOWN, [caller.token.pk, key]).fetchone()
            if known is not None:
                return _again(known[0] == digest, int(known[1]), str(known[2]))
            status, body = _answered(connection, caller, answer, act, orm=orm)
            connection.execute(_KEEP, [caller.token.pk, key, digest, status, body])
        return HttpResponse(body, content_type="application/json", status=status)

    with _opened(orm=orm) as connection:
        response = repeated(lambda: whole(connection))
        if REPLAYED not in response.headers:
            connection.execute(_CLEAR)
    return response


@contextmanager
def _opened(*, orm: bool) -> Iterator[Connection]:
    """Django's own connection, or one of the desk's."""
    if orm:
        django_connection.ensure_connection()
        yield django_connection.connection
        return
    with desk().connection() as connection:
        yield connection


def _whole(connection: Connection, *, orm: bool) -> AbstractContextManager[Any]:
    """A transaction, or within one a part that can be taken back; Django's own connection counts them by itself."""
    return transaction.atomic() if orm else connection.transaction()


def _answered(
    connection: Connection, caller: Caller, answer: type[BaseModel], act: Callable[[Connection, Caller], dict[str, Any]], *,
    orm: bool,
) -> tuple[int, str]:  # fmt: skip
    """What is refused is an answer too; nothing of it is left in the database."""
    try:
        with _whole(connection, orm=orm):
            return 200, answer.model_validate(act(connection, caller)).model_dump_json()
    except ApiError as error:
        return error.status, error.as_json()
    except ArrearsError as error:
        refused = of_desk(error)
        return refused.status, refused.as_json()


def _require_alone(connection: Connection, caller: Caller, key: str) -> None:
    """Hold the key to the end of the transaction; raise `ApiError` where another request does."""
    hashed = hashlib.sha256(f"{caller.token.pk} {key}".encode()).digest()
    row = connection.execute(_LOCK, [int.from_bytes(hashed[:8], "big", signed=True)]).fetchone()
    if row is None or not row[0]:
        raise ApiError(
            409, "a request under this key is being carried out", where="Idempotency-Key",
            remedy="wait a second, then send it again under the same key",
        )  # fmt: skip


def _again(same: bool, status: int, body: str) -> HttpResponse:
    if not same:
        raise ApiError(
            422, "another request came under this key", where="Idempotency-Key", remedy="give each request a key of its own"
        )
    return HttpResponse(body, content_type="application/json", status=status, headers={REPLAYED: "true"})
