"""The quarantine: every row that was not taken in, whole, with where it stands, why it was refused and what to do.

`raw` keeps the complete row as JSON, so that nothing is lost; it may hold personal data and is protected like the feed itself.
`key` and `value` are what may be shown: ids, and values in which no personal data can stand.
"""

from __future__ import annotations

import duckdb
import numpy as np
import pyarrow as pa

from arrears.feed.checks import PARSED, Check
from arrears.feed.contracts import CONTRACTS, Contract
from arrears.feed.reading import Loaded, Unreadable, places

SCHEMA = pa.schema(
    [
        ("table", pa.string()),
        ("file", pa.string()),
        ("row", pa.int64()),
        ("key", pa.string()),
        ("column", pa.string()),
        ("reason", pa.string()),
        ("text_en", pa.string()),
        ("text_zh", pa.string()),
        ("value", pa.string()),
        ("remedy", pa.string()),
        ("also", pa.string()),
        ("raw", pa.string()),
    ]
)
"""`row` is the line of a CSV file or the row of a Parquet file, from 1; `also` lists other failed checks as `column:reason`."""

_COLUMNS = ", ".join(f'"{name}"' for name in SCHEMA.names)
_HARMLESS = r"[A-Za-z0-9]{1,3}|-?[0-9]{1,3}|[0-9]{4}-[0-9]{2}-[0-9]{2}|[A-Z][A-Za-z]+/[A-Za-z_]+"
"""What may be shown of a table that holds personal data: a shifted row can put a name or a number into any of its columns."""
_PRINTABLE = r"[\x20-\x7e]{0,80}"


def make_quarantine(con: duckdb.DuckDBPyConnection) -> None:
    """The empty table `quarantine`."""
    columns = ", ".join(f'"{field.name}" {_sql(field.type)}' for field in SCHEMA)
    con.execute(f"CREATE TABLE quarantine ({columns})")


def quarantine_rows(
    con: duckdb.DuckDBPyConnection, contract: Contract, found: Loaded, checks: tuple[Check, ...], *, view: str, listed_n: int
) -> None:
    """Add the refused rows of `seen_<table>`; `view` is the query the first `listed_n` checks can be evaluated on."""
    refused = con.execute(f"SELECT _rid FROM seen_{contract.name} WHERE _problem IS NOT NULL ORDER BY _rid")
    rids = np.asarray(refused.fetchnumpy()["_rid"], dtype=np.int64)
    if not len(rids):
        return
    con.register("places", places(found, rids))
    con.register("checks", _texts(checks))

    failed = ", ".join(f"CASE WHEN {check.bad} THEN '{check.column}:{check.code}' END" for check in checks[:listed_n])
    first = "c.\"column\" || ':' || c.reason"
    whole = ", ".join(f'"{column.name}" := r."{column.name}"' for column in contract.columns)
    con.execute(
        f"INSERT INTO quarantine ({_COLUMNS}) "
        f"SELECT '{contract.name}', f.file, f.row, {_key(contract)}, c.\"column\", c.reason, c.text_en, c.text_zh, "
        f"{_value(contract, checks)}, c.remedy, "
        f"array_to_string(list_filter(a.failed, lambda x: x <> {first}), ', '), to_json(struct_pack({whole})) "
        f"FROM seen_{contract.name} s JOIN places f ON f._rid = s._rid JOIN checks c ON c.problem = s._problem "
        f"JOIN raw_{contract.name} r ON r.rowid = s._rid "
        f"JOIN (SELECT _rid, [{failed}] AS failed FROM ({view}) WHERE _rid IN (SELECT _rid FROM places)) a ON a._rid = s._rid"
    )
    con.unregister("places")
    con.unregister("checks")


def quarantine_unreadable(con: duckdb.DuckDBPyConnection, unreadable: tuple[Unreadable, ...]) -> None:
    """Add the rows that could not be cut into fields."""
    if not unreadable:
        return
    con.register("unreadable", pa.Table.from_pylist([_row(row) for row in unreadable], schema=SCHEMA))
    con.execute(f"INSERT INTO quarantine ({_COLUMNS}) SELECT {_COLUMNS} FROM unreadable")
    con.unregister("unreadable")


QUARANTINE_SORTED = (
    "SELECT * FROM quarantine ORDER BY list_position(["
    + ", ".join(f"'{name}'" for name in CONTRACTS)
    + '], "table"), file, "row"'
)
"""The quarantine in the order of tables, files and rows."""


def _row(row: Unreadable) -> dict[str, str | int]:
    check = Check(row.code, row.column, "")
    return {
        "table": row.part.table, "file": row.part.name, "row": row.line,
        "key": ", ".join(f"{name}={value}" for name, value in row.key.items()),
        "column": row.column, "reason": row.code, "text_en": check.en, "text_zh": check.zh,
        "value": row.value, "remedy": check.remedy, "also": "", "raw": row.raw,
    }  # fmt: skip


def _texts(checks: tuple[Check, ...]) -> pa.Table:
    return pa.table(
        {
            "problem": pa.array(range(len(checks)), pa.int16()),
            "column": [check.column for check in checks],
            "reason": [check.code for check in checks],
            "text_en": [check.en for check in checks],
            "text_zh": [check.zh for check in checks],
            "remedy": [check.remedy for check in checks],
        }
    )


def _key(contract: Contract) -> str:
    """The key as `name=value`, a value that is no id or date left out."""
    shown = [
        f"'{name}=' || CASE WHEN regexp_full_match(CAST(r.{name} AS VARCHAR), '[A-Za-z0-9._-]{{1,32}}') "
        f"THEN CAST(r.{name} AS VARCHAR) ELSE '?' END"
        for name in contract.key
    ]
    return "concat_ws(', ', " + ", ".join(shown) + ")"


def _value(contract: Contract, checks: tuple[Check, ...]) -> str:
    """The value seen, hidden where personal data may stand in it."""
    personal = {column.name for column in contract.columns if column.personal}
    seen = " ".join(
        f'WHEN {index} THEN CAST(r."{check.column}" AS VARCHAR)'
        for index, check in enumerate(checks)
        if check.column not in personal
    )
    value = f"CASE s._problem {seen} END" if seen else "NULL"
    hidden = ", ".join(str(index) for index, check in enumerate(checks) if check.column in personal) or "-1"
    ids = ", ".join(
        str(i) for i, check in enumerate(checks) if contract.column(check.column).kind == "id" and check.code != "bad_id"
    )
    shown = (
        f"regexp_full_match({value}, '{_HARMLESS}') OR s._problem IN ({ids or '-1'})"
        if personal
        else f"regexp_full_match({value}, '{_PRINTABLE}')"
    )
    return (
        f"CASE WHEN s._problem IN ({hidden}) THEN '(personal)' WHEN {value} IS NULL THEN '' "
        f"WHEN {shown} THEN {value} ELSE '(hidden)' END"
    )


def raw_columns(contract: Contract, text: frozenset[str]) -> str:
    """The texts that parsed columns were parsed from, as `<column>__raw`."""
    return "".join(
        f', "{column.name}" AS "{column.name}__raw"'
        for column in contract.columns
        if column.name in text and column.kind in PARSED
    )


def _sql(kind: pa.DataType) -> str:
    return "BIGINT" if pa.types.is_int64(kind) else "VARCHAR"
