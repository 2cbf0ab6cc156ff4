"""One JSON document that somebody wrote: an object that can be read in one way only, or one line on why it cannot.

Bytes come in, a mapping goes out. It knows no key of any document; what the keys mean is their readers' to say.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, NoReturn

from arrears.errors import ArrearsError
from arrears.saying import said

KEY_SHOWN_MAX = 64
"""Characters of a key that an error shows."""


def json_object(
    raw: bytes | str, error: type[ArrearsError], name: str, remedy: str, *, parse_float: Callable[[str], Any] = float
) -> dict[str, Any]:
    """The document as a mapping; raises `error` for anything that is not one JSON object with each key once.

    `name` is what errors call the document, `remedy` what to do about one that is no JSON object.
    """
    text = _decoded(raw, error, name)
    if not text.strip():
        raise error(said("it is empty"), where=name, remedy=remedy)
    try:
        value = json.loads(
            text,
            parse_float=parse_float,
            parse_constant=lambda word: _refuse_constant(error, name, word),
            object_pairs_hook=lambda pairs: _once(error, name, pairs),
        )
    except json.JSONDecodeError as found:
        where = said("{name}: line {line} column {column}", name=name, line=found.lineno, column=found.colno)
        raise error(said("this is not JSON ({problem})", problem=found.msg), where=where, remedy=remedy) from None
    except RecursionError:
        raise error(said("it is nested too deeply"), where=name, remedy=remedy) from None
    except ValueError:
        raise error(said("a number has too many digits"), where=name, remedy=said("write at most 16 digits")) from None
    if not isinstance(value, dict):
        raise error(said("it is not a JSON object"), where=name, remedy=remedy)
    return value


def _decoded(raw: bytes | str, error: type[ArrearsError], name: str) -> str:
    if isinstance(raw, str):
        return raw.removeprefix("\ufeff")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as found:
        raise error(
            said("byte {number} is not UTF-8", number=found.start + 1),
            where=name,
            remedy=said("save it as UTF-8 and send it again"),
        ) from None


def _refuse_constant(error: type[ArrearsError], name: str, word: str) -> NoReturn:
    raise error(
        said("{word} is not a number of JSON", word=word), where=name, remedy=said("write a whole number or a decimal string")
    )


def _once(error: type[ArrearsError], name: str, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    seen: dict[str, Any] = {}
    for key, value in pairs:
        if key in seen:
            raise error(said("the key is there twice"), where=f"{name}: {printable(key)}", remedy=said("keep one of them"))
        seen[key] = value
    return seen


def printable(text: str, most: int = KEY_SHOWN_MAX) -> str:
    """At most so many characters, all of which any terminal can print."""
    return "".join(sign if sign.isprintable() else "?" for sign in text[:most])
