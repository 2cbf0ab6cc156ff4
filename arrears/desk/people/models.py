"""The tables of people."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Now

from arrears.desk.plan.models import CUSTOMER_ID_MAX

USERNAME = r"[A-Za-z0-9._-]{1,32}"


class User(AbstractBaseUser):
    """Somebody who signs in; their `username` is the `actor` of the ledger."""

    username = models.CharField(max_length=32, unique=True, validators=[RegexValidator(rf"^{USERNAME}$")])
    name = models.TextField()
    roles = models.JSONField(default=list)
    """Codes of `arrears.desk.people.roles.Role`."""
    agency = models.TextField(db_default="", default="")
    """The code of the agency they work for; empty: the bank's own."""
    language = models.TextField(db_default="en", default="en")
    is_active = models.BooleanField(db_default=True, default=True)
    must_change_password = models.BooleanField(db_default=True, default=True)
    session_key = models.TextField(db_default="", default="")
    """Of the one session they may have."""
    USERNAME_FIELD = "username"
    objects = BaseUserManager()

    class Meta:
        db_table = "desk_user"

    def has_perm(self, right: str, about: Any = None) -> bool:
        """Whether they may do it, to this customer where it is done to one."""
        from arrears.desk.people.rights import may  # noqa: PLC0415 - it needs the models

        return may(self, right, about)


class Record(models.Model):
    """What somebody saw or decided; append-only, in the database."""

    record_id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(db_default=Now())
    actor = models.TextField()
    kind = models.TextField()
    """`look`, `sign_in`, `sign_out`, `refused`, `user`, `asked`, `decided`, `verified`, `token`, `assigned`, `target`."""
    customer_id = models.CharField(max_length=CUSTOMER_ID_MAX, db_default="", default="")
    subject = models.TextField(db_default="", default="")
    """What it was about: fields seen, the user changed, the request decided."""
    detail = models.JSONField(default=dict)

    class Meta:
        db_table = "record"
        indexes = (
            models.Index(fields=("customer_id", "at"), name="record_customer"),
            models.Index(fields=("actor", "at"), name="record_actor"),
            models.Index(fields=("kind", "at"), name="record_kind"),
            models.Index(fields=("at",), name="record_at"),
        )


class Approval(models.Model):
    """Something that needs a second person: asked by one, decided by another."""

    approval_id = models.BigAutoField(primary_key=True)
    kind = models.TextField()
    """`plan`, `write_off`, `strategy`, `policy`, `user_new`, `user_roles`, `user_reset`, `user_open`, `token`."""
    subject = models.TextField()
    """The plan's number, the customer, the SHA-256 of the file, the user (see `approval_not_of_oneself`), owner and token."""
    detail = models.JSONField(default=dict)
    asked_by = models.TextField()
    asked_at = models.DateTimeField(db_default=Now())
    decided_by = models.TextField(db_default="", default="")
    decided_at = models.DateTimeField(null=True)
    state = models.TextField(db_default="open", default="open")
    """`open`, `approved`, `rejected`, `withdrawn`."""
    note = models.TextField(db_default="", default="")
    done_at = models.DateTimeField(null=True)
    """When an administrator's act was carried out: with its approval, or later by whoever asked, who sees a secret once."""
    salt = models.TextField(db_default="", default="")
    """What the approver's half of a password is made of, together with the desk's own key; empty once it is carried out."""

    class Meta:
        db_table = "approval"
        constraints = (
            models.UniqueConstraint(fields=("kind", "subject"), name="approval_one_open", condition=models.Q(state="open")),
            models.CheckConstraint(
                condition=models.Q(decided_by="") | ~models.Q(decided_by=models.F("asked_by")), name="approval_two_people"
            ),
            models.CheckConstraint(
                condition=~models.Q(kind__startswith="user_") | ~models.Q(decided_by=models.F("subject")),
                name="approval_not_of_oneself",
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=("approved", "rejected")) | ~models.Q(decided_by=""), name="approval_by_somebody"
            ),
            models.CheckConstraint(
                condition=models.Q(done_at=None) | models.Q(state="approved"), name="approval_done_if_approved"
            ),
        )
