"""Telling one event over HTTP: the only module of the desk that calls somebody else's address.

It connects to the address that it has checked, so that a name cannot lead elsewhere between the check and the call; it follows
no redirect, reads nothing of the answer but its status, and is done within `SECONDS_MAX`.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from arrears.desk.saying import _
from arrears.errors import StoreError

SECONDS_EACH, SECONDS_MAX = 5.0, 15.0
"""For each step, and for all of them together."""
TAKEN = range(200, 300)
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True)
class Answer:
    """What came of a call: it was taken, or a fault's code."""

    taken: bool
    fault: str = ""
    """`status 500`, `timeout`, `unreachable`, `address` (one that may not be called), `tls`, `unreadable`."""


def require_url(url: str, *, rehearsal: bool) -> SplitResult:
    """The parts of an address that may be told; raises `StoreError` otherwise.

    `https` without user and password; in a rehearsal also `http` to this machine itself.
    """
    remedy = _("write it as https://host/path")
    if rehearsal:
        remedy = _("write it as https://host/path or http://127.0.0.1:port/path")
    fault = StoreError(_("this is no address that may be told"), where=_("address"), remedy=remedy)
    if not url.isascii() or not url.isprintable() or " " in url or "\\" in url:
        raise fault
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise fault from None
    host = parts.hostname
    if not host or port == 0 or parts.username is not None or parts.password is not None or parts.fragment:
        raise fault
    loopback = rehearsal and host in ("127.0.0.1", "localhost", "::1")
    if parts.scheme != "https" and not (parts.scheme == "http" and loopback):
        raise fault
    try:
        literal = ipaddress.ip_address(host)
    except ValueError:
        return parts
    if not may_be_called(literal, rehearsal=rehearsal):
        raise fault
    return parts


def may_be_called(address: Address, *, rehearsal: bool) -> bool:
    """Whether an address is out in the world; in a rehearsal also this machine's own."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo and address.teredo[1])
        if inner:
            return may_be_called(inner, rehearsal=rehearsal)
        if address in ipaddress.ip_network("64:ff9b::/96"):  # an IPv4 address behind a translator
            return may_be_called(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF), rehearsal=rehearsal)
    if address.is_loopback:
        return rehearsal
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


def tell(url: str, body: str, headers: Mapping[str, str], *, rehearsal: bool) -> Answer:
    """Post it, once; never raises for what the other side or the network does."""
    try:
        parts = require_url(url, rehearsal=rehearsal)
    except StoreError:
        return Answer(False, "address")
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        found = socket.getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)
    except OSError:
        return Answer(False, "unreachable")
    addresses = [ipaddress.ip_address(str(one[4][0]).partition("%")[0]) for one in found]
    if not addresses or not all(may_be_called(one, rehearsal=rehearsal) for one in addresses):
        return Answer(False, "address")
    return _post(parts, str(addresses[0]), port, body.encode(), headers)


def _post(parts: SplitResult, address: str, port: int, body: bytes, headers: Mapping[str, str]) -> Answer:
    plain: socket.socket | None = None
    over = threading.Event()
    try:
        plain = socket.create_connection((address, port), SECONDS_EACH)
        timer = threading.Timer(SECONDS_MAX, _cut, (plain, over))
        timer.daemon = True
        timer.start()
        try:
            return _answered(parts, plain, port, body, headers)
        finally:
            timer.cancel()
    except ssl.SSLError as error:
        return Answer(False, "timeout" if over.is_set() or isinstance(error, TimeoutError) else "tls")
    except TimeoutError:
        return Answer(False, "timeout")
    except OSError:
        return Answer(False, "timeout" if over.is_set() else "unreachable")
    except (http.client.HTTPException, ValueError):
        return Answer(False, "timeout" if over.is_set() else "unreadable")
    finally:
        if plain is not None:
            plain.close()


def _answered(parts: SplitResult, plain: socket.socket, port: int, body: bytes, headers: Mapping[str, str]) -> Answer:
    host = str(parts.hostname)
    connection = http.client.HTTPConnection(host, port, timeout=SECONDS_EACH)
    connection.sock = plain
    if parts.scheme == "https":
        connection.default_port = 443
        connection.sock = ssl.create_default_context().wrap_socket(plain, server_hostname=host)
    try:
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("POST", path, body, dict(headers))
        status = connection.getresponse().status
        return Answer(True) if status in TAKEN else Answer(False, f"status {status}")
    finally:
        connection.close()


def _cut(plain: socket.socket, over: threading.Event) -> None:
    """End a call that drags on."""
    over.set()
    try:
        plain.shutdown(socket.SHUT_RDWR)
    except OSError:
        plain.close()
