"""One small bank, written and summarised once."""

from __future__ import annotations

import pytest

from arrears.report import Summary, summarise
from tests.report.world import BANK, DAY, World, small_bank


@pytest.fixture(scope="package")
def bank_of_two_days(tmp_path_factory: pytest.TempPathFactory) -> World:
    return small_bank(tmp_path_factory.mktemp("bank"))


@pytest.fixture(scope="package")
def summary(bank_of_two_days: World) -> Summary:
    return summarise(bank_of_two_days.path, DAY, BANK)
