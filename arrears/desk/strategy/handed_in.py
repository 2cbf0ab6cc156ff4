"""A playbook that is handed in: laid out in a folder of its own to be checked, and told of by the name it came under."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from arrears.desk.saying import _
from arrears.desk.strategy.bounded import require_bounded
from arrears.errors import PlaybookError, StoreError
from arrears.playbook import check, default_contents
from arrears.playbook.findings import Finding
from arrears.playbook.source import read_source
from arrears.saying import reworded

FILE = "playbook.yaml"
FILE_BYTES_MAX = 1_000_000
_FOLDER = re.compile(r"[A-Za-z0-9_-]{1,40}")


@contextmanager
def laid_out(raw: bytes, name: str) -> Iterator[Path]:
    """The file in a folder of its own, for as long as it is looked at; raises `StoreError` where it is too large."""
    if len(raw) > FILE_BYTES_MAX:
        raise StoreError(
            _("larger than {most:,} bytes").format(most=FILE_BYTES_MAX),
            where=name,
            remedy=_("split off what is not the playbook"),
        )
    with tempfile.TemporaryDirectory(prefix="arrears-candidate-") as folder:
        path = Path(folder) / FILE
        path.write_bytes(raw)
        yield path


def findings_of(path: Path, name: str, workspace: Path) -> list[Finding]:
    """What is wrong with the candidate, with the texts that the workspace has; places are told by the file's own name."""
    try:
        require_bounded(path.read_bytes(), name)
        texts = _texts_here(path, name, workspace)
        if texts is not None:
            shutil.copytree(texts[1], path.parent / texts[0])
        found = check(path)
    except (PlaybookError, StoreError) as error:
        found = [Finding("error", error.where, error.what, error.remedy)]
    except RecursionError:
        found = [Finding("error", f"{name}:1", _("nested without end"), _("write the file without aliases"))]
    return [
        Finding(one.level, *(_by_its_name(part, path, name) for part in (one.where, one.what, one.remedy))) for one in found
    ]  # fmt: skip


def _by_its_name(text: str, path: Path, name: str) -> str:
    """What is told of a file, without the folder in which it was laid out."""
    return reworded(
        text, lambda part: part.replace(str(path), name).replace(f"{path.parent}/", "").replace(str(path.parent), name)
    )


def _texts_here(path: Path, name: str, workspace: Path) -> tuple[str, Path] | None:
    """Name of the folder that the candidate wants, and the texts that stand for it: the workspace's, else arrears' own.

    Raises `StoreError` for a folder anywhere else: whoever hands a file in has no say over what is read on this machine.
    """
    source = read_source(path)
    wanted = source.data.get("contents", "contents") if isinstance(source.data, dict) else "default"
    if wanted == "default" or not isinstance(wanted, str):
        return None
    if not _FOLDER.fullmatch(wanted):
        raise StoreError(
            _("this is no name of a folder beside it"), where=f"{name}:{source.line(('contents',))}",
            remedy=_("write `contents: default`, or 1 to 40 letters, digits, '_' or '-'"),
        )  # fmt: skip
    own = workspace / wanted
    return wanted, own if own.is_dir() else default_contents()
