"""A past day computed again from what was taken in and the settings kept for it, held against what was written."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Literal

import duckdb

from arrears.book.build import KEYS, BookQueries
from arrears.book.build import book_queries as queries_of
from arrears.day.facts import HISTORY_DAYS, history_days, history_hash
from arrears.day.past import changed_since, hashes_of, manifests_of, strategy_of
from arrears.day.queries import CANDIDATE_KEY
from arrears.day.run import run_step
from arrears.day.steps import Context, Progress
from arrears.day.supervising import days_stood, is_read, past_hash
from arrears.day.workspace import STEPS, Workspace
from arrears.engine import Sessions
from arrears.errors import BookError
from arrears.store import Manifest, damaged, quoted, sha256_file
from arrears.supervise.columns import BLOCKED_KEY, CHECK_KEY, FINDING_KEY

REPLAYED = STEPS[1:]
"""The steps that follow from the feed taken in and the book before."""

TABLE_KEYS: dict[str, tuple[str, ...]] = KEYS | {
    "accounts": ("account_id",), "customers": ("customer_id",), "scores": ("customer_id",), "segments": ("customer_id",),
    "work": ("customer_id", "step"), "checks": CHECK_KEY, "standings": ("account_id",), "findings": FINDING_KEY,
    "blocked_charges": BLOCKED_KEY,
    **dict.fromkeys(("candidates", "verdicts", "worths", "decisions", "contacts"), CANDIDATE_KEY),
}  # fmt: skip
"""How a row is named where it differs; ids only."""


@dataclass(frozen=True)
class TableReplay:
    """One table held against what was written; `first_difference` names file and key, and is empty where they agree."""

    step: str
    table: str
    files_n: int
    rows: int | None
    """Rows written, where the manifest counts them."""
    same: bool
    first_difference: str


@dataclass(frozen=True)
class ReplayResult:
    """What a replay found. `changed` says what is of another version than on the day; the tables agreed all the same."""

    day: date
    tables: tuple[TableReplay, ...]
    changed: tuple[str, ...]

    @property
    def same(self) -> bool:
        """Every table of the day is what the settings and inputs of that day make."""
        return all(table.same for table in self.tables)

    def as_json(self) -> dict[str, Any]:
        tables = [asdict(table) for table in self.tables]
        return {"day": self.day.isoformat(), "same": self.same, "changed": list(self.changed), "tables": tables}

    def lines(self, language: Literal["en", "zh"] = "en") -> list[str]:
        """A line a table, then the whole in one sentence."""
        zh = language == "zh"
        lines = []
        for table in self.tables:
            said = ("一致" if zh else "same") if table.same else ("不同：" if zh else "different: ") + table.first_difference
            lines.append(f"{table.step}/{table.table}  {said}")
        if self.changed:
            said = "版本已变但结果一致：" if zh else "of another version now, with the same result: "
            lines.append(said + "; ".join(self.changed))
        agreed = sum(table.same for table in self.tables)
        lines.append(
            f"{self.day}：{len(self.tables)} 个表中 {agreed} 个一致" if zh
            else f"{self.day}: {agreed} of {len(self.tables)} tables are the same"
        )  # fmt: skip
        return lines


def replay(
    workspace: Workspace, day: date, *, sessions: Sessions, progress: Callable[[Progress], None] = lambda _: None,
    book_queries: BookQueries | None = None,
) -> ReplayResult:  # fmt: skip
    """Compute the day from book to plan again, in a temporary folder of the workspace, and compare every file.

    Raises `BookError` where the day is not whole, a stored file is damaged, an input or its settings are gone, or another
    version of arrears or of a law pack leads to other tables than the day's.
    """
    manifests = manifests_of(workspace, day)
    hashes = hashes_of(manifests)
    strategy = strategy_of(workspace, day, hashes)
    before = _before(workspace, day, manifests)
    _require_stored(workspace, day, before, manifests)
    with tempfile.TemporaryDirectory(prefix=".replay-", dir=workspace.path) as folder:
        again = Workspace(Path(folder))
        _link_inputs(workspace, again, day, before)
        queries = book_queries or queries_of(strategy.bank, sessions.dialect)
        context = Context(again, strategy, day, before, again.step("feed", day), sessions, queries, progress)
        tables: list[TableReplay] = []
        for step in REPLAYED:
            made = run_step(context, step, dict(manifests[step].inputs))
            tables += _compared(workspace.step(step, day), manifests[step], again.step(step, day), made)
            progress(Progress(step, len(context.shards), len(context.shards), published=True))
    changed = tuple(_versions(name, hashes, strategy.hashes) for name in changed_since(strategy, hashes))
    different = [f"{table.step}/{table.table}" for table in tables if not table.same]
    if changed and different:
        raise BookError(
            f"{day} was run with other versions and they make other tables ({', '.join(different)}): {'; '.join(changed)}",
            where=str(workspace.path), remedy=f"replay it with that day's version: pip install arrears=={hashes['arrears']}",
        )  # fmt: skip
    return ReplayResult(day, tuple(tables), changed)


def _versions(name: str, then: dict[str, str], now: dict[str, str]) -> str:
    """`arrears 0.1.0 then, 0.2.0 now`; a pack by the start of its hash."""
    return f"{name} {then.get(name, 'none')[:12]} then, {now.get(name, 'none')[:12]} now"


def _before(workspace: Workspace, day: date, manifests: dict[str, Manifest]) -> date | None:
    """The day whose book this one was made from, None for the first; raises `BookError` where that is not the same book now."""
    wanted = manifests["book"].inputs["before"]
    if wanted == "none":
        return None
    before = day - timedelta(days=1)
    found = workspace.manifest("book", before)
    if found is None or found.content_hash != wanted:
        raise BookError(
            f"the book of {before} that {day} was made from is " + ("not here" if found is None else "another one now"),
            where=str(workspace.step("book", before)), remedy="restore it from a backup",
        )  # fmt: skip
    return before


def _require_stored(workspace: Workspace, day: date, before: date | None, manifests: dict[str, Manifest]) -> None:
    """Raise `BookError` where a file that the replay reads or compares is not what was written."""
    folders = [(workspace.step(step, day), manifest) for step, manifest in manifests.items()]
    if before is not None:
        book = workspace.manifest("book", before)
        assert book is not None  # noqa: S101  `_before` has seen it
        folders.append((workspace.step("book", before), book))
    for folder, manifest in folders:
        wrong = damaged(folder, manifest)
        if wrong:
            raise BookError("not what was written", where=str(folder / wrong[0]), remedy="restore it from a backup")
    read = [("feed", earlier) for earlier in history_days(workspace, day)[:-1]]
    read += [("supervise", earlier) for earlier in days_stood(workspace, day)]
    for step, earlier in read:
        history = workspace.manifest(step, earlier)
        for name, digest in (history.outputs if history else {}).items():
            file = workspace.step(step, earlier) / name
            used = name.startswith("contacts/") or (history is not None and is_read(name, history, earlier, day))
            if used and (not file.exists() or sha256_file(file) != digest):
                raise BookError("not what was written", where=str(file), remedy="restore it from a backup")
    if manifests["law"].inputs.get("history") != history_hash(workspace, day):
        raise BookError(
            f"the contacts of the {HISTORY_DAYS} days before {day} are not those it was run with",
            where=str(workspace.path / "feed"), remedy="restore these days from a backup",
        )  # fmt: skip
    if manifests["supervise"].inputs.get("past") != past_hash(workspace, day):
        raise BookError(
            f"the feeds and supervision of the {HISTORY_DAYS} days before {day} are not those it was run with",
            where=str(workspace.path / "supervise"), remedy="restore these days from a backup",
        )  # fmt: skip


def _link_inputs(workspace: Workspace, again: Workspace, day: date, before: date | None) -> None:
    """Let the temporary workspace hold what the day read, by links to folders that nobody rewrites."""
    inputs = [("feed", earlier) for earlier in history_days(workspace, day)]
    inputs += [("supervise", earlier) for earlier in days_stood(workspace, day)]
    inputs += [("book", before)] if before is not None else []
    for step, of_day in inputs:
        link = again.step(step, of_day)
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(workspace.step(step, of_day).resolve(), target_is_directory=True)


def _compared(stored: Path, written: Manifest, folder: Path, made: Manifest) -> list[TableReplay]:
    """A line for every table of a step: its shards together, and each work file by itself."""
    tables: dict[str, list[str]] = {}
    for name in sorted({*written.outputs, *made.outputs}):
        tables.setdefault(name if name.startswith("files/") else name.split("/", 1)[0], []).append(name)
    found = []
    for table, names in tables.items():
        differing = [name for name in names if written.outputs.get(name) != made.outputs.get(name)]
        difference = _first_difference(table, stored / differing[0], folder / differing[0]) if differing else ""
        files = written.facts.get("files", {})
        rows = files.get(table.removeprefix("files/")) if table.startswith("files/") else written.rows.get(table)
        found.append(TableReplay(written.step, table, len(names), rows, not differing, difference))
    return found


def _first_difference(table: str, stored: Path, made: Path) -> str:
    """File and key of the first row that is in one of them only; never the row itself, which may be personal."""
    where = stored.name if table.startswith("files/") else f"{table}/{stored.name}"
    if not stored.exists() or not made.exists():
        return f"{where} is " + ("made now and was not then" if made.exists() else "not made any more")
    if stored.suffix == ".csv":
        lines = zip(stored.read_bytes().split(b"\n"), made.read_bytes().split(b"\n"), strict=False)
        number = next((number for number, (old, new) in enumerate(lines, 1) if old != new), None)
        return f"{where} line {number}" if number else f"{where} has more or fewer lines"
    keys = TABLE_KEYS[table]
    key = ", ".join(f'"{name}"' for name in keys)
    old, new = (f"SELECT * FROM read_parquet({quoted(file)}, hive_partitioning = false)" for file in (stored, made))
    with duckdb.connect(":memory:") as connection:
        then, now = ({tuple(row[:2]) for row in connection.execute(f"DESCRIBE {rows}").fetchall()} for rows in (old, new))
        if then != now:
            return f"{where} has other columns: {', '.join(sorted({name for name, _ in then ^ now}))}"
        query = f"({old} EXCEPT ALL {new}) UNION ALL ({new} EXCEPT ALL {old})"
        first = connection.execute(f"SELECT {key} FROM ({query}) ORDER BY {key} LIMIT 1").fetchone()
    if first is None:
        return f"{where} has the same rows in other bytes"
    return f"{where} at " + ", ".join(f"{name} {value}" for name, value in zip(keys, first, strict=True))
