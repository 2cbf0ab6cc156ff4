"""The people of the golden day, each with the story that makes them a case."""

from __future__ import annotations

from tests.day.world import LEAP_DAY, Tables, cardholder, contact_point, contacted

RELATIVE = {"party": "relative", "source": "debtor_authorisation"}


def people() -> dict[str, tuple[str, Tables]]:
    """Customer id to story and tables."""
    day = LEAP_DAY
    told: list[tuple[str, Tables]] = [
        ("pays in time, next due date in three days", cardholder(1, day, due_in=3)),
        ("the same, without an e-mail address", cardholder(2, day, due_in=3, reach=("mobile", "address"))),
        ("late twice before, nine days past due once more", cardholder(3, day, dpd=9, late_before=2)),
        ("46 days past due, nothing heard", cardholder(4, day, dpd=46)),
        ("46 days past due, opted out of calls", cardholder(5, day, dpd=46, refuses=("call",))),
        ("46 days past due, opted out of calls and SMS", cardholder(6, day, dpd=46, refuses=("call", "sms"))),
        ("33 days past due, disputes the debt", cardholder(7, day, dpd=33, flags=("dispute",))),
        ("46 days past due, deceased", cardholder(8, day, dpd=46, flags=("deceased",))),
        ("keeps a repayment plan, next due date in three days", cardholder(9, day, due_in=3, flags=("plan_performing",))),
        ("46 days past due, no contact point at all", cardholder(10, day, dpd=46, reach=())),
        ("95 days past due, owes much: two visitors", cardholder(11, day, dpd=95, balance=8_000_000)),
        ("40 days past due, lost and evidenced: the relative the debtor named is asked to pass on a call-back",
         _with_relative(cardholder(12, day, dpd=40, flags=("lost_contact:EV-12",), reach=("mobile",)), 12)),
        ("40 days past due, not lost: the relative is left alone",
         _with_relative(cardholder(13, day, dpd=40, reach=("mobile",)), 13)),
        ("46 days past due, three conversations by phone today already",
         cardholder(14, day, dpd=46) | contacted(14, day, "call", 3, outcome="right_party")),
        ("46 days past due, moved to Tokyo: no law pack speaks for Japan",
         cardholder(15, day, dpd=46, country="JP", region=None, timezone="Asia/Tokyo")),
        ("40 days past due, said to be lost without evidence: the relative is left alone",
         _with_relative(cardholder(16, day, dpd=40, flags=("lost_contact",), reach=("mobile",)), 16)),
    ]  # fmt: skip
    return {f"C{number}": told_of for number, told_of in enumerate(told, 1)}


def _with_relative(tables: Tables, number: int) -> Tables:
    relative = contact_point(number, "mobile", **RELATIVE)
    return tables | {"contact_points": [*tables["contact_points"], relative]}
