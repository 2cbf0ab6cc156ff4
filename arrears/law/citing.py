"""Citations in the reader's language: names of instruments and of their parts, kept as data."""

from __future__ import annotations

import functools
import re
from importlib import resources
from typing import Any

import yaml

from arrears.law.words import Language

_ARTICLES = re.compile(r"Art\. ([0-9][0-9(), -]*)\Z")


@functools.cache
def names() -> dict[str, Any]:
    """`instruments`: name as packs write it to `{en, zh}`; `articles`: word to Chinese."""
    text = (resources.files("arrears.law") / "citations.yaml").read_text(encoding="utf-8")
    loaded: dict[str, Any] = yaml.safe_load(text)
    return loaded


@functools.lru_cache(maxsize=4_096)
def cited(instrument: str, article: str, language: Language) -> str:
    """Instrument and part as a reader of that language knows them; what has no translation stands as the pack writes it."""
    known = names()["instruments"].get(instrument)
    name = instrument if known is None else known[language]
    if language == "en":
        return f"{name}, {article}"
    words = names()["articles"]
    numbers = _ARTICLES.match(article)
    part = words.get(article) or (f"第{numbers[1].replace(', ', '、').replace('-', '至')}条" if numbers else article)
    return f"{name}，{part}"
