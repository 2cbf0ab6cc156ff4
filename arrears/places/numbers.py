"""Time zones of telephone numbers, by the prefixes of Google's libphonenumber (`phonenumbers`)."""

from __future__ import annotations

import functools
import re

from arrears.errors import PlaceError
from arrears.places.addresses import known_zones
from arrears.saying import said

E164 = re.compile(r"\+[1-9][0-9]{6,14}\Z")
PREFIX_DIGITS = 7
"""Digits that tell a place: country calling code, area code, exchange."""
_REMEDY = said("give the number as +<country code><number> (E.164), or state the IANA time zone in contact_points.timezone")


def zones_of_number(e164: str) -> tuple[str, ...]:
    """Every zone, sorted, where whoever has this number may be by its prefix.

    An area code gives the zones it covers; a mobile or toll-free number that belongs to no area gives all of its country
    calling code. Numbers move with people: a prefix is a plausible place besides the address, not the place. Raises
    `PlaceError`, which does not carry the number, for one that is not in E.164 or that no numbering plan has.
    """
    from phonenumbers import NumberParseException, parse  # noqa: PLC0415 - a large library, for those who ask
    from phonenumbers.timezone import UNKNOWN_TIMEZONE, time_zones_for_number  # noqa: PLC0415

    if not E164.match(e164):
        raise PlaceError(said("not an international number"), where=said("number"), remedy=_REMEDY)
    try:
        found = time_zones_for_number(parse(e164))
    except NumberParseException:
        found = (UNKNOWN_TIMEZONE,)
    if UNKNOWN_TIMEZONE in found:
        raise PlaceError(said("no numbering plan has this number"), where=said("number"), remedy=_REMEDY)
    return tuple(sorted({known_zones().get(zone, zone) for zone in found}))


@functools.lru_cache(maxsize=262_144)
def zones_of_prefix(prefix: str, digits_n: int) -> tuple[str, ...]:
    """The zones of numbers that begin with `prefix` (`+` and up to `PREFIX_DIGITS` digits) and have `digits_n` digits.

    Empty where no such number is known: a prefix tells less than a number, and whoever asks has other places to go by.
    """
    for filling in _FILLINGS:
        try:
            return zones_of_number((prefix + filling)[: digits_n + 1])
        except PlaceError:
            continue
    return ()


_FILLINGS = ("23456789", "00000000", "11111111", "99999999")
"""Digits to make a number of a prefix: some plans leave a few subscriber numbers out, none leaves all of these out."""
