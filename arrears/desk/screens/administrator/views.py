"""The administrator's pages: who may sign in, and as what."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from arrears.desk.api.models import NAME_MAX
from arrears.desk.api.tokens import (
    DAYS_DEFAULT,
    DAYS_MAX,
    SCOPES,
    all_tokens,
    revoke_token,
    state_of,
    token_numbered,
)  # fmt: skip
from arrears.desk.people import accounts, administering
from arrears.desk.people.models import USERNAME, User
from arrears.desk.saying import on_page
from arrears.desk.screens.access import needs
from arrears.desk.screens.codes import choices_of, in_language, said
from arrears.desk.screens.fields import page_of, pages
from arrears.errors import StoreError

PAGE = 50
ASKED = gettext_lazy("Asked: somebody else decides.")
"""Said as text: a message is kept until the next page after the reader's language is no longer set."""


class RolesForm(forms.Form):
    """What somebody is at the desk."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["roles"] = forms.MultipleChoiceField(
            label=_("Roles"), widget=forms.CheckboxSelectMultiple,
            choices=choices_of("role"),
        )  # fmt: skip
        self.fields["agency"] = forms.RegexField(
            r"^[A-Za-z0-9._-]{0,32}$", label=_("Code of the agency, for its people"), required=False
        )


class UserForm(RolesForm):
    """Somebody new."""

    username = forms.RegexField(
        rf"^{USERNAME}$", label=gettext_lazy("Staff number, as it will stand in the ledger"), max_length=32
    )
    name = forms.CharField(label=gettext_lazy("Name"), max_length=100, required=False)
    chosen = forms.ChoiceField(label=gettext_lazy("Language"), choices=[("en", "English"), ("zh", "中文")])
    field_order = ("username", "name", "chosen", "roles", "agency")


class TokenForm(forms.Form):
    """A token for another system."""

    name = forms.CharField(max_length=NAME_MAX)
    owner = forms.RegexField(rf"^{USERNAME}$", max_length=32)
    days = forms.IntegerField(min_value=1, max_value=DAYS_MAX, initial=DAYS_DEFAULT)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Which system gets it")
        self.fields["owner"].label = _("Staff number of the user whose rights bound it")
        self.fields["days"].label = _("Days it is good for")
        self.fields["scopes"] = forms.MultipleChoiceField(
            label=_("What it may do"), widget=forms.CheckboxSelectMultiple,
            choices=said(SCOPES),
        )  # fmt: skip


@needs("user.manage")
def home(request: HttpRequest) -> HttpResponse:
    """The users, in order of their names, a page at a time from a name on."""
    after, text = request.GET.get("after", ""), request.GET.get("find", "").strip()[:32]
    found = User.objects.filter(username__gt=after, username__startswith=text).order_by("username")[: PAGE + 1]
    rows = list(found)
    more = rows[PAGE - 1].username if len(rows) > PAGE else ""
    answer = {"rows": rows[:PAGE], "more": more, "text": text, "alone": _alone(request)}
    return render(request, "administrator/home.html", answer)


def _alone(request: HttpRequest) -> bool:
    """Whether nobody is there to approve what this administrator asks for."""
    return not administering.others_decide("user_new", request.user.username)


@require_http_methods(["GET", "POST"])
@needs("user.manage")
def new(request: HttpRequest) -> HttpResponse:
    """Ask for a user."""
    form = UserForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            administering.ask_new(
                request.user, told["username"], told["name"], told["roles"], agency=told["agency"], language=told["chosen"]
            )
            messages.success(request, str(ASKED))
            return redirect("administrator:requests")
        except StoreError as error:
            form.add_error(None, on_page(error).line)
    return render(
        request, "administrator/new.html", {"form": form, "alone": _alone(request)}, status=400 if form.errors else 200
    )


@needs("user.manage")
def user(request: HttpRequest, username: str) -> HttpResponse:
    """One of them."""
    one = accounts.user_named(username)
    form = RolesForm(initial={"roles": one.roles, "agency": one.agency})
    answer = {"one": one, "form": form, "own": one.username == request.user.username, "alone": _alone(request)}
    return render(request, "administrator/user.html", answer)


@require_POST
@needs("user.manage")
def roles(request: HttpRequest, username: str) -> HttpResponse:
    """Ask for other roles of somebody; those that are only taken away are gone at once."""
    one, form = accounts.user_named(username), RolesForm(request.POST)
    if form.is_valid():
        wanted = form.cleaned_data["roles"], form.cleaned_data["agency"]
        if administering.take_roles_away(request.user, one, *wanted):
            messages.success(request, _("Changed."))
            return redirect("administrator:user", username=username)
        administering.ask_roles(request.user, one, *wanted)
        messages.success(request, str(ASKED))
        return redirect("administrator:requests")
    messages.error(request, _("Choose a role."))
    return redirect("administrator:user", username=username)


@require_POST
@needs("user.manage")
def act(request: HttpRequest, username: str) -> HttpResponse:
    """Close or unlock at once; ask to open or reset. Whoever takes rights away waits for nobody."""
    one, what = accounts.user_named(username), request.POST.get("act")
    if one.username == request.user.username:
        raise StoreError(
            _("nobody does this to themselves"),
            where=_("user {username}").format(username=username),
            remedy=_("let another administrator do it"),
        )
    if what in ASKED_ACTS:
        ASKED_ACTS[what](request.user, one)
        messages.success(request, str(ASKED))
        return redirect("administrator:requests")
    if what == "close":
        accounts.set_active(request.user.username, one, active=False)
        messages.success(request, _("Changed."))
    if what == "unlock":
        accounts.unlock(request.user.username, one)
        messages.success(request, _("Changed."))
    return redirect("administrator:user", username=username)


ASKED_ACTS = {"open": administering.ask_open, "reset": administering.ask_reset}


@needs("user.manage", "token.manage")
def requests(request: HttpRequest) -> HttpResponse:
    """What this administrator asked for, and where it stands."""
    page = page_of(request)
    found, more = administering.asked_by(request.user, page)
    rows = [{"one": one, "standing": administering.standing(one)} for one in found]
    answer = {"rows": rows, "days": administering.CARRY_OUT_DAYS, "alone": _alone(request), **pages(page, more=more)}
    return render(request, "administrator/requests.html", answer)


@require_POST
@needs("user.manage", "token.manage")
def carry_out(request: HttpRequest, approval_id: int) -> HttpResponse:
    """Do what was approved; its secret, or this half of it, is shown once, on this answer alone."""
    done = administering.carry_out(request.user, approval_id)
    return render(request, "administrator/secret.html", {"one": done.approval, "secret": done.secret})


@require_http_methods(["GET", "POST"])
@needs("token.manage")
def tokens(request: HttpRequest) -> HttpResponse:
    """The tokens of other systems; revoked at once, asked for where they are new."""
    actor, form = request.user.username, TokenForm()
    if request.method == "POST" and request.POST.get("revoke", "").isdecimal():
        changed = revoke_token(actor, token_numbered(min(int(request.POST["revoke"][:19]), 2**63 - 1)))
        messages.success(request, _("Revoked.") if changed else _("It was not live any more."))
        return redirect("administrator:tokens")
    if request.method == "POST" and (form := TokenForm(request.POST)).is_valid():
        told = form.cleaned_data
        try:
            owner = accounts.user_named(told["owner"])
            administering.ask_token(request.user, owner, told["name"], told["scopes"], days=told["days"])
            messages.success(request, str(ASKED))
            return redirect("administrator:requests")
        except StoreError as error:
            form.add_error(None, on_page(error).line)
    rows = [
        {"token": one, "state": state_of(one), "scopes": ", ".join(in_language(SCOPES[scope]) for scope in one.scopes)}
        for one in all_tokens()
    ]
    answer = {"rows": rows, "form": form, "alone": _alone(request)}
    return render(request, "administrator/tokens.html", answer, status=400 if form.errors else 200)
