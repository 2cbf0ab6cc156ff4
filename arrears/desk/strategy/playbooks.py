"""Playbooks known to a workspace, and a candidate on its way: checked, simulated, approved by a second person, put in force."""

from __future__ import annotations

import functools
import re
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from django.db import transaction
from django.db.models import Max

from arrears.day.workspace import Workspace
from arrears.desk.keeping import OWNERS_ALONE, NotKeptError, digest_of, keep, replace
from arrears.desk.people.approvals import ask, carried_out, in_force_subject, locked
from arrears.desk.people.models import Approval, Record, User
from arrears.desk.people.recording import record
from arrears.desk.saying import _
from arrears.desk.strategy.handed_in import FILE, findings_of, laid_out
from arrears.desk.strategy.simulated import Simulated, read_simulated, require_of
from arrears.errors import StoreError
from arrears.playbook import Playbook, contents_path, default_contents, default_path, load, load_contents
from arrears.playbook.findings import Finding

FOLDER = "playbooks"
VERSIONS_MAX = 40
PREFIX = 12
_HASH = re.compile(r"[0-9a-f]{64}\Z")
Origin = Literal["in_force", "candidate", "day", "shipped"]
"""What decides the next day; submitted here; what a day was run with; what comes with arrears."""


@dataclass(frozen=True)
class Version:
    """A playbook that the workspace has; `key` is the beginning of its hash."""

    key: str
    path: Path
    origin: Origin

    def playbook(self) -> Playbook:
        return _loaded(self.path, self.path.stat().st_mtime_ns)


@dataclass(frozen=True)
class Refused:
    """Why a candidate was not taken: what was found in the file, by line."""

    findings: tuple[Finding, ...]


@functools.lru_cache(maxsize=64)
def _loaded(path: Path, changed_ns: int) -> Playbook:
    return load(path)


def in_force(workspace: Path) -> Version:
    """What the next day's run reads."""
    own = workspace / FILE
    path = own if own.exists() else default_path()
    return Version(_own_hash(path), path, "in_force")


def _own_hash(path: Path) -> str:
    return _loaded(path, path.stat().st_mtime_ns).content_hash[:PREFIX]


def versions(workspace: Path) -> list[Version]:
    """Every playbook once: the one in force, candidates, those of days, the guide; the latest of a kind first."""
    kept = (path for path in workspace.glob(f"{FOLDER}/*/{FILE}") if _HASH.match(path.parent.name))
    candidates = sorted(kept, key=lambda path: -path.stat().st_mtime_ns)
    days = sorted(workspace.glob(f"strategies/*-*-*/{FILE}"), key=lambda path: -path.stat().st_mtime_ns)
    found = [
        in_force(workspace),
        *(Version(path.parent.name[:PREFIX], path, "candidate") for path in candidates),
        *(Version(path.parent.name.split("-")[1], path, "day") for path in days),
        Version(_own_hash(default_path()), default_path(), "shipped"),
    ]
    return list({one.key: one for one in reversed(found)}.values())[::-1][:VERSIONS_MAX]


def version(workspace: Path, key: str) -> Version:
    """The version of that key; raises `StoreError`."""
    found = next((one for one in versions(workspace) if one.key == key[:PREFIX]), None)
    if found is None:
        raise NotKeptError(_("no playbook of that hash is known here"), where=key[:PREFIX], remedy=_("choose one of the list"))
    return found


def of_day(workspace: Path, hashes: Mapping[str, str]) -> Version | None:
    """The playbook that a published day was planned with, where it is kept."""
    key = hashes.get("playbook", "")[:PREFIX]
    return next((one for one in versions(workspace) if one.key == key), None)


def candidate(workspace: Path, digest: str) -> Path:
    """The folder of a submitted playbook; raises `StoreError`."""
    folder = workspace / FOLDER / digest
    if not _HASH.match(digest) or not (folder / FILE).is_file():
        raise NotKeptError(_("no candidate of that hash is kept here"), where=digest[:PREFIX], remedy=_("submit it again"))
    if load(folder / FILE).content_hash != digest:
        raise StoreError(
            _("the kept candidate is not what was submitted"), where=str(folder), remedy=_("restore it from a backup")
        )
    return folder


def read(raw: bytes, name: str, workspace: Path) -> Playbook | Refused:
    """A playbook that is handed in, read with the texts that the workspace has."""
    findings, playbook = checked(raw, name, workspace)
    return Refused(findings) if playbook is None else playbook


def checked(raw: bytes, name: str, workspace: Path) -> tuple[tuple[Finding, ...], Playbook | None]:
    """The same with all that was found, warnings too; there is no playbook where one of them is an error."""
    with laid_out(raw, name) as path:
        findings = findings_of(path, name, workspace)
        return tuple(findings), None if any(one.level == "error" for one in findings) else load(path)


def submit(
    user: User, raw: bytes, name: str, result: bytes, result_name: str, workspace: Path
) -> Approval | Refused:  # fmt: skip
    """Check a candidate and its simulation, keep both, and ask for a second person.

    Raises `StoreError` where the simulation is not the candidate's, or the candidate is in force or waiting already.
    """
    playbook = read(raw, name, workspace)
    if isinstance(playbook, Refused):
        return playbook
    found = read_simulated(result, result_name)
    side = require_of(found, playbook, result_name)
    before = in_force(workspace).playbook()
    if before.content_hash == playbook.content_hash:
        raise StoreError(_("this is the playbook in force"), where=name, remedy=_("change it before you submit it"))
    with laid_out(raw, name) as path:
        findings_of(path, name, workspace)
        texts = load_contents(contents_path(path, playbook)).content_hash
        _keep_folder(workspace, path, playbook, texts)
    kept = digest_of(result)
    keep(workspace / FOLDER / playbook.content_hash / f"simulation-{kept}.json", result)
    return ask(
        user, "strategy", playbook.content_hash, id=playbook.id, title=playbook.title.en, replaces=before.content_hash,
        contents=texts, simulation=kept, accounts=found.accounts, days=found.days, seeds=len(found.seeds),
        net_recovery_minor=round(side.mean["net_recovery_minor"]), complaints=round(side.mean["complaints_n"], 1),
    )  # fmt: skip


def simulation_of(workspace: Path, approval: Approval) -> Simulated:
    """What was handed in with the candidate; raises `StoreError` where it is no longer that."""
    kept = str(approval.detail["simulation"])
    path = workspace / FOLDER / approval.subject / f"simulation-{kept}.json"
    raw = path.read_bytes() if path.is_file() else b""
    if digest_of(raw) != kept:
        raise StoreError(
            _("the kept simulation is not what was handed in"), where=str(path), remedy=_("restore it from a backup")
        )
    return read_simulated(raw, path.name)


def put_in_force(user: User, digest: str, workspace: Path) -> None:
    """Put an approved candidate where the next day's run reads it, and keep what was there.

    Where it broke off between the file and the record, doing it again brings both about. Raises `StoreError` where nobody else
    approved it, or what it was compared with is no longer in force; `BookError` where a day is running.
    """
    with transaction.atomic():
        _put_in_force(user, digest, workspace)


def _put_in_force(user: User, digest: str, workspace: Path) -> None:
    approval = locked("strategy", digest)
    if approval is None or approval.state != "approved":
        raise StoreError(_("a second person has not approved this playbook"), where=digest[:PREFIX], remedy=_("see: approvals"))
    folder = candidate(workspace, digest)
    with Workspace(workspace).alone():
        before = in_force(workspace)
        now = before.playbook().content_hash
        if now == digest and carried_out(approval):
            raise StoreError(_("this playbook is in force already"), where=digest[:PREFIX], remedy=_("submit another"))
        if now not in (digest, approval.detail["replaces"]):
            raise StoreError(
                _("another playbook was put in force since this one was submitted"),
                where=digest[:PREFIX],
                remedy=_("submit it again"),
            )
        playbook = load(folder / FILE)
        _put_texts(folder, playbook, str(approval.detail["contents"]), workspace)
        _keep_folder(workspace, before.path, before.playbook(), load_contents(_texts_of(before)).content_hash)
        if now != digest:
            replace(workspace / FILE, (folder / FILE).read_bytes())
    detail: dict[str, Any] = {"approval_id": approval.approval_id, "replaces": str(approval.detail["replaces"])[:PREFIX]}
    record(user.username, "decided", subject=in_force_subject(approval), **detail)


def put_in_force_at() -> dict[str, datetime]:
    """Hash to when it was put in force here last, of those that two people put in force."""
    found = Record.objects.filter(kind="decided", subject__startswith="strategy ", subject__endswith=" in force")
    last = found.values_list("subject").annotate(Max("at")).order_by()
    return {str(subject).split()[1]: at for subject, at in last}


def _texts_of(one: Version) -> Path:
    return contents_path(one.path, one.playbook())


def _keep_folder(workspace: Path, path: Path, playbook: Playbook, texts: str) -> None:
    """Keep a playbook and its texts as a folder under its hash, whole or not at all; it never changes."""
    kept = workspace / FOLDER / playbook.content_hash
    if (kept / FILE).exists():
        if load_contents(contents_path(kept / FILE, playbook)).content_hash != texts:
            raise StoreError(
                _("this playbook is kept with other texts"), where=str(kept), remedy=_("give the playbook another id")
            )
        return
    kept.parent.mkdir(mode=0o700, exist_ok=True)
    partial = Path(tempfile.mkdtemp(prefix=f".{playbook.content_hash[:PREFIX]}-", dir=kept.parent))
    shutil.copyfile(path, partial / FILE)
    if playbook.contents != "default":
        shutil.copytree(contents_path(path, playbook), partial / playbook.contents, copy_function=shutil.copyfile)
    for file in partial.rglob("*.yaml"):
        file.chmod(OWNERS_ALONE)
    partial.rename(kept)


def _put_texts(folder: Path, playbook: Playbook, wanted: str, workspace: Path) -> None:
    """See that the workspace has the texts that the candidate was approved with."""
    if playbook.contents == "default":
        there = default_contents()
    else:
        there = workspace / playbook.contents
        if not there.exists():
            partial = there.with_name(f".{there.name}.partial")
            shutil.rmtree(partial, ignore_errors=True)
            shutil.copytree(folder / playbook.contents, partial)
            partial.rename(there)
    if load_contents(there).content_hash != wanted:
        raise StoreError(_("the texts have changed since it was approved"), where=str(there), remedy=_("submit it again"))
