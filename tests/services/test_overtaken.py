"""What is asked for first may be answered last: neither an older reading nor an older status undoes what is newer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from app.domain.events import ChannelsFollowed, EventChanged, EventUnlisted, HealthBeat, MarketStatusChanged, StreamDown, StreamUp, Topic
from app.domain.market import MarketKey
from app.services.prices import Prices
from app.services.statuses import KEPT, Statuses
from tests.services.fakes import GAME, HOME, KEY, Clock, Desk, book, event, group, market, seeded, settle, turn

SUSPENDED = MarketStatusChanged(GAME, KEY.market_id, "suspended")


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    """One event is listed and followed."""
    desk = Desk()
    desk.session.emit([EventChanged(event()), StreamUp(), ChannelsFollowed(frozenset({Topic(GAME)})), HealthBeat()])
    desk.clock.move(1)
    yield desk
    await desk.tasks.stop()
    assert desk.failures == []


@pytest.fixture
def clock() -> Clock:
    return Clock()


def status(desk: Desk) -> str:
    found = desk.catalogue.market(KEY)
    return found.status if found else ""


def best(prices: Prices) -> int:
    return prices.side(KEY, HOME)[0].odds.american


# Statuses


async def test_the_open_events_own_reading_does_not_reopen_what_was_suspended_meanwhile(desk: Desk) -> None:
    desk.venue.gates["markets"] = asyncio.Event()
    desk.session.open_event(GAME)
    await settle(lambda: desk.venue.asked("markets"))
    desk.clock.move(0.5)
    desk.session.emit([SUSPENDED])
    desk.venue.gates["markets"].set()
    await settle(lambda: status(desk))
    await turn()
    assert status(desk) == "suspended"


async def test_the_comparison_does_not_reopen_what_was_suspended_meanwhile(desk: Desk) -> None:
    desk.session.open_event(GAME)
    await settle(lambda: status(desk) == "active")
    desk.venue.gates["multiple_markets"] = asyncio.Event()
    comparing = asyncio.create_task(desk.session.audit.compare())
    await settle(lambda: desk.venue.asked("multiple_markets"))
    desk.clock.move(1)
    desk.session.emit([SUSPENDED])
    desk.venue.gates["multiple_markets"].set()
    await comparing
    assert status(desk) == "suspended"


async def test_what_is_put_by_does_not_reopen_what_was_suspended_meanwhile(desk: Desk) -> None:
    asked_at = desk.clock.monotonic()
    desk.clock.move(1)
    desk.session.emit([SUSPENDED])
    desk.catalogue.put_by(seeded(asked_at, book()))
    assert status(desk) == "suspended"
    desk.session.open_event(GAME)
    assert status(desk) == "suspended"


async def test_a_reading_that_was_asked_for_after_the_status_counts(desk: Desk) -> None:
    desk.session.emit([SUSPENDED])
    desk.clock.move(1)
    desk.session.emit([seeded(desk.clock.monotonic(), book())])
    assert status(desk) == "active"


async def test_a_status_of_another_market_changes_nothing(desk: Desk) -> None:
    asked_at = desk.clock.monotonic()
    desk.session.emit([MarketStatusChanged(GAME, KEY.market_id + 1, "suspended"), MarketStatusChanged(GAME + 1, KEY.market_id, "closed")])
    desk.session.emit([seeded(asked_at, book())])
    assert status(desk) == "active"


def test_a_status_is_remembered_for_as_long_as_a_reading_may_take(clock: Clock) -> None:
    statuses = Statuses(clock.monotonic)
    statuses.note(SUSPENDED)
    clock.move(KEPT)
    statuses.note(MarketStatusChanged(GAME, 1, "closed"))
    assert len(statuses) == 2
    clock.move(1)
    statuses.note(MarketStatusChanged(GAME, 2, "closed"))
    assert len(statuses) == 2


# Readings


async def test_an_older_reading_of_markets_does_not_bring_back_what_a_newer_one_lacks(desk: Desk) -> None:
    other = market(MarketKey(GAME, 66, KEY.strike))
    desk.session.emit([seeded(1001, book())])
    desk.session.emit([seeded(1000, book(), groups=(group(market()), group(other)))])
    assert [one.id for one in desk.catalogue.groups[GAME]] == [KEY.market_id]
    desk.catalogue.apply(EventUnlisted(GAME))
    desk.catalogue.apply(EventChanged(event()))
    desk.catalogue.put_by(seeded(1003, book()))
    desk.catalogue.put_by(seeded(1002, book(), groups=(group(market()), group(other))))
    assert [one.id for one in desk.catalogue.groups_of(GAME)] == [KEY.market_id]


@pytest.mark.parametrize("is_lost_between", [False, True])
def test_an_older_reading_of_a_book_does_not_overwrite_a_newer_one(clock: Clock, is_lost_between: bool) -> None:
    prices = Prices(clock.monotonic)
    prices.apply(seeded(1001, book(120, -140)))
    if is_lost_between:
        prices.apply(StreamDown("lost"))
    clock.move(4)
    prices.apply(seeded(1000, book(150, -170)))
    assert best(prices) == 120
    assert prices.freshness(KEY, is_live=True).is_verified is not is_lost_between
    prices.apply(seeded(1002, book(150, -170)))
    assert best(prices) == 150


# What is gone


async def test_the_books_of_an_event_that_is_gone_are_let_go(desk: Desk) -> None:
    kept = MarketKey(GAME + 1, KEY.market_id, KEY.strike)
    desk.session.emit([seeded(1.0, book()), EventChanged(event(kept.event_id)), seeded(1.0, book(key=kept), event_id=kept.event_id)])
    desk.session.emit([EventUnlisted(GAME)])
    assert desk.prices.quote(KEY) is None
    assert desk.prices.quote(kept) is not None
    assert KEY in desk.prices.take_dirty()


async def test_the_books_of_an_event_that_a_reading_lacks_are_let_go_too(desk: Desk) -> None:
    desk.session.emit([seeded(1.0, book())])
    desk.venue.games[31] = []
    await desk.catalogue.read_events(31)
    assert desk.prices.quote(KEY) is None
