"""One day of a strategy: the business day's own queries over what the bank knows, to the lawful contacts on offer.

The tables of the book and the contacts of the last sixty days come in, bound by the names that `arrears.day.queries` gives
them; offers go out as columns. The queries are the day's, text for text; only where their tables lie is different.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from types import TracebackType
from typing import NamedTuple

import duckdb
import numpy as np
import pyarrow as pa

from arrears.book.tables import feed_schema
from arrears.calendar import noon_offset_min, offsets_min
from arrears.day.facts import HISTORY_DAYS, small_table
from arrears.day.texts import CONTENT_FACTS, content_facts
from arrears.day.workspace import Strategy
from arrears.feed.contracts import CHANNELS, OUTCOMES
from arrears.lab import delivery
from arrears.lab.identity import coded, numbered
from arrears.lab.simulation.book_of_the_day import ARROW, EPOCH, HOME, ZONES, BookOfTheDay, ordinal
from arrears.lab.simulation.cardholders import Known
from arrears.lab.simulation.efforts import PURPOSES, Offers
from arrears.lab.simulation.relevance import relevant
from arrears.law.columns import CANDIDATE_SCHEMA
from arrears.playbook.conditions import BANDS
from arrears.supervise.findings import OVER

UTC_OFFSET_MIN = 480
POINT_PREFIX = "MNLEHR"
"""First letters of contact ids; the place of one is the number under which a made contact keeps its contact point."""


class Made(NamedTuple):
    """Contacts of one day as they were made: whom, where, in which channel, what came of it."""

    day: int
    customer: np.ndarray
    point: np.ndarray
    minute: np.ndarray
    channel: np.ndarray
    debtor: np.ndarray
    outcome: np.ndarray


def zone_offsets(day: date) -> dict[str, int]:
    """Every zone of the simulated cardholders to its minutes east of UTC."""
    names = sorted({zone for zones in ZONES for zone in zones.split(",")} | {HOME})
    return {zone: noon_offset_min(zone, day) for zone in names}


@dataclass(frozen=True)
class Found:
    """What a strategy's day came to before anything is shared out."""

    offers: Offers
    required: np.ndarray
    """Of each offer: a rule asks for the contact, or a floor of its segment."""
    point: np.ndarray
    minute: np.ndarray
    candidates_n: int
    customers_n: int
    """Read today, and with a candidate."""


class StrategyDays:
    """A strategy at work, day after day, on a DuckDB in memory. A context manager."""

    def __init__(
        self, strategy: Strategy, sql: Mapping[date, Mapping[str, str]], start: int, *, threads: int, memory_mb: int,
        floors: bool = True,
    ) -> None:  # fmt: skip
        """`floors`: whether the floors of segments are made whatever they are worth; not where contacts are drawn by lot."""
        self.strategy = strategy
        self._sql = sql
        self._start = start
        self._history: deque[Made] = deque()
        playbook = strategy.playbook
        self._steps = {name: number for number, name in enumerate(dict.fromkeys(step.id for step in playbook.all_steps()))}
        self._required = np.array([playbook.step_at(name).required_by is not None for name in self._steps])  # type: ignore[union-attr]
        self._floor = np.array([floors and segment.floor for segment in playbook.segments])
        self._per_day = np.array([segment.intensity.per_day_max for segment in playbook.segments])
        self._per_week = np.array([segment.intensity.per_7_days_max for segment in playbook.segments])
        self._connection = duckdb.connect(":memory:")
        for setting in (
            f"threads = {threads}", f"memory_limit = '{memory_mb}MB'", "TimeZone = 'UTC'", "enable_progress_bar = false",
            "disabled_optimizers = 'projection_placement'",
        ):  # fmt: skip
            self._connection.execute(f"SET {setting}")
        self._bind_constants()

    def __enter__(self) -> StrategyDays:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._connection.close()

    def _bind_constants(self) -> None:
        day = EPOCH + timedelta(days=self._start)
        sets = [(zones, *offsets_min(zones.split(","), day)) for zones in sorted(set(ZONES) | {HOME})]
        self._let("zone_sets", small_table(("places", "offset_lo", "offset_hi"), sets))
        self._let("zone_offsets", small_table(("home", "offset"), list(zone_offsets(day).items())))
        self._let("content_facts", small_table(tuple(CONTENT_FACTS), content_facts(self.strategy)))
        # nothing is supervised here: no charge is blocked
        self._connection.register("amounts_over", _empty(OVER))
        self._let("steps", _numbered(self._steps))
        self._let("segment_numbers", _numbered({one.id: number for number, one in enumerate(self.strategy.playbook.segments)}))

    def _let(self, name: str, query: str) -> None:
        self._connection.execute(f'CREATE OR REPLACE TEMP TABLE "{name}" AS {query}')

    def _alias(self, name: str, query: str) -> None:
        self._connection.execute(f'CREATE OR REPLACE TEMP VIEW "{name}" AS {query}')

    def found(self, known: Known, day: date, who: np.ndarray | None = None) -> Found:
        """The offers of `day`; `who` are the cardholders to read, those who may matter if left out."""
        sql = self._sql[day]
        if who is None:
            who = relevant(known, self.strategy.playbook, self.strategy.bank, day)
        book = BookOfTheDay(known, self.strategy.bank, self._start, ordinal(day), who)
        self._connection.register("customers_read", book.customers)
        self._let("customers", "SELECT * FROM customers_read")
        self._let("scores", sql["scores"])
        self._let("segments", sql["segments"])
        # nobody here asks why: what is not asked for is not computed, and nothing else depends on it
        self._let("candidates", f"SELECT * REPLACE ('' AS reason) FROM ({sql['candidates']})")
        numbers = self._connection.execute("SELECT DISTINCT CAST(substr(customer_id, 2) AS BIGINT) - 1 AS n FROM candidates")
        due = np.sort(numbers.fetchnumpy()["n"])
        self._connection.register("contact_points", book.contact_points(due))
        self._connection.register("contacts_taken_in", self._taken_in(len(known.limit), due, ordinal(day)))
        self._let("misdirected_points", sql["misdirected_points"])
        self._let("contact_history", sql["contact_history"])
        self._let("facts", f"SELECT {_FACTS} FROM ({sql['facts']})")
        self._let("verdicts", sql["verdicts"])
        self._alias("decisions", sql["decisions"])
        return self._offers(known, len(due))

    def _offers(self, known: Known, customers_n: int) -> Found:
        rows = self._connection.execute(_LAWFUL).fetchnumpy()
        total = self._connection.execute("SELECT count(*) FROM verdicts").fetchall()[0][0]
        columns = {name: np.asarray(values).astype(np.int64) for name, values in rows.items()}
        who, segment = columns["customer"], columns["segment"]
        recent = known.recent_contacts[who].astype(np.int64)
        offers = Offers(
            customer=who, step=columns["step"], alternative=columns["alternative"], channel=columns["channel"],
            priority=columns["priority"], planned=columns["planned"].astype(np.bool_),
            room=np.minimum(self._per_day[segment], self._per_week[segment] - recent), segment=segment, band=columns["band"],
            score=columns["score"], dpd=known.dpd[who].astype(np.int64), bucket=known.bucket[who].astype(np.int64),
            past_due_minor=columns["past_due_minor"], balance_minor=known.balance[who], recent_contacts=recent,
            purpose=columns["purpose"], debtor=columns["debtor"].astype(np.bool_),
        )  # fmt: skip
        required = self._required[offers.step] | self._floor[offers.segment]
        return Found(offers, required, columns["point"], columns["minute"], int(total), customers_n)

    def made(self, contacts: Made) -> None:
        """Remember what was made; what is older than the law looks back is forgotten."""
        self._history.append(contacts)
        while self._history and self._history[0].day <= contacts.day - HISTORY_DAYS:
            self._history.popleft()

    def recount(self, known: Known, today: int) -> None:
        """Bring `recent_contacts` to the six days before `today`."""
        known.recent_contacts[:] = 0
        for contacts in self._history:
            if today - 6 <= contacts.day < today:
                np.add.at(known.recent_contacts, contacts.customer, 1)

    def _taken_in(self, count: int, due: np.ndarray, today: int) -> pa.Table:
        """The contacts of the last days with these cardholders, as the feed's contract has them: nobody else is asked about."""
        asked = np.zeros(count, np.bool_)
        asked[due] = True
        parts = [(made, np.flatnonzero(asked[made.customer])) for made in self._history if made.day > today - HISTORY_DAYS]
        days = np.repeat([made.day for made, _ in parts], [len(rows) for _, rows in parts]).astype(np.int64)
        customer, point, minute, channel, debtor, outcome = (
            np.concatenate([getattr(made, name)[rows] for made, rows in parts] or [np.zeros(0, np.int64)])
            for name in ("customer", "point", "minute", "channel", "debtor", "outcome")
        )
        minutes = days * 1_440 + minute - UTC_OFFSET_MIN
        told = {
            "customer_id": delivery.customer_ids(customer), "account_id": delivery.account_ids(customer),
            "contact_id": point_ids(point, customer), "at": pa.array(minutes * 60_000_000).cast(pa.timestamp("us")),
            "local_date": pa.array(days.astype(np.int32)).cast(pa.date32()), "channel": coded(CHANNELS, channel),
            "direction": coded(("outbound",), np.zeros(len(days), np.int8)),
            "party": coded(("relative", "debtor"), debtor.astype(np.int8)), "outcome": coded(OUTCOMES, outcome),
            "event_id": numbered("E", np.arange(len(days)), 10),
        }  # fmt: skip
        schema = feed_schema("contacts")
        empty = {name: pa.nulls(len(days), ARROW[kind]) for name, kind in schema.items() if name not in told}
        return pa.table({name: (told | empty)[name] for name in schema})


def point_ids(point: np.ndarray, customer: np.ndarray) -> pa.Array:
    """Contact ids of their numbers in `POINT_PREFIX` and the cardholders."""
    return pa.compute.binary_join_element_wise(coded(tuple(POINT_PREFIX), point), numbered("", customer + 1, 8), "")


def _numbered(names: Mapping[str, int]) -> str:
    return small_table(("name", "number"), list(names.items()))


def _empty(columns: Mapping[str, str]) -> pa.Table:
    return pa.schema([(name, ARROW[kind]) for name, kind in columns.items()]).empty_table()


def _place(column: str, values: tuple[str, ...]) -> str:
    cases = " ".join(f"WHEN '{value}' THEN {number}" for number, value in enumerate(values))
    return f"CASE {column} {cases} ELSE -1 END"


_FACTS = ", ".join(f'"{name}"' for name in CANDIDATE_SCHEMA)
"""What the law reads of the facts; further columns it ignores."""
_LAWFUL = f"""
SELECT CAST(substr(d.customer_id, 2) AS BIGINT) - 1 AS customer, steps.number AS step, d.alternative,
       {_place("d.channel", CHANNELS)} AS channel, d.priority, d.decision = 'chosen' AS planned,
       segment_numbers.number AS segment, {_place("s.band", BANDS)} AS band, coalesce(s.score, 0) AS score, c.past_due_minor,
       {_place("d.purpose", PURPOSES)} AS purpose, d.party = 'debtor' AS debtor, d.minute,
       strpos('{POINT_PREFIX}', substr(d.contact_id, 1, 1)) - 1 AS point
FROM decisions d JOIN steps ON d.step = steps.name JOIN segment_numbers ON d.segment = segment_numbers.name
JOIN segments s ON d.customer_id = s.customer_id JOIN customers c ON d.customer_id = c.customer_id
WHERE d.lawful AND d.contact_id <> '' AND d.decision <> 'charges_blocked'
ORDER BY customer, step, d.alternative
"""
