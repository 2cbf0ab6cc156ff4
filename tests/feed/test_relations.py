"""Rows against other rows: parents, duplicates, reversals, and what the book knows of an account."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from arrears.errors import BookError
from tests.feed.world import example, quarantined, rows_of, taken_in, write_feed


def write_book(root: Path, **changed: Any) -> Path:
    """Yesterday's book with one account, cut into two files."""
    account = {"account_id": "A000001", "customer_id": "C000001", "product_id": "classic", "currency": "CNY",
               "close_0": date(2026, 1, 5)} | changed  # fmt: skip
    other = account | {"account_id": "A000002", "customer_id": "C000002"}
    for table, rows in {"accounts": [account, other], "customers": [account, other]}.items():
        (root / "book" / table).mkdir(parents=True)
        for shard, row in enumerate(rows):
            shown = row if table == "accounts" else {"customer_id": row["customer_id"]}
            pq.write_table(pa.Table.from_pylist([shown]), root / "book" / table / f"{shard:04d}.parquet")
    return root / "book"


def reasons(out: Path) -> list[tuple[str, str, str]]:
    return [(row["table"], row["reason"], row["column"]) for row in quarantined(out)]


NO_PARENTS: dict[str, list[dict[str, str]]] = {"customers": [], "accounts": []}


def test_parents_may_be_in_the_book_instead_of_the_feed(tmp_path: Path) -> None:
    folder = write_feed(tmp_path, NO_PARENTS)
    intake = taken_in(folder, tmp_path / "out", known=write_book(tmp_path))
    assert intake.quarantined_n == 0
    assert rows_of(tmp_path / "out", "transactions")[0]["customer_id"] == "C000001"


def test_without_parents_anywhere_every_row_is_quarantined_as_of_an_unknown_parent(tmp_path: Path) -> None:
    intake = taken_in(write_feed(tmp_path, NO_PARENTS), tmp_path / "out")
    assert intake.reasons == {"unknown_parent": 6}
    assert sum(intake.rows.values()) == 0


def test_a_quarantined_customer_takes_its_accounts_and_their_rows_along_and_each_says_so(tmp_path: Path) -> None:
    folder = write_feed(tmp_path, {"customers": [example("customers", country="China")]})
    intake = taken_in(folder, tmp_path / "out")
    assert intake.reasons == {"unknown_country": 1, "parent_quarantined": 7}
    texts = {row["table"]: row["text_en"] for row in quarantined(tmp_path / "out")}
    assert texts["statements"] == "the row that account_id refers to, in accounts, was quarantined"


def test_a_quarantined_change_of_a_known_account_does_not_hold_its_payments_back(tmp_path: Path) -> None:
    folder = write_feed(tmp_path, {"accounts": [example("accounts", status="frozen")]})
    intake = taken_in(folder, tmp_path / "out", known=write_book(tmp_path))
    assert reasons(tmp_path / "out") == [("accounts", "unknown_code", "status")]
    assert intake.rows["transactions"] == 1


@pytest.mark.parametrize(
    ("changed", "column"), [({"customer_id": "C000009"}, "customer_id"), ({"currency": "USD"}, "currency")]
)
def test_an_account_that_the_book_knows_otherwise_has_moved(tmp_path: Path, changed: dict[str, str], column: str) -> None:
    folder = write_feed(tmp_path)
    taken_in(folder, tmp_path / "out", known=write_book(tmp_path, **changed))
    assert ("accounts", "account_moved", column) in reasons(tmp_path / "out")


def test_a_change_of_product_in_the_same_currency_is_taken_in(tmp_path: Path) -> None:
    assert taken_in(write_feed(tmp_path), tmp_path / "out", known=write_book(tmp_path, product_id="old")).quarantined_n == 0


def test_currencies_of_account_and_transaction_must_agree_with_the_book_too(tmp_path: Path) -> None:
    folder = write_feed(tmp_path, NO_PARENTS | {"transactions": [example("transactions", currency="USD")]})
    taken_in(folder, tmp_path / "out", known=write_book(tmp_path))
    assert reasons(tmp_path / "out") == [("transactions", "account_currency", "currency")]


@pytest.mark.parametrize(("close", "taken"), [(date(2026, 1, 4), 1), (date(2026, 1, 5), 1), (date(2026, 1, 6), 0)])
def test_a_statement_is_newer_than_the_newest_known_or_corrects_it(tmp_path: Path, close: date, taken: int) -> None:
    folder = write_feed(tmp_path, NO_PARENTS)
    intake = taken_in(folder, tmp_path / "out", known=write_book(tmp_path, close_0=close))
    assert intake.rows["statements"] == taken
    assert intake.reasons == ({} if taken else {"statement_not_newer": 1})


def test_of_identical_copies_the_first_is_taken_in(tmp_path: Path) -> None:
    folder = write_feed(tmp_path, {"transactions": [example("transactions")] * 3})
    taken_in(folder, tmp_path / "out")
    assert len(rows_of(tmp_path / "out", "transactions")) == 1
    assert [(row["row"], row["reason"]) for row in quarantined(tmp_path / "out")] == [
        (3, "duplicate_row"),
        (4, "duplicate_row"),
    ]


def test_of_contradicting_copies_none_is_taken_in(tmp_path: Path) -> None:
    copies = [example("transactions"), example("transactions"), example("transactions", amount_minor="1")]
    taken_in(write_feed(tmp_path, {"transactions": copies}), tmp_path / "out")
    assert rows_of(tmp_path / "out", "transactions") == []
    assert reasons(tmp_path / "out") == [("transactions", "duplicate_conflict", "transaction_id")] * 3


def test_a_bad_copy_makes_the_good_one_doubtful(tmp_path: Path) -> None:
    copies = [example("transactions"), example("transactions", amount_minor="x")]
    taken_in(write_feed(tmp_path, {"transactions": copies}), tmp_path / "out")
    assert [row["reason"] for row in quarantined(tmp_path / "out")] == ["duplicate_conflict", "wrong_type"]


PAYMENT = example("transactions", transaction_id="T1", amount_minor="500", value_date="2026-01-18")
REVERSAL = PAYMENT | {"transaction_id": "T2", "kind": "payment_reversal", "reverses_id": "T1"}


@pytest.mark.parametrize(
    ("changed", "column"),
    [
        ({"amount_minor": "501"}, "amount_minor"),
        ({"value_date": "2026-01-19"}, "value_date"),
        ({"kind": "charge_reversal"}, "kind"),
        ({"reverses_id": "T2"}, "kind"),
        ({"account_id": "A000002"}, "account_id"),
    ],
)
def test_a_reversal_fits_the_transaction_it_names(tmp_path: Path, changed: dict[str, str], column: str) -> None:
    accounts = [example("accounts"), example("accounts", account_id="A000002")]
    folder = write_feed(tmp_path, {"accounts": accounts, "transactions": [PAYMENT, REVERSAL | changed]})
    taken_in(folder, tmp_path / "out")
    assert reasons(tmp_path / "out") == [("transactions", "reversal_mismatch", column)]


def test_a_fitting_reversal_is_taken_in_even_when_partial(tmp_path: Path) -> None:
    folder = write_feed(tmp_path, {"transactions": [PAYMENT, REVERSAL | {"amount_minor": "200"}]})
    intake = taken_in(folder, tmp_path / "out")
    assert (intake.quarantined_n, intake.notes) == (0, {})


def test_a_reversal_of_a_transaction_that_is_not_in_the_feed_is_taken_in_and_noted(tmp_path: Path) -> None:
    intake = taken_in(write_feed(tmp_path, {"transactions": [REVERSAL]}), tmp_path / "out")
    assert (intake.quarantined_n, intake.notes) == (0, {"reversal_of_a_transaction_not_in_this_feed": 1})


def test_a_reversal_of_a_quarantined_payment_waits_with_it(tmp_path: Path) -> None:
    folder = write_feed(tmp_path, {"transactions": [PAYMENT | {"currency": "EUR"}, REVERSAL]})
    taken_in(folder, tmp_path / "out")
    assert [row["reason"] for row in quarantined(tmp_path / "out")] == ["account_currency", "parent_quarantined"]


def test_a_book_that_is_not_there_is_named_with_the_command_that_makes_it(tmp_path: Path) -> None:
    with pytest.raises(BookError, match=r"yesterday's book is not there; .*arrears run"):
        taken_in(write_feed(tmp_path), tmp_path / "out", known=tmp_path / "nowhere")


def test_a_book_without_the_columns_needed_is_refused(tmp_path: Path) -> None:
    book = write_book(tmp_path)
    pq.write_table(pa.table({"account": ["A000001"]}), book / "accounts" / "0000.parquet")
    with pytest.raises(BookError, match="damaged or of another version"):
        taken_in(write_feed(tmp_path), tmp_path / "out", known=book)
