"""The books that the stream built, compared with the venue's record."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from app.domain.book import Book, Side
from app.domain.errors import NotSentError
from app.domain.events import BookChanged, ChannelsFollowed, HealthBeat, StreamUp, Topic
from app.services.audit import AGAIN, EVERY
from app.services.prices import DEPTH, QUIET
from tests.services.fakes import GAME, HOME, KEY, OTHER, Desk, book, level, settle, turn


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    """One event is open, followed, and read since it is followed."""
    desk = Desk()
    desk.session.emit([StreamUp(), ChannelsFollowed(frozenset({Topic(GAME)})), HealthBeat()])
    desk.session.open_event(GAME)
    await settle(lambda: desk.prices.book(KEY))
    desk.clock.move(60)
    yield desk
    await desk.tasks.stop()
    assert desk.failures == []


def figures(desk: Desk) -> tuple[int, int]:
    return desk.session.audit.compared, desk.session.audit.differences


def _with(side: Side, sequence: int = 0) -> Book:
    return Book(KEY, {HOME: side}, sequence)


def best(desk: Desk) -> int:
    side = desk.prices.side(KEY, HOME)
    return side[0].odds.american


async def test_books_that_agree_are_counted_and_nothing_is_said(desk: Desk) -> None:
    await desk.session.audit.compare()
    assert figures(desk) == (1, 0)
    assert desk.session.audit.done_at == desk.clock.monotonic()
    assert not any("not the venue's" in words for words in desk.words)


async def test_a_message_that_was_lost_is_found_counted_said_and_mended(desk: Desk) -> None:
    desk.venue.books[GAME] = (book(160),)
    await desk.session.audit.compare()
    assert figures(desk) == (1, 1)
    assert best(desk) == 160
    assert "1 of 1 books were not the venue's, and are read anew" in desk.words
    assert len(desk.venue.asked("multiple_markets")) == 2, "it is looked at again before it is said"
    assert AGAIN in desk.naps


async def test_what_differs_only_once_was_under_way(desk: Desk) -> None:
    desk.venue.books[GAME] = (book(160),)
    comparing = asyncio.create_task(desk.session.audit.compare())
    await settle(lambda: desk.naps)
    desk.session.emit([BookChanged(book(160, sequence=9))])
    await comparing
    assert figures(desk) == (1, 0)
    assert best(desk) == 160


async def test_a_book_that_the_stream_changed_just_now_is_not_compared(desk: Desk) -> None:
    desk.session.emit([BookChanged(book(170, sequence=5))])
    desk.clock.move(QUIET / 2)
    await desk.session.audit.compare()
    assert figures(desk) == (0, 0)
    assert best(desk) == 170
    desk.clock.move(QUIET)
    await desk.session.audit.compare()
    assert figures(desk) == (1, 1)
    assert best(desk) == 150


async def test_the_stream_carries_ten_levels_and_the_record_more(desk: Desk) -> None:
    deep = tuple(level(200 - place) for place in range(DEPTH + 3))
    desk.session.emit([BookChanged(_with(deep[:DEPTH], sequence=3))])
    desk.clock.move(60)
    desk.venue.books[GAME] = (_with(deep),)
    await desk.session.audit.compare()
    assert figures(desk) == (1, 0)


async def test_what_nothing_follows_is_not_compared(desk: Desk) -> None:
    desk.session.emit([ChannelsFollowed()])
    await desk.session.audit.compare()
    assert figures(desk) == (0, 0)
    assert desk.venue.asked("multiple_markets") == []


async def test_it_runs_every_fifteen_minutes_and_survives_a_failure(desk: Desk) -> None:
    desk.desk.seeder.room = 0
    desk.session.start()
    desk.venue.troubles["multiple_markets"] = [NotSentError("no network")]
    await turn()
    desk.auditing.set()
    await settle(lambda: any("could not be compared" in words for words in desk.words))
    desk.auditing.set()
    await settle(lambda: figures(desk)[0])
    assert EVERY == 900


async def test_only_followed_events_are_asked_for(desk: Desk) -> None:
    desk.venue.books[OTHER] = ()
    desk.session.star([OTHER])
    await settle(lambda: desk.venue.asked("multiple_markets"))
    await desk.session.audit.compare()
    assert desk.venue.asked("multiple_markets")[-1] == (GAME,)
