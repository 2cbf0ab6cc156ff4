"""Monthly roll rates of another bank's card customers, to hold ours against: is a book like this plausible?

Source: "Credit Card Approval Prediction" on Kaggle (stated there as CC0), `credit_record.csv`; the bank is not named and the
provenance is unverified, so it serves as a plausibility check and as nothing else. The export is cut off at a spreadsheet's
row limit.
"""

from __future__ import annotations

import zipfile
from pathlib import Path

import duckdb
import pyarrow as pa
from pyarrow import csv

from arrears.money import BASIS_POINTS
from arrears.risk.scorecard import RiskError

MEMBER = "credit_record.csv"
BUCKETS = ("0", "1", "2", "3", "4", "5", "6+")
"""Their statuses as our buckets: C (paid off), X (no loan): 0; 0 (1-29 days): 1; .. 4 (120-149): 5; 5 (150 and more): 6+."""

_ROLLS = """
WITH months AS (
    SELECT ID AS id, MONTHS_BALANCE AS month,
           CASE WHEN STATUS IN ('C', 'X') THEN 0 ELSE CAST(STATUS AS BIGINT) + 1 END AS bucket
    FROM records
)
SELECT before.bucket AS from_bucket, after.bucket AS to_bucket, CAST(count(*) AS BIGINT) AS account_months_n
FROM months AS before JOIN months AS after ON after.id = before.id AND after.month = before.month + 1
GROUP BY ALL ORDER BY ALL
"""


def roll_rates(path: Path) -> pa.Table:
    """`from_bucket`, `to_bucket`, `account_months_n`, `share_bp` (of the from-bucket, basis points rounded down).

    Counts every pair of consecutive months of the same customer in the zip file. Raises `RiskError` where it does not read.
    """
    try:
        with zipfile.ZipFile(path) as archive, archive.open(MEMBER) as stream:
            records = csv.read_csv(stream, convert_options=csv.ConvertOptions(column_types={"STATUS": pa.string()}))
    except (OSError, KeyError, zipfile.BadZipFile, pa.ArrowInvalid) as error:
        raise RiskError(str(error), where=str(path), remedy=f"give the zip file that holds {MEMBER}") from None
    with duckdb.connect(":memory:") as connection:
        connection.register("records", records)
        rolls = connection.sql(_ROLLS).to_arrow_table()
    whole: dict[int, int] = {}
    for row in rolls.to_pylist():
        whole[row["from_bucket"]] = whole.get(row["from_bucket"], 0) + row["account_months_n"]
    shares = [row["account_months_n"] * BASIS_POINTS // whole[row["from_bucket"]] for row in rolls.to_pylist()]
    return rolls.append_column("share_bp", pa.array(shares, pa.int64()))


def roll_rates_markdown(rolls: pa.Table) -> str:
    """The matrix in percent, for a page: a row is the bucket of a month, a column that of the month after."""
    share = {(row["from_bucket"], row["to_bucket"]): row["share_bp"] for row in rolls.to_pylist()}
    whole = {place: sum(r["account_months_n"] for r in rolls.to_pylist() if r["from_bucket"] == place) for place in range(7)}
    head = f"| from \\ to | {' | '.join(BUCKETS)} | account months |"
    rule = "|---" + "|---:" * (len(BUCKETS) + 1) + "|"
    body = [
        f"| **{name}** | "
        + " | ".join(f"{share.get((place, to), 0) / 100:.2f}" for to in range(len(BUCKETS)))
        + f" | {whole[place]:,} |"
        for place, name in enumerate(BUCKETS)
    ]
    return "\n".join([head, rule, *body])
