"""Options that several commands share, and what their words mean."""

from __future__ import annotations

import getpass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

WORKSPACE_VARIABLE, WORKSPACE_DEFAULT = "ARREARS_WORKSPACE", "workspace"


class Engine(StrEnum):
    """Where tables are computed."""

    duckdb = "duckdb"
    spark = "spark"


class Lang(StrEnum):
    """The language of what is told."""

    en = "en"
    zh = "zh"


def day_of(word: str) -> date:
    """A date as people write it to a machine; raises `typer.BadParameter`."""
    try:
        if len(word) != len("2026-01-05"):
            raise ValueError
        return date.fromisoformat(word)
    except ValueError:
        raise typer.BadParameter(f"{word!r} is not a date; write it as YYYY-MM-DD, such as 2026-01-05") from None


Day = Annotated[date, typer.Option("--date", parser=day_of, metavar="YYYY-MM-DD", help="The business date.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document instead of text.")]
Language = Annotated[Lang, typer.Option("--lang", help="Language of the text: English or Chinese.")]
WorkspacePath = Annotated[
    Path,
    typer.Option(
        "--workspace", envvar=WORKSPACE_VARIABLE, metavar="DIR", file_okay=False, help="The bank's folder of days and settings."
    ),
]
EngineName = Annotated[Engine, typer.Option("--engine", help="Where tables are computed; both give the same bytes.")]
MemoryMb = Annotated[
    int, typer.Option("--memory", metavar="MB", min=512, max=4_000_000, help="Memory the engine may use, in MB.")
]
CaseFile = Annotated[Path | None, typer.Argument(metavar="[FILE]", help="The case; standard input if left out.")]


def operator() -> str:
    """Whoever gives a command of IT's, for the record."""
    return f"cli:{getpass.getuser()}"


def example(*lines: str) -> str:
    """The end of a command's help."""
    return "Example:\n\n" + "\n\n".join(f"  {line}" for line in lines)
