"""Users made, changed and shut out."""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from typing import Any

from django.contrib.sessions.models import Session
from django.db import IntegrityError, transaction

from arrears.desk.people.models import USERNAME, User
from arrears.desk.people.recording import record
from arrears.desk.people.roles import Role
from arrears.desk.saying import _
from arrears.errors import StoreError

PASSWORD_BYTES = 12


def add_user(
    actor: str,
    username: str,
    name: str,
    roles: Sequence[str],
    *,
    agency: str = "",
    language: str = "en",
    password: str = "",
    **because: Any,
) -> tuple[User, str]:
    """Make a user with a password for their first sign-in, at which they choose their own and set up two-factor.

    `because` goes on the record, such as the approval that it follows from; commands, which IT runs on the server, need none.
    Raises `StoreError` for a name that is taken or no id, a role there is not, an agency's user without an agency.
    """
    checked = checked_new(username, roles, agency)
    password = password or secrets.token_urlsafe(PASSWORD_BYTES)
    user = User(username=username, name=name, roles=checked, agency=agency, language=language)
    user.set_password(password)
    try:
        with transaction.atomic():
            user.save()
            record(actor, "user", subject=username, did="added", roles=checked, agency=agency, **because)
    except IntegrityError:
        raise _taken(username) from None
    return user, password


def checked_new(username: str, roles: Sequence[str], agency: str) -> list[str]:
    """The roles of a user that can be made, in order; raises `StoreError` as `add_user` does."""
    if not re.fullmatch(USERNAME, username):
        raise StoreError(_("this is no id"), where=_("user"), remedy=_("write 1 to 32 letters, digits, '.', '_' or '-'"))
    if User.objects.filter(username=username).exists():
        raise _taken(username)
    return checked_roles(username, roles, agency)


def _taken(username: str) -> StoreError:
    where = _("user {username}").format(username=username)
    return StoreError(_("there is one already"), where=where, remedy=_("choose another name"))


def set_roles(actor: str, user: User, roles: Sequence[str], agency: str, **because: Any) -> None:
    """Give a user other roles; nobody gives roles to themselves, so that nobody can rise alone."""
    if actor == user.username:
        raise StoreError(
            _("nobody changes their own roles"),
            where=_("user {actor}").format(actor=actor),
            remedy=_("let another administrator do it"),
        )
    user.roles, user.agency = checked_roles(user.username, roles, agency), agency
    with transaction.atomic():
        user.save(update_fields=["roles", "agency"])
        record(actor, "user", subject=user.username, did="roles", roles=user.roles, agency=agency, **because)


def set_active(actor: str, user: User, *, active: bool, **because: Any) -> None:
    """Let a user in, or shut them out at once: their session ends too."""
    user.is_active = active
    with transaction.atomic():
        user.save(update_fields=["is_active"])
        if not active:
            end_session(user)
        record(actor, "user", subject=user.username, did="opened" if active else "closed", **because)


def reset_user(actor: str, user: User, *, password: str = "", **because: Any) -> str:
    """Take away password and second factor; returns the password for the next sign-in, this one or any."""
    from axes.utils import reset  # noqa: PLC0415 - after the settings
    from django_otp import devices_for_user  # noqa: PLC0415

    password = password or secrets.token_urlsafe(PASSWORD_BYTES)
    with transaction.atomic():
        user.set_password(password)
        user.must_change_password = True
        user.save(update_fields=["password", "must_change_password"])
        for device in devices_for_user(user, confirmed=None):
            device.delete()
        end_session(user)
        record(actor, "user", subject=user.username, did="reset", **because)
    reset(username=user.username)
    return password


def unlock(actor: str, user: User) -> None:
    """Let a name try passwords again before the quarter of an hour is over: both factors stay as they are."""
    from axes.utils import reset  # noqa: PLC0415 - after the settings

    with transaction.atomic():
        reset(username=user.username)
        record(actor, "user", subject=user.username, did="unlocked")


def end_session(user: User) -> None:
    """Sign them out, wherever they are."""
    Session.objects.filter(session_key=user.session_key).delete()


def checked_roles(username: str, roles: Sequence[str], agency: str) -> list[str]:
    """Roles that go together, in order; raises `StoreError` where they do not."""
    where = _("user {username}").format(username=username)
    known = [role.value for role in Role]
    for role in roles:
        if role not in known:
            raise StoreError(
                _("{role!r} is no role").format(role=role),
                where=where,
                remedy=_("use some of {known}").format(known=_(", ").join(known)),
            )
    if (Role.agency in roles) != bool(agency):
        raise StoreError(_("the role agency and the code of an agency go together"), where=where, remedy=_("give both or none"))
    if Role.agency in roles and len(set(roles)) > 1:
        raise StoreError(_("an agency's user has no other role"), where=where, remedy=_("leave the others out"))
    if not roles:
        raise StoreError(
            _("a user has a role"), where=where, remedy=_("give some of {known}").format(known=_(", ").join(known))
        )
    return sorted(set(roles))


def user_named(username: str) -> User:
    """The user of a name; raises `StoreError` where there is none."""
    found = User.objects.filter(username=username).first()
    if found is None:
        raise StoreError(
            _("there is no such user"), where=_("user {username}").format(username=username), remedy=_("see: arrears user list")
        )
    return found
