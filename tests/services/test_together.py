"""One event that the venue refuses does not blind the others asked for with it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

import pytest

from app.domain.errors import NotSentError, RefusedError, TooLargeError, VenueError
from app.domain.events import ChannelsFollowed, EventChanged, HealthBeat, MarketsSeeded, StreamUp, Topic
from app.domain.link import Rank
from app.domain.market import MarketKey
from app.services.together import TOGETHER, Together
from tests.services.fakes import KEY, Desk, book, event, settle, turn

BAD = 113
SAID = f"Reading the markets of event {BAD}: unknown event"


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    desk = Desk()
    desk.venue.books = {event_id: (book(key=key_of(event_id)),) for event_id in range(100, 150)}
    refuse(desk, BAD)
    yield desk
    await desk.tasks.stop()
    assert desk.failures == []


def key_of(event_id: int) -> MarketKey:
    return MarketKey(event_id, KEY.market_id, KEY.strike)


def refuse(desk: Desk, *bad: int, status: int = 404) -> None:
    """The venue refuses each request that names one of these."""
    inner = type(desk.venue).multiple_markets

    async def multiple_markets(event_ids: Sequence[int], rank: Rank = Rank.ROUTINE) -> list[MarketsSeeded]:
        found = await inner(desk.venue, event_ids, rank)
        if set(bad) & set(event_ids):
            raise RefusedError("unknown event", code="sport_event_not_found", status=status)
        return found

    desk.venue.multiple_markets = multiple_markets  # type: ignore[method-assign]


async def read(together: Together, event_ids: Sequence[int]) -> list[int]:
    return [one.event_id async for seeded in together.read(event_ids) for one in seeded]


def requests(desk: Desk) -> int:
    return len(desk.venue.asked("multiple_markets"))


async def test_all_but_the_refused_one_are_read_and_it_is_said(desk: Desk) -> None:
    ids = list(range(100, 100 + TOGETHER))
    assert await read(Together(desk.venue, desk.notices), ids) == [one for one in ids if one != BAD]
    assert requests(desk) <= 13
    assert desk.words == [SAID]


async def test_what_was_refused_before_costs_one_request_and_no_word(desk: Desk) -> None:
    together = Together(desk.venue, desk.notices)
    await read(together, range(100, 120))
    before = requests(desk)
    assert BAD not in await read(together, range(100, 120))
    assert requests(desk) - before == 2
    assert desk.words == [SAID]


async def test_an_event_that_is_answered_again_goes_with_the_others_again(desk: Desk) -> None:
    together = Together(desk.venue, desk.notices)
    await read(together, [BAD, 120])
    refuse(desk)
    assert sorted(await read(together, [BAD, 120])) == [BAD, 120]
    desk.venue.calls.clear()
    await read(together, [BAD, 120])
    assert requests(desk) == 1


@pytest.mark.parametrize("status", [401, 403])
async def test_a_refusal_of_whoever_asks_is_not_asked_again_in_halves(desk: Desk, status: int) -> None:
    refuse(desk, BAD, status=status)
    with pytest.raises(RefusedError):
        await read(Together(desk.venue, desk.notices), range(100, 120))
    assert requests(desk) == 1


async def test_any_other_failure_passes_through(desk: Desk) -> None:
    problem: VenueError = NotSentError("offline")
    desk.venue.troubles["multiple_markets"] = [problem]
    with pytest.raises(NotSentError):
        await read(Together(desk.venue, desk.notices), [120])


def outgrow(desk: Desk, most: int, *large: int) -> None:
    """The venue's answer is too large for more than `most` events, and for these even by themselves."""
    inner = type(desk.venue).multiple_markets

    async def multiple_markets(event_ids: Sequence[int], rank: Rank = Rank.ROUTINE) -> list[MarketsSeeded]:
        found = await inner(desk.venue, event_ids, rank)
        if len(event_ids) > most or set(large) & set(event_ids):
            raise TooLargeError("The answer is larger than 32 MB")
        return found

    desk.venue.multiple_markets = multiple_markets  # type: ignore[method-assign]  # a venue of whose answers one is too large


async def test_no_more_events_are_asked_for_at_once_than_the_venue_takes(desk: Desk) -> None:
    desk.venue.events_a_call = 10
    refuse(desk)
    ids = list(range(100, 125))
    assert await read(Together(desk.venue, desk.notices), ids) == ids
    assert [len(asked) for asked in desk.venue.asked("multiple_markets")] == [10, 10, 5]


async def test_a_list_whose_answer_is_too_large_is_asked_for_in_halves(desk: Desk) -> None:
    outgrow(desk, 7)
    ids = list(range(100, 120))
    assert await read(Together(desk.venue, desk.notices), ids) == ids
    assert desk.words == []


async def test_an_event_whose_answer_alone_is_too_large_is_said_once_and_not_asked_for_again(desk: Desk) -> None:
    outgrow(desk, 50, BAD)
    together, ids = Together(desk.venue, desk.notices), range(110, 120)
    assert await read(together, ids) == [one for one in ids if one != BAD]
    assert desk.words == [
        f"Reading the markets of event {BAD}: The answer is larger than 32 MB. It is left out until the program starts again"
    ]
    desk.venue.calls.clear()
    assert await read(together, ids) == [one for one in ids if one != BAD]
    assert [BAD in asked for asked in desk.venue.asked("multiple_markets")] == [False]
    assert len(desk.words) == 1


async def test_the_watch_list_and_the_comparison_lose_nothing_to_one_odd_event(desk: Desk) -> None:
    ids = range(110, 120)
    desk.session.emit([EventChanged(event(one)) for one in ids])
    desk.session.star(ids)
    desk.session.emit([StreamUp(), ChannelsFollowed(frozenset(Topic(one) for one in ids)), HealthBeat()])
    await settle(lambda: SAID in desk.words)
    await turn()
    verified = [one for one in ids if desk.prices.freshness(key_of(one), is_live=False).is_verified]
    assert verified == [one for one in ids if one != BAD]
    desk.clock.move(60)
    await desk.session.audit.compare()
    assert desk.session.audit.compared == len(verified)


async def test_seeding_passes_an_odd_event_without_a_pause(desk: Desk) -> None:
    desk.venue.games = {31: [event(one) for one in range(100, 150)]}
    await desk.catalogue.read_tournaments()
    desk.desk.seeder.start()
    await settle(lambda: desk.desk.seeder.progress.is_done, 3000)
    assert desk.naps == []
    assert [one for one in range(100, 150) if not desk.catalogue.has_markets(one)] == [BAD]
