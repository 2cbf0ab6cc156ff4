"""Who is current a month after being late: roll rates of real credit records, and of the simulated bank beside them.

A monthly record comes in, shares with intervals go out. What those banks did to get paid is in no record: a share is what
became of late accounts, worked or not, and so no less than what would have come by itself.
"""

from __future__ import annotations

import io
import math
import zipfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
from pyarrow import csv
from scipy import stats

from arrears.errors import UsageError
from arrears.feed.uci import CLOSING
from arrears.feed.uci_source import MONTHS, read_uci
from arrears.lab.experiments.contrasts import ratios
from arrears.lab.experiments.estimates import CONFIDENCE
from arrears.lab.experiments.sections import CONFIDENCE_WORD, Section
from arrears.lab.experiments.words import Language
from arrears.lab.simulation.untouched import untouched
from arrears.store import quoted

Array = np.ndarray[Any, Any]

LATE_MONTHS = (1, 2, 3)
UNPACKED_BYTES_MAX = 2 * 10**9
RECORD_COLUMNS = ("ID", "MONTHS_BALANCE", "STATUS")
_CURRENT, _NO_LOAN = 0, -1


@dataclass(frozen=True)
class Roll:
    """Accounts so many months late, and what they are a month later."""

    late_months: int
    month: str
    """Empty: all months together, the interval by account."""
    accounts_n: int
    """Account-months whose next month is in the record."""
    current: float
    low: float
    high: float
    better: float
    """Less late, and not current."""
    gone: float
    """No loan next month: paid off, closed or left out of the record."""


@dataclass(frozen=True)
class RollRates:
    """Of one file."""

    source: str
    """`record`, `uci`, or `simulated`."""
    months_n: int
    accounts_n: int
    rolls: tuple[Roll, ...]
    by_month: tuple[Roll, ...]

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def roll_rates(path: Path) -> RollRates:
    """Roll rates of a monthly credit record (CSV, or zipped) or of the UCI table; errors name file and column."""
    if not path.is_file():
        raise UsageError("there is no such file", where=str(path), remedy="give a monthly credit record or the UCI table")
    table = _record(path)
    if table is not None:
        return _rates("record", table)
    source = read_uci(path)
    ids = np.concatenate([source.ids] * len(MONTHS))
    month = np.repeat([int(CLOSING[one].strftime("%Y%m")) for one in MONTHS], len(source.ids))
    place = np.repeat(np.arange(len(MONTHS)), len(source.ids))
    late = np.concatenate([np.maximum(source.codes[one], _CURRENT) for one in MONTHS])
    return _rates("uci", {"id": ids, "place": place, "month": month, "late": late})


def simulated_rolls(accounts: int, seed: int, start: date) -> tuple[tuple[Roll, ...], tuple[Roll, ...]]:
    """The simulated bank's: under the practice before the first day, and in a month without any contact."""
    found = untouched(accounts, seed, start)
    months = ((found.month_before, found.first), (found.first, found.month_after))
    return tuple(  # type: ignore[return-value]
        tuple(_roll(late, "", after[now == late], None) for late in LATE_MONTHS if np.any(now == late)) for now, after in months
    )


def sections(
    found: RollRates, practice: tuple[Roll, ...], alone: tuple[Roll, ...], language: Language
) -> list[Section]:  # fmt: skip
    """The file's months together, the simulated bank beside them, every month, and what is identified."""
    zh = language == "zh"
    head = (
        ("逾期月数", "户月", "下月恢复正常", f"{CONFIDENCE_WORD} 区间", "减轻", "不再有贷款") if zh else
        ("months late", "account-months", "current next month", f"{CONFIDENCE_WORD} interval", "less late", "no loan any more")
    )  # fmt: skip
    caution = (
        ("这些银行联系过谁，数据中没有记载：这是自愈率的上限，不是自愈率。",) if zh else
        ("Whom those banks contacted is in no column: this is an upper bound of self-cure, not self-cure.",)
    )  # fmt: skip
    titles = (
        ("该文件", "模拟银行，第一天之前的做法", "模拟银行，一个月不联系任何人（自愈）", "该文件，逐月") if zh else
        ("The file", "The simulated bank, under the practice before its first day",
         "The simulated bank, nobody contacted for a month (self-cure)", "The file, month by month")
    )  # fmt: skip
    parts = ((found.rolls, caution), (practice, ()), (alone, ()), (found.by_month, ()))
    return [Section(title, lines, head, tuple(_row(one) for one in rolls))
            for title, (rolls, lines) in zip(titles, parts, strict=True)]  # fmt: skip


def _row(one: Roll) -> tuple[str, ...]:
    name = f"{one.late_months}  {one.month}".strip()
    span = f"{one.low:.1%} .. {one.high:.1%}"
    return name, f"{one.accounts_n:,}", f"{one.current:.1%}", span, f"{one.better:.1%}", f"{one.gone:.1%}"


def _record(path: Path) -> dict[str, Array] | None:
    """The record's rows: months late, 0 when paid off that month, -1 without a loan; None where the file is something else."""
    with duckdb.connect() as con:
        con.execute("SET enable_progress_bar = false")
        try:
            if zipfile.is_zipfile(path):
                con.register("rows_read", _unzipped(path))
                con.execute("CREATE VIEW r AS SELECT * FROM rows_read")
            else:
                con.execute(f"CREATE VIEW r AS SELECT * FROM read_csv({quoted(path)}, header = true, all_varchar = true)")
            names = [row[0] for row in con.execute("DESCRIBE r").fetchall()]
            if not set(RECORD_COLUMNS) <= set(names):
                return None
            wrong = con.execute("SELECT STATUS FROM r WHERE STATUS IS NULL OR STATUS NOT IN "
                                "('0','1','2','3','4','5','C','X') LIMIT 1").fetchall()  # fmt: skip
            if wrong:
                raise UsageError(f"unknown status {wrong[0][0]!r}", where=f"{path}: STATUS", remedy="use 0 to 5, C or X")
            rows = con.execute("""
                SELECT CAST(ID AS BIGINT) AS id, CAST(MONTHS_BALANCE AS INTEGER) AS place,
                       CASE STATUS WHEN 'C' THEN 0 WHEN 'X' THEN -1 ELSE CAST(STATUS AS INTEGER) + 1 END AS late FROM r
            """).fetchnumpy()
        except duckdb.Error as error:
            raise UsageError(
                str(error).splitlines()[0], where=str(path), remedy="give the record as it was published"
            ) from None
    found = {name: np.asarray(values).astype(np.int64) for name, values in rows.items()}
    return found | {"month": found["place"]}


def _unzipped(path: Path) -> pa.Table:
    with zipfile.ZipFile(path) as packed:
        inside = [one for one in packed.infolist() if one.filename.lower().endswith(".csv")]
        if len(inside) != 1 or inside[0].file_size > UNPACKED_BYTES_MAX:
            raise UsageError(f"{len(inside)} tables inside", where=str(path), remedy="zip one CSV of at most 2 GB")
        text = pa.string()
        options = csv.ConvertOptions(column_types=dict.fromkeys(RECORD_COLUMNS, text))
        return csv.read_csv(io.BytesIO(packed.read(inside[0])), convert_options=options)


def _rates(source: str, table: Mapping[str, Array]) -> RollRates:
    order = np.lexsort((table["place"], table["id"]))
    ids, place, month, late = (table[name][order] for name in ("id", "place", "month", "late"))
    paired = np.flatnonzero((np.diff(ids) == 0) & (np.diff(place) == 1))
    now, after = late[paired], late[paired + 1]
    who = np.unique(ids[paired], return_inverse=True)[1]
    when = month[paired]
    rolls, by_month = [], []
    for months in LATE_MONTHS:
        mine = now == months
        if not mine.any():
            continue
        rolls.append(_roll(months, "", after[mine], who[mine]))
        for one in np.unique(when[mine]):
            here = mine & (when == one)
            name = f"{one // 100}-{one % 100:02d}" if source == "uci" else str(one)
            by_month.append(_roll(months, name, after[here], None))
    return RollRates(source, len(np.unique(month)), len(np.unique(ids)), tuple(rolls), tuple(by_month))


def _roll(months: int, month: str, after: Array, who: Array | None) -> Roll:
    n = len(after)
    current = float((after == _CURRENT).mean())
    low, high = _wilson(current, n)
    if who is not None:
        ones = np.ones(n)
        found = ratios((after == _CURRENT).astype(float), ones, ones, np.zeros(n, int), 1, who, int(who.max()) + 1)
        if len(found.group) and found.se[0] > 0:
            half = float(stats.norm.ppf(0.5 + CONFIDENCE / 2) * found.se[0])
            low, high = max(current - half, 0.0), min(current + half, 1.0)
    better, gone = ((after > _CURRENT) & (after < months)).mean(), (after == _NO_LOAN).mean()
    return Roll(months, month, n, current, low, high, float(better), float(gone))


def _wilson(share: float, n: int) -> tuple[float, float]:
    """Wilson's interval (1927): of any width between 0 and 1, however few."""
    z = float(stats.norm.ppf(0.5 + CONFIDENCE / 2))
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return middle - half, middle + half
