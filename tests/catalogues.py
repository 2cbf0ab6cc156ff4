"""Catalogues of words as tests read them."""

from __future__ import annotations

import ast
import re
from pathlib import Path

TEXT = r'((?:"(?:[^"\\]|\\.)*"\n)+)'
ENTRY = re.compile(rf"^msgid {TEXT}(?:msgid_plural {TEXT})?msgstr(?:\[0\])? {TEXT}", re.M)


def texts_of(path: Path) -> dict[str, str]:
    """Every text of a catalogue with its translation."""
    found = {_joined(one): _joined(other) for one, _, other in ENTRY.findall(path.read_text(encoding="utf-8"))}
    found.pop("", None)
    return found


def _joined(lines: str) -> str:
    return "".join(str(ast.literal_eval(line)) for line in lines.split("\n") if line)
