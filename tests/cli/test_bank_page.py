from __future__ import annotations

import tomllib
from pathlib import Path

from arrears.bank import Bank, Product, _tuples
from arrears.cli.bank_page import page

DOCS = Path(__file__).parents[2] / "docs"


def test_the_page_is_what_the_model_says() -> None:
    assert (DOCS / "bank.md").read_text(encoding="utf-8") == page(), "renew it: python -m arrears.cli.bank_page docs/bank.md"


def test_every_key_has_a_meaning() -> None:
    for model in (Bank, Product):
        assert [name for name, field in model.model_fields.items() if not field.description] == []


def test_the_example_is_a_bank() -> None:
    example = page().partition("```toml")[2].partition("```")[0]
    assert Bank.model_validate(_tuples(tomllib.loads(example))).products[0].grace_days == 3
