"""A backup holds the database and the files it names; one that is not as it was written changes nothing."""

from __future__ import annotations

import os
import random
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from arrears.desk import saving
from arrears.desk.cases.documents import keep_document, read_document
from arrears.desk.opening import Store, connected, opened
from arrears.desk.saving import DATABASE, FOLDERS, backup, restore
from arrears.errors import StoreError
from tests.desk.making import at, customer

PDF = b"%PDF-1.7\n" + bytes(range(256)) * 40


@pytest.fixture
def saved(store: Store, tmp_path: Path) -> Path:
    workspace, path = tmp_path / "workspace", tmp_path / "desk.backup"
    with store.connect() as connection:
        customer(connection, "C1")
        keep_document(connection, workspace, "C1", "income", PDF, at(10), "agent")
    (workspace / "policies").mkdir()
    (workspace / "policies" / ".half.partial").write_bytes(b"x")
    for odd in (".git/HEAD", ".snapshot/x/y"):
        (workspace / "policies" / odd).parent.mkdir(parents=True)
        (workspace / "policies" / odd).write_bytes(b"is not the desk's")
    for file in (workspace / "documents").rglob("*"):
        os.utime(file, (0, 0))
    (workspace / "bank.toml").write_text("is not the desk's")
    assert backup(store, workspace, path) == path.stat().st_size
    return path


def _cut(raw: bytes) -> bytes:
    return raw[: len(raw) // 2]


def _flipped(raw: bytes) -> bytes:
    """A byte changed in the middle of the dump."""
    middle = len(raw) // 3
    return raw[:middle] + bytes([raw[middle] ^ 1]) + raw[middle + 1 :]


def _with(name: str) -> Callable[[bytes], bytes]:
    def put(raw: bytes) -> bytes:
        path = Path("odd.zip")
        path.write_bytes(raw)
        with zipfile.ZipFile(path, "a") as found:
            found.writestr(name, "x")
        return path.read_bytes()

    return put


SPOILT: dict[str, Callable[[bytes], bytes]] = {
    "cut": _cut, "flipped": _flipped, "empty": lambda raw: b"", "a dump alone": lambda raw: b"PGDMP no zip",
    **{name: _with(name) for name in ("../outside", "/etc/outside", "documents/../../outside", "documents/", "documents", "x")},
}  # fmt: skip


def test_what_is_saved_comes_back_with_its_documents_and_nothing_else_does(
    saved: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert saved.stat().st_mode & 0o777 == 0o600
    with zipfile.ZipFile(saved) as found:
        assert [name.partition("/")[0] for name in found.namelist()] == [DATABASE, "documents"]
    place, odd = tmp_path / "restored", tmp_path / "odd.backup"
    with opened(place, {}, migrate=False) as other:
        before = sorted(path.name for path in place.iterdir())
        for name, spoil in SPOILT.items():
            odd.write_bytes(spoil(saved.read_bytes()))
            with pytest.raises(StoreError, match="this is no backup, or it broke off or was changed"):
                restore(other, place, odd)
            assert sorted(path.name for path in place.iterdir()) == before, name
        restore(other, place, saved)
        with connected(other.owner) as connection:
            assert read_document(connection, place, "C1", 1) == (PDF, "application/pdf")
        with pytest.raises(StoreError, match="mix two ledgers"):
            restore(other, place, saved)
        assert not (tmp_path / "outside").exists()


def test_no_change_of_a_byte_ends_in_anything_but_one_line(saved: Path, tmp_path: Path) -> None:
    raw, chance, odd = saved.read_bytes(), random.Random(1), tmp_path / "odd.backup"
    tail = raw.rindex(b"PK\x01\x02", 0, raw.rindex(b"PK\x01\x02"))
    for _ in range(300):
        at = chance.choice((chance.randrange(60), chance.randrange(tail, len(raw))))
        odd.write_bytes(raw[:at] + bytes([raw[at] ^ 1 << chance.randrange(8)]) + raw[at + 1 :])
        try:
            with saving._read(odd) as found:
                assert found.read(DATABASE)
        except StoreError as error:
            assert "this is no backup" in str(error)


def test_what_fails_leaves_no_half_file(store: Store, tmp_path: Path) -> None:
    nowhere = Store(store.worker, {**store.owner, "dbname": "nowhere"})
    with pytest.raises(StoreError, match="pg_dump"):
        backup(nowhere, tmp_path / "workspace", tmp_path / "desk.backup")
    assert list(tmp_path.glob("desk.backup*")) == []


def test_a_dump_that_the_database_refuses_leaves_it_empty(tmp_path: Path) -> None:
    odd, place = tmp_path / "odd.backup", tmp_path / "restored"
    with zipfile.ZipFile(odd, "w") as made:
        made.writestr(DATABASE, b"PGDMP" + b"x" * 1_000_000)
    with opened(place, {}, migrate=False) as other:
        with pytest.raises(StoreError, match="pg_restore"):
            restore(other, place, odd)
        with connected(other.owner) as connection:
            assert connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone() == (0,)


def test_the_folders_are_those_in_which_files_are_kept_by_hash(store: Store) -> None:
    from arrears.desk.strategy import playbooks, policies

    assert set(FOLDERS) == {"documents", playbooks.FOLDER, policies.FOLDER}
