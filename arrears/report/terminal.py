"""The summary as some forty lines for a terminal."""

from __future__ import annotations

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from arrears.process.telling import totals
from arrears.process.words import say as process_say
from arrears.report import figures
from arrears.report.figures import Language
from arrears.report.summary import Summary, Totals, ratio_ppm
from arrears.report.telling import charges_text, lead, look_text
from arrears.report.words import bucket_days, say

RULES_SHOWN, REASONS_SHOWN, SEGMENTS_SHOWN = 5, 3, 4
BAR = 24
"""Characters of the longest bar."""


def print_summary(summary: Summary, console: Console, language: Language = "en") -> None:
    """Print what happened, to whom, why, and where to look next."""
    bank = summary.bank_zh if language == "zh" else summary.bank_en
    console.print(f"[bold]{escape(bank)}[/bold]  {figures.long_date(summary.day, language)}", highlight=False)
    console.print()
    console.print(_headline(summary, language))
    console.print()
    console.print(_buckets(summary, language))
    console.print()
    console.print(_plan(summary, language))
    console.print()
    _lists(summary, console, language)
    console.print(f"[bold]{say('look', language)}[/bold]", highlight=False)
    for look in summary.looks:
        console.print(f"  {look_text(look, summary, language)}", highlight=False)
        console.print(f"    [cyan]{escape(look.command(summary.day))}[/cyan]", highlight=False, soft_wrap=True)
    console.print(f"  {say('t_page', language, day=summary.day)}", highlight=False)


def _headline(summary: Summary, language: Language) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(style="bold", no_wrap=True)
    table.add_column()
    book, _, plan = lead(summary, language)
    npl = summary.today.npl
    table.add_row(say("t_book", language), escape(book))
    table.add_row(
        "",
        say(
            "t_npl", language, npl=figures.percent(npl.stricter_ppm, language), card=figures.percent(npl.card_ppm, language),
            general=figures.percent(npl.general_ppm, language),
        ),
    )  # fmt: skip
    if summary.yesterday is not None:
        table.add_row("", f"[dim]{_change(summary, summary.yesterday, language)}[/dim]")
    moved = {key: figures.count(getattr(summary.today, f"{key}_n")) for key in ("entered", "cured", "forward")}
    table.add_row(say("t_today", language), say("t_moved", language, **moved))
    table.add_row(say("t_plan", language), plan)
    if summary.supervision is not None:
        table.add_row(say("t_charges", language), escape(charges_text(summary.supervision, language)))
    if summary.process is not None:
        found = {f"{key.removesuffix('_n')}": figures.count(number) for key, number in vars(totals(summary.process)).items()}
        table.add_row(process_say("t_process", language), process_say("t_summary", language, **found))
        table.add_row("", f"[dim]{process_say('t_whole', language, day=summary.day)}[/dim]")
    delivered = figures.count(summary.delivered_n)
    n = summary.today.quarantined_n
    fed = say("quarantine_caption", language, n=figures.count(n), delivered=delivered) if n else ""
    table.add_row(say("t_feed", language), fed or say("no_quarantine", language, delivered=delivered))
    return table


def _change(summary: Summary, yesterday: Totals, language: Language) -> str:
    now, was = summary.today.npl.stricter_ppm, yesterday.npl.stricter_ppm
    return say(
        "t_change", language,
        balance=figures.money_change(summary.today.balance_minor - yesterday.balance_minor, summary.currency, language),
        late=figures.signed(summary.today.past_due_accounts_n - yesterday.past_due_accounts_n),
        npl=figures.points(now - was, language) if now is not None and was is not None else figures.NOTHING,
    )  # fmt: skip


def _buckets(summary: Summary, language: Language) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column(say("dpd", language))
    table.add_column(say("accounts", language), justify="right")
    table.add_column(say("balance", language), justify="right")
    table.add_column(say("past_due_minor", language), justify="right")
    table.add_column(say("share_balance", language), justify="right")
    table.add_column("")
    largest = max((bucket.balance_minor for bucket in summary.buckets if bucket.bucket), default=0)
    for bucket in summary.buckets:
        # The bar leaves bucket 0 out: beside it no other could be seen.
        length = -(-BAR * bucket.balance_minor // largest) if largest and bucket.bucket else 0
        table.add_row(
            bucket_days(bucket.bucket, language),
            figures.count(bucket.accounts_n),
            figures.money(bucket.balance_minor, summary.currency, language),
            figures.money(bucket.past_due_minor, summary.currency, language),
            figures.percent(ratio_ppm(bucket.balance_minor, summary.today.balance_minor), language),
            f"[cyan]{'━' * length}[/cyan]",
        )
    return table


def _plan(summary: Summary, language: Language) -> Table:
    flow = summary.flow
    table = Table.grid(padding=(0, 3, 0, 0))
    for justify in ("left", "right", "left", "right"):
        table.add_column(justify=justify, no_wrap=True)
    by_channel: dict[str, int] = {}
    for work in summary.work:
        by_channel[work.channel] = by_channel.get(work.channel, 0) + work.contacts_n
    left = [
        ("flow_candidates", flow.candidates_n), ("flow_refused", flow.refused_n),
        ("flow_no_contact_point", flow.no_contact_point_n), ("flow_not_needed", flow.not_needed_n),
        ("flow_outranked", flow.outranked_n),
        *([("flow_charges_blocked", flow.charges_blocked_n)] if flow.charges_blocked_n else []),
        *([("flow_effort_elsewhere", flow.effort_elsewhere_n)] if flow.effort_elsewhere_n else []),
        ("flow_chosen", flow.chosen_n),
    ]  # fmt: skip
    right = sorted(by_channel.items(), key=lambda pair: (-pair[1], pair[0]))
    for place, (key, number) in enumerate(left):
        channel, contacts_n = right[place] if place < len(right) else ("", 0)
        indent = "" if place == 0 else "  "
        table.add_row(
            f"{indent}{say(key, language)}", figures.count(number),
            say(channel, language) if channel else "", figures.count(contacts_n) if channel else "",
        )  # fmt: skip
    return table


def _lists(summary: Summary, console: Console, language: Language) -> None:
    if summary.rules:
        _list(console, say("refusals", language), [
            (figures.count(rule.refused_n), f"{rule.rule_id}  {rule.title_zh if language == 'zh' else rule.title_en}")
            for rule in summary.rules
        ], RULES_SHOWN, language)  # fmt: skip
    busy = sorted((one for one in summary.segments if one.contacts_n), key=lambda one: (-one.contacts_n, one.segment_id))
    if busy:
        _list(console, say("t_busiest", language), [
            (
                figures.count(one.contacts_n),
                f"{(one.title_zh if language == 'zh' else one.title_en) or one.segment_id}"
                f" ({figures.count(one.customers_n)} {say('customers', language).lower()})",
            )
            for one in busy
        ], SEGMENTS_SHOWN, language)  # fmt: skip
    if summary.quarantine:
        _list(console, say("quarantine", language), [
            (figures.count(one.rows_n), f"{one.table}: {one.text_zh if language == 'zh' else one.text_en}")
            for one in summary.quarantine
        ], REASONS_SHOWN, language)  # fmt: skip


def _list(console: Console, title: str, rows: list[tuple[str, str]], shown: int, language: Language) -> None:
    console.print(f"[bold]{title}[/bold]", highlight=False)
    table = Table.grid(padding=(0, 2))
    table.add_column(justify="right", min_width=9)
    table.add_column(overflow="ellipsis", no_wrap=True)
    for number, text in rows[:shown]:
        table.add_row(number, escape(text))
    if len(rows) > shown:
        table.add_row("", f"[dim]{say('t_more', language, n=len(rows) - shown)}[/dim]")
    console.print(table)
    console.print()
