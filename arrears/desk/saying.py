"""What the desk refuses, in its reader's words: in their language, and on a page without what only a command line has.

Errors of the desk are made in the language of whoever is answered: of a page's reader. Those of the rooms below are made in
English, with what it takes to say them again (`arrears.saying`). Commands and the API choose no language, and get English.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple, Protocol

from django.conf import settings
from django.utils.translation import get_language, gettext, override

from arrears.saying import in_language, in_one_line


def gettext_noop(text: str) -> str:
    """Marks a text for the catalogue; Django's wants settings, which are not there yet when this is imported."""
    return text


OPTIONS = {
    "--amount": gettext_noop("sum"), "--as": gettext_noop("level of the approver"), "--at": gettext_noop("time"),
    "--by": gettext_noop("approver"), "--customer": gettext_noop("customer"), "--due": gettext_noop("day"),
    "--close": gettext_noop("task"),
    "--open": gettext_noop("what is to be done"), "--agent": gettext_noop("who does it"),
    "--end": gettext_noop("state that ends"), "--evidence": gettext_noop("evidence"),
    "--first-due": gettext_noop("first due date"), "--flag": gettext_noop("state"),
    "--id": gettext_noop("number of the payment"),
    "--matter": gettext_noop("matter"), "--outcome": gettext_noop("outcome"), "--plan": gettext_noop("plan"),
    "--reason": gettext_noop("reason"), "--until": gettext_noop("last day"), "until": gettext_noop("last day"),
}  # fmt: skip
"""What a command's options and an answer's keys are called on a page."""
CASE_AGAIN = gettext_noop("look at the case again")
INSTEAD = {
    "arrears case": CASE_AGAIN, "arrears publish": gettext_noop("have the day's plan published"),
    "arrears run": gettext_noop("have the day run first"),
}  # fmt: skip
"""What readers without a command line do where the remedy is a command alone."""
SUMS = {"give minor units: 12345 for 123.45": gettext_noop("give a sum above nothing")}
"""A page takes sums as people write them."""
CODES = (
    gettext_noop("collector"), gettext_noop("supervisor"), gettext_noop("manager"),
    gettext_noop("to_approve"), gettext_noop("approved"), gettext_noop("performing"), gettext_noop("completed"),
    gettext_noop("breached"), gettext_noop("declined"),
    gettext_noop("plan"), gettext_noop("write_off"), gettext_noop("strategy"), gettext_noop("policy"),
    gettext_noop("user_new"), gettext_noop("user_roles"), gettext_noop("user_reset"), gettext_noop("user_open"),
    gettext_noop("token"), gettext_noop("user.approve"), gettext_noop("token.approve"),
    gettext_noop("plan.approve"), gettext_noop("write_off.approve"), gettext_noop("strategy.approve"),
    gettext_noop("policy.approve"),
    gettext_noop("matter"), gettext_noop("dispute"), gettext_noop("complaint"), gettext_noop("hardship"),
    gettext_noop("plan_performing"),
)  # fmt: skip
"""Those that are said within an error: in English as they are."""


class Tellable(Protocol):
    """An error, or a finding of a checker."""

    @property
    def where(self) -> str: ...

    @property
    def what(self) -> str: ...

    @property
    def remedy(self) -> str: ...


class Told(NamedTuple):
    """An error as a page tells it."""

    where: str
    what: str
    remedy: str

    @property
    def line(self) -> str:
        """All of it in one line, with the language's own stops."""
        return in_one_line(self.where, self.what, self.remedy, language())


def language() -> Literal["en", "zh"]:
    """Of the reader, as this request is answered."""
    return "zh" if settings.configured and (get_language() or "").startswith("zh") else "en"


class Worded(str):
    """What the desk says, in the language of whoever was answered then; it can be said again to somebody else."""

    template: str = ""
    values: Mapping[str, Any] = {}

    def format(self, /, **values: object) -> str:  # type: ignore[override]  # values have names here
        """Filled with its values, which it remembers."""
        return _worded(str.format(self, **values), self.template, values)

    def again(self) -> str:
        """In the language of whoever is answered now."""
        text = _translated(self.template)
        return text.format(**{name: _again(value) for name, value in self.values.items()}) if self.values else text


def _worded(text: str, template: str, values: Mapping[str, Any]) -> Worded:
    found = Worded(text)
    found.template, found.values = template, values
    return found


def _again(value: Any) -> Any:
    return readers(value) if isinstance(value, str) else value


def _translated(text: str) -> str:
    return str(gettext(text)) if settings.configured else text


def readers(text: str) -> str:
    """What the desk or a room below said, in the language of whoever is answered now."""
    return text.again() if isinstance(text, Worded) else in_language(text, language())


def in_both(error: Tellable) -> dict[str, str]:
    """An error as a page tells it, in one line a language, for whoever reads it later."""
    found = {}
    for name, code in (("en", "en"), ("zh", "zh-hans")):
        with override(code):
            found[name] = on_page(error).line
    return found


def _(text: str) -> str:
    """A text in the language of whoever is answered; as it is where Django is not set up yet, as before a store is open."""
    return _worded(_translated(text), text, {})


def on_page(error: Tellable) -> Told:
    """An error in the words of somebody in a browser."""
    where = _(OPTIONS[error.where]) if error.where in OPTIONS else readers(error.where)
    remedy = _(SUMS[error.remedy]) if error.remedy in SUMS else without_command(readers(error.remedy))
    return Told(where, readers(error.what), remedy)


def without_command(remedy: str) -> str:
    """A remedy for somebody who has no command line: the words before a command, or what is done instead of it."""
    before, command, after = remedy.partition("arrears ")
    begins = before.removesuffix(": ")
    if not command or (before and begins == before):  # it names the program, or there is nothing to run
        return remedy
    if begins not in ("", "see"):
        return begins + ")" * (begins.count("(") - begins.count(")"))  # a command in brackets goes with its bracket
    return next((_(words) for start, words in INSTEAD.items() if (command + after).startswith(start)), "")
