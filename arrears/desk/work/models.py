"""The tables of the work. Times are UTC, dates the customer's own calendar."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from arrears.desk.plan.models import CUSTOMER_ID_MAX


class Hold(models.Model):
    """A customer locked to one agent, who alone works on them until they are done or the time is over."""

    customer_id = models.CharField(primary_key=True, max_length=CUSTOMER_ID_MAX)
    agent = models.TextField(unique=True)
    """One customer at a time."""
    since = models.DateTimeField()
    until = models.DateTimeField()

    class Meta:
        db_table = "work_hold"


class Assignment(models.Model):
    """Whose customer it is, by a supervisor's word; nobody else gets them from the queue."""

    customer_id = models.CharField(primary_key=True, max_length=CUSTOMER_ID_MAX)
    agent = models.TextField(db_index=True)
    by = models.TextField()
    at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "assignment"


class CallBack(models.Model):
    """A call that the customer asked for, at a time."""

    call_back_id = models.BigAutoField(primary_key=True)
    customer_id = models.CharField(max_length=CUSTOMER_ID_MAX, db_index=True)
    agent = models.TextField()
    at = models.DateTimeField()
    booked_at = models.DateTimeField(db_default=Now())
    state = models.TextField(db_default="open")
    """`open`, `made`, `missed`, `cancelled`."""

    class Meta:
        db_table = "call_back"
        indexes = (models.Index(fields=("at",), name="call_back_open", condition=models.Q(state="open")),)


class Placement(models.Model):
    """A customer placed with an agency, from when on its people see the case, until recalled."""

    placement_id = models.BigAutoField(primary_key=True)
    customer_id = models.CharField(max_length=CUSTOMER_ID_MAX)
    agency = models.TextField()
    from_date = models.DateField()
    until_date = models.DateField(null=True)
    placed_by = models.TextField()
    recalled_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "placement"
        constraints = (
            models.UniqueConstraint(
                fields=("customer_id",), name="placement_one", condition=models.Q(recalled_at__isnull=True)
            ),
        )
        indexes = (models.Index(fields=("agency",), name="placement_agency"),)


class Target(models.Model):
    """What is to be reached in a segment in a month."""

    pk = models.CompositePrimaryKey("month", "segment", "measure")
    month = models.DateField()
    """Its first day."""
    segment = models.TextField()
    measure = models.TextField()
    """`right_party_rate`, `promise_rate`, `kept_rate`."""
    value_bp = models.BigIntegerField()
    """Basis points."""
    set_by = models.TextField()

    class Meta:
        db_table = "target"


class QualityCheck(models.Model):
    """An attempt drawn for a check of how it was made, and the marks it got."""

    check_id = models.BigAutoField(primary_key=True)
    attempt_seq = models.BigIntegerField(unique=True)
    agent = models.TextField()
    customer_id = models.CharField(max_length=CUSTOMER_ID_MAX)
    drawn_at = models.DateTimeField(db_default=Now())
    drawn_by = models.TextField(db_default="", default="")
    seed = models.BigIntegerField(db_default=0, default=0)
    """What the sample was drawn by: the same seed draws the same attempts from the same ledger."""
    checked_by = models.TextField(db_default="", default="")
    checked_at = models.DateTimeField(null=True)
    marks = models.JSONField(default=dict)
    """Criterion of `arrears.desk.work.quality.CRITERIA` to 0, 1 or 2."""
    remark = models.TextField(db_default="", default="")
    """For the agent; not about the customer."""

    class Meta:
        db_table = "quality_check"
        indexes = (
            models.Index(fields=("agent",), name="quality_agent"),
            models.Index(fields=("checked_at",), name="quality_checked"),
            models.Index(fields=("check_id",), name="quality_waiting", condition=models.Q(checked_at=None)),
        )


class DayCount(models.Model):
    """What came of the calls and visits of a day that is over, by segment: counted from the ledger once, then kept.

    One row of the segment `` says that the day was counted at all.
    """

    pk = models.CompositePrimaryKey("day", "segment")
    day = models.DateField()
    """By the bank's calendar."""
    segment = models.TextField()
    attempts_n = models.BigIntegerField()
    right_party_n = models.BigIntegerField()
    promises_n = models.BigIntegerField()

    class Meta:
        db_table = "day_count"
