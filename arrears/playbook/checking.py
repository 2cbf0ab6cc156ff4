"""A playbook read and checked as a whole: every finding names file, line and remedy."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from arrears.file_errors import in_our_words
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
from arrears.saying import said

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
    message = in_our_words(problem)
    seen = problem.get("input")
    if problem["type"] == "extra_forbidden":
        return error(
            source, path, said("unknown key {key!r}", key=key), nearest(key, KEYS, said("see docs/playbook.md for the keys"))
        )
    if problem["type"] == "missing":
        return error(source, path, said("key {key!r} is missing", key=key), said("add `{key}:` there", key=key))
    if key == "clause":
        return error(
            source, path, said("unknown clause {seen!r}", seen=seen), said("clauses are {known}", known=", ".join(CLAUSES))
        )
    if problem["type"] == "literal_error":
        known = tuple(word.strip("'") for word in str(problem["ctx"]["expected"]).replace(" or ", ", ").split(", "))
        return error(
            source,
            path,
            said("{key}: unknown word {seen!r}", key=key, seen=seen),
            nearest(str(seen), known, said("words are {known}", known=", ".join(known))),
        )
    what = said("{key}: {message}", key=key, message=message)
    if not isinstance(seen, dict | tuple | list):
        what = said("{what} (found {seen!r})", what=what, seen=seen)
    return error(source, path, what, said("see docs/playbook.md"))


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
        (said("segment"), ("segments", n, "id"), one.id) for n, one in enumerate(playbook.segments)
    ]
    named += [(said("step"), (*place, "id"), step.id) for place, step in _placed(playbook)]
    named += [(said("experiment"), ("experiments", n, "id"), one.id) for n, one in enumerate(playbook.experiments)]
    first: dict[tuple[str, str], Path_] = {}
    for kind, path, name in named:
        if (kind, name) in first:
            line = source.line(first[(kind, name)])
            yield error(
                source,
                path,
                said("{kind} id {name!r} stands already on line {line}", kind=kind, name=name, line=line),
                said("give each its own id"),
            )
        first.setdefault((kind, name), path)
    used: set[str] = set()
    for number, segment in enumerate(playbook.segments):
        for position, name in enumerate(segment.sequences):
            used.add(name)
            if name not in playbook.sequences:
                remedy = nearest(name, tuple(playbook.sequences), said("define it under `sequences`"))
                yield error(
                    source, ("segments", number, "sequences", position), said("unknown sequence {name!r}", name=name), remedy
                )
    for name in playbook.sequences:
        if name not in used:
            yield warning(
                source,
                ("sequences", name),
                said("sequence {name!r} is used by no segment", name=name),
                said("use it or delete it"),
            )


def _reach(source: Source, playbook: Playbook) -> Iterator[Finding]:
    for number, segment in enumerate(playbook.segments):
        path: Path_ = ("segments", number, "when")
        column = contradiction(segment.condition)
        if column:
            yield error(
                source,
                path,
                said(
                    "nobody can be in segment {segment!r}: its conditions on {column} exclude each other",
                    segment=segment.id,
                    column=column,
                ),
                said("widen one"),
            )
            continue
        for before in playbook.segments[:number]:
            if implies(segment.condition, before.condition):
                what = said(
                    "segment {segment!r} is never reached: {before!r} above takes all of it",
                    segment=segment.id,
                    before=before.id,
                )
                yield error(source, path, what, said("move it above {before!r}, or delete it", before=before.id))
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
        what = said(
            "step {step!r} never fires: segment {segment!r} holds {shown} days past due",
            step=step.id,
            segment=segment.id,
            shown=shown,
        )
        yield error(source, path, what, said("move the trigger's days into that range, or the step into another segment"))
    days_max = bucket_days_max(segment.condition)
    if trigger.bucket_day is not None and days_max is not None and min(trigger.bucket_day) > days_max:
        what = said(
            "step {step!r} never fires: nobody stays longer than {days_max} days in a bucket of segment {segment!r}",
            step=step.id,
            days_max=days_max,
            segment=segment.id,
        )
        yield error(source, path, what, said("use a day up to {days_max}", days_max=days_max))


def _experiments(source: Source, playbook: Playbook) -> Iterator[Finding]:
    ids = tuple(segment.id for segment in playbook.segments)
    taken: dict[str, str] = {}
    for number, experiment in enumerate(playbook.experiments):
        for position, name in enumerate(experiment.segments):
            path: Path_ = ("experiments", number, "segments", position)
            if name not in ids:
                yield error(
                    source,
                    path,
                    said("unknown segment {name!r}", name=name),
                    nearest(name, ids, said("name a segment of this playbook")),
                )
            if name in taken:
                yield error(
                    source,
                    path,
                    said("segment {name!r} is already in experiment {experiment!r}", name=name, experiment=taken[name]),
                    said("a segment takes part in one at most"),
                )
            taken.setdefault(name, experiment.id)
        arms = ["holdout", "champion"]
        for rank, challenger in enumerate(experiment.challengers):
            place: Path_ = ("experiments", number, "challengers", rank)
            if challenger.id in arms:
                yield error(
                    source,
                    (*place, "id"),
                    said("arm {arm!r} stands twice (holdout and champion are taken)", arm=challenger.id),
                    said("rename it"),
                )
            arms.append(challenger.id)
            for name, steps in challenger.steps.items():
                if name not in experiment.segments:
                    remedy = nearest(name, experiment.segments, said("add it to the experiment's segments"))
                    yield error(
                        source, (*place, "steps", name), said("segment {name!r} is not in this experiment", name=name), remedy
                    )
                elif name in ids:
                    for position, step in enumerate(steps):
                        yield from _can_fire(source, (*place, "steps", name, position), playbook.segment(name), step)


def _step(source: Source, place: Path_, step: Step, contents: Contents) -> Iterator[Finding]:
    for position, way in enumerate(step.ways):
        path: Path_ = place if position == 0 else (*place, "fallback", position - 1)
        who = (
            said("step {step!r}", step=step.id)
            if position == 0
            else said("fallback {position} of step {step!r}", position=position, step=step.id)
        )
        for language in LANGUAGES:
            for what, remedy in _wording(way, language, contents):
                yield error(source, (*path, "content"), said("{who}: {what}", who=who, what=what), remedy)
        for key, what, remedy in _party(way):
            yield error(source, (*path, key), said("{who}: {what}", who=who, what=what), remedy)
        for key, what, remedy in _doubtful(way):
            yield warning(source, (*path, key), said("{who}: {what}", who=who, what=what), remedy)


def _wording(way: Way, language: str, contents: Contents) -> Iterator[tuple[str, str]]:
    """What is wrong with the words a way uses: what, and the remedy."""
    text = contents.text(language, way.content, way.channel)
    if text is None:
        known = tuple(name for name, channels in contents.texts[language].items() if way.channel in channels)
        write = said("write it in {language}.yaml", language=language)
        remedy = write if way.content in contents.texts[language] else nearest(way.content, known, write)
        yield (
            said(
                "content {content!r} has no {channel} text in {language}",
                content=way.content,
                channel=way.channel,
                language=language,
            ),
            remedy,
        )
        return
    mend = said("mend {where}", where=contents.where(language, text.path))
    found = disclosures(text, language) if way.purpose == "relay" else []
    if found:
        yield (
            said(
                "{language} content {content!r} tells a third party of the debt: {found}",
                language=language,
                content=way.content,
                found=", ".join(found),
            ),
            mend,
        )
    if way.purpose == "collection" and way.channel == "letter":
        for phrase in [phrase for phrase in ART_69 if phrase not in text.phrases][:1]:
            yield (
                said(
                    "{language} letter {content!r} lacks {{{phrase}}}, demanded by CN-CC2011-69",
                    language=language,
                    content=way.content,
                    phrase=phrase,
                ),
                mend,
            )


def _party(way: Way) -> Iterator[tuple[str, str, str]]:
    """What a way may not do whatever the law packs say: key, what, remedy."""
    if way.party in THIRD_PARTIES and way.purpose != "relay":
        remedy = said("third parties only relay a call-back: `purpose: relay`, with a content that tells nothing of the debt")
        yield (
            "party",
            said("purpose {purpose!r} goes to a {party}, who does not owe", purpose=way.purpose, party=way.party),
            remedy,
        )
    if way.purpose == "relay" and way.party not in THIRD_PARTIES:
        yield "purpose", said("a relay goes through somebody else"), said("name the party, for instance `party: relative`")
    if way.channel == "visit" and way.visitors < 2:
        yield "visitors", said("a visit is made by two at least"), said("write `visitors: 2`")
    if way.channel != "visit" and way.visitors:
        yield "visitors", said("only visits have visitors"), said("delete `visitors`")


def _doubtful(way: Way) -> Iterator[tuple[str, str, str]]:
    """What will hardly ever work: key, what, remedy."""
    if not DAY_FROM <= way.minute < DAY_TO:
        at = f"{way.minute // 60:02d}:{way.minute % 60:02d}"
        yield "at", said("planned at {at}", at=at), said("most law packs refuse it; plan between 08:00 and 22:00")
    if (way.channel, way.party) not in CONTACT_COLUMNS:
        what = said("the book has no {channel} contact point of the {party}", channel=way.channel, party=way.party)
        yield "party", what, said("its candidates will all be unreachable")
