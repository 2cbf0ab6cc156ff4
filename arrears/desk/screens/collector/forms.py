"""What people fill in on a case. Sums are typed as money and read as minor units; dates and times are the customer's own."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from arrears.desk.cases.states import BY_HAND, REFERENCE
from arrears.desk.dispatch.telling import INBOUND_OUTCOMES
from arrears.desk.screens.codes import choices_of
from arrears.desk.screens.fields import Day, Money


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
        choices = [one for one in choices_of("reason") if one[0]]
        self.fields["reason"] = forms.ChoiceField(label=_("Why they fell behind"), choices=choices)


class MatterForm(forms.Form):
    """A dispute, a complaint or a request for help."""

    def __init__(self, accounts: list[str], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs, prefix="matter")
        self.fields["kind"] = forms.ChoiceField(label=_("What they raise"), choices=choices_of("matter"))
        every = [("", _("all cards")), *((one, one) for one in accounts)]
        self.fields["account"] = forms.ChoiceField(label=_("About"), choices=every, required=False)


class StateForm(forms.Form):
    """A state that protects the customer or changes who is spoken to."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs, prefix="state")
        words = dict(choices_of("state"))
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


class TaskForm(forms.Form):
    """Something to be done on the case by a day."""

    def __init__(self, agents: list[str], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs, prefix="task")
        self.fields["action"] = forms.ChoiceField(label=_("What is to be done"), choices=choices_of("task"))
        self.fields["due"] = Day(label=_("Due by"))
        every = [("", _("myself")), *((one, one) for one in agents)]
        self.fields["agent"] = forms.ChoiceField(label=_("Who does it"), choices=every, required=False)


class InboundForm(forms.Form):
    """The customer reached us."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs, prefix="inbound")
        self.fields["channel"] = forms.ChoiceField(label=_("How they reached us"), choices=choices_of("channel"))
        spoken = [one for one in choices_of("outcome") if one[0] in INBOUND_OUTCOMES]
        self.fields["outcome"] = forms.ChoiceField(label=_("What came of it"), choices=spoken)


class DocumentForm(forms.Form):
    """A document that belongs to the case."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs, prefix="document")
        self.fields["kind"] = forms.ChoiceField(label=_("What it is"), choices=choices_of("document"))
        self.fields["file"] = forms.FileField(label=_("PDF, PNG or JPEG, up to 5 MB"), allow_empty_file=True)
