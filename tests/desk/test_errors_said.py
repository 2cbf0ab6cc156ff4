"""What the desk refuses is said in the reader's language and for a reader's page; the API and commands speak English."""

from __future__ import annotations

import ast
import json
import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from arrears.desk import saying
from arrears.desk.current import Desk
from arrears.errors import BookError, StoreError
from tests.desk.making import customer, gates, intent
from tests.desk.users import client_of

DESK = Path(saying.__file__).parent
ROOMS = ("cases", "compliance", "figures", "work", "people", "strategy", "dispatch", "plan", "ledger", "screens")
MODULES = ("saving.py", "current.py", "opening.py", "server.py", "api/tokens.py")
NO_PAGE = {
    "server.py": "the bundled server starts before there is a page",
    "saving.py": "backup and restore are commands",
    "opening.py": "a store is opened before there is a page",
    "plan/publishing.py": "publishing is a command",
    "plan/rows.py": "so is reading the day's plan for it",
    "ledger/exporting.py": "the export is a command",
    "dispatch/running.py": "rounds of dispatch and the store's mode are commands'; a page asks for one contact",
}
"""Modules whose errors no page shows, each with the reason."""
OF_PAGES = {"dispatch/running.py": {"gate"}}
"""Functions of them that pages do reach."""
REFUSED = [
    ("collector", "/work/case/C1/promise/", {"promise-amount": "10", "promise-due": "2029-01-01"}, "cannot be promised today"),
    ("collector", "/work/case/C1/promise/", {"promise-amount": "0", "promise-due": "2026-06-20"}, "nothing was promised"),
    (
        "collector", "/work/case/C1/plan/",
        {"plan-amount": "100", "plan-months": "3", "plan-apr": "0", "plan-first": "2029-01-01"}, "is no first day of a plan",
    ),
    (
        "collector", "/work/case/C1/plan/",
        {"plan-amount": "100", "plan-months": "72", "plan-apr": "0", "plan-first": "2026-06-20"}, "longer than 60 months",
    ),
    ("collector", "/work/case/C1/plan/7/", {"answer": "accept"}, "this customer has nothing of that number"),
    ("collector", "/work/case/C1/outcome/", {"attempt": "1", "outcome": "busy"}, "that is no attempt of yours"),
    ("collector", "/work/case/C1/call-back/", {"callback-at": "2020-01-01T10:00"}, "a call-back is booked for a time to come"),
    ("collector", "/work/case/C1/task/", {"task-action": "follow_up", "task-due": "2020-01-01"}, "a task is for a day to come"),
    ("collector", "/work/case/C1/task/", {"task": "9", "outcome": "done"}, "this customer has nothing of that number"),
    ("administrator", "/administration/webhooks/", {"close": "9"}, "there is none"),
    ("collector", "/work/case/C1/document/9/", None, "this customer has no document of that number"),
    ("supervisor", "/supervision/placements/recall/", {"customer": "C1"}, "they are not placed"),
    ("supervisor", "/supervision/quality/9/", None, "there is no check 9"),
    ("supervisor", "/supervision/plans/9/", {"decision": "approve"}, "there is no plan 9"),
    ("supervisor", "/approvals/9/", {"decision": "approve"}, "nothing of that number waits for a decision"),
    ("administrator", "/administration/user/u9/", None, "there is no such user"),
    ("administrator", "/administration/user/administrator/act/", {"act": "reset"}, "nobody does this to themselves"),
    ("administrator", "/administration/tokens/", {"revoke": "9"}, "there is no such token"),
    ("compliance", "/compliance/?from=x", None, "this is no date"),
    ("compliance", "/compliance/law/p9/r9/", None, "there is no pack 'p9'"),
    ("compliance", "/compliance/policy/p9/", None, "this is no hash of a file"),
    ("strategist", "/strategy/?version=0123", None, "no playbook of that hash is known here"),
]  # fmt: skip


@pytest.fixture
def one(here: Desk) -> Desk:
    """A desk with one customer."""
    here.__dict__["gates"] = gates
    with here.store.connect() as connection:
        customer(connection, "C1")
        intent(connection, "C1")
    return here


def refusal(who: str, address: str, sent: dict[str, str] | None, language: str) -> str:
    client = client_of(who)
    client.post("/language/", {"language": language, "back": "/"})
    answer = client.get(address) if sent is None else client.post(address, sent)
    found = re.search(r'<p class="problem" role="alert">(.*?)</p>', answer.content.decode(), re.S)
    assert found is not None, (answer.status_code, answer.content.decode()[-800:])
    return unescape(found[1])


@pytest.mark.parametrize(("who", "address", "sent", "english"), REFUSED, ids=[case[3] for case in REFUSED])
def test_a_refusal_is_in_the_readers_language(one: Desk, who: str, address: str, sent: Any, english: str) -> None:
    chinese = refusal(who, address, sent, "zh")
    assert re.search("[\u4e00-\u9fff]", chinese)
    assert [word for word in re.findall("[A-Za-z]{4,}", chinese) if word not in ("administrator",)] == [], chinese
    said = refusal(who, address, sent, "en")
    assert english in said
    assert "arrears " not in said and "--" not in said, "a browser has no command line"


def uploaded(who: str, address: str, language: str, **files: bytes) -> str:
    """What a page says to files that are handed in, without its marks."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    client = client_of(who)
    client.post("/language/", {"language": language, "back": "/"})
    answer = client.post(address, {name: SimpleUploadedFile(f"{name}.yaml", raw) for name, raw in files.items()})
    assert answer.status_code == 422
    return re.sub(r"\s+", " ", unescape(re.sub("<[^>]+>", " ", answer.content.decode())))


def test_a_faulty_playbook_is_told_in_the_strategists_language(here: Desk) -> None:
    from arrears.playbook import default_path

    faulty = default_path().read_bytes().replace(b"per_7_days_max: 10", b"per_7_days_max: 0", 1)
    faulty = faulty.replace(b"band: ", b"bond: ", 1)
    for address, files in (("/strategy/submit/", {"file": faulty, "result": b"{}"}), ("/strategy/compare/", {"file": faulty})):
        chinese, english = (uploaded("strategist", address, language, **files) for language in ("zh", "en"))
        assert "intensity：per_7_days_max 小于 per_day_max" in chinese
        assert "未知的列 'bond' 是否应为 'band'？" in chinese
        assert "intensity: per_7_days_max is below per_day_max" in english
        assert "unknown column 'bond' did you mean 'band'?" in english
    empty = uploaded("strategist", "/strategy/submit/", "zh", file=b"segments: [", result=b"{}")
    assert "不是有效的 YAML" in empty and "请检查该处的缩进、冒号和引号" in empty


def test_a_policy_with_a_mistake_is_told_in_the_readers_language(here: Desk) -> None:
    policy = Path("docs/examples/policy.yaml").read_bytes()
    for old, new, chinese, english in (
        (b"kind: hours", b"kind: ours", "未知的规则种类 'ours'", "unknown kind 'ours'"),
        (b"counting: attempts, max: 2", b"counting: attempts, max: 1", "的结果为被", "says refused by"),
    ):
        faulty = policy.replace(old, new, 1)
        assert faulty != policy
        for language, said in (("zh", chinese), ("en", english)):
            assert said in uploaded("compliance", "/compliance/policy/propose/", language, file=faulty)


def test_the_form_of_a_file_is_told_in_the_readers_language_too(here: Desk) -> None:
    from arrears.playbook import default_path

    policy, guide = Path("docs/examples/policy.yaml").read_bytes(), default_path().read_bytes()
    for raw, who, address, chinese, english in (
        (policy + b"\na: b: c", "compliance", "/compliance/policy/propose/", "此处不能出现键值", "mapping values are not"),
        (guide.replace(b"per_7_days_max: 10", b"per_7_days_max: ten", 1), "strategist", "/strategy/compare/",
         "per_7_days_max：应为整数", "per_7_days_max: Input should be a valid integer"),
    ):  # fmt: skip
        assert chinese in uploaded(who, address, "zh", file=raw)
        assert english in uploaded(who, address, "en", file=raw)
    chinese = uploaded("strategist", "/strategy/submit/", "zh", file=guide, result=b'{"accounts": 0}')
    assert "应大于或等于 1" in chinese


def test_a_book_that_is_gone_is_told_in_the_readers_language(here: Desk) -> None:
    from datetime import date

    from arrears.day.workspace import Workspace

    with pytest.raises(BookError) as caught:
        Workspace(here.workspace).require("plan", date(2029, 1, 1))
    with translation.override("zh-hans"):
        told = saying.on_page(caught.value)
    assert told.what.startswith("没有 2029-01-01 的当日计划；工作区现有 2026-06-14 至")
    assert told.remedy == "请联系运维人员运行 2029-01-01 的日批"
    assert saying.on_page(caught.value).remedy == "run the day"


def test_a_page_names_fields_and_commands_nothing() -> None:
    error = StoreError("there is no plan 9", where="--plan", remedy="arrears case show lists a customer's plans")
    assert saying.on_page(error) == ("plan", "there is no plan 9", "look at the case again")
    assert saying.on_page(error).line == "plan: there is no plan 9; look at the case again"
    for remedy, shown in (
        ("see: arrears user list", ""), ("arrears publish --date D", "have the day's plan published"),
        ("close it: arrears case show lists what is open", "close it"),
        ("give a file that arrears backup wrote", "give a file that arrears backup wrote"),
        ("see: approvals", "see: approvals"), ("mend it (1 more: arrears playbook check)", "mend it (1 more)"),
    ):  # fmt: skip
        assert saying.without_command(remedy) == shown
    with translation.override("zh-hans"):
        assert saying.on_page(StoreError("w", where="--first-due")).line == "首期还款日：w"


def test_the_api_speaks_english_whoever_asks(one: Desk) -> None:
    from arrears.desk.api.tokens import make_token
    from arrears.desk.people.models import User

    User.objects.filter(username="collector").update(language="zh")
    secret = make_token("administrator", User.objects.get(username="collector"), "crm", ["cases:write"])[1]
    headers = {"Authorization": f"Bearer {secret}", "Idempotency-Key": "k", "Accept-Language": "zh-Hans,zh"}
    sent = json.dumps({"amount_minor": 1000, "due_on": "2029-01-01"})
    browser = client_of("collector")
    browser.post("/language/", {"language": "zh", "back": "/"})
    for client in (Client(), browser):
        answer = client.post("/api/v1/customers/C1/promises", sent, "application/json", headers=headers)
        error = answer.json()["error"]
        assert (answer.status_code, error["where"]) == (422, "due_on")
        assert (error["what"], answer.headers["Content-Language"]) == ("2029-01-01 cannot be promised today", "en")
        assert error["remedy"].startswith("give 2026-06-1")


def test_no_chinese_text_names_a_command() -> None:
    """It is read on pages alone."""
    text = (DESK / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po").read_text(encoding="utf-8")
    assert re.findall(r'^msgstr ".*(?:arrears| --).*"$', text, re.M) == []


def test_a_command_speaks_english(one: Desk) -> None:
    """Nothing has chosen a language for it."""
    from arrears.desk.people.accounts import user_named

    with pytest.raises(StoreError) as caught:
        user_named("nobody")
    assert caught.value.line() == "user nobody: there is no such user; see: arrears user list"


def modules() -> list[Path]:
    found = [path for room in ROOMS for path in sorted((DESK / room).rglob("*.py")) if "migrations" not in path.parts]
    return [*found, *(DESK / name for name in MODULES)]


def plain_texts(path: Path) -> list[str]:
    """What a module refuses in words that no catalogue has: where it stands."""
    name = str(path.relative_to(DESK))
    tree = ast.parse(path.read_text(encoding="utf-8"))
    asked = [one for one in ast.walk(tree) if isinstance(one, ast.FunctionDef) and one.name in OF_PAGES.get(name, ())]
    found = []
    for call in (one for part in (asked if name in NO_PAGE else [tree]) for one in ast.walk(part)):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id.endswith("Error"):
            said = [*call.args[:1], *(one.value for one in call.keywords if one.arg in ("what", "remedy"))]
            found += [f"{name}:{one.lineno}" for one in said if isinstance(one, ast.JoinedStr) or is_text(one)]
    return found


def places(path: Path) -> set[str]:
    """Every option that an error of a module names as where it was seen."""
    found = set()
    for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id.endswith("Error"):
            found |= {
                str(one.value.value) for one in call.keywords if one.arg == "where" and isinstance(one.value, ast.Constant)
            }  # fmt: skip
    return {one for one in found if one.startswith("--")}


def test_every_option_that_an_error_names_is_a_field_on_a_page() -> None:
    named = set().union(*(places(path) for path in modules() if path.relative_to(DESK).as_posix() not in NO_PAGE))
    assert named - set(saying.OPTIONS) == set()
    assert len(named) > 10


def test_nothing_that_is_kept_is_translated() -> None:
    """The ledger and the record keep codes: whoever wrote an entry, it reads the same."""
    for path in DESK.rglob("*.py"):
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            name = getattr(getattr(call, "func", None), "attr", getattr(getattr(call, "func", None), "id", ""))
            if isinstance(call, ast.Call) and name in ("deed", "record", "ask"):
                inner = [one.func.id for one in ast.walk(call) if isinstance(one, ast.Call) and isinstance(one.func, ast.Name)]
                assert "_" not in inner, f"{path}:{call.lineno}"


def is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value != ""


def test_every_error_that_a_page_may_show_is_in_a_catalogue() -> None:
    assert [one for path in modules() for one in plain_texts(path)] == []


def test_every_text_is_filled_with_what_it_has_places_for() -> None:
    for path in modules():
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match call:
                case ast.Call(ast.Attribute(ast.Call(ast.Name("_"), [ast.Constant(str(text))]), "format"), [], given):
                    assert set(re.findall(r"\{(\w+)", text)) == {one.arg for one in given}, f"{path.name}:{call.lineno}"
