"""The customers' table that the day's queries read, and their contact points, out of what the bank knows.

The bank's arrays and the numbers of some cardholders come in; Arrow tables with every column of `book.columns.CUSTOMER_COLUMNS`
go out. Nature's arrays never come in here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
import pyarrow as pa

from arrears.bank import Bank
from arrears.book.build import KEPT_TABLES
from arrears.book.columns import CUSTOMER_COLUMNS
from arrears.lab import delivery
from arrears.lab.identity import REGIONS, coded, numbered
from arrears.lab.simulation.cardholders import CHARGED_OFF, GOOD, NEVER, WRONG, Known, consent_texts, customer_hashes
from arrears.lab.simulation.parameters import EVIDENCED, FLAG_BIT
from arrears.money import BASIS_POINTS
from arrears.places import zones_of_address

ARROW = {"string": pa.string(), "int64": pa.int64(), "boolean": pa.bool_(), "date": pa.date32(),
         "timestamp(6)": pa.timestamp("us")}  # fmt: skip
EPOCH = date(1970, 1, 1)
ZONES = tuple(",".join(sorted(zones_of_address("CN", region))) for region in REGIONS)
"""Every plausible zone, by region."""
HOME = "Asia/Shanghai"
FIRST_MOBILE, SECOND_MOBILE, LANDLINE, EMAIL, ADDRESS, RELATIVE = "M", "N", "L", "E", "H", "R"
"""What a contact point's id begins with."""
POINTS = (
    # prefix, kind, party, source
    (FIRST_MOBILE, "mobile", "debtor", "contract"), (SECOND_MOBILE, "mobile", "debtor", "customer_provided"),
    (LANDLINE, "landline", "debtor", "contract"), (EMAIL, "email", "debtor", "contract"),
    (ADDRESS, "address", "debtor", "contract"), (RELATIVE, "mobile", "relative", "reserved_contact"),
)  # fmt: skip


def ordinal(day: date) -> int:
    """Days since 1970-01-01."""
    return (day - EPOCH).days


def next_due(known: Known, today: int) -> np.ndarray:
    """Nearest due day, today or later, with an unpaid minimum payment; NEVER where none."""
    coming = (known.unpaid > 0) & (known.due >= today) & (known.status != CHARGED_OFF)
    return np.where(coming, known.due, NEVER)


def next_due_minor(known: Known, today: int) -> np.ndarray:
    """Unpaid part of the minimum payment that falls due next, minor units; 0 where none."""
    unpaid = np.minimum(known.unpaid, np.maximum(known.balance, 0))
    return np.where(next_due(known, today) != NEVER, np.minimum(unpaid, known.asked[:, 0]), 0)


@dataclass(frozen=True)
class BookOfTheDay:
    """The tables of one day as Arrow, for the cardholders `who`."""

    known: Known
    bank: Bank
    start: int
    """First day of the simulation: consents are dated by it."""
    today: int
    who: np.ndarray

    @property
    def customers(self) -> pa.Table:
        """The customers' table of the book as of the day."""
        columns = self._texts | self.numbers | self._dates
        arrays = [_array(columns[column.name], column.type) for column in CUSTOMER_COLUMNS]
        return pa.Table.from_arrays(arrays, names=[column.name for column in CUSTOMER_COLUMNS])

    @cached_property
    def _texts(self) -> dict[str, object]:
        known, who = self.known, self.who
        consents = consent_texts(self.start)
        region = known.region[who]
        return {
            "customer_id": delivery.customer_ids(who),
            "account_id": delivery.account_ids(who),
            "product_id": coded(tuple(product.product_id for product in self.bank.products), known.product[who]),
            "language": coded(("zh", "en"), known.english[who].astype(np.int8)),
            "country": _same("CN", len(who)),
            "region": coded(REGIONS, region),
            "timezone": _same(HOME, len(who)),
            "address_zones": coded(ZONES, region),
            "zones": coded(ZONES, region),
            "currency": _same(self.bank.currency, len(who)),
            "consents": coded(tuple(given for given, _ in consents), known.consents[who]),
            "refusals": coded(tuple(refused for _, refused in consents), known.consents[who]),
            "flags": _flag_texts(known.flags[who]),
            "mobile_id": _mobile_ids(known, who),
            "email_id": _ids(EMAIL, who, known.has_email[who]),
            "address_id": _ids(ADDRESS, who, np.ones(len(who), np.bool_)),
            "landline_id": _ids(LANDLINE, who, known.has_landline[who]),
            "relative_id": _ids(RELATIVE, who, known.has_relative[who]),
        }

    @cached_property
    def numbers(self) -> dict[str, np.ndarray]:
        """The columns of whole numbers and booleans."""
        known, who, today = self.known, self.who, self.today
        late, dpd = known.late[who], known.dpd[who]
        owed = np.maximum(known.balance[who], 0)
        asked = known.asked[who]
        passed = known.dues[who] < today
        # what the newest statement asks for and is not due yet is not past due
        past_due = np.where(dpd > 0, np.minimum((asked * passed).sum(axis=1), owed), 0)
        late_n = _ones(late)
        cured_now = (late & 1).astype(bool) & (known.unpaid[who] == 0) & ~known.worked[who]
        judged = (known.due[who] < today).astype(np.int16)
        six = np.where(judged == 1, late & 0b111111, (late >> 1) & 0b111111)
        billed = known.statement_before[who]
        ratio = np.where(billed > 0, known.paid_cycle_before[who] * BASIS_POINTS // np.maximum(billed, 1), BASIS_POINTS)
        unpaid = np.minimum(known.unpaid[who], owed)
        return {
            "seq": who + 1,
            "customer_hash": customer_hashes(len(known.limit))[who],
            "accounts_n": np.ones(len(who), np.int64),
            "accounts_past_due_n": (dpd > 0).astype(np.int64),
            "dpd": dpd,
            "bucket": known.bucket[who],
            "cycles_past_due": np.where(dpd > 0, ((asked > 0) & passed).sum(axis=1), 0),
            "first_payment_default": known.first_missed[who],
            "ever_overdue": late_n + known.late_before[who] > 0,
            "times_overdue_12": late_n,
            "times_overdue_total": late_n + known.late_before[who],
            "self_cured_12": _ones(known.self_cured[who]) + cured_now,
            "late_in_6": _ones(six),
            "months_on_book": _months(known.opened[who], today),
            "utilisation_bp": np.minimum(owed * BASIS_POINTS // known.limit[who], 2 * BASIS_POINTS),
            "paid_ratio_bp": np.minimum(ratio, BASIS_POINTS),
            "credit_limit_minor": known.limit[who],
            "balance_minor": known.balance[who],
            "past_due_minor": past_due,
            "minimum_unpaid_minor": unpaid,
            "next_due_minor": next_due_minor(known, today)[who],
        }

    @cached_property
    def _dates(self) -> dict[str, object]:
        known, who = self.known, self.who
        columns = {
            "since_date": known.opened[who], "bucket_entry_date": known.bucket_since[who],
            "oldest_due_date": known.oldest_due[who], "next_due_date": next_due(known, self.today)[who],
            "last_worked_date": known.last_worked[who],
        }  # fmt: skip
        return {name: delivery.dates(np.where(days == -NEVER, NEVER, days)) for name, days in columns.items()}

    def contact_points(self, who: np.ndarray) -> pa.Table:
        """The contact points of these cardholders, in the contract's columns; numbers and addresses are left empty."""
        known = self.known
        bad = known.mobile_known[who] != GOOD
        second = known.mobile_second[who]
        status = np.where(known.mobile_known[who] == WRONG, 2, 1)
        there = {
            FIRST_MOBILE: (np.ones(len(who), np.bool_), np.where(second, 1, np.where(bad, status, 0))),
            SECOND_MOBILE: (second, np.where(bad, status, 0)),
            LANDLINE: (known.has_landline[who], np.zeros(len(who), np.int64)),
            EMAIL: (known.has_email[who], np.zeros(len(who), np.int64)),
            ADDRESS: (np.ones(len(who), np.bool_), np.zeros(len(who), np.int64)),
            RELATIVE: (known.has_relative[who], np.zeros(len(who), np.int64)),
        }
        schema = KEPT_TABLES["contact_points"]
        parts = []
        for prefix, kind, party, source in POINTS:
            has, state = there[prefix]
            mine = who[has]
            told = {
                "contact_id": numbered(prefix, mine + 1, 8), "customer_id": delivery.customer_ids(mine),
                "kind": _same(kind, len(mine)), "party": _same(party, len(mine)), "source": _same(source, len(mine)),
                "status": coded(delivery.POINT_STATUS, state[has].astype(np.int8)),
            }  # fmt: skip
            empty = {name: pa.nulls(len(mine), ARROW[kind_]) for name, kind_ in schema.items() if name not in told}
            parts.append(pa.table({name: (told | empty)[name] for name in schema}))
        return pa.concat_tables(parts)


def _same(text: str, count: int) -> pa.Array:
    return coded((text,), np.zeros(count, np.int8))


def _ids(prefix: str, who: np.ndarray, has: np.ndarray) -> pa.Array:
    ids = numbered(prefix, who + 1, 8)
    return ids if has.all() else pa.compute.if_else(pa.array(has), ids, pa.scalar(""))


def _mobile_ids(known: Known, who: np.ndarray) -> pa.Array:
    """The number the bank would dial; none where it knows it to be bad."""
    good = known.mobile_known[who] == GOOD
    first, second = numbered(FIRST_MOBILE, who + 1, 8), numbered(SECOND_MOBILE, who + 1, 8)
    ids = pa.compute.if_else(pa.array(known.mobile_second[who]), second, first)
    return pa.compute.if_else(pa.array(good), ids, pa.scalar(""))


def _flag_texts(flags: np.ndarray) -> pa.Array:
    """`,a,b,` of the bits, sorted; empty where there are none."""
    distinct, places = np.unique(flags, return_inverse=True)
    names = FLAG_BIT | {"lost_contact:evidenced": EVIDENCED}
    texts = []
    for bits in distinct:
        listed = ",".join(sorted(name for name, bit in names.items() if int(bits) & bit))
        texts.append(f",{listed}," if listed else "")
    return coded(tuple(texts), places.astype(np.int32))


def _ones(bits: np.ndarray) -> np.ndarray:
    counted: np.ndarray = np.bitwise_count(bits).astype(np.int64)
    return counted


def _months(opened: np.ndarray, today: int) -> np.ndarray:
    """Whole months since opening."""
    since, now = opened.astype("datetime64[D]"), np.datetime64(today, "D")
    months = (now.astype("datetime64[M]") - since.astype("datetime64[M]")).astype(np.int64)
    day_of_month = (since - since.astype("datetime64[M]")).astype(np.int64)
    incomplete = day_of_month > (now - now.astype("datetime64[M]")).astype(np.int64)
    whole: np.ndarray = np.maximum(months - incomplete, 0)
    return whole


def _array(column: object, kind: str) -> pa.Array:
    if isinstance(column, np.ndarray):
        return pa.array(column.astype(np.bool_ if kind == "boolean" else np.int64))
    return column
