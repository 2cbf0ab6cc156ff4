"""Lists a page at a time: so many rows, and whether more follow."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from django.db.models import Model, QuerySet

PAGE, PAGES_MAX = 50, 1_000
Row = TypeVar("Row")
Found = TypeVar("Found", bound=Model)


def window(page: int, size: int = PAGE) -> tuple[int, int]:
    """Limit and offset of a query for page 1, 2, ...: one row more than is shown, which tells whether more follow."""
    return size + 1, (page - 1) * size


def cut(rows: Sequence[Row], size: int = PAGE) -> tuple[list[Row], bool]:
    """The rows of a page, of those that such a query found, and whether more follow."""
    return list(rows[:size]), len(rows) > size


def page_of_rows(rows: Sequence[Row], page: int, size: int = PAGE) -> tuple[list[Row], bool]:
    """The same of rows that are all at hand."""
    limit, offset = window(page, size)
    return cut(rows[offset : offset + limit], size)


def page_of_set(found: QuerySet[Found], page: int, size: int = PAGE) -> tuple[list[Found], bool]:
    """The same of Django's models."""
    limit, offset = window(page, size)
    return cut(list(found[offset : offset + limit]), size)
