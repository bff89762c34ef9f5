"""The venue counts what arrives: however long requests are under way to it, no second there holds more than it answers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from itertools import pairwise
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.errors import NotSentError, UnknownError
from app.domain.link import Rank
from app.venues.limits import KEPT, PER_SECOND, QUERY_GAP, QUERY_TRIP, RESERVE, TRIP, Budget
from tests.faults.machine.virtual import VirtualLoop, VirtualTime

DEADLINE = 5.0  # seconds
MARKETS = "get_markets"
READINGS = PER_SECOND - RESERVE  # that may leave at once
START = 1000.0


class Sent(msgspec.Struct, frozen=True):
    """A request wanted at `at`; it arrives `there` seconds after it left, and its answer `back` later.

    Its caller is cancelled `patience` seconds after it left, or waits for ever. An answer after the deadline is none. `path`: a query.
    """

    at: float
    rank: Rank = Rank.ROUTINE
    there: float = 0.0
    back: float = 0.0
    path: str = ""
    patience: float | None = None


class Arrived(msgspec.Struct, frozen=True):
    sent: Sent
    asked_at: float
    left_at: float

    @property
    def at(self) -> float:
        return self.left_at + self.sent.there


class Venue:
    """A budget, and a way to the venue that takes its time."""

    def __init__(self) -> None:
        self.time = VirtualTime()
        self.budget = Budget(self.time.monotonic)
        self.arrived: list[Arrived] = []

    async def ask(self, sent: Sent) -> None:
        await asyncio.sleep(sent.at)
        asked_at = self.time.seconds
        turn = await self.budget.wait(sent.path or "submit", is_query=bool(sent.path), rank=sent.rank)
        self.arrived.append(Arrived(sent, asked_at, self.time.seconds))
        try:
            async with asyncio.timeout(sent.patience):
                with self.budget.under_way(turn):
                    await self._answer(sent)
        except (TimeoutError, UnknownError):
            return

    async def _answer(self, sent: Sent) -> None:
        await asyncio.sleep(min(sent.there + sent.back, DEADLINE))
        if sent.there + sent.back > DEADLINE:
            raise UnknownError("No answer")

    async def ask_all(self, sent: Sequence[Sent]) -> None:
        await asyncio.gather(*map(self.ask, sent))

    def moments(self, *ranks: Rank) -> list[float]:
        """When requests of these ranks left, in seconds from the start."""
        return [one.left_at - START for one in self.arrived if one.sent.rank in ranks]


def in_passing_time(work: Callable[[Venue], Coroutine[Any, Any, None]]) -> Venue:
    venue = Venue()
    loop = VirtualLoop(venue.time)
    try:
        loop.run_until_complete(work(venue))
    finally:
        loop.close()
    return venue


def sent(*several: Sequence[Sent]) -> Venue:
    return in_passing_time(lambda venue: venue.ask_all([one for some in several for one in some]))


def most_in_a_second(arrived: Sequence[Arrived]) -> int:
    """Of any second, one of whose ends is not part of it."""
    moments = sorted(one.at for one in arrived)
    return max((sum(first <= other < first + 1.0 - 1e-9 for other in moments) for first in moments), default=0)


# One by one


def test_what_was_held_up_on_its_way_is_followed_by_no_more_than_the_venue_answers() -> None:
    """Forty that are a third of a second late would otherwise arrive together with the forty of the next second."""
    venue = sent([Sent(0, there=0.3)] * READINGS, [Sent(0)] * READINGS)
    assert most_in_a_second(venue.arrived) == READINGS
    assert venue.moments(Rank.ROUTINE) == pytest.approx([0.0] * READINGS + [1.3] * READINGS)


def test_answers_that_come_at_once_cost_nothing() -> None:
    venue = sent([Sent(0)] * READINGS * 3)
    assert venue.moments(Rank.ROUTINE) == pytest.approx([0.0] * READINGS + [1.0] * READINGS + [2.0] * READINGS)


def test_an_answer_lets_those_who_wait_leave_sooner_than_was_feared() -> None:
    venue = sent([Sent(0, there=0.1, back=0.1)] * READINGS, [Sent(0.05)])
    assert venue.moments(Rank.ROUTINE)[-1] == pytest.approx(1.2)


def test_what_gets_no_answer_counts_until_a_second_after_its_deadline() -> None:
    venue = sent([Sent(0, there=DEADLINE + 1)] * READINGS, [Sent(0.1)])
    assert venue.moments(Rank.ROUTINE)[-1] == pytest.approx(DEADLINE + 1)


def test_what_failed_at_once_is_under_way_no_longer() -> None:
    async def work(venue: Venue) -> None:
        for _ in range(READINGS):
            with pytest.raises(NotSentError), venue.budget.under_way(await venue.budget.wait("order")):
                raise NotSentError("The venue cannot be reached")
        await venue.budget.wait("order")
        assert venue.time.seconds == pytest.approx(START + 1)

    in_passing_time(work)


def test_what_was_answered_makes_room_before_what_left_earlier_and_was_not() -> None:
    venue = sent([Sent(0, there=60)] * (READINGS // 2), [Sent(0)] * (READINGS // 2), [Sent(0.1)])
    assert venue.moments(Rank.ROUTINE)[-1] == pytest.approx(1.0)


def test_what_may_still_leave_is_less_by_what_is_under_way() -> None:
    async def work(venue: Venue) -> None:
        asking = asyncio.ensure_future(venue.ask_all([Sent(0, there=3)] * 5))
        await asyncio.sleep(1.5)
        assert [venue.budget.left_for(rank) for rank in Rank] == [50, 43, 35, 35, 35]
        await asyncio.sleep(1)
        assert [venue.budget.left_for(rank) for rank in Rank] == [50, 48, 35, 35, 35]
        assert venue.budget.left == PER_SECOND
        await asking

    in_passing_time(work)


def test_what_was_given_up_on_its_way_may_still_arrive() -> None:
    venue = sent([Sent(0, there=0.9, patience=0.1)] * READINGS, [Sent(0)] * READINGS)
    assert most_in_a_second(venue.arrived) <= READINGS


def test_a_turn_that_nobody_uses_counts_for_a_second() -> None:
    async def work(venue: Venue) -> None:
        for _ in range(READINGS + 1):
            await venue.budget.wait("order")
        assert venue.time.seconds == pytest.approx(START + 1)

    in_passing_time(work)


def test_a_turn_that_was_used_late_counts_from_then() -> None:
    async def work(venue: Venue) -> None:
        turns = [await venue.budget.wait("order") for _ in range(READINGS)]
        venue.time.seconds += 1.5  # the loop was busy
        assert venue.budget.left == PER_SECOND
        for turn in turns:
            with venue.budget.under_way(turn):
                pass
        assert venue.budget.left == RESERVE
        await venue.budget.wait("order")
        assert venue.time.seconds == pytest.approx(START + 2.5)

    in_passing_time(work)


def test_a_cancel_waits_for_nothing_that_is_under_way() -> None:
    silent = [Sent(0, rank, there=60) for rank in (Rank.ROUTINE, Rank.ORDER) for _ in range(60)]
    venue = sent(silent, [Sent(1.5 + place / 100, Rank.CANCEL) for place in range(10)])
    assert venue.moments(Rank.CANCEL) == pytest.approx([1.5 + place / 100 for place in range(10)])


def test_an_order_waits_for_what_is_under_way_two_seconds_at_most() -> None:
    venue = sent([Sent(0, Rank.ORDER, there=60)] * (PER_SECOND - KEPT[Rank.ORDER]), [Sent(0.5, Rank.ORDER)])
    assert venue.moments(Rank.ORDER)[-1] == pytest.approx(TRIP[Rank.ORDER] + 1)


@pytest.mark.parametrize(
    ("answered", "apart"), [(0.0, QUERY_GAP), (0.04, QUERY_GAP), (0.2, 1.2), (3.0, 1 + QUERY_TRIP), (60.0, 1 + QUERY_TRIP)]
)
def test_the_next_query_of_a_path_leaves_a_second_after_the_answer_but_waits_for_no_long_one(answered: float, apart: float) -> None:
    venue = sent([Sent(0, path=MARKETS, back=answered)] * 2)
    assert venue.moments(Rank.ROUTINE) == pytest.approx([0.0, apart])


# Whatever happens on the way

MOMENTS = st.integers(0, 3000).map(lambda milliseconds: milliseconds / 1000)
BACK = st.sampled_from([0.0, 0.01, 0.3, 2.0, 60.0])
PATIENCE = st.sampled_from([None, None, 0.0, 0.2])


def crowds(ranks: Sequence[Rank], longest: float) -> st.SearchStrategy[list[Sent]]:
    """Few kinds of them, each many times over, each of them up to `longest` seconds under way."""
    there = st.sampled_from([0.0, 0.0, 0.3, 0.7, 1.0]).map(lambda part: longest * part)
    ways = st.lists(there, min_size=1, max_size=3)
    rank, count = st.sampled_from(ranks), st.sampled_from([1, 20, 48, 80])
    kinds = st.builds(_several, at=MOMENTS, rank=rank, ways=ways, back=BACK, patience=PATIENCE, count=count)
    return st.lists(kinds, max_size=5).map(lambda drawn: [one for several in drawn for one in several])


def _several(at: float, rank: Rank, ways: list[float], back: float, patience: float | None, count: int) -> list[Sent]:
    return [Sent(at, rank, ways[place % len(ways)], back, patience=patience) for place in range(count)]


READ, TRADED = (Rank.SCREEN, Rank.ROUTINE, Rank.SEEDING), (Rank.ORDER, Rank.ROUTINE)
CANCELS = st.lists(st.builds(Sent, at=MOMENTS, rank=st.just(Rank.CANCEL), there=MOMENTS), max_size=8)


@settings(max_examples=60)
@given(crowds(READ, longest=5.0), CANCELS)
def test_no_second_at_the_venue_holds_more_readings_than_leave_its_reserve(crowd: list[Sent], cancels: list[Sent]) -> None:
    arrived = sent(crowd, cancels).arrived
    assert len(arrived) == len(crowd) + len(cancels)
    assert most_in_a_second([one for one in arrived if one.sent.rank is not Rank.CANCEL]) <= READINGS


@settings(max_examples=60)
@given(crowds(TRADED, longest=1.0), CANCELS)
def test_no_second_at_the_venue_holds_more_than_it_answers_but_for_cancels(crowd: list[Sent], cancels: list[Sent]) -> None:
    arrived = sent(crowd, cancels).arrived
    assert most_in_a_second([one for one in arrived if one.sent.rank is not Rank.CANCEL]) <= PER_SECOND - KEPT[Rank.ORDER]


@settings(max_examples=60)
@given(crowds((Rank.SCREEN, Rank.ORDER), longest=60.0), CANCELS)
def test_a_cancel_leaves_at_once_whatever_is_on_its_way(crowd: list[Sent], cancels: list[Sent]) -> None:
    arrived = sent(crowd, cancels).arrived
    assert all(one.left_at == one.asked_at for one in arrived if one.sent.rank is Rank.CANCEL and len(cancels) <= KEPT[Rank.ORDER])
    assert all(one.left_at - one.asked_at <= 1.0 + 1e-9 for one in arrived if one.sent.rank is Rank.CANCEL)


@settings(max_examples=60)
@given(st.lists(st.integers(0, 300), min_size=2, max_size=12), BACK)
def test_two_queries_of_a_path_arrive_a_second_apart(ways: list[int], back: float) -> None:
    arrived = sent([Sent(0, path=MARKETS, there=way / 1000, back=back) for way in ways]).arrived
    assert all(later.at - first.at >= 1.0 - 1e-9 for first, later in pairwise(arrived))
