"""Pure readings of the answers of Rankacy's feed: bytes in, values out."""

from __future__ import annotations

from datetime import datetime
from typing import TypeVar

import msgspec

from app.domain.errors import UnreadableError
from app.domain.redact import beginning
from app.venues.prophetx.values import moment
from app.venues.rankacy import wire
from app.venues.redact import redacted

T = TypeVar("T")
BOM = b"\xef\xbb\xbf"
_ODD = (msgspec.MsgspecError, UnicodeError, RecursionError)
_PING = msgspec.json.Decoder(wire.WirePing)
_MARKETS = msgspec.json.Decoder(list[wire.WireMarket])


class Ping(msgspec.Struct, frozen=True):
    """Whom the key belongs to, and the feed's own time (aware UTC; None where it cannot be read)."""

    partner: str
    partner_id: int
    time: datetime | None


class FeedMarket(msgspec.Struct, frozen=True):
    """A question of the feed: MATCH, ROUND or NEXT_ROUND, and the sides it has."""

    code: str
    name: str
    sides: tuple[str, ...]


def read_ping(body: bytes) -> Ping:
    told = _decoded(_PING, body)
    if told.status != "ok":
        raise UnreadableError(f"The feed answers that it is {beginning(told.status)!r}, not ok")
    return Ping(redacted(told.partner_name.encode()), told.partner_id, moment(told.server_time))


def read_markets(body: bytes) -> list[FeedMarket]:
    return [FeedMarket(row.code, row.name or row.code, tuple(row.sides)) for row in _decoded(_MARKETS, body)]


def _decoded(decoder: msgspec.json.Decoder[T], body: bytes) -> T:
    try:
        return decoder.decode(body.removeprefix(BOM))
    except _ODD as problem:
        raise UnreadableError(f"The feed's answer is not what it should be: {problem}") from problem
