"""The kinds of rules: a small closed set, each once for columns and once for one contact.

A kind comes in as the `kind` and `params` of a rule; out go a boolean column (`screened`) and a reason (`judged`). A kind never
reads a file, a clock or another rule. How to add one: docs/law.md.
"""

from arrears.law.kinds.base import Kind
from arrears.law.kinds.frequency import CoolOff, FrequencyCap
from arrears.law.kinds.hours import Hours
from arrears.law.kinds.permission import Consent, ContactSource, Hold, PartyAllowed, Visitors
from arrears.law.kinds.procedural import Procedural

KINDS: dict[str, type[Kind]] = {
    kind.name: kind for kind in (Hours, FrequencyCap, CoolOff, PartyAllowed, Hold, Consent, ContactSource, Visitors, Procedural)
}
"""Every kind by the word a pack uses for it."""

__all__ = [
    "KINDS",
    "Consent",
    "ContactSource",
    "CoolOff",
    "FrequencyCap",
    "Hold",
    "Hours",
    "Kind",
    "PartyAllowed",
    "Procedural",
    "Visitors",
]
