"""The tables of the published plan. Money is minor units; times are UTC but where a column says local."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

CUSTOMER_ID_MAX = 64


class Publication(models.Model):
    """A business day's plan, published once; `plan_hash` tells a repeat from another plan."""

    business_date = models.DateField(primary_key=True)
    plan_hash = models.CharField(max_length=64)
    strategy = models.JSONField()
    """Name to SHA-256 of everything beside data that decided the day."""
    customers_n = models.BigIntegerField()
    intents_n = models.BigIntegerField()
    timezone = models.TextField()
    """The bank's own: by its calendar payments belong to a day."""
    published_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "publication"


class Customer(models.Model):
    """One row a customer: whoever is about to contact them holds its lock."""

    customer_id = models.CharField(primary_key=True, max_length=CUSTOMER_ID_MAX)

    class Meta:
        db_table = "customer"


class Standing(models.Model):
    """What the gate must know of a customer, as of a business day's book."""

    pk = models.CompositePrimaryKey("business_date", "customer_id")
    business_date = models.DateField()
    customer_id = models.CharField(max_length=CUSTOMER_ID_MAX)
    jurisdiction = models.TextField()
    zones = models.TextField()
    """Every plausible time zone, comma-separated, the customer's own first."""
    language = models.TextField()
    currency = models.TextField()
    past_due_minor = models.BigIntegerField()
    minimum_unpaid_minor = models.BigIntegerField()
    balance_minor = models.BigIntegerField()
    flags = models.TextField()
    consents = models.TextField()
    refusals = models.TextField()
    debts = models.TextField()
    points = models.TextField()
    history = models.TextField()
    """JSON lists as `arrears.law.case` reads them: debts, contact points, and the contacts that the bank's feeds told of."""

    class Meta:
        db_table = "standing"


class Intent(models.Model):
    """A contact that the plan wants made, and what became of it."""

    intent_id = models.BigAutoField(primary_key=True)
    business_date = models.DateField()
    customer_id = models.CharField(max_length=CUSTOMER_ID_MAX)
    account_id = models.TextField()
    contact_id = models.TextField()
    step = models.TextField()
    alternative = models.BigIntegerField()
    channel = models.TextField()
    party = models.TextField()
    purpose = models.TextField()
    content = models.TextField()
    content_fields = models.TextField()
    content_features = models.TextField()
    visitors = models.BigIntegerField()
    priority = models.BigIntegerField()
    language = models.TextField()
    subject = models.TextField()
    text = models.TextField()
    name = models.TextField()
    contact = models.TextField()
    """The number or address."""
    segment = models.TextField()
    clause = models.TextField()
    reason = models.TextField()
    due_at = models.DateTimeField()
    """Not before."""
    not_after = models.DateTimeField()
    """The end of the customer's local day; a plan is for one day."""
    state = models.TextField(db_default="due")
    """`due`, `sending`, `sent`, `made` (by a person), `failed`, `unknown` (a crash between the attempt and its receipt, or a
    restore: never tried again), `refused` (by the law), `withdrawn` (paid, promised, held), `expired`."""
    worker = models.BigIntegerField(null=True)
    """Who sends it, while it is `sending`."""
    deferred_n = models.IntegerField(db_default=0)
    """How often the gate put it off."""

    class Meta:
        db_table = "intent"
        constraints = (models.UniqueConstraint(fields=("business_date", "customer_id", "step"), name="intent_once"),)
        indexes = (
            models.Index(fields=("due_at", "-priority"), name="intent_due", condition=models.Q(state="due")),
            models.Index(fields=("channel", "-priority", "due_at"), name="intent_queue", condition=models.Q(state="due")),
            models.Index(
                fields=("business_date", "segment", "channel", "state"),
                include=("due_at", "not_after", "customer_id"),
                name="intent_figures",
            ),
            models.Index(fields=("worker",), name="intent_sending", condition=models.Q(state="sending")),
            models.Index(fields=("customer_id",), name="intent_customer"),
        )


class Payment(models.Model):
    """Money that came in since the book was made; the next book has it too."""

    payment_id = models.TextField(primary_key=True)
    customer_id = models.CharField(max_length=CUSTOMER_ID_MAX, db_index=True)
    account_id = models.TextField()
    paid_at = models.DateTimeField()
    received_at = models.DateTimeField(db_default=Now())
    """When the desk was told of it."""
    amount_minor = models.BigIntegerField()
    currency = models.TextField()

    class Meta:
        db_table = "payment"


class Mode(models.Model):
    """One row: whether the store is for rehearsals, at times that are given, or for real contacts; decided by the first."""

    mode_id = models.IntegerField(primary_key=True)
    rehearsal = models.BooleanField()

    class Meta:
        db_table = "desk_mode"


class State(models.Model):
    """A state entered at the desk: a dispute, a request to cease, a death. It holds contacts from its second on."""

    state_id = models.BigAutoField(primary_key=True)
    customer_id = models.CharField(max_length=CUSTOMER_ID_MAX, db_index=True)
    flag = models.TextField()
    from_date = models.DateField()
    until_date = models.DateField(null=True)
    evidence = models.TextField(db_default="")
    """Where what shows it is kept: a reference, no text."""
    origin = models.TextField(db_default="hand")
    """`hand`, `matter` or `plan`: what has to end for the state to end."""
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "state"
