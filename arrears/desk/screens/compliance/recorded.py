"""The record, as compliance looks through it: who saw and decided what, newest first, a page at a time."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from arrears.desk.people.models import Record
from arrears.desk.plan.models import CUSTOMER_ID_MAX
from arrears.desk.screens.codes import choices_of
from arrears.desk.screens.fields import Day

PAGE = 50


class Asked(forms.Form):
    """What to look for; everything is optional."""

    actor = forms.CharField(label=_("Person"), max_length=64, required=False)
    customer = forms.CharField(label=_("Customer"), max_length=CUSTOMER_ID_MAX, required=False)
    kind = forms.ChoiceField(label=_("Kind"), required=False)
    first = Day(label=_("From"), required=False)
    last = Day(label=_("To"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [("", _("all")), *choices_of("record")]
        self.fields["actor"].widget.attrs["data-key"] = "f"


def found(asked: Asked, zone: str, before: int | None) -> tuple[list[Record], bool]:
    """A page of records earlier than `before`, and whether there are more."""
    wanted = asked.cleaned_data if asked.is_valid() else {}
    rows = Record.objects.all()
    if wanted.get("actor"):
        rows = rows.filter(actor=wanted["actor"])
    if wanted.get("customer"):
        rows = rows.filter(customer_id=wanted["customer"])
    if wanted.get("kind"):
        rows = rows.filter(kind=wanted["kind"])
    if wanted.get("first"):
        rows = rows.filter(at__gte=_midnight(wanted["first"], zone))
    if wanted.get("last"):
        rows = rows.filter(at__lt=_midnight(wanted["last"] + timedelta(days=1), zone))
    if before is not None:
        at = Record.objects.filter(record_id=before).values_list("at", flat=True).first()
        rows = rows.none() if at is None else rows.filter(at__lte=at).filter(Q(at__lt=at) | Q(record_id__lt=before))
    page = list(rows.order_by("-at", "-record_id")[: PAGE + 1])
    return page[:PAGE], len(page) > PAGE


def _midnight(day: date, zone: str) -> datetime:
    return datetime.combine(day, datetime.min.time(), ZoneInfo(zone))
