"""What compliance officers ask the record for."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from arrears.desk.plan.models import CUSTOMER_ID_MAX
from arrears.desk.screens.codes import choices_of
from arrears.desk.screens.fields import Day


class Asked(forms.Form):
    """What to look for; everything is optional."""

    actor = forms.CharField(label=_("Person"), max_length=64, required=False)
    customer = forms.CharField(label=_("Customer"), max_length=CUSTOMER_ID_MAX, required=False)
    kind = forms.ChoiceField(label=_("Kind"), required=False)
    first = Day(label=_("From"), required=False)
    last = Day(label=_("To"), required=False)

    def __init__(self, *args: Any, may_name: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_name:  # somebody who sees no case asks for no customer
            del self.fields["customer"]
        self.fields["kind"].choices = [("", _("all")), *choices_of("record")]
        self.fields["actor"].widget.attrs["data-key"] = "f"
