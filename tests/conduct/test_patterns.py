"""What is conspicuous about one customer: listed from the first contact beyond the threshold, with what shows it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from arrears.conduct import Conduct
from tests.conduct.world import DAY, NUMBER, World, ago, of

VAIN = "attempts_without_conversation"


def vain(world: World, name: str, times: int, *, days: int = 7, **changed: object) -> list[str]:
    """`times` unanswered calls on the last `days` days, at most three a day, the newest first."""
    world.customer(name)
    made = []
    for number in range(times):
        made += [world.contact(name, ago(number % days), f"{9 + number // days}:00", **changed)]
    return made


@pytest.fixture(scope="module")
def world() -> World:
    """Everybody of this page."""
    world = World()
    vain(world, "vain-14", 14)
    vain(world, "vain-15", 15)
    world.planned += ["vain-15", "vain-15"]
    vain(world, "vain-spoke", 15)
    world.contact("vain-spoke", ago(6), "20:00", direction="inbound", outcome="right_party")
    vain(world, "vain-relative-spoke", 15)
    world.contact("vain-relative-spoke", ago(3), "20:00", party="relative", outcome="right_party")
    vain(world, "vain-asked", 14)
    world.contact("vain-asked", ago(1), "20:00", requested=True)
    vain(world, "vain-astray", 14)
    world.point("astray", "vain-astray", status="wrong_party")
    world.contact("vain-astray", ago(1), "20:00", contact_id="astray")
    vain(world, "vain-8-days", 14)
    world.contact("vain-8-days", ago(7), "20:00")
    vain(world, "vain-messages", 14)
    world.contact("vain-messages", ago(1), "20:00", channel="sms", outcome="delivered")
    vain(world, "month-40", 40, days=30)
    vain(world, "month-41", 41, days=30)

    for name, times in (("refused-3", 3), ("refused-4", 4)):
        world.customer(name)
        world.contact(name, ago(5), "09:00", outcome="refused")
        world.calls(name, ago(4), times)
    world.customer("refused-later")
    world.contact("refused-later", ago(12), "09:00", outcome="refused")
    world.calls("refused-later", ago(5), 3)
    world.contact("refused-later", ago(4))
    world.customer("refused-before")
    world.calls("refused-before", ago(5), 4)
    world.contact("refused-before", ago(5), "20:00", outcome="refused")

    for name in ("opted-out", "opted-out-same-day", "opted-out-of-sms", "opted-out-long-ago"):
        world.customer(name)
        world.refusal(name, "sms" if name.endswith("sms") else "call", ago(40 if name.endswith("ago") else 3))
    world.contact("opted-out", ago(2))
    world.contact("opted-out", ago(2), "11:00", requested=True)
    world.contact("opted-out-same-day", ago(3))
    world.contact("opted-out-of-sms", ago(2))
    world.contact("opted-out-long-ago", ago(30))
    for name, after in (("ceased", 2), ("ceased-same-day", 3)):
        world.customer(name)
        world.flag(name, "cease", ago(3))
        world.contact(name, ago(after), channel="visit", contact_id=None, outcome="not_home")
    world.customer("ceased-cleared")
    world.flag("ceased-cleared", "cease", ago(3), active=False)
    world.contact("ceased-cleared", ago(2))
    _third_parties(world)
    _complaints(world)
    return world


def _third_parties(world: World) -> None:
    def relative(name: str, on: int, clock: str = "10:00", outcome: str = "no_answer", point: str = "relative") -> str:
        return world.contact(name, ago(on), clock, party="relative", contact_id=f"{name}-{point}", outcome=outcome)

    for name in ("kin-refused", "kin-refused-at-another", "kin-refused-last", "kin-3", "kin-4", "kin-known", "kin-unshown",
                 "kin-too-early", "kin-found-again"):  # fmt: skip
        world.customer(name)
        world.point(f"{name}-relative", name, party="relative")
    for name in ("kin-refused", "kin-refused-at-another", "kin-refused-last", "kin-3", "kin-4"):
        world.flag(name, "lost_contact", ago(40), evidence="EV-1")
    relative("kin-refused", 4, outcome="refused")
    relative("kin-refused", 4, "15:00")
    relative("kin-refused-at-another", 4, outcome="refused", point="brother")
    relative("kin-refused-at-another", 3)
    relative("kin-refused-last", 4)
    relative("kin-refused-last", 3, outcome="refused")
    for number in range(3):
        relative("kin-3", number + 1)
    for number in range(4):
        relative("kin-4", number + 1)
    relative("kin-known", 3)
    world.flag("kin-unshown", "lost_contact", ago(40))
    relative("kin-unshown", 3)
    world.flag("kin-too-early", "lost_contact", ago(3), evidence="EV-2")
    relative("kin-too-early", 4)
    world.flag("kin-found-again", "lost_contact", ago(10), evidence="EV-3", active=False)
    relative("kin-found-again", 4)


def _complaints(world: World) -> None:
    for name, since in (("complains", 6), ("complained-earlier", 7), ("complains-uncontacted", 0)):
        world.customer(name)
        world.flag(name, "complaint", ago(since))
    world.contact("complains", ago(6))
    world.contact("complains", ago(6 + 13))
    world.contact("complains", ago(6 + 14))
    world.contact("complains", ago(5))
    world.contact("complained-earlier", ago(8))


@pytest.fixture(scope="module")
def conduct(world: World, tmp_path_factory: pytest.TempPathFactory) -> Conduct:
    return world.conduct(tmp_path_factory.mktemp("conduct") / "bank")


@pytest.mark.parametrize(
    ("pattern", "not_listed", "listed"),
    [
        (VAIN, "vain-14", "vain-15"),
        (VAIN, "month-40", "month-41"),
        ("contact_after_refused", "refused-3", "refused-4"),
        ("contact_after_opt_out", "opted-out-same-day", "opted-out"),
        ("contact_after_cease", "ceased-same-day", "ceased"),
        ("third_party_after_refusal", "kin-refused-last", "kin-refused"),
        ("third_party_without_condition", "kin-3", "kin-known"),
        ("third_party_repeated", "kin-3", "kin-4"),
        ("complaint", "complained-earlier", "complains"),
    ],
)
def test_the_first_beyond_the_threshold_is_listed(conduct: Conduct, pattern: str, not_listed: str, listed: str) -> None:
    assert of(conduct, pattern, not_listed) is None
    assert of(conduct, pattern, listed) is not None


@pytest.mark.parametrize(
    ("pattern", "name"),
    [
        (VAIN, "vain-spoke"),
        (VAIN, "vain-asked"),
        (VAIN, "vain-astray"),
        (VAIN, "vain-8-days"),
        (VAIN, "vain-messages"),
        ("contact_after_refused", "refused-later"),
        ("contact_after_refused", "refused-before"),
        ("contact_after_opt_out", "opted-out-of-sms"),
        ("contact_after_opt_out", "opted-out-long-ago"),
        ("contact_after_cease", "ceased-cleared"),
        ("third_party_after_refusal", "kin-refused-at-another"),
        ("third_party_without_condition", "kin-found-again"),
    ],
)
def test_what_does_not_count_is_not_listed(conduct: Conduct, pattern: str, name: str) -> None:
    assert of(conduct, pattern, name) is None


@pytest.mark.parametrize("name", ["vain-relative-spoke"])
def test_a_conversation_with_somebody_else_is_none_with_the_customer(conduct: Conduct, name: str) -> None:
    assert of(conduct, VAIN, name) is not None


@pytest.mark.parametrize("name", ["kin-unshown", "kin-too-early"])
def test_lost_contact_counts_only_when_shown_and_from_its_day(conduct: Conduct, name: str) -> None:
    assert of(conduct, "third_party_without_condition", name) is not None


def test_a_finding_tells_count_threshold_window_plan_and_the_contacts(conduct: Conduct, world: World) -> None:
    found = of(conduct, VAIN, "vain-15")
    assert found is not None
    mine = sorted((row for row in world.contacts if row["customer_id"] == "vain-15"), key=lambda row: row["at"], reverse=True)
    assert found.evidence == tuple(row["event_id"] for row in mine)
    assert (found.count, found.threshold, found.window_days, found.planned) == (15, 14, 7, 2)
    assert (found.first_date, found.last_date) == (ago(6), DAY)


def test_evidence_is_the_newest_twenty_contacts(conduct: Conduct) -> None:
    found = of(conduct, VAIN, "month-41")
    assert found is not None
    assert (found.count, found.window_days, len(found.evidence)) == (41, 30, 20)


def test_the_day_of_the_refusal_is_told(conduct: Conduct) -> None:
    told = {name: of(conduct, pattern, name) for pattern, name in (
        ("contact_after_refused", "refused-4"), ("contact_after_opt_out", "opted-out"), ("contact_after_cease", "ceased"),
    )}  # fmt: skip
    assert {name: found.since for name, found in told.items() if found} == {
        "refused-4": ago(5), "opted-out": ago(3), "ceased": ago(3),
    }  # fmt: skip


def test_a_call_back_after_an_opt_out_is_not_counted(conduct: Conduct) -> None:
    found = of(conduct, "contact_after_opt_out", "opted-out")
    assert found is not None and found.count == 1


def test_a_complaint_brings_the_contacts_of_the_fortnight_before_it(conduct: Conduct) -> None:
    found = of(conduct, "complaint", "complains")
    assert found is not None
    assert (found.count, found.first_date, found.last_date, found.since) == (2, ago(19), ago(6), ago(6))


def test_a_complaint_without_contacts_is_listed_too(conduct: Conduct) -> None:
    found = of(conduct, "complaint", "complains-uncontacted")
    assert found is not None and (found.count, found.evidence) == (0, ())


def test_findings_are_ordered_by_severity_and_counted_by_pattern(conduct: Conduct) -> None:
    severities = [one.severity for one in conduct.findings]
    assert severities == sorted(severities, key=["breach", "serious", "watch"].index)
    assert conduct.found["third_party_repeated"] == 1


def test_no_name_and_no_number_is_told(conduct: Conduct) -> None:
    told = json.dumps(conduct.as_json(), default=str) + "\n".join(conduct.lines("en") + conduct.lines("zh"))
    assert NUMBER not in told and NUMBER[4:] not in told


def test_both_languages_tell_every_finding(conduct: Conduct) -> None:
    for language in ("en", "zh"):
        lines = conduct.lines(language)
        assert sum("vain-15" in line for line in lines) == 1
    assert any("处置" in line for line in conduct.lines("zh"))


def test_a_list_too_long_is_cut_at_the_largest_counts_and_its_length_told(world: World, tmp_path: Path) -> None:
    found = world.conduct(tmp_path / "bank", settings="listed_max: 1\n")
    mine = [one for one in found.findings if one.pattern == "third_party_without_condition"]
    assert len(mine) == 1
    assert found.found["third_party_without_condition"] == 4
