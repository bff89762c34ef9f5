"""The system's proxy, where a person turned it on for a profile; for nobody else, and never for this computer's own addresses."""

from __future__ import annotations

import base64
import socket
from collections.abc import Callable, Mapping
from ipaddress import ip_address
from urllib.parse import unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

import msgspec

PATIENCE = 10.0  # seconds between two words of the proxy
LONGEST_HEAD = 16_384  # bytes of its answer

Dial = Callable[[str, int], socket.socket]


class ProxyError(OSError):
    """The system's proxy cannot be used; `str(error)` is a sentence, and holds nothing of its address but the host."""


class Proxy(msgspec.Struct, frozen=True):
    """`authorization` is the header's value for one that asks who we are; empty for none."""

    host: str
    port: int
    authorization: str = ""

    @property
    def url(self) -> str:
        """Without the name and password, which go into a header of their own."""
        return f"http://[{self.host}]:{self.port}" if ":" in self.host else f"http://{self.host}:{self.port}"

    def __repr__(self) -> str:
        return f"Proxy({self.host}:{self.port})"


FindProxy = Callable[[str], Proxy | None]


def no_proxy(_host: str) -> Proxy | None:
    return None


def system_proxy(
    host: str, read: Callable[[], Mapping[str, str]] = getproxies, is_exempt: Callable[[str], object] = proxy_bypass
) -> Proxy | None:
    """What the system names for https to `host`; None where it names none or exempts the host. ProxyError for one of another kind."""
    if is_here(host) or is_exempt(host):
        return None
    named = read()
    told = named.get("https") or named.get("all")
    return _proxy(told) if told else None


def is_here(host: str) -> bool:
    """Whether it is an address of this very computer."""
    if host.lower() == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def tunnelled(proxy: Proxy, host: str, port: int, dial: Dial) -> socket.socket:
    """A connection to `host` through the proxy. OSError when there is none. Blocks: for a thread of its own."""
    raw = dial(proxy.host, proxy.port)
    try:
        raw.settimeout(PATIENCE)
        raw.sendall(_wish(proxy, host, port))
        _check(_head(raw))
        raw.settimeout(None)
    except OSError:
        raw.close()
        raise
    return raw


def _wish(proxy: Proxy, host: str, port: int) -> bytes:
    there = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    lines = [f"CONNECT {there} HTTP/1.1", f"Host: {there}"]
    lines += [f"Proxy-Authorization: {proxy.authorization}"] if proxy.authorization else []
    return "\r\n".join([*lines, "", ""]).encode()


def _head(raw: socket.socket) -> bytes:
    """Up to the empty line and not a byte further: what comes after it is the host's."""
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        one = raw.recv(1)
        if not one or len(head) > LONGEST_HEAD:
            raise ProxyError("The system's proxy ended the connection")
        head += one
    return head


def _check(head: bytes) -> None:
    status = head.split(b"\r\n")[0].split(b" ")[1:2]
    if status != [b"200"]:
        raise ProxyError(f"The system's proxy did not let the connection through ({b''.join(status)[:3].decode('ascii', 'replace')})")


def _proxy(told: str) -> Proxy:
    try:
        parts = urlsplit(told if "://" in told else f"http://{told}")
        host, port = parts.hostname, parts.port
    except ValueError:
        raise ProxyError("The system names a proxy whose address cannot be read") from None
    if parts.scheme != "http" or not host:
        raise ProxyError(f"The system names a proxy of the kind {parts.scheme[:10]!r}: only http proxies can be used")
    return Proxy(host, port or 80, _authorization(parts.username, parts.password))


def _authorization(name: str | None, password: str | None) -> str:
    if name is None:
        return ""
    pair = f"{unquote(name)}:{unquote(password or '')}"
    return "Basic " + base64.b64encode(pair.encode()).decode()
