"""The desk's pages and API over HTTP, by gunicorn: a master that holds the store open, workers that answer."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connections
from django.template import engines
from django.urls import resolve
from gunicorn.app.base import BaseApplication

from arrears.desk.configuring import HERE
from arrears.desk.current import Desk, set_desk
from arrears.errors import ArrearsError

SECRET_VARIABLE = "ARREARS_SECRET_KEY"  # noqa: S105 - its name
WORKERS, THREADS = 2, 8
LOCAL = ("127.0.0.1", "localhost", "[::1]")


@dataclass(frozen=True)
class Address:
    """Where it listens and under which names it is reached."""

    host: str
    port: int
    names: Sequence[str] = ()
    https: bool = False
    """Behind a proxy that ends TLS and says so by `X-Forwarded-Proto`: cookies then go over TLS only."""


class _Server(BaseApplication):
    def __init__(self, found: Desk, address: Address, workers: int, ready: Callable[[], None]) -> None:
        self.desk, self.address, self.workers, self.ready = found, address, workers, ready
        super().__init__()

    def load_config(self) -> None:
        values: dict[str, Any] = {
            "bind": f"{self.address.host}:{self.address.port}", "workers": self.workers, "worker_class": "gthread",
            "threads": THREADS, "keepalive": 30, "timeout": 60, "graceful_timeout": 10, "loglevel": "warning",
            "forwarded_allow_ips": "127.0.0.1", "when_ready": lambda _: self.ready(), "max_requests": 0, "proc_name": "arrears",
        }  # fmt: skip
        for name, value in values.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        set_desk(self.desk)
        application = get_wsgi_application()
        _warm_up(self.desk)
        return application


def _warm_up(found: Desk) -> None:
    """Read addresses, pages and the latest day's law packs, so that nobody's first page waits for them."""
    resolve("/")
    for engine in engines.all():
        for folder in engine.template_dirs:
            for page in Path(folder).rglob("*.html"):
                if page.is_relative_to(HERE):
                    engine.get_template(str(page.relative_to(folder)))
    with contextlib.suppress(ArrearsError):  # no day is published yet
        found.gates(found.latest_day())


def serve(found: Desk, address: Address, *, workers: int = WORKERS, ready: Callable[[], None]) -> None:
    """Serve until interrupted; `ready` is called once it listens."""
    prepare(found, address)
    connections.close_all()
    _Server(found, address, workers, ready).run()


def prepare(found: Desk, address: Address) -> None:
    """Django's settings of a server: its key, the names it answers to, cookies."""
    settings.SECRET_KEY = secret_of(found.workspace)
    settings.ALLOWED_HOSTS = [*LOCAL, address.host, *address.names]
    settings.CSRF_TRUSTED_ORIGINS = [f"https://{name}" for name in address.names] if address.https else []
    if address.https:
        settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
        settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
        settings.SECURE_HSTS_SECONDS = 31_536_000
    set_desk(found)


def secret_of(workspace: Path) -> str:
    """The key that signs sessions: of the environment, or the workspace's own, made at the first start, its owner's alone."""
    if told := os.environ.get(SECRET_VARIABLE):
        return told
    path = workspace / "desk.key"
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as stream:
            stream.write(secrets.token_urlsafe(50))
    except FileExistsError:
        pass
    return path.read_text(encoding="ascii")
