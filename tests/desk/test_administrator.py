"""Users made, changed and shut out on the administrator's pages."""

from __future__ import annotations

import re

from django.test import Client

from arrears.desk.current import Desk
from tests.desk.browsing import check_page, chromium, signed_in
from tests.desk.users import PASSWORD, client_of


def test_an_administrator_adds_somebody(served: str) -> None:
    with chromium() as browser:
        for language in ("en", "zh"):
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
            page.wait_for_selector("p.id strong")
            check_page(page)
            page.goto(f"/administration/user/new-{language}/")
            check_page(page)
            page.context.close()


def test_a_new_user_signs_in_with_what_was_shown(here: Desk) -> None:
    from arrears.desk.people.models import Record, User

    admin = client_of("administrator")
    form = {"username": "col-9", "name": "Nine", "roles": ["collector"], "agency": "", "chosen": "zh"}
    page = admin.post("/administration/new/", form).content.decode()
    found = re.search(r'<p class="id"><strong>([\w-]+)</strong>', page)
    assert found is not None
    assert Client().post("/sign-in/", {"username": "col-9", "password": found[1]}).status_code == 302
    assert admin.post("/administration/new/", form).status_code == 400, "the name is taken"
    assert User.objects.get(username="col-9").language == "zh"
    assert Record.objects.filter(kind="user", actor="administrator", subject="col-9").count() == 1


def test_shut_out_is_out_and_reset_takes_both_factors(here: Desk) -> None:
    from django_otp import devices_for_user

    from arrears.desk.people.models import User

    admin, collector = client_of("administrator"), client_of("collector")
    assert collector.get("/work/").status_code == 200
    admin.post("/administration/user/collector/act/", {"act": "close"})
    assert collector.get("/work/").headers["Location"] == "/sign-in/"
    assert Client().post("/sign-in/", {"username": "collector", "password": PASSWORD}).status_code == 400
    admin.post("/administration/user/collector/act/", {"act": "open"})
    assert Client().post("/sign-in/", {"username": "collector", "password": PASSWORD}).status_code == 302
    admin.post("/administration/user/collector/act/", {"act": "reset"})
    assert Client().post("/sign-in/", {"username": "collector", "password": PASSWORD}).status_code == 400
    assert not list(devices_for_user(User.objects.get(username="collector")))


def test_nobody_raises_themselves(here: Desk) -> None:
    from arrears.desk.people.models import User

    admin = client_of("administrator")
    assert admin.post("/administration/user/administrator/roles/", {"roles": ["manager"], "agency": ""}).status_code == 422
    assert admin.post("/administration/user/administrator/act/", {"act": "reset"}).status_code == 422
    assert User.objects.get(username="administrator").roles == ["administrator"]
    admin.post("/administration/user/second/roles/", {"roles": ["manager"], "agency": ""})
    assert User.objects.get(username="second").roles == ["manager"]
    assert client_of("collector").post("/administration/user/second/roles/", {"roles": ["manager"]}).status_code == 403


def test_a_token_is_shown_once_and_revoked(here: Desk) -> None:
    from arrears.desk.api.tokens import token_of

    admin, form = client_of("administrator"), {"name": "crm", "owner": "supervisor", "days": "30", "scopes": ["cases:read"]}
    found = re.search(r"<strong>(arr_[\w-]+)</strong>", admin.post("/administration/tokens/", form).content.decode())
    assert found is not None
    assert found[1] not in admin.get("/administration/tokens/").content.decode()
    token = token_of(found[1])
    assert token is not None
    assert (token.owner.username, token.scopes, token.created_by) == ("supervisor", ["cases:read"], "administrator")
    assert admin.post("/administration/tokens/", form | {"owner": "nobody"}).status_code == 400
    assert client_of("supervisor").post("/administration/tokens/", {"revoke": token.pk}).status_code == 403
    admin.post("/administration/tokens/", {"revoke": token.pk})
    assert token_of(found[1]) is None


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


def test_the_tokens_page_is_for_everybody(served: str) -> None:
    with chromium() as browser:
        for language in ("en", "zh"):
            page = signed_in(browser, served, "administrator", language=language)
            page.goto("/administration/webhooks/")
            check_page(page)
            page.goto("/administration/tokens/")
            page.fill("[name=name]", f"crm-{language}")
            page.fill("[name=owner]", "supervisor")
            page.check("[value='cases:read']")
            page.click("form.stack button")
            page.wait_for_selector("p.id strong")
            check_page(page)
            assert ("吊销" if language == "zh" else "Revoke") in page.inner_text("table")
            page.context.close()
