"""What a simulated strategy came to, as numbers that a bank's managers ask for.

The counts of the days come in as whole numbers; one frozen row a run goes out. Money is minor units, shares are basis points.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Any

import numpy as np

from arrears.feed.contracts import CHANNELS
from arrears.lab.simulation.cardholders import OPEN, Known
from arrears.lab.simulation.efforts import RESOURCES
from arrears.money import BASIS_POINTS

NPL_DPD = 90


@dataclass(frozen=True)
class Outcome:
    """One strategy on one seed."""

    net_recovery_minor: int
    """`paid_minor` less `cost_minor`. What would have come anyway is the same under every strategy, so a difference is what
    the strategies brought, the payments they kept from being late included."""
    recovered_minor: int
    """Repaid on cards that were past due; whoever is kept from falling past due counts as nothing here."""
    cost_minor: int
    """Of the contacts."""
    paid_minor: int
    """Everything repaid, on any card."""
    charged_off_minor: int
    past_due_end_minor: int
    """Owed on cards past due at the end."""
    npl_bp: int
    """Owed on cards more than 90 days past due, of all that is owed, at the end."""
    npl_mean_bp: int
    """The same, the mean of the days."""
    entered_n: int
    """Cards that came past due."""
    cured_n: int
    cure_rate_bp: int
    """Of those that came past due 30 days before the end or earlier: not past due again within 30 days."""
    contacts_n: int
    sms_n: int
    email_n: int
    call_n: int
    letter_n: int
    visit_n: int
    conversations_n: int
    promises_n: int
    promises_due_n: int
    promises_kept_n: int
    complaints_n: int
    agent_seconds_used_bp: int
    """Of what the capacity gave; so the next four."""
    sms_used_bp: int
    letters_used_bp: int
    visits_used_bp: int
    money_minor_used_bp: int

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


MEASURES = tuple(field.name for field in fields(Outcome))


@dataclass
class Tally:
    """The running counts of one run."""

    paid: np.ndarray
    """By `repaying.REPAID`."""
    aged: np.ndarray
    """By `cycles.AGED`."""
    answered: np.ndarray
    """By `response.ANSWERED`."""
    channels: np.ndarray
    taken: np.ndarray
    """By `efforts.RESOURCES`."""
    charged_off: int = 0
    npl_ppm_sum: int = 0

    def outcome(self, known: Known, capacities: np.ndarray, days: int) -> Outcome:
        """The row of the run at its end; `capacities` are a day's."""
        paid, recovered, promises_due, kept = (int(value) for value in self.paid)
        entered, cured, in_time, in_time_of = (int(value) for value in self.aged)
        complaints, promises, conversations, _ = (int(value) for value in self.answered)
        cost = int(self.taken[RESOURCES.index("money_minor")])
        used = {
            f"{name}_used_bp": int(taken) * BASIS_POINTS // max(int(most) * days, 1)
            for name, taken, most in zip(RESOURCES, self.taken, capacities, strict=True)
        }
        made = {f"{name}_n": int(count) for name, count in zip(CHANNELS, self.channels, strict=True)}
        return Outcome(
            net_recovery_minor=paid - cost, recovered_minor=recovered, cost_minor=cost, paid_minor=paid,
            charged_off_minor=self.charged_off, past_due_end_minor=int(_owed(known)[known.dpd > 0].sum()),
            npl_bp=npl_ppm(known) // 100, npl_mean_bp=self.npl_ppm_sum // max(days, 1) // 100, entered_n=entered, cured_n=cured,
            cure_rate_bp=in_time * BASIS_POINTS // max(in_time_of, 1), contacts_n=int(self.channels.sum()), **made,
            conversations_n=conversations, promises_n=promises, promises_due_n=promises_due, promises_kept_n=kept,
            complaints_n=complaints, **used,
        )  # fmt: skip


def _owed(known: Known) -> np.ndarray:
    owed: np.ndarray = np.where(known.status == OPEN, np.maximum(known.balance, 0), 0)
    return owed


def npl_ppm(known: Known) -> int:
    """Owed on open cards more than 90 days past due, parts per million of all that is owed."""
    owed = _owed(known)
    return int(owed[known.dpd > NPL_DPD].sum()) * 1_000_000 // max(int(owed.sum()), 1)
