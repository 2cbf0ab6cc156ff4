"""Who may be given something to do on a case: who works on cases, of the same house, and may see this one."""

from __future__ import annotations

from django.core.cache import cache

from arrears.desk.people.models import User
from arrears.desk.people.roles import Right, rights_of
from arrears.desk.saying import _
from arrears.errors import StoreError

WORKING: tuple[Right, ...] = ("case.work", "case.visit")
KNOWN_SECONDS = 30


def doers(agency: str) -> list[str]:
    """Who works on cases at a house: an agency's code, or empty for the bank; known for a while."""
    found: list[str] = cache.get_or_set(f"doers-{agency}", lambda: _doers(agency), KNOWN_SECONDS)
    return found


def _doers(agency: str) -> list[str]:
    found = User.objects.filter(is_active=True, agency=agency).order_by("username").values_list("username", "roles")
    return [username for username, roles in found if not rights_of(roles).isdisjoint(WORKING)]


def require_doer(giver: User, username: str, customer_id: str) -> None:
    """Raise `StoreError` where `giver` may not give somebody of that name something to do on the case."""
    found = User.objects.filter(username=username, is_active=True, agency=giver.agency).first()
    if found is None or not any(found.has_perm(right, customer_id) for right in WORKING):
        raise StoreError(
            _("nobody of that name may work on this case"), where="--agent",
            remedy=_("give an active user of your own house who may"),
        )  # fmt: skip
