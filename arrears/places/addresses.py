"""Time zones of countries and regions, by tzdata and by `regions.yaml` where a country has several."""

from __future__ import annotations

import functools
from importlib import resources
from pathlib import Path

import yaml

from arrears.errors import PlaceError
from arrears.saying import said


def zones_of_address(country: str, region: str = "") -> tuple[str, ...]:
    """Every zone of a country (ISO 3166-1 alpha-2), or of its region (ISO 3166-2 without the country), most people's first.

    A region narrows the country's zones where arrears knows its regions (US, CA, AU, CN, BR, MX, ID, NZ, PT, ES, CL); elsewhere
    they stay all of the country's. Raises `PlaceError` for a country that tzdata does not have and, where regions are known,
    for a region that there is not.
    """
    known = zones_of_countries().get(country)
    if known is None:
        raise PlaceError(
            said("no country {country!r}", country=country),
            where=said("address"),
            remedy=said("use an ISO 3166-1 code such as CN, or state the IANA time zone"),
        )
    regions = regions_known().get(country, {})
    if not region or not regions:
        return known
    if region not in regions:
        raise PlaceError(
            said("{country} has no region {region!r}", country=country, region=region), where=said("address"),
            remedy=said("leave it empty, state the IANA time zone, or use one of {known}", known=', '.join(sorted(regions))),
        )  # fmt: skip
    return regions[region]


@functools.cache
def zones_of_countries() -> dict[str, tuple[str, ...]]:
    """Country to its zones, as tzdata's `zone.tab` lists them: a zone that two countries share stands under both."""
    found: dict[str, list[str]] = {}
    for line in _tzdata("zone.tab").splitlines():
        if not line.startswith("#"):
            country, _, zone = line.split("\t")[:3]
            found.setdefault(country, []).append(zone)
    return {country: tuple(zones) for country, zones in found.items()}


@functools.cache
def regions_known() -> dict[str, dict[str, tuple[str, ...]]]:
    """Country to region to zones, of `regions.yaml`."""
    text = (Path(__file__).parent / "regions.yaml").read_text(encoding="utf-8")
    raw = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506 - builds nothing but text: ON and NO are provinces
    return {country: {region: tuple(zones.split()) for region, zones in regions.items()} for country, regions in raw.items()}


@functools.cache
def known_zones() -> dict[str, str]:
    """Every name of an inhabited zone, old names included, to the name used now: `Asia/Calcutta` is `Asia/Kolkata`."""
    now = {zone: zone for zones in zones_of_countries().values() for zone in zones}
    links = (line.split()[1:3] for line in _tzdata("tzdata.zi").splitlines() if line.startswith("L "))
    return {old: target for target, old in links if target in now} | now


def _tzdata(name: str) -> str:
    return (resources.files("tzdata") / "zoneinfo" / name).read_text(encoding="utf-8")
