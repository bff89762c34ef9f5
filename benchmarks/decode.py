"""Decoding one depth message: the terminal's codec against the standard library doing the same work to the same values."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterable
from decimal import Decimal
from random import Random
from time import perf_counter_ns
from typing import Any

import msgspec
import orjson

from app.domain.book import Book, Level, Side
from app.domain.events import BookChanged
from app.domain.market import MarketKey
from app.domain.money import cents
from app.domain.odds import from_american
from app.venues.prophetx import wire
from app.venues.prophetx.pushes import parse_push
from benchmarks.figures import Spread, ratio, spread
from benchmarks.frames import message, sequence

ROUNDS, CALLS = 60, 300

_FRAME = msgspec.json.Decoder(wire.Frame)


class Decoded(msgspec.Struct, frozen=True):
    """Microseconds a message; ratios say how many times ours the peer takes."""

    frame_bytes: int
    levels: int
    ours_us: Spread
    stdlib_us: Spread
    orjson_us: Spread
    stdlib_ratio: Spread
    orjson_ratio: Spread


def ours(frame: bytes) -> Book:
    """As the terminal does it: frame, envelope and payload checked against their types, numbers exact."""
    (event,) = parse_push(_FRAME.decode(frame).data)
    assert isinstance(event, BookChanged)
    return event.book


def stdlib(frame: bytes) -> Book:
    """The same book by `json` with exact numbers. It trusts every type, which ours checks."""
    envelope = json.loads(json.loads(frame)["data"])
    push = json.loads(base64.b64decode(envelope["payload"], validate=True), parse_float=Decimal)
    info = push["info"]
    key = MarketKey(push["sport_event_id"], push["market_id"], Decimal(info["strike"] or 0).normalize() + 0)
    sides = {levels[0]["strike_id"]: _side(levels) for levels in info["selections"] or () if levels}
    return Book(key, sides, info["sequence_number"])


def plain(frame: bytes) -> dict[str, Any]:
    """The payload by orjson as plain dicts with floats: less than a terminal needs, for orientation."""
    envelope = orjson.loads(orjson.loads(frame)["data"])
    return dict(orjson.loads(base64.b64decode(envelope["payload"], validate=True)))


def _side(levels: Iterable[dict[str, Any]]) -> Side:
    good = [_level(level) for level in levels if level["price"] is not None]
    return tuple(level for level in good if level.takeable > 0)


def _level(level: dict[str, Any]) -> Level:
    price = level["price"]
    if price != int(price):
        raise ValueError(f"{price} is not a whole American price")
    return Level(from_american(int(price)), cents(Decimal(level["value"])), cents(Decimal(level["quantity"])))


def measure(rounds: int = ROUNDS, calls: int = CALLS) -> Decoded:
    """Rounds in turn, so that all three meet the same machine. AssertionError when they do not read the same book."""
    frame = message(0, Random(1)).frame(sequence(4_000_000_000_000)).encode()
    book = ours(frame)
    assert book == stdlib(frame), "the two ways read different books"
    assert plain(frame)["info"]["sequence_number"] == book.sequence
    taken: dict[Callable[[bytes], object], list[float]] = {ours: [], stdlib: [], plain: []}
    for turn in range(rounds + 1):
        for way, times in taken.items():
            microseconds = _time(way, frame, calls)
            if turn:  # the first round warms caches
                times.append(microseconds)
    return Decoded(
        frame_bytes=len(frame),
        levels=sum(len(side) for side in book.sides.values()),
        ours_us=spread(taken[ours]),
        stdlib_us=spread(taken[stdlib]),
        orjson_us=spread(taken[plain]),
        stdlib_ratio=ratio(taken[stdlib], taken[ours]),
        orjson_ratio=ratio(taken[plain], taken[ours]),
    )


def _time(way: Callable[[bytes], object], frame: bytes, calls: int) -> float:
    """Microseconds a call."""
    begun = perf_counter_ns()
    for _ in range(calls):
        way(frame)
    return (perf_counter_ns() - begun) / calls / 1000


def table(decoded: Decoded) -> list[tuple[str, str, str]]:
    """Rows of way, absolute and ratio."""
    return [
        ("ours: exact, typed, checked", decoded.ours_us.text(" µs"), "1"),
        ("stdlib json to the same book", decoded.stdlib_us.text(" µs"), decoded.stdlib_ratio.text(" ×", 2)),
        ("orjson to plain dicts, floats", decoded.orjson_us.text(" µs"), decoded.orjson_ratio.text(" ×", 2)),
    ]
