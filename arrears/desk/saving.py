"""The desk to a file and back: the database by `pg_dump` and `pg_restore`, and the files that it names by their hash.

The file is a ZIP of `database.dump`, the ledger's chain and triggers in it, and of what lies below `FOLDERS` of the workspace.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath
from typing import IO, Any

from arrears.desk.keeping import keep
from arrears.desk.opening import Store, connected
from arrears.desk.server import bundled_programs
from arrears.errors import StoreError

DATABASE = "database.dump"
FOLDERS = ("documents", "playbooks", "policies")
"""Where documents of cases and candidates of playbooks and policies are kept, each file written once."""
_ENVIRONMENT = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD", "dbname": "PGDATABASE",
                "sslmode": "PGSSLMODE", "sslrootcert": "PGSSLROOTCERT"}  # fmt: skip
_SPOILT = (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError)
"""What reading a changed ZIP ends in; `NotImplementedError` is a `RuntimeError`."""
_NOT_AGAIN = "UPDATE intent SET state = 'unknown', worker = NULL WHERE state IN ('due', 'sending')"


def backup(store: Store, workspace: Path, path: Path) -> int:
    """Write everything to a new file, readable by its owner alone; returns its bytes."""
    if path.exists():
        raise StoreError("the file is there already", where=str(path), remedy="give a new name")
    partial = path.with_name(f"{path.name}.partial")
    try:
        _write(store, workspace, partial)
        partial.rename(path)
    finally:
        partial.unlink(missing_ok=True)
    return path.stat().st_size


def _write(store: Store, workspace: Path, path: Path) -> None:
    with (
        os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as stream,
        zipfile.ZipFile(stream, "w", strict_timestamps=False) as saved,
    ):
        with (
            saved.open(DATABASE, "w", force_zip64=True) as entry,
            _running("pg_dump", ["--format=custom", "--no-owner", "--no-privileges"], store.owner) as process,
        ):
            assert process.stdout is not None  # noqa: S101 - it is a pipe
            shutil.copyfileobj(process.stdout, entry)
        # After the database: files are written before the rows that name them, and never again.
        for folder in FOLDERS:
            for file in sorted((workspace / folder).rglob("*")):
                name = file.relative_to(workspace).as_posix()
                if file.is_file() and _ours(name):
                    saved.write(file, name)


def restore(store: Store, workspace: Path, path: Path) -> None:
    """Read a backup into an empty database; raises `StoreError` where there is something in it already.

    Contacts that were still to be made are not made any more, since some may have been made after the backup; the next plan
    brings what is still due. The ledger goes on under another identity: what it exported after the backup stays in the book.
    """
    if not path.is_file():
        raise StoreError("there is no such file", where=str(path), remedy="give a file that arrears backup wrote")
    with connected(store.owner) as connection:
        there = connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone()
    if there is not None and there[0]:
        raise StoreError(
            "there are tables already, and a restore would mix two ledgers", where="restore",
            remedy="restore into a new workspace, or an empty database",
        )  # fmt: skip
    with _read(path) as saved:
        for name in saved.namelist():
            if name != DATABASE:
                keep(workspace / name, saved.read(name))
        words = ["--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction"]
        words.append(f"--dbname={store.owner.get('dbname', '')}")
        with saved.open(DATABASE) as entry, _running("pg_restore", words, store.owner) as process:
            assert process.stdin is not None  # noqa: S101 - it is a pipe
            with suppress(BrokenPipeError):  # it stopped, and says why
                shutil.copyfileobj(entry, process.stdin)
    with connected(store.owner) as connection:
        connection.execute(_NOT_AGAIN)
        connection.execute("UPDATE ledger_identity SET until_seq = (SELECT seq FROM ledger_head) WHERE until_seq IS NULL")
        connection.execute(
            "INSERT INTO ledger_identity (identity, since) "
            "VALUES (left(replace(gen_random_uuid()::text, '-', ''), 12), clock_timestamp())"
        )


@contextmanager
def _read(path: Path) -> Iterator[zipfile.ZipFile]:
    """A backup of which every byte is as it was written, and which has nothing but what a backup has."""
    fault = StoreError(
        "this is no backup, or it broke off or was changed", where=str(path), remedy="give a file that arrears backup wrote"
    )
    try:
        saved = zipfile.ZipFile(path)
    except _SPOILT:
        raise fault from None
    with saved:
        try:
            whole = saved.testzip() is None and DATABASE in saved.namelist() and all(map(_ours, saved.namelist()))
        except _SPOILT:
            whole = False
        if not whole:
            raise fault
        yield saved


def _ours(name: str) -> bool:
    """Whether it is of what a backup holds."""
    parts = PurePosixPath(name).parts
    inside = len(parts) > 1 and parts[0] in FOLDERS and not name.endswith("/")
    return name == DATABASE or (inside and not any(part.startswith(".") for part in parts))


@contextmanager
def _running(program: str, words: list[str], parameters: Mapping[str, Any]) -> Iterator[subprocess.Popen[bytes]]:
    """It with the connection in the environment, where no list of processes shows it; raises `StoreError` where it fails."""
    environment = {_ENVIRONMENT[name]: str(value) for name, value in parameters.items() if name in _ENVIRONMENT}
    place = bundled_programs() / program
    command = [str(place) if place.exists() else shutil.which(program) or program, *words]
    pipe = subprocess.PIPE
    with (
        tempfile.TemporaryFile() as errors,
        subprocess.Popen(command, env=os.environ | environment, stdin=pipe, stdout=pipe, stderr=errors) as process,
    ):
        try:
            yield process
        except BaseException:
            process.kill()
            raise
        _finish(process)
        if process.returncode != 0:
            errors.seek(0)
            raise StoreError(
                _said(program, errors) or f"it failed with exit code {process.returncode}", where=program,
                remedy="free the disk, or look at the server's log",
            )  # fmt: skip


def _finish(process: subprocess.Popen[bytes]) -> None:
    with suppress(BrokenPipeError):
        process.communicate()


def _said(program: str, errors: IO[bytes]) -> str:
    """Of what it says only the error itself: its context may quote a row."""
    lines = errors.read().decode(errors="replace").splitlines()
    return next((line for line in lines if line.startswith(f"{program}: error:")), "")
