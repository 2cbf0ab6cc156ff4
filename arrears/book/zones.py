"""Plausible time zones where the feed states none: by the prefix of a number, and by country and region.

Expressions name the few distinct prefixes and addresses of a shard; Python looks these up once, and the answers come back as
two small tables that the book's queries join.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.parquet as pq

from arrears.engine.session import Session
from arrears.errors import PlaceError
from arrears.places import zones_of_address
from arrears.places.numbers import PREFIX_DIGITS, zones_of_prefix

PREFIX_ZONES = {"prefix": "string", "prefix_zones": "string"}
"""`prefix_zones`: zones of numbers that begin so and are so long, sorted and comma-separated."""

ADDRESS_ZONES = {"at_country": "string", "at_region": "string", "home": "string", "zones_there": "string"}
"""`home` is the zone of most people there, `zones_there` are all of them, sorted and comma-separated."""


def prefix_of(points: ir.Table) -> ir.StringValue:
    """What of a contact point tells its place: the start of a telephone number and its length; empty for all else."""
    number = points.kind.isin(("mobile", "landline")) & points.value.startswith("+")
    told = points.timezone.coalesce("") != ""
    digits = (points.value.length().cast("int64") - 1).cast("string")
    return ibis.ifelse(number & ~told, points.value.substr(0, PREFIX_DIGITS + 1) + ":" + digits, ibis.literal(""))


def prefixes_to_place(contact_points: ir.Table, changed: ir.Table) -> ir.Table:
    """`prefix`: the distinct ones of the customers in `changed` for whose numbers the feed states no zone."""
    points = contact_points.semi_join(changed.select("customer_id").distinct(), "customer_id")
    points = points.filter((points.party == "debtor") & (points.status == "active")).mutate(prefix=prefix_of)
    return points.filter(points.prefix != "").select("prefix").distinct()


def addresses_to_place(delivered: ir.Table) -> ir.Table:
    """`country`, `region`: the distinct ones of the customers delivered without a zone."""
    unstated = delivered.filter(delivered.timezone.coalesce("") == "")
    return unstated.select(country="country", region=unstated.region.coalesce("")).distinct()


def bind_places(session: Session, prefixes: str, addresses: str, folder: Path, shard: str) -> None:
    """Let `prefix_zones` and `address_zones` stand for what the prefixes and addresses of two queries tell."""
    found = [(prefix, _joined(_by_prefix(str(prefix)))) for (prefix,) in session.rows(prefixes)]
    _bind(session, "prefix_zones", PREFIX_ZONES, found, folder / "prefix_zones" / shard)
    places = [(country, region, *_by_address(str(country), str(region))) for country, region in session.rows(addresses)]
    _bind(session, "address_zones", ADDRESS_ZONES, places, folder / "address_zones" / shard)


def _by_prefix(prefix: str) -> tuple[str, ...]:
    start, _, digits = prefix.partition(":")
    return zones_of_prefix(start, int(digits))


def _by_address(country: str, region: str) -> tuple[str, str]:
    """A region that there is not narrows nothing: the country's zones are all plausible then."""
    try:
        zones = zones_of_address(country, region)
    except PlaceError:
        zones = zones_of_address(country)
    return zones[0], _joined(zones)


def _joined(zones: Sequence[str]) -> str:
    return ",".join(sorted(zones))


def _bind(session: Session, name: str, columns: dict[str, str], rows: Sequence[Sequence[object]], path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    arrays = [pa.array([row[number] for row in rows], pa.string()) for number in range(len(columns))]
    pq.write_table(pa.table(arrays, names=list(columns)), path)
    session.bind(name, [path])


def placed(delivered: ir.Table, address_zones: ir.Table) -> ir.Table:
    """Delivered customers with `address_zones` where no zone is stated, and `timezone` then the one of most people there."""
    joined = delivered.left_join(
        address_zones,
        (delivered.country == address_zones.at_country) & (delivered.region.coalesce("") == address_zones.at_region),
    )
    stated = joined.timezone.coalesce("")
    return joined.mutate(
        timezone=ibis.ifelse(stated == "", joined.home.coalesce(""), stated),
        address_zones=ibis.ifelse(stated == "", joined.zones_there.coalesce(""), ibis.literal("")),
    ).drop(*address_zones.columns)


def all_of(*lists: ir.StringValue) -> ir.StringValue:
    """Comma-separated zones of several lists together, sorted, each once."""
    joined = lists[0]
    for one in lists[1:]:
        joined = joined + "," + one
    return joined.split(",").unique().sort().join(",")
