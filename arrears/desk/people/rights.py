"""Whether somebody may do something, to a customer where it is done to one: predicates of `rules`, named by the rights."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_args

import rules

from arrears.desk.people.roles import Right, Role, rights_of

if TYPE_CHECKING:
    from arrears.desk.people.models import User

EVERYBODYS = {Role.collector, Role.supervisor, Role.compliance, Role.manager}
"""Those who may see any of the bank's own cases."""
OF_CASES = tuple(right for right in get_args(Right) if right.startswith("case."))


def may(user: User, right: str, about: Any = None) -> bool:
    """Whether they may; about: the customer's id, for rights on cases. A right nobody knows is nobody's."""
    return bool(user.is_active and rules.has_perm(right, user, about))


def sees_every_case(user: User) -> bool:
    """Whether any of the bank's own cases is theirs to see: without a customer named, `case.see` says of some only."""
    return bool(user.is_active and EVERYBODYS & {Role(role) for role in user.roles})


def seen(user: User, customer_id: str) -> str | None:
    """A customer's id, for those who may see every case; None for others, and where there is none."""
    return customer_id if customer_id and sees_every_case(user) else None


def _holds(right: Right) -> Any:
    @rules.predicate(f"holds {right}")
    def holds(user: User) -> bool:
        return right in rights_of(user.roles)

    return holds


@rules.predicate("is theirs")
def _is_theirs(user: User, customer_id: str | None) -> bool:
    """An agency's people: placed with it now. A field agent: a visit is planned. The bank's own: everybody's."""
    from arrears.desk.current import desk  # noqa: PLC0415
    from arrears.desk.plan.models import Intent  # noqa: PLC0415 - the models come after the settings
    from arrears.desk.work.models import Placement  # noqa: PLC0415

    roles = {Role(role) for role in user.roles}
    if customer_id is None or roles & EVERYBODYS:
        return True
    if Role.agency in roles and user.agency:
        today = desk().now().date()
        open_ = Placement.objects.filter(customer_id=customer_id, agency=user.agency, recalled_at=None)
        return open_.filter(until_date__gte=today).exists() or open_.filter(until_date=None).exists()
    if Role.field_agent in roles:
        return Intent.objects.filter(customer_id=customer_id, channel="visit", state__in=("due", "made")).exists()
    return False


for _right in get_args(Right):
    rules.add_perm(_right, _holds(_right) & _is_theirs if _right in OF_CASES else _holds(_right))
