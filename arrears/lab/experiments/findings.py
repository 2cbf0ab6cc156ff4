"""Something a reader must know about the data: what, how grave, and the numbers. Its words are in `words`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from arrears.lab.experiments.estimates import plain
from arrears.lab.experiments.words import FINDINGS, Language

Severity = Literal["warning", "note"]


class Both(NamedTuple):
    """A word of a finding in both languages."""

    en: str
    zh: str


@dataclass(frozen=True)
class Finding:
    """`kind` is a key of `words.FINDINGS`; a warning may overturn the result, a note is good to know."""

    kind: str
    severity: Severity
    facts: Mapping[str, Any]

    def text(self, language: Language) -> str:
        """The finding as a sentence."""
        shown = {name: _shown(value, language) for name, value in self.facts.items()}
        return FINDINGS[self.kind][language == "zh"].format(**shown)

    def as_json(self) -> dict[str, Any]:
        facts = {name: _plain(value) for name, value in self.facts.items()}
        return {
            "kind": self.kind, "severity": self.severity, **facts, "text_en": self.text("en"), "text_zh": self.text("zh"),
        }  # fmt: skip


def warning(kind: str, **facts: Any) -> Finding:
    return Finding(kind, "warning", facts)


def note(kind: str, **facts: Any) -> Finding:
    return Finding(kind, "note", facts)


def p_text(p: float) -> str:
    """A p-value as people read it."""
    if p != p:  # noqa: PLR0124 - not a number
        return "-"
    return "< 1e-300" if p == 0 else f"{p:.2g}"


def _shown(value: Any, language: Language) -> str:
    if isinstance(value, Both):
        return value[language == "zh"]
    if isinstance(value, Mapping):
        return ("，" if language == "zh" else ", ").join(f"{name} {_shown(inner, language)}" for name, inner in value.items())
    if isinstance(value, list | tuple):
        return ("、" if language == "zh" else ", ").join(_shown(inner, language) for inner in value)
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value:.3g}" if isinstance(value, float) else str(value)


def _plain(value: Any) -> Any:
    if isinstance(value, Both):
        return value.en
    if isinstance(value, Mapping):
        return {str(name): _plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return plain(value)
