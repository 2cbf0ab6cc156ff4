"""A whole transaction done again where the database broke it off for the sake of another one.

PostgreSQL ends one of two transactions that wait for each other; nothing of it is left, and it is for whoever began it to begin
again. So what is done here must be the transaction as a whole, and nothing besides.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import TypeVar

import psycopg
from django.db import Error as DjangoError

TIMES_MAX = 4
"""The first time included: whoever is broken off so often is told to try it later."""
WAIT_SECONDS = 0.05
"""Before the second time at most; twice as long before each that follows, so that the others can end."""
BROKEN_OFF = (psycopg.errors.DeadlockDetected, psycopg.errors.SerializationFailure)
Answer = TypeVar("Answer")


def broken_off(error: BaseException) -> bool:
    """Whether the database ended a transaction for the sake of another, by Django's own connection or one of the desk's."""
    return isinstance(error, BROKEN_OFF) or (isinstance(error, DjangoError) and isinstance(error.__cause__, BROKEN_OFF))


def repeated(transaction: Callable[[], Answer]) -> Answer:
    """Do a whole transaction, up to `TIMES_MAX` times; raises the database's error where it is broken off each time."""
    for time_n in range(1, TIMES_MAX):
        try:
            return transaction()
        except (*BROKEN_OFF, DjangoError) as error:
            if not broken_off(error):
                raise
        time.sleep(random.uniform(0, WAIT_SECONDS * 2 ** (time_n - 1)))  # noqa: S311 - it keeps two apart, and guards nothing
    return transaction()
