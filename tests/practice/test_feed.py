"""What drives the exchange: a computer that slept is no reason to play a whole night at once."""

from __future__ import annotations

from app.practice.clock import SECOND
from app.practice.exchange import Exchange
from app.practice.wire.application import Wire
from tests.practice.kit import KEYS, STARTED_AT, HandClock

NIGHT = 8 * 3600


def starts(exchange: Exchange) -> dict[int, int]:
    return {event_id: event.scheduled for event_id, event in exchange.catalogue.events.items()}


def test_a_night_asleep_does_not_exist_for_the_world() -> None:
    clock = HandClock()
    exchange = Exchange(seed=7, rate=1, started_at=STARTED_AT)
    wire = Wire(exchange, KEYS, clock, host="127.0.0.1", port=4321)
    wire.feed.step()
    before, looks = starts(exchange), exchange.looks

    clock.move(NIGHT)
    now = wire.feed.step()

    assert now == exchange.now == clock.now
    assert starts(exchange) == {event_id: start + NIGHT * SECOND for event_id, start in before.items()}
    assert exchange.looks == looks


def test_a_busy_minute_is_caught_up_with() -> None:
    clock = HandClock()
    exchange = Exchange(seed=7, rate=1, started_at=STARTED_AT)
    wire = Wire(exchange, KEYS, clock, host="127.0.0.1", port=4321)
    wire.feed.step()
    looks = exchange.looks

    clock.move(59)
    wire.feed.step()

    assert exchange.looks == looks + 59
