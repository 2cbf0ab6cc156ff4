"""The process in words and numbers: what page and terminal share, and the lines of `arrears process`."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from arrears.money import PPM, divide_half_up
from arrears.process.model import EVERY, NO_POINT, Agent, Clock, Difference, HeldUp, Process, StepEffect, Verdict, Wait
from arrears.process.words import Language, say, stage

QUEUES_SHOWN, RULES_SHOWN, STEPS_SHOWN, AGENTS_SHOWN = 8, 8, 15, 10
NOTHING, MINUS = "\N{EN DASH}", "\N{MINUS SIGN}"
Titles = Mapping[str, tuple[str, str]]
"""Segment to its title in English and Chinese."""


@dataclass(frozen=True)
class Totals:
    """The process in five numbers."""

    over_n: int
    """Cases over a target, of those still in their stage or waiting; a case may be over several."""
    planned_n: int
    not_made_n: int
    compared_n: int
    """Steps of segments that could be compared."""
    unproven_n: int
    """Of them no difference was seen."""


def totals(process: Process) -> Totals:
    """What the terminal says of the process in one line."""
    compared = [step for step in process.steps if step.compared]
    return Totals(
        sum(wait.over_n for wait in process.waits if wait.segment == EVERY),
        sum(made.planned_n for made in process.made),
        sum(made.planned_n - made.made_n for made in process.made),
        len(compared),
        sum(step.verdict == "nothing_seen" for step in compared),
    )


def days_text(days: int | None, followed_days: int, cases_n: int = 1) -> str:
    """Whole days; `> 16` where the quantile lies beyond the longest wait seen."""
    if not cases_n:
        return NOTHING
    return f"> {followed_days}" if days is None else str(days)


def share_text(ppm: int | None, language: Language, digits: int = 0) -> str:
    """`123456` ppm as `12 %`."""
    if ppm is None:
        return NOTHING
    scaled = divide_half_up(abs(ppm) * 10**digits, 10_000)
    whole, part = divmod(scaled, 10**digits)
    sign = MINUS if ppm < 0 and scaled else ""
    return f"{sign}{whole:,}" + (f".{part:0{digits}d}" if digits else "") + (" %" if language == "en" else "%")


def points_text(ppm: int, language: Language) -> str:
    """A difference of shares with its sign: `+3.1 pp`."""
    number = share_text(abs(ppm), language, 1).removesuffix("%").rstrip()
    sign = MINUS if ppm < 0 else "+"
    return f"{sign}{number} {'pp' if language == 'en' else '个百分点'}"


def interval_text(found: Difference | None, language: Language) -> str:
    """A difference with its interval."""
    if found is None:
        return NOTHING
    bare = [points_text(ppm, language).split(" ")[0] for ppm in (found.low_ppm, found.high_ppm)]
    return say("interval", language, difference=points_text(found.difference_ppm, language), low=bare[0], high=bare[1])


def verdict_text(verdict: Verdict, found: Difference | None, language: Language) -> str:
    """What may be read from a comparison, and how large an effect would have been seen."""
    detectable = points_text(found.detectable_ppm, language).removeprefix("+") if found else ""
    return say(verdict, language, detectable=detectable)


def paid_text(found: Difference | None, language: Language, *, other: bool) -> str:
    """The share who paid, of how many."""
    if found is None:
        return NOTHING
    n, paid_n = (found.without_n, found.without_paid_n) if other else (found.with_n, found.with_paid_n)
    return say("paid_of", language, share=share_text(divide_half_up(paid_n * PPM, n), language, 1), n=f"{n:,}")


def queues(process: Process) -> tuple[Wait, ...]:
    """Queues of one segment, stage and clock, those with the most cases over target first, without those that have none."""
    found = [wait for wait in process.waits if wait.segment != EVERY and wait.over_n]
    return tuple(sorted(found, key=lambda wait: (-wait.over_n, -wait.cases_n, wait.segment, wait.bucket, wait.clock)))


def agents_shown(process: Process, most: int = AGENTS_SHOWN) -> tuple[Agent, ...]:
    """Agents far from the others first, then the busiest."""
    return tuple(sorted(process.agents, key=lambda one: (not one.far, -one.attempts_n, one.agent))[:most])


def compared_first(process: Process, most: int = STEPS_SHOWN) -> tuple[StepEffect, ...]:
    """Steps that could be compared first, most planned first in both halves."""
    return tuple(sorted(process.steps, key=lambda one: (one.compared is None, -one.planned_n, one.segment, one.step))[:most])


def rule_name(rule_id: str, language: Language) -> str:
    """A rule by its id; the want of a contact point in words."""
    return say(NO_POINT, language) if rule_id == NO_POINT else rule_id


def agents_lead(process: Process, language: Language) -> str:
    """The agents in one sentence."""
    return say(
        "agents_lead", language, agents=f"{len(process.agents):,}", cv=share_text(process.agents_cv_ppm, language),
        above=sum(one.far == "above" for one in process.agents), below=sum(one.far == "below" for one in process.agents),
    )  # fmt: skip


def agent_day_text(process: Process, day: str, language: Language) -> str:
    """The newest day on which agents worked, in one sentence."""
    of = process.agent_days
    return say(
        "agent_day", language, day=day, agents=f"{len(of):,}", attempts=f"{sum(one.attempts_n for one in of):,}",
        most=max(one.attempts_n for one in of), gap=max(one.longest_gap_min for one in of),
    )  # fmt: skip


def hundredths(centi: int) -> str:
    """`119` as `1.2`."""
    whole, tenth = divmod(divide_half_up(centi, 10), 10)
    return f"{whole:,}.{tenth}"


def lines(process: Process, language: Language, titles: Titles | None = None) -> list[str]:
    """Everything for a terminal."""
    names = {segment: of[language == "zh"] for segment, of in (titles or {}).items()}
    head = say("t_title", language, since=process.since, day=process.day)
    lead = say(
        "lead", language, since=process.since, first=process.first_day, day=process.day, left_alone=f"{process.left_alone_n:,}"
    )
    return [
        head, lead, "",
        *_waits(process, language, names), *_held_up(process.held_up, language), *_made(process, language),
        *_steps(process, language), *_agents(process, language), *_hours(process, language),
    ]  # fmt: skip


def _waits(process: Process, language: Language, names: Mapping[str, str]) -> list[str]:
    clocks: tuple[Clock, ...] = ("first_attempt", "right_party", "promise", "idle")
    listed = [wait for clock in clocks for wait in process.stages(clock)]
    if not listed:
        return [say("no_waits", language), ""]
    head = ["clock", "dpd", "cases", "waiting", "median_days", "p90_days", "target", "over_n", "over"]
    rows = [[say(one.clock, language), stage(one.bucket, language), *_numbers(one, language)] for one in listed]
    worst = [
        [
            f"{say(one.clock, language)}: {names.get(one.segment, one.segment)}", stage(one.bucket, language),
            *_numbers(one, language),
        ]
        for one in queues(process)
    ]  # fmt: skip
    note = say("waits_note", language, promise_days=process.promise_days)
    return [
        *_table("waits", head, rows, language, len(rows)), note, "",
        *_table("segments_caption", head, worst, language, QUEUES_SHOWN), "",
    ]  # fmt: skip


def _numbers(one: Wait, language: Language) -> list[str]:
    return [
        f"{one.cases_n:,}", f"{one.waiting_n:,}", days_text(one.median_days, one.followed_days),
        days_text(one.p90_days, one.followed_days), str(one.target_days), f"{one.over_n:,}", share_text(one.over_ppm, language),
    ]  # fmt: skip


def _held_up(found: Sequence[HeldUp], language: Language) -> list[str]:
    rows = [
        [
            rule_name(one.rule_id, language), f"{one.customers_n:,}", f"{one.spells_n:,}", f"{one.still_n:,}",
            days_text(one.median_days, one.followed_days), days_text(one.p90_days, one.followed_days),
        ]
        for one in found
    ]  # fmt: skip
    head = ["rule", "customers", "spells", "still", "median_days", "p90_days"]
    return [*_table("held_up_caption", head, rows, language, RULES_SHOWN), ""] if rows else []


def _made(process: Process, language: Language) -> list[str]:
    rows = [
        [
            say(one.channel, language), f"{one.planned_n:,}", f"{one.made_n:,}", f"{one.planned_n - one.made_n:,}",
            share_text(divide_half_up(one.made_n * PPM, one.planned_n) if one.planned_n else None, language),
            f"{one.last_made_n:,} / {one.last_planned_n:,}",
            f"{one.pending_n:,}",
        ]
        for one in process.made
    ]  # fmt: skip
    head = ["channel", "planned", "made", "not_made", "made_share", "made_last", "pending"]
    return [*_table("made_caption", head, rows, language, len(rows)), say("made_note", language), ""] if rows else []


def _steps(process: Process, language: Language) -> list[str]:
    rows = [
        [
            f"{one.segment} / {one.step}", f"{one.planned_n:,}", f"{one.made_n:,}", f"{one.reached_n:,}",
            paid_text(one.compared, language, other=False), paid_text(one.compared, language, other=True),
            interval_text(one.compared, language), verdict_text(one.verdict, one.compared, language),
        ]
        for one in compared_first(process, len(process.steps))
    ]  # fmt: skip
    head = ["step", "planned", "made", "reached", "paid_with", "paid_without", "difference", "reading"]
    told = [
        *_table("steps_caption", head, rows, language, STEPS_SHOWN, payment_days=process.payment_days),
        say("steps_note", language),
    ]
    arms = [
        [
            f"{one.experiment}: {say('against', language, arm=one.arm, against=one.against)}", f"{one.entered_n:,}",
            paid_text(one.difference, language, other=False), paid_text(one.difference, language, other=True),
            interval_text(one.difference, language), verdict_text(one.verdict, one.difference, language), ", ".join(one.steps),
        ]
        for one in process.arms
    ]  # fmt: skip
    head = ["arm", "customers", "paid_arm", "paid_other", "difference", "reading", "arms_steps"]
    drawn = _table("arms_caption", head, arms, language, len(arms), experiment_days=process.experiment_days) if arms else []
    return [*told, "", *drawn, *([""] if drawn else [])]


def _agents(process: Process, language: Language) -> list[str]:
    if not process.agents:
        return [say("no_agents", language), ""]
    rows = [
        [
            one.agent, f"{one.days_n:,}", f"{one.attempts_n:,}", f"{one.connected_n:,}",
            hundredths(one.attempts_per_hour_centi),
            f"{one.idle_hours_n:,} / {one.hours_n:,}", str(one.longest_gap_median_min), share_text(one.load_cv_ppm, language),
            say(one.far, language) if one.far else "",
        ]
        for one in agents_shown(process, len(process.agents))
    ]  # fmt: skip
    head = ["agent", "days", "attempts", "connected", "per_hour", "idle_hours", "gap", "load_cv", "far"]
    day = agent_day_text(process, str(process.agent_day), language)
    told = _table("agents", head, rows, language, AGENTS_SHOWN)
    return [*told[:1], agents_lead(process, language), day, *told[1:], say("agents_note", language), ""]


def _hours(process: Process, language: Language) -> list[str]:
    rows = [
        [
            say("hour", language, hour=one.hour), f"{one.planned_n:,}", f"{one.made_n:,}", f"{one.calls_planned_n:,}",
            f"{one.calls_made_n:,}",
        ]
        for one in process.hours
    ]  # fmt: skip
    return [say("t_hours", language), *_aligned(rows)] if rows else []


def _table(
    title: str, head: Sequence[str], rows: Sequence[Sequence[str]], language: Language, shown: int, **values: object
) -> list[str]:
    told = [say(title, language, **values), *_aligned([[say(key, language) for key in head], *rows[:shown]])]
    return [*told, f"  {say('more', language, n=len(rows) - shown)}"] if len(rows) > shown else told


def _aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """Columns side by side: the first to the left, numbers to the right, words to the left."""
    widths = [max(_width(row[column]) for row in rows) for column in range(len(rows[0]))]
    right = [column > 0 and all(_numeric(row[column]) for row in rows[1:] or rows) for column in range(len(rows[0]))]
    return [
        "  " + "  ".join(
            " " * (width - _width(text)) + text if at_right else text + " " * (width - _width(text))
            for text, width, at_right in zip(row, widths, right, strict=True)
        ).rstrip()
        for row in rows
    ]  # fmt: skip


def _numeric(text: str) -> bool:
    return text == NOTHING or text.lstrip(f">{MINUS} ")[:1].isdigit()


def _width(text: str) -> int:
    """Columns on a terminal; Chinese signs take two."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)
