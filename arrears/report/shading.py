"""Background of a roll-rate cell: one hue, deeper as the share grows, and never too deep for dark text on it."""

from __future__ import annotations

from arrears.money import PPM

PAPER, DEEP = (255, 255, 255), (29, 90, 115)
DEPTH_MAX_PPM = 550_000
"""Of the way to the full hue: beyond it the contrast of dark text falls below 4.5 (tested)."""


def background(share_ppm: int) -> tuple[int, int, int]:
    """Red, green, blue of a share."""
    depth = min(max(share_ppm, 0), PPM) * DEPTH_MAX_PPM // PPM
    red, green, blue = (paper + (deep - paper) * depth // PPM for paper, deep in zip(PAPER, DEEP, strict=True))
    return red, green, blue


def shade(share_ppm: int | None) -> str:
    """The style of a cell; nothing for an empty one."""
    if not share_ppm:
        return ""
    red, green, blue = background(share_ppm)
    return f"background:#{red:02x}{green:02x}{blue:02x}"
