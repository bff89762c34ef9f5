"""Pure readings of the Trading API's pushes: one frame's data in, venue events out."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable

import msgspec

from app.domain.book import Book, Side
from app.domain.events import (
    BookChanged,
    EventChanged,
    EventUnlisted,
    FeedFault,
    HealthBeat,
    MarketsChanged,
    MarketStatusChanged,
    OrderReported,
    OrdersUnclear,
    TournamentChanged,
    VenueEvent,
)
from app.domain.market import MarketKey
from app.domain.redact import beginning
from app.venues.prophetx import codec, most, places, wire
from app.venues.prophetx.flaws import is_id
from app.venues.prophetx.reports import report
from app.venues.prophetx.spelling import ODD, Place, Reader, is_absent
from app.venues.prophetx.values import strike_of, text_of
from app.venues.redact import LONGEST, redacted

_OPS = frozenset({"", "c", "u", "d"})
UNTOLD = "unknown"  # the status of a market whose new one is printed as none: it is not open
SAMPLE = LONGEST  # characters of an unreadable message that are kept

_TEXT = msgspec.json.Decoder(str)
_ENVELOPE = Reader(wire.Envelope, Place())
_DEPTH = Reader(wire.DepthPush, places.DEPTH_PUSH, most.of_depth)
_ABOUT = Reader(wire.DepthAbout, places.DEPTH_PUSH)
_ORDER = Reader(wire.OrderPush, places.ORDER_PUSH, most.of_order)
_EVENT = Reader(wire.EventPush, places.EVENT_PUSH)
_EVENT_INFO = Reader(wire.WireEvent, places.EVENT)
_MARKET = Reader(wire.MarketPush, places.MARKET_PUSH)
_STRIKE = Reader(wire.StrikePush, places.MARKET_PUSH)
_MATCH = Reader(wire.MatchPush, places.MATCH_PUSH)
_TOURNAMENT = Reader(wire.TournamentPush, places.TOURNAMENT_PUSH)


def parse_push(data: msgspec.Raw | bytes) -> list[VenueEvent]:
    """What one message says. Never raises: what cannot be read, and what is of a kind that is not known, is a FeedFault."""
    try:
        return _parse(bytes(data))
    except _PayloadError as problem:
        fault = FeedFault(f"a message cannot be read: {problem}", redacted(problem.payload))
        return [fault, OrdersUnclear()] if _READERS[problem.kind] is _order else [fault]
    except (*ODD, binascii.Error) as problem:
        return [FeedFault(f"a message cannot be read: {problem}", redacted(bytes(data)))]


class _PayloadError(Exception):
    """The envelope was read, and what it holds was not."""

    def __init__(self, kind: str, payload: bytes, problem: Exception) -> None:
        super().__init__(f"{kind}: {problem}")
        self.kind = kind
        self.payload = payload


def _parse(data: bytes) -> list[VenueEvent]:
    for _ in range(2):  # as an object, as a string, or as a string in a string (contract 4.5)
        if data[:1] == b'"':
            data = _TEXT.decode(data).encode()
    envelope = _ENVELOPE.row(data)
    read = _READERS.get(envelope.change_type)
    if read is None:
        return [FeedFault(f"a message of the unknown kind {beginning(envelope.change_type)!r} is ignored", redacted(data))]
    if envelope.op not in _OPS:
        return [FeedFault(f"a {envelope.change_type} with the unknown operation {beginning(envelope.op)!r} is ignored", redacted(data))]
    payload = envelope.payload.encode("utf-8", "replace")
    try:
        payload = _payload(envelope.payload)
        return read(envelope.op, payload)
    except (*ODD, binascii.Error) as problem:
        raise _PayloadError(envelope.change_type, payload, problem) from problem


def _payload(text: str) -> bytes:
    """The payload's JSON: base64, then now and then JSON inside a JSON string; some channels send it plain."""
    if text[:1] in {"{", "["}:
        return text.encode()
    payload = base64.b64decode(text, validate=True)
    return _TEXT.decode(payload).encode() if payload[:1] == b'"' else payload


def _depth(_op: str, payload: bytes) -> list[VenueEvent]:
    try:
        return _DEPTH.read(payload, _book_changed)
    except ODD as problem:
        return [FeedFault(f"a message cannot be read: market_selections: {problem}", redacted(payload)), *_outdated(payload)]


def _outdated(payload: bytes) -> list[VenueEvent]:
    """A book changed in a way that could not be read: its event, where that can be told, must be read again."""
    try:
        return [MarketsChanged(_ABOUT.row(payload).sport_event_id)]
    except ODD:
        return []


def _book_changed(push: wire.DepthPush) -> list[VenueEvent]:
    kind = text_of(push.info.type)
    if push.info.strike is None and (kind in codec.NUMBERED or not kind):
        raise ValueError(f"the {kind or 'market'} {push.market_id} of event {push.sport_event_id} has no number")
    faults: list[FeedFault] = []
    sides: dict[str, Side] = {}
    for levels in filter(None, push.info.selections or []):
        selection_id = levels[0].strike_id
        if is_id(selection_id) and selection_id not in sides:
            sides[selection_id] = codec.side(levels, faults)
        else:
            faults.append(FeedFault(f"a side of market {push.market_id} is left out: {beginning(selection_id)!r} is no id, or comes twice"))
            sides.pop(selection_id, None)
    key = MarketKey(push.sport_event_id, push.market_id, strike_of(push.info.strike))
    told: list[VenueEvent] = [BookChanged(Book(key, sides, push.info.sequence_number))]
    return [*told, *faults]


def _order(_op: str, payload: bytes) -> list[VenueEvent]:
    return [OrderReported(report(_ORDER.row(payload).info))]


def _event(op: str, payload: bytes) -> list[VenueEvent]:
    push = _EVENT.row(payload)
    if op == "d":
        return [EventUnlisted(int(push.id))]
    info = _EVENT_INFO.row(push.info)
    return [EventChanged(codec.event(info))] if info.event_id else [EventUnlisted(int(push.id))]


def _market(_op: str, payload: bytes) -> list[VenueEvent]:
    info = _MARKET.row(payload).info
    status = UNTOLD if is_absent(info.status) else info.status
    return [MarketStatusChanged(info.sport_event_id, info.id, status)]


def _market_strike(_op: str, payload: bytes) -> list[VenueEvent]:
    return [MarketsChanged(_STRIKE.row(payload).info.sport_event_id)]


def _match(_op: str, payload: bytes) -> list[VenueEvent]:
    """Somebody's match: what it leaves of the book comes by a push of its own, so that it is read and says nothing."""
    _MATCH.row(payload)
    return []


def _tournament(_op: str, payload: bytes) -> list[VenueEvent]:
    return [TournamentChanged(codec.tournament(_TOURNAMENT.row(payload).info))]


def _health(_op: str, _payload: bytes) -> list[VenueEvent]:
    return [HealthBeat()]


_READERS: dict[str, Callable[[str, bytes], list[VenueEvent]]] = {
    "market_selections": _depth,
    "market_selection": _depth,
    "order": _order,
    "orders": _order,
    "wager": _order,
    "wagers": _order,
    "sport_event": _event,
    "market": _market,
    "market_strike": _market_strike,
    "market_line": _market_strike,
    "matched_order": _match,
    "matched_bet": _match,
    "trade_execution": _match,
    "tournament": _tournament,
    "private_system_signal": _health,
}
