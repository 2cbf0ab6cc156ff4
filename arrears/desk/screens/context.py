"""What every page knows: where it can go on from here, and what time it is at the desk."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from arrears.desk.current import desk as current_desk
from arrears.desk.people.approvals import APPROVED_BY
from arrears.desk.people.roles import Role
from arrears.desk.screens.access import let_in

PAGES: tuple[tuple[str, Any, str], ...] = (
    ("collector:next", _("My work"), "case.work"), ("collector:visits", _("My visits"), "case.visit"),
    ("collector:find", _("Find a customer"), "case.see"), ("supervisor:home", _("Queues and agents"), "queue.see"),
    ("supervisor:quality", _("Quality"), "quality.check"), ("supervisor:matters", _("Disputes and complaints"), "matter.close"),
    ("supervisor:plans", _("Plans to approve"), "plan.approve"), ("approvals", _("Approvals"), "*approve"),
    ("strategist:home", _("Strategy"), "strategy.see"),
    ("compliance:home", _("Compliance"), "conduct.see"), ("compliance:law", _("The law in force"), "law.see"),
    ("manager:home", _("Figures"), "figures.see"),
    ("administrator:home", _("Users"), "user.manage"), ("administrator:requests", _("My requests"), "user.manage"),
    ("administrator:tokens", _("API tokens"), "token.manage"),
    ("administrator:webhooks", _("Webhooks"), "token.manage"),
    ("compliance:record", _("Record"), "record.see"),
)  # fmt: skip
"""(view, its name in the menu, the right that opens it), in the menu's order."""
HOMES: dict[Role, str] = {
    Role.manager: "manager:home", Role.supervisor: "supervisor:home", Role.compliance: "compliance:home",
    Role.strategist: "strategist:home", Role.collector: "collector:next", Role.agency: "collector:next",
    Role.field_agent: "collector:visits", Role.administrator: "administrator:home",
}  # fmt: skip
"""A role's first page; of several roles the first here counts."""


def pages_of(user: Any) -> list[tuple[str, Any]]:
    """The pages somebody may open."""
    if not let_in(user):
        return []
    return [(view, name) for view, name, right in PAGES if _opens(user, right)]


def home_of(user: Any) -> str:
    """Where somebody begins; empty where they have no role."""
    return next((view for role, view in HOMES.items() if role.value in user.roles), "")


def _opens(user: Any, right: str) -> bool:
    if right == "*approve":
        return any(user.has_perm(right) for right in set(APPROVED_BY.values()))
    return bool(user.has_perm(right))


def desk(request: HttpRequest) -> dict[str, Any]:
    """`pages`, `now` (UTC), `rehearsal`."""
    here = current_desk()
    return {"pages": pages_of(request.user), "now": here.now(), "rehearsal": here.begun is not None}
