"""A driver that writes each message to a file of its own, for a carrier's own program to take from there."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from arrears.channels.message import Message, Receipt


@dataclass(frozen=True)
class Spool:
    """`<folder>/<channel>/<intent>.json`, readable by its owner alone; a file that is there is never written again."""

    folder: Path

    def carry(self, message: Message) -> Receipt:
        folder = self.folder / message.channel
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = folder / f"{message.intent_id}.json"
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return Receipt(accepted=True, reference=path.name, problem="it lay there already")
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            json.dump(asdict(message), stream, ensure_ascii=False)
        return Receipt(accepted=True, reference=path.name)
