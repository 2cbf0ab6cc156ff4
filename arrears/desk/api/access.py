"""Who asks: a token, its scope, and its owner's own rights, on the customer in question too."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from ninja.security import HttpBearer

from arrears.desk.api.errors import ApiError
from arrears.desk.api.models import Token
from arrears.desk.api.tokens import token_of
from arrears.desk.cases.policy import Level
from arrears.desk.people.models import User
from arrears.desk.people.recording import record
from arrears.desk.people.roles import Right, level_of

ID = "[A-Za-z0-9._-]{1,32}"
"""An id of the bank's feed."""


@dataclass(frozen=True)
class Caller:
    """A live token and whose it is."""

    token: Token
    user: User

    @property
    def actor(self) -> str:
        """As it stands in the ledger."""
        return str(self.user.username)

    def level(self) -> Level:
        """Whose authority the owner has."""
        return level_of(self.user.roles)


class Bearer(HttpBearer):
    """`Authorization: Bearer arr_...`, of a scope, whose owner has any of these rights: on the customer of the address."""

    def __init__(self, scope: str, *rights: Right) -> None:
        self.scope, self.rights = scope, rights
        super().__init__()

    def authenticate(self, request: HttpRequest, token: str) -> Caller | None:
        found = token_of(token)
        if found is None:
            return None
        caller = Caller(found, found.owner)
        about = _customer_of(request)
        if self.scope not in found.scopes:
            _refused(caller, about, self.scope)
            raise ApiError(403, "the token has no such scope", where=self.scope, remedy="use a token that has it")
        require_right(caller, about, *self.rights)
        return caller


def require_right(caller: Caller, customer_id: str | None, *rights: Right) -> None:
    """Raise `ApiError` unless the token's owner has any of the rights, on this customer where one is named."""
    if not any(caller.user.has_perm(right, customer_id) for right in rights):
        _refused(caller, customer_id, " ".join(rights))
        raise ApiError(403, "the token's owner may not do this", where="Authorization", remedy="ask an administrator")


def _customer_of(request: HttpRequest) -> str | None:
    """The customer that the address names; raises `ApiError` for what is no id, before anybody looks it up."""
    named: Any = request.resolver_match.kwargs.get("customer_id") if request.resolver_match else None
    if named is not None and not re.fullmatch(ID, named, re.ASCII):
        raise ApiError(422, "this is no id of a customer", where="path.customer_id", remedy="give an id of a published plan")
    return None if named is None else str(named)


def _refused(caller: Caller, customer_id: str | None, subject: str) -> None:
    record(caller.actor, "refused", customer_id=customer_id or "", subject=subject, token=caller.token.pk)
