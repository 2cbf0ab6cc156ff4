"""What decided a past day: the settings kept for it, found by the hashes in its manifests."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from arrears.bank import Bank, load_bank
from arrears.day.workspace import KEPT, NAMES, STEPS, Strategy, Workspace, is_shipped, read_strategy
from arrears.errors import BookError
from arrears.law.loading import load_pack
from arrears.law.model import Pack
from arrears.playbook import Playbook, default_path, load
from arrears.saying import said
from arrears.store import Manifest


def manifests_of(workspace: Workspace, day: date) -> dict[str, Manifest]:
    """The manifest of every step of a whole day; raises `BookError` with the command that makes it."""
    found: dict[str, Manifest] = {}
    for step in reversed(STEPS):
        workspace.require(step, day)
        manifest = workspace.manifest(step, day)
        assert manifest is not None  # noqa: S101  `require` has seen it
        found[step] = manifest
    return found


def hashes_of(manifests: dict[str, Manifest]) -> dict[str, str]:
    """Name to SHA-256 of everything beside data that the day was decided by; `arrears` is its version."""
    laws = {name: digest for name, digest in manifests["law"].inputs.items() if name.startswith("law:")}
    plan, risk, allocate = (manifests[step].inputs for step in ("plan", "risk", "allocate"))
    return {
        "bank": plan["bank"], "playbook": plan["playbook"], "contents": plan["contents"], "scorecard": risk["scorecard"],
        "response": allocate["response"], "arrears": plan["arrears"], **laws,
    }  # fmt: skip


def strategy_of(workspace: Workspace, day: date, hashes: dict[str, str]) -> Strategy:
    """The settings kept for the day; raises `BookError` where they are gone or no longer what they were."""
    kept = workspace.kept(hashes)
    remedy = said("restore {kept} from a backup; without it the day cannot be explained", kept=kept)
    if not kept.is_dir():
        raise BookError(said("the settings that {day} was run with are not kept here", day=day), where=str(kept), remedy=remedy)
    packs = packs_of(workspace, day, load_bank(kept / "bank.toml"), hashes)
    strategy = read_strategy(kept / "bank.toml", kept / "playbook.yaml", kept, packs)
    wrong = [name for name in KEPT if strategy.hashes[name] != hashes[name]]
    if wrong:
        raise BookError(
            said("the {wrong} kept for {day} is not the one it was run with", wrong=NAMES[wrong[0]], day=day), where=str(kept),
            remedy=remedy
            if wrong[0] not in ("scorecard", "response")
            else said("install arrears {version}, whose {wrong} it was", version=hashes['arrears'], wrong=NAMES[wrong[0]]),
        )  # fmt: skip
    return strategy


def playbook_of(workspace: Workspace, day: date) -> Playbook:
    """The playbook the day was run with, where it was kept; else the workspace's own, else the one that comes with arrears."""
    manifests = [workspace.manifest(step, day) for step in ("risk", "playbook", "allocate", "plan")]
    hashes = {name: digest for manifest in manifests if manifest for name, digest in manifest.inputs.items()}
    kept = [workspace.kept(hashes) / "playbook.yaml"] if hashes.keys() >= set(KEPT) else []
    found = (path for path in (*kept, workspace.path / "playbook.yaml") if path.exists())
    return load(next(found, default_path()))


def packs_of(workspace: Workspace, day: date, bank: Bank, hashes: Mapping[str, str]) -> tuple[Pack, ...]:
    """The packs a day was decided by: the bank's own as kept for it, the others as they come with arrears now.

    Raises `BookError` where one of the bank's own is not kept.
    """
    shipped = [load_pack(name) for name in bank.jurisdictions if is_shipped(name)]
    names = {f"law:{pack.id}" for pack in shipped}
    own = []
    for name in sorted(name for name in hashes if name.startswith("law:") and name not in names):
        kept, known = workspace.kept_pack(hashes[name]), name.removeprefix("law:")
        if not kept.is_dir() and not is_shipped(known):
            raise BookError(
                said("the law pack {pack} that {day} was run with is not kept here", pack=known, day=day), where=str(kept),
                remedy=said("restore {kept} from a backup; without it the day cannot be explained", kept=kept),
            )  # fmt: skip
        own.append(load_pack(kept if kept.is_dir() else known))
    return (*shipped, *own)


def changed_since(strategy: Strategy, hashes: dict[str, str]) -> list[str]:
    """What is not kept and differs from that day's: `arrears` itself, and law packs by name (`law:cn`)."""
    now = strategy.hashes
    names = sorted(name for name in {*now, *hashes} if name not in KEPT)
    return [name for name in names if now.get(name) != hashes.get(name)]
