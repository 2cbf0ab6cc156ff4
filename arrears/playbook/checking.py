"""A playbook read and checked as a whole: every finding names file, line and remedy."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from arrears.playbook.candidates import CONTACT_COLUMNS
from arrears.playbook.contents import ART_69, LANGUAGES, Contents, default_contents, disclosures, read_contents
from arrears.playbook.findings import Finding, error, raise_first, warning
from arrears.playbook.model import (
    CLAUSES,
    THIRD_PARTIES,
    Alternative,
    Challenger,
    Experiment,
    Intensity,
    Playbook,
    Segment,
    Step,
    Target,
    Way,
    Words,
)
from arrears.playbook.parsing import ConditionError, nearest, parse
from arrears.playbook.reach import bucket_days_max, contradiction, dpd_limits, implies
from arrears.playbook.source import Path_, Source, read_source
from arrears.playbook.triggers import DpdTrigger, Trigger

MODELS = (Playbook, Segment, Step, Trigger, DpdTrigger, Alternative, Target, Intensity, Experiment, Challenger, Words)
KEYS = tuple(dict.fromkeys(field.alias or name for model in MODELS for name, field in model.model_fields.items()))

DAY_FROM, DAY_TO = 8 * 60, 22 * 60
"""Hours outside of which a planned time is warned about; what is lawful is the law pack's word."""


def load(path: Path) -> Playbook:
    """The playbook at `path`; raises `PlaybookError` with file, line and remedy. Warnings do not stop it."""
    playbook, _, findings = _read(Path(path))
    raise_first(findings)
    assert playbook is not None  # noqa: S101  a playbook that could not be read has an error
    return playbook


def check(path: Path) -> list[Finding]:
    """Everything found in the playbook at `path` and its texts: errors first, each by line. Empty means all is well."""
    _, _, findings = _read(Path(path))
    return sorted(findings, key=lambda finding: finding.level != "error")


def contents_path(path: Path, playbook: Playbook) -> Path:
    """The folder of the texts of the playbook at `path`."""
    return default_contents() if playbook.contents == "default" else path.parent / playbook.contents


def _read(path: Path) -> tuple[Playbook | None, Contents | None, list[Finding]]:
    source = read_source(path)
    try:
        playbook = Playbook.model_validate(source.data)
    except ValidationError as problem:
        return None, None, [_finding(source, one) for one in problem.errors()] + _condition_findings(source)
    findings = _condition_findings(source)
    if findings:
        return None, None, findings
    contents, wrong = read_contents(contents_path(path, playbook))
    findings += [*_ids(source, playbook), *_reach(source, playbook), *_experiments(source, playbook)]
    for place, step in _placed(playbook):
        findings += _step(source, place, step, contents)
    return playbook, contents, findings + wrong


def _finding(source: Source, problem: Any) -> Finding:
    path: Path_ = tuple(problem["loc"])
    key = str(path[-1]) if path else "file"
    message = str(problem["msg"]).removeprefix("Value error, ")
    seen = problem.get("input")
    if problem["type"] == "extra_forbidden":
        return error(source, path, f"unknown key {key!r}", nearest(key, KEYS, "see docs/playbook.md for the keys"))
    if problem["type"] == "missing":
        return error(source, path, f"key {key!r} is missing", f"add `{key}:` there")
    if key == "clause":
        return error(source, path, f"unknown clause {seen!r}", f"clauses are {', '.join(CLAUSES)}")
    if problem["type"] == "literal_error":
        known = tuple(word.strip("'") for word in str(problem["ctx"]["expected"]).replace(" or ", ", ").split(", "))
        return error(source, path, f"{key}: unknown word {seen!r}", nearest(str(seen), known, f"words are {', '.join(known)}"))
    found = "" if isinstance(seen, dict | tuple | list) else f" (found {seen!r})"
    return error(source, path, f"{key}: {message}{found}", "see docs/playbook.md")


def _condition_findings(source: Source) -> list[Finding]:
    """Conditions that cannot be read; looked at on the raw data, so that they are told beside other errors."""
    segments = source.data.get("segments", ()) if isinstance(source.data, dict) else ()
    findings = []
    for position, segment in enumerate(segments if isinstance(segments, tuple) else ()):
        if isinstance(segment, dict) and "when" in segment:
            try:
                parse(segment["when"])
            except ConditionError as problem:
                findings.append(error(source, ("segments", position, "when", *problem.path), problem.what, problem.remedy))
    return findings


def _placed(playbook: Playbook) -> Iterator[tuple[Path_, Step]]:
    """Every step with its path in the file."""
    for name, steps in playbook.sequences.items():
        yield from ((("sequences", name, position), step) for position, step in enumerate(steps))
    for number, segment in enumerate(playbook.segments):
        yield from ((("segments", number, "steps", position), step) for position, step in enumerate(segment.steps))
    for number, experiment in enumerate(playbook.experiments):
        for rank, challenger in enumerate(experiment.challengers):
            for name, steps in challenger.steps.items():
                place = ("experiments", number, "challengers", rank, "steps", name)
                yield from (((*place, position), step) for position, step in enumerate(steps))


def _ids(source: Source, playbook: Playbook) -> Iterator[Finding]:
    named: list[tuple[str, Path_, str]] = [
        ("segment", ("segments", n, "id"), one.id) for n, one in enumerate(playbook.segments)
    ]
    named += [("step", (*place, "id"), step.id) for place, step in _placed(playbook)]
    named += [("experiment", ("experiments", n, "id"), one.id) for n, one in enumerate(playbook.experiments)]
    first: dict[tuple[str, str], Path_] = {}
    for kind, path, name in named:
        if (kind, name) in first:
            line = source.line(first[(kind, name)])
            yield error(source, path, f"{kind} id {name!r} stands already on line {line}", "give each its own id")
        first.setdefault((kind, name), path)
    used: set[str] = set()
    for number, segment in enumerate(playbook.segments):
        for position, name in enumerate(segment.sequences):
            used.add(name)
            if name not in playbook.sequences:
                remedy = nearest(name, tuple(playbook.sequences), "define it under `sequences`")
                yield error(source, ("segments", number, "sequences", position), f"unknown sequence {name!r}", remedy)
    for name in playbook.sequences:
        if name not in used:
            yield warning(source, ("sequences", name), f"sequence {name!r} is used by no segment", "use it or delete it")


def _reach(source: Source, playbook: Playbook) -> Iterator[Finding]:
    for number, segment in enumerate(playbook.segments):
        path: Path_ = ("segments", number, "when")
        column = contradiction(segment.condition)
        if column:
            yield error(
                source,
                path,
                f"nobody can be in segment {segment.id!r}: its conditions on {column} exclude each other",
                "widen one",
            )
            continue
        for before in playbook.segments[:number]:
            if implies(segment.condition, before.condition):
                what = f"segment {segment.id!r} is never reached: {before.id!r} above takes all of it"
                yield error(source, path, what, f"move it above {before.id!r}, or delete it")
                break
        for position, name in enumerate(segment.sequences):
            for step in playbook.sequences.get(name, ()):
                yield from _can_fire(source, ("segments", number, "sequences", position), segment, step)
        for position, step in enumerate(segment.steps):
            yield from _can_fire(source, ("segments", number, "steps", position, "trigger"), segment, step)


def _can_fire(source: Source, path: Path_, segment: Segment, step: Step) -> Iterator[Finding]:
    low, high = dpd_limits(segment.condition)
    shown = f"{low or 0}..{'' if high is None else high}"
    trigger = step.trigger
    if trigger.dpd is not None and trigger.dpd.first_in(low or 0, high) is None:
        what = f"step {step.id!r} never fires: segment {segment.id!r} holds {shown} days past due"
        yield error(source, path, what, "move the trigger's days into that range, or the step into another segment")
    days_max = bucket_days_max(segment.condition)
    if trigger.bucket_day is not None and days_max is not None and min(trigger.bucket_day) > days_max:
        what = f"step {step.id!r} never fires: nobody stays longer than {days_max} days in a bucket of segment {segment.id!r}"
        yield error(source, path, what, f"use a day up to {days_max}")


def _experiments(source: Source, playbook: Playbook) -> Iterator[Finding]:
    ids = tuple(segment.id for segment in playbook.segments)
    taken: dict[str, str] = {}
    for number, experiment in enumerate(playbook.experiments):
        for position, name in enumerate(experiment.segments):
            path: Path_ = ("experiments", number, "segments", position)
            if name not in ids:
                yield error(source, path, f"unknown segment {name!r}", nearest(name, ids, "name a segment of this playbook"))
            if name in taken:
                yield error(
                    source,
                    path,
                    f"segment {name!r} is already in experiment {taken[name]!r}",
                    "a segment takes part in one at most",
                )
            taken.setdefault(name, experiment.id)
        arms = ["holdout", "champion"]
        for rank, challenger in enumerate(experiment.challengers):
            place: Path_ = ("experiments", number, "challengers", rank)
            if challenger.id in arms:
                yield error(
                    source, (*place, "id"), f"arm {challenger.id!r} stands twice (holdout and champion are taken)", "rename it"
                )
            arms.append(challenger.id)
            for name, steps in challenger.steps.items():
                if name not in experiment.segments:
                    remedy = nearest(name, experiment.segments, "add it to the experiment's segments")
                    yield error(source, (*place, "steps", name), f"segment {name!r} is not in this experiment", remedy)
                elif name in ids:
                    for position, step in enumerate(steps):
                        yield from _can_fire(source, (*place, "steps", name, position), playbook.segment(name), step)


def _step(source: Source, place: Path_, step: Step, contents: Contents) -> Iterator[Finding]:
    for position, way in enumerate(step.ways):
        path: Path_ = place if position == 0 else (*place, "fallback", position - 1)
        who = f"step {step.id!r}" if position == 0 else f"fallback {position} of step {step.id!r}"
        for language in LANGUAGES:
            for what, remedy in _wording(way, language, contents):
                yield error(source, (*path, "content"), f"{who}: {what}", remedy)
        for key, what, remedy in _party(way):
            yield error(source, (*path, key), f"{who}: {what}", remedy)
        for key, what, remedy in _doubtful(way):
            yield warning(source, (*path, key), f"{who}: {what}", remedy)


def _wording(way: Way, language: str, contents: Contents) -> Iterator[tuple[str, str]]:
    """What is wrong with the words a way uses: what, and the remedy."""
    text = contents.text(language, way.content, way.channel)
    if text is None:
        known = tuple(name for name, channels in contents.texts[language].items() if way.channel in channels)
        write = f"write it in {language}.yaml"
        remedy = write if way.content in contents.texts[language] else nearest(way.content, known, write)
        yield f"content {way.content!r} has no {way.channel} text in {language}", remedy
        return
    mend = f"mend {contents.where(language, text.path)}"
    found = disclosures(text, language) if way.purpose == "relay" else []
    if found:
        yield f"{language} content {way.content!r} tells a third party of the debt: {', '.join(found)}", mend
    if way.purpose == "collection" and way.channel == "letter":
        for phrase in [phrase for phrase in ART_69 if phrase not in text.phrases][:1]:
            yield f"{language} letter {way.content!r} lacks {{{phrase}}}, demanded by CN-CC2011-69", mend


def _party(way: Way) -> Iterator[tuple[str, str, str]]:
    """What a way may not do whatever the law packs say: key, what, remedy."""
    if way.party in THIRD_PARTIES and way.purpose != "relay":
        remedy = "third parties only relay a call-back: `purpose: relay`, with a content that tells nothing of the debt"
        yield "party", f"purpose {way.purpose!r} goes to a {way.party}, who does not owe", remedy
    if way.purpose == "relay" and way.party not in THIRD_PARTIES:
        yield "purpose", "a relay goes through somebody else", "name the party, for instance `party: relative`"
    if way.channel == "visit" and way.visitors < 2:
        yield "visitors", "a visit is made by two at least", "write `visitors: 2`"
    if way.channel != "visit" and way.visitors:
        yield "visitors", "only visits have visitors", "delete `visitors`"


def _doubtful(way: Way) -> Iterator[tuple[str, str, str]]:
    """What will hardly ever work: key, what, remedy."""
    if not DAY_FROM <= way.minute < DAY_TO:
        at = f"{way.minute // 60:02d}:{way.minute % 60:02d}"
        yield "at", f"planned at {at}", "most law packs refuse it; plan between 08:00 and 22:00"
    if (way.channel, way.party) not in CONTACT_COLUMNS:
        what = f"the book has no {way.channel} contact point of the {way.party}"
        yield "party", what, "its candidates will all be unreachable"
