"""What changed in the law: between two dates, or between two packs, rule by rule and key by key.

Packs come in, changes go out as plain data and as words in both languages. Nothing is judged here: which contacts a change
touches is `arrears.day.touching`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from arrears.errors import LawError
from arrears.law.model import Pack, Rule
from arrears.law.words import Language, Text

What = Literal["added", "removed", "changed", "begins", "ends", "between"]
"""A rule is only in the new packs, only in the old ones, or in both and different; on a date it comes into force, goes out of
force, is another version than on the other date, or was in force only in between."""

_WORDS: dict[What, tuple[str, str, str]] = {
    "added": ("+", "added", "新增"),
    "removed": ("-", "removed", "删除"),
    "changed": ("~", "changed", "变更"),
    "begins": ("+", "in force now", "生效"),
    "ends": ("-", "no longer in force", "失效"),
    "between": (".", "in force in between only", "仅在期间有效"),
}  # fmt: skip

EVER = date(1900, 1, 1)
"""First day of a rule that `standing_on` makes hold on every day."""


@dataclass(frozen=True)
class KeyChange:
    """One key of a rule or pack: `params.max`, what it was and what it is."""

    key: str
    old: Any
    new: Any

    def line(self) -> str:
        return f"{self.key}: {_value(self.old)} -> {_value(self.new)}"


@dataclass(frozen=True)
class RuleChange:
    """What happened to one rule; a pack's own keys change under an empty `rule`."""

    pack: str
    rule: str
    title: Text
    what: What
    from_date: date | None = None
    """First day in force, of the rule as it is now or last was."""
    to_date: date | None = None
    keys: tuple[KeyChange, ...] = ()
    examples_added: int = 0
    examples_removed: int = 0

    def as_json(self) -> dict[str, Any]:
        return {
            "pack": self.pack, "rule": self.rule, "title_en": self.title.en, "title_zh": self.title.zh, "what": self.what,
            "from": self.from_date, "to": self.to_date,
            "keys": [{"key": one.key, "old": one.old, "new": one.new} for one in self.keys],
            "examples_added": self.examples_added, "examples_removed": self.examples_removed,
        }  # fmt: skip

    def lines(self, language: Language) -> list[str]:
        """One line, and one more for each key and for the examples."""
        zh = language == "zh"
        sign, en, cn = _WORDS[self.what]
        dates = self._dates(zh)
        name = self.rule or (f"规则包 {self.pack}" if zh else f"pack {self.pack}")
        head = f"{sign} {name}  {cn if zh else en}{dates}" + (f"：{self.title.zh}" if zh else f": {self.title.en}")
        return [head, *(f"    {one.line()}" for one in self.keys), *self._examples(zh)]

    def _examples(self, zh: bool) -> list[str]:
        counts = [(self.examples_added, "added", "新增"), (self.examples_removed, "removed", "删除")]
        said = [f"{n} 个示例{chinese}" if zh else f"{n} examples {english}" for n, english, chinese in counts if n]
        return ["    " + ("，" if zh else ", ").join(said)] if said else []

    def _dates(self, zh: bool) -> str:
        if self.what not in ("begins", "ends", "between"):
            return ""
        first = f"自 {self.from_date}" if zh else f"from {self.from_date}"
        last = f"至 {self.to_date}" if zh else f"until {self.to_date}"
        told = {"begins": first, "ends": last, "between": f"{first} {last}"}[self.what]
        return f"（{told}）" if zh else f" ({told})"


def compared(old: Sequence[Pack], new: Sequence[Pack]) -> tuple[RuleChange, ...]:
    """What is different in `new`, by rule id; a rule may have moved from one pack to another without a change.

    Versions of a rule are held against each other by their first day, or where there is one on each side.
    """
    before, after = _versions(old), _versions(new)
    found: list[RuleChange] = []
    for rule_id in sorted({*before, *after}):
        pairs = _paired(before.get(rule_id, []), after.get(rule_id, []))
        found += [change for was, now in pairs if (change := _rule_change(was, now)) is not None]
    return (*_pack_changes(old, new), *found)


def between(packs: Sequence[Pack], first: date, second: date) -> tuple[RuleChange, ...]:
    """What is different on `second` from `first`, by rule id; raises `LawError` where `second` is earlier."""
    if second < first:
        raise LawError(f"{second} lies before {first}", where="dates", remedy="give the earlier date first")
    found: list[RuleChange] = []
    for _, versions in sorted(_versions(packs).items()):
        was = next((one for one in versions if one[1].in_force(first)), None)
        now = next((one for one in versions if one[1].in_force(second)), None)
        if was is not None and now is not None:
            change = None if was is now else _rule_change(was, now)
            found += [] if change is None else [change]
        elif now is not None:
            found.append(_dated(now, "begins"))
        elif was is not None:
            found.append(_dated(was, "ends"))
        else:
            found += [_dated(one, "between") for one in versions if _held_between(one[1], first, second)]
    return tuple(found)


def _held_between(rule: Rule, first: date, second: date) -> bool:
    began = rule.enabled and rule.from_date is not None and first < rule.from_date
    return began and rule.to_date is not None and rule.to_date < second


def standing_on(packs: Sequence[Pack], day: date) -> tuple[Pack, ...]:
    """The packs as they stand on `day`, whatever date they are then asked about: only the rules in force, for ever."""
    return tuple(
        pack.with_rules(
            tuple(rule.model_copy(update={"from_date": EVER, "to_date": None}) for rule in pack.rules_in_force(day)),
            f"as on {day}",
        )
        for pack in packs
    )


def told(changes: Sequence[RuleChange], language: Language) -> list[str]:
    """Every change in words, then how many there are; one sentence where there is none."""
    zh = language == "zh"
    if not changes:
        return ["没有差异" if zh else "no differences"]
    lines = [line for change in changes for line in change.lines(language)]
    counts = {what: sum(change.what == what for change in changes) for what in _WORDS}
    parts = [f"{_WORDS[what][2]} {n}" if zh else f"{n} {_WORDS[what][1]}" for what, n in counts.items() if n]
    if zh:
        return [*lines, f"共 {len(changes)} 处差异：{'，'.join(parts)}"]
    return [*lines, f"{len(changes)} difference{'s' if len(changes) > 1 else ''}: {', '.join(parts)}"]


Version = tuple[Pack, Rule]


def _versions(packs: Sequence[Pack]) -> dict[str, list[Version]]:
    """Rule id to its versions, earliest first."""
    found: dict[str, list[Version]] = {}
    for pack in packs:
        for rule in pack.rules:
            found.setdefault(rule.id, []).append((pack, rule))
    return {rule_id: sorted(versions, key=lambda one: one[1].from_date or date.min) for rule_id, versions in found.items()}


def _paired(before: list[Version], after: list[Version]) -> list[tuple[Version | None, Version | None]]:
    if len(before) == 1 and len(after) == 1:
        return [(before[0], after[0])]
    was, now = ({one[1].from_date: one for one in versions} for versions in (before, after))
    return [(was.get(day), now.get(day)) for day in sorted({*was, *now}, key=lambda day: day or date.min)]


def _dated(version: Version, what: What) -> RuleChange:
    pack, rule = version
    return RuleChange(pack.id, rule.id, rule.title, what, rule.from_date, rule.to_date)


def _rule_change(was: Version | None, now: Version | None) -> RuleChange | None:
    if was is None or now is None:
        version = now or was
        assert version is not None  # noqa: S101  a pair has one side at least
        return _dated(version, "removed" if now is None else "added")
    (_, old), (pack, new) = was, now
    keys = _key_changes(_flat(_rule_keys(old)), _flat(_rule_keys(new)))
    olds, news = ([repr(_plain(one.model_dump(mode="json"))) for one in rule.examples] for rule in (old, new))
    added, removed = (sum(example not in others for example in some) for some, others in ((news, olds), (olds, news)))
    if not keys and not added and not removed:
        return None
    return RuleChange(pack.id, new.id, new.title, "changed", new.from_date, new.to_date, keys, added, removed)


def _rule_keys(rule: Rule) -> dict[str, Any]:
    """Everything of a rule but its examples, the parameters with what is left out filled in."""
    data = rule.model_dump(mode="json", by_alias=True, exclude={"params", "examples", "id"})
    return data | {"params": rule.params.model_dump(mode="json")}


def _pack_changes(old: Sequence[Pack], new: Sequence[Pack]) -> list[RuleChange]:
    """Packs that are there on both sides and whose own keys differ."""
    after = {pack.id: pack for pack in new}
    found = []
    for pack in old:
        now = after.get(pack.id)
        if now is None or now is pack:
            continue
        keys = _key_changes(*(_flat(one.model_dump(mode="json", exclude={"rules", "content_hash"})) for one in (pack, now)))
        if keys:
            found.append(RuleChange(pack.id, "", now.title, "changed", keys=keys))
    return found


def _key_changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[KeyChange, ...]:
    names = sorted({*old, *new})
    return tuple(KeyChange(name, old.get(name), new.get(name)) for name in names if old.get(name) != new.get(name))


def _flat(data: Mapping[str, Any], path: str = "") -> dict[str, Any]:
    """Nested mappings as dotted keys; lists are values."""
    found: dict[str, Any] = {}
    for key, value in data.items():
        name = f"{path}{key}"
        found |= _flat(value, f"{name}.") if isinstance(value, Mapping) else {name: _plain(value)}
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(inner) for key, inner in value.items()}
    return [_plain(inner) for inner in value] if isinstance(value, list | tuple) else value


def _value(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "true" if value else "false"
    return "[" + ", ".join(_value(one) for one in value) + "]" if isinstance(value, list) else str(value)
