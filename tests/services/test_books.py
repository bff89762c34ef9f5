"""What is wanted is read: the open event by itself, the others together, and again whenever it may be outdated."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from app.domain.errors import NotSentError, RefusedError
from app.domain.events import ChannelsFollowed, HealthBeat, MarketsChanged, StreamUp, Topic
from app.domain.market import MarketKey
from app.services.books import RETRY
from app.services.together import TOGETHER
from tests.services.fakes import GAME, KEY, OTHER, Desk, book, settle, turn


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    desk = Desk()
    yield desk
    await desk.tasks.stop()
    assert desk.failures == []


def together(desk: Desk) -> list[list[object]]:
    return [list(call) for call in desk.venue.asked("multiple_markets")]


def key_of(event_id: int) -> MarketKey:
    return MarketKey(event_id, KEY.market_id, KEY.strike)


def list_books(desk: Desk, *event_ids: int) -> None:
    for event_id in event_ids:
        desk.venue.books[event_id] = (book(key=key_of(event_id)),)


async def test_the_watch_list_is_read_fifty_events_a_request(desk: Desk) -> None:
    watched = range(100, 100 + TOGETHER + 5)
    list_books(desk, *watched)
    desk.session.star(watched)
    await settle(lambda: desk.prices.book(key_of(watched[-1])))
    assert [len(ids) for ids in together(desk)] == [TOGETHER, 5]
    assert desk.venue.asked("markets") == []


async def test_what_was_read_before_is_not_read_again_for_being_wanted(desk: Desk) -> None:
    list_books(desk, OTHER)
    desk.session.star([OTHER])
    await settle(lambda: desk.prices.book(key_of(OTHER)))
    desk.session.star([OTHER])
    await turn()
    assert together(desk) == [[OTHER]]


async def test_the_open_event_is_wanted_first_then_its_parts_then_orders_then_the_watch_list(desk: Desk) -> None:
    list_books(desk, OTHER, 1)
    desk.session.star([1, OTHER])
    desk.session.open_event(GAME)
    await settle(lambda: desk.prices.book(KEY))
    assert desk.wanted[-1].topics == (Topic(GAME), Topic(1), Topic(OTHER))


async def test_a_followed_event_that_was_read_before_it_was_followed_is_read_again(desk: Desk) -> None:
    list_books(desk, OTHER)
    desk.session.star([OTHER])
    await settle(lambda: desk.prices.book(key_of(OTHER)))
    desk.clock.move(1)
    desk.session.emit([StreamUp(), ChannelsFollowed(frozenset({Topic(OTHER)})), HealthBeat()])
    await settle(lambda: len(together(desk)) == 2)
    await turn()
    assert together(desk) == [[OTHER], [OTHER]]
    desk.clock.move(11)
    desk.session.emit([HealthBeat()])
    assert desk.prices.freshness(key_of(OTHER), is_live=False).is_verified


async def test_a_structural_change_of_a_wanted_event_reads_it_anew_and_of_any_other_does_not(desk: Desk) -> None:
    list_books(desk, OTHER)
    desk.session.star([OTHER])
    await settle(lambda: desk.prices.book(key_of(OTHER)))
    desk.session.emit([MarketsChanged(OTHER), MarketsChanged(9)])
    await settle(lambda: len(together(desk)) == 2)
    await turn()
    assert together(desk) == [[OTHER], [OTHER]]


async def test_what_the_stream_leaves_out_is_read_now_and_then(desk: Desk) -> None:
    desk.desk.seeder.room = 0
    list_books(desk, OTHER)
    desk.session.start()
    desk.session.star([OTHER])
    await settle(lambda: desk.prices.book(key_of(OTHER)))
    desk.session.emit([StreamUp(), ChannelsFollowed(frozenset(), frozenset({Topic(OTHER)}))])
    desk.deaf.set()
    await settle(lambda: len(together(desk)) == 2)
    await turn()
    desk.clock.move(1)
    desk.session.emit([ChannelsFollowed(frozenset({Topic(OTHER)}))])
    await settle(lambda: len(together(desk)) == 3)
    desk.deaf.set()
    await turn()
    assert len(together(desk)) == 3, "it is followed and was read since"


async def test_a_reading_that_fails_is_said_and_tried_again(desk: Desk) -> None:
    list_books(desk, OTHER)
    desk.venue.troubles["multiple_markets"] = [NotSentError("no network")]
    desk.session.star([OTHER])
    await settle(lambda: desk.prices.book(key_of(OTHER)))
    assert "Reading markets: no network" in desk.words
    assert RETRY in desk.naps


async def test_a_refused_reading_is_said_and_let_go(desk: Desk) -> None:
    list_books(desk, OTHER)
    desk.venue.troubles["multiple_markets"] = [RefusedError("no such event")]
    desk.session.star([OTHER])
    await settle(lambda: f"Reading the markets of event {OTHER}: no such event" in desk.words)
    await turn()
    assert together(desk) == [[OTHER]]


async def test_when_something_was_last_read_is_known(desk: Desk) -> None:
    assert desk.session.books.read_at is None
    desk.clock.move(5)
    desk.session.open_event(GAME)
    await settle(lambda: desk.prices.book(KEY))
    assert desk.session.books.read_at == desk.clock.monotonic()
