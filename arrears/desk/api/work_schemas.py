"""What is sent by those who lead the work. Money is minor units, shares are basis points, dates are calendar dates."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from arrears.desk.api import values as v
from arrears.desk.api import work_values as w
from arrears.desk.api.values import In
from arrears.desk.work.quality import CRITERIA
from arrears.desk.work.targets import MEASURES, SEGMENTS_MAX


class AssignIn(In):
    agent: w.Username
    """Whose they are from now on: an active user of the bank who works on cases."""
    customer_ids: w.CustomerIds


class TopIn(In):
    segment: w.SegmentCode
    channel: v.Channel
    number: w.TopNumber
    """So many of the most urgent who are nobody's yet."""
    agent: w.Username


class HandOverIn(In):
    whose: w.Username
    """Whoever has it now, active or not."""
    agent: w.Username
    """Whose it is from now on: an active user of the same house who works on cases."""


class TakeAwayIn(In):
    customer_ids: w.CustomerIds


class PlaceIn(In):
    agency: w.AgencyCode
    customer_ids: w.CustomerIds
    until: v.Day | None = None
    """Last day, where it ends by itself."""


class RecallIn(In):
    customer_id: v.Id


class DrawIn(In):
    agent: w.Username | None = None
    """Of whom; left out: of everybody but the token's owner."""
    first: v.DayOfWork
    last: v.DayOfWork
    each: w.Each = 3
    """Calls and visits of each agent at most."""
    seed: w.Seed | None = None
    """To draw a sample again; left out: by chance."""


class MarksIn(In):
    marks: dict[w.Criterion, w.Mark] = Field(min_length=len(CRITERIA), max_length=len(CRITERIA))
    """Every criterion."""
    remark: w.Remark = ""


class TargetIn(In):
    segment: w.SegmentCode
    measure: w.Measure
    value_bp: w.BasisPoints


class TargetsIn(In):
    month: w.Month
    targets: list[TargetIn] = Field(min_length=1, max_length=SEGMENTS_MAX * len(MEASURES))
    """Those to be set; others stay."""


class WriteOffIn(In):
    customer_id: v.Id
    amount_minor: v.AmountMinor
    """Up to what is owed in all, in the customer's currency."""
    reason: w.WriteOffReason


class DecisionIn(In):
    decision: Literal["approve", "reject"]


class ApprovalIn(DecisionIn):
    note: w.Note = ""


class DocumentIn(In):
    kind: w.DocumentKind
    content: w.Content
