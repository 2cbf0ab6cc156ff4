"""A customer is as late as the worst account, and is reached where the feed last said."""

from __future__ import annotations

import hashlib
from pathlib import Path

import duckdb
import ibis
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arrears.bank import Product
from arrears.book.customers import customer_hash
from arrears.engine.session import to_sql
from arrears.feed.contracts import OPENING_FLAGS
from arrears.feed.intake import CUSTOMER_HASH_SQL
from tests.book.world import (
    BANK,
    SHARD,
    TWO_CURRENCIES,
    Book,
    account,
    consent,
    contact,
    contact_point,
    customer,
    day,
    flag,
    payment,
    statement,
)

CARDS = [account("A1"), account("A2", product_id="kind", credit_limit_minor=3_000_000)]


def test_a_customer_with_two_cards_is_as_late_as_the_worse(tmp_path: Path) -> None:
    asked = [statement("01-05", "01-25", 9_000, "A1"), statement("2025-12-12", "01-01", 4_000, "A2")]
    book = Book(tmp_path).run(day("02-03"), customers=[customer()], accounts=CARDS, statements=asked)
    one = book.customer()
    assert (one["account_id"], one["product_id"], one["dpd"], one["bucket"]) == ("A2", "kind", 33, 2)
    assert (one["accounts_n"], one["accounts_past_due_n"], one["past_due_minor"]) == (2, 2, 13_000)
    assert (one["oldest_due_date"], one["times_overdue_12"], one["balance_minor"]) == (day("01-01"), 1, 1_000_000)
    assert (one["credit_limit_minor"], one["utilisation_bp"]) == (4_000_000, 2_500)


def test_of_two_cards_as_late_the_one_that_owes_more_is_worse_and_then_the_smaller_id(tmp_path: Path) -> None:
    cards = [account(name, name.replace("A", "C")[:2]) for name in ("A1a", "A1b", "A2a", "A2b")]
    owed = {"A1a": 4_000, "A1b": 9_000, "A2a": 5_000, "A2b": 5_000}
    asked = [statement("01-05", "01-25", amount, name) for name, amount in owed.items()]
    book = Book(tmp_path).run(day("02-03"), customers=[customer("C1"), customer("C2")], accounts=cards, statements=asked)
    assert [book.customer(name)["account_id"] for name in ("C1", "C2")] == ["A1b", "A2a"]


def test_two_currencies_are_added_up_in_the_banks(tmp_path: Path) -> None:
    cards = [account("A1"), account("A2", product_id="dollar", currency="USD", opening_balance_minor=10_001)]
    asked = [statement("01-05", "01-25", 9_000, "A1"), statement("01-05", "01-25", 1_001, "A2", currency="USD")]
    book = Book(tmp_path, TWO_CURRENCIES)
    book.run(day("02-03"), customers=[customer()], accounts=cards, statements=asked)
    one = book.customer()
    assert (one["currency"], one["past_due_minor"]) == ("CNY", 9_000 + 1_001 * 7_123_456 // 1_000_000)
    assert one["balance_minor"] == 500_000 + 10_001 * 7_123_456 // 1_000_000


def test_the_worse_of_two_currencies_is_compared_in_the_banks(tmp_path: Path) -> None:
    cards = [account("A1"), account("A2", product_id="dollar", currency="USD")]
    asked = [statement("01-05", "01-25", 2_000, "A1"), statement("01-05", "01-25", 1_000, "A2", currency="USD")]
    book = Book(tmp_path, TWO_CURRENCIES)
    book.run(day("02-03"), customers=[customer()], accounts=cards, statements=asked)
    assert book.customer()["account_id"] == "A2"


def test_an_account_in_credit_counts_against_the_others_whatever_the_currencies(tmp_path: Path) -> None:
    cards = [account("A1"), account("A2", opening_balance_minor=-40_000)]
    for name, bank in (("one", None), ("two", TWO_CURRENCIES)):
        book = Book(tmp_path / name, bank) if bank else Book(tmp_path / name)
        book.run(day("02-03"), customers=[customer()], accounts=cards)
        assert book.customer()["balance_minor"] == 460_000


def test_the_next_due_amount_is_that_of_the_next_due_date_only(tmp_path: Path) -> None:
    cards = [account(name) for name in ("A1", "A2", "A3", "A4")]
    asked = [
        statement("01-05", "01-25", 9_000, "A1"), statement("01-12", "02-01", 4_000, "A2"),
        statement("01-05", "01-25", 700, "A3"), statement("2025-12-05", "2025-12-25", 50_000, "A4"),
    ]  # fmt: skip
    book = Book(tmp_path).run(day("01-20"), customers=[customer()], accounts=cards, statements=asked)
    assert (book.customer()["next_due_date"], book.customer()["next_due_minor"]) == (day("01-25"), 9_700)
    book.run(day("01-22"), transactions=[payment(9_000, "01-21", "A1"), payment(700, "01-21", "A3")])
    assert (book.customer()["next_due_date"], book.customer()["next_due_minor"]) == (day("02-01"), 4_000)


def test_the_next_due_amount_leaves_out_what_is_past_due(tmp_path: Path) -> None:
    asked = [statement("01-05", "01-25", 9_000), statement("02-05", "02-25", 14_000, past_due=9_000)]
    one = Book(tmp_path).run(day("02-20"), customers=[customer()], accounts=[account()], statements=asked).customer()
    assert (one["next_due_date"], one["next_due_minor"], one["past_due_minor"]) == (day("02-25"), 5_000, 9_000)


def test_a_customer_without_an_account_is_current(tmp_path: Path) -> None:
    one = Book(tmp_path).run(day("02-03"), customers=[customer(timezone=None, region=None)]).customer()
    assert (one["accounts_n"], one["dpd"], one["account_id"], one["next_due_minor"]) == (0, 0, "", 0)
    assert (one["timezone"], one["region"], one["flags"]) == ("Asia/Shanghai", "", "")


def test_flags_begin_and_expire_by_themselves_and_are_cleared(tmp_path: Path) -> None:
    told = [flag("dispute", "02-03", until="02-05"), flag("cease", "02-01"), flag("hardship", "02-04")]
    book = Book(tmp_path).run(day("02-03"), customers=[customer()], flags=told)
    seen = [book.customer()["flags"]]
    seen += [book.run(day(as_of)).customer()["flags"] for as_of in ("02-04", "02-05", "02-06")]
    assert seen == [",cease,dispute,", ",cease,dispute,hardship,", ",cease,dispute,hardship,", ",cease,hardship,"]
    assert book.run(day("02-07"), flags=[flag("cease", "02-01", active=False)]).customer()["flags"] == ",hardship,"


def test_lost_contact_that_names_its_evidence_is_told_as_such(tmp_path: Path) -> None:
    told = [flag("lost_contact", "02-01") | {"evidence": "EV-0007"}, flag("dispute", "02-01") | {"evidence": "EV-0008"}]
    book = Book(tmp_path).run(day("02-03"), customers=[customer()], flags=told)
    assert book.customer()["flags"] == ",dispute,lost_contact,lost_contact:evidenced,"
    assert {row["flag"]: row["evidence"] for row in book.rows("flags")} == {"lost_contact": "EV-0007", "dispute": "EV-0008"}


@pytest.mark.parametrize("name", OPENING_FLAGS)
def test_every_state_that_opens_what_the_law_closes_is_told_as_evidenced(tmp_path: Path, name: str) -> None:
    book = Book(tmp_path).run(
        day("02-03"), customers=[customer()], flags=[flag("cease", "02-01"), flag(name, "02-01") | {"evidence": "EV-0009"}]
    )
    assert set(book.customer()["flags"].strip(",").split(",")) == {"cease", name, f"{name}:evidenced"}


@pytest.mark.parametrize("evidence", [None, ""])
def test_lost_contact_without_evidence_is_not_told_as_evidenced(tmp_path: Path, evidence: str | None) -> None:
    told = [flag("lost_contact", "02-01") | {"evidence": evidence}]
    book = Book(tmp_path).run(day("02-03"), customers=[customer()], flags=told)
    assert book.customer()["flags"] == ",lost_contact,"


def test_a_book_from_before_flags_had_evidence_is_carried_on(tmp_path: Path) -> None:
    book = Book(tmp_path).run(day("02-03"), customers=[customer()], flags=[flag("lost_contact", "02-01")])
    path = book.folder / "flags" / SHARD
    pq.write_table(pq.read_table(path).drop_columns(["evidence"]), path)
    assert book.run(day("02-04")).customer()["flags"] == ",lost_contact,"


def test_consents_given_and_refused_are_told_apart_and_expire(tmp_path: Path) -> None:
    told = [consent("sms", "01-02", given=True), consent("call", "01-02", given=False, until="02-03"),
            consent("email", "02-04", given=True)]  # fmt: skip
    book = Book(tmp_path).run(day("02-03"), customers=[customer()], consents=told)
    assert (book.customer()["consents"], book.customer()["refusals"]) == (",sms:collection@2026-01-02,", ",call:collection,")
    book.run(day("02-04"), consents=[consent("sms", "02-04", given=False)])
    assert (book.customer()["consents"], book.customer()["refusals"]) == (",email:collection@2026-02-04,", ",sms:collection,")


def test_a_changed_contact_point_changes_where_and_when_the_customer_is_reached(tmp_path: Path) -> None:
    points = [contact_point("P1", timezone="Asia/Shanghai"), contact_point("P2", rank=2), contact_point("P3", "email"),
              contact_point("P4", party="relative", timezone="Asia/Tokyo")]  # fmt: skip
    book = Book(tmp_path).run(day("02-03"), customers=[customer()], contact_points=points)
    one = book.customer()
    assert (one["mobile_id"], one["email_id"], one["relative_id"], one["address_id"]) == ("P1", "P3", "P4", "")
    assert one["zones"] == "Asia/Shanghai"

    book.run(day("02-04"), contact_points=[contact_point("P1", status="invalid"), contact_point("P2", timezone="America/Lima")])
    assert (book.customer()["mobile_id"], book.customer()["email_id"]) == ("P2", "P3")
    assert book.customer()["zones"] == "America/Lima,Asia/Shanghai"
    assert book.run(day("02-05")).customer()["zones"] == "America/Lima,Asia/Shanghai"


def test_zones_are_sorted_wherever_the_stated_one_falls(tmp_path: Path) -> None:
    points = [contact_point("P1", timezone="Asia/Tokyo"), contact_point("P2", "landline", timezone="America/Lima")]
    told = customer(timezone="Asia/Shanghai")
    one = Book(tmp_path).run(day("02-03"), customers=[told], contact_points=points).customer()
    assert one["zones"] == "America/Lima,Asia/Shanghai,Asia/Tokyo"


def test_few_changed_contact_points_wait_beside_the_kept_file_and_many_are_merged(tmp_path: Path) -> None:
    points = [contact_point(f"P{number:02d}", rank=number % 9 + 1) for number in range(30)]
    book = Book(tmp_path).run(day("02-03"), customers=[customer()], contact_points=points)
    kept = book.folder / "contact_points" / "0000.parquet"
    assert (len(book.rows("contact_points")), len(book.rows("contact_points_changes"))) == (30, 0)

    book.run(day("02-04"), contact_points=[contact_point(f"P{number:02d}", status="invalid") for number in (0, 1, 2)])
    assert (book.folder / "contact_points" / "0000.parquet").samefile(kept)
    assert [row["contact_id"] for row in book.rows("contact_points_changes")] == ["P00", "P01", "P02"]
    assert book.customer()["mobile_id"] == "P09"

    book.run(day("02-05"), contact_points=[contact_point("P09", status="withdrawn")])
    assert (len(book.rows("contact_points")), len(book.rows("contact_points_changes"))) == (30, 0)
    status = {row["contact_id"]: row["status"] for row in book.rows("contact_points")}
    assert [status[name] for name in ("P00", "P09", "P10")] == ["invalid", "withdrawn", "active"]
    assert book.customer()["mobile_id"] == "P18"


def test_a_changed_name_is_kept_among_the_people_and_nowhere_else(tmp_path: Path) -> None:
    book = Book(tmp_path).run(day("02-03"), customers=[customer(f"C{number}") for number in range(1, 21)])
    book.run(day("02-04"), customers=[customer("C1", full_name="Wang Fang-Li", language="en")])
    names = {row["customer_id"]: row["full_name"] for row in book.rows("people") + book.rows("people_changes")}
    assert (names["C1"], len(names), book.customer("C1")["language"]) == ("Wang Fang-Li", 20, "en")
    assert "full_name" not in book.customer("C1")


def test_last_worked_date_is_the_newest_call_letter_or_visit_we_made(tmp_path: Path) -> None:
    book = Book(tmp_path).run(
        day("02-03"), customers=[customer()], contacts=[contact("02-01"), contact("02-02", channel="sms")]
    )
    assert book.customer()["last_worked_date"] == day("02-01")
    book.run(day("02-05"), contacts=[contact("01-30", channel="letter"), contact("02-05", direction="inbound")])
    assert book.customer()["last_worked_date"] == day("02-01")


@settings(derandomize=True, deadline=None, database=None, max_examples=30)
@given(st.lists(st.text("ABCabc019._-", min_size=1, max_size=32), min_size=1, max_size=200, unique=True))
def test_customer_hash_is_the_one_that_shards_are_cut_by(ids: list[str]) -> None:
    query = to_sql(ibis.table({"customer_id": "string"}, name="people").mutate(
        hashed=lambda table: customer_hash(table.customer_id)), "duckdb")  # fmt: skip
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE people AS SELECT unnest(?) AS customer_id", [ids])
        found = connection.execute(f"SELECT customer_id, hashed, {CUSTOMER_HASH_SQL} FROM ({query})").fetchall()
    by_hand = {name: int(hashlib.md5(name.encode(), usedforsecurity=False).hexdigest()[:8], 16) % 2**31 for name in ids}
    assert found == [(name, by_hand[name], by_hand[name]) for name, _, _ in found]
    assert len(found) == len(ids)


def test_a_currency_without_decimals_is_added_up_in_minor_units_of_the_banks(tmp_path: Path) -> None:
    yen = Product(product_id="yen", currency="JPY")
    bank = BANK.model_copy(update={"products": (*BANK.products, yen), "fx_ppm": {"JPY": 48_000}})
    cards = [
        account("A1", opening_balance_minor=0),
        account("A2", product_id="yen", currency="JPY", opening_balance_minor=1_000),
    ]
    one = Book(tmp_path, bank).run(day("02-03"), customers=[customer()], accounts=cards).customer()
    assert one["balance_minor"] == 4_800  # 1,000 yen at 0.048 are 48 yuan


def test_a_sold_debt_is_no_longer_the_customers_worst(tmp_path: Path) -> None:
    cards = [account("A1", status="sold"), account("A2")]
    asked = [statement("2025-10-05", "2025-10-25", 9_000, "A1"), statement("01-05", "01-25", 4_000, "A2")]
    one = Book(tmp_path).run(day("02-03"), customers=[customer()], accounts=cards, statements=asked).customer()
    assert (one["accounts_n"], one["account_id"], one["dpd"], one["past_due_minor"]) == (1, "A2", 9, 4_000)


def test_the_largest_amounts_of_the_contract_do_not_overflow(tmp_path: Path) -> None:
    card = account("A1", opening_balance_minor=10**15, credit_limit_minor=10**15)
    one = Book(tmp_path).run(day("02-03"), customers=[customer()], accounts=[card]).customer()
    assert (one["balance_minor"], one["utilisation_bp"]) == (10**15, 10_000)
