"""The words of the screens and of what the desk refuses: every one has its Chinese, the compiled catalogues are those of the
texts, and no two rooms differ.
"""

from __future__ import annotations

import ast
import gettext
import re
from pathlib import Path

import pytest

from arrears.desk import configuring
from arrears.desk.configuring import SCREENS
from arrears.desk.screens.codes import CODES
from arrears.feed.contracts import CHANNELS, OUTCOMES, PARTIES
from tests.catalogues import texts_of

ROOT = Path(__file__).parents[2] / "arrears" / "desk" / "screens"
ROOMS = ("..", ".", *SCREENS)
DESK = Path(configuring.__file__).parent
"""Below the screens; `.` is what they share, `..` the desk without them: what it refuses."""
SAID = re.compile(r"""\{%\s*translate\s+(?:"((?:[^"\\]|\\.)*)"|'([^']*)')""")


def texts(room: str) -> dict[str, str]:
    return texts_of(ROOT / room / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po")


def pages(room: str) -> list[Path]:
    return sorted((ROOT / room / "templates").rglob("*.html"))


@pytest.mark.parametrize("room", ROOMS)
def test_every_word_has_its_chinese(room: str) -> None:
    known = texts(room)
    assert [one for one, chinese in known.items() if not chinese] == []
    said = {double or single for page in pages(room) for double, single in SAID.findall(page.read_text(encoding="utf-8"))}
    assert {one.replace("%", "%%") if one.replace("%", "%%") in known else one for one in said} - set(known) == set()


@pytest.mark.parametrize("room", ROOMS)
def test_the_compiled_catalogue_is_that_of_the_texts(room: str) -> None:
    path = ROOT / room / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.mo"
    with path.open("rb") as stream:
        compiled = gettext.GNUTranslations(stream)
    known = texts(room)
    assert {one: compiled.gettext(one) for one in known if "%(n)" not in one} == {
        one: other for one, other in known.items() if "%(n)" not in one
    }


def test_no_two_rooms_say_the_same_differently() -> None:
    """Django makes one catalogue of them all: the last would win everywhere."""
    said: dict[str, tuple[str, str]] = {}
    apart = []
    for room in ROOMS:
        for one, chinese in texts(room).items():
            first = said.setdefault(one, (chinese, room))
            if first[0] != chinese:
                apart.append((one, first, (chinese, room)))
    assert apart == []


@pytest.mark.parametrize(("kind", "codes"), [("channel", CHANNELS), ("outcome", OUTCOMES), ("party", PARTIES)])
def test_every_code_of_the_feed_has_words(kind: str, codes: tuple[str, ...]) -> None:
    assert set(codes) - set(CODES[kind]) == set()


def test_every_look_that_is_recorded_has_words() -> None:
    """The list's name, and what is kept beside it."""
    subjects, details = set(), {"rows", "token"}
    for file in sorted(DESK.rglob("*.py")):
        for call in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in ("record_list", "looked"):
                subjects |= {one.value for one in call.args[1:2] if isinstance(one, ast.Constant)}
                details |= {one.arg for one in call.keywords if one.arg}
    assert len(subjects) > 10 and subjects - set(CODES["record_subject"]) == set()
    assert details - set(CODES["record_detail"]) == set()
