"""Whatever a page may show of the rooms below the desk is said, and has its Chinese; the compiled catalogue is that one."""

from __future__ import annotations

import ast
import functools
import gettext
import re
import string
from collections.abc import Iterator
from pathlib import Path

import arrears
from arrears.saying import LOCALE
from tests.catalogues import texts_of

ROOT = Path(arrears.__file__).parent
CATALOGUE = LOCALE / "zh_Hans" / "LC_MESSAGES" / "arrears.po"
ROOMS = ("allocate", "book", "card", "conduct", "day", "engine", "law", "places", "playbook", "report", "risk", "supervise")
MODULES = ("bank.py", "calendar.py", "errors.py", "money.py", "settings.py", "store.py")
COMMAND = "only commands call it"
NO_PAGE = {
    "allocate/problem.py": COMMAND, "allocate/rows.py": COMMAND, "allocate/solve.py": COMMAND, "allocate/tasks.py": COMMAND,
    "allocate/worths.py": COMMAND,
    "card/cases": "`arrears card` and the API read cases, and speak English",
    "conduct/statistics.py": "a caller's fault, not a reader's",
    "day/allocating.py": COMMAND, "day/explain.py": COMMAND, "day/lookup.py": COMMAND, "day/replay.py": COMMAND,
    "day/run.py": COMMAND, "day/steps.py": COMMAND, "day/touching.py": COMMAND,
    "engine/session.py": "pages open DuckDB alone", "engine/spark.py": "pages open DuckDB alone",
    "law/comparing.py": "pages compare packs; `arrears law diff` compares dates",
    "law/content": "the lists of phrases come with arrears, and tests load them",
    "law/listing.py": COMMAND, "law/matter_rows.py": "a caller's table", "law/matters/screening.py": "a caller's table",
    "law/wording.py": "only `arrears law content` asks it",
    "money.py": "a caller's fault, not a reader's",
    "playbook/conditions.py": "a caller's fault, not a reader's",
    "playbook/rendering.py": "the day's run fills texts in",
    "risk/agreement.py": COMMAND, "risk/describe.py": COMMAND, "risk/explain.py": COMMAND, "risk/features.py": COMMAND,
    "risk/fit.py": COMMAND, "risk/measure.py": COMMAND, "risk/monitor.py": COMMAND, "risk/reference.py": COMMAND,
    "risk/score.py": COMMAND,
    "supervise/queries.py": "the day's run supervises; pages read what it wrote",
}  # fmt: skip
"""Modules and folders whose errors no page shows, each with the reason."""
SAYING = ("Finding", "error", "warning", "nearest", "_refused", "_unlawful")
"""What takes words besides errors."""
VARIABLES = ("what", "remedy", "write", "mend", "who", "shape", "_REMEDY", "GUIDE")
PLACES = re.compile(r"\{+[^{}]*\}+")


@functools.cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def below() -> list[Path]:
    """The modules that a catalogue of .ci/words is made of."""
    return [path for path in sorted(ROOT.rglob("*.py")) if path.relative_to(ROOT).parts[0] not in ("desk", "lab")]


def of_pages() -> list[Path]:
    found = [path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py"))] + [ROOT / name for name in MODULES]
    return [path for path in found if not any(path.is_relative_to(ROOT / name) for name in NO_PAGE)]


def calls(path: Path) -> list[ast.Call]:
    """Of `said` as a function, not of a method of that name."""
    return [
        one for one in ast.walk(tree(path))
        if isinstance(one, ast.Call) and isinstance(one.func, ast.Name) and one.func.id == "said"
    ]  # fmt: skip


def words(path: Path) -> Iterator[ast.expr]:
    """Whatever is said by a module: of errors and findings the arguments, of variables and yielded tuples the values."""
    for node in ast.walk(tree(path)):
        match node:
            case ast.Call(ast.Name(name) | ast.Attribute(_, name)) if name.endswith("Error") or name in SAYING:
                yield from node.args
                yield from (one.value for one in node.keywords if one.arg in ("what", "remedy", "problem"))
            case ast.Assign([ast.Name(name)], value) if name in VARIABLES:
                yield value
            case ast.Yield(ast.Tuple(parts)) if path.name == "checking.py":  # elsewhere they are not words for people
                yield from parts


def is_plain(node: ast.expr) -> bool:
    """English that no catalogue has: an f-string, or a text of more than one word."""
    if isinstance(node, ast.IfExp):
        return is_plain(node.body) or is_plain(node.orelse)
    if isinstance(node, ast.BinOp):
        return is_plain(node.left) or is_plain(node.right)
    return isinstance(node, ast.JoinedStr) or (
        isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value.strip()
    )


def test_every_error_that_a_page_may_show_is_said() -> None:
    plain = [f"{path.relative_to(ROOT)}:{one.lineno}" for path in of_pages() for one in words(path) if is_plain(one)]
    assert plain == []


def test_every_exception_is_still_there() -> None:
    assert [name for name in NO_PAGE if not (ROOT / name).exists()] == []


def test_what_is_said_is_a_literal_filled_with_what_it_has_places_for() -> None:
    """Else no catalogue could have it."""
    for path in below():
        for call in calls(path):
            where = f"{path.relative_to(ROOT)}:{call.lineno}"
            assert len(call.args) == 1 and isinstance(call.args[0], ast.Constant), where
            if call.keywords:
                wanted = {name for _, name, _, _ in string.Formatter().parse(str(call.args[0].value)) if name}
                assert wanted == {one.arg for one in call.keywords}, where


def test_the_catalogue_has_what_is_said_and_nothing_else() -> None:
    said = {str(call.args[0].value) for path in below() for call in calls(path) if isinstance(call.args[0], ast.Constant)}
    known = texts_of(CATALOGUE)
    assert said - set(known) == set(), "run: sh .ci/words said"
    assert set(known) - said == set()


def test_every_text_has_its_chinese_with_the_same_places() -> None:
    known = texts_of(CATALOGUE)
    assert "#, fuzzy" not in CATALOGUE.read_text(encoding="utf-8")
    assert [one for one, chinese in known.items() if not chinese] == []
    assert [one for one, chinese in known.items() if sorted(PLACES.findall(one)) != sorted(PLACES.findall(chinese))] == []


def test_no_chinese_text_names_a_command() -> None:
    """It is read on pages alone."""
    assert [chinese for chinese in texts_of(CATALOGUE).values() if "arrears " in chinese or " --" in chinese] == []


def test_the_compiled_catalogue_is_that_of_the_texts() -> None:
    with CATALOGUE.with_suffix(".mo").open("rb") as stream:
        compiled = gettext.GNUTranslations(stream)
    known = texts_of(CATALOGUE)
    assert {one: compiled.gettext(one) for one in known} == known


def test_the_desk_does_not_say_the_same_differently() -> None:
    """But for words that are of something else there."""
    desk = texts_of(ROOT / "desk" / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po")
    known = texts_of(CATALOGUE)
    assert {one for one in known.keys() & desk.keys() if known[one] != desk[one]} == {"law", "number", "plan"}
