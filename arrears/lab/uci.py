"""How far ageing and scorecard can be trusted, measured on 30,000 real accounts (UCI data set 350; see docs/uci.md).

The accounts are imported as a feed, cut off at each month end, and aged by the business day itself. What it says is held
against what the bank recorded: its delay codes month by month, and who defaulted in the month after. The codes and the outcome
are in no feed, so nothing that is measured has seen them.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from arrears.book.build import BookQueries
from arrears.day.run import run_day
from arrears.day.workspace import Workspace
from arrears.engine import Sessions, open_sessions
from arrears.errors import FeedError
from arrears.feed.uci import CLOSING, import_uci
from arrears.feed.uci_source import MONTHS
from arrears.risk import Scorecard, load_scorecard
from arrears.risk.agreement import Agreement, dpd_agreement
from arrears.risk.features import held_out, uci_outcomes, uci_sample
from arrears.risk.measure import evaluate, evaluate_parts
from arrears.risk.scorecard import Performance

SEED = 1
"""Of the split, as the packaged scorecard was fitted."""
MONTH_ENDS = tuple(CLOSING[month] for month in MONTHS)[1:]
"""May to September: at the end of April no statement has fallen due yet."""
MEMORY_MB = 2_000
LAGS = {-1: "the month before", 0: "the same month", 1: "the month after"}
DATED = {"statements": "statement_date", "transactions": "posted_date"}


@dataclass(frozen=True)
class UciMeasurement:
    """What was measured; rates in parts per million and basis points."""

    by_month: Mapping[str, Agreement]
    """Month (`2005-05`) to how our days past due at its end agree with the bank's code of the month."""
    in_all: Agreement
    by_lag: Mapping[int, Agreement]
    """The same, May to August, with the code of the month before (-1), of the month itself (0) and of the month after (1)."""
    scorecard: str
    """Name, version and the start of the content hash."""
    by_codes: Mapping[str, Performance]
    """`training` and `held_out`: features from the bank's own codes, as the scorecard was fitted."""
    by_book: Mapping[str, Performance]
    """The same accounts and split, features as the book derives them from bills and payments alone."""

    def as_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        lags = {f"code of month {lag:+d}": one for lag, one in self.by_lag.items()}
        agreement = {"all": self.in_all, **self.by_month, **lags}
        return {
            "agreement": {name: asdict(one) | {"account_months_n": one.account_months_n} for name, one in agreement.items()},
            "scorecard": self.scorecard,
            "seed": SEED,
            "features_from_codes": {part: one.model_dump() for part, one in self.by_codes.items()},
            "features_from_book": {part: one.model_dump() for part, one in self.by_book.items()},
        }

    def as_text(self) -> str:
        """For a terminal."""
        rows = [f"  {where:<16}  {part:<8}  {_performance(one)}" for where, part, one in self._performances()]
        return "\n".join(
            [
                "Months past due, May to September: ours, from bills and payments (rows), against the bank's codes (columns)",
                "",
                self.in_all.as_text(),
                "",
                *(
                    f"  {month}: past due at all {_bp(one.past_due_bp)}, months {_bp(one.months_bp)}"
                    for month, one in self._months()
                ),
                *(
                    f"  May to August with the code of {LAGS[lag]}: past due at all {_bp(one.past_due_bp)}, "
                    f"kappa {_kappa(one.past_due_kappa_ppm)}"
                    for lag, one in self.by_lag.items()
                ),
                "",
                f"Scorecard {self.scorecard}, split seed {SEED}",
                *rows,
            ]
        )

    def as_markdown(self) -> str:
        """For a page: the tables alone."""
        agreed = self._months() + [(f"May to August, code of {LAGS[lag]}", one) for lag, one in self.by_lag.items()]
        months = [
            _row(
                month, f"{one.account_months_n:,}", _bp(one.past_due_bp), _kappa(one.past_due_kappa_ppm), _bp(one.months_bp),
                _kappa(one.months_kappa_ppm),
            )
            for month, one in agreed
        ]  # fmt: skip
        scores = [
            _row(where, part, f"{one.accounts_n:,}", _defaulted(one), _four(one.auc_ppm), _four(one.ks_ppm))
            for where, part, one in self._performances()
        ]
        return "\n".join(
            [
                self.in_all.as_markdown(),
                "",
                "| month | account months | past due at all | kappa | number of months | kappa |",
                "|---|---:|---:|---:|---:|---:|",
                *months,
                "",
                "| features | part | accounts | defaulted | AUC | KS |",
                "|---|---|---:|---:|---:|---:|",
                *scores,
            ]
        )

    def _months(self) -> list[tuple[str, Agreement]]:
        return sorted(self.by_month.items())

    def _performances(self) -> list[tuple[str, str, Performance]]:
        variants = (("the bank's codes", self.by_codes), ("our book", self.by_book))
        return [(where, part.replace("_", " "), one) for where, parts in variants for part, one in parts.items()]


def measure_uci(tsv: Path, *, progress: Callable[[str, int, int], None] = lambda *_: None) -> UciMeasurement:
    """Import, age and score the accounts in a temporary folder, and measure; raises `FeedError` for a malformed source."""
    scorecard = load_scorecard()
    with tempfile.TemporaryDirectory(prefix="arrears-uci-") as scratch:
        bank = Path(scratch) / "bank"
        import_uci(tsv, bank)
        aged, customers = _aged(bank, Path(scratch), progress)
        observed = pq.read_table(bank / "observed_pay_codes.parquet", columns=["account_id", "month", "pay_code"])
    months = sorted(set(aged["month"].to_pylist()))
    of_month = {month: (_of(aged, month), _of(observed, month)) for month in months}
    return UciMeasurement(
        by_month={month: dpd_agreement(ours, theirs) for month, (ours, theirs) in of_month.items()},
        in_all=dpd_agreement(aged, observed.filter(pc.is_in(observed["month"], pa.array(months)))),
        by_lag=_by_lag(aged, observed),
        scorecard=f"{scorecard.name} version {scorecard.version}, {scorecard.content_hash[:12]}",
        by_codes=_by_codes(tsv, scorecard),
        by_book=evaluate_parts(customers, _outcomes(tsv), scorecard),
    )


def _aged(bank: Path, scratch: Path, progress: Callable[[str, int, int], None]) -> tuple[pa.Table, pa.Table]:
    """`account_id, month, dpd` at every month end, and the customers of the last one.

    Each month end is the first day of a workspace of its own, whose feed holds what had happened by then: ageing at once and
    day by day give the same, and a first day is cheaper than thirty.
    """
    sessions = open_sessions("duckdb", memory_limit_mb=MEMORY_MB, workers=1)
    queries = None
    parts = []
    customers = pa.table({})
    for number, day in enumerate(MONTH_ENDS):
        progress(f"ageing {day:%B %Y}", number, len(MONTH_ENDS))
        place = Workspace(scratch / f"workspace-{day}")
        place.path.mkdir()
        shutil.copyfile(bank / "bank.toml", place.path / "bank.toml")
        feed = _cut(bank / "feed" / f"date={MONTH_ENDS[-1]}", scratch / f"feed-{day}", day)
        queries = queries or BookQueries(place.strategy().bank, sessions.dialect)
        _run(place, feed, day, sessions, queries)
        book = place.step("book", day)
        accounts = pq.read_table(book / "accounts", columns=["account_id", "dpd"], partitioning=None)
        parts.append(accounts.append_column("month", pa.array([f"{day:%Y-%m}"] * accounts.num_rows)))
        customers = pq.read_table(book / "customers", partitioning=None)
        shutil.rmtree(place.path)
    return pa.concat_tables(parts), customers


def _run(place: Workspace, feed: Path, day: date, sessions: Sessions, queries: BookQueries) -> None:
    result = run_day(place, feed, day, sessions=sessions, book_queries=queries)
    if result.quarantined_n:
        reasons = result.manifests["feed"].facts["reasons"]
        raise FeedError(f"rows of the import were refused: {reasons}", where=str(feed), remedy="report this as a defect")


def _cut(feed: Path, out: Path, day: date) -> Path:
    """The feed with what had happened by the end of `day`."""
    out.mkdir()
    for file in sorted(feed.glob("*.parquet")):
        table = pq.read_table(file, partitioning=None)
        if file.stem in DATED:
            table = table.filter(pc.less_equal(table[DATED[file.stem]], pa.scalar(day)))
        pq.write_table(table, out / file.name)
    return out


def _by_lag(aged: pa.Table, observed: pa.Table) -> dict[int, Agreement]:
    """Agreement where the codes are read as of another month, over the months that every lag has."""
    names = [f"{CLOSING[month]:%Y-%m}" for month in MONTHS]
    ours = aged.filter(pc.is_in(aged["month"], pa.array(names[1:-1])))
    found = {}
    for lag in LAGS:
        meant = {name: names[place - lag] for place, name in enumerate(names) if 0 <= place - lag < len(names)}
        read_as = pa.array([meant.get(name) for name in observed["month"].to_pylist()])
        theirs = observed.set_column(observed.schema.get_field_index("month"), "month", read_as)
        found[lag] = dpd_agreement(ours, theirs.filter(pc.is_in(read_as, ours["month"].unique())))
    return found


def _by_codes(tsv: Path, scorecard: Scorecard) -> dict[str, Performance]:
    sample = uci_sample(tsv)
    kept = held_out(sample.ids, SEED)
    parts = {"training": sample.part(~kept), "held_out": sample.part(kept)}
    return {name: evaluate(part.features, part.defaulted, scorecard) for name, part in parts.items()}


def _outcomes(tsv: Path) -> pa.Table:
    """Outcome and split by the book's customer ids."""
    known = uci_outcomes(tsv, SEED)
    ids = pc.binary_join_element_wise("C", pc.utf8_lpad(pc.cast(known["uci_id"], pa.string()), 5, padding="0"), "")
    return known.append_column("customer_id", ids)


def _of(table: pa.Table, month: str) -> pa.Table:
    return table.filter(pc.equal(table["month"], month))


def _performance(one: Performance) -> str:
    measured = f"AUC {_four(one.auc_ppm)}, KS {_four(one.ks_ppm)}"
    return f"{one.accounts_n:>6,} accounts, {_defaulted(one)} defaulted, {measured}"


def _defaulted(one: Performance) -> str:
    return _bp(one.defaults_n * 10_000 // one.accounts_n)


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _bp(share_bp: int) -> str:
    return f"{share_bp // 100}.{share_bp % 100:02d} %"


def _four(ppm: int) -> str:
    return f"{ppm // 1_000_000}.{ppm % 1_000_000 // 100:04d}"


def _kappa(ppm: int) -> str:
    return f"{'-' if ppm < 0 else ''}{abs(ppm) // 1_000_000}.{abs(ppm) % 1_000_000 // 1_000:03d}"
