"""Money, codes, times and shares as people read them."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import template
from django.utils.formats import date_format
from django.utils.translation import gettext

from arrears.desk.api.tokens import SCOPES
from arrears.desk.people.approvals import concerned
from arrears.desk.people.masking import masked_contact, masked_name
from arrears.desk.people.models import Approval
from arrears.desk.saying import language, readers
from arrears.desk.screens import codes
from arrears.desk.screens.codes import word_of
from arrears.money import format_minor

register = template.Library()
register.filter("masked_contact", masked_contact)
register.filter("masked_name", masked_name)
register.filter("readers", readers)
register.filter("concerned", concerned)


@register.filter
def money(amount_minor: int | None, currency: str) -> str:
    """Minor units as an amount with its currency: `CNY 1,234.56`."""
    return "" if amount_minor is None else format_minor(int(amount_minor), currency).replace(" ", "\N{NO-BREAK SPACE}")


@register.filter
def code(value: str, kind: str) -> str:
    """A code in the reader's language: `{{ state|code:"state" }}`; one without a word stays as it is."""
    return word_of(kind, str(value))


@register.filter
def subject(text: str) -> str:
    """What an entry of the record is about, with its code in the reader's language; names and numbers stay as they are."""
    about = text.removeprefix("api ")
    code_, _, rest = (about, "", "") if about in codes.CODES["record_subject"] else about.partition(" ")
    kind = "approval_kind" if code_ in codes.CODES["approval_kind"] else "record_subject"
    said = f"{word_of(kind, code_)} {rest}".rstrip()
    return said if about == text else f"API: {said}"


@register.filter
def facts(asked: Approval) -> list[tuple[str, str]]:
    """What was asked for, and what it was before, as pairs of a word and what it says."""
    before = {f"before_{name}": value for name, value in asked.detail.get("before", {}).items()}
    told = {name: value for name, value in asked.detail.items() if name not in ("currency", "before")} | before
    return [
        (word_of("approval_detail", name), _fact(asked, name, value))
        for name, value in told.items()
        if (value != "" or (name == "agency" and before.get("before_agency"))) and (name, value) != ("before_active", True)
    ]


def _fact(asked: Approval, name: str, value: Any) -> str:  # noqa: PLR0911 - a table
    match name:
        case "amount_minor":
            return money(value, asked.detail["currency"])
        case "roles" | "before_roles":
            return _listed([word_of("role", one) for one in value])
        case "scopes":
            return _listed([codes.in_language(SCOPES[one]) if one in SCOPES else one for one in value])
        case "before_active":
            return str(gettext("no"))
        case "agency" if not value:
            return "\N{EN DASH}"
        case "language":
            return word_of("language", value)
        case "reason" if asked.kind == "write_off":
            return word_of("write_off", value)
    return str(value)


def _listed(words: list[str]) -> str:
    return ("\N{IDEOGRAPHIC COMMA}" if language() == "zh" else ", ").join(words)


@register.filter
def fault(told: str) -> str:
    """Why a call to another system was not taken: `timeout`, or `status 500`."""
    name, _, number = told.partition(" ")
    return f"{code(name, 'fault')} {number}".strip()


@register.filter
def why(reason: str) -> str:
    """The plan's reason of a contact, `segment=d31_high;dpd=43`, in words."""
    pairs = [part.partition("=") for part in reason.split(";") if part]
    return " · ".join(f"{code(name, 'why')} {value}".strip() for name, _, value in pairs)


@register.filter
def local(moment: datetime | None, zone: str) -> str:
    """A time by the clock of a zone, `2026-01-24 10:30`."""
    return "" if moment is None else moment.astimezone(ZoneInfo(zone or "UTC")).strftime("%Y-%m-%d %H:%M")


@register.filter
def clock(moment: datetime | None, zone: str) -> str:
    """The time of day by the clock of a zone, `10:30`."""
    return "" if moment is None else moment.astimezone(ZoneInfo(zone or "UTC")).strftime("%H:%M")


@register.filter
def stamp(local_at: str) -> str:
    """A local time as the ledger keeps it, `2026-01-24T10:30:00`, to the minute."""
    return local_at[:16].replace("T", " ")


@register.filter
def percent_bp(share: int | None) -> str:
    """Basis points as a percentage."""
    return "" if share is None else f"{share / 100:.1f}\N{NO-BREAK SPACE}%"


@register.filter
def share_of(part: int, whole: int) -> str:
    """A part of a whole as a percentage; empty where there is no whole."""
    return f"{100 * part / whole:.1f}\N{NO-BREAK SPACE}%" if whole else ""


@register.filter
def day(value: Any) -> str:
    """A date as ISO writes it."""
    return "" if value is None else date_format(value, "Y-m-d")


@register.filter
def in_language(words: tuple[str, str] | dict[str, str]) -> str:
    """Of an (English, Chinese) pair, or a mapping with `en` and `zh`, the reader's."""
    return str(words.get(language(), "")) if isinstance(words, dict) else codes.in_language(words)
