"""Signing in: name and password, then the second factor, set up at the first time."""

from __future__ import annotations

import segno
from django import forms
from django.contrib.auth import login, logout, password_validation, update_session_auth_hash
from django.contrib.auth.forms import AuthenticationForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST
from django_otp import devices_for_user, match_token
from django_otp import login as otp_login
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from arrears.desk.people.accounts import end_session
from arrears.desk.people.recording import record
from arrears.desk.screens.access import let_in
from arrears.desk.screens.context import home_of

RECOVERY_CODES_N = 8
LANGUAGES = ("en", "zh")


class Token(forms.Form):
    """The six figures of the authenticator, or a recovery code."""

    token = forms.CharField(
        label=_("Code of the authenticator, or a recovery code"), max_length=16,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "autofocus": True, "inputmode": "text"}),
    )  # fmt: skip


class NewPassword(forms.Form):
    """A password of one's own."""

    password = forms.CharField(label=_("New password, 12 characters or more"), widget=forms.PasswordInput, strip=False)
    again = forms.CharField(label=_("The same again"), widget=forms.PasswordInput, strip=False)

    def __init__(self, user: object, *args: object) -> None:
        super().__init__(*args)
        self.user = user

    def clean(self) -> dict[str, str]:
        found = super().clean() or {}
        if found.get("password") != found.get("again"):
            raise forms.ValidationError(_("The two differ."))
        password_validation.validate_password(found.get("password", ""), self.user)
        return dict(found)


@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """The first factor."""
    form = AuthenticationForm(request, data=request.POST or None)
    if request.method == "POST" and form.is_valid():
        user = form.get_user()
        end_session(user)
        login(request, user)
        request.session.save()
        user.session_key = request.session.session_key
        user.save(update_fields=["session_key"])
        if let_in(user):
            record(user.username, "sign_in")
        return redirect("second-factor")
    return render(request, "desk/sign_in.html", {"form": form}, status=400 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def second_factor(request: HttpRequest) -> HttpResponse:
    """The second factor; at the first time it is set up, and recovery codes are shown once."""
    user = request.user
    if not user.is_authenticated:
        return redirect("sign-in")
    if let_in(user):
        return redirect("new-password" if user.must_change_password else "home")
    if not any(devices_for_user(user)):
        return _set_up(request)
    form = Token(request.POST or None)
    if request.method == "POST" and form.is_valid():
        device = match_token(user, form.cleaned_data["token"].strip())
        if device is not None:
            return _in(request, device)
        form.add_error("token", _("That code does not count, or not yet again: wait a little and give the next."))
    return render(request, "desk/second_factor.html", {"form": form}, status=400 if form.errors else 200)


def _set_up(request: HttpRequest) -> HttpResponse:
    user = request.user
    device, _made = TOTPDevice.objects.get_or_create(user=user, name="authenticator", confirmed=False)
    form = Token(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if device.verify_token(form.cleaned_data["token"].strip()):
            device.confirmed = True
            device.save()
            codes = StaticDevice.objects.create(user=user, name="recovery")
            tokens = [StaticToken.random_token() for _n in range(RECOVERY_CODES_N)]
            StaticToken.objects.bulk_create(StaticToken(device=codes, token=token) for token in tokens)
            record(user.username, "user", subject=user.username, did="second factor set up")
            _in(request, device)
            return render(request, "desk/recovery_codes.html", {"tokens": tokens})
        form.add_error("token", _("That code does not count: check the clock of the authenticator."))
    picture = segno.make(device.config_url, error="m").svg_data_uri(scale=5, border=2)
    secret = device.config_url.partition("secret=")[2].partition("&")[0]
    return render(
        request, "desk/set_up.html", {"form": form, "picture": picture, "secret": secret}, status=400 if form.errors else 200
    )


def _in(request: HttpRequest, device: object) -> HttpResponse:
    otp_login(request, device)
    record(request.user.username, "sign_in")
    return redirect("new-password" if request.user.must_change_password else "home")


@require_http_methods(["GET", "POST"])
def new_password(request: HttpRequest) -> HttpResponse:
    """A password of one's own, for the one that an administrator gave."""
    user = request.user
    if not let_in(user):
        return redirect("sign-in")
    form = NewPassword(user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        user.set_password(form.cleaned_data["password"])
        user.must_change_password = False
        user.save(update_fields=["password", "must_change_password"])
        update_session_auth_hash(request, user)
        request.session.save()
        user.session_key = request.session.session_key
        user.save(update_fields=["session_key"])
        record(user.username, "user", subject=user.username, did="password changed")
        return redirect("home")
    return render(request, "desk/new_password.html", {"form": form}, status=400 if form.errors else 200)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        record(request.user.username, "sign_out", subject="themselves")
    logout(request)
    return redirect("sign-in")


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """The other language, from now on."""
    wanted = request.POST.get("language", "")
    if wanted in LANGUAGES:
        if request.user.is_authenticated:
            request.user.language = wanted
            request.user.save(update_fields=["language"])
        request.session["language"] = wanted
    back = request.POST.get("back", "/")
    return redirect(back if back.startswith("/") and not back.startswith(("//", "/\\")) else "/")


def home(request: HttpRequest) -> HttpResponse:
    """The first page of somebody's role."""
    user = request.user
    if not user.is_authenticated:
        return redirect("sign-in")
    if not let_in(user):
        return redirect("second-factor")
    if user.must_change_password:
        return redirect("new-password")
    first = home_of(user)
    return redirect(first) if first else render(request, "desk/nothing.html")
