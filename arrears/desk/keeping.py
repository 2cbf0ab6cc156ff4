"""Files that decide: written whole or not at all, their owner's alone, and one kept by its hash never again."""

from __future__ import annotations

import hashlib
import os
import threading
from pathlib import Path

from arrears.errors import StoreError

OWNERS_ALONE = 0o600


class NotKeptError(StoreError):
    """Nothing is kept under that hash or number."""


def digest_of(raw: bytes) -> str:
    """SHA-256, hex."""
    return hashlib.sha256(raw).hexdigest()


def keep(path: Path, raw: bytes) -> None:
    """Write a file once; the same again changes nothing. Raises `StoreError` where another is there."""
    if path.exists():
        if path.read_bytes() != raw:
            raise StoreError("another file is kept under this hash", where=str(path), remedy="restore it from a backup")
        return
    replace(path, raw)


def replace(path: Path, raw: bytes) -> None:
    """Write a file in place of what is there, at once and as a whole."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.{os.getpid()}-{threading.get_ident()}.partial")
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, OWNERS_ALONE), "wb") as stream:
        stream.write(raw)
        stream.flush()
        os.fsync(stream.fileno())
    partial.rename(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
