"""Where the league's video is, believed only at Twitch's own player, or at the practice exchange on this computer."""

from __future__ import annotations

import re
from ipaddress import ip_address
from typing import Final
from urllib.parse import SplitResult, parse_qs, urlsplit

import msgspec

from app.domain.cs2 import StreamPlace
from app.domain.errors import UnreadableError
from app.venues.rankacy import wire
from app.venues.rankacy.rows import whole
from app.venues.rankacy.values import quoted

PLAYER: Final = "player.twitch.tv"
LONGEST: Final = 2048  # characters of an address
_STREAM = msgspec.json.Decoder(wire.WireStream)
_CHANNEL: Final = re.compile(r"[A-Za-z0-9_]{1,40}")
_PLAIN: Final = re.compile(r"[A-Za-z0-9:/?&=._~%+\[\]-]+")  # no backslash, no @, no blank, no letters of other scripts
_PARENT: Final = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|\[?[0-9A-Fa-f:]{2,39}\]?")


def read_stream(body: bytes, *, is_practice: bool = False) -> StreamPlace:
    """UnreadableError for any other address than the player's. `is_practice`: this computer's own is one too, http or https."""
    told = whole(_STREAM, body)
    if not _CHANNEL.fullmatch(told.channel):
        raise UnreadableError(f"The stream's channel is no name of one: {quoted(told.channel)}")
    if len(told.embed_url) > LONGEST or not _PLAIN.fullmatch(told.embed_url):
        raise UnreadableError(f"The stream's address is not written as one: {quoted(told.embed_url)}")
    parts = _split(told.embed_url)
    if not (_is_player(parts) or (is_practice and _is_here(parts))):
        raise UnreadableError(f"The stream is at {quoted(told.embed_url)}, and only https://{PLAYER} is shown")
    _check_asked(parse_qs(parts.query, keep_blank_values=True), told.channel)
    return StreamPlace(told.channel, told.embed_url)


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        _ = parts.port  # a port that is none is only seen when it is asked for
    except ValueError:
        raise UnreadableError(f"The stream's address is not written as one: {quoted(url)}") from None
    return parts


def _is_player(parts: SplitResult) -> bool:
    return parts.scheme == "https" and parts.netloc.lower() in {PLAYER, f"{PLAYER}:443"}


def _is_here(parts: SplitResult) -> bool:
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        return False
    if parts.hostname == "localhost":
        return True
    try:
        return ip_address(parts.hostname).is_loopback
    except ValueError:
        return False


def _check_asked(asked: dict[str, list[str]], channel: str) -> None:
    """Twitch plays only where `parent` names the page's host; a channel in the address is the one that is told."""
    parents = asked.get("parent", [])
    if not parents or not all(map(_PARENT.fullmatch, parents)):
        raise UnreadableError(f"The stream's address names no host that may show it (parent): {quoted(parents[0] if parents else '')}")
    if any(named.lower() != channel.lower() for named in asked.get("channel", [])):
        raise UnreadableError(f"The stream's address plays {quoted(asked['channel'][0])}, and the channel told is {channel}")
