"""Addresses of strategy: playbooks and policies in force and proposed, their differences; submitting and putting in force.

What they write is files and, by Django's models, rows. The rows and the answer are one transaction (`once` with `orm`), and the
files come first. Where the process died before the rows were there, a file is kept under its hash that nobody asked about, or
what two people approved is in force and the record does not say so yet. The request is carried out again when it is repeated:
a file is kept once, and what is in force already is put on the record.
"""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Path, Query, Router

from arrears.desk.api import strategy_schemas as s
from arrears.desk.api import work_values as w
from arrears.desk.api.access import Bearer, Caller
from arrears.desk.api.answers import ErrorOut
from arrears.desk.api.asking import Key, read, written
from arrears.desk.api.errors import ApiError
from arrears.desk.api.once import once
from arrears.desk.current import desk
from arrears.desk.keeping import NotKeptError
from arrears.desk.ledger.appending import Connection
from arrears.desk.people.approvals import lately, latest_of
from arrears.desk.people.models import Approval
from arrears.desk.strategy import handed_in, playbooks, policies, simulated
from arrears.desk.strategy.showing import shown_whole
from arrears.errors import ArrearsError, BookError
from arrears.playbook import Playbook, diff, load

CHANGES_MAX, VERSIONS = 500, 20
TEXT, RESULT = "text", "simulation"
"""What a file is called where something is wrong with it: the field it came in."""
FINDINGS_MAX = 500
router = Router(tags=["strategy"])
SEE = Bearer("strategy:read", "strategy.see")
SUBMIT = Bearer("strategy:write", "strategy.submit")
PUT = Bearer("strategy:write", "strategy.submit", "strategy.approve")
SEE_POLICY = Bearer("strategy:read", "conduct.see", "policy.approve")
PROPOSE = Bearer("strategy:write", "policy.propose")
PUT_POLICY = Bearer("strategy:write", "policy.propose", "policy.approve")
NAMED = "^[0-9a-f]{12}([0-9a-f]{52})?$"
Hash = Annotated[str, Path(pattern="^[0-9a-f]{64}$", description="SHA-256, hex.")]
Named = Annotated[str, Path(pattern=NAMED, description="SHA-256, hex, or its first 12 letters.")]


@router.get("/playbooks", response=read(s.PlaybooksOut), auth=SEE)
def known(
    request: HttpRequest,
    limit: Annotated[int, Query(ge=1, le=playbooks.VERSIONS_MAX, description="Versions at most.")] = VERSIONS,
    page: w.Page = 1,
) -> Any:
    """Playbooks known here: the one in force, those submitted, those of days, the guide; and who was asked about them."""
    since = playbooks.put_in_force_at()
    found = [_version(one) for one in playbooks.versions(desk().workspace)[:limit]]
    submitted, more = lately("strategy", page)
    return {
        "playbooks": [one | {"put_in_force_at": since.get(one["hash"])} for one in found],
        "submitted": [_subject(one) for one in submitted], "next_page": w.following(page, more=more),
    }  # fmt: skip


def _version(one: playbooks.Version) -> dict[str, Any]:
    try:
        playbook = one.playbook()
    except ArrearsError:  # of a day long ago, in a format that is no longer read
        return {"hash": one.key, "id": None, "title": None, "origin": one.origin}
    return {"hash": playbook.content_hash, "id": playbook.id, "title": playbook.title.model_dump(), "origin": one.origin}


@router.post("/playbooks", response=written(s.Submitted), auth=SUBMIT)
def submit(request: HttpRequest, key: Key, told: s.PlaybookIn) -> HttpResponse:
    """Submit a playbook with its simulation; a second person decides."""

    def act(_: Connection, caller: Caller) -> dict[str, Any]:
        text, result = told.text.encode(), told.simulation.encode()
        found = playbooks.submit(caller.user, text, TEXT, result, RESULT, desk().workspace)
        if isinstance(found, playbooks.Refused):
            raise _refused(found)
        return {"hash": found.subject, "approval_id": found.approval_id}

    return once(request, key, s.Submitted, act, orm=True)


def _refused(found: playbooks.Refused) -> ApiError:
    """The first error of a file."""
    errors = [one for one in found.findings if one.level == "error"]
    more = f" ({len(errors) - 1} more: see playbooks/check)" if len(errors) > 1 else ""
    return ApiError(422, errors[0].what + more, where=errors[0].where, remedy=errors[0].remedy)


@router.post("/playbooks/check", response=read(s.PlaybookCheckedOut) | {frozenset({400, 413}): ErrorOut}, auth=SEE)
def check(request: HttpRequest, told: s.PlaybookText) -> Any:
    """What is wrong with a playbook, by line. Nothing is kept, so that it bears no key."""
    findings, playbook = playbooks.checked(told.text.encode(), TEXT, desk().workspace)
    return {
        "hash": None if playbook is None else playbook.content_hash,
        "findings": [one.as_json() for one in findings[:FINDINGS_MAX]],
    }


@router.get("/playbooks/candidates/{hash}", response=read(s.CandidateOut), auth=SEE)
def candidate(request: HttpRequest, hash: Hash) -> Any:
    """A playbook that was submitted: what its simulation found, who asked and decided."""
    workspace = desk().workspace
    playbook = load(playbooks.candidate(workspace, hash) / handed_in.FILE)
    asked = latest_of("strategy", hash)
    now = playbooks.in_force(workspace).playbook()
    return {
        "hash": hash, "id": playbook.id, "title": playbook.title.model_dump(), "in_force": now.content_hash == hash,
        "in_force_hash": now.content_hash, "changes_n": len(diff(now, playbook)), "approval": asked and _asked(asked),
        "simulation": asked and _simulation(playbooks.simulation_of(workspace, asked), hash),
    }  # fmt: skip


def _simulation(found: simulated.Simulated, digest: str) -> dict[str, Any]:
    """The measures that the page shows."""
    sides = [
        one.model_dump(exclude={"mean"})
        | {"is_candidate": one.playbook_hash == digest, "mean": {name: one.mean[name] for name in simulated.MAIN}}
        for one in found.strategies
    ]
    gaps = {name: gap.model_dump() for name, gap in found.difference.items() if name in simulated.MAIN}
    return found.model_dump(include={"accounts", "days", "start"}) | {
        "seeds_n": len(found.seeds), "sides": sides, "difference": gaps,
    }  # fmt: skip


@router.post("/playbooks/candidates/{hash}/put-in-force", response=written(s.InForce), auth=PUT)
def put_in_force(request: HttpRequest, hash: Hash, key: Key) -> HttpResponse:
    """Put what a second person approved in force from the next day's run; the old one is kept."""

    def act(_: Connection, caller: Caller) -> dict[str, Any]:
        try:
            playbooks.put_in_force(caller.user, hash, desk().workspace)
        except BookError as error:
            raise _later(error) from None
        return {"hash": hash}

    return once(request, key, s.InForce, act, orm=True)


def _later(error: BookError) -> ApiError:
    """A day is being run."""
    return ApiError(409, error.what, where="desk", remedy=f"{error.remedy}, and send it under another key")


@router.get("/playbooks/{hash}", response=read(s.PlaybookOut), auth=SEE)
def playbook(request: HttpRequest, hash: Named) -> Any:
    """A playbook as its page draws it: segments, each arm's steps with their days, experiments."""
    one, found = _known(hash)
    return shown_whole(found) | {"origin": one.origin}


@router.get("/playbooks/{hash}/difference", response=read(s.DifferenceOut), auth=SEE)
def difference(
    request: HttpRequest,
    hash: Named,
    to: Annotated[str, Query(pattern=NAMED, description="The later one's hash, as in the address.")],
) -> Any:
    """What is different in another playbook."""
    (_, old), (_, new) = _known(hash), _known(to)
    changes = diff(old, new)
    return {
        "from_hash": old.content_hash, "to_hash": new.content_hash, "changes_n": len(changes), "changes": changes[:CHANGES_MAX],
    }  # fmt: skip


def _known(hash: str) -> tuple[playbooks.Version, Playbook]:
    """The version of that hash; raises `NotKeptError` where only its beginning is right."""
    one = playbooks.version(desk().workspace, hash)
    found = one.playbook()
    if not found.content_hash.startswith(hash):
        raise NotKeptError("no playbook of that hash is known here", where="hash", remedy="choose one of the list")
    return one, found


@router.get("/policies", response=read(s.PoliciesOut), auth=SEE_POLICY)
def own_policies(request: HttpRequest, page: w.Page = 1) -> Any:
    """The bank's own policies: those in force, and what was proposed lately."""
    own = policies.own_packs(desk().workspace)
    asked, more = lately("policy", page)
    return {
        "in_force": [
            {
                "hash": policies.hash_of(one), "id": one.pack.id, "title": one.pack.title.model_dump(), "name": one.name,
                "rules_n": len(one.pack.rules),
            } for one in own
        ],
        "proposed": [_subject(one) for one in asked], "next_page": w.following(page, more=more),
    }  # fmt: skip


@router.post("/policies", response=written(s.Submitted), auth=PROPOSE)
def propose(request: HttpRequest, key: Key, told: s.PolicyIn) -> HttpResponse:
    """Propose a policy: its examples are run, it is kept, and a second person decides."""

    def act(_: Connection, caller: Caller) -> dict[str, Any]:
        found = policies.propose(caller.user, told.text.encode(), TEXT, desk().workspace)
        return {"hash": found.subject, "approval_id": found.approval_id}

    return once(request, key, s.Submitted, act, orm=True)


@router.get("/policies/{hash}", response=read(s.PolicyOut), auth=SEE_POLICY, by_alias=True)
def policy(request: HttpRequest, hash: Hash) -> Any:
    """A policy that was proposed or is in force: its text, what it changes, who asked and decided."""
    workspace = desk().workspace
    pack, asked = policies.proposed(workspace, hash), latest_of("policy", hash)
    return {
        "hash": hash, "id": pack.id, "title": pack.title.model_dump(), "text": policies.text_of(workspace, hash).decode(),
        "in_force": policies.in_force(workspace, hash), "approval": asked and _asked(asked),
        "changes": [one.as_json() for one in policies.changes(workspace, pack)],
    }  # fmt: skip


@router.post("/policies/{hash}/put-in-force", response=written(s.InForce), auth=PUT_POLICY)
def put_policy_in_force(request: HttpRequest, hash: Hash, key: Key) -> HttpResponse:
    """Put what a second person approved in force from the next day's run; the old one is kept."""

    def act(_: Connection, caller: Caller) -> dict[str, Any]:
        try:
            policies.put_in_force(caller.user, hash, desk().workspace)
        except BookError as error:
            raise _later(error) from None
        return {"hash": hash}

    return once(request, key, s.InForce, act, orm=True)


def _asked(one: Approval) -> dict[str, Any]:
    names = ("approval_id", "state", "asked_by", "asked_at", "decided_by", "decided_at", "note")
    return {name: getattr(one, name) for name in names}


def _subject(one: Approval) -> dict[str, Any]:
    return _asked(one) | {"hash": one.subject, "title": str(one.detail.get("title", ""))}
