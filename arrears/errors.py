"""Errors that a reader can act on: what went wrong, where, and what to do, in one line.

Every error that may reach a user derives from `ArrearsError`. It is raised with fields and rendered to one line at the edge
(`arrears.cli`); it never carries personal data.
"""

from __future__ import annotations

from arrears.saying import in_one_line, said


class ArrearsError(Exception):
    """Something a user can mend.

    `what` says what is wrong, `where` the file, row, column, rule or command it was seen at, `remedy` what to do next.
    """

    exit_code = 1

    def __init__(self, what: str, *, where: str = "", remedy: str = "") -> None:
        self.what, self.where, self.remedy = what, where, remedy
        super().__init__(self.line())

    def line(self, language: str = "en") -> str:
        """The error as one line: `where: what; remedy`."""
        return in_one_line(self.where, self.what, self.remedy, language)


class UsageError(ArrearsError):
    """The command was called with words it cannot act on."""

    exit_code = 2


class FeedError(ArrearsError):
    """A feed file breaks its contract as a whole; nothing of the day was taken in."""


class BookError(ArrearsError):
    """The book cannot be carried to the date asked for (a gap, a newer format, a changed input)."""


class PlaybookError(ArrearsError):
    """A playbook that does not validate; `where` is file and line."""


class LawError(ArrearsError):
    """A law pack or a case that does not validate; `where` is pack and rule, or the key of the case."""


class CardError(ArrearsError):
    """A card case that does not validate or cannot be computed; `where` is the key of the case."""


class ConfigError(ArrearsError):
    """`bank.toml` does not validate; `where` is file and key."""


class CalendarError(ArrearsError):
    """A calendar that is not loaded: the country or region is unknown, or the year's days are not known for certain."""

    def __init__(self, what: str, *, country: str, year: int | None, remedy: str) -> None:
        self.country, self.year = country, year
        super().__init__(what, where=said("calendar of {country}", country=country), remedy=remedy)


class PlaceError(ArrearsError):
    """A number or address that tells no place; it never carries the number itself, which is personal."""


class StoreError(ArrearsError):
    """The database cannot be reached, started, migrated or written; nothing was half done."""


class LedgerError(ArrearsError):
    """The ledger is not what was once written: an entry was changed, left out or put elsewhere."""
