"""The journal written down as the tables of the feed's contracts.

World and journal rows come in as index columns; Arrow tables in contract schema go out. Never draws a random number: whatever
is written of a customer today is written the same tomorrow, unless it changed.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from arrears.bank import Bank
from arrears.feed import contracts as feed
from arrears.lab import desks, identity
from arrears.lab.population import CONSENT_KINDS, PRODUCTS
from arrears.lab.practice import (
    ADDRESS,
    CONTACT_PERSON,
    EMAIL,
    HAS_EMAIL,
    HAS_EMAIL_SHIFT,
    HAS_MOBILE,
    HAS_MOBILE_SHIFT,
    HAS_RELATIVE,
    HAS_RELATIVE_SHIFT,
    LANDLINE,
    MOBILE,
    RELATIVE,
    SECOND_MOBILE,
    chance_bits,
)  # fmt: skip
from arrears.lab.world import NEVER, World

ZONES = ("Asia/Shanghai", "Asia/Urumqi", "Asia/Tokyo", "Asia/Singapore")
ZONE_HOURS = (8, 6, 9, 8)
"""Hours ahead of UTC, all year round: none of them changes its clocks."""
COUNTRIES = ("CN", "CN", "JP", "SG")
POINT_STATUS = ("active", "invalid", "wrong_party")
POINT_KINDS = ("mobile", "mobile", "landline", "email", "address", "mobile", "mobile")
POINT_PARTIES = ("debtor", "debtor", "debtor", "debtor", "debtor", "relative", "contact_person")
POINT_SOURCES = (
    "contract", "customer_provided", "contract", "contract", "contract", "reserved_contact", "debtor_authorisation",
)  # fmt: skip
CONSENT_DAYS = 365
"""A consent to contacts at night lapses after a year."""
EVIDENCED_SHARE = 0.9
"""Of the customers out of contact: somebody wrote down how it is known."""
MOVE_STEP = 131
"""House numbers apart after a move."""
POINT_RANKS = np.array([1, 2, 1, 1, 1, 1, 1], np.int64)


def customer_ids(index: np.ndarray) -> pa.Array:
    return identity.numbered("C", index + 1, 8)


def account_ids(index: np.ndarray) -> pa.Array:
    return identity.numbered("A", index + 1, 8)


def point_ids(index: np.ndarray) -> pa.Array:
    return identity.numbered("P", index, 9)


def dates(days: np.ndarray) -> pa.Array:
    """Days since 1970-01-01 as dates; NEVER is null."""
    return pa.array(days.astype(np.int32), mask=np.asarray(days == NEVER)).cast(pa.date32())


def table(name: str, columns: Sequence[pa.Array]) -> pa.Table:
    """Columns in contract order as a table in contract schema."""
    return pa.Table.from_arrays(list(columns), schema=feed.CONTRACTS[name].schema)


def customers_table(world: World, who: np.ndarray) -> pa.Table:
    people = world.population.customers
    zone, region = people.zone[who], people.region[who]
    return table("customers", [
        customer_ids(who),
        identity.full_names(people.name_draw[who], people.english[who]),
        identity.coded(("zh", "en"), people.english[who].astype(np.int8)),
        identity.coded(COUNTRIES, zone),
        identity.coded(identity.REGIONS, np.where(zone >= 2, -1, region)),
        identity.coded(ZONES, np.where(people.zone_stated[who] | (zone > 0), zone, -1)),
        dates(people.since[who]),
    ])  # fmt: skip


def accounts_table(world: World, rows: np.ndarray, opening: np.ndarray) -> pa.Table:
    cards = world.population.accounts
    return table("accounts", [
        account_ids(rows),
        customer_ids(cards.customer[rows]),
        identity.coded(tuple(product.product_id for product in PRODUCTS), cards.product[rows]),
        identity.coded(("CNY",), np.zeros(len(rows), np.int8)),
        dates(cards.opened[rows]),
        pa.array(cards.limit[rows]),
        identity.coded(feed.ACCOUNT_STATUSES, world.status[rows]),
        pa.array(opening[rows]),
    ])  # fmt: skip


def statements_table(columns: tuple[np.ndarray, ...], closing: np.ndarray) -> pa.Table:
    rows, due, balance, minimum, past_due = columns
    return table("statements", [
        account_ids(rows), dates(closing), dates(due), identity.coded(("CNY",), np.zeros(len(rows), np.int8)),
        pa.array(balance), pa.array(minimum), pa.array(past_due),
    ])  # fmt: skip


def transactions_table(columns: tuple[np.ndarray, ...], posted: np.ndarray) -> pa.Table:
    rows, kind, amount, value, numbers, reverses = columns
    reversed_ids = identity.numbered("T", np.maximum(reverses, 0), 10)
    return table("transactions", [
        identity.numbered("T", numbers, 10), account_ids(rows), identity.coded(feed.TRANSACTION_KINDS, kind), pa.array(amount),
        identity.coded(("CNY",), np.zeros(len(rows), np.int8)), dates(posted), dates(value),
        pc.if_else(pa.array(reverses >= 0), reversed_ids, pa.scalar(None, pa.string())),
    ])  # fmt: skip


def existing_points(world: World, who: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Customer and slot of every contact point these customers have."""
    extras = world.population.customers.extras[who]
    has = np.zeros((len(who), 7), bool)
    has[:, MOBILE] = chance_bits(extras, HAS_MOBILE_SHIFT) < HAS_MOBILE
    has[:, SECOND_MOBILE] = world.mobile_second[who]
    has[:, LANDLINE] = chance_bits(extras, 24) < 0.15
    has[:, EMAIL] = chance_bits(extras, HAS_EMAIL_SHIFT) < HAS_EMAIL
    has[:, ADDRESS] = True
    has[:, RELATIVE] = chance_bits(extras, HAS_RELATIVE_SHIFT) < HAS_RELATIVE
    has[:, CONTACT_PERSON] = chance_bits(extras, 32) < 0.2
    row, slot = np.nonzero(has)
    return who[row], slot


def points_table(world: World, who: np.ndarray, slot: np.ndarray) -> pa.Table:
    people = world.population.customers
    index = who.astype(np.int64) * 8 + slot
    extras, region, zone = people.extras[who], people.region[who], people.zone[who]
    value = identity.mobile_numbers(index)
    value = pc.if_else(pa.array(slot == LANDLINE), identity.landline_numbers(index, region), value)
    value = pc.if_else(pa.array(slot == EMAIL), identity.emails(who + 1), value)
    value = pc.if_else(pa.array(slot == ADDRESS), identity.addresses(who + 1 + world.moves[who] * MOVE_STEP, region), value)
    status = np.where(slot == MOBILE, world.mobile_known[who], 0)
    status = np.where((slot == LANDLINE) & (chance_bits(extras, 40) < 0.1), 1, status)
    status = np.where((slot == ADDRESS) & (chance_bits(extras, 48) < 0.02), 1, status)
    placed = np.isin(slot, (LANDLINE, ADDRESS))
    return table("contact_points", [
        point_ids(index), customer_ids(who), identity.coded(POINT_KINDS, slot), value,
        identity.coded(POINT_PARTIES, slot), identity.coded(POINT_SOURCES, slot),
        identity.coded(ZONES, np.where(placed, zone, np.where(slot == EMAIL, -1, 0))),
        identity.coded(POINT_STATUS, status), pa.array(POINT_RANKS[slot]),
    ])  # fmt: skip


def consents_table(world: World, who: np.ndarray, kind: np.ndarray) -> pa.Table:
    channels, purposes = zip(*CONSENT_KINDS, strict=True)
    given = world.consent_day[who, kind]
    lapses = (kind == CONSENT_KINDS.index(("call", "night_contact"))) & (world.consents[who, kind] == 1)
    return table("consents", [
        customer_ids(who), identity.coded(channels, kind), identity.coded(purposes, kind),
        pa.array(world.consents[who, kind] == 1), dates(given), dates(np.where(lapses, given + CONSENT_DAYS, NEVER)),
    ])  # fmt: skip


def flags_table(columns: tuple[np.ndarray, ...]) -> pa.Table:
    """The last word on each customer and flag, in order of customer."""
    who, flag, active, since, until = columns
    key = who.astype(np.int64) * len(feed.FLAGS) + flag
    last = len(key) - 1 - np.unique(key[::-1], return_index=True)[1]
    records = identity.numbered("EV-", who[last] + 1, 8)
    shown = (flag[last] == feed.FLAGS.index("lost_contact")) & (desks.mixed(who[last], 5) < EVIDENCED_SHARE)
    return table("flags", [
        customer_ids(who[last]), identity.coded(feed.FLAGS, flag[last]), pa.array(active[last]), dates(since[last]),
        dates(until[last]), pc.if_else(pa.array(shown), records, pa.scalar(None, pa.string())),
    ])  # fmt: skip


def contacts_table(world: World, columns: tuple[np.ndarray, ...], days: np.ndarray) -> pa.Table:
    who, rows, point, minute, channel, direction, party, outcome, company, numbers = columns
    inbound = direction == 1
    hours = np.array(ZONE_HOURS, np.int64)[world.population.customers.zone[who]]
    at_minute = days.astype(np.int64) * 1_440 + minute - hours * 60
    return table("contacts", [
        identity.numbered("E", numbers, 10), customer_ids(who), account_ids(rows), point_ids(point),
        pa.array(at_minute * 60_000_000).cast(pa.timestamp("us")), dates(days),
        identity.coded(feed.CHANNELS, channel), identity.coded(("outbound", "inbound"), direction),
        identity.coded(feed.PARTIES, party), identity.coded(feed.OUTCOMES, outcome),
        identity.coded(desks.COMPANIES[1:], company - 1), desks.agents(numbers, company, channel, inbound),
        pa.array(desks.requested(numbers, channel, inbound, outcome)),
    ])  # fmt: skip


def stacked(parts: list[tuple[np.ndarray, ...]]) -> tuple[np.ndarray, ...] | None:
    """The parts' columns one after the other; None where there are no rows."""
    parts = [part for part in parts if len(part[0])]
    return tuple(np.concatenate(column) for column in zip(*parts, strict=True)) if parts else None


def as_csv(feed_folder: Path, out: Path) -> Path:
    """One day's folder with every Parquet table as CSV (UTF-8, header, empty for null); returns `out`."""
    out.mkdir(parents=True, exist_ok=True)
    options = pa_csv.WriteOptions(quoting_style="needed")
    for path in sorted(feed_folder.glob("*.parquet")):
        rows = pq.read_table(path, partitioning=None)
        for index, column in enumerate(rows.schema):
            if pa.types.is_timestamp(column.type):
                rows = rows.set_column(index, column.name, rows.column(index).cast(pa.timestamp("s")))
        pa_csv.write_csv(rows, out / f"{path.stem}.csv", options)
    return out


def bank_toml(bank: Bank) -> str:
    """Settings as the text of a `bank.toml`."""
    plain = bank.model_dump(exclude_none=True)
    products = plain.pop("products")
    lines = ["# A simulated bank; nobody in it exists."]
    lines += [f"{key} = {_toml(value)}" for key, value in plain.items() if value not in ({}, "")]
    for product in products:
        lines += ["", "[[products]]", *(f"{key} = {_toml(value)}" for key, value in product.items())]
    return "\n".join(lines) + "\n"


def _toml(value: object) -> str:
    if isinstance(value, tuple):
        return "[" + ", ".join(_toml(inner) for inner in value) + "]"
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int) else f'"{value}"'
