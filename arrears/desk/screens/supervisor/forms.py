"""What supervisors fill in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from arrears.desk.cases.words import MATTER_OUTCOMES
from arrears.desk.people.models import User
from arrears.desk.plan.models import CUSTOMER_ID_MAX
from arrears.desk.screens.codes import said
from arrears.desk.screens.fields import Day
from arrears.desk.work.assigning import ASSIGNED_MAX, may_be_given
from arrears.desk.work.placing import agencies
from arrears.desk.work.quality import CRITERIA, PER_AGENT_MAX, REMARK_MAX, SEED_MAX
from arrears.desk.work.words import WRITE_OFF_REASONS


def named(users: Sequence[User]) -> list[tuple[str, str]]:
    """Users as a form's choices."""
    return [(one.username, f"{one.name} ({one.username})" if one.name != one.username else one.username) for one in users]


class AssignForm(forms.Form):
    """To whom."""

    def __init__(self, users: Sequence[User], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs, prefix="assign")
        self.fields["agent"] = forms.ChoiceField(label=_("Agent"), choices=named([one for one in users if may_be_given(one)]))


class HandOverForm(forms.Form):
    """All that somebody has, and to whom."""

    def __init__(self, users: Sequence[User], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs, prefix="over")
        self.fields["whose"] = forms.ChoiceField(label=_("All that this agent has"), choices=named(users))
        self.fields["agent"] = forms.ChoiceField(label=_("goes to"), choices=named(users))


class TopForm(forms.Form):
    """So many of the top, and to whom."""

    def __init__(self, users: Sequence[User], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs, prefix="top")
        self.fields["number"] = forms.IntegerField(
            label=_("Customers from the top who are nobody's"), min_value=1, max_value=ASSIGNED_MAX, initial=10
        )
        self.fields["agent"] = forms.ChoiceField(label=_("Agent"), choices=named([one for one in users if may_be_given(one)]))


class PlaceForm(forms.Form):
    """With which agency, and until when."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs, prefix="place")
        self.fields["agency"] = forms.ChoiceField(label=_("Agency"), choices=[(one, one) for one in agencies()])
        self.fields["until"] = Day(label=_("Last day, where there is one"), required=False)


class DrawForm(forms.Form):
    """A sample."""

    def __init__(self, users: Sequence[User], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs, prefix="draw")
        every = [("", _("every agent")), *named(users)]
        self.fields["agent"] = forms.ChoiceField(label=_("Of"), choices=every, required=False)
        self.fields["first"] = Day(label=_("From"))
        self.fields["last"] = Day(label=_("To"))
        self.fields["each"] = forms.IntegerField(label=_("Of each agent"), min_value=1, max_value=PER_AGENT_MAX, initial=3)
        self.fields["seed"] = forms.IntegerField(
            label=_("Seed, to draw a sample again"), min_value=0, max_value=SEED_MAX, required=False
        )


class CheckForm(forms.Form):
    """The card: every criterion 0, 1 or 2."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs, prefix="check")
        marks = [("2", _("met")), ("1", _("partly")), ("0", _("not met"))]
        for name, label in said(CRITERIA):
            key = {"data-key": "m"} if name == next(iter(CRITERIA)) else {}
            self.fields[name] = forms.TypedChoiceField(
                label=label.capitalize(), choices=marks, coerce=int, widget=forms.RadioSelect(attrs=key)
            )
        self.fields["remark"] = forms.CharField(
            label=_("Remark for the agent; nothing about the customer"), required=False, max_length=REMARK_MAX,
            widget=forms.Textarea(attrs={"rows": 3}),
        )  # fmt: skip

    @property
    def criteria(self) -> list[Any]:
        """The fields of the criteria."""
        return [self[name] for name in CRITERIA]


class CloseForm(forms.Form):
    """What came of a dispute, a complaint or a request for help."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["outcome"] = forms.ChoiceField(label=_("Outcome"), choices=said(MATTER_OUTCOMES))


class WriteOffForm(forms.Form):
    """A proposal to write off. The sum is read once the customer's currency is known."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs, prefix="off")
        self.fields["customer"] = forms.CharField(label=_("Customer"), max_length=CUSTOMER_ID_MAX)
        self.fields["amount"] = forms.CharField(
            label=_("Sum, in the customer's currency"), max_length=20,
            widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        )  # fmt: skip
        self.fields["reason"] = forms.ChoiceField(label=_("Why"), choices=said(WRITE_OFF_REASONS))
