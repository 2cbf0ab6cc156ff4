"""The commands for tokens and webhooks, as a person types them."""

from __future__ import annotations

import json

from tests.desk.conftest import Bank
from tests.desk.test_cli import arrears


def test_tokens_are_made_listed_and_revoked(bank: Bank) -> None:
    where = ("--workspace", bank.workspace.path, "--json")
    arrears("user", "add", "api-1", "--role", "supervisor", *where)
    made = json.loads(arrears("token", "make", "--owner", "api-1", "--name", "crm", "--scope", "cases:read", *where))
    assert made["secret"].startswith("arr_")
    listed = arrears("token", "list", *where)
    assert (json.loads(listed)[0]["state"], made["secret"] in listed) == ("live", False)
    assert json.loads(arrears("token", "revoke", made["token"], *where))["changed"] is True
    assert json.loads(arrears("token", "revoke", made["token"], *where))["changed"] is False
    assert json.loads(arrears("token", "list", *where))[0]["state"] == "revoked"
    assert "no scope" in arrears("token", "make", "--owner", "api-1", "--name", "x", "--scope", "all", *where[:2], expect=1)


def test_webhooks_are_added_listed_and_removed(bank: Bank) -> None:
    where = ("--workspace", bank.workspace.path, "--json")
    told = ("--name", "crm", "--event", "promise.broken", "--url")
    assert "no address that may be told" in arrears("webhook", "add", *told, "http://crm.example/", *where[:2], expect=1)
    made = json.loads(arrears("webhook", "add", *told, "https://crm.example/told", *where))
    assert made["secret"].startswith("whsec_")
    (row,) = json.loads(arrears("webhook", "list", *where))
    assert (row["webhook"], row["open"], row["waiting_n"]) == (made["webhook"], True, 0)
    assert json.loads(arrears("webhook", "deliver", *where)) == {"told": 0, "failed": 0}
    assert json.loads(arrears("webhook", "remove", made["webhook"], *where))["changed"] is True
    assert json.loads(arrears("webhook", "list", *where))[0]["open"] is False
