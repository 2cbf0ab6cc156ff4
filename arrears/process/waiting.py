"""How long is waited where not everybody's wait has ended: the product-limit estimate over whole days.

Somebody who is waiting still, or whose case went away before, has waited at least so long. Leaving them out would make every
queue look shorter than it is, counting them as ended likewise; Kaplan and Meier (1958) use what is known of them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from arrears.money import PPM


@dataclass(frozen=True)
class Waited:
    """So many cases alike: the days waited, and whether what was waited for came then or was last seen not to have come."""

    days: int
    ended: bool
    cases_n: int


@dataclass(frozen=True)
class Curve:
    """`still[i]` is the share still waiting after the end of day `at[i]`; `followed_days` is the longest wait seen."""

    at: tuple[int, ...]
    still: tuple[float, ...]
    followed_days: int

    def quantile(self, share: float) -> int | None:
        """The day by which `share` have ceased to wait; None where the curve does not come so far."""
        # a hair of slack: shares are products of fractions, and a half is to count as a half
        return next((day for day, still in zip(self.at, self.still, strict=True) if still <= 1 - share + 1e-12), None)

    def still_ppm(self, days: int) -> int | None:
        """The share that waits longer than `days`, parts per million; None where nobody was followed so long."""
        if days > self.followed_days and (not self.still or self.still[-1] > 0):
            return None
        past = [still for day, still in zip(self.at, self.still, strict=True) if day <= days]
        return round((past[-1] if past else 1.0) * PPM)


def product_limit(waited: Iterable[Waited]) -> Curve:
    """The curve of those still waiting. On a day, what ends counts before what is lost sight of."""
    ended: dict[int, int] = {}
    lost: dict[int, int] = {}
    for one in waited:
        of = ended if one.ended else lost
        of[one.days] = of.get(one.days, 0) + one.cases_n
    at_risk = sum(ended.values()) + sum(lost.values())
    at, still, share = [], [], 1.0
    for day in sorted(ended.keys() | lost.keys()):
        if ended.get(day):
            share *= 1 - ended[day] / at_risk
            at.append(day)
            still.append(share)
        at_risk -= ended.get(day, 0) + lost.get(day, 0)
    return Curve(tuple(at), tuple(still), max(ended.keys() | lost.keys(), default=0))
