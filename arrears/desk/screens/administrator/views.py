"""The administrator's pages: who may sign in, and as what."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_http_methods, require_POST

from arrears.desk.api.models import NAME_MAX
from arrears.desk.api.tokens import (
    DAYS_DEFAULT,
    DAYS_MAX,
    SCOPES,
    all_tokens,
    make_token,
    revoke_token,
    state_of,
    token_numbered,
)  # fmt: skip
from arrears.desk.people import accounts
from arrears.desk.people.models import USERNAME, User
from arrears.desk.saying import on_page
from arrears.desk.screens.access import needs
from arrears.desk.screens.codes import choices_of, in_language, said
from arrears.errors import StoreError

PAGE = 50
LOCKED_ACTS = ("close", "open", "reset")


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

    username = forms.RegexField(rf"^{USERNAME}$", label=lazy("Staff number, as it will stand in the ledger"), max_length=32)
    name = forms.CharField(label=lazy("Name"), max_length=100, required=False)
    chosen = forms.ChoiceField(label=lazy("Language"), choices=[("en", "English"), ("zh", "中文")])
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
    return render(request, "administrator/home.html", {"rows": rows[:PAGE], "more": more, "text": text})


@require_http_methods(["GET", "POST"])
@needs("user.manage")
def new(request: HttpRequest) -> HttpResponse:
    """Make a user; the password for their first sign-in is shown once, on this answer alone."""
    form = UserForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            user, password = accounts.add_user(
                request.user.username, told["username"], told["name"], told["roles"], agency=told["agency"],
                language=told["chosen"],
            )  # fmt: skip
            return render(request, "administrator/password.html", {"one": user, "password": password})
        except StoreError as error:
            form.add_error(None, on_page(error).line)
    return render(request, "administrator/new.html", {"form": form}, status=400 if form.errors else 200)


@needs("user.manage")
def user(request: HttpRequest, username: str) -> HttpResponse:
    """One of them."""
    one = accounts.user_named(username)
    form = RolesForm(initial={"roles": one.roles, "agency": one.agency})
    return render(request, "administrator/user.html", {"one": one, "form": form, "own": one.username == request.user.username})


@require_POST
@needs("user.manage")
def roles(request: HttpRequest, username: str) -> HttpResponse:
    """Give somebody other roles."""
    one, form = accounts.user_named(username), RolesForm(request.POST)
    if form.is_valid():
        accounts.set_roles(request.user.username, one, form.cleaned_data["roles"], form.cleaned_data["agency"])
        messages.success(request, _("Changed."))
    else:
        messages.error(request, _("Choose a role."))
    return redirect("administrator:user", username=username)


@require_POST
@needs("user.manage")
def act(request: HttpRequest, username: str) -> HttpResponse:
    """Close, open or reset."""
    one, what = accounts.user_named(username), request.POST.get("act")
    if one.username == request.user.username:
        raise StoreError(
            _("nobody does this to themselves"),
            where=_("user {username}").format(username=username),
            remedy=_("let another administrator do it"),
        )
    if what == "reset":
        password = accounts.reset_user(request.user.username, one)
        return render(request, "administrator/password.html", {"one": one, "password": password})
    if what in LOCKED_ACTS:
        accounts.set_active(request.user.username, one, active=what == "open")
        messages.success(request, _("Changed."))
    return redirect("administrator:user", username=username)


@require_http_methods(["GET", "POST"])
@needs("token.manage")
def tokens(request: HttpRequest) -> HttpResponse:
    """The tokens of other systems; one that is made is shown once, on this answer alone."""
    actor, secret, form = request.user.username, "", TokenForm()
    if request.method == "POST" and request.POST.get("revoke", "").isdecimal():
        changed = revoke_token(actor, token_numbered(min(int(request.POST["revoke"][:19]), 2**63 - 1)))
        messages.success(request, _("Revoked.") if changed else _("It was not live any more."))
        return redirect("administrator:tokens")
    if request.method == "POST" and (form := TokenForm(request.POST)).is_valid():
        told = form.cleaned_data
        try:
            owner = accounts.user_named(told["owner"])
            secret = make_token(actor, owner, told["name"], told["scopes"], days=told["days"])[1]
            form = TokenForm()
        except StoreError as error:
            form.add_error(None, on_page(error).line)
    rows = [
        {"token": one, "state": state_of(one), "scopes": ", ".join(in_language(SCOPES[scope]) for scope in one.scopes)}
        for one in all_tokens()
    ]
    answer = {"rows": rows, "secret": secret, "form": form}
    return render(request, "administrator/tokens.html", answer, status=400 if form.errors else 200)
