"""`arrears law content`: what a text says, how long it is as a message, and what packs say to it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from arrears.cli.options import AsJson, Lang, Language, day_of
from arrears.cli.output import read_case, table_lines, tell_json
from arrears.errors import UsageError

EXAMPLES = (
    'echo "Pay today or we will call your employer." | arrears law content --pack cn',
    "arrears law content letter.txt --language zh --channel letter --pack cn --json",
    "arrears law content relay.txt --language zh --channel sms --party relative --purpose relay --pack cn",
)

HINT = 'echo "a text" | arrears law content --channel sms'
TEXT_MAX = 20_000


def law_content(
    file: Annotated[Path | None, typer.Argument(metavar="[FILE]", help="The text; - or left out: standard input.")] = None,
    language: Annotated[Lang, typer.Option("--language", help="The language of the text.")] = Lang.en,
    channel: Annotated[str, typer.Option("--channel", help="sms, email, call, letter or visit.")] = "sms",
    party: Annotated[str, typer.Option("--party", help="Whom it is for: debtor, relative, ...")] = "debtor",
    purpose: Annotated[str, typer.Option("--purpose", help="What it is for: collection, relay, ...")] = "collection",
    pack: Annotated[
        str | None, typer.Option("--pack", metavar="PACK", help="Judge it too: a name, a file, or several with commas between.")
    ] = None,
    jurisdiction: Annotated[
        str | None, typer.Option("--jurisdiction", metavar="CODE", help="Such as US-MA; the first pack's own if left out.")
    ] = None,
    acts: Annotated[str, typer.Option("--acts", help="Who uses it: issuer or agency.")] = "issuer",
    dpd: Annotated[int, typer.Option("--dpd", min=0, help="Days past due of the debt.")] = 1,
    time_barred: Annotated[bool, typer.Option("--time-barred", help="The debt is time-barred.")] = False,
    earlier: Annotated[bool, typer.Option("--earlier", help="Something about the debt has reached the debtor before.")] = False,
    day: Annotated[
        date | None, typer.Option("--date", parser=day_of, metavar="YYYY-MM-DD", help="The rules in force on this date; today.")
    ] = None,
    lang: Language = Lang.en,
    json: AsJson = False,
) -> None:
    """Read a text: its fields, what it does that rules may forbid, its SMS parts.

    With --pack the content rules of those packs judge it. The text may have placeholders. The exit code is 0 either way.
    """
    from arrears.law import load_packs
    from arrears.law.wording import Use, told

    packs = load_packs(pack.split(",")) if pack is not None else ()
    covered = next((code for one in packs for code in one.covers if code != "*"), "CN")
    use = Use(
        language=language.value, channel=channel, party=party, purpose=purpose, acts=acts,
        jurisdiction=jurisdiction or covered, day=day or datetime.now(UTC).date(), dpd=dpd, time_barred=time_barred,
        earlier=earlier, told_in=lang.value,
    )  # fmt: skip
    answer = told(_text(file), use, packs)
    if json:
        tell_json(answer)
    else:
        _tell(answer)


def _text(file: Path | None) -> str:
    where = str(file or "standard input")
    try:
        text = read_case(file, HINT).decode("utf-8").strip()
    except UnicodeDecodeError:
        raise UsageError("the text is not UTF-8", where=where, remedy="save it as UTF-8") from None
    if len(text) > TEXT_MAX:
        raise UsageError(f"the text is longer than {TEXT_MAX:,} characters", where=where, remedy="give one text at a time")
    return text


def _tell(answer: dict[str, Any]) -> None:
    for what in ("fields", "features"):
        rows = [[one["name"], one["because"], f"{one['start']}-{one['end']}", one["words"]] for one in answer[what]]
        typer.echo(f"{what}: {len(rows)}")
        if rows:
            head = ["name", "because", "at", "words"]
            typer.echo("\n".join("  " + line for line in table_lines(head, [[*row[:3], _on_one_line(row[3])] for row in rows])))
    if answer["sms"]:
        sms = answer["sms"]
        typer.echo(f"sms: {sms['parts']} parts, {sms['units']} units, {sms['encoding']}")
    if "lawful" in answer:
        typer.echo(f"lawful: {'yes' if answer['lawful'] else 'no'}")
        for one in answer["refusals"]:
            typer.echo(f"  {one['rule']}: {one['reason']} ({one['citation']})")


def _on_one_line(words: str) -> str:
    return " ".join(words.split())
