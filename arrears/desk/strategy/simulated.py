"""What `arrears simulate` found, as a strategist hands it in with a candidate: read, bounded, and tied to it by the hash."""

from __future__ import annotations

import json
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from arrears.desk.saying import _
from arrears.errors import StoreError
from arrears.file_errors import in_our_words
from arrears.playbook import Playbook

FILE_BYTES_MAX = 1_000_000
MAIN: dict[str, tuple[str, str]] = {
    "net_recovery_minor": ("net recovery", "净回收额"), "paid_minor": ("paid on all cards", "全部还款额"),
    "cost_minor": ("cost of contacts", "联系成本"), "past_due_end_minor": ("past due at the end", "期末逾期余额"),
    "npl_bp": ("NPL ratio at the end", "期末不良率"), "entered_n": ("cards that came past due", "新增逾期"),
    "cure_rate_bp": ("cured within 30 days", "30天治愈率"), "contacts_n": ("contacts", "联系次数"),
    "call_n": ("calls", "电话"), "visit_n": ("visits", "上门"), "promises_kept_n": ("promises kept", "履行承诺"),
    "complaints_n": ("complaints", "投诉"),
}  # fmt: skip
"""The measures that a page shows, of those of docs/simulation.md."""
Finite = Annotated[float, Field(allow_inf_nan=False, ge=-1e18, le=1e18)]


class _Read(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class Side(_Read):
    """One strategy: its means by measure."""

    name: str = Field(max_length=10)
    playbook: str = Field(max_length=500)
    playbook_hash: str = Field(default="", max_length=64)
    allocator: str = Field(max_length=40)
    mean: dict[str, Finite]


class Difference(_Read):
    """A less B, with Student's 95 % interval where there are several seeds."""

    mean: Finite
    low: Finite | None = None
    high: Finite | None = None


class Simulated(_Read):
    """The document of one or two strategies on the same cardholders."""

    accounts: int = Field(ge=1, le=1_000_000_000)
    days: int = Field(ge=1, le=100_000)
    start: str = Field(max_length=10)
    seeds: list[int] = Field(min_length=1, max_length=10_000)
    strategies: list[Side] = Field(min_length=1, max_length=2)
    difference: dict[str, Difference] = Field(default_factory=dict)

    def side_of(self, playbook: Playbook) -> Side | None:
        """The side that lived this playbook."""
        return next((side for side in self.strategies if side.playbook_hash == playbook.content_hash), None)


def read_simulated(raw: bytes, name: str) -> Simulated:
    """The document; raises `StoreError` with the key that is wrong."""
    remedy = _("give what `arrears simulate --playbook FILE --against guide --out RESULT.json` wrote")
    if len(raw) > FILE_BYTES_MAX:
        raise StoreError(_("larger than {most:,} bytes").format(most=FILE_BYTES_MAX), where=name, remedy=remedy)
    try:
        data: Any = json.loads(raw)
    except (ValueError, RecursionError):
        raise StoreError(_("this is no JSON"), where=name, remedy=remedy) from None
    try:
        found = Simulated.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise StoreError(
            _("this is no simulation's result: {said}").format(said=in_our_words(first)), where=f"{name}: {key}", remedy=remedy
        ) from None
    missing = [measure for side in found.strategies for measure in MAIN if measure not in side.mean]
    if missing:
        raise StoreError(_("it does not tell {missing}").format(missing=missing[0]), where=f"{name}: strategies", remedy=remedy)
    return found


def require_of(found: Simulated, playbook: Playbook, name: str) -> Side:
    """The side of the candidate; raises `StoreError` where another playbook was simulated."""
    side = found.side_of(playbook)
    if side is None:
        seen = ", ".join(side.playbook_hash[:12] or _("no hash") for side in found.strategies)
        raise StoreError(
            _("it is not of this playbook ({hash}): it tells of {seen}").format(hash=playbook.content_hash[:12], seen=seen),
            where=f"{name}: playbook_hash",
            remedy=_("simulate the very file that you submit: arrears simulate --playbook FILE --out RESULT.json"),
        )  # fmt: skip
    return side
