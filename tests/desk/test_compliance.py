"""What compliance sees and does: refusals by rule, the ledger verified, conduct, the law, the record."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation

from arrears.desk.current import Desk
from arrears.desk.saying import _, readers
from arrears.errors import BookError, StoreError
from arrears.saying import said
from tests.desk.browsing import check_page, chromium, signed_in
from tests.desk.conftest import DAY, owner_of
from tests.desk.making import at, customer, gates, intent
from tests.desk.users import client_of

PERIOD = f"from={DAY}&to={DAY}"


def refuse(here: Desk, customer_id: str, *, flags: str = "", hour: int = 10) -> None:
    """A call that is due and asked about at that hour."""
    from arrears.desk.dispatch.gatekeeping import pass_one

    with here.connection() as connection:
        customer(connection, customer_id, flags=flags)
        number = intent(connection, customer_id)
        connection.commit()
        pass_one(connection, at(hour), gates, actor="collector", intent_id=number)


def test_refusals_are_counted_by_rule_with_their_source(here: Desk) -> None:
    refuse(here, "C1", flags="deceased")
    refuse(here, "C2", flags="deceased")
    refuse(here, "C3", flags="complaint")
    page = client_of("compliance").get(f"/compliance/?{PERIOD}").content.decode()
    rows = re.findall(r"<tr>(.*?)</tr>", page, re.DOTALL)
    found = next(row for row in rows if "refused by law" in row and 'class="n">2</td>' in row)
    assert re.search(r'<span class="id">CN-[\w-]+</span>', found)
    assert "金融" not in found, "the source is told in the reader's language"
    assert "Interim" in found or "Art." in found or "," in found


def test_the_entries_behind_a_count_are_paged_by_number(here: Desk) -> None:
    from arrears.desk.ledger.appending import Deed, append

    with here.connection() as connection:
        customer(connection, "C1")
        deeds = [
            Deed("C1", "refusal", at(9, n // 60, n % 60), "Asia/Shanghai", "t", body={"fate": "refused", "rules": ["CN-X"]})
            for n in range(60)
        ]
        append(connection, deeds)
    client = client_of("compliance")
    address = f"/compliance/refused/?rule=CN-X&fate=refused&{PERIOD}"
    first = client.get(address).content.decode()
    assert first.count('href="/work/case/C1/"') == 50 or first.count(">C1</a>") == 50
    more = re.search(r'href="\?([^"]+before=\d+)"', first)
    assert more is not None
    second = client.get(f"/compliance/refused/?{more[1].replace('&amp;', '&')}").content.decode()
    assert second.count(">C1</a>") == 10
    assert "Earlier ones" in first and "Earlier ones" not in second
    assert client.get(f"/compliance/refused/?rule=CN-Y&fate=refused&{PERIOD}").content.decode().count(">C1</a>") == 0


def test_a_period_is_bounded(here: Desk) -> None:
    response = client_of("compliance").get("/compliance/?from=2026-01-01&to=2026-06-15")
    assert response.status_code == 422


def test_a_ledger_that_was_changed_is_found_and_recorded(own: Desk) -> None:
    from arrears.desk.people.models import Record

    refuse(own, "C1", flags="deceased")
    client = client_of("compliance")
    page = client.post("/compliance/ledger/verify/", follow=True).content.decode()
    assert "The ledger is sound." in page
    with owner_of(own.store) as connection:
        connection.execute("ALTER TABLE ledger_entry DISABLE TRIGGER USER")
        connection.execute("UPDATE ledger_entry SET actor = 'nobody' WHERE seq = 1")
        connection.execute("ALTER TABLE ledger_entry ENABLE TRIGGER USER")
    page = client.post("/compliance/ledger/verify/", follow=True).content.decode()
    assert "entry 1: the entry is not what was written" in page
    kept = list(Record.objects.filter(kind="verified").order_by("record_id").values_list("actor", "subject"))
    assert kept == [("compliance", "sound"), ("compliance", "unsound")]


def test_a_large_ledger_is_verified_beside_the_request(own: Desk) -> None:
    from arrears.desk.compliance import checking
    from arrears.desk.people.models import Record

    refuse(own, "C1", flags="deceased")
    checking.begin_verification("compliance", at_once_max=0)
    for _turn in range(100):
        if checking.verification().state != "running":
            break
        time.sleep(0.1)
    found = checking.verification()
    assert (found.state, found.result["sound"], found.result["entries_n"]) == ("done", True, 1)
    assert Record.objects.filter(kind="verified", subject="sound").count() == 1


def test_the_same_work_is_not_begun_twice(own: Desk) -> None:
    from arrears.desk.compliance.longer import begin, work_of

    gone = []

    def slow(progress: Any) -> dict[str, Any]:
        while not gone:
            time.sleep(0.01)
        raise StoreError("no")

    thread = begin("slow", "compliance", slow)
    assert work_of("slow").state == "running"
    with pytest.raises(StoreError, match="already"):
        begin("slow", "second", slow)
    gone.append(1)
    thread.join(10)
    assert (work_of("slow").state, work_of("slow").what) == ("failed", "no")


@pytest.mark.parametrize(
    ("error", "english", "chinese"),
    [
        (lambda: StoreError(_("wait until it has ended"), where="--plan", remedy=_("use one of {known}").format(known="a, b")),
         "plan: wait until it has ended; use one of a, b", "还款协议：请等待其结束；请选用下列之一：a, b"),
        (lambda: BookError(said("longer than {most} months", most=60), remedy=said("keep one of them")),
         "longer than 60 months; keep one of them", "期限超过 60 个月；请保留其一"),
    ],
    ids=["of the desk", "of a room below"],
)  # fmt: skip
def test_what_failed_in_the_background_is_told_in_its_readers_language(
    own: Desk, error: Any, english: str, chinese: str
) -> None:
    """Not in that of whoever began it."""
    from arrears.desk.compliance.longer import begin, work_of

    def fails(progress: Any) -> dict[str, Any]:
        raise error()

    for began in ("en", "zh-hans"):
        with translation.override(began):
            begin(f"conduct-{DAY}", "second", fails).join(10)
        assert (work_of(f"conduct-{DAY}").state, work_of(f"conduct-{DAY}").what) == ("failed", english)
        for language, wanted in (("en", english), ("zh", chinese)):
            reader = client_of("compliance")
            reader.post("/language/", {"language": language, "back": "/"})
            assert wanted in reader.get(f"/compliance/conduct/{DAY}/").content.decode(), (began, language)


def test_what_the_desk_said_is_said_again_whoever_was_answered_first(here: Desk) -> None:
    with translation.override("zh-hans"):
        text = _("there is no plan {plan_id}").format(plan_id=9)
    assert readers(text) == "there is no plan 9"
    with translation.override("zh-hans"):
        assert readers(text) == text != "there is no plan 9"


def test_who_may_not_verify_does_not(here: Desk) -> None:
    from arrears.desk.people.models import Record

    assert client_of("manager").post("/compliance/ledger/verify/").status_code == 403
    assert not Record.objects.filter(kind="verified").exists()
    assert client_of("collector").get("/compliance/").status_code == 403
    assert client_of("administrator").get("/compliance/record/").status_code == 200
    assert client_of("field_agent").get("/compliance/law/").status_code == 200
    assert client_of("administrator").get("/compliance/law/").status_code == 403


def test_conduct_of_a_day_is_computed_kept_and_shown(own: Desk) -> None:
    from arrears.desk.compliance.longer import work_of

    client = client_of("compliance")
    assert "not been computed" in client.get(f"/compliance/?{PERIOD}").content.decode()
    assert client.post("/compliance/conduct/", {"day": str(DAY)}).status_code == 302
    for _turn in range(600):
        if work_of(f"conduct-{DAY}").state != "running":
            break
        time.sleep(0.1)
    work = work_of(f"conduct-{DAY}")
    assert work.state == "done", work.what
    page = client.get(f"/compliance/?{PERIOD}").content.decode()
    assert f"{work.result['judged']} contacts held against the law" in page
    assert oct((own.workspace / "desk" / f"conduct-{DAY}.json").stat().st_mode)[-3:] == "600"


def test_the_law_is_told_with_its_examples_decided_now(here: Desk) -> None:
    client = client_of("collector")
    page = client.get("/compliance/law/?date=2026-06-15").content.decode()
    assert "CN-CBA-time" in page
    assert "22:00 - 08:00" in page
    early = client.get("/compliance/law/?date=2025-01-01").content.decode()
    assert "Not yet in force" in early
    rule = client.get("/compliance/law/cn/CN-CBA-time/").content.decode()
    assert '<span class="good">refused</span>' in rule
    assert "not as wanted" not in rule
    assert client.get("/compliance/law/cn/NO-SUCH/").status_code == 422
    assert client.get("/compliance/law/xx/").status_code == 404


@pytest.mark.parametrize("pack_id", ["cn", "us", "uk", "eu", "in", "sg"])
def test_every_rule_of_every_pack_has_a_page_in_both_languages(here: Desk, pack_id: str) -> None:
    from django.utils.html import escape

    from arrears.law.loading import load_pack
    from arrears.law.words import Language

    client = client_of("compliance")
    languages: tuple[Language, Language] = ("en", "zh")
    for language in languages:
        client.post("/language/", {"language": language, "back": "/"})
        law = client.get(f"/compliance/law/?pack={pack_id}&date=2026-06-15").content.decode()
        for rule in load_pack(pack_id).rules:
            response = client.get(f"/compliance/law/{pack_id}/{rule.id}/")
            assert response.status_code == 200
            page = response.content.decode()
            assert "not as wanted" not in page
            assert "不符合预期" not in page
            if rule.note:
                assert f"<p>{escape(rule.note.said(language))}</p>" in page
            if rule.why:
                assert f"</strong> {escape(rule.why.said(language))}</p>" in page
                assert f"<td>{escape(rule.why.said(language))}</td>" in law


def test_whoever_may_see_no_case_learns_of_no_customer_from_the_record(here: Desk) -> None:
    from arrears.desk.people.models import Record
    from arrears.desk.people.recording import record

    record("collector", "look", customer_id="C001", subject="contact")
    record("supervisor", "asked", subject="write_off C002", approval_id=1)
    administrator, officer = client_of("administrator"), client_of("compliance")
    page = administrator.get("/compliance/record/").content.decode()
    assert ("contact" in page, "C001" in page, "C002" in page, 'name="customer"' in page) == (True, False, False, False)
    for customer_id in ("C001", "nobody"):
        assert administrator.get(f"/compliance/record/?customer={customer_id}").status_code == 403, "there or not"
    assert list(Record.objects.filter(kind="refused").values_list("customer_id", "subject")) == [
        ("C001", "case.see"), ("nobody", "case.see"),
    ]  # fmt: skip
    page = officer.get("/compliance/record/").content.decode()
    assert "C001" in page and "write-off C002" in page and 'name="customer"' in page
    assert officer.get("/compliance/record/?customer=C001").content.decode().count('<th scope="row">') == 2, (
        "the look, the refusal"
    )


def test_the_record_is_filtered_and_paged(here: Desk) -> None:
    from arrears.desk.compliance import recorded
    from arrears.desk.people.recording import record

    for n in range(recorded.PAGE + 5):
        record("collector", "look", customer_id=f"C{n:03d}", subject="contact")
    record("supervisor", "look", customer_id="C001", subject="contact")
    client = client_of("compliance")
    page = client.get("/compliance/record/?actor=collector&kind=look").content.decode()
    assert page.count('<th scope="row">') == recorded.PAGE
    assert ">C000</a>" not in page
    more = re.search(r'href="\?([^"]+)before=(\d+)"', page)
    assert more is not None
    rest = client.get(f"/compliance/record/?{more[1].replace('&amp;', '&')}before={more[2]}").content.decode()
    assert rest.count('<th scope="row">') == 5
    both = client.get("/compliance/record/?customer=C001").content.decode()
    assert both.count('<th scope="row">') == 2
    assert client.get("/compliance/record/?last=2020-01-01").content.decode().count('<th scope="row">') == 0


def test_compliance_in_a_browser(served: str) -> None:

    with chromium() as browser:
        for language, sound in (("en", "Sound"), ("zh", "完好")):
            page = signed_in(browser, served, "compliance", language=language)
            page.goto(f"/compliance/?{PERIOD}")
            page.keyboard.press("v")
            page.wait_for_selector(f"text={sound}")
            check_page(page)
            for address in ("law/", "law/cn/CN-CBA-time/", "record/", "policy/"):
                page.goto(f"/compliance/{address}")
                check_page(page)


POLICY = Path("docs/examples/policy.yaml").read_bytes()


def upload(client: Any, raw: bytes) -> Any:
    from django.core.files.uploadedfile import SimpleUploadedFile

    return client.post("/compliance/policy/propose/", {"file": SimpleUploadedFile("policy.yaml", raw)}, follow=True)


def test_a_policy_takes_two_people_and_the_old_one_is_kept(own: Desk) -> None:
    from arrears.day.workspace import Workspace
    from arrears.desk.people.models import Approval, Record

    first, second = client_of("compliance"), client_of("second")

    def agreed(raw: bytes) -> str:
        assert "a second person decides" in upload(first, raw).content.decode()
        asked = Approval.objects.filter(kind="policy", state="open").get()
        assert first.post(f"/compliance/policy/{asked.subject}/put-in-force/").status_code == 422, "nobody approved it"
        assert first.post(f"/approvals/{asked.approval_id}/", {"decision": "approve"}).status_code == 422, "it is their own"
        second.post(f"/approvals/{asked.approval_id}/", {"decision": "approve"})
        page = first.post(f"/compliance/policy/{asked.subject}/put-in-force/", follow=True)
        assert "In force from the next" in page.content.decode()
        return str(asked.subject)

    old = agreed(POLICY)
    assert "BANK-hours" in {rule.id for pack in Workspace(own.workspace).strategy().packs for rule in pack.rules}
    assert 'jurisdictions = ["CN", "./policy.yaml"]' in (own.workspace / "bank.toml").read_text(encoding="utf-8")
    stricter = POLICY.replace(b"counting: attempts, max: 2", b"counting: attempts, max: 1")
    refused = upload(first, stricter)
    assert refused.status_code == 422, "its own examples do not come out"
    new = agreed(POLICY.replace(b"from nine to eight", b"from nine until eight"))
    assert (own.workspace / "policies" / f"{old}.yaml").read_bytes() == POLICY
    assert oct((own.workspace / "policies" / f"{new}.yaml").stat().st_mode)[-3:] == "600"
    assert Record.objects.filter(kind="decided", subject=f"policy {new} in force", actor="compliance").exists()
    page = first.get(f"/compliance/policy/{old}/").content.decode()
    assert "title.en" in page


@pytest.mark.parametrize("taken", ["playbook", "response", "process", "mine"])
def test_a_policy_takes_no_other_files_place(own: Desk, taken: str) -> None:
    (own.workspace / "mine.yaml").write_text("is something else")
    refused = upload(client_of("compliance"), POLICY.replace(b"\nid: policy\n", f"\nid: {taken}\n".encode()))
    assert refused.status_code == 422
    assert "a file of that name decides something else" in refused.content.decode()


def test_a_policy_that_does_not_load_is_refused_with_its_place(own: Desk) -> None:
    from arrears.desk.people.models import Approval

    client = client_of("compliance")
    page = upload(client, POLICY.replace(b"kind: hours", b"kind: ours", 1))
    assert page.status_code == 422
    assert "BANK-hours" in page.content.decode()
    assert upload(client, b"x" * 600_000).status_code == 400
    bomb = b"a: &a [1, 1, 1, 1, 1, 1, 1, 1]\n" + b"".join(
        b"%c: &%c [%s]\n" % (n, n, b", ".join([b"*%c" % (n - 1)] * 8)) for n in range(ord("b"), ord("k"))
    )
    for endless in (b"a: &a [*a]", bomb, b"[" * 5_000):
        assert upload(client, endless).status_code == 422
    assert upload(client_of("manager"), POLICY).status_code == 403
    assert not Approval.objects.exists()


def test_two_approved_policies_do_not_undo_each_other(own: Desk) -> None:
    from arrears.desk.people.models import Approval

    first, second = client_of("compliance"), client_of("second")
    for raw in (POLICY, POLICY.replace(b"from nine to eight", b"from nine until eight")):
        upload(first, raw)
    subjects = [one.subject for one in Approval.objects.order_by("approval_id")]
    for one in Approval.objects.all():
        second.post(f"/approvals/{one.approval_id}/", {"decision": "approve"})
    assert first.post(f"/compliance/policy/{subjects[0]}/put-in-force/").status_code == 302
    assert first.post(f"/compliance/policy/{subjects[1]}/put-in-force/").status_code == 422


def test_what_the_desk_itself_holds_is_counted_by_its_reason(here: Desk) -> None:
    from arrears.desk.ledger.appending import Deed, append

    with here.connection() as connection:
        customer(connection, "C1")
        append(
            connection, [Deed("C1", "refusal", at(9), "Asia/Shanghai", "t", body={"fate": "withdrawn", "reason": "promise"})]
        )
    client = client_of("compliance")
    page = client.get(f"/compliance/?{PERIOD}").content.decode()
    assert "a promise is open" in page
    assert client.get(f"/compliance/refused/?reason=promise&fate=withdrawn&{PERIOD}").content.decode().count(">C1</a>") == 1
    assert client.get(f"/compliance/refused/?reason=paid&fate=withdrawn&{PERIOD}").content.decode().count(">C1</a>") == 0
    assert client.get("/compliance/?from=2026-06-14&to=2026-06-14").content.decode().count("a promise is open") == 0


def test_overdue_matters_are_counted(here: Desk) -> None:
    with here.connection() as connection:
        customer(connection, "C1")
        connection.execute(
            "INSERT INTO matter (customer_id, kind, opened_at, deadline_on) VALUES "
            "('C1', 'complaint', '2026-06-01', '2026-06-14'), ('C1', 'complaint', '2026-06-01', '2026-06-15')"
        )
    page = client_of("compliance").get("/compliance/").content.decode()
    assert "2 open" in page
    assert "1 overdue" in page


def test_all_examples_of_a_pack_are_run_from_its_page(here: Desk) -> None:
    page = client_of("collector").post("/compliance/law/sg/test/", follow=True).content.decode()
    assert re.search(r"All \d+ examples of sg came out as the pack says\.", page)
    assert "all as the pack says" in page


@pytest.mark.parametrize(
    ("told", "english", "chinese"),
    [
        ("refusals", "refusals", "未实施的联系"), ("api quality check", "API: quality check", "API: 质检"),
        ("user_reset agent-03", "new password and second factor agent-03", "重置密码与双重验证 agent-03"),
        ("webhook 3", "webhook 3", "事件推送 3"), ("agent-03", "agent-03", "agent-03"), ("", "", ""),
        ("2026-06 seg kept", "2026-06 seg kept", "2026-06 seg kept"),
    ],
)  # fmt: skip
def test_an_entry_of_the_record_is_told_in_the_readers_language(told: str, english: str, chinese: str) -> None:
    from arrears.desk.screens.templatetags.shown import subject

    for language, words in (("en", english), ("zh-hans", chinese)):
        with translation.override(language):
            assert subject(told) == words
