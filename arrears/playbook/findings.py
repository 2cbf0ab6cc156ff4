"""What a check found: where, what, and what to do; an error stops the playbook, a warning does not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from arrears.errors import PlaybookError
from arrears.playbook.source import Path_, Source
from arrears.saying import in_one_line, said


@dataclass(frozen=True)
class Finding:
    """One thing found at `where` (file:line)."""

    level: Literal["error", "warning"]
    where: str
    what: str
    remedy: str

    def line(self, language: str = "en") -> str:
        level = said("error") if self.level == "error" else said("warning")
        return in_one_line(self.where, said("{level}: {what}", level=level, what=self.what), self.remedy, language)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def error(source: Source, path: Path_, what: str, remedy: str) -> Finding:
    return Finding("error", source.where(path), what, remedy)


def warning(source: Source, path: Path_, what: str, remedy: str) -> Finding:
    return Finding("warning", source.where(path), what, remedy)


def raise_first(findings: Sequence[Finding]) -> None:
    """Raise the first error, with a word on how many more there are."""
    errors = [finding for finding in findings if finding.level == "error"]
    if errors:
        remedy = errors[0].remedy
        if len(errors) > 1:
            remedy = said("{remedy} ({n} more: arrears playbook check)", remedy=remedy, n=len(errors) - 1)
        raise PlaybookError(errors[0].what, where=errors[0].where, remedy=remedy)
