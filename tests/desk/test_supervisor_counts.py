"""Quality checks drawn and marked, and targets with what was reached: counted from the ledger."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache

from arrears.desk.cases.judging import judge_due
from arrears.desk.cases.promises import make_promise
from arrears.desk.current import Desk
from arrears.desk.dispatch.receiving import Payment, receive_payment
from arrears.desk.dispatch.telling import Told, tell
from arrears.desk.ledger.appending import Deed, append
from arrears.errors import StoreError
from tests.desk.making import DAY, MORNING, customer, intent
from tests.desk.users import client_of

ZONE = "Asia/Shanghai"
WEEK = (MORNING - timedelta(days=7), MORNING + timedelta(days=1))


@pytest.fixture
def made(here: Desk) -> Iterator[Desk]:
    """Twenty customers; `collector` called ten of them yesterday and reached six, `supervisor` called ten and reached none."""
    cache.clear()
    with here.store.connect() as connection:
        for n in range(20):
            customer(connection, f"C{n:02}")
            number = intent(connection, f"C{n:02}")
            agent = "collector" if n < 10 else "supervisor"
            called(connection, f"C{n:02}", number, agent, MORNING - timedelta(days=1), "right_party" if n < 6 else "no_answer")
    yield here


def called(connection: Any, customer_id: str, number: int, agent: str, when: datetime, outcome: str | None) -> int:
    """A call made, and its outcome told."""
    with connection.transaction():
        deed = Deed(customer_id, "attempt", when, ZONE, agent, number, step="step", channel="call", party="debtor")
        seq = append(connection, [deed])[0]
    if outcome:
        tell(connection, [Told(seq, outcome)], when + timedelta(minutes=2), agent)
    return seq


def drawn(desk: Desk) -> list[tuple[Any, ...]]:
    with desk.connection() as connection:
        return connection.execute("SELECT check_id, attempt_seq, agent FROM quality_check ORDER BY check_id").fetchall()


def test_a_sample_is_the_seeds_and_no_attempt_is_drawn_twice(made: Desk) -> None:
    from arrears.desk.work import quality

    with made.connection() as connection:
        assert quality.draw(connection, ["collector", "second"], *WEEK, 4, "supervisor", seed=7) == {"collector": 4}
        first = {row[1] for row in drawn(made)}
        connection.execute("DELETE FROM quality_check")
        quality.draw(connection, ["collector"], *WEEK, 4, "supervisor", seed=7)
        assert {row[1] for row in drawn(made)} == first, "the same seed draws the same"
        connection.execute("DELETE FROM quality_check")
        others = set()
        for seed in range(5):
            quality.draw(connection, ["collector"], *WEEK, 4, "supervisor", seed=seed)
            others |= {row[1] for row in drawn(made)}
            connection.execute("DELETE FROM quality_check")
        assert len(others) > 4, "chance differs by seed"
        assert quality.draw(connection, ["collector"], *WEEK, 8, "supervisor", seed=1) == {"collector": 8}
        assert quality.draw(connection, ["collector"], *WEEK, 8, "supervisor", seed=1) == {"collector": 2}, "what is left"
        assert quality.draw(connection, ["collector"], *WEEK, 8, "supervisor", seed=1) == {}


def test_what_has_no_outcome_was_not_made_by_people_or_not_then_is_not_drawn(made: Desk) -> None:
    from arrears.desk.work import quality

    with made.connection() as connection:
        called(connection, "C11", 12, "second", MORNING, None)
        called(connection, "C12", 13, "dispatch", MORNING, "no_answer")
        early = (MORNING - timedelta(days=9), MORNING - timedelta(days=2))
        assert quality.draw(connection, ["collector"], *early, 5, "supervisor") == {}
        assert quality.draw(connection, ["second"], *WEEK, 5, "supervisor") == {}
        with pytest.raises(StoreError, match="no days to draw from"):
            quality.draw(connection, ["collector"], MORNING - timedelta(days=100), MORNING, 5, "supervisor")
    client_of("supervisor").post("/supervision/quality/draw/", {
        "draw-agent": "", "draw-first": "2026-06-08", "draw-last": "2026-06-15", "draw-each": "50", "draw-seed": "",
    })  # fmt: skip
    assert {row[2] for row in drawn(made)} == {"collector"}, "of people, and not of whoever draws"


def card(mark: int) -> dict[str, str]:
    from arrears.desk.work import quality

    return {f"check-{name}": str(mark) for name in quality.CRITERIA} | {"check-remark": "clear"}


def test_a_check_is_marked_once_by_somebody_else(made: Desk) -> None:
    from arrears.desk.people.models import Record
    from arrears.desk.work import quality

    supervisor, second = client_of("supervisor"), client_of("second")
    with made.connection() as connection:
        quality.draw(connection, ["collector", "supervisor"], *WEEK, 2, "second", seed=3)
    by_agent: dict[str, list[int]] = {}
    for number, _seq, agent in drawn(made):
        by_agent.setdefault(agent, []).append(number)
    theirs, own = by_agent["collector"], by_agent["supervisor"]
    assert "this one" in supervisor.get(f"/supervision/quality/{theirs[0]}/").content.decode()
    assert Record.objects.filter(kind="look", actor="supervisor", subject="quality check").count() == 1
    assert supervisor.post(f"/supervision/quality/{own[0]}/", card(2)).status_code == 422, "their own"
    assert supervisor.post(f"/supervision/quality/{theirs[0]}/", card(3)).status_code == 400, "no mark"
    assert supervisor.post(f"/supervision/quality/{theirs[0]}/", card(2)).status_code == 302
    assert second.post(f"/supervision/quality/{theirs[0]}/", card(0)).status_code == 422, "marked already"
    assert second.post(f"/supervision/quality/{theirs[1]}/", card(1) | {"check-tone": "0"}).status_code == 302
    assert client_of("collector").get(f"/supervision/quality/{theirs[0]}/").status_code == 403
    with made.connection() as connection:
        found = quality.results(connection, *(MORNING - timedelta(days=1), MORNING + timedelta(days=1)))
    assert [(one["agent"], one["checked_n"], one["mean"]) for one in found] == [("collector", 2, 142)], "17 of 12 marks: 1.42"
    assert dict(zip(quality.CRITERIA, found[0]["means"], strict=True))["tone"] == 100
    assert "1.42" in supervisor.get("/supervision/quality/").content.decode()


def share(desk: Desk, month: date, now: datetime = MORNING) -> dict[str, tuple[int, int]]:
    from arrears.desk.work import targets

    with desk.connection() as connection:
        found = targets.reached(connection, month, ["seg"], now, now.date(), ZONE)
    return {one.measure: (one.part_n, one.whole_n) for one in found["seg"]}


def test_what_is_reached_is_counted_from_the_ledger_and_the_promises(made: Desk) -> None:
    yesterday = MORNING - timedelta(days=1)
    with made.connection() as connection:
        for n, due in ((0, DAY), (1, DAY), (2, DAY + timedelta(days=20))):
            make_promise(connection, made.policy, f"C{n:02}", 1_000, due, yesterday, "collector")
        receive_payment(connection, Payment("p1", "C00", "", yesterday, 1_000, "CNY"), MORNING, "feed", made.policy)
        judge_due(connection, made.policy, MORNING + timedelta(days=3), "dispatch")
    found = share(made, date(2026, 6, 1), MORNING + timedelta(days=3))
    assert found == {"right_party_rate": (6, 20), "promise_rate": (3, 6), "kept_rate": (1, 2)}
    assert share(made, date(2026, 7, 1))["kept_rate"] == (0, 0), "what is due in July is not judged"


def test_a_day_that_is_over_is_counted_once(made: Desk) -> None:
    june = date(2026, 6, 1)
    before = share(made, june)
    with made.connection() as connection:
        kept = connection.execute("SELECT day, attempts_n, right_party_n FROM day_count WHERE segment = 'seg'").fetchall()
        assert kept == [(DAY - timedelta(days=1), 20, 6)]
        assert connection.execute("SELECT count(*) FROM day_count").fetchone() == (15,), "fourteen days, and one of seg"
        called(connection, "C15", 16, "second", MORNING, "right_party")
    cache.clear()
    assert share(made, june)["right_party_rate"] == (7, 21), "today is counted when asked"
    assert before["right_party_rate"] == (6, 20)


def test_targets_are_set_in_per_cent_and_kept_in_basis_points(made: Desk) -> None:
    from arrears.desk.people.models import Record
    from arrears.desk.work.models import Target

    supervisor = client_of("supervisor")
    given = {"month": "2026-06", "seg|right_party_rate": "25.5", "seg|promise_rate": "", "seg|nonsense": "5"}
    supervisor.post("/supervision/targets/", given)
    assert list(Target.objects.values_list("month", "segment", "measure", "value_bp", "set_by")) == [
        (date(2026, 6, 1), "seg", "right_party_rate", 2550, "supervisor")
    ]
    page = supervisor.get("/supervision/targets/").content.decode()
    assert "30.0" in page, "6 of 20"
    assert 'value="25.5' in page
    assert "bad" not in page.split("<tbody>")[1].split("</td>")[0], "reached"
    client_of("manager").post("/supervision/targets/", {"month": "2026-06", "seg|right_party_rate": "35"})
    page = supervisor.get("/supervision/targets/").content.decode()
    assert "bad" in page.split("<tbody>")[1].split("</td>")[0], "30 % is less than 35 %"
    supervisor.post("/supervision/targets/", {"month": "2026-06", "seg|right_party_rate": "101"})
    assert Target.objects.get().value_bp == 3500, "no share"
    assert Record.objects.filter(kind="target").count() == 2
    assert client_of("collector").get("/supervision/targets/").status_code == 403
