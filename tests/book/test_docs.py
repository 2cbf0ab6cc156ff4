"""The worked example of docs/ageing.md is what the book says."""

from __future__ import annotations

from pathlib import Path

from tests.book.world import Book, Row, account, customer, day, payment, reversal, statement

PAGE = Path(__file__).parents[2] / "docs" / "ageing.md"

STORY: dict[str, dict[str, list[Row]]] = {
    "01-05": {
        "customers": [customer()], "accounts": [account(product_id="kind")],
        "statements": [statement("01-05", "01-25", 10_000)],
    },
    "01-20": {"transactions": [payment(9_200, "01-20")]},
    "01-29": {},
    "02-01": {"transactions": [reversal(9_200, "01-20", posted_date=day("02-01"))]},
    "02-05": {"statements": [statement("02-05", "02-25", 22_000, past_due=10_000)]},
    "02-12": {"transactions": [payment(9_500, "02-10", posted_date=day("02-12"))]},
    "02-28": {},
    "03-01": {},
    "03-03": {"transactions": [payment(12_500, "02-27", posted_date=day("03-03"))]},
}  # fmt: skip
SHOWN = ("minimum_unpaid_minor", "past_due_minor", "dpd", "bucket", "times_overdue_12", "oldest_due_date")


def test_the_worked_example_holds(tmp_path: Path) -> None:
    written = {cells[1][5:]: cells[3:-1] for cells in _cells() if cells[1].startswith("2026-")}
    book = Book(tmp_path)
    found = {}
    for as_of, delivered in STORY.items():
        row = book.run(day(as_of), **delivered).account()
        found[as_of] = [f"{row[name]:,}" if isinstance(row[name], int) else str(row[name] or "") for name in SHOWN]
    assert written == found


def _cells() -> list[list[str]]:
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    return [[cell.strip() for cell in line.split("|")] for line in lines if line.startswith("|")]
