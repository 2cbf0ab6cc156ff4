"""The simulated card system's own sums, computed again another way: statement by statement, from the files alone."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from itertools import pairwise
from typing import Any

from arrears.feed.contracts import DEBIT_KINDS
from arrears.lab.population import DUE_DAYS, PRODUCTS
from tests.lab.conftest import Bank

DEBITS = ", ".join(f"'{kind}'" for kind in DEBIT_KINDS)


def test_statement_balance_is_opening_balance_plus_debits_less_credits(bank: Bank) -> None:
    checked = f"""
        WITH posted AS (
            SELECT account_id, posted_date,
                   sum(CASE WHEN kind IN ({DEBITS}) THEN amount_minor ELSE -amount_minor END) AS net
            FROM transactions GROUP BY ALL),
        opening AS (SELECT account_id, arg_min(opening_balance_minor, date) AS opening FROM accounts GROUP BY 1)
        SELECT s.account_id, s.balance_minor - any_value(o.opening) - coalesce(sum(p.net), 0) AS difference
        FROM statements s JOIN opening o USING (account_id)
        LEFT JOIN posted p ON p.account_id = s.account_id AND p.posted_date <= s.statement_date
        GROUP BY s.account_id, s.statement_date, s.balance_minor"""
    assert bank.number(f"SELECT count(*) FROM ({checked})") > 100_000
    assert bank.column(f"SELECT account_id FROM ({checked}) WHERE difference <> 0") == []


def test_closing_and_due_dates_follow_the_account_and_its_product(bank: Bank) -> None:
    assert bank.number("SELECT count(*) FROM (SELECT account_id FROM statements GROUP BY 1 "
                       "HAVING count(DISTINCT day(statement_date)) > 1)") == 0  # fmt: skip
    days = dict(zip((product.product_id for product in PRODUCTS), DUE_DAYS, strict=True))
    seen = bank.sql.execute(
        "SELECT DISTINCT product_id, due_date - statement_date FROM statements "
        "JOIN (SELECT DISTINCT account_id, product_id FROM accounts) USING (account_id)"
    ).fetchall()
    assert dict(seen) == days
    assert len(seen) == len(days)


def test_an_open_account_gets_a_statement_every_month(bank: Bank) -> None:
    before = "lag(statement_date) OVER (PARTITION BY account_id ORDER BY statement_date)"
    gaps = f"SELECT statement_date - {before} AS gap FROM statements"
    low, high = bank.sql.execute(f"SELECT min(gap), max(gap) FROM ({gaps})").fetchone() or (0, 0)
    assert (low, high) == (28, 31)


def test_minimum_payment_lies_between_past_due_part_and_balance(bank: Bank) -> None:
    assert bank.number(
        "SELECT count(*) FROM statements WHERE past_due_minor > minimum_payment_minor "
        "OR minimum_payment_minor > greatest(balance_minor, 0) OR (balance_minor > 0 AND minimum_payment_minor = 0)"
    ) == 0  # fmt: skip


def test_past_due_part_is_what_a_card_system_would_carry_over(bank: Bank) -> None:
    """For each statement, the whole chain of earlier ones again, with every payment known on its closing date."""
    tolerance = {product.product_id: product.tolerance_minor for product in PRODUCTS}
    product = dict(bank.sql.execute("SELECT account_id, any_value(product_id) FROM accounts GROUP BY 1").fetchall())
    statements: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
    payments: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
    for account, *row in bank.sql.execute(
        "SELECT account_id, statement_date, balance_minor, minimum_payment_minor, past_due_minor FROM statements ORDER BY ALL"
    ).fetchall():
        statements[account].append(tuple(row))
    for account, *row in bank.sql.execute(
        "SELECT account_id, posted_date, value_date, CASE kind WHEN 'payment' THEN amount_minor ELSE -amount_minor END "
        "FROM transactions WHERE kind IN ('payment', 'payment_reversal')"
    ).fetchall():
        payments[account].append(tuple(row))
    compared = past_due_n = 0
    for account, issued in statements.items():
        written_off = [0] * len(issued)
        for count in range(2, len(issued) + 1):
            unpaid = carried_over(issued[:count], written_off, payments[account], tolerance[product[account]])
            balance, past_due = max(issued[count - 1][1], 0), issued[count - 1][3]
            assert past_due == min(unpaid, balance), (account, issued[count - 1][0])
            # A past-due part above the balance is cut to it when the statement is issued, for good.
            written_off[count - 2] = max(0, unpaid - balance)
            compared += 1
            past_due_n += past_due > 0
    assert compared > 100_000
    assert past_due_n > 3_000


def carried_over(issued: list[tuple[Any, ...]], written_off: list[int], payments: list[tuple[Any, ...]], tolerance: int) -> int:
    """Past-due part of the last statement of `issued`: what earlier minimum payments asked for and nobody paid."""
    known: date = issued[-1][0]
    carried = 0
    for (before, after), off in zip(pairwise(issued), written_off, strict=False):
        paid = sum(amount for posted, value, amount in payments if posted <= known and before[0] < value <= after[0])
        unpaid = max(0, before[2] - before[3] + carried - off - paid)
        carried = 0 if unpaid <= tolerance else unpaid
    return carried


def test_a_reversal_bears_amount_and_value_date_of_what_it_reverses(bank: Bank) -> None:
    reversals = "SELECT * FROM transactions WHERE kind IN ('payment_reversal', 'charge_reversal')"
    pairs = f"""
        SELECT count(*) AS n, count(*) FILTER (r.account_id = t.account_id AND r.amount_minor = t.amount_minor
            AND r.value_date = t.value_date AND t.posted_date < r.posted_date
            AND t.kind = CASE r.kind WHEN 'payment_reversal' THEN 'payment' ELSE 'late_charge' END) AS matched
        FROM ({reversals}) r LEFT JOIN transactions t ON t.transaction_id = r.reverses_id"""
    count, matched = bank.sql.execute(pairs).fetchone() or (0, 0)
    assert count > 50
    assert matched == count
    assert bank.number("SELECT count(*) FROM transactions WHERE reverses_id IS NOT NULL AND kind NOT LIKE '%reversal'") == 0


def test_some_payments_are_backdated_across_a_closing_date(bank: Bank) -> None:
    crossing = """SELECT count(*) FROM transactions t JOIN statements s USING (account_id)
        WHERE t.kind = 'payment' AND t.value_date <= s.statement_date AND s.statement_date < t.posted_date"""
    assert 5 < bank.number(crossing) < 0.01 * bank.number("SELECT count(*) FROM transactions WHERE kind = 'payment'")
