"""The documentation page of the feed contract, made from the contracts and reasons that the checks themselves use."""

from __future__ import annotations

from arrears.feed.checks import DATE_HIGH, DATE_LOW, TEXT_CHARACTERS_MAX, VALUE_AGE_DAYS_MAX
from arrears.feed.contracts import CONTRACTS, Column, Contract
from arrears.feed.quarantine import SCHEMA
from arrears.feed.reading import UNREADABLE_MAX, UNREADABLE_ROWS_MIN
from arrears.feed.reasons import REASONS
from arrears.money import MONEY_MAX_MINOR

_TYPES = {
    "id": ("text", "string"),
    "text": ("text", "string"),
    "code": ("text", "string"),
    "currency": ("text, ISO 4217", "string"),
    "date": ("`YYYY-MM-DD`", "date32"),
    "timestamp": ("`YYYY-MM-DD HH:MM:SS`, UTC; `T` and `Z` may be used", "timestamp, UTC"),
    "int": ("whole number", "int64"),
    "money": ("whole number of minor units", "int64"),
    "bool": ("`true` or `false`, `1` or `0`", "bool"),
}
"""How each kind stands in CSV and in Parquet."""

_QUARANTINE = {
    "table": "Table of the feed",
    "file": "File, relative to the feed folder",
    "row": "Line of a CSV file (the header is line 1) or row of a Parquet file, from 1",
    "key": "Ids of the row, as far as they can be made out",
    "column": "Column of the first check that failed",
    "reason": "Reason code, see below",
    "text_en": "The reason in English",
    "text_zh": "The reason in Chinese",
    "value": "The value seen; `(personal)` or `(hidden)` where personal data may stand in it",
    "remedy": "What whoever makes the feed should do",
    "also": "Other checks that failed, as `column:reason`",
    "raw": "The whole row as JSON, nothing left out; may hold personal data",
}


def contracts_page() -> str:
    """`docs/feed.md`."""
    parts = [
        _LAYOUT,
        _kinds(),
        *(_table(contract) for contract in CONTRACTS.values()),
        _example(),
        _RULES,
        _reasons(),
        _quarantine(),
    ]
    return "\n\n".join(part.strip() for part in parts) + "\n"


_LAYOUT = f"""
<!-- Made by arrears.feed.page.contracts_page: python -m arrears.feed.page > docs/feed.md -->
# The feed

What the card system delivers for one business date: a folder `date=YYYY-MM-DD` with one file for every table, as CSV or as
Parquet. A table without news is a file with no rows. A large table may be a folder with several files.

```
feed/date=2026-01-20/
  customers.csv
  accounts.parquet
  statements.csv
  transactions/part-0.parquet
  transactions/part-1.parquet
  contact_points.csv
  consents.csv
  flags.csv
  contacts.csv
```

Check it with `arrears feed check feed/date=2026-01-20`; nothing is written by that.

- **All or nothing.** A missing, unknown, doubled, half-written or foreign file stops the day before anything is published.
- **Row by row.** A bad row goes to quarantine with file, row, reason and remedy; the good ones go on.
- **A column that is not required may be left out** of a file; it then reads as empty in every row.
- **Names that begin with `.` or `_`** (such as `_SUCCESS`) are not looked at. Any other file that is no table is an error.
- **Write under another name, then rename**: the feed is refused if it changes while it is read.
- CSV is UTF-8 (a byte order mark is allowed), comma-separated, quoted as in RFC 4180, with a header; columns may stand in any
  order. Every line ends with a line break, the last one too: without it, a whole file cannot be told from a half-written one.
  An empty field is no value.
- Of a CSV file at most {UNREADABLE_MAX:,} rows, and of {UNREADABLE_ROWS_MIN} rows or more at most half, may be unreadable
  (not UTF-8, wrong number of fields, quotes that do not pair); beyond that, or if no row can be read, the file is refused.
- Parquet text must be UTF-8; a Parquet file with damaged pages is refused as a whole. Amounts as decimals or floating point are
  refused: amounts are whole minor units (1234 is CNY 12.34).
"""

_RULES = f"""
## Rules between rows
- **Parents.** A customer or account that a row names is in the same feed or in yesterday's book. If the parent's own row was
  quarantined and the book does not know it, its rows wait too and say so (`parent_quarantined`).
- **Duplicates.** Of identical rows with one key the first is taken in. If rows with one key contradict each other, none is.
- **Known accounts** keep their customer and currency; the product may change within the currency.
- **Statements** are newer than the account's newest known one, or bear its date and correct it. The first feed of an account
  may bring several.
- **Transactions** count from at most {VALUE_AGE_DAYS_MAX} days before the business date. A `transaction_id` is unique within
  the feed; whether it was delivered on an earlier day is not checked row by row, but a whole feed that comes again under
  another date is recognised by its content hash.
- **Reversals** name what they reverse. If that is in the same feed it must fit: same account, kind, value date, and no larger
  amount; if it was quarantined, the reversal waits with it. If it is not in the feed, the history has it: the reversal is taken
  in and counted in the notes.
- **Dates** exist in the calendar, lie from {DATE_LOW} to {DATE_HIGH}, and are not after the business date where they
  tell what happened (`posted_date`, `value_date`, `statement_date`, `opened_date`, `since_date`, `at_date`). A flag may begin
  later. A contact's `local_date` is within a day of its UTC time; clock changes do not matter, since times are UTC.
- **Limits.** Amounts up to {MONEY_MAX_MINOR:,} minor units, text up to {TEXT_CHARACTERS_MAX:,} characters without control
  characters, ids of 1 to 32 characters of `A-Z a-z 0-9 . _ -`.
"""


def _kinds() -> str:
    rows = [f"| {kind} | {csv} | {parquet} |" for kind, (csv, parquet) in _TYPES.items()]
    return "\n".join(["## Types", "", "| type | in CSV | in Parquet |", "|---|---|---|", *rows])


def _table(contract: Contract) -> str:
    parents = [f"`{name}` is in `{table}` or in the book" for name, (table, _) in contract.parents.items()]
    facts = [f"Key: {', '.join(f'`{name}`' for name in contract.key)}.", *(f"{parent}." for parent in parents)]
    facts += [f"Rule: {contract.rule}."] if contract.rule else []
    head = [
        f"## {contract.name}",
        "",
        contract.meaning,
        *facts,
        "",
        "| column | type | required | meaning | example |",
        "|---|---|---|---|---|",
    ]
    return "\n".join([*head, *(_row(column) for column in contract.columns)])


def _row(column: Column) -> str:
    meaning = column.meaning + (" (personal)" if column.personal else "")
    if column.values:
        meaning += ": " + ", ".join(f"`{value}`" for value in column.values)
    bounds = [f"from {column.low:,}"] if column.low is not None else []
    bounds += [f"to {column.high:,}"] if column.high is not None else []
    meaning += f" ({' '.join(bounds)})" if bounds else ""
    example = f"`{column.example}`" if column.example else ""
    return f"| `{column.name}` | {column.kind} | {'yes' if column.required else 'no'} | {meaning} | {example} |"


def _example() -> str:
    shown = []
    for name in ("customers", "statements", "transactions"):
        columns = CONTRACTS[name].columns
        shown += [f"`{name}.csv`", "```csv", ",".join(c.name for c in columns), ",".join(c.example for c in columns), "```"]
    return "\n".join(["## Example", "", *shown])


def _reasons() -> str:
    rows = [
        f"| `{reason.code}` | {_plain(reason.en)} | {_plain(reason.zh)} | {_plain(reason.remedy)} |"
        for reason in REASONS.values()
    ]
    intro = "_column_ stands for the column, _…_ for what the contract allows there; the quarantine names both."
    head = ["| code | reason | 原因 | remedy |", "|---|---|---|---|"]
    return "\n".join(["## Reasons for quarantine", "", intro, "", *head, *rows])


def _plain(text: str) -> str:
    return text.format(column="_column_", wanted="_…_")


def _quarantine() -> str:
    rows = [f"| `{name}` | {_QUARANTINE[name]} |" for name in SCHEMA.names]
    intro = (
        "The refused rows of a day stand in `feed/date=.../quarantine.parquet` of the workspace, protected like the feed.\n"
        "Reports and commands never print `raw`."
    )
    return "\n".join(["## The quarantine table", "", intro, "", "| column | meaning |", "|---|---|", *rows])


if __name__ == "__main__":
    print(contracts_page(), end="")
