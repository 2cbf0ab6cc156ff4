"""The texts as columns: what each candidate will read, filled in by the engine row by row of the table, never here."""

from __future__ import annotations

import functools
from collections.abc import Mapping

import ibis
import ibis.expr.types as ir

from arrears.errors import PlaybookError
from arrears.money import divide_down
from arrears.playbook.contents import LANGUAGES, OPEN, Contents, Text


def rendered(
    table: ir.Table, contents: Contents, language_column: str = "language", columns: Mapping[str, str] | None = None
) -> ir.StringValue:
    """The text of each row of `table` (columns `content`, `channel`, the language's, and one a placeholder); empty if none.

    `columns` names the column of a placeholder where it is not called like it. A language without texts gets the English one.
    """
    return _filled(table, contents, language_column, columns or {}, {key: text.text for key, text in _keyed(contents).items()})


def rendered_subject(
    table: ir.Table, contents: Contents, language_column: str = "language", columns: Mapping[str, str] | None = None
) -> ir.StringValue:
    """The same for the subject line of e-mails and letters; empty for other channels."""
    subjects = {key: text.subject for key, text in _keyed(contents).items() if text.subject}
    return _filled(table, contents, language_column, columns or {}, subjects)


def _keyed(contents: Contents) -> dict[str, Text]:
    return {
        f"{content}/{channel}/{language}": text
        for language, by_id in contents.texts.items()
        for content, ways in by_id.items()
        for channel, text in ways.items()
    }


def _filled(
    table: ir.Table, contents: Contents, language_column: str, columns: Mapping[str, str], templates: Mapping[str, str]
) -> ir.StringValue:
    names = sorted(
        {name for template in templates.values() for name in OPEN.findall(template)}, key=lambda name: (name == "name", name)
    )
    missing = [columns.get(name, name) for name in names if columns.get(name, name) not in table.columns]
    if missing:
        raise PlaybookError(
            f"no column {missing[0]!r} to fill a text with",
            where="rendered",
            remedy="add it to the table, or name another in `columns`",
        )
    language = ibis.ifelse(table[language_column].isin(LANGUAGES), table[language_column], LANGUAGES[0])
    key = table["content"] + "/" + table["channel"] + "/" + language
    chosen = ibis.cases(*((key == name, ibis.literal(template)) for name, template in templates.items()), else_="")
    # {name} comes last: a name that holds a brace must not be filled again
    return functools.reduce(
        lambda text, name: text.replace(
            f"{{{name}}}", ibis.coalesce(table[columns.get(name, name)].cast("string"), ibis.literal(""))
        ),
        names,
        chosen,
    )


def amount_text(amount_minor: ir.IntegerColumn, currency: str, digits: int) -> ir.StringColumn:
    """Minor units as `CNY 1,234.56`, by whole-number arithmetic only; `digits` are the currency's decimal places."""
    size = amount_minor.abs()
    whole = divide_down(size, 10**digits)
    groups = [(divide_down(whole, 1000**power) % 1000) for power in range(5)]
    text = groups[0].cast("string")
    for power in range(1, 5):
        lower = _padded(groups[0], 3)
        for middle in range(1, power):
            lower = _padded(groups[middle], 3) + "," + lower
        text = ibis.ifelse(whole >= 1000**power, groups[power].cast("string") + "," + lower, text)
    if digits:
        text = text + "." + _padded(size % 10**digits, digits)
    return ibis.literal(f"{currency} ") + ibis.ifelse(amount_minor < 0, "-", "") + text


def _padded(number: ir.IntegerValue, width: int) -> ir.StringValue:
    return number.cast("string").lpad(width, "0")


def placeholders(
    table: ir.Table,
    *,
    banks: Mapping[str, str],
    phone: str,
    opt_out: str,
    currency: str,
    digits: int,
    language_column: str = "language",
) -> ir.Table:
    """`table` (candidates with customer columns) with `bank`, `amount`, `minimum`, `balance`, `due_date`, `phone`, `opt_out`.

    A reminder speaks of the next due date, everything else of what is past due. `banks` is the bank's name by language. The
    caller adds `name`, which is personal and not in the book; `dpd` is the book's.
    """
    reminds = table.purpose == "reminder"
    bank = ibis.cases(
        *((table[language_column] == language, ibis.literal(name)) for language, name in banks.items()),
        else_=banks[LANGUAGES[0]],
    )
    minimum = ibis.ifelse(reminds, table.next_due_minor, table.minimum_unpaid_minor)
    due = ibis.ifelse(
        reminds,
        ibis.coalesce(table.next_due_date, table.oldest_due_date),
        ibis.coalesce(table.oldest_due_date, table.next_due_date),
    )
    return table.mutate(
        bank=bank,
        amount=amount_text(table.past_due_minor, currency, digits),
        minimum=amount_text(minimum, currency, digits),
        balance=amount_text(table.balance_minor, currency, digits),
        due_date=ibis.coalesce(due.cast("string"), ibis.literal("")),
        phone=ibis.literal(phone),
        opt_out=ibis.literal(opt_out),
    )
