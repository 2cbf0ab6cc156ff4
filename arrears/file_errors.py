"""What pydantic, PyYAML and tomllib say of a file's form, to be said again in Chinese: their English as it is, word for word.

A text that no template of ours makes is left as they said it, so another version of theirs loses a translation, not a word.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from arrears.saying import Said, said

_OF_TYPE: dict[str, tuple[Said, ...]] = {
    "missing": (said("Field required"),),
    "extra_forbidden": (said("Extra inputs are not permitted"),),
    "int_type": (said("Input should be a valid integer"),),
    "int_parsing": (said("Input should be a valid integer, unable to parse string as an integer"),),
    "int_from_float": (said("Input should be a valid integer, got a number with a fractional part"),),
    "float_type": (said("Input should be a valid number"),),
    "string_type": (said("Input should be a valid string"),),
    "string_pattern_mismatch": (said("String should match pattern '{pattern}'"),),
    "string_too_short": (
        said("String should have at least {min_length} characters"), said("String should have at least {min_length} character"),
    ),
    "string_too_long": (
        said("String should have at most {max_length} characters"), said("String should have at most {max_length} character"),
    ),
    "bool_type": (said("Input should be a valid boolean"),),
    "date_type": (said("Input should be a valid date"),),
    "date_from_datetime_parsing": (said("Input should be a valid date or datetime, {error}"),),
    "list_type": (said("Input should be a valid list"),),
    "tuple_type": (said("Input should be a valid tuple"),),
    "dict_type": (said("Input should be a valid dictionary"),),
    "model_type": (said("Input should be a valid dictionary or instance of {class_name}"),),
    "literal_error": (said("Input should be {expected}"),),
    "enum": (said("Input should be {expected}"),),
    "greater_than": (said("Input should be greater than {gt}"),),
    "greater_than_equal": (said("Input should be greater than or equal to {ge}"),),
    "less_than": (said("Input should be less than {lt}"),),
    "less_than_equal": (said("Input should be less than or equal to {le}"),),
    "too_short": (
        said("{field_type} should have at least {min_length} items after validation, not {actual_length}"),
        said("{field_type} should have at least {min_length} item after validation, not {actual_length}"),
    ),
    "too_long": (
        said("{field_type} should have at most {max_length} items after validation, not {actual_length}"),
        said("{field_type} should have at most {max_length} item after validation, not {actual_length}"),
    ),
}  # fmt: skip
"""Pydantic's templates of its commonest errors, by type."""
_WORDS: dict[str, Said] = {"List": said("List"), "Tuple": said("Tuple"), "Dictionary": said("Dictionary")}
_YAML: tuple[Said, ...] = (
    said("mapping values are not allowed here"), said("could not find expected ':'"), said("found unexpected end of stream"),
    said("found unexpected document separator"), said("sequence entries are not allowed here"),
    said("expected <block end>, but found {found}"), said("expected the node content, but found {found}"),
    said("expected ',' or ']', but got {found}"), said("expected ',' or '}}', but got {found}"),
    said("found character {found} that cannot start any token"), said("found undefined alias {found}"),
    said("could not determine a constructor for the tag {found}"),
)  # fmt: skip
"""The commonest of PyYAML's."""
_TOML: tuple[Said, ...] = (
    said("Expected '=' after a key in a key/value pair"), said("Invalid value"), said("Invalid statement"),
    said("Unclosed array"), said("Unterminated string"), said("Cannot overwrite a value"),
    said("Expected newline or end of document after a statement"), said("Illegal character {found}"),
    said("Cannot declare {found} twice"),
)  # fmt: skip
"""The commonest of tomllib's, without the place."""
_AT = re.compile(r"(.*) \(at line (\d+), column (\d+)\)", re.S)
_AT_END = " (at end of document)"


def in_our_words(problem: Any) -> str:
    """What a validator of ours said of a value, as it said it; of pydantic's own, a template above or its English."""
    given = problem.get("ctx", {})
    raised = given.get("error")
    if isinstance(raised, ValueError) and raised.args and isinstance(raised.args[0], Said):
        return raised.args[0]
    text = str(problem["msg"]).removeprefix("Value error, ")
    values = {name: _reworded(name, value) for name, value in given.items()}
    return next((one for one in (_filled(each, values) for each in _OF_TYPE.get(problem["type"], ())) if one == text), text)


def of_yaml(problem: Any) -> str:
    """What PyYAML found."""
    return _matched(_YAML, str(problem)) or (problem if isinstance(problem, Said) else str(problem))


def of_toml(problem: Any) -> str:
    """What tomllib found, and where."""
    text = str(problem)
    at = _AT.fullmatch(text)
    if at is None:
        before = text.removesuffix(_AT_END)
        return text if before == text else said("{what} (at end of document)", what=_matched(_TOML, before) or before)
    what = _matched(_TOML, at[1]) or at[1]
    return said("{what} (at line {line}, column {column})", what=what, line=at[2], column=at[3])


def _reworded(name: str, value: Any) -> Any:
    """A value of pydantic's that is English itself."""
    if name == "field_type":
        return _WORDS.get(value, value)
    others, joined, last = str(value).rpartition(" or ")
    return said("{others} or {last}", others=others, last=last) if name == "expected" and joined else value


def _matched(templates: Sequence[Said], text: str) -> Said | None:
    """The text as one of these makes it."""
    for one in templates:
        form = re.escape(one).replace(r"\{found\}", "(.+)").replace(r"\}\}", r"\}")
        found = re.fullmatch(form, text, re.S)
        if found is not None:
            return _filled(one, {"found": found[1]} if found.groups() else {})
    return None


def _filled(template: Said, values: Mapping[str, Any]) -> Said:
    """One of the templates above with its values; those that pydantic has besides are left out."""
    wanted = {name: value for name, value in values.items() if f"{{{name}}}" in template}
    text = Said(template.format(**wanted) if wanted else template)
    text.template, text.values = str(template), wanted
    return text
