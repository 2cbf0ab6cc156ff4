"""The generated parts of `docs/playbook.md`. Renew them with `python -m arrears.playbook.documenting docs/playbook.md`."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from pathlib import Path

from arrears.book.columns import CUSTOMER_COLUMNS
from arrears.playbook.checking import load
from arrears.playbook.conditions import COLUMNS, text_of
from arrears.playbook.contents import PLACEHOLDERS, Contents, default_contents, load_contents
from arrears.playbook.model import Playbook, Segment, default_path
from arrears.playbook.showing import clause_table

_BLOCK = re.compile(r"(<!-- generated: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


def rewritten(text: str, playbook: Playbook, contents: Contents) -> str:
    """The page with every generated block made anew; the rest as it is."""
    blocks = {
        "clauses": clauses_markdown(playbook, contents),
        "segments": segments_markdown(playbook),
        "columns": columns_markdown(),
        "placeholders": _table(
            ("placeholder", "filled with"), [(f"`{{{name}}}`", meaning) for name, meaning in PLACEHOLDERS.items()]
        ),
    }
    return _BLOCK.sub(lambda found: f"{found[1]}{blocks[found[2]]}{found[3]}", text)


def clauses_markdown(playbook: Playbook, contents: Contents) -> str:
    """Clause to steps."""
    rows = []
    for row in clause_table(playbook, contents):
        carried = [", ".join(f"`{step}`" for step in row["steps"]), row["also"]]
        rows.append((row["clause"], row["title"], "; ".join(part for part in carried if part) or "not by contacts"))
    return _table(("clause", "what", "carried out by"), rows)


def segments_markdown(playbook: Playbook) -> str:
    """The segments in their order."""
    rows = [
        (
            f"`{one.id}`",
            f"{one.title.en} · {one.title.zh}",
            text_of(one.condition).replace("|", "/"),
            _target(one),
            _intensity(one),
        )
        for one in playbook.segments
    ]
    return _table(("segment", "title", "when", "target", "contacts a day / in 7 days"), rows)


def columns_markdown() -> str:
    """The columns conditions may name."""
    meanings = {column.name: column.meaning for column in CUSTOMER_COLUMNS} | {
        "score": "of the scorecard; larger is better",
        "band": "of the score: A (best) to E",
    }
    return _table(("column", "type", "meaning"), [(f"`{name}`", kind, meanings[name]) for name, kind in COLUMNS.items()])


def _target(segment: Segment) -> str:
    target = segment.target
    return f"{target.measure} {target.value_bp} bp by day {target.by_day}" if target else ""


def _intensity(segment: Segment) -> str:
    return f"{segment.intensity.per_day_max} / {segment.intensity.per_7_days_max}"


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "".join("| " + " | ".join(line) + " |\n" for line in lines)


if __name__ == "__main__":
    page = Path(sys.argv[1])
    page.write_text(
        rewritten(page.read_text(encoding="utf-8"), load(default_path()), load_contents(default_contents())), encoding="utf-8"
    )
