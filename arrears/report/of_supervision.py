"""What supervision found of a day's charges: what was checked, what could not be, and what is over by which rule."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import duckdb

from arrears.day.workspace import Workspace
from arrears.law import Pack
from arrears.report.tables import table
from arrears.supervise.columns import CHARGES, FINDING_KEY, FINDINGS
from arrears.supervise.words import RULE_WORDS


@dataclass(frozen=True)
class Checked:
    """Charges of one kind: `over_n` above the product's terms, `below_n` below them or not charged at all."""

    charge: str
    charges_n: int
    charged_minor: int
    """In the currencies as they come; a bank of several currencies reads the findings."""
    over_n: int
    below_n: int
    not_checkable_n: int


@dataclass(frozen=True)
class NotCheckable:
    """Charges that could not be recomputed, by kind and reason (`supervise.columns.REASONS`)."""

    charge: str
    reason: str
    charges_n: int


@dataclass(frozen=True)
class Broken:
    """Open findings of one rule and currency."""

    rule: str
    title_en: str
    title_zh: str
    currency: str
    open_n: int
    found_today_n: int
    over_minor: int


@dataclass(frozen=True)
class Blocked:
    """What is blocked in one currency: accounts, charges, and what is over in all (each charge by its worst rule)."""

    currency: str
    accounts_n: int
    charges_n: int
    over_minor: int


@dataclass(frozen=True)
class Supervision:
    """Supervision of one day."""

    checked: tuple[Checked, ...]
    not_checkable: tuple[NotCheckable, ...]
    broken: tuple[Broken, ...]
    """Open at the end of the day; most findings first."""
    blocked: tuple[Blocked, ...]
    cleared_n: int
    """Findings cleared on the day."""

    @property
    def charges_n(self) -> int:
        return sum(one.charges_n for one in self.checked)

    @property
    def not_checkable_n(self) -> int:
        return sum(one.charges_n for one in self.not_checkable)

    @property
    def open_n(self) -> int:
        return sum(one.open_n for one in self.broken)

    @property
    def accounts_n(self) -> int:
        return sum(one.accounts_n for one in self.blocked)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def supervision(con: duckdb.DuckDBPyConnection, workspace: Workspace, day: date, packs: Iterable[Pack]) -> Supervision | None:
    """What supervision found on the day; None where the day was run before there was any."""
    if workspace.manifest("supervise", day) is None:
        return None
    checks, found = (table(workspace, "supervise", day, name) for name in ("checks", "findings"))
    checked = con.execute(
        "SELECT charge, count(*), CAST(sum(charged_minor) AS BIGINT), count(*) FILTER (WHERE difference_minor > 0), "
        "count(*) FILTER (WHERE difference_minor < 0), count(*) FILTER (WHERE not_checkable <> '') "
        f"FROM {checks} GROUP BY charge"
    ).fetchall()
    reasons = con.execute(
        f"SELECT charge, not_checkable, count(*) FROM {checks} WHERE not_checkable <> '' GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    broken = con.execute(
        "SELECT rule, currency, count(*), count(*) FILTER (WHERE found_date = ?), "
        "CAST(sum(over_minor - reversed_minor) AS BIGINT) "
        f"FROM {found} WHERE cleared_date IS NULL GROUP BY ALL ORDER BY 3 DESC, 1, 2", [day]
    ).fetchall()  # fmt: skip
    worst = (
        "SELECT account_id, currency, max(over_minor - reversed_minor) AS over_minor "
        f"FROM {found} WHERE cleared_date IS NULL GROUP BY account_id, currency, posted_date, charge, transaction_id"
    )
    blocked = con.execute(
        "SELECT currency, count(DISTINCT account_id), count(*), CAST(sum(over_minor) AS BIGINT) "
        f"FROM ({worst}) GROUP BY currency ORDER BY currency"
    ).fetchall()
    cleared = con.execute(f"SELECT count(*) FROM {found} WHERE cleared_date IS NOT NULL").fetchall()
    titles = rule_titles(packs, day)
    return Supervision(
        checked=tuple(Checked(*row) for row in sorted(checked, key=lambda row: CHARGES.index(row[0]))),
        not_checkable=tuple(NotCheckable(*row) for row in reasons),
        broken=tuple(Broken(rule, *titles.get(rule, ("", "")), *rest) for rule, *rest in broken),
        blocked=tuple(Blocked(*row) for row in blocked),
        cleared_n=int(cleared[0][0]),
    )


def open_findings(con: duckdb.DuckDBPyConnection, workspace: Workspace, day: date) -> list[dict[str, Any]]:
    """Every finding open at the end of the day with its correcting entry, in order of account."""
    found = table(workspace, "supervise", day, "findings")
    rows = con.execute(
        f"SELECT {', '.join(FINDINGS)} FROM {found} WHERE cleared_date IS NULL ORDER BY {', '.join(FINDING_KEY)}"
    ).fetchall()
    return [dict(zip(FINDINGS, row, strict=True)) for row in rows]


def rule_titles(packs: Iterable[Pack], day: date) -> dict[str, tuple[str, str]]:
    """The titles of supervision's own rules and of the packs', in English and Chinese."""
    laws = {rule.id: (rule.title.en, rule.title.zh) for pack in packs for rule in pack.rules_in_force(day)}
    return RULE_WORDS | laws
