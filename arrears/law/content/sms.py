"""How many SMS parts a text takes: GSM 7 bit alphabet where every character is in it, UCS-2 otherwise (3GPP TS 23.038, 23.040).

A concatenated message spends a header of six octets in each part, so that 153 septets or 67 UCS-2 units remain. A character
that needs two (an extension character with its escape, a surrogate pair) is never cut in two. No national language tables are
assumed.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, NamedTuple

GSM_BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
"""The default alphabet in the order of its codes, 0x00 to 0x7F; 0x1B is the escape to the extension table, no character."""

GSM_EXTENSION: dict[str, int] = {
    "\f": 0x0A, "^": 0x14, "{": 0x28, "}": 0x29, "\\": 0x2F, "[": 0x3C, "~": 0x3D, "]": 0x3E, "|": 0x40, "€": 0x65,
}  # fmt: skip
"""Characters of the extension table and their codes after the escape; each takes two septets."""

SINGLE = {"GSM-7": 160, "UCS-2": 70}
"""Units of a message that is sent in one part."""

PART = {"GSM-7": 153, "UCS-2": 67}
"""Units of each part of a longer one."""

_SEPTETS = {character: 1 for character in GSM_BASIC if character != "\x1b"} | dict.fromkeys(GSM_EXTENSION, 2)
_PLANE_0_LAST = 0xFFFF


class Sms(NamedTuple):
    """What a text takes as an SMS."""

    encoding: Literal["GSM-7", "UCS-2"]
    units: int
    """Septets of GSM-7, UTF-16 code units of UCS-2."""
    parts: int
    """0 for an empty text."""


def counted(text: str) -> Sms:
    """The encoding a text needs, its units and its parts."""
    septets = [_SEPTETS.get(character, 0) for character in text]
    if all(septets):
        return Sms("GSM-7", sum(septets), _parts(septets, "GSM-7"))
    units = [2 if ord(character) > _PLANE_0_LAST else 1 for character in text]
    return Sms("UCS-2", sum(units), _parts(units, "UCS-2"))


def _parts(sizes: list[int], encoding: str) -> int:
    """Parts for characters of these sizes, none of them cut."""
    if sum(sizes) <= SINGLE[encoding]:
        return 1 if sizes else 0
    return _filled(sizes, PART[encoding])


def _filled(sizes: Iterable[int], room: int) -> int:
    parts, left = 0, 0
    for size in sizes:
        if size > left:
            parts, left = parts + 1, room
        left -= size
    return parts
