"""The day in sentences, the same for terminal and page."""

from __future__ import annotations

from arrears.money import format_minor
from arrears.report import figures
from arrears.report.figures import Language
from arrears.report.of_supervision import Supervision
from arrears.report.summary import Look, Summary, ratio_ppm
from arrears.report.words import bucket_days, say


def look_text(look: Look, summary: Summary, language: Language) -> str:
    """Why an account is worth looking at."""
    return say(
        f"look_{look.kind}", language, before=bucket_days(look.before, language), after=bucket_days(look.after, language),
        amount=figures.money(look.amount_minor, summary.currency, language), n=figures.count(look.refused_n),
    )  # fmt: skip


def charges_text(found: Supervision, language: Language) -> str:
    """What supervision found, in one sentence."""
    amounts = ", ".join(format_minor(one.over_minor, one.currency) for one in found.blocked)
    count = figures.count
    return say(
        "charges_text", language, charges=count(found.charges_n - found.not_checkable_n),
        not_checkable=count(found.not_checkable_n), open=count(found.open_n), accounts=count(found.accounts_n),
        over=say("charges_over_in", language, amounts=amounts) if amounts else "", cleared=count(found.cleared_n),
    )  # fmt: skip


def lead(summary: Summary, language: Language) -> tuple[str, str, str]:
    """The day in three sentences: the book, what moved, what will be done."""
    today, flow = summary.today, summary.flow
    count = figures.count
    return (
        say(
            "lead_book", language, accounts=count(today.accounts_n),
            balance=figures.money(today.balance_minor, summary.currency, language),
            past_due_accounts=count(today.past_due_accounts_n),
            past_due_share=figures.percent(ratio_ppm(today.past_due_accounts_n, today.accounts_n), language, 1),
            past_due=figures.money(today.past_due_minor, summary.currency, language),
        ),
        say("lead_day", language, entered=count(today.entered_n), cured=count(today.cured_n), forward=count(today.forward_n)),
        say(
            "lead_plan", language, due=count(flow.customers_due_n), contacts=count(flow.chosen_n),
            contacted=count(flow.customers_contacted_n), refused=count(flow.refused_n), candidates=count(flow.candidates_n),
        ) if flow.candidates_n else say("lead_empty", language),
    )  # fmt: skip
