"""The tables of the API. Times are UTC, by this machine's own clock: a rehearsal's time lets no token live longer."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from arrears.desk.people.models import User

NAME_MAX, URL_MAX, KEY_MAX = 64, 500, 255


class Token(models.Model):
    """What another system signs in with. Its owner's rights bound it, and it dies with its owner's account."""

    token_id = models.BigAutoField(primary_key=True)
    name = models.CharField(max_length=NAME_MAX)
    """Which system has it."""
    digest = models.CharField(max_length=64, unique=True)
    """SHA-256 of the secret, which is kept nowhere: it is of 256 random bits, so that no slow hash is needed."""
    hint = models.CharField(max_length=12)
    """How the secret begins, to tell one from another."""
    scopes = models.JSONField(default=list)
    """Codes of `arrears.desk.api.tokens.SCOPES`."""
    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="tokens")
    created_by = models.TextField()
    created_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)
    """To the minute."""
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "api_token"


class Answered(models.Model):
    """The answer that a request got, for whoever repeats it under the same key within a day."""

    answered_id = models.BigAutoField(primary_key=True)
    token = models.ForeignKey(Token, on_delete=models.CASCADE, db_index=False)
    key = models.CharField(max_length=KEY_MAX)
    digest = models.CharField(max_length=64)
    """SHA-256 of method, address and body."""
    status = models.IntegerField()
    body = models.TextField()
    at = models.DateTimeField(db_default=Now(), db_index=True)

    class Meta:
        db_table = "api_answered"
        constraints = (models.UniqueConstraint(fields=("token", "key"), name="api_answered_once"),)


class Subscription(models.Model):
    """A system that is told of events: where, of which, and how far it has been told."""

    subscription_id = models.BigAutoField(primary_key=True)
    name = models.CharField(max_length=NAME_MAX)
    url = models.CharField(max_length=URL_MAX)
    events = models.JSONField(default=list)
    """Codes of `arrears.desk.api.events.EVENTS`."""
    salt = models.CharField(max_length=64)
    """What its secret is made of, together with the desk's own key: a copy of the database alone signs nothing."""
    digest = models.CharField(max_length=64)
    """SHA-256 of the secret, which tells whether the desk's key is still the one it was made with."""
    cursor_seq = models.BigIntegerField()
    """The ledger's last entry that it has been told of, or that was none of its events."""
    created_by = models.TextField()
    created_at = models.DateTimeField(db_default=Now())
    closed_at = models.DateTimeField(null=True)
    failures_n = models.IntegerField(db_default=0, default=0)
    """Of the event that is next, one after the other."""
    next_at = models.DateTimeField(db_default=Now())
    """Not before this is it tried again."""
    last_fault = models.TextField(db_default="", default="")
    """A code: `status 500`, `timeout`, `unreachable`, `address`, `tls`, `secret`."""
    delivered_at = models.DateTimeField(null=True)
    """When the last event was taken."""

    class Meta:
        db_table = "api_subscription"
