"""What managers and compliance officers read by the API is what the rooms below their pages say, to the right people."""

from __future__ import annotations

import time
from dataclasses import asdict
from datetime import timedelta
from fractions import Fraction
from typing import Any
from urllib.parse import quote, urlencode

import pytest

from arrears.desk.current import Desk
from arrears.desk.figures import behind, books, computing, moving, worked
from arrears.report.summary import LEFT_THE_BOOK
from tests.desk.conftest import DAY, owner_of
from tests.desk.making import at, customer, gates, intent
from tests.desk.test_api import call, token

THEN = DAY - timedelta(days=1)
DAYS = computing.Days(THEN, DAY, (THEN, DAY))
READS = ("figures:read", "law:read", "ledger:read")
FIGURES = (
    "/figures/days", "/figures/npl", "/figures/npl/history", "/figures/rolls", "/figures/vintages", "/figures/vintages/history",
    "/figures/arms",
    "/figures/accounts?kind=npl", "/figures/work", "/figures/promises", "/figures/costs", "/figures/work/behind?kind=payments",
)  # fmt: skip
CONDUCT = ("/law/refusals", "/law/refusals/entries", "/law/findings", f"/conduct/{DAY}")


def got(secret: str, path: str, **asked: Any) -> Any:
    query = urlencode({name.rstrip("_"): value for name, value in asked.items()}, quote_via=quote)
    answer = call(secret, "GET", f"{path}?{query}" if query else path)
    assert answer.status_code == 200, answer.content
    return answer.json()


def status(secret: str, path: str, method: str = "GET", key: str = "key-1") -> int:
    return int(call(secret, method, path, key=key).status_code)


def plain(rows: Any) -> list[dict[str, Any]]:
    """Dataclasses as they come back from JSON."""
    return [{name: str(value) if name in {"day", "quarter"} else value for name, value in asdict(one).items()} for one in rows]


def without(rows: list[dict[str, Any]], *names: str) -> list[dict[str, Any]]:
    return [{name: value for name, value in one.items() if name not in names} for one in rows]


def test_figures_are_those_of_the_pages_and_exact(at_work: Desk) -> None:
    secret = token("manager", *READS)
    assert got(secret, "/figures/days", limit=1) == {"days": [str(DAY)], "next_before": str(DAY)}
    assert got(secret, "/figures/days", before=DAY) == {"days": [str(THEN)], "next_before": None}
    npl, moved = got(secret, "/figures/npl"), computing.moved(DAYS)
    assert (npl["then"], npl["now"], npl["currency"]) == (str(THEN), str(DAY), "CNY")
    assert Fraction(npl["ratio_now"]) == moved.ratio_now() and Fraction(npl["ratio_then"]) == moved.ratio_then()
    effects = sum((Fraction(one["effect"]) for one in npl["parts"]), Fraction(npl["denominator"]))
    assert effects == moved.ratio_now() - moved.ratio_then(), "nothing is lost on the way"
    assert abs(npl["ratio_now_ppm"] - moved.ratio_now() * 1_000_000) <= Fraction(1, 2)
    assert without(npl["parts"], "effect", "effect_ppm") == plain(moved.parts)
    assert [one["name"] for one in npl["parts"]] == list(moving.PARTS)
    assert got(secret, "/figures/npl", then=DAY, now=THEN) == npl, "in whichever order they are asked for"
    assert got(secret, "/figures/npl/history")["days"] == plain(computing.history(DAYS))
    assert got(secret, "/figures/vintages")["vintages"] == plain(computing.vintages(DAYS))
    assert got(secret, "/figures/vintages/history")["vintages"] == plain(computing.vintage_history(DAYS))
    assert without(got(secret, "/figures/arms")["arms"], "cured_bp") == plain(computing.arms(DAYS))
    cells, rolls = got(secret, "/figures/rolls")["cells"], computing.rolls(DAYS)
    gone = [one | {"after": None} if one["after"] == LEFT_THE_BOOK else one for one in plain(rolls.cells)]
    assert without(cells, "share_bp") == gone
    for before in {one["before"] for one in cells}:
        assert abs(sum(one["share_bp"] for one in cells if one["before"] == before) - 10_000) <= len(cells)


def test_accounts_are_paged_to_their_end_and_on_the_record(at_work: Desk) -> None:
    from arrears.desk.people.models import Record

    every = computing.accounts(books.Asked("bucket", THEN, DAY, "1"), "", 10_000)
    secret, found, after, pages = token("manager", *READS), [], "", 0
    while after is not None:
        page = got(secret, "/figures/accounts", kind="bucket", name="1", after=after, limit=7)
        found, after, pages = found + page["accounts"], page["next_after"], pages + 1
    assert len(every) > 7 and found == plain(every)
    kept = list(Record.objects.filter(kind="look", subject="api accounts"))
    assert len(kept) == pages and sum(one.detail["rows"] for one in kept) == len(every)
    assert (kept[0].actor, kept[0].detail["figure"]) == ("manager", "bucket 1")
    strategist = got(token("strategist", *READS), "/figures/accounts", kind="bucket", name="1")["accounts"]
    assert {one["customer_id"] for one in strategist} == {None}, "who sees no case sees nobody's id"
    assert without(strategist, "customer_id") == without(plain(every), "customer_id")
    for kind, name in (("npl", ""), ("book", ""), ("part", "inflow"), ("roll", "0-left"), ("vintage", "2026-04-01,all")):
        asked = books.Asked(kind, THEN, DAY, name)
        page = got(secret, "/figures/accounts", kind=kind, name=name)
        assert page["accounts"] == plain(computing.accounts(asked, "", 1_000)), kind


def test_the_work_is_counted_down_to_its_lines(here: Desk) -> None:
    from arrears.desk.dispatch.gatekeeping import pass_one
    from arrears.desk.dispatch.telling import Told, tell
    from arrears.desk.people.models import Record

    with here.store.connect() as connection:
        for n, outcome in enumerate(("right_party", "promise", "no_answer")):
            customer(connection, f"C{n}")
            (passed,) = pass_one(connection, at(10, n), gates, actor="a", intent_id=intent(connection, f"C{n}")).passed
            tell(connection, [Told(passed.attempt_seq, outcome)], at(10, n, 40), "x")
            connection.execute(
                "INSERT INTO promise (customer_id, made_at, due_on, amount_minor, currency, state) "
                "VALUES (%s, %s, %s, 100, 'CNY', %s)", [f"C{n}", at(9), DAY, ("kept", "broken", "kept")[n]],
            )  # fmt: skip
            connection.execute(
                "INSERT INTO payment (payment_id, customer_id, account_id, paid_at, amount_minor, currency) "
                "VALUES (%s, %s, 'A', %s, 50, 'CNY')", [f"P{n}", f"C{n}", at(10)],
            )  # fmt: skip
    secret = token("manager", *READS)
    with here.connection() as connection:
        rates = worked.rates(connection, THEN, DAY, "Asia/Shanghai", "agent")
        kept = worked.promises(connection, THEN, DAY)
        costs = worked.costs(connection, THEN, DAY, "Asia/Shanghai", "CNY", worked.minor_by_channel(here.workspace))
        wanted = behind.Behind("contacts", THEN, DAY, "agent", "a", "attempts")
        lines = behind.behind(connection, wanted, "Asia/Shanghai", "CNY", "", 100)
    (rate,) = got(secret, "/figures/work", by="agent")["rows"]
    assert without([rate], "right_party_bp", "promise_bp") == plain(rates)
    assert (rate["right_party_bp"], rate["promise_bp"]) == (6_667, 5_000)
    assert got(secret, "/figures/work", by="agent", channel="sms")["rows"] == []
    promises = got(secret, "/figures/promises")
    assert without(promises["segments"], "kept_bp") == plain(kept) and promises["all"]["kept_bp"] == 6_667
    (cost,) = got(secret, "/figures/costs")["segments"]
    assert without([cost], "cost_bp") == plain(costs) and cost["collected_minor"] == 150
    found, after = [], ""
    while after is not None:
        page = got(
            secret, "/figures/work/behind", kind="contacts", by="agent", name="a", measure="attempts", after=after, limit=2
        )
        found, after = found + page["lines"], page["next_after"]
    assert len(found) == 3 and found == plain(lines)
    kept_lines = got(secret, "/figures/work/behind", kind="promises", name="seg", measure="kept")["lines"]
    paid = got(secret, "/figures/work/behind", kind="payments", name="seg", after="P0")["lines"]
    assert [one["customer_id"] for one in kept_lines] == ["C0", "C2"] and [one["mark"] for one in paid] == ["P1", "P2"]
    assert Record.objects.filter(kind="look", subject="api work").count() == 4


def test_nobody_reads_without_scope_and_right(here: Desk) -> None:
    manager, officer = token("manager", *READS), token("compliance", *READS)
    no_scope, no_right = token("second", "cases:read"), token("collector", *READS)
    for path in FIGURES:
        assert [status(secret, path) for secret in (manager, officer, no_scope, no_right)] == [200, 403, 403, 403], path
    for path in CONDUCT:
        assert [status(secret, path) for secret in (manager, officer, no_scope, no_right)] == [403, 200, 403, 403], path
    administrator = token("administrator", *READS)
    assert [status(secret, "/record") for secret in (manager, officer, administrator)] == [403, 200, 200]
    assert [status(secret, "/law/packs") for secret in (no_right, administrator, no_scope)] == [200, 403, 403]
    assert [status(secret, "/ledger/verification") for secret in (manager, officer, no_scope)] == [403, 200, 403]
    assert status(manager, "/ledger/verification", "POST") == 403 and status(manager, f"/conduct/{DAY}", "POST") == 403
    assert status(token("compliance", "law:read"), "/ledger/verification") == 403


@pytest.mark.parametrize(
    "path",
    [
        "/figures/npl?now=2031-01-01", "/figures/npl?then=x", "/figures/npl?now=9999-12-31",
        "/figures/npl/history?now=0001-01-01",
        "/figures/accounts", "/figures/accounts?kind=x", "/figures/accounts?kind=bucket&name=x", "/figures/accounts?kind=arm",
        "/figures/accounts?kind=part&name=x",
        "/figures/accounts?kind=roll&name=1-", "/figures/accounts?kind=vintage&name=,30",
        "/figures/accounts?kind=npl&limit=0", "/figures/accounts?kind=npl&limit=100001", "/figures/accounts?kind=npl&after=%00",
        "/figures/work?by=x", "/figures/work?channel=x", "/figures/work/behind?kind=contacts",
        "/figures/work/behind?kind=contacts&measure=told&after=x", "/figures/work/behind?kind=promises&measure=told",
        "/figures/work/behind?kind=payments&name=%00", "/law/refusals?from=2026-01-01&to=2026-06-15",
        "/law/refusals?from=9999-12-31&to=9999-12-31", "/law/refusals?from=0001-01-01&to=0001-01-01", "/law/refusals?from=x",
        "/law/refusals/entries?rule=a&reason=b", "/law/refusals/entries?rule=%00", "/law/refusals/entries?before=x",
        "/law/findings?date=2031-01-01", "/law/findings?skip=-1", "/conduct/yesterday", "/record?kind=x", "/record?from=x",
        "/record?actor=%00", "/record?customer_id=%27", "/law/rules?date=x", "/law/rules?pack=%2e", "/law/rules/cn/%25",
    ],
)  # fmt: skip
def test_what_there_is_not_is_refused(here: Desk, path: str) -> None:
    answer = call(token("second", *READS), "GET", path)
    assert (answer.status_code, set(answer.json()["error"])) == (422, {"what", "where", "remedy"}), answer.content


def test_what_is_odd_and_can_be_is_answered(here: Desk) -> None:
    secret = token("second", *READS)
    for name, answer in (("0" * 60 + "1", 200), ("9" * 100, 422), ("-1", 422), ("8", 422), ("٣", 200)):
        assert status(secret, f"/figures/accounts?kind=bucket&name={quote(name)}") == answer, name
    for name in ("a'b,all", "a;--,cured", "%E2%80%AE,all"):
        assert status(secret, f"/figures/accounts?kind=arm&name={name}") == 200, name
    assert status(secret, "/figures/work/behind?kind=contacts&measure=told&after=" + "9" * 60) == 422, "no number"
    assert status(secret, "/record?from=0001-01-01&to=9999-12-31") == 200
    assert status(secret, f"/law/findings?skip={2**63 - 1}") == 200
    assert got(secret, "/law/rules", date="0001-01-01")["rules"] == []
    assert status(secret, "/law/rules/cn/NO-SUCH") == status(secret, "/law/rules/zz/NO-SUCH") == 404
    assert got(secret, "/conduct/2031-01-01")["state"] == "none"
    assert status(secret, "/law/rules?pack=zz") == 404


def test_refusals_are_counted_by_rule_and_paged_by_number(here: Desk) -> None:
    from arrears.desk.dispatch.gatekeeping import pass_one

    with here.connection() as connection:
        for n in range(3):
            customer(connection, f"C{n}", flags="deceased")
            number = intent(connection, f"C{n}")
            connection.commit()
            pass_one(connection, at(10, n), gates, actor="collector", intent_id=number)
    secret = token("compliance", *READS)
    period = {"from_": DAY, "to": DAY}
    found = got(secret, "/law/refusals", **period)
    assert (found["first"], found["last"], found["zone"]) == (str(DAY), str(DAY), "Asia/Shanghai")
    one = next(count for count in found["counts"] if count["rule"])
    assert (one["contacts_n"], one["customers_n"], one["reason"], one["fate"]) == (3, 3, None, "refused")
    assert one["citation_en"] != one["citation_zh"] and one["title_zh"]
    rows, before = [], None
    while True:
        more = {} if before is None else {"before": before}
        page = got(secret, "/law/refusals/entries", rule=one["rule"], limit=2, **period, **more)
        rows, before = rows + page["entries"], page["next_before"]
        if before is None:
            break
    assert [row["customer_id"] for row in rows] == ["C2", "C1", "C0"]
    assert one["rule"] in rows[0]["rules"] and rows[0]["channel"] == "call" and rows[0]["purpose"] == "collection"
    assert got(secret, "/law/refusals/entries", reason="paid", **period)["entries"] == []
    assert got(secret, "/law/refusals", to=DAY - timedelta(days=1))["counts"] == []


def test_the_record_is_filtered_and_names_customers_to_those_who_may(here: Desk) -> None:
    from arrears.desk.people.recording import record

    for n in range(5):
        record("collector", "look", customer_id=f"C{n}", subject="contact")
    record("supervisor", "asked", subject="write_off C1", approval_id=1)
    secret, administrator = token("compliance", *READS), token("administrator", *READS)
    rows, before = [], None
    while True:
        more = {} if before is None else {"before": before}
        page = got(secret, "/record", actor="collector", kind="look", limit=2, **more)
        rows, before = rows + page["records"], page["next_before"]
        if before is None:
            break
    assert [one["customer_id"] for one in rows] == ["C4", "C3", "C2", "C1", "C0"]
    assert len(got(secret, "/record", customer_id="C1")["records"]) == 1
    assert got(secret, "/record", to="2020-01-01")["records"] == []
    assert got(secret, "/record", kind="asked")["records"][0]["subject"] == "write_off C1"
    assert {one["customer_id"] for one in got(administrator, "/record", kind="look")["records"]} == {None}
    assert got(administrator, "/record", kind="asked")["records"][0]["subject"] == "write_off"
    assert [status(administrator, f"/record?customer_id={one}") for one in ("C1", "nobody")] == [403, 403], "there or not"


def test_the_ledger_is_verified_and_told(own: Desk) -> None:
    secret = token("compliance", *READS)
    assert got(secret, "/ledger/verification")["state"] == "none"
    with own.connection() as connection:
        customer(connection, "C1", flags="deceased")
    from arrears.desk.ledger.appending import Deed, append

    with own.connection() as connection:
        append(connection, [Deed("C1", "refusal", at(9), "Asia/Shanghai", "t", body={"fate": "refused", "rules": ["CN-X"]})])
    assert call(secret, "POST", "/ledger/verification").json() == {"state": "done"}
    assert call(secret, "POST", "/ledger/verification").headers["Idempotency-Replayed"] == "true"
    found = got(secret, "/ledger/verification")
    assert (found["sound"], found["entries_n"], found["ledger_n"], found["faults"]) == (True, 1, 1, [])
    assert len(found["earlier"]) == 1, "one key, one verification"
    with owner_of(own.store) as connection:
        connection.execute("ALTER TABLE ledger_entry DISABLE TRIGGER USER")
        connection.execute("UPDATE ledger_entry SET actor = 'nobody' WHERE seq = 1")
        connection.execute("ALTER TABLE ledger_entry ENABLE TRIGGER USER")
    assert status(secret, "/ledger/verification", "POST", key="key-2") == 200
    found = got(secret, "/ledger/verification")
    (fault,) = found["faults"]
    assert (found["sound"], fault["fault"], fault["seq"]) == (False, "edited", 1)
    assert fault["en"] == "entry 1: the entry is not what was written" and fault["zh"].startswith("第 1 条")
    assert [one["sound"] for one in found["earlier"]] == [False, True]


def test_conduct_is_begun_and_told_when_it_is_done(own: Desk) -> None:
    from arrears.desk.compliance.conducting import conduct_work
    from arrears.desk.compliance.longer import begin

    secret, path = token("compliance", *READS), f"/conduct/{DAY}"
    assert got(secret, path)["state"] == "none"
    assert status(secret, "/conduct/2031-01-01", "POST", key="no-day") == 422
    assert call(secret, "POST", path).json()["state"] in {"running", "done"}
    for _ in range(600):
        if got(secret, path)["state"] != "running":
            break
        time.sleep(0.1)
    found, work = got(secret, path, limit=100), conduct_work(DAY)
    assert (found["state"], found["by"]) == ("done", "compliance"), found["what"]
    assert (found["judged_n"], found["breaches_n"]) == (work.result["judged"], work.result["breaches"])
    assert {one["pattern"]: one["found_n"] for one in found["patterns"]}.items() <= work.result["found"].items()
    rows, skip = [], 0
    while skip is not None:
        page = got(secret, path, skip=skip, limit=3)
        rows, skip = rows + page["findings"], page["next_skip"]
    assert [one["subject"] for one in rows] == [one["subject"] for one in work.result["findings"]]
    assert all("line" not in one for one in rows)
    halt: list[int] = []

    def slow(progress: Any) -> dict[str, Any]:
        while not halt:
            time.sleep(0.01)
        return work.result

    thread = begin(f"conduct-{DAY}", "compliance", slow)
    try:
        assert status(secret, path, "POST", key="again") == 409
    finally:
        halt.append(1)
        thread.join(10)


def test_findings_of_supervision_are_those_of_the_day(here: Desk) -> None:
    from arrears.desk.compliance import conducting

    found, _ = conducting.supervised(DAY)
    assert found is not None
    secret = token("compliance", *READS)
    told = got(secret, "/law/findings", date=DAY)
    assert [one["charges_n"] for one in told["checked"]] == [one.charges_n for one in found.checked]
    assert told["open_n"] == found.open_n
    rows, skip = [], 0
    while skip is not None:
        page = got(secret, "/law/findings", skip=skip, limit=2)
        rows, skip = rows + page["findings"], page["next_skip"]
    assert len(rows) == found.open_n and all(one["customer_id"] for one in rows)


def test_the_law_of_a_date_is_told_in_both_languages(here: Desk) -> None:
    from arrears.desk.compliance import lawful

    secret = token("collector", *READS)
    packs = {one["pack"]: one for one in got(secret, "/law/packs")["packs"]}
    assert packs["cn"]["applies"] and not packs["sg"]["applies"]
    rows, skip = [], 0
    while skip is not None:
        page = got(secret, "/law/rules", date=DAY, skip=skip, limit=30)
        rows, skip = rows + page["rules"], page["next_skip"]
    standing = [rule.id for pack in lawful.packs_now() for rule in pack.rules_in_force(DAY)]
    assert [one["rule"] for one in rows] == standing
    assert all(one["citation_en"] and one["citation_zh"] and one["title_zh"] and one["from"] for one in rows)
    off = got(secret, "/law/rules", date=DAY, state="off", pack="cn")["rules"]
    assert off and all(one["why_en"] and one["why_zh"] for one in off)
    (version,) = got(secret, "/law/rules/cn/CN-CBA-time", date=DAY)["versions"]
    assert version["state"] == "in force" and version["params"] and version["pack"] == "cn"
    assert {one["expect"] for one in version["examples"]} == {"allow", "refuse"}
    assert all(one["as_expected"] for one in version["examples"])


def test_two_roles_do_not_make_the_sight_of_every_case_together(at_work: Desk) -> None:
    from arrears.desk.people.models import User

    asked = "/figures/accounts?kind=book&limit=3"
    for roles, sees in ((["strategist", "field_agent"], False), (["strategist", "collector"], True)):
        User.objects.filter(username="strategist").update(roles=roles)
        rows = call(token("strategist", *READS), "GET", asked).json()["accounts"]
        assert rows and all((row["customer_id"] is not None) is sees for row in rows), roles
