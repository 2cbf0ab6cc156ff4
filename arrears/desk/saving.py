"""The database to a file and back: `pg_dump` and `pg_restore`, the ledger's chain and triggers with it."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from arrears.desk.opening import Store, connected
from arrears.desk.server import bundled_programs
from arrears.errors import StoreError

_ENVIRONMENT = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD", "dbname": "PGDATABASE",
                "sslmode": "PGSSLMODE", "sslrootcert": "PGSSLROOTCERT"}  # fmt: skip


_NOT_AGAIN = "UPDATE intent SET state = 'unknown', worker = NULL WHERE state IN ('due', 'sending')"


def backup(store: Store, path: Path) -> int:
    """Write everything to a new file, readable by its owner alone; returns its bytes."""
    if path.exists():
        raise StoreError("the file is there already", where=str(path), remedy="give a new name")
    partial = path.with_name(f"{path.name}.partial")
    os.close(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
    _run("pg_dump", ["--format=custom", "--no-owner", "--no-privileges", f"--file={partial}"], store.owner)
    partial.rename(path)
    return path.stat().st_size


def restore(store: Store, path: Path) -> None:
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
    _run("pg_restore", ["--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction", str(path)], store.owner,
         into=True)  # fmt: skip
    with connected(store.owner) as connection:
        connection.execute(_NOT_AGAIN)
        connection.execute("UPDATE ledger_identity SET until_seq = (SELECT seq FROM ledger_head) WHERE until_seq IS NULL")
        connection.execute(
            "INSERT INTO ledger_identity (identity, since) "
            "VALUES (left(replace(gen_random_uuid()::text, '-', ''), 12), clock_timestamp())"
        )


def _run(program: str, words: list[str], parameters: Mapping[str, Any], *, into: bool = False) -> None:
    """Run it with the connection in the environment, where no list of processes shows it."""
    environment = {_ENVIRONMENT[name]: str(value) for name, value in parameters.items() if name in _ENVIRONMENT}
    place = bundled_programs() / program
    command = [str(place) if place.exists() else shutil.which(program) or program, *words]
    command += [f"--dbname={parameters.get('dbname', '')}"] if into else []
    done = subprocess.run(command, env=os.environ | environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        # Of what it says only the error itself: its context may quote a row.
        said = [line for line in done.stderr.splitlines() if line.startswith(f"{program}: error:")]
        raise StoreError(
            said[0] if said else f"it failed with exit code {done.returncode}", where=program,
            remedy="free the disk, or look at the server's log",
        )  # fmt: skip
