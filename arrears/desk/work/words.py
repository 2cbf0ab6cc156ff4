"""The words of the work's codes, in both languages."""

from __future__ import annotations

WRITE_OFF_REASONS: dict[str, tuple[str, str]] = {
    "bankrupt": ("bankruptcy ended without enough", "破产终结，清偿不足"),
    "estate": ("died, and the estate is not enough", "债务人死亡，遗产不足清偿"),
    "fraud": ("fraud by others, nothing to be had", "被他人欺诈，追索无果"), "untraced": ("not found for long", "长期失联"),
    "barred": ("barred by time", "超过诉讼时效"), "uneconomic": ("costs more than it brings", "追偿成本高于预期收回"),
    "settled": ("rest after a settlement", "和解后余额"),
}  # fmt: skip
"""Why a debt is written off: (English, Chinese)."""
