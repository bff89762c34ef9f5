"""Where a delivery may go: the address of a subscription, and the part of it that this computer may be asked at."""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import SplitResult, quote, urlsplit

LOOPBACK = {"127.0.0.1": "127.0.0.1", "localhost": "127.0.0.1", "::1": "::1"}
"""The hosts that are delivered to, and where each is: no name is ever looked up."""

ONLY_HERE = "Practice delivers to http:// on 127.0.0.1 only"
NOT_SWITCHED_ON = "Practice delivers to 127.0.0.1 only when it is started with --loopback-webhooks"

_SAFE = "/?%:@!$&'()*+,;=~-._[]"


class Place(NamedTuple):
    """`host` is an address, never a name; `authority` is what the subscription calls it, `path` what is asked for, both ASCII."""

    host: str
    port: int
    authority: str
    path: str


def why_refused(url: str, *, takes_loopback: bool) -> str:
    """What keeps an address from being subscribed, in words; empty when it may be."""
    if any(sign.isspace() or not sign.isprintable() for sign in url):
        return "it holds a space or a sign that cannot be seen"
    split = _split(url)
    if split is None or not split.hostname:
        return "it is no address with a host"
    if split.scheme == "https" or (takes_loopback and place_of(url) is not None):
        return ""
    return "it has to begin with https://" + (", or with http:// and be on 127.0.0.1" if takes_loopback else "")


def place_of(url: str) -> Place | None:
    """Where on this computer a delivery goes; None for every address that is not here, or is not plain HTTP."""
    split = _split(url)
    if split is None or split.scheme != "http" or "@" in split.netloc:
        return None
    address = LOOPBACK.get(split.hostname or "")
    if address is None:
        return None
    asked = (split.path or "/") + (f"?{split.query}" if split.query else "")
    return Place(address, split.port or 80, split.netloc, quote(asked, safe=_SAFE))


def _split(url: str) -> SplitResult | None:
    """None for what cannot be read, and for a port that is none."""
    try:
        split = urlsplit(url)
        return split if split.port != 0 else None
    except ValueError:
        return None
