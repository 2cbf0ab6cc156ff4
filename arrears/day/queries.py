"""The SQL of a day's later steps: scores, segments, candidates, verdicts, decisions and what goes into the work files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import ibis
import ibis.expr.types as ir

from arrears.allocate.first_lawful import decided, recent_contacts
from arrears.allocate.openings import openings
from arrears.allocate.overlay import MADE, as_shared_out
from arrears.book.build import KEPT_TABLES
from arrears.book.tables import customer_table, feed_schema
from arrears.day.blocking import asked_less, held_back
from arrears.day.texts import CONTENT_FACTS
from arrears.day.workspace import Strategy
from arrears.engine.session import to_sql
from arrears.law.columns import CANDIDATE_SCHEMA
from arrears.law.screening import screen
from arrears.money import minor_digits
from arrears.playbook import candidates, placeholders, rendered, rendered_subject, segmented
from arrears.playbook.candidates import COLUMNS, WHOLE_COLUMNS
from arrears.playbook.contents import LANGUAGES
from arrears.risk import scored
from arrears.supervise.columns import BLOCKED, FINDINGS
from arrears.supervise.findings import OVER, amounts_over, blocked

SCORES = {
    "customer_id": "string",
    "score": "int64",
    "band": "string",
    "reason_1": "string",
    "reason_2": "string",
    "reason_3": "string",
}
SEGMENTS = {"customer_id": "string", "segment": "string", "arm": "string", "score": "int64", "band": "string"}
CANDIDATES = {name: "int64" if name in WHOLE_COLUMNS else "string" for name in COLUMNS}
VERDICTS = {
    "customer_id": "string", "step": "string", "alternative": "int64", "lawful": "boolean", "refused_by": "string",
    "earliest_minute": "int64",
}  # fmt: skip
DECISIONS = CANDIDATES | {"lawful": "boolean", "refused_by": "string", "earliest_minute": "int64", "decision": "string"}

HISTORY = feed_schema("contacts") | {"misdirected": "boolean", "agreed_date": "date"}
"""The contacts that the law counts; `misdirected`: made to a contact point now known to be another person's; `agreed_date`: the
day of the consent to further contacts under which it was made, which the bank's own feed marks by `requested` instead."""

CANDIDATE_KEY = ("customer_id", "step", "alternative")

_OF_CUSTOMER = (
    "language", "timezone", "next_due_date", "next_due_minor", "oldest_due_date", "past_due_minor", "balance_minor",
    "minimum_unpaid_minor", "dpd", "bucket", "currency",
)  # fmt: skip
"""What the texts and the work files tell of a customer."""


def contacts_taken_in() -> ir.Table:
    """The contacts of the feeds that the law looks back to, in the contract's columns."""
    return ibis.table(feed_schema("contacts"), name="contacts_taken_in")


def misdirected_points() -> ir.Table:
    """`misdirected_id`: the contact points known to be another person's than whoever they were given for."""
    points = ibis.table(KEPT_TABLES["contact_points"], name="contact_points")
    return points.filter(points.status == "wrong_party").select(misdirected_id="contact_id")


def contact_history() -> ir.Table:
    """`HISTORY`: the contacts taken in, with `actor`, `agent` and `requested` never null."""
    made = contacts_taken_in()
    away = ibis.table({"misdirected_id": "string"}, name="misdirected_points")
    joined = made.left_join(away, made.contact_id == away.misdirected_id)
    whole = joined.mutate(
        actor=joined.actor.coalesce(""), agent=joined.agent.coalesce(""), requested=joined.requested.coalesce(False),
        misdirected=joined.misdirected_id.notnull(), agreed_date=ibis.null("date"),
    )  # fmt: skip
    return whole.select(*HISTORY)


def _without_mobile(made: ir.Table) -> ir.Table:
    """`lost_customer`: of the customers for whom somebody else might be asked, those whose own mobile numbers are all bad."""
    asked = made.filter(made.party != "debtor")
    points = ibis.table(KEPT_TABLES["contact_points"], name="contact_points")
    mobiles = points.filter((points.kind == "mobile") & (points.party == "debtor"))
    mobiles = mobiles.semi_join(asked, mobiles.customer_id == asked.customer_id)
    bad = mobiles.status.isin(["invalid", "wrong_party"])
    found = mobiles.group_by(lost_customer=mobiles.customer_id).agg(good_n=ibis.ifelse(bad, 0, 1).sum())
    return found.filter(found.good_n == 0).select("lost_customer")


@dataclass(frozen=True)
class DayQueries:
    """The SQL of one day and dialect. Tables are bound by their names: `customers`, `scores`, `segments`, `candidates`, ..."""

    strategy: Strategy
    day: date
    dialect: str
    offsets: Mapping[str, int]
    """Time zone to minutes east of UTC on the day, for every zone of the bank's customers."""

    def _sql(self, table: ir.Table) -> str:
        return to_sql(table, self.dialect)

    def compile(self) -> None:
        """Compile what does not depend on `offsets`, before workers share it."""
        _ = self.scores, self.segments, self.candidates, self.facts, self.decisions, self.work_facts, self.work
        _ = self.blocked, self.amounts_over
        if self.strategy.bank.effort is not None:
            _ = self.openings
        _ = self.misdirected_points, self.contact_history

    @cached_property
    def scores(self) -> str:
        return self._sql(scored(customer_table("customers"), self.strategy.scorecard, self.day))

    @cached_property
    def segments(self) -> str:
        scores = ibis.table(SCORES, name="scores")
        return self._sql(segmented(customer_table("customers"), scores, self.strategy.playbook, self.day))

    @cached_property
    def candidates(self) -> str:
        segments = ibis.table(SEGMENTS, name="segments")
        found = candidates(customer_table("customers"), segments, self.strategy.playbook, self.day)
        return self._sql(found.select(*COLUMNS))

    @cached_property
    def facts(self) -> str:
        """Candidates with what the law asks about: the customer's states, places and consents, the contact point's source."""
        made = ibis.table(CANDIDATES, name="candidates")
        people = customer_table("customers").select(
            who="customer_id", country="country", region="region", dpd="dpd", flags="flags", consents="consents",
            refusals="refusals", zones="zones", zone="timezone", spoken="language",
        )  # fmt: skip
        points = ibis.table(KEPT_TABLES["contact_points"], name="contact_points").select(
            point="contact_id", source="source", contact_status="status"
        )
        places = ibis.table({"places": "string", "offset_lo": "int64", "offset_hi": "int64"}, name="zone_sets")
        home = ibis.table({"home": "string", "offset": "int64"}, name="zone_offsets")
        points = points.semi_join(made, points.point == made.contact_id)
        lost = _without_mobile(made)
        joined = made.inner_join(people, made.customer_id == people.who)
        joined = joined.left_join(points, joined.contact_id == points.point)
        joined = joined.left_join(lost, joined.customer_id == lost.lost_customer)
        joined = joined.left_join(places, joined.zones == places.places)
        joined = joined.left_join(home, joined.zone == home.home)
        # a language without texts gets the English one
        spoken = ibis.ifelse(joined.spoken.isin(LANGUAGES), joined.spoken, LANGUAGES[0])
        joined = joined.mutate(said=joined.content + "/" + joined.channel + "/" + spoken)
        texts = ibis.table(CONTENT_FACTS, name="content_facts")
        joined = joined.left_join(texts, joined.said == texts.text_key)
        jurisdiction = ibis.ifelse(joined.region == "", joined.country, joined.country + "-" + joined.region)
        return self._sql(
            joined.mutate(jurisdiction=jurisdiction, acts=ibis.literal("issuer"), source=joined.source.coalesce(""),
                          contact_status=joined.contact_status.coalesce(""), actor=ibis.literal(""),
                          requested=ibis.literal(0, "int64"), workplace=ibis.literal(0, "int64"),
                          inconvenient=ibis.literal(0, "int64"), quiet_from=ibis.literal(0, "int64"),
                          quiet_to=ibis.literal(0, "int64"), time_barred=ibis.literal(0, "int64"),
                          content_fields=joined.content_fields.coalesce(""),
                          content_features=joined.content_features.coalesce(""),
                          content_known=joined.content_known.coalesce(0), sms_parts=joined.sms_parts.coalesce(0),
                          mobile_invalid=joined.lost_customer.notnull().cast("int64")).drop(
                "who", "country", "region", "point", "places", "home", "lost_customer", "spoken", "said",
                "text_key",
            )
        )  # fmt: skip

    @cached_property
    def misdirected_points(self) -> str:
        return self._sql(misdirected_points())

    @cached_property
    def contact_history(self) -> str:
        return self._sql(contact_history())

    @cached_property
    def verdicts(self) -> str:
        facts = CANDIDATES | CANDIDATE_SCHEMA
        history = ibis.table(HISTORY, name="contact_history")
        said = screen(
            ibis.table(facts, name="facts"), history, self.strategy.packs, as_of=self.day, business_utc_offsets=self.offsets
        )
        return self._sql(said)

    @property
    def _limits(self) -> dict[str, Mapping[str, int]]:
        segments = self.strategy.playbook.segments
        return {
            "per_day": {segment.id: segment.intensity.per_day_max for segment in segments},
            "per_7_days": {segment.id: segment.intensity.per_7_days_max for segment in segments},
        }

    @property
    def _decided(self) -> ir.Table:
        """The plain rule's decisions."""
        recent = recent_contacts(contacts_taken_in(), self.day)
        candidates, verdicts = ibis.table(CANDIDATES, name="candidates"), ibis.table(VERDICTS, name="verdicts")
        return decided(candidates, verdicts, recent, **self._limits)

    @cached_property
    def openings(self) -> str:
        """What may be made today, for the bank's effort to be shared out."""
        playbook, customers = self.strategy.playbook, customer_table("customers")
        decisions = self._decided
        possible = decisions.filter(decisions.lawful & (decisions.contact_id != "")).mutate(decision=ibis.literal("chosen"))
        asking = held_back(possible, customers, self._over)
        found = openings(
            asking.filter(asking.decision == "chosen"), customers, ibis.table(SEGMENTS, name="segments"),
            recent_contacts(contacts_taken_in(), self.day),
            required=[step.id for step in playbook.all_steps() if step.required_by],
            floors=[segment.id for segment in playbook.segments if segment.floor], **self._limits,
        )  # fmt: skip
        return self._sql(found)

    @cached_property
    def decisions(self) -> str:
        """One decision a candidate: the plain rule's, or by what the step `allocate` made of the bank's effort."""
        made = self._decided
        if self.strategy.bank.effort is not None:
            made = as_shared_out(made, ibis.table(MADE, name="worths"))
        return self._sql(held_back(made, customer_table("customers"), self._over))

    @property
    def _over(self) -> ir.Table:
        return ibis.table(OVER, name="amounts_over")

    @cached_property
    def blocked(self) -> str:
        return self._sql(blocked(ibis.table(FINDINGS, name="findings")))

    @cached_property
    def amounts_over(self) -> str:
        """What customers may not be asked for, of the table `blocked_charges`."""
        return self._sql(amounts_over(ibis.table(BLOCKED, name="blocked_charges"), self.strategy.bank))

    @property
    def _work_facts(self) -> ir.Table:
        """The chosen contacts with what whoever makes them needs: name, number or address, language, amounts."""
        chosen = ibis.table(DECISIONS, name="decisions")
        chosen = chosen.filter(chosen.decision == "chosen")
        people = customer_table("customers").select(*_OF_CUSTOMER, who="customer_id")
        names = ibis.table(KEPT_TABLES["people"], name="people").select(named="customer_id", name="full_name")
        points = ibis.table(KEPT_TABLES["contact_points"], name="contact_points").select(point="contact_id", contact="value")
        names = names.semi_join(chosen, names.named == chosen.customer_id)
        points = points.semi_join(chosen, points.point == chosen.contact_id)
        joined = chosen.inner_join(people, chosen.customer_id == people.who)
        joined = joined.left_join(names, joined.customer_id == names.named)
        joined = joined.left_join(points, joined.contact_id == points.point)
        facts = joined.drop("who", "named", "point", "lawful", "refused_by", "earliest_minute", "decision")
        return asked_less(facts, self._over)

    @cached_property
    def work_facts(self) -> str:
        return self._sql(self._work_facts)

    @cached_property
    def work(self) -> str:
        """`work_facts` with `subject` and `text` in the customer's language."""
        bank = self.strategy.bank
        facts = ibis.table(self._work_facts.schema(), name="work_facts")
        filled = placeholders(
            facts, banks={"en": bank.name, "zh": bank.name_zh or bank.name}, phone=bank.phone, opt_out=bank.opt_out,
            currency=bank.currency, digits=minor_digits(bank.currency),
        )  # fmt: skip
        told = filled.mutate(
            subject=rendered_subject(filled, self.strategy.contents), text=rendered(filled, self.strategy.contents)
        )
        return self._sql(
            told.select(
                "channel", "priority", "customer_id", "account_id", "party", "name", "contact", "language", "timezone",
                "minute", "subject", "text", "currency", "past_due_minor", "minimum_unpaid_minor", "balance_minor", "dpd",
                "bucket", "visitors", "segment", "reason", "clause", "step", "alternative", "purpose", "content",
            )
        )  # fmt: skip
