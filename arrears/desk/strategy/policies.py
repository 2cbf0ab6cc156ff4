"""The bank's own law packs, changed by two people: proposed as a file, approved, put in force, the old one kept."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

import yaml

from arrears.bank import load_bank
from arrears.day.workspace import Workspace, is_shipped, pack_place
from arrears.desk.keeping import digest_of, keep, replace
from arrears.desk.people.approvals import ask
from arrears.desk.people.models import Approval, User
from arrears.desk.people.recording import record
from arrears.desk.saying import _, readers
from arrears.errors import StoreError
from arrears.law.comparing import RuleChange, compared
from arrears.law.examples import test_pack
from arrears.law.loading import load_pack, packs_shipped, parse_pack
from arrears.law.model import Pack

FOLDER = "policies"
FILE_BYTES_MAX = 500_000
VALUES_MAX = 200_000
"""In a file, aliases unfolded."""
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
    _require_bounded(raw, name)
    pack = parse_pack(raw, name)
    if pack.id in packs_shipped():
        raise StoreError(
            _("the pack {pack} comes with arrears").format(pack=pack.id),
            where=f"{name}: id",
            remedy=_("give the policy its own id"),
        )
    own = own_packs(workspace)
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


def _require_bounded(raw: bytes, name: str) -> None:
    """Raise `StoreError` where aliases unfold to more than `VALUES_MAX` values, or to themselves."""
    sizes: dict[int, int] = {}

    def size(node: yaml.Node) -> int:
        if id(node) not in sizes:
            sizes[id(node)] = VALUES_MAX + 1  # of one that holds itself
            inner = node.value if isinstance(node, yaml.CollectionNode) else []
            parts = [part for one in inner for part in (one if isinstance(one, tuple) else (one,))]
            sizes[id(node)] = 1 + sum(size(part) for part in parts)
        return sizes[id(node)]

    try:
        top = yaml.compose(raw, Loader=yaml.SafeLoader)
        unfolded = 0 if top is None else size(top)
    except yaml.YAMLError:
        return
    except RecursionError:
        unfolded = VALUES_MAX + 1
    if unfolded > VALUES_MAX:
        raise StoreError(_("too many values, or nested without end"), where=name, remedy=_("write the file without aliases"))


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
    return parse_pack(_raw(workspace, digest), f"{digest[:12]}.yaml")


def changes(workspace: Path, pack: Pack) -> tuple[RuleChange, ...]:
    """What it changes of the policy of that id as it is now."""
    before = _before(workspace, pack.id)
    return compared([] if before is None else [before.pack], [pack])


def in_force(workspace: Path, digest: str) -> bool:
    """Whether the workspace's own packs hold this very file."""
    return any(one.path.is_file() and digest_of(one.path.read_bytes()) == digest for one in own_packs(workspace))


def put_in_force(user: User, digest: str, workspace: Path) -> Path:
    """Put an approved policy where the next day's run reads it; returns the file.

    Raises `StoreError` where nobody else approved it or another was put in force since, `BookError` where a day is running.
    """
    approval = Approval.objects.filter(kind="policy", subject=digest).order_by("-approval_id").first()
    if approval is None or approval.state != "approved":
        raise StoreError(_("a second person has not approved this policy"), where=digest[:12], remedy=_("see: approvals"))
    raw = _raw(workspace, digest)
    with Workspace(workspace).alone():
        pack = proposed(workspace, digest)
        before = _before(workspace, pack.id)
        if before is not None and digest_of(before.path.read_bytes()) == digest:
            raise StoreError(_("this policy is in force already"), where=digest[:12], remedy=_("propose another"))
        if (before.pack.content_hash if before else "") != approval.detail["replaces"]:
            raise StoreError(
                _("another policy was put in force since this one was proposed"),
                where=digest[:12],
                remedy=_("propose it again"),
            )
        path = before.path if before else workspace / f"{pack.id}.yaml"
        if before:
            old = before.path.read_bytes()
            keep(_kept(workspace, digest_of(old)), old)
        replace(path, raw)
        if before is None:
            _name_in_bank(workspace, path.name)
    record(
        user.username, "decided", subject=f"policy {digest} in force", approval_id=approval.approval_id, pack=pack.id,
        replaces=approval.detail["replaces"][:16],
    )  # fmt: skip
    return path


def _before(workspace: Path, pack_id: str) -> Own | None:
    return next((one for one in own_packs(workspace) if one.pack.id == pack_id), None)


def _kept(workspace: Path, digest: str) -> Path:
    if not _DIGEST.match(digest):
        raise StoreError(_("this is no hash of a file"), where=_("policy"), remedy=_("choose one of the list"))
    return workspace / FOLDER / f"{digest}.yaml"


def _raw(workspace: Path, digest: str) -> bytes:
    path = _kept(workspace, digest)
    if not path.is_file():
        raise StoreError(_("no policy is kept under this hash"), where=digest[:12], remedy=_("propose it again"))
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
