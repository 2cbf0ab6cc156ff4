"""Cases of the command line: JSON in, JSON out, one command each for payoff, interest, minimum, plan and the small ones.

`run_case` reads and checks a case, computes it and answers with plain values; `case_schema` gives the JSON Schema of a command,
`examples` the worked cases that ship with the package. It never reads a clock, a file of the bank or the network.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib import resources
from typing import Any

from pydantic import TypeAdapter

from arrears.card.cases import answers, plan_answer
from arrears.card.cases.models import COMMANDS, model_for, models_of
from arrears.card.cases.reading import read_json, read_model
from arrears.errors import UsageError

__all__ = ["COMMANDS", "case_schema", "examples", "run_case"]

_ANSWERS: dict[str, Callable[[Any], dict[str, Any]]] = {
    "payoff": answers.payoff,
    "interest": answers.interest,
    "minimum": answers.minimum,
    "plan": plan_answer.plan,
    "late-charge": answers.late,
    "apportion": answers.apportion,
    "classify": answers.classify,
}


def run_case(command: str, raw: bytes | str) -> dict[str, Any]:
    """The answer to one case, ready for `json.dumps`: amounts in minor units, rates in ppm, dates as text.

    Raises `CardError` (one line: key, what is wrong, what to write) for a case that cannot be computed, `UsageError` for an
    unknown command.
    """
    _require_known(command)
    value = read_json(command, raw)
    case = read_model(command, model_for(command, value), value)
    return {"command": command, **_ANSWERS[command](case)}


def case_schema(command: str) -> dict[str, Any]:
    """The JSON Schema of a command's cases."""
    _require_known(command)
    models = models_of(command)
    if len(models) == 1:
        return models[0].model_json_schema()
    union: Any = models[0]
    for model in models[1:]:
        union = union | model
    return TypeAdapter(union).json_schema()


def examples() -> dict[str, dict[str, Any]]:
    """The worked cases that ship with the package, by file name without ending, which begins with the command's name."""
    folder = resources.files("arrears.card").joinpath("examples")
    files = sorted((file for file in folder.iterdir() if file.name.endswith(".json")), key=lambda file: file.name)
    return {file.name.removesuffix(".json"): json.loads(file.read_text(encoding="utf-8")) for file in files}


def _require_known(command: str) -> None:
    if command not in COMMANDS:
        raise UsageError(f"no such card command: {command[:40]}", remedy=f"use one of {', '.join(COMMANDS)}")
