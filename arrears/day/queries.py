"""The SQL of a day's later steps: scores, segments, candidates, verdicts, decisions and what goes into the work files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import ibis
import ibis.expr.types as ir

from arrears.allocate.first_lawful import decided, recent_contacts
from arrears.book.build import KEPT_TABLES
from arrears.book.tables import customer_table, feed_schema
from arrears.day.workspace import Strategy
from arrears.engine.session import to_sql
from arrears.law.screening import screen
from arrears.money import minor_digits
from arrears.playbook import candidates, placeholders, rendered, rendered_subject, segmented
from arrears.playbook.candidates import COLUMNS, WHOLE_COLUMNS
from arrears.risk import scored

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

CANDIDATE_KEY = ("customer_id", "step", "alternative")

_OF_CUSTOMER = (
    "language", "timezone", "next_due_date", "next_due_minor", "oldest_due_date", "past_due_minor", "balance_minor",
    "minimum_unpaid_minor", "dpd", "bucket", "currency",
)  # fmt: skip
"""What the texts and the work files tell of a customer."""


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
            refusals="refusals", zones="zones", zone="timezone",
        )  # fmt: skip
        points = ibis.table(KEPT_TABLES["contact_points"], name="contact_points").select(
            point="contact_id", source="source", contact_status="status"
        )
        places = ibis.table({"places": "string", "offset_lo": "int64", "offset_hi": "int64"}, name="zone_sets")
        home = ibis.table({"home": "string", "offset": "int64"}, name="zone_offsets")
        points = points.semi_join(made, points.point == made.contact_id)
        joined = made.inner_join(people, made.customer_id == people.who)
        joined = joined.left_join(points, joined.contact_id == points.point)
        joined = joined.left_join(places, joined.zones == places.places)
        joined = joined.left_join(home, joined.zone == home.home)
        jurisdiction = ibis.ifelse(joined.region == "", joined.country, joined.country + "-" + joined.region)
        return self._sql(
            joined.mutate(jurisdiction=jurisdiction, acts=ibis.literal("issuer"), source=joined.source.coalesce(""),
                          contact_status=joined.contact_status.coalesce("")).drop(
                "who", "country", "region", "point", "places", "home"
            )
        )  # fmt: skip

    @cached_property
    def verdicts(self) -> str:
        facts = CANDIDATES | {
            "dpd": "int64", "flags": "string", "consents": "string", "refusals": "string", "zones": "string", "zone": "string",
            "source": "string", "contact_status": "string", "offset_lo": "int64", "offset_hi": "int64", "offset": "int64",
            "jurisdiction": "string", "acts": "string",
        }  # fmt: skip
        history = ibis.table(feed_schema("contacts"), name="contact_history")
        said = screen(
            ibis.table(facts, name="facts"), history, self.strategy.packs, as_of=self.day, business_utc_offsets=self.offsets
        )
        return self._sql(said)

    @cached_property
    def decisions(self) -> str:
        segments = self.strategy.playbook.segments
        recent = recent_contacts(ibis.table(feed_schema("contacts"), name="contact_history"), self.day)
        return self._sql(
            decided(
                ibis.table(CANDIDATES, name="candidates"),
                ibis.table(VERDICTS, name="verdicts"),
                recent,
                per_day={segment.id: segment.intensity.per_day_max for segment in segments},
                per_7_days={segment.id: segment.intensity.per_7_days_max for segment in segments},
            )
        )

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
        return joined.drop("who", "named", "point", "lawful", "refused_by", "earliest_minute", "decision")

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
