"""The books of a recording as they stand now: what was read of an event, with what the stream has changed in it since."""

from __future__ import annotations

import base64
import binascii
from decimal import Decimal
from typing import NamedTuple

import msgspec

Market = dict[str, msgspec.Raw]

_UNREADABLE = (msgspec.MsgspecError, UnicodeError, binascii.Error, ValueError, ArithmeticError, RecursionError)


class _Envelope(msgspec.Struct):
    change_type: str = ""
    payload: str = ""


class _DepthInfo(msgspec.Struct):
    selections: msgspec.Raw
    strike: Decimal | None = None
    line: Decimal | None = None


class _Depth(msgspec.Struct):
    sport_event_id: int
    market_id: int
    info: _DepthInfo


class _Markets(msgspec.Struct):
    markets: msgspec.Raw = msgspec.Raw(b"null")


class _OneBody(msgspec.Struct):
    data: _Markets


class _ManyBody(msgspec.Struct):
    data: dict[str, msgspec.Raw]


class _Strike(NamedTuple):
    event_id: int
    market_id: int
    number: Decimal


class _Read(NamedTuple):
    at: float
    raw: bytes


_ENVELOPE = msgspec.json.Decoder(_Envelope)
_DEPTH = msgspec.json.Decoder(_Depth)
_ONE = msgspec.json.Decoder(_OneBody)
_MANY = msgspec.json.Decoder(_ManyBody)
_LIST = msgspec.json.Decoder(list[Market] | None)
_CHILDREN = msgspec.json.Decoder(list[Market])
_NUMBER = msgspec.json.Decoder(Decimal | None, strict=False)
_ID = msgspec.json.Decoder(int, strict=False)
_ONE_WORD, _MANY_WORD = "get_markets", "get_multiple_markets"


class Books:
    """Paths with the same beginning speak the same spelling, and share what was read by either of the two market calls."""

    def __init__(self) -> None:
        self._read: dict[tuple[str, int], _Read] = {}
        self._told: dict[_Strike, _Read] = {}

    def lead(self, at: float, path: str, params: dict[str, str], body: str) -> None:
        """A recorded answer before its time: of events not read yet."""
        self._read = _read_from(at, path, params, body) | self._read

    def take(self, at: float, path: str, params: dict[str, str], body: str) -> None:
        """A recorded answer to one of the two market calls; anything else is passed over."""
        self._read |= _read_from(at, path, params, body)

    def hear(self, at: float, data: msgspec.Raw) -> None:
        """A frame's data: of a depth message the book is kept."""
        try:
            envelope = _ENVELOPE.decode(_unwrapped(bytes(data)))
            if not envelope.change_type.startswith("market_selection"):
                return
            depth = _DEPTH.decode(_unwrapped(base64.b64decode(envelope.payload, validate=True)))
        except _UNREADABLE:
            return
        number = depth.info.strike if depth.info.strike is not None else depth.info.line
        self._told[_Strike(depth.sport_event_id, depth.market_id, _plain(number))] = _Read(at, bytes(depth.info.selections))

    def find(self, path: str, params: dict[str, str]) -> tuple[float, bytes] | None:
        """The body of one of the two market calls and when the newest reading in it was made; None when it is not known."""
        family, _, word = path.rpartition("/")
        try:
            if word == _ONE_WORD:
                return self._one(family, int(params["event_id"]))
            if word == _MANY_WORD:
                return self._many(family, [int(each) for each in params["event_ids"].split(",")])
        except (KeyError, ValueError):
            return None
        return None

    def _one(self, family: str, event_id: int) -> tuple[float, bytes] | None:
        read = self._read.get((family, event_id))
        return read and (read.at, msgspec.json.encode({"data": {"markets": self._now(event_id, read)}}))

    def _many(self, family: str, event_ids: list[int]) -> tuple[float, bytes] | None:
        found = {event_id: read for event_id in event_ids if (read := self._read.get((family, event_id)))}
        if not found:
            return None
        data = {str(event_id): self._now(event_id, read) for event_id, read in found.items()}
        return max(read.at for read in found.values()), msgspec.json.encode({"data": data})

    def _now(self, event_id: int, read: _Read) -> msgspec.Raw:
        """An event's markets with the books that the stream told after they were read."""
        newer = {key: told for key, told in self._told.items() if key.event_id == event_id and told.at > read.at}
        if not newer:
            return msgspec.Raw(read.raw)
        try:
            markets = _LIST.decode(read.raw) or []
            for market in markets:
                _renew(event_id, market, newer)
        except _UNREADABLE:
            return msgspec.Raw(read.raw)
        return msgspec.Raw(msgspec.json.encode(markets))


def _read_from(at: float, path: str, params: dict[str, str], body: str) -> dict[tuple[str, int], _Read]:
    """What an answer says of each event in it."""
    family, _, word = path.rpartition("/")
    try:
        if word == _ONE_WORD:
            return {(family, int(params["event_id"])): _Read(at, bytes(_ONE.decode(body).data.markets))}
        if word == _MANY_WORD:
            return {(family, int(event_id)): _Read(at, bytes(raw)) for event_id, raw in _MANY.decode(body).data.items()}
    except (KeyError, *_UNREADABLE):
        return {}
    return {}


def _renew(event_id: int, market: Market, newer: dict[_Strike, _Read]) -> None:
    market_id = _ID.decode(market["id"])
    for word in ("market_strikes", "market_lines"):
        raw = market.get(word)
        if raw is not None and bytes(raw)[:1] == b"[":
            children = _CHILDREN.decode(raw)
            for child in children:
                _renew_strike(event_id, market_id, child, newer)
            market[word] = msgspec.Raw(msgspec.json.encode(children))
    if "selections" in market:
        _renew_strike(event_id, market_id, market, newer)


def _renew_strike(event_id: int, market_id: int, strike: Market, newer: dict[_Strike, _Read]) -> None:
    raw = strike.get("strike", strike.get("line"))
    number = None if raw is None else _NUMBER.decode(raw)
    told = newer.get(_Strike(event_id, market_id, _plain(number)))
    if told is not None:
        strike["selections"] = msgspec.Raw(told.raw)


def _plain(number: Decimal | None) -> Decimal:
    """None and 0 are the same: a market without a number."""
    return (number or Decimal(0)).normalize() + 0


def _unwrapped(data: bytes) -> bytes:
    """JSON that was put into a string once or twice."""
    for _ in range(2):
        if data[:1] == b'"':
            data = msgspec.json.decode(data, type=str).encode()
    return data
