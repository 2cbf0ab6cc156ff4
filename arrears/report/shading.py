"""Background of a roll-rate cell: one hue, deeper as the share grows, its text readable at every depth."""

from __future__ import annotations

from arrears.money import PPM

PAPER, DEEP = (255, 255, 255), (29, 90, 115)
INK, LIGHT = "#1f2529", "#ffffff"
DEPTH_MAX_PPM = 900_000

LIGHT_TEXT_FROM_PPM = 560_000
"""From here white text has the better contrast; on both sides of it the ratio is above 4.5 (tested)."""


def background(share_ppm: int) -> tuple[int, int, int]:
    """Red, green, blue of a share."""
    depth = min(max(share_ppm, 0), PPM) * DEPTH_MAX_PPM // PPM
    red, green, blue = (paper + (deep - paper) * depth // PPM for paper, deep in zip(PAPER, DEEP, strict=True))
    return red, green, blue


def text(share_ppm: int) -> str:
    """Colour of the number on it."""
    return LIGHT if share_ppm >= LIGHT_TEXT_FROM_PPM else INK


def shade(share_ppm: int | None) -> str:
    """The style of a cell."""
    share = share_ppm or 0
    red, green, blue = background(share)
    return f"background:#{red:02x}{green:02x}{blue:02x};color:{text(share)}"
