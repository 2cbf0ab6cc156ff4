"""Files that people hand in: held to what can be read and kept, before anybody reads them."""

from __future__ import annotations

import re

import yaml

from arrears.desk.saying import _
from arrears.errors import StoreError

VALUES_MAX = 200_000
"""In a file, aliases unfolded."""
DEPTH_MAX = 60
"""Lists and mappings in one another; ours have ten."""
DIGITS_MAX = 18
_UNKEPT = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
"""Control characters and halves of characters: YAML can write them, no database keeps them."""
_LONG = re.compile(rf"[-+]?[0-9]{{{DIGITS_MAX + 1},}}\Z")


def require_bounded(raw: bytes, name: str) -> None:
    """Raise `StoreError` for a YAML file that nobody should read on; what is no YAML is told by its own reader."""
    sizes: dict[int, tuple[int, int]] = {}

    def size(node: yaml.Node) -> tuple[int, int]:
        """How many values it unfolds to, and how deep they lie."""
        if id(node) not in sizes:
            sizes[id(node)] = (VALUES_MAX + 1, 0)  # of one that holds itself
            if isinstance(node, yaml.ScalarNode):
                _require_kept(node, name)
            inner = node.value if isinstance(node, yaml.CollectionNode) else []
            parts = [size(part) for one in inner for part in (one if isinstance(one, tuple) else (one,))]
            sizes[id(node)] = (1 + sum(n for n, _depth in parts), 1 + max((depth for _n, depth in parts), default=0))
        return sizes[id(node)]

    try:
        top = yaml.compose(raw, Loader=yaml.SafeLoader)
        unfolded, depth = (0, 0) if top is None else size(top)
    except (yaml.YAMLError, UnicodeDecodeError):
        return
    except RecursionError:
        unfolded, depth = VALUES_MAX + 1, DEPTH_MAX + 1
    if unfolded > VALUES_MAX or depth > DEPTH_MAX:
        raise StoreError(_("too many values, or nested without end"), where=name, remedy=_("write the file without aliases"))


def _require_kept(node: yaml.ScalarNode, name: str) -> None:
    where = f"{name}:{node.start_mark.line + 1}"
    if _UNKEPT.search(node.value):
        raise StoreError(_("a control character, which cannot be kept"), where=where, remedy=_("leave it out"))
    if node.style is None and _LONG.match(node.value):
        raise StoreError(
            _("a number of more than {most} digits").format(most=DIGITS_MAX), where=where, remedy=_("write a smaller one")
        )
