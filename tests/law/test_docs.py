"""The page on the law says what the code says."""

from __future__ import annotations

import json
import re
from pathlib import Path

from arrears.law import Verdict, case_schema, gate, load_packs
from arrears.law.gating import parse_case
from arrears.law.kinds import CONTACT_KINDS

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "law.md").read_text(encoding="utf-8")


def test_the_page_names_every_key_of_a_case() -> None:
    schema = case_schema()
    table = PAGE.split("## A case for the gate")[1].split("## The verdict")[0]
    for name in schema["properties"]:
        assert f"`{name}`" in table, name
    for definition in schema["$defs"].values():
        for name in definition.get("properties", {}):
            assert f"`{name}`" in table, name


def test_the_page_names_every_key_of_a_verdict() -> None:
    table = PAGE.split("## The verdict")[1].split("## screen")[0]
    assert all(f"`{name}`" in table for name in Verdict._fields)


def test_the_page_names_every_kind_with_its_parameters() -> None:
    section = PAGE.split("## Kinds of rules on contacts")[1].split("### Counting")[0]
    common = set(CONTACT_KINDS[0].__mro__[1].model_fields)
    assert all(f"`{name}`" in section for name in common)
    rows = dict(re.findall(r"^\| `(\w+)` \| (.*?) \|", section, re.M))
    assert set(rows) == {kind.name for kind in CONTACT_KINDS}
    for kind in CONTACT_KINDS:
        if "](" not in rows[kind.name]:  # told on a page of its own
            assert all(re.search(rf"\b{name}\b", rows[kind.name]) for name in set(kind.model_fields) - common), kind.name


def test_the_example_on_the_page_is_a_case() -> None:
    example = json.loads(re.findall(r"```json\n(.*?)```", PAGE, re.S)[0])
    verdict = gate(parse_case(json.dumps(example)), load_packs(["cn"]))
    assert verdict.allowed


def test_every_page_that_the_law_names_is_there() -> None:
    for name in re.findall(r"\]\(([a-z/-]+\.(?:md|yaml))\)", PAGE):
        assert (DOCS / name).exists(), name
