"""The NPL ratio's parts sum to its change, each account is in the part its books say, and every figure leads to accounts."""

from __future__ import annotations

import csv
import html
import io
import re
import shutil
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any, get_args
from urllib.parse import parse_qsl

import duckdb
import pytest

from arrears.bank import load_bank
from arrears.day.workspace import Workspace
from arrears.desk.current import Desk
from arrears.desk.figures import behind, books, computing, moving, vintages, worked
from arrears.desk.screens.manager import charts
from arrears.errors import UsageError
from arrears.report import of_book
from arrears.report.summary import LEFT_THE_BOOK
from arrears.report.tables import reading
from arrears.store import quoted
from tests.desk.browsing import check_page, chromium, signed_in
from tests.desk.conftest import DAY, Bank
from tests.desk.making import at, customer, intent
from tests.desk.users import client_of

THEN = DAY - timedelta(days=1)
ACCOUNTS = re.compile(r'href="/figures/accounts/\?([^"]+)"')
# What becomes of the first non-performing accounts of the made-up later day, in the order of their ids.
FATES = ("charged_off", "sold", "gone", "cured", "plan", "paid_some", "grew")


GOOD = "class_card = 'normal', class_general = 'normal', dpd = 0"


def rewritten(folder: Path, *statements: str) -> None:
    """Change a table of a book, file by file; it is called `t`."""
    with duckdb.connect(":memory:") as con:
        for file in sorted(folder.glob("*.parquet")):
            con.execute(f"CREATE OR REPLACE TABLE t AS SELECT * FROM read_parquet({quoted(file)}, hive_partitioning = false)")
            for statement in statements:
                con.execute(statement)
            con.execute(f"COPY t TO {quoted(file)} (FORMAT parquet)")


@pytest.fixture(scope="module")
def changed(bank: Bank, tmp_path_factory: pytest.TempPathFactory) -> tuple[Workspace, list[str], str]:
    """The bank with both books rewritten: seven non-performing accounts, one to each fate, and one that falls in."""
    place = Workspace(tmp_path_factory.mktemp("moved") / "workspace")
    shutil.copytree(bank.workspace.path, place.path)
    before, after = place.step("book", THEN), place.step("book", DAY)
    with duckdb.connect(":memory:") as con:
        found = con.execute(
            f"SELECT account_id, customer_id FROM read_parquet({quoted(before / 'accounts' / '*.parquet')}) "
            "WHERE status = 'open' AND balance_minor > 100 ORDER BY account_id LIMIT ?", [len(FATES) + 1],
        ).fetchall()  # fmt: skip
    ids = [str(row[0]) for row in found]
    fate = dict(zip(FATES, ids, strict=False))
    bad = ", ".join(quoted(one) for one in fate.values())
    rewritten(
        before / "accounts", f"UPDATE t SET {GOOD}",
        f"UPDATE t SET class_card = 'substandard', dpd = 100 WHERE account_id IN ({bad})",
    )  # fmt: skip
    shutil.copytree(before, after, dirs_exist_ok=True)
    rewritten(
        after / "accounts", f"UPDATE t SET status = 'charged_off' WHERE account_id = '{fate['charged_off']}'",
        f"UPDATE t SET status = 'sold' WHERE account_id = '{fate['sold']}'",
        f"DELETE FROM t WHERE account_id = '{fate['gone']}'",
        f"UPDATE t SET {GOOD} WHERE account_id IN ('{fate['cured']}', '{fate['plan']}')",
        f"UPDATE t SET balance_minor = balance_minor - 100 WHERE account_id = '{fate['paid_some']}'",
        f"UPDATE t SET balance_minor = balance_minor + 77 WHERE account_id = '{fate['grew']}'",
        f"UPDATE t SET class_card = 'loss', dpd = 400 WHERE account_id = '{ids[-1]}'",
    )  # fmt: skip
    owner = dict(found)[fate["plan"]]
    rewritten(
        after / "customers", "UPDATE t SET flags = replace(flags, ',plan_performing,', ',')",
        f"UPDATE t SET flags = ',plan_performing,' WHERE customer_id = {quoted(owner)}",
    )  # fmt: skip
    return place, ids[:-1], ids[-1]


def test_each_account_is_in_its_part_and_the_parts_sum_to_the_change(changed: tuple[Workspace, list[str], str]) -> None:
    place, ids, inflow = changed
    bank = load_bank(place.path / "bank.toml")
    with reading() as con:
        found = moving.moved(con, place, THEN, DAY, bank)
        part = dict(
            con.execute(
                f"SELECT account_id, part FROM {moving.pairs(place, THEN, DAY, bank)} WHERE part IS NOT NULL"
            ).fetchall()
        )
        cells = {day: of_book.npl(of_book.cells(con, place, day, bank), day) for day in (THEN, DAY)}
    expected = ("write_off", "sale", "recovery", "cure", "plan", "recovery", "growth")
    assert part == dict(zip(ids, expected, strict=True)) | {inflow: "inflow"}
    assert sum(one.change_minor for one in found.parts) == found.bad_now_minor - found.bad_then_minor
    effects = sum((found.effect(one) for one in found.parts), Fraction(0)) + found.denominator()
    assert effects == found.ratio_now() - found.ratio_then()
    assert {one.name: one.change_minor for one in found.parts}["growth"] == 77
    for day, ratio in ((THEN, found.ratio_then()), (DAY, found.ratio_now())):
        assert abs(int(cells[day].stricter_ppm or 0) - ratio * 1_000_000) <= Fraction(1, 2), "the report's own ratio"


def test_the_accounts_behind_a_figure_are_as_many_as_it_says(changed: tuple[Workspace, list[str], str]) -> None:
    place, _, inflow = changed
    bank = load_bank(place.path / "bank.toml")
    with reading() as con:
        rolls = books.rolls(con, place, THEN, DAY, bank)
        for cell in rolls.cells:
            if cell.before is not None:
                after = "left" if cell.after == LEFT_THE_BOOK else cell.after
                asked = books.Asked("roll", THEN, DAY, f"{cell.before}-{after}")
                assert len(books.accounts(con, place, bank, asked, "", 10_000)) == cell.accounts_n
        assert any(cell.after == LEFT_THE_BOOK and cell.accounts_n for cell in rolls.cells)
        vintage = max(vintages.vintages(con, place, DAY), key=lambda one: one.over_30_n)
        for late, n in (
            ("30", vintage.over_30_n), ("90", vintage.over_90_n), ("all", vintage.accounts_n), ("off", vintage.charged_off_n),
            ("bad", vintage.over_30_n + vintage.charged_off_n), ("bad", vintage.bad_n),
        ):  # fmt: skip
            asked = books.Asked("vintage", THEN, DAY, f"{vintage.quarter},{late}")
            assert len(books.accounts(con, place, bank, asked, "", 10_000)) == n
        moved = moving.moved(con, place, THEN, DAY, bank)
        bad = books.accounts(con, place, bank, books.Asked("npl", THEN, DAY, ""), "", 10_000)
        assert sum(row.owed_minor for row in bad) == moved.bad_now_minor
        everything = books.accounts(con, place, bank, books.Asked("book", THEN, DAY, ""), "", 1_000_000)
        assert sum(row.owed_minor for row in everything) == moved.owed_now_minor
        rows = books.accounts(con, place, bank, books.Asked("part", THEN, DAY, "inflow"), "", 10)
        assert [row.account_id for row in rows] == [inflow]
        assert books.accounts(con, place, bank, books.Asked("part", THEN, DAY, "inflow"), inflow, 10) == [], "after the last"
        for kind, name in (
            ("part", "nonsense"), ("roll", "1-x"), ("vintage", "x,30"), ("vintage", "2026-01-01,31"), ("bucket", "1; DROP"),
            ("arm", "a:b"), ("", ""),
        ):  # fmt: skip
            with pytest.raises(ValueError):
                books.accounts(con, place, bank, books.Asked(kind, THEN, DAY, name), "", 10)


def test_vintages_are_followed_by_months_on_book(changed: tuple[Workspace, list[str], str]) -> None:
    place, _, _ = changed
    with reading() as con:
        then, now = (vintages.vintages(con, place, day) for day in (THEN, DAY))
        both = vintages.history(con, place, [THEN, DAY])
        rows = con.execute(
            f"SELECT opened_date FROM read_parquet({quoted(place.step('book', DAY) / 'accounts' / '*.parquet')})"
        ).fetchall()
    assert {one for one in both if one.day == DAY} == set(now), "the latest quarters are those of the last day"
    assert {one for one in both if one.day == THEN} == {one for one in then if one.quarter in {two.quarter for two in now}}
    assert [one.quarter for one in both] == sorted((one.quarter for one in both), reverse=True)
    assert any(one.bad_n for one in both)
    for one in now:
        opened = [at for (at,) in rows if at and (at.year, (at.month - 1) // 3) == (one.quarter.year, one.quarter.month // 3)]
        assert len(opened) == one.accounts_n
        assert one.months_n == (DAY.year - one.quarter.year) * 12 + DAY.month - one.quarter.month


def test_the_last_book_of_each_month_is_followed() -> None:
    days = [date(2026, 1, 5), date(2026, 1, 30), date(2026, 2, 27), date(2026, 3, 2), date(2026, 3, 3)]
    assert vintages.months(days, date(2026, 3, 2)) == [date(2026, 1, 30), date(2026, 2, 27), date(2026, 3, 2)]
    assert vintages.months(days, date(2026, 1, 4)) == []
    many = [date(2000 + n // 12, 1 + n % 12, 9) for n in range(60)]
    assert vintages.months(many, many[-1]) == many[-vintages.MONTHS_MAX :]


def test_who_was_sold_or_has_gone_is_not_cured(changed: tuple[Workspace, list[str], str]) -> None:
    place, ids, _ = changed
    with duckdb.connect(":memory:") as con:
        accounts = quoted(place.step("book", THEN) / "accounts" / "*.parquet")
        owners = dict(con.execute(f"SELECT account_id, customer_id FROM read_parquet({accounts})").fetchall())
    late = [owners[one] for one in ids]
    listed = ", ".join(quoted(one) for one in late)
    rewritten(place.step("playbook", THEN) / "segments", f"UPDATE t SET arm = 'e:holdout' WHERE customer_id IN ({listed})")
    rewritten(place.step("book", THEN) / "customers", f"UPDATE t SET dpd = 100 WHERE customer_id IN ({listed})")
    rewritten(
        place.step("book", DAY) / "customers", f"UPDATE t SET dpd = 0 WHERE customer_id IN ({listed})",
        f"DELETE FROM t WHERE customer_id = {quoted(late[2])}",
    )  # fmt: skip
    with reading() as con:
        found = [one for one in books.arms(con, place, THEN, DAY) if one.arm == "e:holdout"]
        bank = load_bank(place.path / "bank.toml")
        behind = {
            which: {row.customer_id for row in books.accounts(con, place, bank, asked, "", 1_000)}
            for which in ("all", "cured")
            for asked in [books.Asked("arm", THEN, DAY, f"e:holdout,{which}")]
        }
    assert [(one.customers_n, one.cured_n) for one in found] == [(len(set(late)), len(set(late) - set(late[:3])))]
    assert behind == {"all": set(late), "cured": set(late) - set(late[:3])}


def test_contacts_are_counted_by_their_latest_outcome(here: Desk) -> None:
    from arrears.desk.dispatch.gatekeeping import pass_one
    from arrears.desk.dispatch.telling import Told, tell
    from tests.desk.making import gates

    with here.store.connect() as connection:
        for n, outcome in enumerate(("right_party", "promise", "no_answer")):
            customer(connection, f"C{n}")
            number = intent(connection, f"C{n}")
            (passed,) = pass_one(connection, at(10, n), gates, actor=f"agent-{n % 2}", intent_id=number).passed
            tell(connection, [Told(passed.attempt_seq, "busy")], at(10, n, 30), "x")
            tell(connection, [Told(passed.attempt_seq, outcome)], at(10, n, 40), "x")
        customer(connection, "C9")
        pass_one(connection, at(11), gates, actor="agent-0", intent_id=intent(connection, "C9"))
    with here.connection() as connection:
        found = worked.rates(connection, DAY, DAY, "Asia/Shanghai", "agent")
        assert found == [worked.Rate("agent-0", 3, 2, 1, 0), worked.Rate("agent-1", 1, 1, 1, 1)]
        assert worked.rates(connection, THEN, THEN, "Asia/Shanghai", "day") == []
        (cost,) = worked.costs(connection, DAY, DAY, "Asia/Shanghai", "CNY", {"call": 250})
        assert (cost.segment, cost.attempts_n, cost.cost_minor, cost.collected_minor) == ("seg", 4, 1000, 0)
        with pytest.raises(UsageError):
            worked.rates(connection, DAY - timedelta(days=40), DAY, "Asia/Shanghai", "day")
        for by in get_args(worked.By):
            for rate in worked.rates(connection, DAY, DAY, "Asia/Shanghai", by):
                counts = {measure: len(listed(connection, "contacts", by, rate.name, measure)) for measure in worked.MEASURES}
                assert tuple(counts.values()) == (rate.attempts_n, rate.told_n, rate.right_party_n, rate.promises_n)
        lines = listed(connection, "contacts", "agent", "agent-0", "told")
        assert [(one.customer_id, one.channel, one.state) for one in lines] == [
            ("C0", "call", "right_party"), ("C2", "call", "no_answer"),
        ]  # fmt: skip
        assert listed(connection, "contacts", "agent", "agent-0", "told", after=lines[0].mark) == lines[1:]
        assert listed(connection, "contacts", "agent", "agent-0", "attempts", channel="sms") == []


def listed(
    connection: Any, kind: str, by: str, name: str, measure: str, *, channel: str = "", after: str = ""
) -> list[behind.Line]:
    asked = behind.Behind(kind, DAY, DAY, by, name, measure, channel)
    return behind.behind(connection, asked, "Asia/Shanghai", "CNY", after, 100)


def test_promises_and_payments_behind_the_work_are_those_of_their_segment(here: Desk) -> None:
    with here.store.connect() as connection:
        for n, state in enumerate(("kept", "broken", "open", "replaced")):
            customer(connection, f"C{n}")
            if n:
                intent(connection, f"C{n}")
            connection.execute(
                "INSERT INTO promise (customer_id, made_at, due_on, amount_minor, currency, state) "
                "VALUES (%s, %s, %s, %s, 'CNY', %s)", [f"C{n}", at(9), DAY, 100 + n, state],
            )  # fmt: skip
            connection.execute(
                "INSERT INTO payment (payment_id, customer_id, account_id, paid_at, amount_minor, currency) "
                "VALUES (%s, %s, 'A', %s, %s, %s)", [f"P{n}", f"C{n}", at(10), 50 + n, "USD" if n == 3 else "CNY"],
            )  # fmt: skip
    with here.connection() as connection:
        kept = worked.promises(connection, DAY, DAY)
        assert kept == [worked.Kept("", 1, 0, 0), worked.Kept("seg", 0, 1, 1)]
        assert worked.together(kept) == worked.Kept("", 1, 1, 1)
        assert worked.promises(connection, THEN, THEN) == [] and worked.together([]) == worked.Kept("", 0, 0, 0)
        found = {
            (name, state): [one.customer_id for one in listed(connection, "promises", "segment", name, state)]
            for name in ("", "seg") for state in behind.STATES
        }  # fmt: skip
        assert found == {
            ("", "kept"): ["C0"], ("", "broken"): [], ("", "open"): [], ("seg", "kept"): [], ("seg", "broken"): ["C1"],
            ("seg", "open"): ["C2"],
        }  # fmt: skip
        paid = listed(connection, "payments", "segment", "seg", "")
        assert [(one.mark, one.at, one.amount_minor) for one in paid] == [("P1", str(DAY), 51), ("P2", str(DAY), 52)]
        assert listed(connection, "payments", "segment", "seg", "", after="P1") == paid[1:]
        for kind, by, measure in (
            ("contacts", "nonsense", "told"), ("contacts", "agent", "1=1"), ("promises", "segment", "replaced"), ("", "", ""),
        ):  # fmt: skip
            with pytest.raises(ValueError):
                listed(connection, kind, by, "", measure)


def test_a_chart_has_a_name_and_no_inline_style_and_each_mark_leads_on() -> None:
    rows = [{"name": f"01-0{n}", "value": n, "text": f"{n} %", "url": f"/figures/?a={n}&b=1"} for n in (1, 2, 3)]
    svg = charts.line(rows, 'five "percent" <b>')
    assert svg.startswith('<svg role="group" aria-label="five &quot;percent&quot; &lt;b&gt;"')
    assert "style=" not in svg
    for n in (1, 2, 3):
        assert f'<a href="/figures/?a={n}&amp;b=1"><path aria-label="01-0{n}: {n} %"' in svg
    assert svg.count("<a ") == 3 and charts._HERE not in svg


def test_a_manager_reads_figures_down_to_accounts(served: str) -> None:
    with chromium() as browser:
        for language in ("en", "zh"):
            page = signed_in(browser, served, "manager", language=language)
            page.goto("/figures/")
            check_page(page)
            for key, part in (("2", "rolls"), ("3", "work"), ("4", "arms")):
                page.keyboard.press(key)
                page.wait_for_url(f"**/{part}/**")
                check_page(page)
            page.keyboard.press("2")
            page.wait_for_url("**/rolls/**")
            page.locator("table a").first.click()
            page.wait_for_url("**/accounts/**")
            check_page(page)
            assert page.locator("tbody tr").count() > 0
            page.goto("/figures/")
            page.locator(".chart a").first.focus()
            page.keyboard.press("Enter")
            page.wait_for_url("**/accounts/?kind=npl**")
            check_page(page)
            for kind in ("contacts", "promises", "payments"):
                page.goto(
                    f"/figures/work/behind/?kind={kind}&by=segment&name=&measure={'told' if kind == 'contacts' else 'kept'}"
                )
                check_page(page)
            page.context.close()


def test_a_number_of_the_work_leads_to_as_many_lines(at_work: Desk) -> None:
    with at_work.connection() as connection:
        owners = [row[0] for row in connection.execute("SELECT customer_id FROM customer ORDER BY 1").fetchall()]
        for n in range(120):
            connection.execute(
                "INSERT INTO promise (customer_id, made_at, due_on, amount_minor, currency, state) "
                "VALUES (%s, %s, %s, 100, 'CNY', %s)", [owners[n % len(owners)], at(9), DAY, "kept" if n % 8 else "broken"],
            )  # fmt: skip
    manager = client_of("manager")
    numbers = re.findall(r'<a href="([^"]*kind=promises[^"]*)">([0-9]+)</a>', manager.get("/figures/work/").content.decode())
    assert sum(int(n) for _, n in numbers) == 120
    for address, n in numbers:
        page, lines = manager.get(html.unescape(address)).content.decode(), 0
        while True:
            lines += page.count('<th scope="row">')
            more = re.search(r'<p><a href="(\?[^"]*after=[^"]*)"', page)
            if more is None:
                break
            page = manager.get("/figures/work/behind/" + html.unescape(more[1])).content.decode()
        assert lines == int(n), address


def test_every_link_to_accounts_names_both_days_as_they_were_looked_at(at_work: Desk) -> None:
    """Of a page whose days are not the default ones: an address that leaves one out means another day."""
    manager = client_of("manager")
    days = {"then": str(THEN), "now": str(THEN)}
    for page in ("/figures/", "/figures/rolls/", "/figures/arms/"):
        text = html.unescape(manager.get(page, days).content.decode())
        links = [
            dict(parse_qsl(one, keep_blank_values=True)) for one in re.findall(r'href="/figures/accounts/\?([^"]+)"', text)
        ]
        assert links or page == "/figures/arms/"
        for link in links:
            assert (link["then"], link["now"]) == (days["then"], days["now"]), link
    assert computing.days_of({"now": str(THEN)}) == computing.days_of(days), "by default no day after it"


def test_a_file_of_accounts_is_on_the_record_and_odd_addresses_are_refused(at_work: Desk) -> None:
    from arrears.desk.people.models import Record

    manager = client_of("manager")
    answer = manager.get("/figures/accounts.csv", {"kind": "bucket", "name": "1"})
    rows: list[Any] = list(csv.reader(io.StringIO(answer.content.decode())))
    assert rows[0][:2] == ["account_id", "customer_id"]
    (found,) = Record.objects.filter(kind="look", subject="accounts.csv")
    assert found.detail == {"rows": len(rows) - 1, "figure": "bucket 1"}
    for odd in ({"kind": "bucket", "name": "x"}, {"kind": "x"}, {"kind": "bucket", "name": "1", "now": "2031-01-01"}):
        assert manager.get("/figures/accounts/", odd).status_code == 422
    assert manager.get("/figures/", {"now": "nonsense"}).status_code == 200
    assert manager.get("/figures/work/", {"by": "nonsense"}).status_code == 422
    assert manager.get("/figures/work/behind/", {"kind": "nonsense"}).status_code == 422
    for odd in (
        {"kind": "contacts", "by": "agent", "name": "\0", "measure": "told", "channel": "\0"},
        {"kind": "payments", "name": "x", "after": "\0"},
    ):  # fmt: skip
        assert manager.get("/figures/work/behind/", odd).status_code == 200
    assert manager.get("/figures/work/", {"channel": "\0"}).status_code == 200
    for kind, name in (("bucket", "9" * 41), ("roll", f"1-{'9' * 41}"), ("roll", f"{'9' * 41}-left")):
        assert manager.get("/figures/accounts/", {"kind": kind, "name": name}).status_code == 422
    much = {"kind": "contacts", "by": "day", "name": "", "measure": "told", "after": "9" * 19}
    assert manager.get("/figures/work/behind/", much).status_code == 422
    assert (
        manager.get("/figures/work/behind/", {"kind": "contacts", "by": "day", "measure": "told", "after": "x"}).status_code
        == 422
    )
    assert client_of("collector").get("/figures/accounts.csv").status_code == 403
    assert Path(at_work.workspace).exists()
