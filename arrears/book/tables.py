"""The named tables that the book's expressions stand on, and columns that a product of `bank.toml` gives to an account."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import ibis
import ibis.expr.types as ir

from arrears.bank import Bank, Product
from arrears.book.columns import ACCOUNT_COLUMNS, CUSTOMER_COLUMNS, schema
from arrears.engine.session import SQL_TYPES
from arrears.feed.contracts import CONTRACTS

_IBIS = {"id": "string", "text": "string", "code": "string", "currency": "string", "date": "date", "timestamp": "timestamp(6)",
         "int": "int64", "money": "int64", "bool": "boolean"}  # fmt: skip

WITH_CUSTOMER = ("statements", "transactions")
"""Tables of the feed that gain `customer_id` when they are taken in."""


def feed_schema(name: str) -> dict[str, str]:
    """Column to Ibis type of a table taken in."""
    columns = {column.name: _IBIS[column.kind] for column in CONTRACTS[name].columns}
    return columns | {"customer_id": "string"} if name in WITH_CUSTOMER else columns


def feed_table(name: str) -> ir.Table:
    """Today's rows of a table taken in, bound as `feed_<name>`."""
    return ibis.table(feed_schema(name), name=f"feed_{name}")


def before_table(name: str) -> ir.Table:
    """Yesterday's rows of a table that the book carries in the feed's form, bound as `before_<name>`."""
    return ibis.table(feed_schema(name), name=f"before_{name}")


def account_table(name: str) -> ir.Table:
    """Accounts with all their columns, bound as `name`."""
    return ibis.table(schema(ACCOUNT_COLUMNS), name=name)


def customer_table(name: str) -> ir.Table:
    """Customers with all their columns, bound as `name`."""
    return ibis.table(schema(CUSTOMER_COLUMNS), name=name)


def product_column(product_id: ir.StringValue, bank: Bank, value: Callable[[Product], int]) -> ir.IntegerValue:
    """An integer of the product's, by product id; products are few, so it is a CASE and no join."""
    branches = [(product_id == product.product_id, ibis.literal(value(product), "int64")) for product in bank.products]
    return ibis.cases(*branches, else_=ibis.literal(0, "int64"))


def with_day(query: str, as_of: date) -> str:
    """The SQL of a query's rows with the column `as_of`: the day comes in as data, so that queries serve every day."""
    return f"SELECT *, DATE '{as_of.isoformat()}' AS as_of FROM ({query})"


def days_between(later: ir.DateValue, earlier: ir.DateValue) -> ir.IntegerValue:
    """Calendar days from `earlier` to `later`, int64."""
    return later.delta(earlier, unit="day").cast("int64")


def no_rows(columns: dict[str, str]) -> str:
    """SQL, the same on every engine, of a table with these columns (Ibis types) and no rows."""
    listed = ", ".join(f"CAST(NULL AS {SQL_TYPES[kind]}) AS {name}" for name, kind in columns.items())
    return f"SELECT {listed} WHERE FALSE"
