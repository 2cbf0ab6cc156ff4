"""The API of strategists and of those who propose policies."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.db import connections

from arrears.desk.current import Desk
from arrears.playbook import default_path, load
from tests.desk.test_api import call, token
from tests.desk.test_compliance import POLICY
from tests.desk.test_strategist import CHANGED, GUIDE, hash_of, result_of

SCOPES = ("strategy:read", "strategy:write")
Call = Callable[..., Any]
OTHER = "0" * 64


def system(username: str, *scopes: str) -> Call:
    """What a system of that user's calls with."""
    return partial(call, token(username, *(scopes or SCOPES)))


def playbook_of(raw: bytes, tmp_path: Path) -> dict[str, str]:
    return {"text": raw.decode(), "simulation": result_of(hash_of(raw, tmp_path)).decode()}


def approve(approval_id: int) -> None:
    from arrears.desk.people.approvals import decide
    from arrears.desk.people.models import User

    decide(User.objects.get(username="second"), approval_id, approve=True)


def test_playbooks_are_listed_and_told(own: Desk) -> None:
    first = system("strategist")
    guide = load(default_path())
    listed = first("GET", "/playbooks").json()
    assert listed["playbooks"][0] == {
        "hash": guide.content_hash, "id": guide.id, "title": guide.title.model_dump(), "origin": "in_force",
        "put_in_force_at": None,
    }  # fmt: skip
    assert listed["submitted"] == []
    for name in (guide.content_hash, guide.content_hash[:12]):
        told = first("GET", f"/playbooks/{name}").json()
        assert (told["hash"], told["origin"], len(told["segments"])) == (guide.content_hash, "in_force", len(guide.segments))
    steps = [step for segment in told["segments"] for arm in segment["arms"] for step in arm["steps"]]
    assert {step["id"] for step in steps} <= {step.id for step in guide.all_steps()}
    assert any(step["goes_on"] for step in steps)
    arms = next(segment["arms"] for segment in told["segments"] if segment["experiment"])
    assert sum(arm["share_ppm"] for arm in arms) == 1_000_000
    assert first("GET", f"/playbooks/{guide.content_hash[:12]}{'0' * 52}").status_code == 404
    assert first("GET", f"/playbooks/{OTHER}").status_code == 404
    assert first("GET", "/playbooks/guide").status_code == 422


def test_a_playbook_is_checked_and_not_kept(own: Desk) -> None:
    first = system("strategist", "strategy:read")
    line = GUIDE[: GUIDE.index(b"channel: call")].count(b"\n") + 1
    found = first("POST", "/playbooks/check", {"text": GUIDE.replace(b"channel: call", b"channel: cal", 1).decode()}).json()
    assert found["hash"] is None
    assert (found["findings"][0]["level"], found["findings"][0]["where"]) == ("error", f"text:{line}")
    found = first("POST", "/playbooks/check", {"text": GUIDE.decode()}).json()
    assert found == {"hash": load(default_path()).content_hash, "findings": []}
    early = GUIDE.replace(b'at: "09:30"', b'at: "07:30"', 1).decode()
    found = first("POST", "/playbooks/check", {"text": early}).json()
    assert found["hash"]
    assert {one["level"] for one in found["findings"]} == {"warning"}
    assert not (own.workspace / "playbooks").exists()


def test_a_playbook_takes_two_people(own: Desk, tmp_path: Path) -> None:
    from arrears.day.workspace import Workspace
    from arrears.desk.people.models import Record

    first, sent = system("strategist"), playbook_of(CHANGED, tmp_path)
    guide, digest = load(default_path()).content_hash, hash_of(CHANGED, tmp_path)
    asked = first("POST", "/playbooks", sent, "submit").json()
    assert asked["hash"] == digest
    again = first("POST", "/playbooks", sent, "submit")
    assert (again.json(), again.headers["Idempotency-Replayed"]) == (asked, "true")
    assert first("POST", "/playbooks", sent, "another").status_code == 422, "it is waiting already"
    there = f"/playbooks/candidates/{digest}"
    found = first("GET", there).json()
    assert (found["in_force"], found["in_force_hash"], found["changes_n"]) == (False, guide, 1)
    assert (found["approval"]["state"], found["approval"]["asked_by"]) == ("open", "strategist")
    assert [side["is_candidate"] for side in found["simulation"]["sides"]] == [True, False]
    assert found["simulation"]["difference"]["complaints_n"] == {"mean": 5.0, "low": -1.0, "high": 11.0}
    changes = first("GET", f"/playbooks/{guide}/difference?to={digest}").json()
    assert (changes["changes_n"], changes["changes"][0]["old"], changes["changes"][0]["new"]) == (1, 10, 9)
    for user in ("strategist", "second"):
        assert system(user)("POST", f"{there}/put-in-force", key="early").status_code == 422, "nobody approved it"
    assert not (own.workspace / "playbook.yaml").exists()
    approve(asked["approval_id"])
    for _ in range(2):
        assert first("POST", f"{there}/put-in-force", key="put").json() == {"hash": digest, "in_force": True}
    assert Workspace(own.workspace).strategy().playbook.content_hash == digest
    assert Record.objects.filter(kind="decided", subject=f"strategy {digest} in force").count() == 1
    listed = first("GET", "/playbooks").json()
    assert [one["origin"] for one in listed["playbooks"][:2]] == ["in_force", "candidate"]
    assert listed["playbooks"][0]["put_in_force_at"]
    assert (listed["submitted"][0]["hash"], listed["submitted"][0]["state"]) == (digest, "approved")
    assert first("POST", f"{there}/put-in-force", key="twice").status_code == 422, "it is in force already"
    assert first("GET", f"/playbooks/candidates/{guide}").json()["simulation"] is None, "the old one is kept"


def test_a_policy_takes_two_people(own: Desk) -> None:
    from arrears.desk.keeping import digest_of

    first, sent = system("compliance"), {"text": POLICY.decode()}
    assert first("GET", "/policies").json() == {"in_force": [], "proposed": [], "next_page": None}
    asked = first("POST", "/policies", sent, "propose").json()
    assert asked["hash"] == digest_of(POLICY)
    assert first("POST", "/policies", sent, "propose").json() == asked
    assert first("POST", "/policies", sent, "another").status_code == 422
    there = f"/policies/{asked['hash']}"
    found = first("GET", there).json()
    assert (found["text"], found["in_force"], found["approval"]["state"]) == (POLICY.decode(), False, "open")
    assert "BANK-hours" in {one["rule"] for one in found["changes"]}
    assert all({"from", "to"} <= set(one) for one in found["changes"])
    assert first("POST", f"{there}/put-in-force", key="early").status_code == 422
    assert not (own.workspace / "policy.yaml").exists()
    approve(asked["approval_id"])
    for _ in range(2):
        assert first("POST", f"{there}/put-in-force", key="put").status_code == 200
    assert first("POST", f"{there}/put-in-force", key="twice").status_code == 422
    listed = first("GET", "/policies").json()
    assert [(one["hash"], one["name"]) for one in listed["in_force"]] == [(asked["hash"], "./policy.yaml")]
    assert listed["proposed"][0]["state"] == "approved"
    (own.workspace / "policies" / f"{asked['hash']}.yaml").unlink()
    assert first("GET", there).json()["in_force"], "one in force is told whether it was proposed here or not"
    assert first("GET", f"/policies/{OTHER}").status_code == 404


@pytest.mark.parametrize("what", ["playbook", "policy"])
def test_what_died_before_the_record_is_brought_about_by_the_same_request(
    own: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    from arrears.desk.people.models import Record
    from arrears.desk.strategy import playbooks, policies

    room, place = (playbooks, "/playbooks") if what == "playbook" else (policies, "/policies")
    first = system("strategist" if what == "playbook" else "compliance")
    asked = first("POST", place, playbook_of(CHANGED, tmp_path) if what == "playbook" else {"text": POLICY.decode()}).json()
    approve(asked["approval_id"])
    there = f"{place}/candidates/{asked['hash']}" if what == "playbook" else f"{place}/{asked['hash']}"

    def cut_off(*_args: Any, **_detail: Any) -> None:
        raise RuntimeError

    records = Record.objects.filter(subject__endswith="in force")
    with monkeypatch.context() as patch:
        patch.setattr(room, "record", cut_off)
        assert first("POST", f"{there}/put-in-force", key="put").status_code == 500
    assert (own.workspace / f"{what}.yaml").exists()
    assert not records.exists()
    assert first("POST", f"{there}/put-in-force", key="put").status_code == 200
    assert records.count() == 1


def test_at_the_same_time_one_puts_it_in_force(own: Desk, tmp_path: Path) -> None:
    from arrears.desk.people.models import Record

    first = system("strategist")
    asked = first("POST", "/playbooks", playbook_of(CHANGED, tmp_path)).json()
    approve(asked["approval_id"])

    def put(number: int) -> int:
        try:
            there = f"/playbooks/candidates/{asked['hash']}/put-in-force"
            return int(first("POST", there, key=f"put-{number // 2}").status_code)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(put, range(6)))
    assert 200 in answers
    assert set(answers) <= {200, 409, 422}
    assert Record.objects.filter(subject__endswith="in force").count() == 1


def test_while_a_day_runs_nothing_is_put_in_force(own: Desk) -> None:
    from arrears.day.workspace import Workspace

    first = system("compliance")
    asked = first("POST", "/policies", {"text": POLICY.decode()}).json()
    approve(asked["approval_id"])
    with Workspace(own.workspace).alone():
        assert first("POST", f"/policies/{asked['hash']}/put-in-force", key="put").status_code == 409
    assert first("POST", f"/policies/{asked['hash']}/put-in-force", key="later").status_code == 200


READS = ("/playbooks", f"/playbooks/{OTHER}", f"/playbooks/{OTHER}/difference?to={OTHER}", f"/playbooks/candidates/{OTHER}")
WRITES = ("/playbooks", f"/playbooks/candidates/{OTHER}/put-in-force")
POLICY_READS = ("/policies", f"/policies/{OTHER}")
POLICY_WRITES = ("/policies", f"/policies/{OTHER}/put-in-force")


REFUSED = (
    ("strategist", "strategy:write", "GET", READS),
    ("strategist", "strategy:read", "POST", WRITES),
    ("collector", "strategy:read", "GET", READS),
    ("compliance", "strategy:write", "POST", WRITES),
    ("manager", "strategy:write", "POST", WRITES[:1]),
    ("collector", "strategy:read", "POST", ("/playbooks/check",)),
    ("compliance", "strategy:write", "GET", POLICY_READS),
    ("compliance", "strategy:read", "POST", POLICY_WRITES),
    ("strategist", "strategy:read", "GET", POLICY_READS),
    ("strategist", "strategy:write", "POST", POLICY_WRITES),
    ("manager", "strategy:write", "POST", POLICY_WRITES[:1]),
)


def test_who_may_not_is_refused(here: Desk) -> None:
    from arrears.desk.people.models import Record

    for user, scope, method, paths in REFUSED:
        calls = system(user, scope)
        assert {calls(method, path).status_code for path in paths} == {403}, (user, scope, method)
    assert Record.objects.filter(kind="refused").count() == sum(len(paths) for _, _, _, paths in REFUSED)


BOMB = "a: &a [1, 1, 1, 1, 1, 1, 1, 1]\n" + "".join(
    f"{chr(n)}: &{chr(n)} [{', '.join(['*' + chr(n - 1)] * 8)}]\n" for n in range(ord("b"), ord("k"))
)
WHEN = b"when: {flag: deceased}"
assert WHEN in GUIDE
ODD = (
    "\0", "[]", "a: &a [*a]", BOMB, "[" * 5_000, "{a: " * 500, "x: " + "[" * 70 + "]" * 70, r'"\0": "\ud800"', '"',
    "x: 9999-99-99", "x: !!int abc", "x: !!timestamp abc", "x: !!python/object:os.system y", "x: !!binary abc=",
    "x: !!set {a}", "x: " + "9" * 5_000, "? [a]\n: b", "<<: [1, 2]", "&a <<: *a",
)  # fmt: skip
EMPTY = (" ", "~", "\t", "\ufeff", "---", "--- \n--- \n")


@pytest.mark.slow
def test_no_text_brings_it_down(own: Desk) -> None:
    from arrears.desk.people.models import Approval

    first = system("second")
    deep = GUIDE.replace(WHEN, b"when: " + b"{not: " * 300 + b"{dpd: 1}" + b"}" * 300, 1).decode()
    half = GUIDE.replace(WHEN, rb'when: {language: "\ud800"}', 1).decode()
    for number, text in enumerate((*ODD, *(f"{GUIDE.decode()}\n{odd}" for odd in ODD), *EMPTY, deep, half)):
        answer = first("POST", "/playbooks/check", {"text": text})
        assert (answer.status_code, answer.json()["hash"]) == (200, None), (number, text[-50:])
    sent = {"text": deep, "simulation": result_of(OTHER).decode()}
    assert first("POST", "/playbooks", sent).json()["error"]["where"] == "text"
    for number, text in enumerate((*ODD, *(f"{POLICY.decode()}\n{odd}" for odd in ODD), *EMPTY)):
        answer = first("POST", "/policies", {"text": text}, f"policy-{number}")
        assert (answer.status_code, set(answer.json()["error"])) == (422, {"what", "where", "remedy"}), (number, text[-50:])
    assert not Approval.objects.exists()


def test_what_no_database_keeps_is_refused(own: Desk) -> None:
    first = system("second")
    for odd in (rb"\0", rb"\ud800", rb"\x1b[2J"):
        text = GUIDE.replace(b'title: {en: "', b'title: {en: "' + odd, 1)
        found = first("POST", "/playbooks/check", {"text": text.decode()}).json()
        assert "control character" in found["findings"][0]["what"]
        text = POLICY.replace(b"title: {en: The bank's own policy,", b'title: {en: "' + odd + b'",', 1)
        answer = first("POST", "/policies", {"text": text.decode()}, odd.hex())
        assert answer.status_code == 422
        assert "control character" in answer.json()["error"]["what"]


def test_bodies_are_bounded(here: Desk) -> None:
    first = system("second")
    bodies: tuple[tuple[Any, int], ...] = (
        ({}, 422), ({"text": 1}, 422), ({"text": ""}, 422), ({"text": "a", "simulation": "b", "more": 1}, 422),
        ({"text": "a" * 1_100_000}, 413), (b'{"text": "\\ud800"}', 422), (b"[" * 100_000, 400), (b"\xff", 400),
    )  # fmt: skip
    for body, status in bodies:
        for path in ("/playbooks/check", "/playbooks", "/policies"):
            assert first("POST", path, body).status_code == status, (path, body)
    assert first("POST", "/policies", {"text": "a" * 600_000}).status_code == 422


def test_a_simulation_that_is_none_of_it_is_refused(own: Desk, tmp_path: Path) -> None:
    first, digest = system("strategist"), hash_of(CHANGED, tmp_path)
    odd = (
        result_of(OTHER), b"[]", b"{", b"[" * 5_000, result_of(digest, accounts=0), result_of(digest, accounts=10**400),
        result_of(digest).replace(b"1234.5", b"NaN", 1), result_of(digest).replace(b"A.yaml", b"\\ud800", 1),
        json.dumps(json.loads(result_of(digest)) | {"strategies": []}).encode(),
    )  # fmt: skip
    for number, wrong in enumerate(odd):
        sent = {"text": CHANGED.decode(), "simulation": wrong.decode()}
        answer = first("POST", "/playbooks", sent, f"key-{number}")
        assert answer.status_code == 422, (number, answer.content)
