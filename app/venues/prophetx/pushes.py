"""Pure readings of the Trading API's pushes: one frame's data in, venue events out."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable

import msgspec

from app.domain.book import Book
from app.domain.events import (
    BookChanged,
    EventChanged,
    EventUnlisted,
    FeedFault,
    HealthBeat,
    MarketsChanged,
    MarketStatusChanged,
    OrderReported,
    TournamentChanged,
    VenueEvent,
)
from app.domain.market import MarketKey
from app.venues.prophetx import codec, wire

SAMPLE = 200  # characters of an unreadable message that are kept

_TEXT = msgspec.json.Decoder(str)
_ENVELOPE = msgspec.json.Decoder(wire.Envelope)
_DEPTH = msgspec.json.Decoder(wire.DepthPush)
_ORDER = msgspec.json.Decoder(wire.OrderPush)
_EVENT = msgspec.json.Decoder(wire.EventPush)
_EVENT_INFO = msgspec.json.Decoder(wire.WireEvent)
_MARKET = msgspec.json.Decoder(wire.MarketPush)
_TOURNAMENT = msgspec.json.Decoder(wire.TournamentPush)


def parse_push(data: msgspec.Raw | bytes) -> list[VenueEvent]:
    """What one message says. Never raises: what cannot be read is a FeedFault, what is not known says nothing."""
    try:
        return _parse(bytes(data))
    except (msgspec.MsgspecError, UnicodeError, binascii.Error, ValueError, RecursionError) as problem:
        return [FeedFault(f"a message cannot be read: {problem}", bytes(data)[:SAMPLE].decode("utf-8", "replace"))]


def _parse(data: bytes) -> list[VenueEvent]:
    for _ in range(2):  # as an object, as a string, or as a string in a string (contract 4.5)
        if data[:1] == b'"':
            data = _TEXT.decode(data).encode()
    envelope = _ENVELOPE.decode(data)
    read = _READERS.get(envelope.change_type)
    return read(envelope.op, _payload(envelope.payload)) if read else []


def _payload(text: str) -> bytes:
    """The payload's JSON: base64, then now and then JSON inside a JSON string; some channels send it plain."""
    if text[:1] in {"{", "["}:
        return text.encode()
    payload = base64.b64decode(text, validate=True)
    return _TEXT.decode(payload).encode() if payload[:1] == b'"' else payload


def _depth(_op: str, payload: bytes) -> list[VenueEvent]:
    push = _DEPTH.decode(payload)
    if push.info.strike is None and push.info.type in codec.NUMBERED:
        raise ValueError(f"the {push.info.type} {push.market_id} of event {push.sport_event_id} has no number")
    faults: list[str] = []
    sides = {levels[0].strike_id: codec.side(levels, faults) for levels in push.info.selections or [] if levels}
    key = MarketKey(push.sport_event_id, push.market_id, codec.strike_of(push.info.strike))
    told: list[VenueEvent] = [BookChanged(Book(key, sides, push.info.sequence_number))]
    return told + [FeedFault(words) for words in faults] if faults else told


def _order(_op: str, payload: bytes) -> list[VenueEvent]:
    return [OrderReported(codec.report(_ORDER.decode(payload).info))]


def _event(op: str, payload: bytes) -> list[VenueEvent]:
    push = _EVENT.decode(payload)
    if op == "d":
        return [EventUnlisted(int(push.id))]
    info = _EVENT_INFO.decode(push.info)
    return [EventChanged(codec.event(info))] if info.event_id else [EventUnlisted(int(push.id))]


def _market(_op: str, payload: bytes) -> list[VenueEvent]:
    info = _MARKET.decode(payload).info
    return [MarketStatusChanged(info.sport_event_id, info.id, info.status)]


def _market_strike(_op: str, payload: bytes) -> list[VenueEvent]:
    return [MarketsChanged(_MARKET.decode(payload).info.sport_event_id)]


def _tournament(_op: str, payload: bytes) -> list[VenueEvent]:
    return [TournamentChanged(codec.tournament(_TOURNAMENT.decode(payload).info))]


def _health(_op: str, _payload: bytes) -> list[VenueEvent]:
    return [HealthBeat()]


_READERS: dict[str, Callable[[str, bytes], list[VenueEvent]]] = {
    "market_selections": _depth,
    "market_selection": _depth,
    "order": _order,
    "orders": _order,
    "sport_event": _event,
    "market": _market,
    "market_strike": _market_strike,
    "tournament": _tournament,
    "private_system_signal": _health,
}
