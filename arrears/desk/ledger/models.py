"""The ledger's tables. Nothing here writes: entries come in by `appending`, and the database chains them."""

from __future__ import annotations

from django.contrib.postgres.indexes import BrinIndex
from django.db import models


class Entry(models.Model):
    """One thing that happened. The database sets `seq`, `recorded_at`, `previous` and `hash`, and lets nobody change a row."""

    seq = models.BigIntegerField(primary_key=True)
    recorded_at = models.DateTimeField()
    """By the database's clock, never before the entry before."""
    at = models.DateTimeField()
    """When it happened, UTC."""
    local_at = models.TextField()
    """The same by the customer's clock, `2026-06-15T10:30:00`."""
    customer_id = models.TextField()
    kind = models.TextField()
    """`attempt`, `receipt`, `outcome`, `inbound`, `refusal`, `payment`, `state`, `promise`, `plan`, `matter`, `note`."""
    actor = models.TextField()
    """The person or process that did it."""
    intent_id = models.BigIntegerField(null=True)
    attempt_seq = models.BigIntegerField(null=True)
    """The attempt that a receipt or an outcome speaks of."""
    step = models.TextField(null=True)
    account_id = models.TextField(null=True)
    contact_id = models.TextField(null=True)
    channel = models.TextField(null=True)
    party = models.TextField(null=True)
    outcome = models.TextField(null=True)
    body = models.TextField()
    """More of it, as JSON: the verdict, the playbook's hash, what was said."""
    previous = models.BinaryField()
    hash = models.BinaryField()

    class Meta:
        db_table = "ledger_entry"
        indexes = (
            models.Index(fields=("customer_id", "seq"), name="ledger_customer"),
            models.Index(fields=("actor", "at"), name="ledger_actor"),
            BrinIndex(fields=("at",), name="ledger_at", autosummarize=True),
            models.Index(fields=("at",), name="ledger_refusal", condition=models.Q(kind="refusal")),
        )


class Identity(models.Model):
    """Which ledger an exported contact came from. A restored database goes on as another: its numbers may be given twice."""

    identity = models.CharField(primary_key=True, max_length=16)
    since = models.DateTimeField()
    until_seq = models.BigIntegerField(null=True)
    """The last entry that this ledger has of that identity; null for the one it bears now."""

    class Meta:
        db_table = "ledger_identity"


class Head(models.Model):
    """One row: the last entry, which the next one is chained to."""

    head_id = models.IntegerField(primary_key=True)
    seq = models.BigIntegerField()
    hash = models.BinaryField()
    recorded_at = models.DateTimeField()
    last_at = models.DateTimeField()
    """The latest `at` of any entry: whoever's clock was set back reads this one instead."""

    class Meta:
        db_table = "ledger_head"
