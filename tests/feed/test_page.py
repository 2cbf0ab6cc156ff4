"""The page of the contract says what the contract says."""

from __future__ import annotations

from pathlib import Path

from arrears.feed.contracts import CONTRACTS
from arrears.feed.page import contracts_page
from arrears.feed.reasons import REASONS

PAGE = Path(__file__).parents[2] / "docs" / "feed.md"


def test_the_page_in_docs_is_the_generated_one() -> None:
    assert PAGE.read_text(encoding="utf-8") == contracts_page(), "run: python -m arrears.feed.page > docs/feed.md"


def test_the_page_names_every_table_column_code_and_reason() -> None:
    page = contracts_page()
    for contract in CONTRACTS.values():
        section = page.split(f"\n## {contract.name}\n")[1].split("\n## ")[0]
        for column in contract.columns:
            assert f"| `{column.name}` |" in section
            assert all(f"`{value}`" in section for value in column.values)
    assert all(f"| `{code}` |" in page for code in REASONS)
