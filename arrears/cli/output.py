"""What a command prints: one JSON document, or text; progress on standard error, and only for people."""

from __future__ import annotations

import codecs
import contextlib
import json as jsonlib
import sys
import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any, Protocol

import typer

from arrears.errors import UsageError

STANDARD_INPUT = Path("-")
"""What a command calls it that takes one file."""
CASE_BYTES_MAX = 8_000_000
"""Largest case that is read from a file or standard input."""


class Step(Protocol):
    """Says how far a command is: what is being done, so many of so many."""

    def __call__(self, what: str, done: int, total: int) -> None: ...


def tell_json(value: Any) -> None:
    """Print a value as one JSON document; dates and paths as text."""
    text = jsonlib.dumps(value, ensure_ascii=False, indent=2, default=_plain)
    try:
        text.encode(getattr(sys.stdout, "encoding", None) or "utf-8")
    except UnicodeEncodeError:  # a terminal without Chinese, or the name of a file that is not UTF-8
        text = jsonlib.dumps(value, indent=2, default=_plain)
    typer.echo(text)


def tell_done(json: bool, line: str, **values: Any) -> None:
    """Print what was done: one line, or its values as one JSON document."""
    if json:
        tell_json(values)
    else:
        typer.echo(line)


def _plain(value: Any) -> Any:
    if isinstance(value, date | Path):
        return str(value)
    raise TypeError(f"{type(value).__name__} is no JSON value")


def tell(value: Any, indent: int = 0) -> None:
    """Print an answer for people: keys and values, lists of like things as tables."""
    pad = "  " * indent
    if isinstance(value, Mapping):
        width = max((len(str(key)) for key, inner in value.items() if not _deep(inner)), default=0)
        for key, inner in value.items():
            if _deep(inner):
                typer.echo(f"{pad}{key}:")
                tell(inner, indent + 1)
            else:
                typer.echo(f"{pad}{key!s:<{width}}  {_cell(inner)}")
    elif isinstance(value, list | tuple):
        _tell_list(value, indent)
    else:
        typer.echo(f"{pad}{_cell(value)}")


def _tell_list(rows: list[Any] | tuple[Any, ...], indent: int) -> None:
    pad = "  " * indent
    like = all(isinstance(row, Mapping) and not any(_deep(inner) for inner in row.values()) for row in rows)
    if like and rows and len({tuple(row) for row in rows}) == 1:
        typer.echo("\n".join(pad + line for line in table_lines(list(rows[0]), [list(row.values()) for row in rows])))
        return
    for row in rows:
        if _deep(row):
            tell(row, indent)
            typer.echo()
        else:
            typer.echo(f"{pad}- {_cell(row)}")


def table_lines(head: list[str], rows: list[list[Any]]) -> list[str]:
    """A plain table: numbers to the right, all else to the left."""
    cells = [head] + [[_cell(value) for value in row] for row in rows]
    widths = [max(_width(row[column]) for row in cells) for column in range(len(head))]
    numbers = [all(isinstance(row[column], int) for row in rows) for column in range(len(head))]
    return [
        "  ".join(
            " " * (width - _width(text)) + text if right else text + " " * (width - _width(text))
            for text, width, right in zip(row, widths, numbers, strict=True)
        ).rstrip()
        for row in cells
    ]


def _width(text: str) -> int:
    """Columns on a terminal; Chinese signs take two."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


def _deep(value: Any) -> bool:
    return isinstance(value, Mapping | list | tuple) and bool(value)


def _cell(value: Any) -> str:
    if value is None or value in ((), []) or value == {}:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:,}" if isinstance(value, int) else str(value)


def read_case(file: Path | None, hint: str) -> bytes:
    """The case in `file`, or on standard input, also called `-`; `hint` says how to give one to a person who gave none."""
    file = None if file == STANDARD_INPUT else file
    if file is None and (sys.stdin is None or sys.stdin.isatty()):  # None where the caller has closed it
        raise UsageError("no case was given", where="standard input", remedy=hint)
    try:
        with contextlib.nullcontext(sys.stdin.buffer) if file is None else file.open("rb") as stream:
            raw = stream.read(CASE_BYTES_MAX + 1)
    except (OSError, ValueError) as error:  # ValueError: a name with a NUL
        said = getattr(error, "strerror", None) or error
        raise UsageError(f"the case cannot be read: {said}", where=str(file or "standard input"), remedy=hint) from None
    if len(raw) > CASE_BYTES_MAX:
        raise UsageError(f"the case is larger than {CASE_BYTES_MAX:,} bytes", where=str(file or "standard input"), remedy=hint)
    return raw.removeprefix(codecs.BOM_UTF8)


@contextmanager
def progress(*, quiet: bool) -> Iterator[Step]:
    """A progress bar on standard error; silent with `quiet` and where nobody watches."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    columns = (TextColumn("{task.description:<28}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=quiet or not console.is_terminal) as bar:
        task = bar.add_task("", total=None)

        def step(what: str, done: int, total: int) -> None:
            bar.update(task, description=what, completed=done, total=total)

        yield step
