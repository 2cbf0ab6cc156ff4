"""docs/card.md shows every worked case as it ships, with the answer the code gives today."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from arrears.card.cases import COMMANDS, case_schema, examples, run_case
from tests.card.test_cases import command_of

PAGE = (Path(__file__).parents[2] / "docs" / "card.md").read_text(encoding="utf-8")
SHOWN = {
    name: (json.loads(case), json.loads(answer))
    for name, case, answer in re.findall(
        r"<!-- example: ([\w-]+) -->\n.*?```json\n(.*?)```\nanswers\n```json\n(.*?)```", PAGE, flags=re.DOTALL
    )
}


def test_every_example_is_shown() -> None:
    assert set(SHOWN) == set(examples())


@pytest.mark.parametrize("name", sorted(SHOWN))
def test_the_case_shown_is_the_case_that_ships_and_its_answer_is_true(name: str) -> None:
    case, answer = SHOWN[name]
    assert case == examples()[name]
    assert answer == run_case(command_of(name), json.dumps(case))


@pytest.mark.parametrize("command", COMMANDS)
def test_every_key_of_a_case_is_on_the_page(command: str) -> None:
    schema = case_schema(command)
    parts = [schema, *schema.get("$defs", {}).values()]
    keys = {key for part in parts for key in part.get("properties", {})}
    section = PAGE.split(f"\n## {command}\n", 1)[1].split("\n## ", 1)[0]
    nested_in_payoff = {"share", "plus_interest", "fees", "floor"} if command == "plan" else set()
    missing = {key for key in keys - nested_in_payoff if f"`{key}`" not in section}
    assert not missing
