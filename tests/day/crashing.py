"""Kill a day's run with SIGKILL and let it resume: `python -m tests.day.crashing START FEED DAY MODE...`.

START is a workspace before the day. One process compiles and runs the day once, and forks a child for every kill, since a fork
costs nothing beside the compiling. Each child begins where the steps before the one it dies in are published: what it finds is
what a run that came so far leaves. MODE says where it dies: `event:plan:2` when the third shard of a step is reported done (or
the step published: `event:plan:4` with four shards); `rename:plan:0:3` just before a step's first, fourth, ... rename of a file
or folder; `moment:plan:SEED` at a random moment. Prints one JSON line a kill.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sys
import time
from collections.abc import Callable
from datetime import date
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

from arrears import store
from arrears.day.run import run_day
from arrears.day.steps import Progress
from arrears.day.workspace import STEPS, Workspace
from tests.day.compiled import book_queries, compile_once, sessions


def run(workspace: Workspace, feed: Path, day: date, progress: Callable[[Progress], None] = lambda _: None) -> dict[str, float]:
    """Run the day; returns the seconds of each step."""
    queries = book_queries(workspace.strategy().bank)
    return run_day(workspace, feed, day, sessions=sessions(), progress=progress, book_queries=queries).seconds


def contents(workspace: Workspace) -> dict[str, str]:
    """Every file of a workspace to its SHA-256, whatever its name."""
    files = (path for path in workspace.path.rglob("*") if path.is_file())
    return {str(path.relative_to(workspace.path)): store.sha256_file(path) for path in files}


def half_published(workspace: Workspace, day: date) -> list[str]:
    """Published folders of the day that are not whole."""
    wrong = []
    for step in STEPS:
        folder = workspace.step(step, day)
        if folder.exists():
            manifest = store.read_manifest(folder)
            if manifest is None or store.damaged(folder, manifest) or set(store.file_hashes(folder)) != set(manifest.outputs):
                wrong.append(step)
    return wrong


def before_step(reference: Workspace, step: str, day: date, path: Path) -> Workspace:
    """A workspace whose run of the day came as far as the steps before `step`."""
    shutil.copytree(reference.path, path)
    for later in STEPS[STEPS.index(step) :]:
        shutil.rmtree(Workspace(path).step(later, day))
    return Workspace(path)


def forked(call: Callable[[], None], seconds: float | None = None) -> bool:
    """Run `call` in a child, killed after `seconds` if given; whether SIGKILL ended it."""
    child = os.fork()
    if child == 0:
        try:
            call()
        finally:
            os._exit(0)
    if seconds is not None:
        time.sleep(seconds)
        os.kill(child, signal.SIGKILL)
    status = os.waitpid(child, 0)[1]
    return os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL


def at_event(number: int, workspace: Workspace, feed: Path, day: date, step: str) -> None:
    """Die when `step` reports its event of this number, counted from 0."""
    seen = 0

    def progress(event: Progress) -> None:
        nonlocal seen
        if event.step == step:
            if seen == number:
                os.kill(os.getpid(), signal.SIGKILL)
            seen += 1

    run(workspace, feed, day, progress)


def at_rename(number: int, workspace: Workspace, feed: Path, day: date) -> None:
    """Die just before the rename of this number: every file and folder that counts is written aside and renamed."""
    seen, replace, rename = 0, os.replace, Path.rename

    def counted() -> None:
        nonlocal seen
        if seen == number:
            os.kill(os.getpid(), signal.SIGKILL)
        seen += 1

    def counting_replace(*paths: Any) -> None:
        counted()
        replace(*paths)

    def counting_rename(self: Path, target: Any) -> Path:
        counted()
        return rename(self, target)

    os.replace, Path.rename = counting_replace, counting_rename  # type: ignore[assignment, method-assign]
    run(workspace, feed, day, lambda event: os._exit(0) if event.published and seen > number else None)


def main(start: Path, feed: Path, day: date, modes: list[str]) -> None:
    compile_once()
    reference = Workspace(start.parent / "reference")
    shutil.copytree(start, reference.path)
    seconds = run(reference, feed, day)
    wanted = contents(reference)

    def report(mode: str, killed: bool, workspace: Workspace) -> None:
        """What the kill left, and whether the resumed run made the same of it."""
        left = [path.name for path in workspace.path.rglob("*")]
        found: dict[str, Any] = {"mode": mode, "killed": killed}
        found["staging_n"] = sum(name.startswith(".staging-") for name in left)
        found["partial_n"] = sum(name.endswith((".partial", ".unsorted")) for name in left)
        found["published"] = [step for step in STEPS if workspace.step(step, day).exists()]
        found["half_published"] = half_published(workspace, day)
        run(workspace, feed, day)
        resumed = contents(workspace)
        found["different"] = sorted(name for name in {*resumed, *wanted} if resumed.get(name) != wanted.get(name))
        print(json.dumps(found), flush=True)
        shutil.rmtree(workspace.path)

    for mode in modes:
        kind, step, *numbers = mode.split(":")
        path = start.parent / "killed"
        if kind == "event":
            workspace = before_step(reference, step, day, path)
            killed = forked(partial(at_event, int(numbers[0]), workspace, feed, day, step))
            report(mode, killed, workspace)
        elif kind == "moment":
            workspace = before_step(reference, step, day, path)
            after = random.Random(numbers[0]).uniform(0, seconds[step])
            killed = forked(partial(run, workspace, feed, day), after)
            report(mode, killed, workspace)
        elif kind == "rename":
            for number in count(int(numbers[0]), int(numbers[1])):
                workspace = before_step(reference, step, day, path)
                killed = forked(partial(at_rename, number, workspace, feed, day))
                if not killed or step not in left_to_do(workspace, day):
                    shutil.rmtree(workspace.path)
                    break
                report(f"rename:{step}:{number}", killed, workspace)


def left_to_do(workspace: Workspace, day: date) -> list[str]:
    return [step for step in STEPS if not workspace.step(step, day).exists()]


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), date.fromisoformat(sys.argv[3]), sys.argv[4:])
