"""The cost table of contacts: the bank's own in its workspace, else round figures that come with arrears."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from arrears.bank import Bank
from arrears.errors import ConfigError
from arrears.feed.contracts import CHANNELS
from arrears.money import PPM

OWN = "costs.yaml"


class Costs(BaseModel):
    """What one contact costs, by channel, in minor units of `currency`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    currency: str = Field(pattern=r"^[A-Z]{3}$")
    per_contact_minor: dict[str, Annotated[int, Field(ge=0, le=10**9)]]
    own: bool = False
    """Whether the bank wrote it."""

    def in_bank_currency(self, bank: Bank) -> dict[str, int] | None:
        """The same in the bank's currency; None where no rate is known."""
        if self.currency == bank.currency:
            return dict(self.per_contact_minor)
        rate = bank.fx_ppm.get(self.currency)
        if rate is None:
            return None
        return {channel: minor * rate // PPM for channel, minor in self.per_contact_minor.items()}


def load_costs(workspace: Path) -> Costs:
    """The table in force for a workspace; raises `ConfigError` with file and key."""
    own = workspace / OWN
    path = own if own.exists() else Path(__file__).parent / OWN
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
        costs = Costs.model_validate({**raw, "own": path == own})
    except (yaml.YAMLError, TypeError, UnicodeDecodeError) as error:
        raise ConfigError(f"not readable: {error}", where=str(path), remedy="see docs/experiments.md") from None
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise ConfigError(str(first["msg"]), where=f"{path}: {key}", remedy="see docs/experiments.md") from None
    if set(costs.per_contact_minor) != set(CHANNELS):
        wanted = ", ".join(CHANNELS)
        raise ConfigError(
            "a channel is missing or unknown", where=f"{path}: per_contact_minor", remedy=f"give each of {wanted}"
        )
    return costs
