"""The ledger: append-only and chained in the database, and every way to spoil it is found."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from arrears.desk.ledger.appending import Deed, append
from arrears.desk.ledger.verifying import Anchor, keep_anchor, read_anchors, verify
from arrears.desk.opening import Store
from arrears.errors import LedgerError
from tests.desk.conftest import owner_of
from tests.desk.making import entries

AT = datetime(2026, 6, 15, 2, 0, tzinfo=UTC)


def deeds(n: int, *, first: int = 0) -> list[Deed]:
    return [
        Deed(f"C{number % 3}", "note", AT + timedelta(seconds=number), "Asia/Shanghai", "somebody", body={"number": number})
        for number in range(first, first + n)
    ]


def filled(store: Store, n: int = 10) -> None:
    with store.connect() as connection:
        append(connection, deeds(n))


def spoil(store: Store, *statements: str) -> None:
    """What only whoever owns the tables can do: put the triggers to sleep and change what they keep."""
    with owner_of(store) as connection:
        connection.execute("SET session_replication_role = replica")
        for statement in statements:
            connection.execute(statement)


def found(store: Store, anchors: tuple[Anchor, ...] = ()) -> list[tuple[str, int]]:
    with store.connect() as connection:
        return [(one.fault, one.seq) for one in verify(connection, anchors).findings]


@pytest.mark.parametrize("statement", [
    "UPDATE ledger_entry SET actor = 'x' WHERE seq = 3", "DELETE FROM ledger_entry WHERE seq = 3", "TRUNCATE ledger_entry",
    "UPDATE ledger_head SET seq = 1", "DELETE FROM ledger_head", "TRUNCATE ledger_head",
    "INSERT INTO ledger_head VALUES (2, 1, 'a', now(), now())",
])  # fmt: skip
def test_nobody_changes_it_not_even_its_owner(store: Store, statement: str) -> None:
    filled(store)
    for connection in (store.connect(), owner_of(store)):
        with connection, pytest.raises(psycopg.Error):
            connection.execute(statement)
    assert found(store) == []


def test_numbers_and_hashes_are_the_databases_own(store: Store) -> None:
    filled(store, 2)
    with store.connect() as connection:
        connection.execute(
            "INSERT INTO ledger_entry (seq, recorded_at, at, local_at, customer_id, kind, actor, body, previous, hash) "
            "VALUES (99, 'epoch', now(), '', 'C', 'note', 'forger', '{}', 'x', 'y')"
        )
    assert [row[0] for row in entries(store, "seq")] == [1, 2, 3]
    assert found(store) == []


def test_a_hash_by_hand(store: Store) -> None:
    """One entry's hash, reckoned here from its columns."""
    with store.connect() as connection:
        append(connection, [Deed("C1", "note", AT, "Asia/Shanghai", "me", channel="call", body={"b": "一", "a": 1})])
    (row,) = entries(store, "recorded_at", "previous", "hash")
    recorded = int((row[0] - datetime(1970, 1, 1, tzinfo=UTC)) / timedelta(microseconds=1))
    told = [
        "1", str(recorded), "1781488800000000", "2026-06-15T10:00:00", "C1", "note", "me", None, None, None, None, None, "call",
        None, None, '{"a":1,"b":"一"}',
    ]  # fmt: skip
    text = b"".join(b"-" if one is None else f"{len(one.encode())}:{one}".encode() for one in told)
    assert bytes(row[1]) == hashlib.sha256(b"arrears ledger 1").digest()
    assert bytes(row[2]) == hashlib.sha256(bytes(row[1]) + text).digest()


@pytest.mark.parametrize(("spoiling", "expected"), [
    (["UPDATE ledger_entry SET body = '{}' WHERE seq = 4"], [("edited", 4)]),
    (["UPDATE ledger_entry SET at = at + interval '1 second' WHERE seq = 4"], [("edited", 4)]),
    (["UPDATE ledger_entry SET outcome = '' WHERE seq = 4"], [("edited", 4)]),
    (["DELETE FROM ledger_entry WHERE seq = 4"], [("gap", 5)]),
    (["DELETE FROM ledger_entry WHERE seq = 1"], [("gap", 2)]),
    (["DELETE FROM ledger_entry WHERE seq > 8"], [("cut", 8)]),
    (["DELETE FROM ledger_entry"], [("cut", 0)]),
    (["DELETE FROM ledger_entry WHERE seq > 8", "UPDATE ledger_head SET seq = 8"], [("cut", 8)]),
    (["UPDATE ledger_entry SET seq = -4 WHERE seq = 4", "UPDATE ledger_entry SET seq = 4 WHERE seq = 5",
      "UPDATE ledger_entry SET seq = 5 WHERE seq = -4"],
     [("edited", 4), ("reordered", 4), ("edited", 5), ("reordered", 5), ("reordered", 6)]),
    (["UPDATE ledger_entry SET actor = 'x', hash = sha256(previous || ledger_canonical(ledger_entry)) WHERE seq = 4",
      "UPDATE ledger_entry SET hash = sha256(previous || ledger_canonical(ledger_entry)) WHERE seq = 4"], [("reordered", 5)]),
])  # fmt: skip
def test_what_was_spoilt_is_found(store: Store, spoiling: list[str], expected: list[tuple[str, int]]) -> None:
    filled(store)
    spoil(store, *spoiling)
    assert found(store) == expected


def test_a_chain_written_anew_is_found_by_its_anchor(store: Store, tmp_path: Path) -> None:
    filled(store)
    with store.connect() as connection:
        anchor = keep_anchor(verify(connection), tmp_path)
        assert keep_anchor(verify(connection), tmp_path) is None, "it is there already"
    assert anchor is not None
    assert read_anchors(tmp_path) == [anchor]
    assert found(store, (anchor,)) == []
    forge = """DO $$ DECLARE one ledger_entry%ROWTYPE; before bytea := sha256('arrears ledger 1'::bytea); BEGIN
        UPDATE ledger_entry SET actor = 'x' WHERE seq = 4;
        FOR one IN SELECT * FROM ledger_entry ORDER BY seq LOOP
            UPDATE ledger_entry SET previous = before, hash = sha256(before || ledger_canonical(one)) WHERE seq = one.seq;
            before := sha256(before || ledger_canonical(one));
        END LOOP;
        UPDATE ledger_head SET hash = before; END $$"""
    spoil(store, forge)
    assert found(store) == [], "by itself the forged chain is whole"
    with store.connect() as connection:
        assert keep_anchor(verify(connection, (anchor,)), tmp_path) is None, "a chain with a fault is not vouched for"
    assert found(store, (anchor,)) == [("rewritten", 10)]


def test_a_chain_cut_and_grown_again_is_found_by_its_anchor(store: Store) -> None:
    filled(store)
    (last,) = [Anchor(seq, bytes(digest).hex()) for seq, digest in entries(store, "seq", "hash")[-1:]]
    spoil(
        store, "DELETE FROM ledger_entry WHERE seq > 7",
        "UPDATE ledger_head SET seq = 7, hash = (SELECT hash FROM ledger_entry WHERE seq = 7)",
    )  # fmt: skip
    assert found(store) == []
    assert found(store, (last,)) == [("cut", 7)]
    with store.connect() as connection:
        append(connection, deeds(5, first=20))
    assert found(store, (last,)) == [("rewritten", 10)]


def test_an_anchor_file_that_is_none_is_refused(tmp_path: Path) -> None:
    (tmp_path / "ledger-anchors.jsonl").write_text("nonsense\n")
    with pytest.raises(LedgerError, match="no anchor"):
        read_anchors(tmp_path)


def test_a_transaction_undone_leaves_no_gap(store: Store) -> None:
    with store.connect() as connection:
        append(connection, deeds(3))
        connection.rollback()
        append(connection, deeds(2))
    assert [row[0] for row in entries(store, "seq")] == [1, 2]
    assert found(store) == []


def test_time_of_record_never_goes_back(store: Store) -> None:
    filled(store, 3)
    spoil(store, "UPDATE ledger_head SET recorded_at = '2099-01-01'")
    filled(store, 2)
    recorded = [row[0] for row in entries(store, "recorded_at")]
    assert recorded == sorted(recorded)
    assert recorded[-1].year == 2099


TEXT = st.text(st.characters(exclude_characters="\x00", exclude_categories=("Cs",)), max_size=20)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(TEXT, TEXT, st.none() | TEXT, st.dictionaries(TEXT, TEXT | st.integers() | st.none())), max_size=5))
def test_whatever_is_written_verifies(store: Store, told: list[tuple[str, str, str | None, dict[str, Any]]]) -> None:
    with store.connect() as connection:
        append(connection, [
            Deed(who, "note", AT, "America/New_York", actor, step=step, body=body) for who, actor, step, body in told
        ])  # fmt: skip
    assert found(store) == []
