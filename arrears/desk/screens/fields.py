"""What forms and addresses of several roles read: sums, days, numbers; and how what was wrong in a form is told."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.contrib import messages
from django.core.validators import MaxValueValidator, MinValueValidator
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from arrears.desk.paging import PAGES_MAX
from arrears.money import ENTERED_MAX_MINOR, minor_digits

AMOUNT_MAX_MINOR = ENTERED_MAX_MINOR
DIGITS_MAX = 18
"""Of a row's number in an address: what int64 certainly holds."""
WRONG_SUM = _("Write a sum as 1234.56.")


class Day(forms.DateField):
    """A date of this century: sums with others stay within the calendar."""

    default_validators = (MinValueValidator(date(2000, 1, 1)), MaxValueValidator(date(2099, 12, 31)))

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class Money(forms.CharField):
    """`1,234.56` as 123456 minor units of a currency."""

    def __init__(self, currency: str, **kwargs: Any) -> None:
        super().__init__(max_length=20, **kwargs)
        self.currency = currency
        self.widget.attrs |= {"inputmode": "decimal", "autocomplete": "off"}

    def clean(self, value: Any) -> int:
        minor = minor_of(str(super().clean(value)) or "0", self.currency)
        if minor is None:
            raise forms.ValidationError(WRONG_SUM)
        return minor


def minor_of(text: str, currency: str) -> int | None:
    """`1,234.56` as minor units; None where it is no sum, or one beyond `AMOUNT_MAX_MINOR`."""
    plain = text.replace(",", "").replace("\N{FULLWIDTH COMMA}", "").strip()
    try:
        minor = Decimal(plain).scaleb(minor_digits(currency))
    except InvalidOperation:
        return None
    whole = minor.is_finite() and minor == minor.to_integral_value()
    return int(minor) if whole and 0 <= minor <= AMOUNT_MAX_MINOR else None


def typed(amount_minor: int, currency: str) -> str:
    """Minor units as people type them: `1234.56`."""
    return f"{Decimal(amount_minor).scaleb(-minor_digits(currency)):f}"


def number_of(text: str | None) -> int | None:
    """A row's number in an address or a form; None where it is not one."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) <= DIGITS_MAX else None


def page_of(request: HttpRequest, last: int = PAGES_MAX) -> int:
    """The number of the page asked for, 1 to `last`."""
    text = request.GET.get("page", "1")
    return min(max(int(text), 1), last) if text.isascii() and text.isdigit() and len(text) < 6 else 1


def pages(page: int, *, more: bool) -> dict[str, int | None]:
    """What `desk/pages.html` shows: this page, the one before, and the one after where more follow."""
    return {"page": page, "before": page - 1, "after": page + 1 if more and page < PAGES_MAX else None}


def tell_errors(request: HttpRequest, form: forms.Form) -> None:
    """What was wrong in a form, as messages of the page that comes next."""
    for name, errors in form.errors.items():
        label = form.fields[name].label if name in form.fields else ""
        messages.error(request, f"{label}: {' '.join(errors)}" if label else " ".join(errors))
