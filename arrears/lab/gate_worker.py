"""One worker of `arrears bench gate`, a process of its own: `python -m arrears.lab.gate_worker SETTINGS.json`.

It does what `arrears dispatch` does, with a dialler that makes up what came of calls. Its clock may be set back.
"""

from __future__ import annotations

import functools
import hashlib
import json
import sys
import time
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from arrears.channels import Message, Receipt
from arrears.desk.dispatch.gatekeeping import pass_due
from arrears.desk.dispatch.running import CONTACTS_A_ROUND
from arrears.desk.dispatch.sending import hold_worker, mark_lost, send, write_receipts
from arrears.desk.opening import connected
from arrears.law import Gate, load_packs

OUTCOMES = ("no_answer", "busy", "right_party", "no_answer", "voicemail", "promise", "no_answer")


class Dialler:
    """Takes everything and says at once what came of a call, the same for the same call."""

    def check(self) -> None:
        """It always can."""

    def carry(self, message: Message) -> Receipt:
        outcome = OUTCOMES[hashlib.sha256(message.number.split("-")[1].encode()).digest()[0] % len(OUTCOMES)]
        return Receipt(True, message.number, outcome=outcome if message.channel == "call" else "")


def main(settings: dict[str, Any]) -> None:
    opening = datetime.fromisoformat(settings["opening"])
    back = timedelta(seconds=settings["set_back_seconds"])

    def clock() -> datetime:
        """Time runs as fast as it does outside, from the hour at which the work began."""
        return opening + timedelta(minutes=1, seconds=time.time() - settings["began"]) - back

    @functools.cache
    def gates(day: date) -> Gate:
        return Gate(load_packs(["cn"]))

    gates(opening.date())
    drivers = dict.fromkeys(("sms", "call"), Dialler())
    actor = f"bench-{settings['number']}"
    waits: list[float] = []
    with connected(settings["database"]) as connection:
        worker = hold_worker(connection)
        Path(settings["ready"]).touch()
        while not Path(settings["go"]).exists():
            time.sleep(0.01)
        mark_lost(connection, clock(), actor)
        idle = 0
        while idle < settings["idle_rounds"]:
            started = time.perf_counter()
            found = pass_due(
                connection, clock(), gates, worker=worker, actor=actor, channels=("sms", "call"), limit=CONTACTS_A_ROUND
            )
            waits += [time.perf_counter() - started] * len(found.judged)
            sent = send(found.passed, drivers)
            write_receipts(connection, sent, actor)
            idle = 0 if found.judged else idle + 1
            if not found.judged:
                time.sleep(0.05)
    Path(settings["figures"]).write_text(json.dumps({"waits": waits}), encoding="utf-8")


if __name__ == "__main__":
    main(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))
