"""The roles, and what each may do: the one table of rights."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Literal

from arrears.desk.cases.policy import Level


class Role(StrEnum):
    """What somebody is at the desk; one person may be several."""

    collector = "collector"
    supervisor = "supervisor"
    strategist = "strategist"
    compliance = "compliance"
    manager = "manager"
    field_agent = "field_agent"
    agency = "agency"
    administrator = "administrator"


Right = Literal[
    "case.see", "case.reveal", "case.work", "case.visit", "matter.close", "plan.approve", "queue.see", "queue.assign",
    "quality.check", "target.set", "placement.make", "strategy.see", "strategy.submit", "strategy.approve", "policy.propose",
    "policy.approve", "write_off.propose", "write_off.approve", "conduct.see", "ledger.verify", "record.see", "law.see",
    "figures.see", "user.manage", "user.approve", "token.manage", "token.approve",
]  # fmt: skip

RIGHTS: dict[Role, frozenset[Right]] = {
    Role.collector: frozenset({"case.see", "case.reveal", "case.work", "law.see"}),
    Role.supervisor: frozenset({
        "case.see", "case.reveal", "case.work", "matter.close", "plan.approve", "queue.see", "queue.assign", "quality.check",
        "target.set", "placement.make", "write_off.propose", "law.see", "figures.see",
    }),
    Role.strategist: frozenset({"strategy.see", "strategy.submit", "strategy.approve", "law.see", "figures.see"}),
    Role.compliance: frozenset({
        "case.see", "case.reveal", "matter.close", "conduct.see", "ledger.verify", "record.see", "law.see", "policy.propose",
        "policy.approve", "strategy.see", "user.approve", "token.approve",
    }),
    Role.manager: frozenset({
        "case.see", "figures.see", "queue.see", "plan.approve", "write_off.approve", "strategy.see", "strategy.approve",
        "policy.approve", "law.see", "target.set",
    }),
    Role.field_agent: frozenset({"case.see", "case.reveal", "case.visit", "law.see"}),
    Role.agency: frozenset({"case.see", "case.reveal", "case.work", "law.see"}),
    Role.administrator: frozenset({"user.manage", "user.approve", "token.manage", "token.approve", "record.see"}),
}  # fmt: skip
"""Least privilege: an administrator sees no customer, a strategist no case; compliance approves what an administrator asks for
and asks for nothing of the kind. Of whom a right on a case holds is said by
`arrears.desk.people.rights`: an agency's people see what is placed with it, a field agent whom a visit is planned to."""


def level_of(roles: Sequence[str]) -> Level:
    """Whose authority over plans somebody has."""
    return "manager" if Role.manager in roles else "supervisor" if Role.supervisor in roles else "collector"


NAMES: dict[Role, tuple[str, str]] = {
    Role.collector: ("Collector", "催收员"), Role.supervisor: ("Supervisor", "催收主管"),
    Role.strategist: ("Strategist", "策略人员"), Role.compliance: ("Compliance", "合规人员"), Role.manager: ("Manager", "经理"),
    Role.field_agent: ("Field agent", "外访人员"), Role.agency: ("Agency user", "委外机构人员"),
    Role.administrator: ("Administrator", "系统管理员"),
}  # fmt: skip
"""(English, Chinese)."""


def rights_of(roles: list[str]) -> frozenset[Right]:
    """Everything that the roles may do together."""
    return frozenset().union(*(RIGHTS[Role(role)] for role in roles))
