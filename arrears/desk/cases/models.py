"""The tables of cases. Money is minor units; dates are the customer's own calendar."""

from __future__ import annotations

from django.db import models

from arrears.desk.plan.models import CUSTOMER_ID_MAX


class Case(models.Model):
    """One a customer: why they fell behind, and since when somebody works on it."""

    customer_id = models.CharField(primary_key=True, max_length=CUSTOMER_ID_MAX)
    opened_at = models.DateTimeField()
    reason = models.TextField(db_default="")
    """Of the delinquency, a code of `arrears.desk.cases.words.REASONS`; empty: not known yet."""

    class Meta:
        db_table = "case_file"


class Promise(models.Model):
    """A promise to pay."""

    promise_id = models.BigAutoField(primary_key=True)
    customer_id = models.CharField(max_length=CUSTOMER_ID_MAX)
    made_at = models.DateTimeField()
    due_on = models.DateField()
    amount_minor = models.BigIntegerField()
    currency = models.TextField()
    state = models.TextField(db_default="open")
    """`open`, `kept`, `broken`, `replaced` by a later promise or a plan."""
    paid_minor = models.BigIntegerField(db_default=0)
    """What came in for it, when it was last judged."""

    class Meta:
        db_table = "promise"
        indexes = (
            models.Index(fields=("due_on",), name="promise_open", condition=models.Q(state="open")),
            models.Index(fields=("due_on", "state"), name="promise_due"),
        )
        constraints = (
            models.UniqueConstraint(fields=("customer_id",), name="promise_one_open", condition=models.Q(state="open")),
        )


class Plan(models.Model):
    """A repayment plan."""

    plan_id = models.BigAutoField(primary_key=True)
    customer_id = models.CharField(max_length=CUSTOMER_ID_MAX)
    currency = models.TextField()
    principal_minor = models.BigIntegerField()
    waived_minor = models.BigIntegerField()
    """Of what is owed, left out of the plan and forgiven when it is completed."""
    term_months = models.IntegerField()
    apr_ppm = models.BigIntegerField()
    total_minor = models.BigIntegerField()
    """Of all instalments."""
    state = models.TextField()
    """`to_approve`, `approved`, `performing`, `completed`, `breached`, `declined`."""
    offered_by = models.TextField()
    approved_by = models.TextField(db_default="")
    accepted_at = models.DateTimeField(null=True)
    paid_minor = models.BigIntegerField(db_default=0)

    class Meta:
        db_table = "repayment_plan"
        indexes = (
            models.Index(fields=("customer_id",), name="plan_customer"),
            models.Index(fields=("plan_id",), name="plan_waiting", condition=models.Q(state="to_approve")),
        )
        constraints = (
            models.UniqueConstraint(
                fields=("customer_id",), name="plan_one_performing", condition=models.Q(state="performing")
            ),
        )


class Instalment(models.Model):
    """One instalment of a plan."""

    pk = models.CompositePrimaryKey("plan_id", "number")
    plan_id = models.BigIntegerField()
    number = models.IntegerField()
    due_on = models.DateField()
    amount_minor = models.BigIntegerField()

    class Meta:
        db_table = "instalment"


class Matter(models.Model):
    """A dispute, a complaint or hardship that somebody has to deal with by a date."""

    matter_id = models.BigAutoField(primary_key=True)
    customer_id = models.CharField(max_length=CUSTOMER_ID_MAX, db_index=True)
    kind = models.TextField()
    account_id = models.TextField(db_default="")
    opened_at = models.DateTimeField()
    deadline_on = models.DateField()
    closed_at = models.DateTimeField(null=True)
    outcome = models.TextField(db_default="")

    class Meta:
        db_table = "matter"
        indexes = (models.Index(fields=("deadline_on",), name="matter_open", condition=models.Q(closed_at__isnull=True)),)


class Task(models.Model):
    """What somebody of the bank has to do on a case by a day, beside what rules it. No contact: those are the plan's."""

    task_id = models.BigAutoField(primary_key=True)
    customer_id = models.CharField(max_length=CUSTOMER_ID_MAX)
    action = models.TextField()
    """A code of `arrears.desk.cases.words.TASKS`."""
    due_on = models.DateField()
    agent = models.TextField()
    """Whose it is."""
    opened_by = models.TextField()
    closed_at = models.DateTimeField(null=True)
    outcome = models.TextField(db_default="")
    """`done` or `dropped`."""

    class Meta:
        db_table = "task"
        indexes = (
            models.Index(fields=("customer_id",), name="task_customer"),
            models.Index(fields=("agent", "due_on"), name="task_open", condition=models.Q(closed_at__isnull=True)),
        )


class Document(models.Model):
    """A document of a customer's; its file is kept by its hash."""

    document_id = models.BigAutoField(primary_key=True)
    customer_id = models.CharField(max_length=CUSTOMER_ID_MAX)
    sha256 = models.CharField(max_length=64)
    kind = models.TextField()
    """A code of `arrears.desk.cases.words.DOCUMENTS`."""
    media = models.TextField()
    size = models.IntegerField()
    """Bytes."""
    added_by = models.TextField()
    added_at = models.DateTimeField()

    class Meta:
        db_table = "document"
        constraints = (models.UniqueConstraint(fields=("customer_id", "sha256"), name="document_once"),)
