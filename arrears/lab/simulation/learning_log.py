"""The log that response is learned from: customer-days with what the bank knew, what was drawn, and what came of it.

Draws come in day by day; one Parquet file goes out, a row a customer and day, when what came of them is known. Nature's arrays
never come in: whoever learns from the log knows what a bank would.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from arrears.feed.contracts import CHANNELS
from arrears.lab import delivery
from arrears.lab.identity import coded
from arrears.lab.simulation.book_of_the_day import next_due_minor
from arrears.lab.simulation.cardholders import Known
from arrears.lab.simulation.efforts import Offers
from arrears.lab.simulation.exploring import Drawn
from arrears.playbook.conditions import BANDS

OUTCOME_DAYS = (14, 30, 60)
"""Days within which what is paid is told; complaints within the first."""
ROWS_A_GROUP = 500_000

SCHEMA = pa.schema([
    ("customer_id", pa.string()), ("day", pa.date32()), ("segment_number", pa.int32()), ("dpd", pa.int32()),
    ("bucket", pa.int32()), ("past_due_minor", pa.int64()), ("due_minor", pa.int64()), ("balance_minor", pa.int64()),
    ("score", pa.int64()),
    ("band", pa.string()), ("recent_contacts", pa.int32()), *((f"can_{name}", pa.bool_()) for name in CHANNELS),
    ("action", pa.string()), ("propensity_ppm", pa.int64()),
    *((f"paid_{days}_minor", pa.int64()) for days in OUTCOME_DAYS), (f"complained_{OUTCOME_DAYS[0]}", pa.bool_()),
])  # fmt: skip
"""`action` is a channel or `none`; `due_minor` what is past due, or where nothing is, the minimum payment that falls due next.
What came of it counts from the evening of the day; null where the run ended before."""


@dataclass
class _Waiting:
    """The rows of one day until their time is over."""

    day: int
    who: np.ndarray
    columns: dict[str, pa.Array]
    paid: np.ndarray
    complaints: np.ndarray
    later: dict[str, pa.Array] = field(default_factory=dict)


class LearningLog:
    """Collects the draws of one run and writes them as they come of age."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._waiting: deque[_Waiting] = deque()
        self._partial = path.with_name(path.name + ".partial")
        self._writer = pq.ParquetWriter(self._partial, SCHEMA, compression="zstd")
        self._ready: list[pa.Table] = []

    def day(self, known: Known, offers: Offers, drawn: Drawn, today: int) -> None:
        """Take the draws of `today`, before their contacts are made."""
        self._settle(known, today)
        at, who = drawn.first, drawn.customer
        past_due = offers.past_due_minor[at]
        due = np.where(known.dpd[who] > 0, past_due, next_due_minor(known, today)[who])
        columns = {
            "customer_id": delivery.customer_ids(who), "day": delivery.dates(np.full(len(who), today)),
            "segment_number": pa.array(offers.segment[at].astype(np.int32)), "dpd": pa.array(offers.dpd[at].astype(np.int32)),
            "bucket": pa.array(offers.bucket[at].astype(np.int32)), "past_due_minor": pa.array(past_due),
            "due_minor": pa.array(due), "balance_minor": pa.array(offers.balance_minor[at]),
            "score": pa.array(offers.score[at]), "band": coded(BANDS, offers.band[at]),
            "recent_contacts": pa.array(offers.recent_contacts[at].astype(np.int32)),
            **{f"can_{name}": pa.array((drawn.channels >> n) & 1 == 1) for n, name in enumerate(CHANNELS)},
            "action": coded(("none", *CHANNELS), drawn.action + 1), "propensity_ppm": pa.array(drawn.propensity_ppm),
        }  # fmt: skip
        self._waiting.append(_Waiting(today, who, columns, known.paid_total[who].copy(), known.complaints[who].copy()))

    def close(self, known: Known, end: int) -> None:
        """Write what is left, and let the file appear."""
        self._settle(known, end)
        while self._waiting:
            self._take(self._waiting.popleft())
        self._write()
        self._writer.close()
        self._partial.rename(self._path)

    def _settle(self, known: Known, today: int) -> None:
        """On the morning of `today`: what has come of the rows of `OUTCOME_DAYS` ago."""
        for rows in self._waiting:
            passed = today - rows.day
            if passed in OUTCOME_DAYS:
                rows.later[f"paid_{passed}_minor"] = pa.array(known.paid_total[rows.who] - rows.paid)
            if passed == OUTCOME_DAYS[0]:
                rows.later[f"complained_{passed}"] = pa.array(known.complaints[rows.who] > rows.complaints)
        while self._waiting and today - self._waiting[0].day >= OUTCOME_DAYS[-1]:
            self._take(self._waiting.popleft())

    def _take(self, rows: _Waiting) -> None:
        told = rows.columns | rows.later
        unknown = {name: pa.nulls(len(rows.who), SCHEMA.field(name).type) for name in SCHEMA.names if name not in told}
        self._ready.append(pa.table({name: (told | unknown)[name] for name in SCHEMA.names}, schema=SCHEMA))
        if sum(table.num_rows for table in self._ready) >= ROWS_A_GROUP:
            self._write()

    def _write(self) -> None:
        if self._ready:
            self._writer.write_table(pa.concat_tables(self._ready))
            self._ready = []
