"""Subscribers are told of events: signed, in order, again until they take them."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from arrears.desk.cases.documents import keep_document
from arrears.desk.cases.file import case_file, give_reason
from arrears.desk.cases.promises import make_promise
from arrears.desk.cases.tasks import close_task, open_task
from arrears.desk.current import Desk
from arrears.desk.dispatch.receiving import Payment, receive_payment
from arrears.desk.ledger.appending import append
from arrears.desk.opening import Store
from arrears.errors import StoreError
from tests.desk.making import DAY, MORNING, customer


@dataclass
class Hearer:
    """A system that listens on this machine."""

    url: str = ""
    status: int = 200
    heard: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    meanwhile: Callable[[], None] = lambda: None
    """Done while a call waits for its answer."""


@pytest.fixture
def hearer() -> Iterator[Hearer]:
    found = Hearer()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            found.heard.append(({name.lower(): value for name, value in self.headers.items()}, body))
            found.meanwhile()
            self.send_response(found.status)
            self.end_headers()

        def log_message(self, *args: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    found.url = f"http://127.0.0.1:{server.server_port}/told"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield found
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def rehearsal(here: Desk) -> Desk:
    with here.store.connect() as connection:
        connection.execute("INSERT INTO desk_mode (mode_id, rehearsal) VALUES (1, true) ON CONFLICT DO NOTHING")
        customer(connection, "C1")
    return here


def promised_and_kept(desk: Desk) -> None:
    with desk.connection() as connection:
        make_promise(connection, desk.policy, "C1", 5000, date(2026, 6, 20), MORNING, "collector")
        receive_payment(connection, Payment("P1", "C1", "", MORNING, 5000, "CNY"), MORNING, "bank", desk.policy)


def told(desk: Desk, workspace: Path) -> dict[str, int]:
    from arrears.desk.api.telling import deliver_once

    with desk.connection() as connection:
        found = deliver_once(connection, workspace)
        return {name: n for name, n in found.items() if name != "read"}


def test_events_are_told_in_order_and_signed(rehearsal: Desk, hearer: Hearer, tmp_path: Path) -> None:
    from arrears.desk.api.webhooks import subscribe

    _, secret = subscribe("administrator", tmp_path, "crm", hearer.url, ["payment.received", "promise.kept"])
    promised_and_kept(rehearsal)
    assert told(rehearsal, tmp_path) == {"told": 2}
    assert [json.loads(body)["type"] for _, body in hearer.heard] == ["payment.received", "promise.kept"]
    for headers, body in hearer.heard:
        signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
        key = base64.b64decode(secret.removeprefix("whsec_"))
        wanted = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
        assert headers["webhook-signature"] == f"v1,{wanted}"
        assert json.loads(body)["data"]["customer_id"] == "C1"
    assert told(rehearsal, tmp_path) == {}, "once"


def test_entries_that_nobody_wants_do_not_end_the_telling(
    rehearsal: Desk, hearer: Hearer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from arrears.desk.api import telling
    from arrears.desk.api.webhooks import subscribe

    monkeypatch.setattr(telling, "SPAN", 1)
    subscribe("administrator", tmp_path, "crm", hearer.url, ["promise.kept"])
    promised_and_kept(rehearsal)
    with rehearsal.connection() as connection:
        rounds = [telling.deliver_once(connection, tmp_path) for _ in range(4)]
    assert [(one["read"], one["told"]) for one in rounds] == [(1, 0), (1, 0), (1, 1), (0, 0)]


def test_who_is_being_told_is_nobody_elses_and_no_transaction_waits(
    rehearsal: Desk, hearer: Hearer, tmp_path: Path, store: Store
) -> None:
    from arrears.desk.api.webhooks import subscribe

    kinds, seen = ["payment.received", "promise.kept"], []
    subscribe("administrator", tmp_path, "crm", hearer.url, kinds)
    promised_and_kept(rehearsal)
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in transaction%'"

    def look() -> None:
        with store.connect(autocommit=True) as connection:
            (cursor,) = (
                connection.execute("SELECT cursor_seq FROM api_subscription WHERE next_at > clock_timestamp()").fetchone() or ()
            )
            seen.append((connection.execute(waiting).fetchone(), cursor))

    hearer.meanwhile = look
    assert told(rehearsal, tmp_path) == {"told": 2}
    assert [count for count, _ in seen] == [(0,), (0,)]
    assert seen[0][1] < seen[1][1], "what was taken is kept at once"


def test_a_worker_that_was_away_too_long_writes_nothing_over_anothers(
    rehearsal: Desk, hearer: Hearer, tmp_path: Path, store: Store
) -> None:
    from arrears.desk.api.models import Subscription
    from arrears.desk.api.webhooks import subscribe

    subscribe("administrator", tmp_path, "crm", hearer.url, ["payment.received", "promise.kept"])
    promised_and_kept(rehearsal)

    def taken_by_another() -> None:
        with store.connect() as connection:
            connection.execute("UPDATE api_subscription SET next_at = next_at + interval '1 hour', cursor_seq = 77")

    hearer.meanwhile = taken_by_another
    assert told(rehearsal, tmp_path) == {"told": 1}
    assert Subscription.objects.get().cursor_seq == 77


def test_one_that_is_closed_while_it_is_told_hears_no_more(
    rehearsal: Desk, hearer: Hearer, tmp_path: Path, store: Store
) -> None:
    from arrears.desk.api.models import Subscription
    from arrears.desk.api.webhooks import subscribe

    subscribe("administrator", tmp_path, "crm", hearer.url, ["payment.received", "promise.kept"])
    promised_and_kept(rehearsal)

    def close() -> None:
        with store.connect() as connection:
            connection.execute("UPDATE api_subscription SET closed_at = clock_timestamp()")

    hearer.meanwhile = close
    assert told(rehearsal, tmp_path) == {"told": 1}
    assert len(hearer.heard) == 1
    assert Subscription.objects.get().closed_at is not None


@pytest.mark.parametrize("opening", ["document", "task", "reason", "written off"])
def test_whatever_begins_a_case_is_told_as_that(rehearsal: Desk, hearer: Hearer, tmp_path: Path, opening: str) -> None:
    from arrears.desk.api.webhooks import subscribe

    subscribe("administrator", tmp_path, "crm", hearer.url, ["case.opened"])
    with rehearsal.connection() as connection:
        if opening == "document":
            keep_document(connection, tmp_path, "C1", "income", b"%PDF-1.7", MORNING, "collector")
        elif opening == "task":
            close_task(connection, open_task(connection, "C1", "follow_up", DAY, MORNING, "collector"), "done", MORNING, "x")
        else:
            if opening == "written off":  # that begins none: the reason after it does
                written = case_file(connection, "C1").deed("note", MORNING, "manager", write_off="approved", reason="untraced")
                append(connection, [written])
            give_reason(connection, "C1", "illness", MORNING, "collector")
        make_promise(connection, rehearsal.policy, "C1", 5000, date(2026, 6, 20), MORNING, "collector")
    assert told(rehearsal, tmp_path) == {"told": 1}, "once"
    assert json.loads(hearer.heard[0][1])["data"]["seq"] == (2 if opening == "written off" else 1)


def test_what_is_not_taken_is_told_again_later(rehearsal: Desk, hearer: Hearer, tmp_path: Path) -> None:
    from django.utils import timezone

    from arrears.desk.api.models import Subscription
    from arrears.desk.api.webhooks import subscribe

    subscribe("administrator", tmp_path, "crm", hearer.url, ["promise.kept"])
    promised_and_kept(rehearsal)
    hearer.status = 500
    waits = []
    for n in (1, 2, 3):
        assert told(rehearsal, tmp_path) == {"failed": 1}
        one = Subscription.objects.get()
        assert (one.failures_n, one.last_fault) == (n, "status 500")
        waits.append(one.next_at - timezone.now())
        assert told(rehearsal, tmp_path) == {}, "not yet"
        Subscription.objects.update(next_at=timezone.now())
    assert waits[0] < waits[1] < waits[2]
    hearer.status = 204
    assert told(rehearsal, tmp_path) == {"told": 1}
    assert len({headers["webhook-id"] for headers, _ in hearer.heard}) == 1, "the same event under the same id"
    assert Subscription.objects.get().failures_n == 0


def test_only_the_world_outside_is_told(here: Desk, tmp_path: Path) -> None:
    from arrears.desk.api.delivering import require_url

    for url in ("http://crm.example/", "https://10.0.0.1/", "https://127.0.0.1/", "https://u:p@crm.example/", "file:///etc"):
        with pytest.raises(StoreError):
            require_url(url, rehearsal=False)
    with pytest.raises(StoreError):
        require_url("https://169.254.169.254/", rehearsal=True)
    assert require_url("https://crm.example/told", rehearsal=False).hostname == "crm.example"
