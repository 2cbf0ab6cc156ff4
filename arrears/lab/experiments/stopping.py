"""When to stop: harm at once, success when it is sure, the end when nothing that matters can be there or it was planned."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from arrears.lab.experiments.measures import MEASURES, ROWS_MIN, Effect
from arrears.lab.experiments.words import Language

Verdict = Literal["stop_harm", "success", "works", "no_difference", "planned_end", "too_early", "go_on"]
HARM = ("recovered", "complaints")
"""Measures in which an arm that is surely worse is stopped."""
CHAMPION, HOLDOUT = "champion", "holdout"

_WORDS: dict[str, tuple[str, str]] = {
    "stop_harm": (
        "stop {arm}: surely worse than {against} in {measures}, at whatever day one looks",
        "停止 {arm}：{measures} 确定劣于 {against}，任何一天查看均成立",
    ),
    "success": (
        "{arm} may end as a success: it surely recovers more than {against} and shows no harm",
        "{arm} 可宣告成功：回收确定高于 {against}，且未见损害",
    ),
    "works": (
        "{arm}: the work pays, it surely recovers more than {against} and shows no harm",
        "{arm}：催收有效，回收确定高于 {against}，且未见损害",
    ),
    "no_difference": (
        "{arm} may end: whatever it changes in money recovered is smaller than {smallest} a customer",
        "{arm} 可结束：其对回收的影响小于每户 {smallest}，无实际意义",
    ),
    "planned_end": (
        "{arm}: the planned end, {end}, is reached; decide by the intervals for one look",
        "{arm}：已到计划结束日 {end}，请按单次查看区间作出决定",
    ),
    "too_early": (
        "{arm}: too early, fewer than {least} customers of an arm have been seen for the whole window",
        "{arm}：为时尚早，某组观察满窗口期的客户不足 {least} 人",
    ),
    "go_on": ("{arm}: go on, nothing is sure yet", "{arm}：继续，尚无确定结论"),
}


@dataclass(frozen=True)
class Decision:
    """What the rules say of one arm today."""

    arm: str
    against: str
    verdict: Verdict
    facts: Mapping[str, str]
    measures: tuple[str, ...] = ()

    def text(self, language: Language) -> str:

        names = {one.key: (one.en, one.zh)[language == "zh"] for one in MEASURES}
        listed = ("、" if language == "zh" else ", ").join(names[key] for key in self.measures)
        return _WORDS[self.verdict][language == "zh"].format(
            arm=self.arm, against=self.against, measures=listed, **self.facts
        )  # fmt: skip

    def as_json(self) -> dict[str, Any]:
        return {
            "arm": self.arm, "against": self.against, "verdict": self.verdict, "measures": list(self.measures), **self.facts,
            "text_en": self.text("en"), "text_zh": self.text("zh"),
        }  # fmt: skip


def decided(
    arm: str, against: str, effects: tuple[Effect, ...], sure: tuple[Effect, ...], matured_n: int, *, day: date,
    smallest_minor: int | None, planned_end: date | None,
) -> Decision:  # fmt: skip
    """The first rule that holds: harm, too early, success, no difference that matters, the planned end; else go on.

    Harm is judged at 95 % for each measure, for stopping early costs little; success by `sure`, the same intervals at 95 % for
    all arms together, for adopting a strategy costs much.
    """
    harmed = tuple(one.measure.key for one in effects if one.measure.key in HARM and one.bad)
    if harmed:
        return Decision(arm, against, "stop_harm", {}, harmed)
    if matured_n < ROWS_MIN:
        return Decision(arm, against, "too_early", {"least": str(ROWS_MIN)})
    money = next((one for one in sure if one.measure.key == "recovered"), None)
    if money is not None and money.good:
        return Decision(arm, against, "works" if arm == CHAMPION else "success", {})
    return _end(arm, against, effects, day=day, smallest_minor=smallest_minor, planned_end=planned_end)


def _end(
    arm: str, against: str, effects: tuple[Effect, ...], *, day: date, smallest_minor: int | None, planned_end: date | None
) -> Decision:
    told = next((one for one in effects if one.measure.key == "recovered"), None)
    if arm == CHAMPION:  # it has no end
        return Decision(arm, against, "go_on", {})
    if smallest_minor is not None and told is not None and -smallest_minor < told.low and told.high < smallest_minor:
        return Decision(arm, against, "no_difference", {"smallest": str(smallest_minor)})
    if planned_end is not None and day >= planned_end:
        return Decision(arm, against, "planned_end", {"end": planned_end.isoformat()})
    return Decision(arm, against, "go_on", {})
