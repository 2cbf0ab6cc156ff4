"""YAML with its line numbers: plain data on one side, on the other the line every key and item was written on.

Scalars follow YAML 1.2's core: whole numbers, true, false, null, and text. So `no` stays a word, and 10:00 a time of day, which
YAML 1.1 would read as 600. Numbers with a point are refused: the playbook counts in whole units.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from arrears.errors import PlaybookError
from arrears.file_errors import of_yaml
from arrears.saying import said

FILE_BYTES_MAX = 2_000_000
NODES_MAX = 200_000
"""Limit against aliases that unfold without end."""

KEPT_MAX = 6
"""Sources that are kept as read: a day reads its playbook and both languages' texts several times, and each takes 0.05 s."""

Path_ = tuple[str | int, ...]
"""Keys and positions from the top of the file to a value."""

_INT = re.compile(r"[-+]?[0-9]+\Z")
_FLOAT = re.compile(r"[-+]?([0-9]+\.[0-9]*|\.[0-9]+|[0-9]+)([eE][-+]?[0-9]+)?\Z")
_WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None, "~": None, "": None}


@dataclass(frozen=True)
class Source:
    """One YAML file: its data (mappings, tuples, scalars) and the line of every path in it."""

    file: str
    data: Any
    lines: dict[Path_, int]

    def line(self, path: Path_) -> int:
        """The line of `path`, or of the nearest part of it that was written."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def where(self, path: Path_) -> str:
        """`file:line`, as editors jump to it."""
        return f"{self.file}:{self.line(path)}"


def read_source(path: Path) -> Source:
    """The YAML file at `path`; raises `PlaybookError` if it is missing, too large, not UTF-8 or not YAML."""
    try:
        raw = path.read_bytes()
    except OSError:
        raise PlaybookError(
            said("no such file"),
            where=str(path),
            remedy=said("begin from a copy of {file}", file=Path(__file__).parent / "default.yaml"),
        ) from None
    if len(raw) > FILE_BYTES_MAX:
        raise PlaybookError(
            said("larger than {most} bytes", most=FILE_BYTES_MAX),
            where=str(path),
            remedy=said("split off what is not the playbook"),
        )
    try:
        return parse_source(raw.decode("utf-8"), str(path))
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise PlaybookError(said("not UTF-8"), where=f"{path}:{line}", remedy=said("save the file as UTF-8")) from None


@lru_cache(maxsize=KEPT_MAX)
def parse_source(text: str, file: str) -> Source:
    """YAML text as a `Source`, which nobody changes; `file` is the name that errors use."""
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise PlaybookError(
            said("not YAML: {problem}", problem=of_yaml(error.problem)),
            where=f"{file}:{line}",
            remedy=said("check indentation, colons and quotes there"),
        ) from None
    except yaml.YAMLError as error:
        raise PlaybookError(
            said("not YAML: {problem}", problem=str(error)),
            where=f"{file}:1",
            remedy=said("remove characters YAML does not allow"),
        ) from None
    except RecursionError:
        raise PlaybookError(said("nested too deeply"), where=f"{file}:1", remedy=said("mend the YAML")) from None
    if node is None:
        raise PlaybookError(said("the file is empty"), where=f"{file}:1", remedy=said("start from the default playbook"))
    reader = _Reader(file)
    return Source(file, reader.value(node, ()), reader.lines)


class _Reader:
    def __init__(self, file: str) -> None:
        self.file = file
        self.lines: dict[Path_, int] = {}
        self.nodes = 0

    def value(self, node: yaml.Node, path: Path_) -> Any:
        self.nodes += 1
        self.lines.setdefault(path, node.start_mark.line + 1)
        if self.nodes > NODES_MAX:
            raise self._refused(node, said("too many values (aliases that unfold?)"), said("write the file without aliases"))
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return tuple(self.value(item, (*path, position)) for position, item in enumerate(node.value))
        return self._scalar(node)

    def _mapping(self, node: yaml.MappingNode, path: Path_) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value)
            if key in found:
                raise self._refused(key_node, said("key {key!r} stands twice", key=key), said("keep one of them"))
            self.lines[(*path, key)] = key_node.start_mark.line + 1
            found[key] = self.value(value_node, (*path, key))
        return found

    def _scalar(self, node: yaml.Node) -> Any:
        text = str(node.value)
        if not isinstance(node, yaml.ScalarNode) or node.style is not None:
            return text
        if text.lower() in _WORDS:
            return _WORDS[text.lower()]
        if _INT.match(text) and len(text) <= 19:
            return int(text)
        if _FLOAT.match(text):
            raise self._refused(
                node,
                said("{text} is not a whole number", text=text),
                said("write minor units, days, basis points or ppm; or quote it"),
            )
        return text

    def _refused(self, node: yaml.Node, what: str, remedy: str) -> PlaybookError:
        return PlaybookError(what, where=f"{self.file}:{node.start_mark.line + 1}", remedy=remedy)
