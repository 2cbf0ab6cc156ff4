"""How the days past due that we derive agree with the months of delay that a bank recorded itself.

The UCI data carry a PAY code a month; the book derives days past due from bills and payments alone. Their cross table says
how far the derivation can be trusted. Codes of 0 and less are read as current, code n as n months of delay; days past due
become months as buckets do: 1 to 30 days are 1 month, 31 to 60 are 2, over 180 days and codes above 7 are `MONTHS_MAX`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from arrears.money import BASIS_POINTS, PPM
from arrears.risk.scorecard import RiskError

MONTHS_MAX = 7
DAYS_A_MONTH = 30
KEYS = ("account_id", "month")
ROWS_SHOWN = [str(months) for months in range(MONTHS_MAX)] + [f"{MONTHS_MAX}+"]


@dataclass(frozen=True)
class Agreement:
    """Account months by what we derive (rows) and what the bank recorded (columns), and what they agree on."""

    counts: tuple[tuple[int, ...], ...]
    """`counts[ours][theirs]`: account months with so many months past due, 0 to `MONTHS_MAX`."""
    only_ours_n: int
    """Account months that the bank has no code for; in no other figure."""
    only_theirs_n: int
    past_due_bp: int
    """Share that agree on being past due at all, basis points."""
    months_bp: int
    """Share that agree on the number of months, basis points."""
    past_due_kappa_ppm: int
    """Cohen's kappa on being past due at all: agreement beyond chance, parts per million (1,000,000 is complete)."""
    months_kappa_ppm: int

    @property
    def account_months_n(self) -> int:
        return sum(sum(row) for row in self.counts)

    def as_table(self) -> pa.Table:
        """`ours_months`, `observed_months`, `account_months_n`; pairs that do not occur have no row."""
        rows = [
            {"ours_months": ours, "observed_months": theirs, "account_months_n": n}
            for ours, row in enumerate(self.counts)
            for theirs, n in enumerate(row)
            if n
        ]
        names = ("ours_months", "observed_months", "account_months_n")
        return pa.Table.from_pylist(rows, schema=pa.schema([(name, pa.int64()) for name in names]))

    def lines(self) -> list[str]:
        """What they agree on, a line each, for a terminal or below the table."""
        return [
            f"account months: {self.account_months_n:,} (only ours {self.only_ours_n:,}, only theirs {self.only_theirs_n:,})",
            f"agree on past due at all: {_percent(self.past_due_bp)}, kappa {_kappa(self.past_due_kappa_ppm)}",
            f"agree on the number of months: {_percent(self.months_bp)}, kappa {_kappa(self.months_kappa_ppm)}",
        ]

    def as_text(self) -> str:
        """The cross table and the figures, for a terminal."""
        header = ["ours \\ bank", *ROWS_SHOWN]
        table = [header] + [[name, *(f"{n:,}" for n in row)] for name, row in zip(ROWS_SHOWN, self.counts, strict=True)]
        widths = [max(len(row[column]) for row in table) for column in range(len(header))]
        drawn = ["  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)) for row in table]
        return "\n".join([*drawn, "", *self.lines()])

    def as_markdown(self) -> str:
        """The cross table and the figures, for a page."""
        head = f"| ours \\ bank | {' | '.join(ROWS_SHOWN)} |"
        rule = "|---" + "|---:" * len(ROWS_SHOWN) + "|"
        body = [
            f"| **{name}** | " + " | ".join(f"{n:,}" for n in row) + " |"
            for name, row in zip(ROWS_SHOWN, self.counts, strict=True)
        ]
        return "\n".join([head, rule, *body, "", *(f"- {line}" for line in self.lines())])


def dpd_agreement(ours: pa.Table, observed: pa.Table) -> Agreement:
    """`ours` (`account_id, month, dpd`) against `observed` (`account_id, month, pay_code`); `month` is of any one type in both.

    Raises `RiskError` where a column is missing or null, an account month stands twice, or none stands in both.
    """
    _check(ours, "ours", "dpd")
    _check(observed, "observed", "pay_code")
    keys = list(KEYS)
    both = ours.select([*keys, "dpd"]).join(observed.select([*keys, "pay_code"]), keys, join_type="inner")
    if not both.num_rows:
        raise RiskError(
            "no account month stands in both tables", where="observed", remedy="use the same ids and months in both"
        )
    days = both["dpd"].to_numpy().astype(np.int64)
    codes = both["pay_code"].to_numpy().astype(np.int64)
    our_months = np.clip((days + DAYS_A_MONTH - 1) // DAYS_A_MONTH, 0, MONTHS_MAX)
    their_months = np.clip(codes, 0, MONTHS_MAX)

    size = MONTHS_MAX + 1
    counts = np.bincount(our_months * size + their_months, minlength=size * size).reshape(size, size).astype(np.int64)
    past_due = np.array(
        [[counts[0, 0], counts[0, 1:].sum()], [counts[1:, 0].sum(), counts[1:, 1:].sum()]],
        dtype=np.int64,
    )
    return Agreement(
        counts=tuple(tuple(int(n) for n in row) for row in counts),
        only_ours_n=ours.num_rows - both.num_rows,
        only_theirs_n=observed.num_rows - both.num_rows,
        past_due_bp=_agreeing_bp(past_due),
        months_bp=_agreeing_bp(counts),
        past_due_kappa_ppm=kappa_ppm(past_due),
        months_kappa_ppm=kappa_ppm(counts),
    )


def kappa_ppm(counts: np.ndarray) -> int:
    """Cohen's kappa of a square table of counts, parts per million rounded down; 1,000,000 where both always say the same.

    kappa = (agreement seen - agreement by chance) / (1 - agreement by chance), here over whole numbers.
    """
    whole = int(counts.sum())
    seen = int(np.trace(counts)) * whole
    by_chance = sum(int(row) * int(column) for row, column in zip(counts.sum(axis=1), counts.sum(axis=0), strict=True))
    beyond = whole * whole - by_chance
    return PPM if beyond == 0 else (seen - by_chance) * PPM // beyond


def _agreeing_bp(counts: np.ndarray) -> int:
    return int(np.trace(counts)) * BASIS_POINTS // int(counts.sum())


def _check(table: pa.Table, where: str, value: str) -> None:
    for name in (*KEYS, value):
        if name not in table.column_names:
            raise RiskError(f"no column {name}", where=where, remedy=f"give {', '.join(KEYS)} and {value}")
        if table[name].null_count:
            raise RiskError(f"{table[name].null_count} rows without a {name}", where=where, remedy="leave these rows out")
    if table.group_by(list(KEYS)).aggregate([]).num_rows != table.num_rows:
        raise RiskError("an account month stands twice", where=where, remedy="give one row an account and month")


def _percent(share_bp: int) -> str:
    return f"{share_bp // 100}.{share_bp % 100:02d} %"


def _kappa(ppm: int) -> str:
    sign = "-" if ppm < 0 else ""
    return f"{sign}{abs(ppm) // PPM}.{abs(ppm) % PPM // 1000:03d}"
