"""What a strategist sees and does: the playbook drawn, two compared, a candidate on its way into force."""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from pathlib import Path
from typing import Any

import pytest

from arrears.desk.current import Desk
from arrears.errors import StoreError
from arrears.playbook import default_path, load
from tests.desk.browsing import check_page, chromium, signed_in
from tests.desk.users import client_of

GUIDE = default_path().read_bytes()
CHANGED = GUIDE.replace(b"per_7_days_max: 10", b"per_7_days_max: 9", 1)


def result_of(digest: str, **changes: Any) -> bytes:
    """What `arrears simulate --out` writes of a playbook of that hash against the guide, with made-up figures."""
    from arrears.desk.strategy.simulated import MAIN

    mean = dict.fromkeys(MAIN, 1234.5)
    sides = [
        {"name": name, "playbook": f"{name}.yaml", "playbook_hash": hash_, "allocator": "rule", "mean": mean, "by_seed": []}
        for name, hash_ in (("A", digest), ("B", load(default_path()).content_hash))
    ]
    gap = {measure: {"mean": 5.0, "low": -1.0, "high": 11.0, "n": 5} for measure in MAIN}
    found = {"accounts": 20_000, "days": 60, "start": "2026-02-02", "seeds": [1, 2], "strategies": sides, "difference": gap}
    return json.dumps(found | changes).encode()


def hash_of(raw: bytes, tmp_path: Path) -> str:
    folder = tmp_path / "hashed"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(default_path().parent / "contents", folder / "contents")
    (folder / "playbook.yaml").write_bytes(raw)
    return load(folder / "playbook.yaml").content_hash


def submit(client: Any, raw: bytes, result: bytes) -> Any:
    from django.core.files.uploadedfile import SimpleUploadedFile

    files = {"file": SimpleUploadedFile("mine.yaml", raw), "result": SimpleUploadedFile("result.json", result)}
    return client.post("/strategy/submit/", files, follow=True)


def test_the_playbook_in_force_is_drawn_and_told(at_work: Desk) -> None:
    page = client_of("strategist").get("/strategy/").content.decode()
    playbook = load(default_path())
    assert page.count("<svg") == sum(bool(playbook.steps_of(one)) for one in playbook.segments) + sum(
        sum(bool(steps) for steps in playbook.variants(one).values()) - bool(playbook.steps_of(one))
        for one in playbook.segments
        if playbook.experiment_of(one.id)
    )
    assert "style=" not in page
    assert "days past due 1 to 30 and score band D or E" in page
    assert "(the same)" in page, "the published day was planned by the playbook in force"
    for segment in playbook.segments:
        assert f'id="s-{segment.id}"' in page


def test_a_repeating_step_is_drawn_on_its_days() -> None:
    from arrears.desk.strategy.showing import days_of
    from arrears.playbook.conditions import Between
    from arrears.playbook.triggers import Trigger

    weekly = Trigger.model_validate({"dpd": {"from": 31, "every": 7}})
    assert days_of(weekly, Between("dpd", 31, 60)) == ((31, 38, 45, 52, 59), False)
    often = Trigger.model_validate({"dpd": {"from": 61, "every": 2, "to": 90}})
    assert len(days_of(often, Between("dpd", 61, 90))[0]) == 15, "where the end is known every day is drawn"
    days, endless = days_of(weekly, Between("dpd", 31, None))
    assert (len(days), endless) == (12, True)
    assert days_of(Trigger.model_validate({"due": (-1, -5)}), Between("dpd", None, None)) == ((-5, -1), False)


@pytest.mark.parametrize(
    ("data", "en", "zh"),
    [
        ({"dpd": {"from": 61}, "band": "E"}, "days past due 61 or more and score band E", "逾期天数61及以上 且 评分等级为E"),
        ({"not": {"flag": "dispute"}}, "not (there is an open dispute)", "非（存在“异议处理中”）"),
        ({"balance_minor": {"to": 5_000_000}}, "balance up to CNY 50,000.00", "余额不超过CNY 50,000.00"),
        ({"first_payment_default": True}, "first payment missed: yes", "首期未还：是"),
        ("always", "everybody left", "全部其余客户"),
    ],
)
def test_conditions_are_told_in_both_languages(data: Any, en: str, zh: str) -> None:
    from arrears.desk.screens.strategist.words import condition_words
    from arrears.playbook.parsing import parse

    assert condition_words(parse(data), "en", "CNY") == en
    assert condition_words(parse(data), "zh", "CNY") == zh


def test_a_difference_is_told_side_by_side(own: Desk) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    client = client_of("strategist")
    key = load(default_path()).content_hash[:12]
    page = client.post("/strategy/compare/", {"old": key, "file": SimpleUploadedFile("mine.yaml", CHANGED)}).content.decode()
    assert "1 difference<" in page
    assert re.search(r"segment \w+ › intensity › in seven days at most</th>", page)
    assert "<td>10</td><td>9</td>" in page
    assert not (own.workspace / "playbooks").exists(), "a comparison keeps nothing"
    client.post("/language/", {"language": "zh", "back": "/"})
    page = client.post("/strategy/compare/", {"old": key, "file": SimpleUploadedFile("mine.yaml", CHANGED)}).content.decode()
    assert "七日上限" in page


def test_a_candidate_takes_two_people_and_the_old_one_is_kept(own: Desk, tmp_path: Path) -> None:
    from arrears.day.workspace import Workspace
    from arrears.desk.people.models import Approval, Record

    digest, before = hash_of(CHANGED, tmp_path), load(default_path()).content_hash
    first, second = client_of("strategist"), client_of("second")
    page = submit(first, CHANGED, result_of(digest)).content.decode()
    assert "a second person decides" in page
    assert "net recovery" in page
    asked = Approval.objects.get(kind="strategy")
    assert asked.subject == digest
    kept = own.workspace / "playbooks" / digest
    assert {oct(file.stat().st_mode)[-3:] for file in kept.rglob("*") if file.is_file()} == {"600"}
    assert first.post(f"/strategy/candidates/{digest}/put-in-force/").status_code == 422, "nobody approved it"
    assert first.post(f"/approvals/{asked.approval_id}/", {"decision": "approve"}).status_code == 422, "it is their own"
    assert not (own.workspace / "playbook.yaml").exists()
    second.post(f"/approvals/{asked.approval_id}/", {"decision": "approve"})
    assert "In force from the next" in first.post(f"/strategy/candidates/{digest}/put-in-force/", follow=True).content.decode()
    assert Workspace(own.workspace).strategy().playbook.content_hash == digest
    assert load(own.workspace / "playbooks" / before / "playbook.yaml").content_hash == before
    assert Record.objects.filter(kind="decided", subject=f"strategy {digest} in force").count() == 1
    assert first.post(f"/strategy/candidates/{digest}/put-in-force/").status_code == 422, "it is in force already"


def test_a_rejected_candidate_does_not_come_into_force(own: Desk, tmp_path: Path) -> None:
    from arrears.desk.people.models import Approval

    digest = hash_of(CHANGED, tmp_path)
    submit(client_of("strategist"), CHANGED, result_of(digest))
    second = client_of("second")
    second.post(f"/approvals/{Approval.objects.get().approval_id}/", {"decision": "reject", "note": "too hard"})
    assert second.post(f"/strategy/candidates/{digest}/put-in-force/").status_code == 422
    assert not (own.workspace / "playbook.yaml").exists()


def test_what_is_wrong_with_a_file_is_told_by_line(own: Desk) -> None:
    from arrears.desk.people.models import Approval

    line = GUIDE[: GUIDE.index(b"channel: call")].count(b"\n") + 1
    page = submit(client_of("strategist"), GUIDE.replace(b"channel: call", b"channel: cal", 1), result_of("0" * 64))
    assert page.status_code == 422
    assert f"mine.yaml:{line}" in page.content.decode()
    assert submit(client_of("strategist"), b"a: &a [*a]", result_of("0" * 64)).status_code == 422
    assert submit(client_of("strategist"), b"x" * 1_100_000, b"{}").status_code == 400
    assert not Approval.objects.exists()


def test_a_simulation_of_another_playbook_is_refused(own: Desk, tmp_path: Path) -> None:
    from arrears.desk.people.models import Approval

    page = submit(client_of("strategist"), CHANGED, result_of("0" * 64))
    assert page.status_code == 422
    assert "it is not of this playbook" in page.content.decode()
    digest = hash_of(CHANGED, tmp_path)
    for wrong in (b"[]", b"{", result_of(digest, accounts=0), result_of(digest).replace(b"1234.5", b"NaN", 1)):
        assert submit(client_of("strategist"), CHANGED, wrong).status_code == 422
    assert not Approval.objects.exists()


def test_the_simulator_names_the_playbook_by_its_hash() -> None:
    from datetime import date

    from arrears.desk.strategy.simulated import read_simulated, require_of
    from arrears.lab.simulation.comparing import Settings, Side, compare
    from arrears.lab.simulation.efforts import capacities_for

    settings = Settings((Side("guide", "rule"),), 200, date(2026, 2, 2), 1, (1,), capacities_for(200), 1, 1_000)
    found = read_simulated(json.dumps(compare(settings).as_json()).encode(), "result.json")
    assert require_of(found, load(default_path()), "result.json").allocator == "rule"
    with pytest.raises(StoreError, match="not of this playbook"):
        require_of(found.model_copy(update={"strategies": []}), load(default_path()), "result.json")


def test_who_may_what_with_strategies(here: Desk) -> None:
    assert client_of("collector").get("/strategy/").status_code == 403
    assert client_of("compliance").get("/strategy/").status_code == 200
    assert client_of("compliance").get("/strategy/submit/").status_code == 403
    assert client_of("manager").get("/strategy/submit/").status_code == 403
    assert client_of("strategist").get("/strategy/candidates/../../bank.toml/").status_code in (404, 422)
    assert client_of("strategist").get(f"/strategy/candidates/{'0' * 64}/").status_code == 422


def test_strategy_in_a_browser(served: str) -> None:
    with chromium() as browser:
        for language, what in (("en", "Compare playbooks"), ("zh", "比较策略手册")):
            page = signed_in(browser, served, "strategist", language=language)
            page.goto("/strategy/")
            page.click("#s-early_high summary")
            page.wait_for_selector("#s-early_high svg")
            check_page(page)
            page.keyboard.press("c")
            page.wait_for_selector(f"h1:has-text('{what}')")
            check_page(page)
            page.goto("/strategy/submit/")
            check_page(page)


def test_whoever_decides_finds_the_candidate(own: Desk, tmp_path: Path) -> None:
    digest = hash_of(CHANGED, tmp_path)
    submit(client_of("strategist"), CHANGED, result_of(digest))
    manager = client_of("manager")
    assert f'href="/strategy/candidates/{digest}/"' in manager.get("/approvals/").content.decode()
    page = manager.get(f"/strategy/candidates/{digest}/").content.decode()
    assert "1 difference<" in page
    assert "Put it in force" not in page


@pytest.mark.parametrize(
    "folder", ["..", ".", "../contents", "/etc", "a b", "x/y", "''", "x" * 300, "[1]"], ids=lambda one: one[:12]
)
def test_findings_name_the_file_that_was_handed_in_and_no_place_of_this_machine(own: Desk, folder: str) -> None:
    """Nor is a folder looked into that lies anywhere else."""
    from arrears.desk.strategy import playbooks

    faulty = GUIDE.replace(b"contents: contents", f"contents: {folder}".encode(), 1)
    assert faulty != GUIDE
    findings, playbook = playbooks.checked(faulty, "mine.yaml", own.workspace)
    told = " ".join(part for one in findings for part in (one.where, one.what, one.remedy))
    assert playbook is None
    assert findings and all(one.where.startswith("mine.yaml:") for one in findings), told
    assert not [one for one in (tempfile.gettempdir(), "arrears-candidate", "/etc") if one in told]
