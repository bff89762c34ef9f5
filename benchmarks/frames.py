"""Depth messages as the venue frames them, ready but for the sequence number, and the markets they are about.

The sequence number carries the monotonic clock at sending, which all processes of a Linux machine share; FIRST lifts it to the 19 digits
that the venue's numbers have.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from random import Random
from typing import Any

import msgspec

FIRST = 10**18
EVENT_ID = 19458
MARKETS = 20  # of two selections each: forty rows of prices
LEVELS = 5  # a side
VARIANTS = 8  # books a market goes through
CHANNEL = f"private-broadcast-service=3-device_type=5-event={EVENT_ID}"
PRIVATE = "private-service=3-device_type=5-user=bench"

_MARK = 1_111_111_111_111_111_111  # stands in the prebuilt text where the sequence number goes
_PRICES = [*range(130, 99, -1), *range(-101, -131, -1)]  # rungs of the venue's ladder, best for the taker first


def sequence(now: int) -> int:
    """The sequence number of a message sent at `now` (monotonic ns)."""
    return FIRST + now


def sent_at(number: int) -> int:
    """When the message with that sequence number was sent (monotonic ns)."""
    return number - FIRST


class Message(msgspec.Struct, frozen=True):
    """One prebuilt depth message: the payload's JSON before and after its sequence number."""

    head: bytes
    tail: bytes

    def frame(self, number: int) -> str:
        """The whole Pusher frame: an envelope as JSON text, in it the payload as base64 of JSON."""
        payload = base64.b64encode(b"%b%d%b" % (self.head, number, self.tail)).decode()
        return _frame("market_selections", CHANNEL, "market_selections", payload)


def health_frame() -> str:
    return _frame("health_check", PRIVATE, "private_system_signal", base64.b64encode(b"{}").decode())


def _frame(event: str, channel: str, kind: str, payload: str) -> str:
    data = f'{{\\"timestamp\\":{_MARK},\\"change_type\\":\\"{kind}\\",\\"op\\":\\"u\\",\\"payload\\":\\"{payload}\\"}}'
    return f'{{"event":"{event}","channel":"{channel}","data":"{data}"}}'


def market_id(place: int) -> int:
    return 500 + place


def strike(place: int) -> float:
    return 20.5 + place


def strike_id(place: int, outcome_id: int) -> str:
    """32 hex digits, as the venue's."""
    return f"{market_id(place):024x}{outcome_id:08x}"


OUTCOMES = ((12, "over"), (13, "under"))


def stream(rng: Random) -> Iterator[Message]:
    """Messages for ever: a market drawn by lot, each time with its next book."""
    books = [[message(place, rng) for _ in range(VARIANTS)] for place in range(MARKETS)]
    turns = [0] * MARKETS
    while True:
        place = rng.randrange(MARKETS)
        turns[place] += 1
        yield books[place][turns[place] % VARIANTS]


def message(place: int, rng: Random) -> Message:
    """One book of one market, with prices and amounts drawn by `rng`."""
    info = {
        "id": market_id(place),
        "name": f"Fixed total {strike(place)}",
        "selections": [_side(place, outcome_id, word, rng) for outcome_id, word in OUTCOMES],
        "sequence_number": _MARK,
        "strike": strike(place),
        "type": "total",
    }
    text = json.dumps({"info": info, "market_id": market_id(place), "sport_event_id": EVENT_ID}, separators=(",", ":"))
    head, _, tail = text.partition(str(_MARK))
    return Message(head.encode(), tail.encode())


def _side(place: int, outcome_id: int, word: str, rng: Random) -> list[dict[str, Any]]:
    best = rng.randrange(len(_PRICES) - LEVELS)
    return [_level(place, outcome_id, word, price, rng) for price in _PRICES[best : best + LEVELS]]


def _level(place: int, outcome_id: int, word: str, price: int, rng: Random) -> dict[str, Any]:
    quantity = rng.randrange(1_000, 90_000) / 100
    name = f"{word} {strike(place)}"
    return {
        "display_name": name,
        "display_price": f"{price:+d}",
        "display_strike": str(strike(place)),
        "name": name,
        "outcome_id": outcome_id,
        "price": price,
        "quantity": quantity,
        "strike": strike(place),
        "strike_id": strike_id(place, outcome_id),
        "updated_at": 1_788_198_319_016_976_000 + rng.randrange(10**12),
        "value": round(quantity * 100 / price if price > 0 else quantity * -price / 100, 2),
    }
