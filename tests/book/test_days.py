"""Ageing day by day equals ageing at once, and both equal an account aged by hand."""

from __future__ import annotations

from dataclasses import asdict, fields
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from tests.book.histories import START, Life, feed, lives
from tests.book.oracle import Aged
from tests.book.world import Book, Row, settled

BEFORE = START - timedelta(days=1)
COLUMNS = tuple(column.name for column in fields(Aged))

few = settings(max_examples=2, derandomize=True, deadline=None, database=None, phases=[Phase.generate])


def carried(told: list[Life], days: list[date]) -> dict[str, Row]:
    """The accounts after one feed for each of these days."""
    with TemporaryDirectory() as root:
        book = Book(Path(root))
        for before, today in zip([BEFORE, *days], days, strict=False):
            book.run(today, **feed(told, before, today))
        return {row["account_id"]: settled(row) for row in book.rows("accounts")}


def assert_by_hand(told: list[Life], found: dict[str, Row], as_of: date) -> None:
    for life in told:
        wanted = asdict(life.aged(as_of))
        seen = {name: found[life.account_id][name] for name in COLUMNS}
        assert seen == wanted, _story(life, as_of)


def assert_same(told: list[Life], left: dict[str, Row], right: dict[str, Row], as_of: date) -> None:
    assert left.keys() == right.keys() == {life.account_id for life in told}
    for life in told:
        apart = {
            name: (left[life.account_id][name], right[life.account_id][name])
            for name in left[life.account_id]
            if left[life.account_id][name] != right[life.account_id][name]
        }
        assert not apart, f"{apart}\n{_story(life, as_of)}"


def _story(life: Life, as_of: date) -> str:
    lines = [f"{life.account_id} {life.product_id}, opening {life.opening}, as of {as_of}"]
    for when, table, row in sorted(life.told, key=lambda one: (one[0], one[1])):
        lines.append(f"{when} {table}: " + ", ".join(f"{name}={value}" for name, value in row.items() if "_id" not in name))
    return "\n".join(lines)


@few
@given(seed=st.integers(0, 2**32 - 1), days=st.integers(30, 360))
def test_an_account_with_kept_statements_only_is_aged_as_by_hand(seed: int, days: int) -> None:
    as_of = START + timedelta(days=days)
    told = lives(seed, 400, statements_max=12, until=as_of)
    assert_by_hand(told, carried(told, [as_of]), as_of)


@few
@given(seed=st.integers(0, 2**32 - 1), days=st.integers(330, 700))
def test_older_statements_are_one_sum_with_the_earliest_date(seed: int, days: int) -> None:
    as_of = START + timedelta(days=days)
    told = lives(seed, 400, statements_max=17, until=as_of)
    assert_by_hand(told, carried(told, [as_of]), as_of)


@few
@given(seed=st.integers(0, 2**32 - 1), cuts=st.sets(st.integers(1, 560), min_size=3, max_size=6))
def test_feed_after_feed_ends_where_one_feed_ends(seed: int, cuts: set[int]) -> None:
    days = [START + timedelta(days=cut) for cut in sorted(cuts)]
    told = lives(seed, 200, statements_max=16, until=days[-1])
    assert_same(told, carried(told, days), carried(told, days[-1:]), days[-1])


@settings(few, max_examples=1)
@given(seed=st.integers(0, 2**32 - 1), first=st.integers(40, 500))
def test_day_by_day_ends_where_one_feed_ends_and_every_day_is_as_by_hand(seed: int, first: int) -> None:
    days = [START + timedelta(days=first + number) for number in range(9)]
    told = lives(seed, 200, statements_max=16, until=days[-1])
    with TemporaryDirectory() as root:
        book = Book(Path(root))
        for before, today in zip([BEFORE, *days], days, strict=False):
            book.run(today, **feed(told, before, today))
            found = {row["account_id"]: settled(row) for row in book.rows("accounts")}
            assert_by_hand(told, found, today)
        assert_same(told, found, carried(told, days[-1:]), days[-1])


@settings(few, max_examples=1)
@given(seed=st.integers(0, 2**32 - 1))
def test_days_past_due_never_fall_without_a_credit(seed: int) -> None:
    days = [START + timedelta(days=200 + number) for number in range(0, 40, 5)]
    told = lives(seed, 300, statements_max=12, until=days[-1])
    with TemporaryDirectory() as root:
        book = Book(Path(root))
        before: dict[str, Row] = {}
        for earlier, today in zip([BEFORE, *days], days, strict=False):
            tables = feed(told, earlier, today)
            book.run(today, **tables)
            credited = {row["account_id"] for row in tables["transactions"] if row["kind"] != "purchase"}
            now = {row["account_id"]: row for row in book.rows("accounts")}
            watched = [name for name in before if name not in credited and not _capped(before[name]) and not _capped(now[name])]
            assert not [name for name in watched if now[name]["dpd"] < before[name]["dpd"]]
            assert not before or sum(before[name]["dpd"] > 0 for name in watched) > 50
            before = now


def _capped(row: Row) -> bool:
    """The balance is below what was asked: a statement that asks for more than is owed redates it (docs/ageing.md)."""
    return bool(row["minimum_unpaid_minor"] >= row["balance_minor"])
