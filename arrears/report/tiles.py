"""The headline's key figures, each with its change since yesterday."""

from __future__ import annotations

from dataclasses import dataclass

from arrears.report import figures
from arrears.report.figures import Language
from arrears.report.summary import Summary
from arrears.report.words import say


@dataclass(frozen=True)
class Tile:
    """A key figure: what it is, its value, and how it changed."""

    label: str
    value: str
    change: str


def tiles(summary: Summary, language: Language) -> tuple[Tile, ...]:
    """The key figures in order."""
    today, yesterday, currency = summary.today, summary.yesterday, summary.currency

    def counted(key: str, field: str) -> Tile:
        now = getattr(today, field)
        change = figures.signed(now - getattr(yesterday, field)) if yesterday else ""
        return Tile(say(key, language), figures.count(now), _since(change, language))

    def owed(key: str, field: str) -> Tile:
        now = getattr(today, field)
        change = figures.money_change(now - getattr(yesterday, field), currency, language) if yesterday else ""
        return Tile(say(key, language), figures.money(now, currency, language), _since(change, language))

    def happened(key: str, field: str) -> Tile:
        """Something of the day: yesterday's number beside it, since a change of it says little."""
        was = say("yesterday_was", language, n=figures.count(getattr(yesterday, field))) if yesterday else _since("", language)
        return Tile(say(key, language), figures.count(getattr(today, field)), was)

    return (
        counted("accounts", "accounts_n"),
        counted("customers", "customers_n"),
        owed("balance", "balance_minor"),
        _npl(summary, language),
        counted("past_due_accounts", "past_due_accounts_n"),
        owed("past_due_balance", "past_due_balance_minor"),
        owed("past_due_minor", "past_due_minor"),
        happened("entered", "entered_n"),
        happened("cured", "cured_n"),
        happened("forward", "forward_n"),
        Tile(
            say("contacts_today", language),
            figures.count(summary.flow.chosen_n),
            say("to_customers", language, n=figures.count(summary.flow.customers_contacted_n)),
        ),
        happened("quarantined", "quarantined_n"),
    )


def _npl(summary: Summary, language: Language) -> Tile:
    now = summary.today.npl.stricter_ppm
    was = summary.yesterday.npl.stricter_ppm if summary.yesterday else None
    change = figures.points(now - was, language) if now is not None and was is not None else ""
    return Tile(
        say("npl_tile", language),
        figures.percent(now, language),
        _since(change, language),
    )


def _since(change: str, language: Language) -> str:
    return say("since_yesterday", language, change=change) if change else say("no_yesterday", language)
