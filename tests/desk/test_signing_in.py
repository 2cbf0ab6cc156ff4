"""Signing in with two factors, being locked out, and which pages open for whom."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import get_resolver, reverse

from arrears.desk.current import Desk
from arrears.desk.people.roles import RIGHTS, Role
from tests.desk.browsing import check_page, chromium, signed_in
from tests.desk.users import PASSWORD, ROLES, client_of


def test_a_person_signs_in(served: str) -> None:
    with chromium() as browser:
        page = signed_in(browser, served, "administrator", language="zh")
        check_page(page)
        page.click("form[action='/sign-out/'] button")
        page.wait_for_url("**/sign-in/")
        check_page(page)


def test_the_second_factor_is_set_up_at_the_first_time(here: Desk) -> None:
    from django_otp.oath import totp
    from django_otp.plugins.otp_totp.models import TOTPDevice

    from arrears.desk.people.accounts import add_user
    from arrears.desk.people.models import User

    _, password = add_user("test", "new-01", "New", ["collector"])
    client = Client()
    assert client.post("/sign-in/", {"username": "new-01", "password": password}).headers["Location"] == "/second-factor/"
    assert client.get("/work/").headers["Location"] == "/second-factor/", "a password alone opens nothing"
    page = client.get("/second-factor/")
    assert b"data:image/svg+xml" in page.content
    device = TOTPDevice.objects.get(user__username="new-01")
    wrong = client.post("/second-factor/", {"token": "000000"})
    assert wrong.status_code == 400
    device.refresh_from_db()
    device.throttle_reset()
    codes = client.post("/second-factor/", {"token": f"{totp(device.bin_key):06d}"})
    found = re.findall(r'<li class="id">(\w+)</li>', codes.content.decode())
    assert len(found) == 8
    assert client.get("/work/").headers["Location"] == "/new-password/"
    short = client.post("/new-password/", {"password": "short", "again": "short"})
    assert short.status_code == 400
    assert client.post("/new-password/", {"password": PASSWORD, "again": PASSWORD}).headers["Location"] == "/"
    assert client.get("/work/").status_code == 200
    other = Client()
    other.post("/sign-in/", {"username": "new-01", "password": PASSWORD})
    assert other.post("/second-factor/", {"token": found[0]}).headers["Location"] == "/"
    assert client.get("/work/").headers["Location"] == "/sign-in/", "one session each: the newer one counts"
    again = Client()
    again.post("/sign-in/", {"username": "new-01", "password": PASSWORD})
    assert again.post("/second-factor/", {"token": found[0]}).status_code == 400, "a recovery code counts once"
    assert User.objects.get(username="new-01").check_password(PASSWORD)


def test_five_wrong_passwords_lock_a_name(here: Desk) -> None:
    client = Client()
    found = [client.post("/sign-in/", {"username": "collector", "password": "wrong"}).status_code for _ in range(5)]
    assert found == [400, 400, 400, 400, 429]
    assert client.post("/sign-in/", {"username": "collector", "password": PASSWORD}).status_code == 429
    assert client.post("/sign-in/", {"username": "manager", "password": PASSWORD}).status_code == 302, "only that name"


def test_a_session_ends(here: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.contrib.sessions.models import Session

    from arrears.desk.screens import middleware

    client = client_of("collector")
    assert client.get("/work/").status_code == 200
    found = Session.objects.get(session_key=client.session.session_key)
    assert timedelta(minutes=14) < found.expire_date - datetime.now(UTC) <= timedelta(minutes=15), "left alone"
    later = middleware.time.time() + timedelta(hours=10, seconds=1).total_seconds()
    monkeypatch.setattr(middleware.time, "time", lambda: later)
    assert client.get("/work/").headers["Location"] == "/sign-in/"


def test_a_closed_user_is_out_at_once(here: Desk) -> None:
    from arrears.desk.people.accounts import set_active, user_named

    client = client_of("collector")
    set_active("test", user_named("collector"), active=False)
    assert client.get("/work/").headers["Location"] == "/sign-in/"


def pages() -> list[tuple[str, Any]]:
    """(address, view) of every page that takes no argument."""
    found = []

    def walk(patterns: Any, prefix: str) -> None:
        for one in patterns:
            if hasattr(one, "url_patterns"):
                walk(one.url_patterns, prefix + str(one.pattern))
            elif "<" not in prefix + str(one.pattern):
                found.append((f"/{prefix}{one.pattern}", one.callback))

    walk(get_resolver().url_patterns, "")
    return found


OPEN = {"/", "/sign-in/", "/second-factor/", "/new-password/", "/sign-out/", "/language/"}


@pytest.mark.parametrize("role", ROLES)
def test_each_role_opens_its_own_pages_only(at_work: Desk, role: str) -> None:
    client = client_of(role)
    asked = 0
    for address, view in pages():
        if address in OPEN or address.startswith("/api/"):
            continue
        assert hasattr(view, "rights"), f"{address} asks for no right"
        status = client.get(address).status_code
        if status == 405:
            continue
        asked += 1
        allowed = bool(set(view.rights) & RIGHTS[Role(role)])
        assert (status == 403) is not allowed, (address, status)
        assert Client().get(address).headers["Location"] == "/sign-in/"
    assert asked > 8
    assert client.get(reverse("home")).status_code == 302
