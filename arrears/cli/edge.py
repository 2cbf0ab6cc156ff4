"""Where the outside begins: words in, exit code out, and every error as one line."""

from __future__ import annotations

import errno
import io
import os
import sys
import tempfile
import traceback
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import typer

from arrears.cli import (
    api,
    cards,
    cases,
    conduct,
    data,
    days,
    demo,
    desk,
    experiments,
    people,
    process,
    rules,
    simulation,
    studies,
    supervision,
)
from arrears.cli.options import WORKSPACE_DEFAULT, WORKSPACE_VARIABLE
from arrears.errors import ArrearsError, UsageError

DONE, FAILED, WRONG_USAGE, DONE_WITH_QUARANTINE, INTERRUPTED = 0, 1, 2, 3, 130

app = typer.Typer(
    name="arrears",
    help="Delinquency management for credit-card issuers: one business day at a time, lawful, explained, replayable.",
    epilog="Exit codes: 0 done, 1 failed, 2 wrong usage, 3 done with quarantined rows. Begin with: arrears demo",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
for room in (
    data,
    days,
    desk,
    cases,
    people,
    api,
    rules,
    cards,
    studies,
    experiments,
    simulation,
    conduct,
    supervision,
    process,
    demo,
):
    room.register(app)


def main(words: Sequence[str] | None = None) -> None:
    """Run one command and leave with its exit code."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a terminal without Chinese still shows the rest
    sys.exit(run(list(sys.argv[1:] if words is None else words)))


def run(words: list[str]) -> int:
    """The exit code of a command; whatever goes wrong is told in one line on standard error, never as a traceback."""
    try:
        _require_text(words)
        code = app(words, standalone_mode=False, prog_name="arrears")
    except BaseException as error:
        return _code_of(error, words)
    # Typer turns Ctrl-C inside a command into its exit code.
    return _code_of(KeyboardInterrupt(), words) if code == INTERRUPTED else int(code or DONE)


def _require_text(words: Sequence[str]) -> None:
    """Python keeps bytes that are no UTF-8 as lone surrogates, which no database and no JSON takes."""
    for number, word in enumerate(words, 1):
        if not word.isascii() and any("\ud800" <= sign <= "\udfff" for sign in word):
            raise UsageError(f"word {number} is not UTF-8", where="arrears", remedy="write it, or name the file, in UTF-8")


def _code_of(error: BaseException, words: Sequence[str]) -> int:
    match error:
        case ArrearsError():
            return _tell(error.line(), error.exit_code)
        case typer.TyperException():
            return _usage(error)
        case KeyboardInterrupt():
            return _tell("interrupted; what was finished is kept, and the same command goes on from there", INTERRUPTED)
        case BrokenPipeError():
            # The reader of our output has left (`| head`): the rest is of no interest, and Python must not try to flush it.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return FAILED
        case Exception():
            return _unexpected(error, words)
    raise error


def _usage(error: typer.TyperException) -> int:
    if type(error).__name__ == "NoArgsIsHelpError":
        typer.echo(error.format_message(), err=True)
        return WRONG_USAGE
    context = getattr(error, "ctx", None)
    command = context.command_path if context else "arrears"
    said = error.format_message().replace("Value error, ", "").rstrip(".")
    return _tell(f"{command}: {said}; see: {command} --help", error.exit_code)


def _unexpected(error: Exception, words: Sequence[str]) -> int:
    """One line for what nobody foresaw; the machine's own troubles (disk, memory) are named, the rest goes to a log."""
    if isinstance(error, OSError) and error.filename and error.errno in (errno.ENOENT, errno.EISDIR, errno.ENAMETOOLONG):
        return _tell(f"{error.filename}: {error.strerror}; name a place that there is, then run the same command", FAILED)
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR):
        where = f"{error.filename}: " if error.filename else ""
        return _tell(f"{where}{error.strerror}; make room or give the right to write there, then run the same command", FAILED)
    if type(error).__name__ == "OutOfMemoryException" or isinstance(error, MemoryError):
        return _tell("not enough memory; give more with --memory MB, or more shards in a new workspace (bank.toml)", FAILED)
    log = _log(error, words)
    return _tell(f"unexpected {type(error).__name__}; this is a defect, its traceback is in {log}", FAILED)


def _log(error: Exception, words: Sequence[str]) -> Path:
    """Write the traceback under the workspace where there is one, else in the temp folder."""
    workspace = workspace_named(words)
    folder = workspace / "errors" if workspace.is_dir() else Path(tempfile.gettempdir())
    name = f"arrears-{datetime.now(UTC):%Y%m%dT%H%M%S}-{os.getpid()}.log"
    text = "".join(traceback.format_exception(error))
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        _write_own(folder / name, text)
    except OSError:
        folder = Path(tempfile.mkdtemp(prefix="arrears-"))
        _write_own(folder / name, text)
    return folder / name


def _write_own(path: Path, text: str) -> None:
    """Write a new file that its owner alone can read: an error may quote a row."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as stream:
        stream.write(text)


def workspace_named(words: Sequence[str]) -> Path:
    """The workspace a command line speaks of, found without parsing it: parsing may be what failed."""
    for word, following in zip(words, [*words[1:], ""], strict=True):
        if word == "--workspace":
            return Path(following)
        if word.startswith("--workspace="):
            return Path(word.removeprefix("--workspace="))
    return Path(os.environ.get(WORKSPACE_VARIABLE, WORKSPACE_DEFAULT))


def _tell(line: str, code: int) -> int:
    one = " ".join(line.split())
    plain = "".join(sign if sign.isprintable() else "?" for sign in one)  # what somebody else wrote may steer a terminal
    typer.echo(plain if plain.startswith("arrears") else f"arrears: {plain}", err=True)
    return code
