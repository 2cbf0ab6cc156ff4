"""Options that several commands share, and what their words mean."""

from __future__ import annotations

import getpass
import os
import re
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

WORKSPACE_VARIABLE, WORKSPACE_DEFAULT = "ARREARS_WORKSPACE", "workspace"


YEAR_MIN = 1900
"""No day of the trade lies before it, and days before a day are reckoned."""


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
        if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", word):  # fromisoformat takes weeks too
            raise ValueError
        day = date.fromisoformat(word)
    except ValueError:
        raise typer.BadParameter(f"{word!r} is not a date; write it as YYYY-MM-DD, such as 2026-01-05") from None
    if day.year < YEAR_MIN:
        raise typer.BadParameter(f"{word!r} lies before {YEAR_MIN}; write it as YYYY-MM-DD, such as 2026-01-05")
    return day


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
CaseFile = Annotated[Path | None, typer.Argument(metavar="[FILE]", help="The case; - or left out: standard input.")]


def operator() -> str:
    """Whoever gives a command of IT's, for the record."""
    try:
        return f"cli:{getpass.getuser()}"
    except (KeyError, OSError):  # in a container a user may have a number only
        return f"cli:uid-{os.getuid()}"


def example(*lines: str) -> str:
    """The end of a command's help."""
    return "Example:\n\n" + "\n\n".join(f"  {line}" for line in lines)
