"""The law on what is no contact, from the shell."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from arrears.law.matter import MODELS
from tests.cli.conftest import Call

ALL_PACKS = "cn,us,uk,eu,in,sg"


@pytest.mark.parametrize("name", MODELS)
def test_the_matter_printed_to_start_from_is_lawful(call: Call, name: str) -> None:
    started = call("law", "matter", name)
    assert started.code == 0
    answer = call("law", "check", "--pack", ALL_PACKS, "--json", stdin=started.out.encode())
    assert (answer.code, json.loads(answer.out)["allowed"]) == (0, True), answer.err


def test_a_plan_too_long_by_a_month_is_told_as_such(call: Call, tmp_path: Path) -> None:
    plan = json.loads(call("law", "matter", "plan").out)
    (tmp_path / "plan.json").write_text(json.dumps(plan | {"term_months": 61}))
    verdict = json.loads(call("law", "check", "--pack", "cn", "--json", "plan.json").out)
    assert [(one["rule"], one["over"], one["unit"]) for one in verdict["refusals"]] == [("CN-CC2011-70a", 1, "months")]
    assert "61 months; at most 60 may be" in call("law", "check", "--pack", "cn", "plan.json").out


def test_a_record_is_answered_whether_it_may_and_must_go(call: Call) -> None:
    record = {
        "matter": "record", "record": "recording", "action": "delete", "on": "2026-03-01", "jurisdictions": ["CN"],
        "acts": "issuer", "events": [{"event": "contact", "on": "2021-03-02"}],
    }  # fmt: skip
    verdict = json.loads(call("law", "check", "--pack", "cn", "--json", stdin=json.dumps(record).encode()).out)
    assert (verdict["may_be_deleted"], verdict["must_be_deleted"]) == (False, False)


@pytest.mark.parametrize("raw", [b"", b"{", b"[]", b'{"matter": "loan"}', b'{"matter": "plan", "colour": 1}'])
def test_a_broken_matter_is_one_line(call: Call, raw: bytes) -> None:
    answer = call("law", "check", "--pack", "cn", "--json", stdin=raw)
    assert (answer.code, answer.out, answer.err.count("\n")) == (1, "", 1)


def test_the_schema_of_a_matter_names_every_sort(call: Call) -> None:
    schema = json.loads(call("law", "schema", "--matter").out)
    assert set(schema["discriminator"]["mapping"]) == set(MODELS)
