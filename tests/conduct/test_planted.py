"""A bad agent planted among the simulated bank's is found, and none of the others; without one, nobody is."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from arrears.bank import load_bank
from arrears.book.build import bind_before, build_shard, write_empty_shard
from arrears.book.tables import feed_schema
from arrears.conduct import Conduct, load_thresholds, monitor
from arrears.day.queries import DECISIONS
from arrears.day.workspace import Workspace
from arrears.engine import bind_as, open_sessions
from arrears.feed.contracts import CONTRACTS, CONVERSATION_OUTCOMES
from arrears.feed.intake import take_in
from arrears.lab.sample import write_sample
from arrears.store import Manifest, publish
from tests.book.world import queries
from tests.conduct.world import SHARD, arrow

DAY = date(2026, 3, 2)
BAD = "bank-07"
SEEDS = [1, pytest.param(2, marks=pytest.mark.slow), pytest.param(3, marks=pytest.mark.slow)]


def simulated(root: Path, seed: int) -> Workspace:
    """A bank of 20,000 accounts on the day on which sixty days of contacts were handed over."""
    write_sample(root / "bank", accounts=20_000, days=1, seed=seed, start=DAY, history_days=90)
    workspace = Workspace(root / "workspace")
    workspace.path.mkdir()
    shutil.copyfile(root / "bank" / "bank.toml", workspace.path / "bank.toml")
    bank = load_bank(workspace.path / "bank.toml")
    feed, book, plan = (workspace.path / step / ".staging" for step in ("feed", "book", "plan"))
    take_in(root / "bank" / "feed" / f"date={DAY}", business_date=DAY, bank=bank, known=None, out=feed, shards=1)
    with open_sessions("duckdb", memory_limit_mb=2_000, workers=1).session() as session:
        write_empty_shard(session, root / "none", SHARD)
        bind_before(session, root / "none", SHARD)
        for name in CONTRACTS:
            bind_as(session, f"feed_{name}", [feed / name / SHARD], feed_schema(name))
        build_shard(session, queries(bank), root / "none", book, SHARD, DAY)
    (plan / "contacts").mkdir(parents=True)
    pq.write_table(arrow([], DECISIONS), plan / "contacts" / SHARD)
    for step, staging in (("feed", feed), ("book", book), ("plan", plan)):
        publish(staging, workspace.step(step, DAY), Manifest(step, DAY.isoformat(), {}, {}))
    return workspace


def plant(workspace: Workspace) -> None:
    """Let every second conversation of one agent end in a refusal, and every second call be dialled again soon."""
    path = workspace.step("feed", DAY) / "contacts" / SHARD
    schema = CONTRACTS["contacts"].schema
    contacts = pq.read_table(path, partitioning=None).cast(schema)
    mine = pc.equal(contacts["agent"], BAD)
    last = pc.cast(pc.utf8_slice_codeunits(contacts["event_id"], 10), pa.int64())
    second = pc.equal(pc.bit_wise_and(last, 1), 1)
    spoken = pc.is_in(contacts["outcome"], pa.array(CONVERSATION_OUTCOMES))
    rude = pc.fill_null(pc.and_(pc.and_(mine, second), spoken), False)
    outcomes = pc.if_else(rude, "refused", contacts["outcome"])
    contacts = contacts.set_column(contacts.column_names.index("outcome"), "outcome", outcomes)
    again = contacts.filter(pc.fill_null(pc.and_(pc.and_(mine, second), pc.equal(contacts["channel"], "call")), False))
    later = pc.add(again["at"], pa.scalar(300_000_000, pa.duration("us")))
    again = again.set_column(again.column_names.index("at"), "at", later)
    again = again.set_column(0, "event_id", pc.binary_join_element_wise(again["event_id"], "again", "-"))
    pq.write_table(pa.concat_tables([table.cast(schema) for table in (contacts, again)]), path)


def conduct(workspace: Workspace) -> Conduct:
    (workspace.path / "conduct.yaml").write_text("outliers: {chances_min: 40}\n", encoding="utf-8")
    sessions = open_sessions("duckdb", memory_limit_mb=2_000, workers=1)
    return monitor(workspace, DAY, load_thresholds(workspace.path), sessions=sessions)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_planted_agent_is_found_and_no_other(tmp_path: Path, seed: int) -> None:
    workspace = simulated(tmp_path, seed)
    fair = conduct(workspace)
    assert fair.compared["outlier_refusals"] >= 15
    assert [one.subject for one in fair.findings if one.peers] == []
    plant(workspace)
    found = {(one.pattern, one.subject) for one in conduct(workspace).findings if one.peers}
    assert found == {("outlier_refusals", BAD), ("outlier_redials", BAD)}
