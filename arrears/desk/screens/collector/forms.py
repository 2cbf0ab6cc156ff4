"""What people fill in on a case. Sums are typed as money and read as minor units; dates and times are the customer's own."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from arrears.desk.cases.states import REFERENCE
from arrears.desk.screens.codes import choices_of
from arrears.feed.contracts import FLAGS
from arrears.money import minor_digits

AMOUNT_MAX_MINOR = 10**13
SPOKEN = ("right_party", "promise", "refused", "left_message")
BY_HAND = tuple(flag for flag in FLAGS if flag not in ("plan_performing", "dispute", "complaint", "hardship"))
"""States that somebody enters; the others come with a matter or a plan."""


def language() -> str:
    """`en` or `zh`, as this request is answered."""
    return "zh" if (get_language() or "").startswith("zh") else "en"


def typed(amount_minor: int, currency: str) -> str:
    """Minor units as people type them: `1234.56`."""
    return f"{Decimal(amount_minor).scaleb(-minor_digits(currency)):f}"


class Money(forms.CharField):
    """`1,234.56` as 123456 minor units of the case's currency."""

    def __init__(self, currency: str, **kwargs: Any) -> None:
        super().__init__(max_length=20, **kwargs)
        self.currency = currency
        self.widget.attrs |= {"inputmode": "decimal", "autocomplete": "off"}

    def clean(self, value: Any) -> int:
        text = str(super().clean(value)).replace(",", "").replace("\N{FULLWIDTH COMMA}", "").strip()
        try:
            minor = Decimal(text or "0").scaleb(minor_digits(self.currency))
        except InvalidOperation:
            raise forms.ValidationError(_("Write a sum as 1234.56.")) from None
        if not minor.is_finite() or minor != minor.to_integral_value() or not 0 <= minor <= AMOUNT_MAX_MINOR:
            raise forms.ValidationError(_("Write a sum as 1234.56."))
        return int(minor)


class Day(forms.DateField):
    """A date."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class PromiseForm(forms.Form):
    """A promise to pay."""

    def __init__(self, currency: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs, prefix="promise")
        self.fields["amount"] = Money(currency, label=_("Sum promised"))
        self.fields["due"] = Day(label=_("By"))


class PlanForm(forms.Form):
    """A plan, and the quote of it."""

    def __init__(self, currency: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs, prefix="plan")
        self.fields["amount"] = Money(currency, label=_("To be repaid"))
        self.fields["months"] = forms.IntegerField(label=_("Months"), min_value=1, max_value=600)
        self.fields["apr"] = forms.DecimalField(label=_("Annual rate, %"), min_value=0, max_value=100, decimal_places=4)
        self.fields["waived"] = Money(currency, label=_("Forgiven besides"), required=False)
        self.fields["first"] = Day(label=_("First instalment"))


class ReasonForm(forms.Form):
    """Why they fell behind."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs, prefix="reason")
        choices = [one for one in choices_of("reason", language()) if one[0]]
        self.fields["reason"] = forms.ChoiceField(label=_("Why they fell behind"), choices=choices)


class MatterForm(forms.Form):
    """A dispute, a complaint or a request for help."""

    def __init__(self, accounts: list[str], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs, prefix="matter")
        self.fields["kind"] = forms.ChoiceField(label=_("What they raise"), choices=choices_of("matter", language()))
        every = [("", _("all cards")), *((one, one) for one in accounts)]
        self.fields["account"] = forms.ChoiceField(label=_("About"), choices=every, required=False)


class StateForm(forms.Form):
    """A state that protects the customer or changes who is spoken to."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs, prefix="state")
        words = dict(choices_of("state", language()))
        self.fields["flag"] = forms.ChoiceField(label=_("State"), choices=[(flag, words.get(flag, flag)) for flag in BY_HAND])
        self.fields["until"] = Day(label=_("Last day, where there is one"), required=False)
        self.fields["evidence"] = forms.RegexField(
            REFERENCE, label=_("Where the evidence is kept: a number"), required=False, max_length=64
        )


class CallBackForm(forms.Form):
    """A call that the customer asks for."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs, prefix="callback")
        self.fields["at"] = forms.DateTimeField(
            label=_("When, by the customer's clock"), input_formats=["%Y-%m-%dT%H:%M"],
            widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        )  # fmt: skip


class InboundForm(forms.Form):
    """The customer reached us."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs, prefix="inbound")
        self.fields["channel"] = forms.ChoiceField(label=_("How they reached us"), choices=choices_of("channel", language()))
        spoken = [one for one in choices_of("outcome", language()) if one[0] in SPOKEN]
        self.fields["outcome"] = forms.ChoiceField(label=_("What came of it"), choices=spoken)


class DocumentForm(forms.Form):
    """A document that belongs to the case."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs, prefix="document")
        self.fields["kind"] = forms.ChoiceField(label=_("What it is"), choices=choices_of("document", language()))
        self.fields["file"] = forms.FileField(label=_("PDF, PNG or JPEG, up to 5 MB"), allow_empty_file=True)
