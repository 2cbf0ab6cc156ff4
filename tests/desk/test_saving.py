"""A backup holds the database and the files it names; one that is not as it was written changes nothing."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

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
