"""A finding, and the list of a day: dumb data, and how it is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from arrears.conduct.thresholds import SEVERITIES, Severity
from arrears.conduct.words import ISSUER, PATTERNS, SEVERITY_WORDS, SUBJECT_WORDS

EVIDENCE_MAX = 20
"""Contacts named with a finding, the newest first."""
EVIDENCE_SHOWN = 5

Language = Literal["en", "zh"]
SubjectKind = Literal["customer", "debt", "contact_point", "agent", "company"]


@dataclass(frozen=True)
class Peers:
    """One agent or company against those who worked the same stages. Rates are basis points, p and q probabilities."""

    chances: int
    """Contacts, conversations or customers that could have ended so."""
    rate_bp: int
    peers_rate_bp: int
    """What the subject's rate would be with the others' rates, stage by stage."""
    peers_n: int
    p: float
    """Probability of at least so many if the subject were as the others: exact, given the totals of each stage."""
    q: float
    """The false discovery rate at which the finding is listed (Benjamini-Hochberg)."""


@dataclass(frozen=True)
class Finding:
    """One conspicuous pattern of one subject. Ids only, no personal data."""

    pattern: str
    severity: Severity
    subject_kind: SubjectKind
    subject: str
    customer_id: str
    """The customer concerned; empty where the subject is an agent or a company."""
    rule: str
    """Id of the law's rule, where the pattern is about one."""
    window_days: int
    first_date: date | None
    """Local date of the first contact counted."""
    last_date: date | None
    count: int
    threshold: int
    """What the count is held against: the most not listed, or the rule's cap. For peers, the expected count, rounded up."""
    since: date | None = None
    """The day of the refusal, request or complaint the contacts are about."""
    planned: int = 0
    """Contacts with the customer in the plan of the date."""
    peers: Peers | None = None
    evidence: tuple[str, ...] = ()
    """Event ids of the contacts, at most `EVIDENCE_MAX`, the newest first."""

    def as_json(self) -> dict[str, Any]:
        words = PATTERNS[self.pattern]
        return {
            "pattern": self.pattern, "severity": self.severity, "title_en": words.title_en, "title_zh": words.title_zh,
            "subject_kind": self.subject_kind, "subject": self.subject, "customer_id": self.customer_id, "rule": self.rule,
            "window_days": self.window_days, "first_date": self.first_date, "last_date": self.last_date, "count": self.count,
            "threshold": self.threshold, "since": self.since, "planned": self.planned,
            "peers": None if self.peers is None else dict(self.peers.__dict__), "evidence": list(self.evidence),
            "do_en": words.do_en, "do_zh": words.do_zh,
        }  # fmt: skip

    def line(self, language: Language) -> str:
        """The subject with its numbers, in one line."""
        zh = language == "zh"
        kind = SUBJECT_WORDS[self.subject_kind][zh]
        subject = self.subject or ISSUER[zh]
        parts = [f"{kind} {subject}"]
        if self.customer_id and self.customer_id != self.subject:
            parts.append(f"{SUBJECT_WORDS['customer'][zh]} {self.customer_id}")
        if self.rule:
            parts.append(self.rule)
        parts.append(self._peers_told(zh) if self.peers else self._count_told(zh))
        if self.since:
            parts.append(f"自 {self.since} 起" if zh else f"since {self.since}")
        if self.planned:
            parts.append(f"今日计划中还有 {self.planned} 次" if zh else f"{self.planned} more in the plan")
        if self.evidence:
            more = self.count - EVIDENCE_SHOWN
            shown = " ".join(self.evidence[:EVIDENCE_SHOWN])
            parts.append(shown + (f" (+{more})" if more > 0 else ""))
        return ("，" if zh else ", ").join(parts)

    def _count_told(self, zh: bool) -> str:
        dates = "" if self.first_date is None else f" ({self.first_date} .. {self.last_date})"
        limit = f"，界限 {self.threshold}" if zh else f" against {self.threshold}"
        limit = limit if self.threshold else ""
        if zh:
            return f"{self.window_days} 天内 {self.count} 次{limit}{dates}"
        return f"{self.count} in {self.window_days} day{'s' * (self.window_days > 1)}{limit}{dates}"

    def _peers_told(self, zh: bool) -> str:
        peers = self.peers
        assert peers is not None  # noqa: S101 - the caller looked
        rate, others = f"{peers.rate_bp / 100:.2f}%", f"{peers.peers_rate_bp / 100:.2f}%"
        if zh:
            return (
                f"{self.window_days} 天内 {peers.chances} 次中 {self.count} 次（{rate}），"
                f"同侪 {peers.peers_n} 个为 {others}，p={peers.p:.2g}，q={peers.q:.2g}"
            )
        return (
            f"{self.count} of {peers.chances} in {self.window_days} days ({rate}), {peers.peers_n} peers {others}, "
            f"p={peers.p:.2g}, q={peers.q:.2g}"
        )


@dataclass(frozen=True)
class Conduct:
    """The list of one day."""

    day: date
    findings: tuple[Finding, ...]
    """Severest first, then by pattern, then by count."""
    found: Mapping[str, int]
    """Pattern to findings in all, listed or not."""
    judged: int
    """Contacts delivered with the day that were held against the law."""
    late: int
    """Contacts delivered too late to be judged."""
    unread: int = 0
    """Contacts outside or close to the law beyond what is read of a shard."""
    compared: Mapping[str, int] = field(default_factory=dict)
    """Pattern to agents and companies that had enough contacts to be compared."""

    @property
    def breaches_n(self) -> int:
        return sum(self.found.get(one, 0) for one in {f.pattern for f in self.findings if f.severity == SEVERITIES[0]})

    def as_json(self) -> dict[str, Any]:
        return {
            "date": self.day, "breaches": self.breaches_n, "judged": self.judged, "late": self.late,
            "unread": self.unread,
            "found": dict(self.found), "compared": dict(self.compared),
            "findings": [finding.as_json() for finding in self.findings],
        }  # fmt: skip

    def lines(self, language: Language) -> list[str]:
        """The list as text: a heading for each pattern, what to do, and a line for each finding."""
        zh = language == "zh"
        shown = [
            f"{self.day}：已按法规复核 {self.judged:,} 次联系，发现 {sum(self.found.values()):,} 项" if zh
            else f"{self.day}: {self.judged:,} contacts held against the law, {sum(self.found.values()):,} findings"
        ]  # fmt: skip
        for pattern in dict.fromkeys(finding.pattern for finding in self.findings):
            mine = [finding for finding in self.findings if finding.pattern == pattern]
            words, total = PATTERNS[pattern], self.found[pattern]
            title, do = (words.title_zh, words.do_zh) if zh else (words.title_en, words.do_en)
            listed = f"{len(mine):,} listed" if not zh else f"列出 {len(mine):,}"
            count = f"{total:,}" if total == len(mine) else f"{total:,}{'，' if zh else ', '}{listed}"
            shown += ["", f"[{SEVERITY_WORDS[mine[0].severity][zh]}] {title} ({count})"]
            shown.append(("  处置：" if zh else "  to do: ") + do)
            shown += [f"  {finding.line(language)}" for finding in mine]
        return shown


def in_order(findings: list[Finding]) -> tuple[Finding, ...]:
    """Severest first, then by pattern as the words list them, then by count, subject and rule."""
    patterns = list(PATTERNS)
    return tuple(
        sorted(
            findings,
            key=lambda one: (
                SEVERITIES.index(one.severity), patterns.index(one.pattern), -one.count, one.window_days, one.subject, one.rule,
            ),
        )
    )  # fmt: skip
