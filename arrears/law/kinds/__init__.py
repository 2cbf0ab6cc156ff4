"""The kinds of rules: a small closed set, each once for columns and once for one contact.

A kind comes in as the `kind` and `params` of a rule; out go a column (`screened`) and a reason (`judged`). A kind never reads a
file, a clock or another rule. How to add one: docs/law.md; one about a matter that is no contact: docs/matters.md.
"""

from arrears.law.kinds.acts import Forbidden, Limit, Notice
from arrears.law.kinds.base import Kind
from arrears.law.kinds.charges import FeeCap, InterestFree, RateCap
from arrears.law.kinds.closed_days import ClosedDays
from arrears.law.kinds.content import ContentRule
from arrears.law.kinds.frequency import CoolOff, FrequencyCap
from arrears.law.kinds.hours import Hours
from arrears.law.kinds.matter import MatterKind
from arrears.law.kinds.party import PartyAllowed
from arrears.law.kinds.permission import Consent, ContactSource, Hold, Visitors
from arrears.law.kinds.procedural import Procedural
from arrears.law.kinds.repayment import PaymentOrder, PlanTerms
from arrears.law.kinds.stated import StatedTimes
from arrears.law.kinds.terms import Classification, Deadline, Disclosure, Retention

CONTACT_KINDS: tuple[type[Kind], ...] = (
    Hours, ClosedDays, StatedTimes, FrequencyCap, CoolOff, PartyAllowed, Hold, Consent, ContactSource, Visitors,
    ContentRule, Procedural,
)  # fmt: skip
MATTER_KINDS: tuple[type[MatterKind], ...] = (
    RateCap, FeeCap, InterestFree, PaymentOrder, PlanTerms, Notice, Forbidden, Limit, Deadline, Retention, Classification,
    Disclosure,
)  # fmt: skip
_ALL: tuple[type[Kind] | type[MatterKind], ...] = (*CONTACT_KINDS, *MATTER_KINDS)
KINDS = {kind.name: kind for kind in _ALL}
"""Every kind by the word a pack uses for it."""

__all__ = [
    "CONTACT_KINDS",
    "KINDS",
    "MATTER_KINDS",
    "ClosedDays",
    "Consent",
    "ContactSource",
    "ContentRule",
    "CoolOff",
    "FrequencyCap",
    "Hold",
    "Hours",
    "Kind",
    "MatterKind",
    "PartyAllowed",
    "Procedural",
    "StatedTimes",
    "Visitors",
]
