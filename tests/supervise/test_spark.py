"""Supervision on Spark leaves the bytes of supervision on DuckDB: the checks and findings of a bank that charges wrongly."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from arrears.day.workspace import Workspace
from arrears.engine import Sessions
from arrears.lab.sample import write_sample
from tests.supervise.bank import days_from, supervised
from tests.supervise.conftest import START


@pytest.mark.slow
@pytest.mark.spark
def test_wrong_charges_are_found_byte_for_byte_the_same(tmp_path: Path, spark: Sessions) -> None:
    write_sample(tmp_path / "bank", accounts=800, days=2, seed=4, start=START, wrong_charges_bp=2_000)
    outputs = {}
    for name, sessions in (("duckdb", None), ("spark", spark)):
        workspace = Workspace(tmp_path / name)
        workspace.path.mkdir()
        shutil.copyfile(tmp_path / "bank" / "bank.toml", workspace.path / "bank.toml")
        supervised(workspace, tmp_path / "bank" / "feed", list(days_from(START, 2)), sessions)
        manifests = [workspace.manifest("supervise", day) for day in days_from(START, 2)]
        outputs[name] = [(dict(one.outputs), dict(one.rows)) for one in manifests if one]
    assert outputs["spark"] == outputs["duckdb"]
    assert all(rows["findings"] > 0 and rows["checks"] > 20 for _, rows in outputs["duckdb"])
