"""Where the records of a CSV file begin: byte offsets and line numbers, found without a loop over rows.

Only files with quarantined rows are looked at, so a clean feed pays nothing.
"""

from __future__ import annotations

import mmap
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

_RECORD = re.compile(
    rb"""(?:(?:"[^"]*+(?:""[^"]*+)*+")?[^,\n]*+,)*+   # fields, quoted or not, that a comma ends
         (?:"[^"]*+(?:""[^"]*+)*+")?[^,\n]*+\n        # the last one, that a line break ends
    """,
    re.VERBOSE,
)
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class Records:
    """The records of a file after its header, blank lines left out: where each begins and ends (bytes) and on which line."""

    starts: np.ndarray
    ends: np.ndarray
    lines: np.ndarray

    def without(self, starts: np.ndarray) -> Records:
        """The records but for those that begin at `starts`."""
        keep = ~np.isin(self.starts, starts)
        return Records(self.starts[keep], self.ends[keep], self.lines[keep])


def records(path: Path) -> Records:
    """The records of a CSV file that ends with a line break; lines count from 1, the header included."""
    with path.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as data:
        text = np.frombuffer(data, dtype=np.uint8)
        breaks = np.flatnonzero(text == ord("\n"))
        begin = len(_BOM) if data[:3] == _BOM else 0
        if data.find(b'"') < 0:
            ends = breaks + 1
        else:
            ends = np.fromiter((match.end() for match in _RECORD.finditer(data, begin)), dtype=np.int64)
        starts = np.concatenate(([begin], ends[:-1])).astype(np.int64)
        bare = (ends - starts == 1) | ((ends - starts == 2) & (text[starts] == ord("\r")))
        lines = np.searchsorted(breaks, starts) + 1
        del text
    keep = ~bare
    keep[0] = False
    return Records(starts[keep], ends[keep], lines[keep])
