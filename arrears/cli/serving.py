"""The report's folder on this machine's own address, for a browser; nobody else can reach it."""

from __future__ import annotations

import functools
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import typer

ADDRESS = "127.0.0.1"


class Quiet(SimpleHTTPRequestHandler):
    """Files only, no line for each request."""

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


def server_of(folder: Path, port: int) -> ThreadingHTTPServer:
    """A server of the folder at this port, or at any free one where it is taken."""
    handler = functools.partial(Quiet, directory=str(folder))
    try:
        return ThreadingHTTPServer((ADDRESS, port), handler)
    except OSError:
        return ThreadingHTTPServer((ADDRESS, 0), handler)


def serve_folder(folder: Path, port: int, page: str) -> None:
    """Serve until Ctrl-C, which is the way to end it and no failure."""
    with server_of(folder, port) as server:
        typer.echo(f"\nThe report is at http://{ADDRESS}:{server.server_port}/{page} (Ctrl-C to stop)")
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            typer.echo("\nstopped")
