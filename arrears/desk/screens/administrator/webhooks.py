"""The page of systems that are told of events: added, closed, and how far each has been told."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from arrears.desk.api.events import EVENTS
from arrears.desk.api.models import NAME_MAX, URL_MAX
from arrears.desk.api.webhooks import all_subscriptions, subscribe, subscription_numbered, unsubscribe, waiting_n
from arrears.desk.current import desk
from arrears.desk.saying import on_page
from arrears.desk.screens.access import needs
from arrears.desk.screens.codes import in_language, said
from arrears.desk.screens.fields import number_of
from arrears.errors import StoreError


class WebhookForm(forms.Form):
    """A system that wants to be told."""

    name = forms.CharField(max_length=NAME_MAX)
    url = forms.CharField(max_length=URL_MAX)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Which system is told")
        self.fields["url"].label = _("Its address, https://...")
        self.fields["events"] = forms.MultipleChoiceField(
            label=_("Of what it is told"), widget=forms.CheckboxSelectMultiple, choices=said(EVENTS)
        )


@require_http_methods(["GET", "POST"])
@needs("token.manage")
def webhooks(request: HttpRequest) -> HttpResponse:
    """Who is told of events; the secret of one that is added is shown once, on this answer alone."""
    actor, secret, form = request.user.username, "", WebhookForm()
    if request.method == "POST" and (number := number_of(request.POST.get("close"))):
        changed = unsubscribe(actor, subscription_numbered(number))
        messages.success(request, _("It is told nothing more.") if changed else _("It was stopped already."))
        return redirect("administrator:webhooks")
    if request.method == "POST" and (form := WebhookForm(request.POST)).is_valid():
        told = form.cleaned_data
        try:
            secret = subscribe(actor, desk().workspace, told["name"], told["url"], told["events"])[1]
            form = WebhookForm()
        except StoreError as error:
            form.add_error(None, on_page(error).line)
    found = all_subscriptions()
    waiting = waiting_n(found)
    rows = [
        {"one": one, "events": ", ".join(in_language(EVENTS[name]) for name in one.events), "waiting_n": waiting[one.pk]}
        for one in found
    ]
    answer = {"rows": rows, "secret": secret, "form": form}
    return render(request, "administrator/webhooks.html", answer, status=400 if form.errors else 200)
