"""The bank's own law packs, changed by two people: proposed as a file, approved, put in force, the old one kept."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

from django.db import transaction

from arrears.bank import load_bank
from arrears.day.workspace import Workspace, is_shipped, pack_place
from arrears.desk.keeping import NotKeptError, digest_of, keep, replace
from arrears.desk.people.approvals import ask, carried_out, in_force_subject, locked
from arrears.desk.people.models import Approval, User
from arrears.desk.people.recording import record
from arrears.desk.saying import _, readers
from arrears.desk.strategy.bounded import require_bounded
from arrears.errors import StoreError
from arrears.law.comparing import RuleChange, compared
from arrears.law.examples import test_pack
from arrears.law.loading import load_pack, packs_shipped, parse_pack
from arrears.law.model import Pack

FOLDER = "policies"
RESERVED = ("playbook", "scorecard", "response", "conduct", "desk", "process")
"""Files of a workspace that are no pack: a policy of such a name would take their place."""
FILE_BYTES_MAX = 500_000
_DIGEST = re.compile(r"[0-9a-f]{64}\Z")
_JURISDICTIONS = re.compile(r"^jurisdictions[ \t]*=[ \t]*\[[^\]]*\]", re.MULTILINE)


@dataclass(frozen=True)
class Own:
    """One of the bank's own packs, as `bank.toml` names it."""

    name: str
    path: Path
    pack: Pack


def own_packs(workspace: Path) -> list[Own]:
    """The bank's own packs now."""
    names = [name for name in load_bank(workspace / "bank.toml").jurisdictions if not is_shipped(name)]
    places = [(name, Path(pack_place(name, workspace))) for name in names]
    return [Own(name, path, load_pack(path)) for name, path in places]


def read_policy(raw: bytes, name: str, workspace: Path) -> Pack:
    """A proposed pack: read, held against the other packs, its examples run.

    Raises `LawError` or `StoreError` with the file, the rule and the remedy.
    """
    if len(raw) > FILE_BYTES_MAX:
        raise StoreError(
            _("larger than {most:,} bytes").format(most=FILE_BYTES_MAX), where=name, remedy=_("a policy is one file of rules")
        )
    require_bounded(raw, name)
    pack = parse_pack(raw, name)
    if pack.id in packs_shipped():
        raise StoreError(
            _("the pack {pack} comes with arrears").format(pack=pack.id),
            where=f"{name}: id",
            remedy=_("give the policy its own id"),
        )
    own = own_packs(workspace)
    path = workspace / f"{pack.id}.yaml"
    if (all(one.pack.id != pack.id for one in own) and path.exists() and path.read_bytes() != raw) or pack.id in RESERVED:
        raise StoreError(
            _("a file of that name decides something else"), where=f"{name}: id", remedy=_("give the policy its own id")
        )
    _require_own_rules(pack, name, [one.pack for one in own if one.pack.id != pack.id], workspace)
    same = next((one for one in own if one.pack.id == pack.id), None)
    if same is not None and same.path.is_dir():
        raise StoreError(
            _("pack {pack} is a folder").format(pack=pack.id),
            where=str(same.path),
            remedy=_("only a pack in one file is changed here; join it first"),
        )
    if same is not None and same.pack.content_hash == pack.content_hash:
        raise StoreError(_("this is the policy in force"), where=name, remedy=_("change it before you propose it"))
    failures = test_pack(pack)
    if failures:
        more = _(" ({n} more)").format(n=len(failures) - 1) if len(failures) > 1 else ""
        raise StoreError(readers(failures[0].line()) + more, where=name, remedy=_("see: arrears law test FILE"))
    return pack


def _require_own_rules(pack: Pack, name: str, own: list[Pack], workspace: Path) -> None:
    shipped = [load_pack(name) for name in load_bank(workspace / "bank.toml").jurisdictions if is_shipped(name)]
    taken = {rule.id: other.id for other in (*shipped, *own) for rule in other.rules}
    twice = next((rule.id for rule in pack.rules if rule.id in taken), None)
    if twice is not None:
        raise StoreError(
            _("rule {twice} stands in pack {pack} already").format(twice=twice, pack=taken[twice]),
            where=name,
            remedy=_("give each rule its own id"),
        )


def propose(user: User, raw: bytes, name: str, workspace: Path) -> Approval:
    """Keep a policy under its hash and ask for a second person."""
    pack = read_policy(raw, name, workspace)
    digest = digest_of(raw)
    keep(_kept(workspace, digest), raw)
    before = _before(workspace, pack.id)
    return ask(
        user, "policy", digest, pack=pack.id, title=pack.title.en, rules=len(pack.rules),
        replaces="" if before is None else before.pack.content_hash, changes=len(changes(workspace, pack)),
    )  # fmt: skip


def proposed(workspace: Path, digest: str) -> Pack:
    """A policy that is kept; raises `StoreError`."""
    return parse_pack(text_of(workspace, digest), f"{digest[:12]}.yaml")


def changes(workspace: Path, pack: Pack) -> tuple[RuleChange, ...]:
    """What it changes of the policy of that id as it is now."""
    before = _before(workspace, pack.id)
    return compared([] if before is None else [before.pack], [pack])


def in_force(workspace: Path, digest: str) -> bool:
    """Whether the workspace's own packs hold this very file."""
    return any(hash_of(one) == digest for one in own_packs(workspace))


def hash_of(own: Own) -> str | None:
    """SHA-256 of its file; None where it is a folder."""
    return digest_of(own.path.read_bytes()) if own.path.is_file() else None


def put_in_force(user: User, digest: str, workspace: Path) -> Path:
    """Put an approved policy where the next day's run reads it; returns the file.

    Where it broke off between the file and the record, doing it again brings both about. Raises `StoreError` where nobody else
    approved it or another was put in force since, `BookError` where a day is running.
    """
    with transaction.atomic():
        return _put_in_force(user, digest, workspace)


def _put_in_force(user: User, digest: str, workspace: Path) -> Path:
    approval = locked("policy", digest)
    if approval is None or approval.state != "approved":
        raise StoreError(_("a second person has not approved this policy"), where=digest[:12], remedy=_("see: approvals"))
    raw = text_of(workspace, digest)
    with Workspace(workspace).alone():
        pack = proposed(workspace, digest)
        before = _before(workspace, pack.id)
        path = before.path if before else workspace / f"{pack.id}.yaml"
        if before is not None and digest_of(path.read_bytes()) == digest:
            if carried_out(approval):
                raise StoreError(_("this policy is in force already"), where=digest[:12], remedy=_("propose another"))
        elif (before.pack.content_hash if before else "") != approval.detail["replaces"]:
            raise StoreError(
                _("another policy was put in force since this one was proposed"),
                where=digest[:12],
                remedy=_("propose it again"),
            )
        else:
            _put(workspace, path, raw, new=before is None)
    record(
        user.username, "decided", subject=in_force_subject(approval), approval_id=approval.approval_id, pack=pack.id,
        replaces=approval.detail["replaces"][:16],
    )  # fmt: skip
    return path


def _put(workspace: Path, path: Path, raw: bytes, *, new: bool) -> None:
    if not new:
        old = path.read_bytes()
        keep(_kept(workspace, digest_of(old)), old)
    replace(path, raw)
    if new:
        _name_in_bank(workspace, path.name)


def _before(workspace: Path, pack_id: str) -> Own | None:
    return next((one for one in own_packs(workspace) if one.pack.id == pack_id), None)


def _kept(workspace: Path, digest: str) -> Path:
    if not _DIGEST.match(digest):
        raise StoreError(_("this is no hash of a file"), where=_("policy"), remedy=_("choose one of the list"))
    return workspace / FOLDER / f"{digest}.yaml"


def text_of(workspace: Path, digest: str) -> bytes:
    """The file of that hash: one that was proposed or was in force once, or one in force that nobody proposed here."""
    path = _kept(workspace, digest)
    if not path.is_file():
        running = next((one for one in own_packs(workspace) if hash_of(one) == digest), None)
        if running is not None:
            return running.path.read_bytes()
        raise NotKeptError(_("no policy is kept under this hash"), where=digest[:12], remedy=_("propose it again"))
    raw = path.read_bytes()
    if digest_of(raw) != digest:
        raise StoreError(
            _("the kept policy is no longer what was proposed"), where=str(path), remedy=_("restore it from a backup")
        )
    return raw


def _name_in_bank(workspace: Path, file: str) -> None:
    """Add the pack to `bank.jurisdictions`; whatever else the file says stays as it is."""
    path = workspace / "bank.toml"
    text = path.read_text(encoding="utf-8")
    before = tomllib.loads(text)
    names = [*load_bank(path).jurisdictions, f"./{file}"]
    line = f"jurisdictions = [{', '.join(_quoted(name) for name in names)}]"
    changed = _JURISDICTIONS.sub(lambda found: line, text, count=1) if _JURISDICTIONS.search(text) else f"{line}\n{text}"
    if tomllib.loads(changed) != before | {"jurisdictions": names}:
        raise StoreError(
            _("bank.toml cannot be changed by itself; the policy lies in {file}").format(file=file), where=str(path),
            remedy=_('add "./{file}" to jurisdictions by hand').format(file=file),
        )  # fmt: skip
    replace(path, changed.encode())


def _quoted(name: str) -> str:
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
