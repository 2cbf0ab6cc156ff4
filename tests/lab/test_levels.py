"""The simulated bank looks like a bank: levels, roll rates, what contacts do, and how people may be reached."""

from __future__ import annotations

import pytest

from arrears.feed.contracts import CONVERSATION_OUTCOMES
from tests.lab.conftest import DAYS, START, Bank


def test_levels_at_steady_state(bank: Bank) -> None:
    assert 600 <= bank.summary.past_due_bp <= 800
    assert 150 <= bank.summary.npl_bp <= 250


def aged(bank: Bank) -> None:
    """Table `behind`: month by month, statements in a row with a past-due part, 0 to 6."""
    bank.sql.execute("""
        CREATE OR REPLACE TEMP TABLE behind AS
        WITH marked AS (
            SELECT account_id, statement_date, past_due_minor > 0 AS late,
                   row_number() OVER w AS n,
                   max(CASE WHEN past_due_minor = 0 THEN statement_date END) OVER w AS clean
            FROM statements WINDOW w AS (PARTITION BY account_id ORDER BY statement_date))
        SELECT account_id, statement_date, late, lead(late) OVER (PARTITION BY account_id ORDER BY statement_date) AS next_late,
               count(*) FILTER (late) OVER (PARTITION BY account_id, clean ORDER BY statement_date) AS months
        FROM marked""")


def test_the_fewer_the_longer_past_due_and_the_longer_the_likelier_to_stay(bank: Bank) -> None:
    aged(bank)
    rows = bank.sql.execute(
        "SELECT months, count(*), avg(next_late::INT) FROM behind "
        "WHERE months <= 4 AND next_late IS NOT NULL GROUP BY 1 ORDER BY 1"
    ).fetchall()
    counts, stays = [row[1] for row in rows], [row[2] for row in rows]
    assert counts == sorted(counts, reverse=True)
    assert stays == sorted(stays)
    assert stays[0] < 0.10
    assert stays[3] > 0.7


def test_a_tenth_of_the_accounts_transact_and_one_in_thirty_closes_a_statement(bank: Bank) -> None:
    live = bank.number("SELECT count(DISTINCT account_id) FROM accounts")
    later = f"date > DATE '{START}'"
    active = bank.number(f"SELECT count(DISTINCT (account_id, date)) FROM transactions WHERE {later}")
    assert 0.08 < active / live / (DAYS - 1) < 0.14
    closing = bank.number(f"SELECT count(*) FROM statements WHERE {later}")
    assert 1 / 33 < closing / live / (DAYS - 1) < 1 / 27


def test_speaking_to_the_right_person_is_followed_by_payments_and_wears_off(bank: Bank) -> None:
    paid = """
        SELECT avg(CASE WHEN EXISTS (SELECT 1 FROM transactions t WHERE t.account_id = c.account_id AND t.kind = 'payment'
                   AND t.posted_date BETWEEN c.local_date + {low} AND c.local_date + {high}) THEN 1.0 ELSE 0.0 END)
        FROM contacts c WHERE channel = 'call' AND outcome IN ({outcomes})"""
    spoken = bank.number(paid.format(low=0, high=2, outcomes="'right_party', 'promise'"))
    unheard = bank.number(paid.format(low=0, high=2, outcomes="'no_answer', 'busy'"))
    weeks_later = bank.number(paid.format(low=9, high=11, outcomes="'right_party', 'promise'"))
    assert spoken > 1.4 * unheard
    assert spoken > 1.8 * weeks_later


def test_contacts_keep_to_the_local_day_and_to_three_conversations(bank: Bank) -> None:
    local = "CAST(timezone(coalesce(p.timezone, 'Asia/Shanghai'), timezone('UTC', c.at)) AS TIMESTAMP)"
    joined = (
        "contacts c JOIN (SELECT customer_id, any_value(timezone) AS timezone FROM customers GROUP BY 1) p USING (customer_id)"
    )
    assert bank.number(f"SELECT count(*) FROM {joined} WHERE hour({local}) NOT BETWEEN 8 AND 21") == 0
    assert bank.number(f"SELECT count(*) FROM {joined} WHERE CAST({local} AS DATE) <> c.local_date") == 0
    outcomes = ", ".join(f"'{outcome}'" for outcome in CONVERSATION_OUTCOMES)
    spoken = f"SELECT count(*) AS n FROM contacts WHERE outcome IN ({outcomes}) GROUP BY customer_id, local_date"
    assert bank.number(f"SELECT max(n) FROM ({spoken})") <= 3


def test_no_number_or_address_can_be_real(bank: Bank) -> None:
    real = {
        "mobile": "NOT regexp_matches(value, '^[+]86142[0-9]{8}$')",
        "landline": "NOT regexp_matches(value, '^[+]86[0-9]{2,3}0[0-9]{6}$')",
        "email": "value NOT LIKE '%@example.com'",
        "address": "value NOT LIKE '%示例路%'",
    }
    for kind, condition in real.items():
        assert bank.number(f"SELECT count(*) FROM contact_points WHERE kind = '{kind}'") > 1_000
        assert bank.number(f"SELECT count(*) FROM contact_points WHERE kind = '{kind}' AND {condition}") == 0


@pytest.mark.parametrize(
    ("condition", "low", "high"),
    [
        ("kind = 'email'", 0.5, 0.7),
        ("party = 'relative'", 0.3, 0.4),
        ("party = 'contact_person'", 0.15, 0.25),
        ("kind = 'landline'", 0.1, 0.2),
        ("status = 'invalid'", 0.02, 0.15),
        ("status = 'wrong_party'", 0.005, 0.03),
    ],
)
def test_shares_of_contact_points(bank: Bank, condition: str, low: float, high: float) -> None:
    people = bank.number("SELECT count(DISTINCT customer_id) FROM customers")
    having = bank.number(f"SELECT count(DISTINCT customer_id) FROM contact_points WHERE {condition}")
    assert low < having / people < high


def test_contacts_use_contact_points_that_were_delivered(bank: Bank) -> None:
    unknown = """SELECT count(*) FROM contacts c LEFT JOIN
        (SELECT contact_id, any_value(customer_id) AS customer_id, any_value(party) AS party, min(date) AS first
         FROM contact_points GROUP BY 1) p USING (contact_id)
        WHERE p.first IS NULL OR p.first > c.date OR p.customer_id <> c.customer_id OR p.party <> c.party"""
    assert bank.number(unknown) == 0


def test_whoever_must_not_be_contacted_is_left_alone(bank: Bank) -> None:
    """Once flagged, that is: the flags of the day before."""
    held = "('deceased', 'bankruptcy', 'attorney', 'cease')"
    assert bank.number(f"SELECT count(*) FROM flags WHERE flag IN {held}") > 30
    worked = f"""SELECT count(*) FROM contacts c JOIN flags f USING (customer_id)
        WHERE f.flag IN {held} AND f.from_date < c.local_date AND c.direction = 'outbound'"""
    assert bank.number(worked) == 0


def test_states_of_life_and_of_the_law_occur(bank: Bank) -> None:
    flags = set(bank.column("SELECT DISTINCT flag FROM flags WHERE active"))
    assert {"deceased", "bankruptcy", "dispute", "complaint", "hardship", "fraud", "plan_performing", "lost_contact"} <= flags
    assert bank.number("SELECT count(*) FROM flags WHERE NOT active") > 10
    statuses = set(bank.column("SELECT DISTINCT status FROM accounts"))
    assert statuses == {"open", "blocked", "closed", "charged_off"}
    assert 0.55 < bank.number("SELECT count(DISTINCT customer_id) / count(DISTINCT account_id) FROM accounts") < 0.8
