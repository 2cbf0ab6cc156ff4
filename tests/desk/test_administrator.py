"""Users made, changed and shut out on the administrator's pages: whatever gives a right needs a second person."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from arrears.desk.current import Desk
from tests.desk.browsing import check_page, chromium, signed_in
from tests.desk.test_api import call, token
from tests.desk.users import PASSWORD, client_of

NEW = {"username": "col-9", "name": "Nine", "roles": ["collector"], "agency": "", "chosen": "zh"}
TOKEN = {"name": "crm", "owner": "supervisor", "days": "30", "scopes": ["cases:read"]}
SECRET = re.compile(r'<p class="id"><strong>([\w-]+)</strong>')
ACTS: dict[str, tuple[str, dict[str, Any]]] = {
    "user_new": ("/administration/new/", NEW),
    "user_roles": ("/administration/user/collector/roles/", {"roles": ["manager"], "agency": ""}),
    "user_reset": ("/administration/user/collector/act/", {"act": "reset"}),
    "user_open": ("/administration/user/gone/act/", {"act": "open"}),
    "token": ("/administration/tokens/", TOKEN),
}
"""Kind of the request -> where an administrator asks for it, and with what."""
ABOUT = {"user_new": "col-9", "user_open": "gone", "token": "supervisor"}
BY_ASKER = ("user_new", "user_reset", "token")
every_act = pytest.mark.parametrize("kind", ACTS)


@pytest.fixture
def two(here: Desk) -> Desk:
    """A desk with two administrators, and somebody who was shut out."""
    from django_otp.plugins.otp_static.models import StaticDevice

    from arrears.desk.people.models import User

    for username, roles, active in (("admin-2", ["administrator"], True), ("gone", ["collector"], False)):
        user = User(username=username, name=username, roles=roles, is_active=active, must_change_password=False)
        user.set_password(PASSWORD)
        user.save()
        StaticDevice.objects.create(user=user, name="recovery")
    return here


def asked(kind: str) -> Any:
    """The request, asked for by the administrator."""
    from arrears.desk.people.models import Approval

    address, form = ACTS[kind]
    answer = client_of("administrator").post(address, form)
    assert (answer.status_code, answer.headers.get("Location")) == (302, "/administration/requests/"), answer.content
    return Approval.objects.get(kind=kind, state="open")


@every_act
def test_that_it_was_asked_for_is_said_in_the_readers_language(two: Desk, kind: str) -> None:
    administrator = client_of("administrator")
    administrator.post("/language/", {"language": "zh", "back": "/"})
    address, form = ACTS[kind]
    assert "已提出申请：由其他人决定。" in administrator.post(address, form, follow=True).content.decode()


def decided(who: str, approval: Any, decision: str = "approve") -> Any:
    return client_of(who).post(f"/approvals/{approval.approval_id}/", {"decision": decision, "note": "seen"})


def carried_out(approval: Any, who: str = "administrator") -> Any:
    return client_of(who).post(f"/administration/requests/{approval.approval_id}/")


def secret_in(answer: Any) -> str:
    found = SECRET.search(answer.content.decode())
    assert found is not None, answer.content.decode()[-1500:]
    return found[1]


def refusal_in(answer: Any) -> str:
    assert answer.status_code == 422, answer.content.decode()[-1500:]
    return str(answer.content.decode())


def state_of_desk() -> tuple[Any, ...]:
    """Everything that these acts change."""
    from django_otp import devices_for_user

    from arrears.desk.api.models import Token
    from arrears.desk.people.models import User

    users = [
        (one.username, one.roles, one.agency, one.is_active, one.password, len(list(devices_for_user(one))))
        for one in User.objects.order_by("username")
    ]
    return users, list(Token.objects.values_list("name", "owner__username"))


def signs_in(username: str, password: str) -> bool:
    return bool(Client().post("/sign-in/", {"username": username, "password": password}).status_code == 302)


@every_act
def test_what_an_administrator_asks_for_has_no_effect_alone(two: Desk, kind: str) -> None:
    from arrears.desk.people.models import Record

    before = state_of_desk()
    approval = asked(kind)
    assert "nobody approves what they asked for" in refusal_in(decided("administrator", approval))
    assert "waits to be carried out" in refusal_in(carried_out(approval))
    assert state_of_desk() == before
    assert Record.objects.filter(actor="administrator", kind="asked", detail__approval_id=approval.approval_id).count() == 1


@every_act
def test_the_database_refuses_whoever_asked_nobody_and_the_user_concerned(two: Desk, kind: str) -> None:
    from django.db import IntegrityError, transaction

    from arrears.desk.people.models import Approval

    found = Approval.objects.filter(approval_id=asked(kind).approval_id)
    for odd in (
        {"state": "approved", "decided_by": "administrator"},
        {"state": "approved"},
        {"done_at": "2026-06-15T10:00Z"},
        *([] if kind == "token" else [{"state": "approved", "decided_by": found.get().subject}]),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            found.update(**odd)


@every_act
@pytest.mark.parametrize("who", ["admin-2", "compliance"])
def test_a_second_administrators_or_compliances_approval_does_it(two: Desk, kind: str, who: str) -> None:
    from arrears.desk.api.models import Token
    from arrears.desk.people.models import Record, User

    before, approval = state_of_desk(), asked(kind)
    assert decided(who, approval).status_code == (200 if kind in ("user_new", "user_reset") else 302)
    if kind in BY_ASKER:
        assert state_of_desk() == before, "whoever asked has still to carry it out"
        assert carried_out(approval).status_code == 200
    assert state_of_desk() != before
    about = User.objects.get(username=ABOUT.get(kind, "collector"))
    assert {
        "user_new": about.roles == ["collector"] and about.language == "zh",
        "user_roles": about.roles == ["manager"],
        "user_reset": about.must_change_password,
        "user_open": about.is_active,
        "token": Token.objects.filter(owner=about, name="crm").exists(),
    }[kind]
    told = Record.objects.filter(kind="token" if kind == "token" else "user").latest("record_id")
    because = {"approval_id": approval.approval_id, "asked_by": "administrator", "approved_by": who}
    assert told.detail | because == told.detail
    assert Record.objects.filter(actor=who, kind="decided", detail__approval_id=approval.approval_id).count() == 1
    assert "nothing of that number waits for a decision" in refusal_in(decided(who, approval)), "once"
    assert "waits to be carried out" in refusal_in(carried_out(approval)), "once"


@every_act
def test_what_is_rejected_does_nothing(two: Desk, kind: str) -> None:
    before, approval = state_of_desk(), asked(kind)
    assert decided("admin-2", approval, "reject").status_code == 302
    assert "waits to be carried out" in refusal_in(carried_out(approval))
    assert state_of_desk() == before
    asked(kind)


@every_act
def test_who_has_no_right_does_not_decide(two: Desk, kind: str) -> None:
    approval = asked(kind)
    assert decided("collector", approval).status_code == 403
    assert "not yours to decide" in refusal_in(decided("manager", approval))
    assert approval.subject not in client_of("manager").get("/approvals/").content.decode()


def other_roles(approval: Any) -> None:
    from arrears.desk.people.accounts import set_roles, user_named

    set_roles("root", user_named(ABOUT.get(approval.kind, "collector")), ["supervisor", "manager"], "")


def other_access(approval: Any) -> None:
    from arrears.desk.people.accounts import set_active, user_named

    one = user_named(ABOUT.get(approval.kind, "collector"))
    set_active("root", one, active=not one.is_active)


def taken(approval: Any) -> None:
    from arrears.desk.people.accounts import add_user

    add_user("root", "col-9", "", ["collector"])


def asker_shut_out(approval: Any) -> None:
    from arrears.desk.people.accounts import set_active, user_named

    set_active("root", user_named("administrator"), active=False)


CHANGES: list[tuple[str, Callable[[Any], None], str]] = [
    ("user_new", taken, "there is one already"),
    *((kind, change, "the user was changed since") for kind in ACTS if kind != "user_new"
      for change in (other_roles, other_access)),
    *((kind, asker_shut_out, "whoever asked for it may not ask") for kind in ACTS),
]  # fmt: skip
changed_meanwhile = pytest.mark.parametrize(("kind", "change", "told"), CHANGES)


@changed_meanwhile
def test_what_changed_before_it_was_approved_is_refused(
    two: Desk, kind: str, change: Callable[[Any], None], told: str
) -> None:  # fmt: skip
    approval = asked(kind)
    change(approval)
    before = state_of_desk()
    assert told in refusal_in(decided("admin-2", approval))
    approval.refresh_from_db()
    assert (approval.state, approval.decided_by, state_of_desk()) == ("open", "", before)
    assert decided("admin-2", approval, "reject").status_code == 302


@pytest.mark.parametrize(
    ("kind", "change", "told"), [one for one in CHANGES if one[0] in BY_ASKER and one[1] is not asker_shut_out]
)
def test_what_changed_before_it_was_carried_out_is_refused(
    two: Desk, kind: str, change: Callable[[Any], None], told: str
) -> None:  # fmt: skip
    approval = asked(kind)
    decided("admin-2", approval)
    change(approval)
    before = state_of_desk()
    assert told in refusal_in(carried_out(approval))
    assert state_of_desk() == before


def test_an_approval_lapses_where_nobody_carries_it_out(two: Desk) -> None:
    from arrears.desk.people.administering import CARRY_OUT_DAYS

    approval = asked("user_reset")
    decided("admin-2", approval)
    address, form = ACTS["user_reset"]
    assert "approved already" in refusal_in(client_of("administrator").post(address, form))
    approval.refresh_from_db()
    approval.decided_at -= timedelta(days=CARRY_OUT_DAYS)
    approval.save()
    assert "waits to be carried out" in refusal_in(carried_out(approval))
    assert "lapsed" in client_of("administrator").get("/administration/requests/").content.decode()
    asked("user_reset")


def test_only_whoever_asked_carries_it_out(two: Desk) -> None:
    approval = asked("token")
    decided("compliance", approval)
    assert "waits to be carried out" in refusal_in(carried_out(approval, "admin-2"))
    assert carried_out(approval, "compliance").status_code == 403


@pytest.mark.parametrize(("kind", "username"), [("user_new", "col-9"), ("user_reset", "collector")])
def test_a_password_is_of_two_halves_that_nobody_sees_both_of(two: Desk, kind: str, username: str) -> None:
    from django.core import serializers
    from django_otp import devices_for_user

    from arrears.desk.api.models import Token
    from arrears.desk.people.models import Approval, Record, User

    approval = asked(kind)
    second = secret_in(decided("admin-2", approval))
    assert not signs_in(username, second)
    first = secret_in(carried_out(approval))
    assert len(first) == len(second) == 16
    for part in (first, second, second + first):
        assert not signs_in(username, part)
    client_of("administrator").post(f"/administration/user/{username}/act/", {"act": "unlock"})
    assert signs_in(username, first + second)
    assert User.objects.get(username=username).must_change_password
    assert not list(devices_for_user(User.objects.get(username=username)))
    kept = serializers.serialize(
        "json", [*Approval.objects.all(), *Record.objects.all(), *User.objects.all(), *Token.objects.all()]
    )
    assert first not in kept and second not in kept
    assert Approval.objects.get().salt == "", "from now on nobody can make it again"
    for who, page in (("administrator", "/administration/requests/"), ("admin-2", "/approvals/")):
        assert first not in (seen := client_of(who).get(page).content.decode()) and second not in seen


def test_the_user_concerned_does_not_decide(two: Desk) -> None:
    from arrears.desk.people.models import Approval

    admin = client_of("administrator")
    admin.post("/administration/user/admin-2/roles/", {"roles": ["administrator", "manager"], "agency": ""})
    admin.post("/administration/tokens/", TOKEN | {"owner": "admin-2"})
    for approval in Approval.objects.order_by("approval_id"):
        assert "nobody decides what they get themselves" in refusal_in(decided("admin-2", approval))
    assert "It is about you" in client_of("admin-2").get("/approvals/").content.decode()


def test_nobody_asks_for_themselves_or_for_what_is_so(two: Desk) -> None:
    from arrears.desk.people.models import Approval

    admin = client_of("administrator")
    user = "/administration/user"
    for address, form, told in (
        (f"{user}/administrator/roles/", {"roles": ["manager"], "agency": ""}, "nobody does this to themselves"),
        (f"{user}/administrator/act/", {"act": "reset"}, "nobody does this to themselves"),
        (f"{user}/administrator/act/", {"act": "unlock"}, "nobody does this to themselves"),
        (f"{user}/collector/roles/", {"roles": ["collector"], "agency": ""}, "these are their roles already"),
        (f"{user}/collector/roles/", {"roles": ["agency"], "agency": ""}, "go together"),
        (f"{user}/collector/act/", {"act": "open"}, "they may sign in already"),
    ):
        assert told in refusal_in(admin.post(address, form))
    for odd in ({"username": "collector"}, {"roles": []}, {"roles": ["agency"]}):
        assert admin.post("/administration/new/", NEW | odd).status_code == 400
    assert admin.post("/administration/tokens/", TOKEN | {"owner": "nobody"}).status_code == 400
    assert client_of("collector").post(f"{user}/second/roles/", {"roles": ["manager"]}).status_code == 403
    assert not Approval.objects.exists()
    asked("user_reset")
    assert "waiting for a decision" in refusal_in(client_of("administrator").post(*ACTS["user_reset"]))


def test_roles_that_are_only_taken_away_are_gone_at_once(two: Desk) -> None:
    from arrears.desk.people.models import Approval, User

    admin, address = client_of("administrator"), "/administration/user/second/roles/"
    admin.post(address, {"roles": ["manager", "supervisor"], "agency": ""})
    assert User.objects.get(username="second").roles == ["manager", "supervisor"]
    for roles in (["collector"], ["collector", "manager"], ["manager", "strategist", "supervisor"]):
        admin.post(address, {"roles": roles, "agency": ""})
        Approval.objects.get(kind="user_roles", detail__roles=roles).delete()
    assert User.objects.get(username="second").roles == ["manager", "supervisor"]


def test_an_administrator_alone_is_told_that_a_second_one_is_needed(here: Desk) -> None:
    from arrears.desk.people.accounts import set_active, user_named
    from arrears.desk.people.models import Approval

    for username in ("compliance", "second"):
        set_active("root", user_named(username), active=False)
    admin = client_of("administrator")
    for page in ("", "new/", "user/collector/", "tokens/", "requests/"):
        assert "arrears user add" in admin.get(f"/administration/{page}").content.decode(), page
    said = refusal_in(admin.post(*ACTS["user_reset"]))
    assert "nobody else may approve this" in said and "have IT make a second administrator on the server" in said
    assert admin.post("/administration/user/collector/act/", {"act": "close"}).status_code == 302
    assert not Approval.objects.exists()


def test_shut_out_and_unlocked_at_once(here: Desk) -> None:
    from arrears.desk.people.models import Record

    admin, collector = client_of("administrator"), client_of("collector")
    for _n in range(5):
        Client().post("/sign-in/", {"username": "collector", "password": "wrong"})
    assert Client().post("/sign-in/", {"username": "collector", "password": PASSWORD}).status_code == 429
    admin.post("/administration/user/collector/act/", {"act": "unlock"})
    assert collector.get("/work/").status_code == 200
    admin.post("/administration/user/collector/act/", {"act": "close"})
    assert collector.get("/work/").headers["Location"] == "/sign-in/"
    assert not signs_in("collector", PASSWORD)
    assert list(Record.objects.filter(kind="user").order_by("record_id").values_list("actor", "detail__did")) == [
        ("administrator", "unlocked"), ("administrator", "closed"),
    ]  # fmt: skip


def test_the_api_decides_nothing_of_an_administrators(two: Desk) -> None:
    approval = asked("user_roles")
    secret = token("compliance", "work:read", "approvals:write")
    assert call(secret, "GET", "/approvals").json()["waiting"] == []
    refused = call(secret, "POST", f"/approvals/{approval.approval_id}", {"decision": "approve"})
    assert (refused.status_code, refused.json()["error"]["what"]) == (422, "this is decided on the desk's page alone")
    secret = token("admin-2", "work:read", "approvals:write")
    assert call(secret, "POST", f"/approvals/{approval.approval_id}", {"decision": "approve"}).status_code == 403
    approval.refresh_from_db()
    assert approval.state == "open"


def test_a_token_is_shown_once_and_revoked_at_once(two: Desk) -> None:
    from arrears.desk.api.tokens import token_of

    admin, approval = client_of("administrator"), asked("token")
    decided("admin-2", approval)
    secret = secret_in(carried_out(approval))
    for page in ("tokens", "requests"):
        assert secret not in admin.get(f"/administration/{page}/").content.decode()
    made = token_of(secret)
    assert made is not None
    assert (made.owner.username, made.scopes, made.created_by) == ("supervisor", ["cases:read"], "administrator")
    assert client_of("supervisor").post("/administration/tokens/", {"revoke": made.pk}).status_code == 403
    client_of("administrator").post("/administration/tokens/", {"revoke": made.pk})
    assert token_of(secret) is None


def test_a_webhook_is_added_its_secret_shown_once_and_stopped(here: Desk) -> None:
    from arrears.desk.api.models import Subscription

    admin, form = client_of("administrator"), {"name": "crm", "url": "https://crm.example/told", "events": ["promise.kept"]}
    answer = admin.post("/administration/webhooks/", form)
    found = re.search(r"<strong>(whsec_[\w+/=]+)</strong>", answer.content.decode())
    assert answer.status_code == 200 and found is not None
    assert found[1] not in admin.get("/administration/webhooks/").content.decode()
    one = Subscription.objects.get()
    assert (one.url, one.events, one.created_by) == (form["url"], ["promise.kept"], "administrator")
    for odd in ({"url": "http://10.0.0.1/"}, {"events": ["nonsense"]}, {"events": []}, {"name": ""}):
        assert admin.post("/administration/webhooks/", form | odd).status_code == 400
    Subscription.objects.update(last_fault="status 503", failures_n=2)
    assert "answered with status 503 (2)" in admin.get("/administration/webhooks/").content.decode()
    assert client_of("supervisor").post("/administration/webhooks/", {"close": one.pk}).status_code == 403
    assert admin.post("/administration/webhooks/", {"close": one.pk}).status_code == 302
    assert "stopped" in admin.get("/administration/webhooks/").content.decode()
    assert Subscription.objects.get().closed_at is not None
    assert admin.post("/administration/webhooks/", {"close": 999}).status_code == 422


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_user_and_a_token_by_two_people_in_a_browser(served: str, language: str) -> None:
    with chromium() as browser:
        page = signed_in(browser, served, "administrator", language=language)
        check_page(page)
        page.keyboard.press("a")
        page.wait_for_url("**/new/")
        check_page(page)
        page.fill("[name=username]", f"new-{language}")
        page.check("[value=agency]")
        page.click("form.stack button")
        page.wait_for_selector(".problem")
        check_page(page)
        page.fill("[name=agency]", "AG7")
        page.click("form.stack button")
        page.wait_for_url("**/requests/")
        page.goto("/administration/tokens/")
        page.fill("[name=name]", f"crm-{language}")
        page.fill("[name=owner]", "supervisor")
        page.check("[value='cases:read']")
        check_page(page)
        page.click("form.stack button")
        page.wait_for_url("**/requests/")
        check_page(page)
        officer = signed_in(browser, served, "compliance", language=language)
        officer.goto("/approvals/")
        check_page(officer)
        officer.click(f"article:has-text('new-{language}') button.main")
        officer.wait_for_selector("p.id strong")
        check_page(officer)
        officer.goto("/approvals/")
        officer.click(f"article:has-text('crm-{language}') button.main")
        officer.wait_for_selector(".message")
        for name in (f"new-{language}", f"crm-{language}"):
            page.goto("/administration/requests/")
            check_page(page)
            page.click(f"article:has-text('{name}') button.main")
            page.wait_for_selector("p.id strong")
            check_page(page)
        for address in (f"user/new-{language}/", "tokens/", "webhooks/"):
            page.goto(f"/administration/{address}")
            check_page(page)
        page.goto("/administration/tokens/")
        assert ("吊销" if language == "zh" else "Revoke") in page.inner_text("table")
