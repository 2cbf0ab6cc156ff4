"""Users made up for tests, one a role, and how they sign in."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

PASSWORD = "correct horse battery"  # noqa: S105 - of nobody
CODES_N = 40
ROLES = ("collector", "supervisor", "strategist", "compliance", "manager", "field_agent", "agency", "administrator")


def make_users() -> None:
    """In the store that Django is set up on: each role's user is called as it is; `second` is another supervisor, strategist,
    manager and compliance officer. Their second factors are recovery codes, `0` to `39` after their names.
    """
    from django_otp.plugins.otp_static.models import StaticDevice, StaticToken

    from arrears.desk.people.models import User

    several = ["compliance", "manager", "strategist", "supervisor"]
    for username, roles in [*((role, [role]) for role in ROLES), ("second", several)]:
        user = User(username=username, name=username.title(), roles=roles, agency="AG1" if username == "agency" else "")
        user.set_password(PASSWORD)
        user.must_change_password = False
        user.save()
        device = StaticDevice.objects.create(user=user, name="recovery")
        StaticToken.objects.bulk_create(StaticToken(device=device, token=f"{username[:8]}{n}") for n in range(CODES_N))


def client_of(username: str) -> Any:
    """A client of Django's that is signed in as a user, with both factors."""
    from django.test import Client
    from django_otp import DEVICE_ID_SESSION_KEY
    from django_otp.plugins.otp_static.models import StaticDevice

    from arrears.desk.people.models import User

    client = Client()
    user = User.objects.get(username=username)
    client.force_login(user, "django.contrib.auth.backends.ModelBackend")
    session = client.session
    session[DEVICE_ID_SESSION_KEY] = StaticDevice.objects.get(user=user).persistent_id
    session.save()
    user.session_key = session.session_key
    user.save(update_fields=["session_key"])
    return client


if __name__ == "__main__":
    from arrears.desk.opening import opened

    with opened(Path(sys.argv[1]), {}):
        make_users()
