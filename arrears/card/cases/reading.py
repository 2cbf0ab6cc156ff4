"""From the bytes of a case to a checked model: one error, one line, the key it stands at and what to write instead."""

from __future__ import annotations

import json
from difflib import get_close_matches
from typing import Any, TypeVar

from pydantic import ValidationError

from arrears.card.cases.values import Case, JsonFloat
from arrears.documents import json_object, printable
from arrears.errors import CardError
from arrears.money import minor_digits

BYTES_MAX = 1_000_000
"""The largest case read."""

SHOWN_MAX = 200
"""Characters of what is wrong, and of where, that an error shows."""

Model = TypeVar("Model", bound=Case)


def read_json(command: str, raw: bytes | str) -> dict[str, Any]:
    """The case as a mapping; raises `CardError` for anything that is not one JSON object with each key once."""
    remedy = f"write one JSON object; docs/card.md shows a case for {command}"
    if len(raw) > BYTES_MAX:
        raise CardError(f"the case is larger than {BYTES_MAX:,} bytes", where=command, remedy="send one account at a time")
    return json_object(raw, CardError, command, remedy, parse_float=JsonFloat)


def read_model(command: str, model: type[Model], value: dict[str, Any]) -> Model:
    """The checked case; raises `CardError` naming the first key that is wrong."""
    currency = value.get("currency", "")
    digits = minor_digits(currency) if isinstance(currency, str) else 2
    try:
        return model.model_validate(_tuples(value), context={"digits": digits})
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        path = ".".join(str(part) for part in first["loc"])
        what, remedy = _explained(model, first)
        where = printable(f"{command}: {path}" if path else command, SHOWN_MAX)
        raise CardError(printable(what, SHOWN_MAX), where=where, remedy=remedy) from None


_WORDS = {
    "tuple_type": ("this is not a list", "write a JSON list in square brackets"),
    "model_type": ("this is not a JSON object", "write a JSON object in curly brackets"),
    "model_attributes_type": ("this is not a JSON object", "write a JSON object in curly brackets"),
    "int_type": ("this is not a whole number", "write a whole number without quotes"),
    "bool_type": ("this is neither true nor false", "write true or false without quotes"),
    "string_type": ("this is not text", "write text in quotes"),
    "string_unicode": ("this is not text", "write text without lone surrogates"),
    "string_pattern_mismatch": ("this is not a currency code", "write three capital letters of ISO 4217 such as CNY"),
    "missing": ("the key is missing", "add it; docs/card.md lists every key"),
}
"""What pydantic calls an error, in our words: what is wrong, what to do."""


def _explained(model: type[Case], error: Any) -> tuple[str, str]:
    """What is wrong and what to do; pydantic's own message where ours would say no more."""
    kind, context, value = error["type"], error.get("ctx", {}), error.get("input")
    if kind == "case":
        return str(context["what"]) + _found(error["loc"], value), str(context["remedy"])
    if kind == "extra_forbidden":
        close = get_close_matches(str(error["loc"][-1]), _keys(model), n=1)
        return "unknown key", f"did you mean {close[0]}?" if close else "remove it; docs/card.md lists every key"
    if isinstance(value, JsonFloat):
        return f"{value.text[:40]} is a floating-point number", "write a whole number"
    if kind == "literal_error":
        return f"the value is not one of those allowed{_found(error['loc'], value)}", f"write {context['expected']}"
    if kind in _WORDS:
        what, remedy = _WORDS[kind]
        return what + _found(error["loc"], value), remedy
    return error["msg"][0].lower() + error["msg"][1:] + _found(error["loc"], value), "see docs/card.md for this key"


def _found(path: tuple[int | str, ...], value: Any) -> str:
    """The value seen, if it is short and cannot be a name somebody gave."""
    if not path or path[-1] == "name" or not isinstance(value, int | str) or len(str(value)[:41]) > 40:
        return ""
    return f" (found {json.dumps(value, ensure_ascii=False)})"


def _keys(model: type[Case]) -> list[str]:
    """Every key the case knows at any depth, for a close match."""
    schema = model.model_json_schema()
    parts = [schema, *schema.get("$defs", {}).values()]
    return sorted({key for part in parts for key in part.get("properties", {})})


def _tuples(value: Any) -> Any:
    """Lists as tuples, which strict validation of frozen models asks for."""
    if isinstance(value, dict):
        return {key: _tuples(inner) for key, inner in value.items()}
    return tuple(_tuples(inner) for inner in value) if isinstance(value, list) else value
