"""Work that takes longer than a page may: begun by a button, done by a thread, its progress and result a file of the workspace.

One file and one lock a piece of work, so that every process of the server sees the same, and nobody begins it twice.
"""

from __future__ import annotations

import fcntl
import json
import logging
import os
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import UTC
from pathlib import Path
from typing import Any, Literal

from django.db import connections

from arrears.desk.current import desk
from arrears.desk.saying import _, in_both
from arrears.errors import ArrearsError, StoreError

FOLDER = "desk"
TOLD_EVERY_SECONDS = 1.0
Progress = Callable[[int, int], None]
Job = Callable[[Progress], dict[str, Any]]
log = logging.getLogger("arrears.desk")


@dataclass(frozen=True)
class Work:
    """A piece of work as it stands."""

    state: Literal["none", "running", "done", "failed", "broken"] = "none"
    """`broken`: the process that did it is gone."""
    by: str = ""
    begun: str = ""
    ended: str = ""
    """Times of the desk, ISO, UTC."""
    done: int = 0
    total: int = 0
    result: dict[str, Any] = field(default_factory=dict)
    what: str = ""
    """Of a failure, in English."""
    told: dict[str, str] = field(default_factory=dict)
    """The same as a page tells it, by language: whoever reads it need not speak that of whoever began it."""
    remedy: str = ""


def work_of(name: str) -> Work:
    """How it stands."""
    path = _file(name, "json")
    if not path.exists():
        return Work()
    found = Work(**json.loads(path.read_text(encoding="utf-8")))
    if found.state != "running":
        return found
    handle = _locked(name)
    if handle is None:
        return found
    os.close(handle)
    again = Work(**json.loads(path.read_text(encoding="utf-8")))  # it may have ended between the two looks
    return again if again.state != "running" else Work(**asdict(again) | {"state": "broken"})


def begin(name: str, by: str, job: Job, *, kind: str = "") -> threading.Thread:
    """Begin it in a thread of its own; raises `StoreError` where it runs already, or another of its kind does."""
    handles = [_locked(one) for one in ([kind, name] if kind else [name])]
    if None in handles:
        for one in handles:
            if one is not None:
                os.close(one)
        raise StoreError(_("this is being done already"), where=name, remedy=_("wait until it has ended"))
    work = Work("running", by, _now())
    _write(name, work)
    thread = threading.Thread(target=_do, args=(name, handles, work, job), name=name, daemon=True)
    thread.start()
    return thread


def keep(name: str, by: str, job: Job) -> Work:
    """Do it here and now, and keep what came of it; raises the job's own error."""
    begun = _now()
    result = job(lambda done, total: None)
    found = Work("done", by, begun, _now(), result=result)
    _write(name, found)
    return found


def _do(name: str, handles: list[int], work: Work, job: Job) -> None:
    told = time.monotonic()

    def progress(done: int, total: int) -> None:
        nonlocal told
        if time.monotonic() - told >= TOLD_EVERY_SECONDS:
            told = time.monotonic()
            _write(name, Work(**asdict(work) | {"done": done, "total": total}))

    try:
        ended = _result(job, progress)
    except Exception as error:
        log.error("%s: %s", name, type(error).__name__)
        ended = {"state": "failed", "what": type(error).__name__}
    finally:
        connections.close_all()
    _write(name, Work(**asdict(work) | ended | {"ended": _now()}))
    for handle in handles:
        os.close(handle)


def _result(job: Job, progress: Progress) -> dict[str, Any]:
    try:
        return {"state": "done", "result": job(progress)}
    except ArrearsError as error:
        told = in_both(error)
        return {"state": "failed", "what": told["en"], "told": told}


def _now() -> str:
    return desk().now().astimezone(UTC).isoformat()


def _locked(name: str) -> int | None:
    """A handle that holds the work's lock until it is closed; None where another has it."""
    handle = os.open(_file(name, "lock"), os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        return None
    return handle


def _write(name: str, work: Work) -> None:
    path = _file(name, "json")
    partial = path.with_suffix(f".{threading.get_ident()}.partial")
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as stream:
        json.dump(asdict(work), stream, ensure_ascii=False, default=str)
    partial.rename(path)


def _file(name: str, ending: str) -> Path:
    folder = desk().workspace / FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder / f"{name}.{ending}"
