"""A driver that writes each message to a file of its own, for a carrier's own program to take from there."""

from __future__ import annotations

import json
import os
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

from arrears.channels.message import Message, Receipt


@dataclass(frozen=True)
class Spool:
    """`<folder>/<channel>/<number>.json`, readable by its owner alone, there whole or not at all, and never written again."""

    folder: Path

    def check(self) -> None:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=self.folder) as trial:
            trial.write(b"0")

    def carry(self, message: Message) -> Receipt:
        folder = self.folder / message.channel
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = folder / f"{message.number}.json"
        text = json.dumps(asdict(message), ensure_ascii=False).encode()
        handle, aside = tempfile.mkstemp(dir=folder, prefix=".", suffix=".partial")
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(text)
                stream.flush()
                os.fsync(stream.fileno())
            os.link(aside, path)
        except FileExistsError:
            if path.read_bytes() == text:
                return Receipt(accepted=True, reference=path.name, problem="it lay there already")
            return Receipt(accepted=False, reference=path.name, problem="another message lies there under its number")
        finally:
            os.unlink(aside)
        return Receipt(accepted=True, reference=path.name)
