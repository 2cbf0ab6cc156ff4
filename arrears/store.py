"""Tables at rest: Parquet written one way, folders published whole, and a manifest that says what is in them.

A step writes into a staging folder beside its final place and the folder is renamed once it is complete, so a reader sees a
whole step or none. What was written is checked when it is read back: the manifest holds the SHA-256 of every file.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from arrears.errors import BookError
from arrears.saying import said

FORMAT = 1
"""Version of the workspace's tables; a book of a newer version is refused, never guessed at."""

COPY_OPTIONS = "FORMAT parquet, COMPRESSION lz4_raw, PARQUET_VERSION v2, DICTIONARY_SIZE_LIMIT 200"
"""How DuckDB writes every table; the same rows in the same order by one thread give the same bytes."""

MANIFEST = "manifest.json"


def quoted(path: Path | str) -> str:
    """A path or text as a SQL string literal."""
    return "'" + str(path).replace("'", "''") + "'"


def sha256_file(path: Path) -> str:
    """SHA-256 of a file's bytes, hex."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def sha256_json(value: Any) -> str:
    """SHA-256 of a JSON value in canonical form, hex."""
    return hashlib.sha256(json.dumps(value, sort_keys=True, ensure_ascii=False, default=str).encode()).hexdigest()


@dataclass(frozen=True)
class Manifest:
    """What a step's folder holds: by which inputs it was made, and every file by SHA-256 and rows."""

    step: str
    business_date: str
    inputs: Mapping[str, str]
    """Name to SHA-256 of everything the step read: manifests, playbook, packs, scorecard, settings."""
    outputs: Mapping[str, str]
    """File, relative to the folder, to SHA-256."""
    rows: Mapping[str, int] = field(default_factory=dict)
    """Table to rows."""
    facts: Mapping[str, Any] = field(default_factory=dict)
    """What else the step found out, for reports: counts of quarantined rows, for instance."""
    format: int = FORMAT

    @property
    def inputs_hash(self) -> str:
        return sha256_json(dict(self.inputs))

    @property
    def content_hash(self) -> str:
        """One hash over the outputs: two runs agree exactly when this agrees."""
        return sha256_json(dict(self.outputs))

    def as_json(self) -> str:
        return json.dumps(self.__dict__ | {"content_hash": self.content_hash}, indent=1, sort_keys=True, ensure_ascii=False)


def read_manifest(folder: Path) -> Manifest | None:
    """The manifest of a published folder; None if there is none. Raises `BookError` if it is newer or unreadable."""
    path = folder / MANIFEST
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
        found = int(raw.pop("format", 0))
        raw.pop("content_hash", None)
        if found <= FORMAT:
            return Manifest(**raw, format=found)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (ValueError, TypeError, AttributeError):  # not JSON, not UTF-8, or not a manifest
        raise BookError(
            said("the manifest is damaged"),
            where=str(path),
            remedy=said("restore the folder from a backup, or delete it and run the day again"),
        ) from None
    raise BookError(
        said("written by a newer arrears (format {found}, this one reads up to {newest})", found=found, newest=FORMAT),
        where=str(path),
        remedy=said("install the newer version: pip install --upgrade arrears"),
    )


def file_hashes(folder: Path) -> dict[str, str]:
    """SHA-256 of every file below `folder` but the manifest, by relative path, in order of path."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != MANIFEST and not _hidden(path, folder))
    with ThreadPoolExecutor(2) as pool:
        return dict(zip((str(path.relative_to(folder)) for path in files), pool.map(sha256_file, files), strict=True))


def _hidden(path: Path, folder: Path) -> bool:
    return any(part.startswith(".") for part in path.relative_to(folder).parts)


def damaged(folder: Path, manifest: Manifest) -> list[str]:
    """The files of a published folder that are missing or no longer what was written."""
    found = file_hashes(folder)
    return sorted(name for name, digest in manifest.outputs.items() if found.get(name) != digest)


def publish(staging: Path, final: Path, manifest: Manifest) -> None:
    """Write the manifest into `staging` and rename it to `final`; afterwards the step is done, before it is not."""
    _write_durably(staging / MANIFEST, manifest.as_json())
    final.parent.mkdir(parents=True, exist_ok=True)
    os.replace(staging, final)
    _sync_folder(final.parent)


def finish_file(partial: Path, final: Path) -> None:
    """Rename a completely written file into place."""
    os.replace(partial, final)


def link_or_copy(source: Path, target: Path) -> None:
    """Let `target` be the same published, never rewritten file as `source`; a copy where the file system has no links."""
    target.unlink(missing_ok=True)
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


def clear_staging(parent: Path, keep: Iterable[Path] = ()) -> None:
    """Remove what killed runs left beside a step's folders, but for `keep`."""
    kept = set(keep)
    for leftover in parent.glob(".staging-*"):
        if leftover not in kept:
            shutil.rmtree(leftover, ignore_errors=True)


def clear_partials(folder: Path) -> None:
    """Remove files that a killed run left half-written."""
    for suffix in ("partial", "unsorted"):
        for leftover in folder.rglob(f"*.{suffix}"):
            leftover.unlink(missing_ok=True)


def _write_durably(path: Path, text: str) -> None:
    partial = path.with_name(path.name + ".partial")
    with partial.open("w", encoding="utf-8") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    os.replace(partial, path)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
