"""Supervision of rates and charges: `arrears supervise`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from arrears.cli.options import WORKSPACE_DEFAULT, AsJson, Day, Lang, Language, WorkspacePath, example
from arrears.cli.output import table_lines, tell_json

if TYPE_CHECKING:
    from arrears.report.of_supervision import Supervision

WORKSPACE = Path(WORKSPACE_DEFAULT)
OPEN = 1
"""Exit code where breaches are open."""

WORDS = {
    "checked": ("Charges recomputed on {day}", "{day} 复算的收费"),
    "charge": ("charge", "收费"), "n": ("charges", "笔数"), "over": ("over", "多收"), "below": ("below", "少收"),
    "unchecked": ("not checkable", "无法复算"),
    "none": ("No charge was posted and no statement issued.", "当日无收费入账，亦未出账单。"),
    "reasons": ("Not checkable", "无法复算"),
    "broken": ("Open breaches by rule", "未纠正的违规（按规则）"), "rule": ("rule", "规则"), "open": ("open", "未纠正"),
    "new": ("new today", "今日新增"), "amount": ("amount over", "多收金额"), "title": ("what", "内容"),
    "findings": ("Open breaches and the entries that correct them", "未纠正的违规及更正分录"),
    "account": ("account", "账户"), "posted": ("posted", "入账日"), "charged": ("charged", "已收"),
    "allowed": ("allowed", "应收上限"),
    "entry": ("correcting entry", "更正分录"),
    "clean": ("No breach is open.", "没有未纠正的违规。"),
    "blocked": (
        "{accounts} accounts are blocked: no contact asks for {amounts}. Cleared today: {cleared}.",
        "已冻结 {accounts} 个账户：任何联系均不要求支付 {amounts}。今日纠正 {cleared} 项。",
    ),
    "no_law": (
        "No rule of a law pack in force speaks of charges here: they were held against product and disclosure only.",
        "现行规则包中没有关于收费的规则：仅与产品约定和明示信息核对。",
    ),
}  # fmt: skip


def register(app: typer.Typer) -> None:
    """Hang the command into the program."""
    app.command(epilog=example("arrears supervise --date 2026-01-24", "arrears supervise --date 2026-01-24 --json"))(supervise)


def supervise(day: Day, workspace: WorkspacePath = WORKSPACE, lang: Language = Lang.en, json: AsJson = False) -> None:
    """Say which charges of a day that has run were wrong, and how each is corrected.

    Every interest, fee, late charge and minimum payment of the day was computed again and held against the product's terms, the
    law packs' caps and the rate disclosed. Exit code 0 if no breach is open at the end of the day, 1 if one is.
    """
    from arrears.bank import load_bank
    from arrears.day.past import packs_of
    from arrears.day.workspace import Workspace
    from arrears.report.of_supervision import open_findings, supervision
    from arrears.report.tables import reading
    from arrears.supervise.caps import speaks

    place = Workspace(workspace)
    place.require("supervise", day)
    manifest = place.manifest("supervise", day)
    packs = packs_of(place, day, load_bank(workspace / "bank.toml"), {} if manifest is None else manifest.inputs)
    with reading() as con:
        found = supervision(con, place, day, packs)
        rows = open_findings(con, place, day)
    assert found is not None  # noqa: S101  `require` has seen the step
    by_law = speaks(packs, day)
    if json:
        tell_json({"date": day, "law_speaks": by_law, **found.as_json(), "findings": rows})
    else:
        typer.echo("\n".join(_lines(found, rows, by_law=by_law, day=str(day), zh=lang is Lang.zh)))
    if found.open_n:
        raise typer.Exit(OPEN)


def _lines(found: Supervision, rows: list[dict[str, Any]], *, by_law: bool, day: str, zh: bool) -> Iterator[str]:
    from arrears.money import format_minor
    from arrears.supervise.words import CHARGE_WORDS, CORRECT_WORDS, REASON_WORDS

    def say(key: str, **values: object) -> str:
        return WORDS[key][zh].format(**values)

    yield say("checked", day=day)
    if not found.checked:
        yield "  " + say("none")
    else:
        head = [say(key) for key in ("charge", "n", "over", "below", "unchecked")]
        counted = [
            [CHARGE_WORDS[one.charge][zh], one.charges_n, one.over_n, one.below_n, one.not_checkable_n] for one in found.checked
        ]
        yield from _indented(head, counted)
    if found.not_checkable:
        yield from ("", say("reasons"))
        for reason in found.not_checkable:
            yield f"  {reason.charges_n:,} {CHARGE_WORDS[reason.charge][zh]}: {REASON_WORDS[reason.reason][zh]}"
    if not by_law:
        yield from ("", say("no_law"))
    if not rows:
        yield from ("", say("clean"))
        return
    yield from ("", say("broken"))
    yield from _indented([say(key) for key in ("rule", "open", "new", "amount", "title")], [
        [
            one.rule, one.open_n, one.found_today_n, format_minor(one.over_minor, one.currency),
            one.title_zh if zh else one.title_en,
        ]
        for one in found.broken
    ])  # fmt: skip
    yield from ("", say("findings"))
    columns = ("account", "posted", "charge", "rule", "charged", "allowed", "amount", "entry")
    yield from _indented([say(key) for key in columns], [
        [
            row["account_id"], str(row["posted_date"]), CHARGE_WORDS[row["charge"]][zh], row["rule"],
            *(format_minor(row[name], row["currency"]) for name in ("charged_minor", "allowed_minor", "over_minor")),
            CORRECT_WORDS[row["correct_kind"]][zh].format(
                amount=format_minor(row["correct_minor"] - row["reversed_minor"], row["currency"]), id=row["reverses_id"]
            ),
        ]
        for row in rows
    ])  # fmt: skip
    amounts = ", ".join(format_minor(one.over_minor, one.currency) for one in found.blocked)
    yield from ("", say("blocked", accounts=f"{found.accounts_n:,}", amounts=amounts, cleared=f"{found.cleared_n:,}"))


def _indented(head: list[str], rows: list[list[Any]]) -> list[str]:
    return [f"  {line}" for line in table_lines(head, rows)]
