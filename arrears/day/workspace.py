"""A bank's folder: settings, strategy, and the days, each step in its own folder with a manifest."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path

from arrears import __version__
from arrears.allocate.response import Response, load_response
from arrears.bank import Bank, load_bank
from arrears.errors import BookError
from arrears.law.loading import load_pack, load_packs, named_by_path, packs_shipped
from arrears.law.model import Pack
from arrears.playbook import Contents, Playbook, default_path, load, load_contents
from arrears.playbook.checking import contents_path
from arrears.risk import Scorecard, load_scorecard
from arrears.saying import said
from arrears.store import Manifest, read_manifest

STEPS = ("feed", "book", "supervise", "risk", "playbook", "law", "allocate", "plan")
"""The steps of a day, in order."""
KEPT = ("bank", "playbook", "contents", "scorecard", "response")
"""The parts of a strategy that a workspace keeps with each version, besides the bank's own law packs."""
NAMES = {
    "feed": said("feed"), "book": said("book"), "supervise": said("supervise"), "risk": said("risk"),
    "playbook": said("playbook"), "law": said("law"), "allocate": said("allocate"), "plan": said("plan"),
    "bank": said("bank"), "contents": said("contents"), "scorecard": said("scorecard"), "response": said("response"),
}  # fmt: skip
"""Steps and kept parts, as errors name them to a reader."""
LEARNED = ("scorecard.yaml", "response.yaml")
"""Files of a workspace that stand in place of those that come with arrears."""


@dataclass(frozen=True)
class Strategy:
    """Everything beside data that decides a day, read and validated before anything is touched."""

    bank: Bank
    playbook: Playbook
    contents: Contents
    scorecard: Scorecard
    packs: tuple[Pack, ...]
    response: Response
    """What contacts bring; asked only where the bank's effort is limited."""

    @cached_property
    def hashes(self) -> dict[str, str]:
        """Name to SHA-256 of each part; goes into every manifest."""
        packs = {f"law:{pack.id}": pack.content_hash for pack in self.packs}
        return {
            "bank": self.bank.content_hash, "playbook": self.playbook.content_hash, "contents": self.contents.content_hash,
            "scorecard": self.scorecard.content_hash, "response": self.response.content_hash, "arrears": __version__, **packs,
        }  # fmt: skip


@dataclass(frozen=True)
class Workspace:
    """The folder of one bank."""

    path: Path

    def step(self, step: str, day: date) -> Path:
        """Where a step of a day is published."""
        return self.path / step / f"date={day.isoformat()}"

    def manifest(self, step: str, day: date) -> Manifest | None:
        """The manifest of a published step, or None."""
        return read_manifest(self.step(step, day))

    def days(self, step: str = "book") -> list[date]:
        """The dates for which a step is published, oldest first."""
        return sorted(_date_of(folder) for folder in (self.path / step).glob("date=*"))

    def require(self, step: str, day: date) -> Path:
        """The folder of a published step; raises `BookError` with the command that makes it."""
        folder = self.step(step, day)
        if self.manifest(step, day) is None:
            known = self.days(step)
            seen = (
                said("the workspace has {first} to {last}", first=known[0], last=known[-1])
                if known
                else said("the workspace has no day yet")
            )
            raise BookError(
                said("no {step} of {day}; {seen}", step=NAMES.get(step, step), day=day, seen=seen),
                where=str(self.path),
                remedy=said("run the day: arrears run --feed DIR --date {day}", day=day),
            )
        return folder

    def strategy(self) -> Strategy:
        """The settings now: `bank.toml`, and `playbook.yaml`, `scorecard.yaml` and `response.yaml` here or arrears' own."""
        own_playbook = self.path / "playbook.yaml"
        path = own_playbook if own_playbook.exists() else default_path()
        return read_strategy(self.path / "bank.toml", path, self.path)

    def keep(self, strategy: Strategy) -> None:
        """Keep a copy of what decides the day under its hashes, so that the day can be replayed after it has changed."""
        for name, pack in zip(strategy.bank.jurisdictions, strategy.packs, strict=True):
            if not is_shipped(name):
                self._keep_pack(Path(pack_place(name, self.path)), pack)
        kept = self.kept(strategy.hashes)
        if kept.exists():
            return
        partial = kept.with_name(kept.name + ".partial")
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(parents=True)
        own_playbook = self.path / "playbook.yaml"
        path = own_playbook if own_playbook.exists() else default_path()
        shutil.copyfile(self.path / "bank.toml", partial / "bank.toml")
        shutil.copyfile(path, partial / "playbook.yaml")
        if strategy.playbook.contents != "default":
            shutil.copytree(contents_path(path, strategy.playbook), partial / strategy.playbook.contents)
        for name in LEARNED:
            if (self.path / name).exists():
                shutil.copyfile(self.path / name, partial / name)
        partial.rename(kept)

    def _keep_pack(self, source: Path, pack: Pack) -> None:
        """Keep a copy of one of the bank's own packs; raises `BookError` where it changed since it was read."""
        kept = self.kept_pack(pack.content_hash)
        if kept.exists():
            return
        partial = kept.with_name(kept.name + ".partial")
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(parents=True)
        for file in sorted(source.glob("*.yaml")) if source.is_dir() else [source]:
            shutil.copyfile(file, partial / file.name)
        if load_pack(partial).content_hash != pack.content_hash:
            raise BookError(
                said("this law pack changed while the day began"), where=str(source), remedy=said("run the day again")
            )
        partial.rename(kept)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep every other run out; a killed one holds nothing back. Raises `BookError` where one is at work already."""
        handle = os.open(self.path / ".lock", os.O_CREAT | os.O_RDWR, 0o644)
        try:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise BookError(
                    said("another run is at work in this workspace"),
                    where=str(self.path),
                    remedy=said("wait until it has ended"),
                ) from None
            yield
        finally:
            os.close(handle)

    def kept(self, hashes: dict[str, str]) -> Path:
        """Where the settings of these hashes are kept."""
        return self.path / "strategies" / "-".join(hashes[name][:12] for name in KEPT)

    def kept_pack(self, content_hash: str) -> Path:
        """Where one of the bank's own law packs is kept."""
        return self.path / "strategies" / "packs" / content_hash[:24]


def _date_of(folder: Path) -> date:
    try:
        return date.fromisoformat(folder.name.removeprefix("date="))
    except ValueError:
        raise BookError(
            said("this folder's name bears no date"),
            where=str(folder),
            remedy=said("move it out of the workspace, or name it as it was"),
        ) from None


def is_shipped(name: str) -> bool:
    """Whether `bank.jurisdictions` means a pack that comes with arrears, not one of the bank's own."""
    return name.lower() in packs_shipped()


def pack_place(name: str, home: Path) -> str:
    """A pack of `bank.jurisdictions` as `load_pack` wants it: a path is seen from `home`, the folder of `bank.toml`."""
    own = not is_shipped(name) and (named_by_path(name) or (home / name).exists())
    return str(home / name) if own else name


def packs_in_force(bank: Bank, home: Path) -> tuple[Pack, ...]:
    """The packs that `bank.toml` in `home` names, as they are now."""
    return load_packs([pack_place(name, home) for name in bank.jurisdictions])


def read_strategy(bank: Path, playbook: Path, home: Path, packs: tuple[Pack, ...] | None = None) -> Strategy:
    """A strategy from its files, with these packs or those that `bank` names; raises the error of the first invalid part.

    `home` is where `LEARNED` files may lie.
    """
    settings = load_bank(bank)
    plan = load(playbook)
    texts = load_contents(contents_path(playbook, plan))
    laws = packs_in_force(settings, bank.parent) if packs is None else packs
    scorecard, response = (home / name if (home / name).exists() else None for name in LEARNED)
    return Strategy(settings, plan, texts, load_scorecard(scorecard), laws, load_response(response))


def require_next(workspace: Workspace, day: date) -> date | None:
    """The day before `day` if it has a book, None for the first day; raises `BookError` where `day` is out of order."""
    known = workspace.days()
    if not known or day in known:
        return day - timedelta(days=1) if day - timedelta(days=1) in known else None
    if day < known[0]:
        raise BookError(
            said("{day} is before the first day of this workspace, {first}", day=day, first=known[0]),
            where=str(workspace.path),
            remedy=said("use a new workspace to begin earlier: arrears run --workspace DIR ..."),
        )  # fmt: skip
    missing = known[-1] + timedelta(days=1)
    if missing != day:
        raise BookError(
            said(
                "days run in order: the book stands at {last}, so {missing} comes before {day}",
                last=known[-1], missing=missing, day=day,
            ),
            where=str(workspace.path),
            remedy=said("fill the gap first: arrears run --feed DIR --date {missing} --until {day}", missing=missing, day=day),
        )  # fmt: skip
    return known[-1]
