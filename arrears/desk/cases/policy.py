"""How a bank judges what was agreed: `desk.yaml` of the workspace, or these values where there is none."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from arrears.desk.saying import _
from arrears.errors import ConfigError
from arrears.file_errors import in_our_words

FILE = "desk.yaml"
Level = Literal["collector", "supervisor", "manager"]
Days = Annotated[int, Field(ge=0, le=366)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, use_attribute_docstrings=True)


class Authority(_Strict):
    """What somebody of a level may agree to alone, and approve for others."""

    term_months_max: int = Field(ge=0, le=600)
    waived_minor_max: int = Field(ge=0)
    """Forgiven in one plan, minor units."""


class CasePolicy(_Strict):
    """The bank's own rules for promises, plans and complaints."""

    promise_tolerance_bp: int = Field(default=500, ge=0, le=10_000)
    """A promise counts as kept when no more than this share of it is missing (basis points)."""
    promise_grace_days: Days = 1
    """Days after the day promised within which the money may still arrive."""
    promise_days_max: Days = 30
    """No promise for a day further off."""
    plan_tolerance_minor: int = Field(default=100, ge=0)
    """Missing in all, up to which an instalment counts as paid."""
    plan_grace_days: Days = 5
    """Days after its due date within which an instalment may still arrive."""
    dispute_days: Days = 20
    """To answer a dispute: 征信业管理条例 Art. 25 (rule CN-CRA-25) gives twenty days."""
    complaint_days: Days = 15
    """To answer a complaint."""
    hardship_days: Days = 10
    """To answer a customer who asks for help."""
    authority: dict[Level, Authority] = {
        "collector": Authority(term_months_max=12, waived_minor_max=0),
        "supervisor": Authority(term_months_max=36, waived_minor_max=100_000),
        "manager": Authority(term_months_max=60, waived_minor_max=10_000_000),
    }

    def within(self, level: Level, term_months: int, waived_minor: int) -> bool:
        """Whether somebody of that level may agree to it."""
        own = self.authority.get(level)
        return own is not None and term_months <= own.term_months_max and waived_minor <= own.waived_minor_max


def load_case_policy(workspace: Path) -> CasePolicy:
    """Raises `ConfigError` with file and key."""
    path = workspace / FILE
    if not path.exists():
        return CasePolicy()
    try:
        return CasePolicy.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")) or {})
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise ConfigError(
            _("{key}: {said}").format(key=key, said=in_our_words(first)),
            where=str(path),
            remedy=_("docs/cases.md names every key"),
        ) from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:  # ValueError: not UTF-8, and PyYAML's own of a 13th month
        raise ConfigError(
            _("is no YAML: {said}").format(said=str(error).splitlines()[0]),
            where=str(path),
            remedy=_("docs/cases.md has an example"),
        ) from None
