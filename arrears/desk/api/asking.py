"""What every address of the API has in common: its answers, its key, whom it is about."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any

from ninja import Header, Path

from arrears.desk.api.access import ID, Caller
from arrears.desk.api.answers import ErrorOut
from arrears.desk.api.errors import ApiError, of_desk
from arrears.desk.api.models import KEY_MAX
from arrears.desk.api.values import INT64_MAX
from arrears.desk.ledger.appending import Connection
from arrears.desk.people import rights
from arrears.desk.people.recording import record_list
from arrears.errors import StoreError

READ_FAULTS = frozenset({401, 403, 404, 422, 500, 503})
WRITE_FAULTS = READ_FAULTS | {400, 409, 413}
CustomerId = Annotated[str, Path(pattern=f"^{ID}$", description="The bank's id of the customer.")]
RowId = Annotated[int, Path(ge=1, le=INT64_MAX)]
Key = Annotated[
    str, Header(
        alias="Idempotency-Key", min_length=1, max_length=KEY_MAX, pattern=r"^[!-~]+$",
        description="Of this request alone, such as a UUID. Repeated within 24 hours it gets the first answer again.",
    )
]  # fmt: skip


def read(answer: Any) -> dict[Any, Any]:
    """The answers of an address that reads."""
    return {200: answer, READ_FAULTS: ErrorOut}


def written(answer: Any) -> dict[Any, Any]:
    """The answers of one that writes."""
    return {200: answer, WRITE_FAULTS: ErrorOut}


def seen(caller: Caller, customer_id: str) -> str | None:
    """A customer's id, for owners who may see every case; None for others, and where there is none."""
    return rights.seen(caller.user, customer_id)


def looked(caller: Caller, subject: str, rows_n: int, **detail: Any) -> None:
    """Put on the record that a token's owner read a list about customers."""
    record_list(caller.actor, f"api {subject}", rows_n, token=caller.token.pk, **detail)


@contextmanager
def said_of(field: str) -> Iterator[None]:
    """Of which field the desk refuses something, where it would name what was sent."""
    try:
        yield
    except StoreError as error:
        refused = of_desk(error)
        raise ApiError(refused.status, refused.what, where=field, remedy=refused.remedy) from None


def require_customer(connection: Connection, customer_id: str) -> None:
    """Raise `ApiError` where nobody of that id was ever published."""
    if connection.execute("SELECT 1 FROM customer WHERE customer_id = %s", [customer_id]).fetchone() is None:
        raise ApiError(404, "there is no such customer", where="customer_id", remedy="give an id of a published plan")


def require_theirs(connection: Connection, table: str, column: str, number: int, customer_id: str) -> None:
    """Raise `ApiError` where a row is another customer's: the right was asked for this one."""
    row = connection.execute(f"SELECT customer_id FROM {table} WHERE {column} = %s", [number]).fetchone()
    if row is None or row[0] != customer_id:
        raise ApiError(404, "this customer has nothing of that number", where=column, remedy="read the case again")
