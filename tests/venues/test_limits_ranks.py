"""Who goes first when requests have to wait: ranks, pauses, waiters who give up, and what holds whatever is asked for when."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from itertools import pairwise
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.link import Rank
from app.venues.limits import KEPT, PER_SECOND, QUERY_GAP, RESERVE, Budget
from tests.faults.machine.virtual import VirtualLoop, VirtualTime
from tests.venues.fakes import HandClock

MARKETS, EVENTS = "get_markets", "get_sport_events"


class Wish(msgspec.Struct, frozen=True):
    """A request wanted at `at` seconds; `path` is empty for what is no query; it is given up after `patience` seconds."""

    at: float
    rank: Rank
    path: str = ""
    patience: float | None = None


class Gone(msgspec.Struct, frozen=True):
    """`place` is its place among those asked for."""

    wish: Wish
    place: int
    asked_at: float
    left_at: float


class Venue:
    """A budget in time that passes by itself, and what left when."""

    def __init__(self) -> None:
        self.time = VirtualTime()
        self.budget = Budget(self.time.monotonic)
        self.gone: list[Gone] = []
        self._places = 0

    async def ask(self, wish: Wish) -> None:
        await asyncio.sleep(wish.at)
        self._places += 1
        place, asked_at = self._places, self.time.seconds
        try:
            async with asyncio.timeout(wish.patience):
                await self.budget.wait(wish.path or "submit", is_query=bool(wish.path), rank=wish.rank)
        except TimeoutError:
            return
        self.gone.append(Gone(wish, place, asked_at, self.time.seconds))

    async def ask_all(self, *wishes: Wish) -> None:
        await asyncio.gather(*map(self.ask, wishes))

    def order(self) -> list[Rank]:
        return [one.wish.rank for one in self.gone]


def in_passing_time(work: Callable[[Venue], Coroutine[Any, Any, None]]) -> Venue:
    venue = Venue()
    loop = VirtualLoop(venue.time)
    try:
        loop.run_until_complete(work(venue))
    finally:
        loop.close()
    return venue


def asked_for(*wishes: Wish) -> Venue:
    return in_passing_time(lambda venue: venue.ask_all(*wishes))


# Ranks


def test_what_a_person_opened_goes_before_five_hundred_that_are_read_ahead_on_the_same_path() -> None:
    seeding = [Wish(0, Rank.SEEDING, MARKETS, patience=5)] * 500
    venue = asked_for(*seeding, Wish(0.5, Rank.SCREEN, MARKETS))
    assert venue.order()[:2] == [Rank.SEEDING, Rank.SCREEN]
    assert venue.gone[1].left_at - venue.gone[1].asked_at <= QUERY_GAP


def test_one_path_full_of_waiters_does_not_keep_another_path_waiting() -> None:
    venue = asked_for(*[Wish(0, Rank.SEEDING, MARKETS, patience=3)] * 50, Wish(0.1, Rank.SEEDING, EVENTS))
    (events,) = [one for one in venue.gone if one.wish.path == EVENTS]
    assert events.left_at == events.asked_at


def test_within_one_rank_the_first_that_asked_leaves_first() -> None:
    venue = asked_for(*[Wish(0, Rank.ROUTINE)] * 130)
    assert [one.place for one in venue.gone] == list(range(1, 131))


def test_within_one_rank_nobody_overtakes_for_being_on_another_path() -> None:
    early = [Wish(0, Rank.ROUTINE), *[Wish(0.05, Rank.ROUTINE)] * (PER_SECOND - RESERVE - 1)]
    late = [Wish(0.1, Rank.ROUTINE, EVENTS), Wish(0.2, Rank.ROUTINE), Wish(0.3, Rank.ROUTINE, MARKETS)]
    venue = asked_for(*reversed(late), *early)
    assert [one.wish.path for one in venue.gone[-3:]] == [EVENTS, "", MARKETS]
    assert venue.gone[-3].left_at < venue.gone[-2].left_at


async def test_a_busy_loop_between_the_turn_and_the_leaving_brings_two_of_a_path_no_nearer() -> None:
    clock = HandClock()
    budget = Budget(clock, clock.sleep)
    turn = await budget.wait(MARKETS, is_query=True)
    clock.now += 0.4  # the loop was busy
    left_at = clock.now
    with budget.under_way(turn):
        pass
    await budget.wait(MARKETS, is_query=True)
    assert clock.now - left_at == pytest.approx(QUERY_GAP)


def test_orders_go_before_reading_when_the_second_is_used_up() -> None:
    reading = [Wish(0, Rank.ROUTINE)] * 120
    venue = asked_for(*[Wish(0, Rank.ORDER)] * 48, *reading, Wish(0.5, Rank.ORDER))
    late = next(one for one in venue.gone if one.wish.at == 0.5)
    assert late.left_at - 1000 == pytest.approx(1.0)
    assert not [one for one in venue.gone if one.wish.rank is Rank.ROUTINE and one.left_at < late.left_at]


@pytest.mark.parametrize("rank", list(Rank))
def test_each_rank_leaves_so_many_requests_to_those_before_it(rank: Rank) -> None:
    venue = asked_for(*[Wish(0, rank)] * 60)
    at_once = [one for one in venue.gone if one.left_at == one.asked_at]
    assert len(at_once) == PER_SECOND - KEPT[rank]


def test_fo14_cancels_leave_at_once_however_much_is_read_and_ordered() -> None:
    crowd = [
        Wish(0, rank, path, patience=4) for rank in (Rank.ORDER, Rank.SCREEN, Rank.SEEDING) for path in ("", MARKETS) for _ in range(99)
    ]
    venue = asked_for(*crowd, Wish(0.01, Rank.CANCEL), Wish(0.02, Rank.CANCEL))
    assert [one.left_at - one.asked_at for one in venue.gone if one.wish.rank is Rank.CANCEL] == [0.0, 0.0]


def test_a_better_rank_that_cannot_leave_for_its_path_lets_others_pass() -> None:
    venue = asked_for(*[Wish(0, Rank.SCREEN, MARKETS)] * 2, Wish(0.1, Rank.SEEDING))
    assert venue.order() == [Rank.SCREEN, Rank.SEEDING, Rank.SCREEN]


def test_who_comes_later_and_is_due_earlier_does_not_wait_for_the_one_before() -> None:
    async def work(venue: Venue) -> None:
        venue.budget.hold(EVENTS, 30)
        await venue.ask_all(Wish(0, Rank.SCREEN, EVENTS), Wish(0.1, Rank.SEEDING, MARKETS), Wish(0.2, Rank.SEEDING, MARKETS))

    gone = in_passing_time(work).gone
    assert [one.wish.path for one in gone] == [MARKETS, MARKETS, EVENTS]
    assert [one.left_at - 1000 for one in gone] == pytest.approx([0.1, 0.1 + QUERY_GAP, 30])


# Those who give up


def test_who_gives_up_is_counted_no_longer_and_costs_nothing() -> None:
    venue = asked_for(Wish(0, Rank.SCREEN, MARKETS), *[Wish(0, Rank.SEEDING, MARKETS, patience=0.5)] * 20, Wish(0.2, Rank.SEEDING, MARKETS))
    assert [one.left_at - 1000 for one in venue.gone] == pytest.approx([0.0, QUERY_GAP])
    assert venue.budget.waiting == 0


def test_when_the_one_that_was_next_gives_up_the_others_are_not_forgotten() -> None:
    async def work(venue: Venue) -> None:
        venue.budget.hold(EVENTS, 2)
        await venue.ask_all(Wish(0, Rank.ROUTINE, EVENTS, patience=1), Wish(0, Rank.ROUTINE, EVENTS))

    assert [one.left_at for one in in_passing_time(work).gone] == pytest.approx([1002])


def test_when_the_last_gives_up_no_timer_is_left_running() -> None:
    async def work(venue: Venue) -> None:
        venue.budget.hold(EVENTS, 3600)
        await venue.ask(Wish(0, Rank.ROUTINE, EVENTS, patience=1))
        await asyncio.sleep(0)
        assert asyncio.all_tasks() == {asyncio.current_task()}

    in_passing_time(work)


def test_who_was_cancelled_in_the_same_turn_costs_the_one_that_asks_then_nothing() -> None:
    async def work(venue: Venue) -> None:
        await venue.ask_all(*[Wish(0, Rank.ROUTINE)] * (PER_SECOND - RESERVE))
        given_up = asyncio.ensure_future(venue.budget.wait("register", rank=Rank.SCREEN))
        await asyncio.sleep(0)
        venue.time.seconds += 1
        given_up.cancel()
        await venue.budget.wait("cancel", rank=Rank.CANCEL)
        await asyncio.gather(given_up, return_exceptions=True)
        assert given_up.cancelled()
        assert (venue.budget.waiting, venue.budget.left) == (0, PER_SECOND - 1)

    in_passing_time(work)


def test_who_is_cancelled_in_the_turn_of_the_alarm_keeps_nobody_waiting() -> None:
    async def work() -> None:
        clock, rung = HandClock(), asyncio.Event()

        async def sleep(_seconds: float) -> None:
            await rung.wait()

        budget = Budget(clock, sleep)
        for _ in range(PER_SECOND - RESERVE):
            await budget.wait("submit")
        given_up, other = (asyncio.ensure_future(budget.wait(path, rank=Rank.SCREEN)) for path in ("one", "another"))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        clock.now += 1
        rung.set()
        given_up.cancel()
        async with asyncio.timeout(1):
            await other
        assert budget.waiting == 0

    asyncio.run(work())


def test_waiters_are_counted() -> None:
    async def work(venue: Venue) -> None:
        asking = asyncio.ensure_future(venue.ask_all(*[Wish(0, Rank.SEEDING, MARKETS)] * 3, *[Wish(0, Rank.ROUTINE)] * 45))
        await asyncio.sleep(0.5)
        assert (venue.budget.waiting, venue.budget.left) == (8, RESERVE)
        await asking
        assert venue.budget.waiting == 0

    in_passing_time(work)


# Pauses that the venue asked for


def test_a_pause_over_all_holds_everything_but_cancels() -> None:
    async def work(venue: Venue) -> None:
        venue.budget.hold_all(30)
        await venue.ask_all(*[Wish(0, rank) for rank in reversed(Rank)], Wish(1, Rank.CANCEL))

    venue = in_passing_time(work)
    assert [(one.wish.rank, one.left_at - 1000) for one in venue.gone] == [
        (Rank.CANCEL, 0.0),
        (Rank.CANCEL, 1.0),
        (Rank.ORDER, 30.0),
        (Rank.SCREEN, 30.0),
        (Rank.ROUTINE, 30.0),
        (Rank.SEEDING, 30.0),
    ]


def test_in_a_pause_nothing_is_left_for_an_order_and_everything_for_a_cancel() -> None:
    venue = Venue()
    assert (venue.budget.left_for(Rank.ORDER), venue.budget.left_for(Rank.CANCEL)) == (48, 50)
    venue.budget.hold_all(30)
    assert (venue.budget.left_for(Rank.ORDER), venue.budget.left_for(Rank.CANCEL)) == (0, 50)
    venue.time.seconds += 30
    assert venue.budget.left_for(Rank.ORDER) == 48


# Whatever is asked for when

MOMENTS = st.integers(0, 3000).map(lambda milliseconds: milliseconds / 1000)
READINGS = st.builds(
    Wish,
    at=MOMENTS,
    rank=st.sampled_from([rank for rank in Rank if rank is not Rank.CANCEL]),
    path=st.sampled_from(["", "", MARKETS, EVENTS]),
    patience=st.none() | MOMENTS,
)
CANCELS = st.sets(st.integers(0, 8)).map(lambda halves: [Wish(half / 2, Rank.CANCEL) for half in halves])


@st.composite
def crowds(draw: st.DrawFn) -> list[Wish]:
    """Few of each kind at their own times, each many times over; and a cancel every half second at most."""
    some = draw(st.lists(st.tuples(READINGS, st.integers(1, 60)), max_size=8))
    return [wish for wish, times in some for _ in range(times)] + draw(CANCELS)


@settings(max_examples=150)
@given(crowds())
def test_no_second_holds_more_than_the_limit_and_no_path_two_of_them(crowd: list[Wish]) -> None:
    gone = asked_for(*crowd).gone
    moments = sorted(one.left_at for one in gone)
    assert all(later - first >= 1.0 - 1e-9 for first, later in zip(moments, moments[PER_SECOND:], strict=False))
    for path in (MARKETS, EVENTS):
        own = sorted(one.left_at for one in gone if one.wish.path == path)
        assert all(later - first >= 1.0 for first, later in pairwise(own))


@settings(max_examples=150)
@given(crowds())
def test_a_cancel_leaves_within_a_tenth_of_a_second(crowd: list[Wish]) -> None:
    cancels = [one for one in asked_for(*crowd).gone if one.wish.rank is Rank.CANCEL]
    assert len(cancels) == sum(wish.rank is Rank.CANCEL for wish in crowd)
    assert all(one.left_at - one.asked_at <= 0.1 for one in cancels)


@settings(max_examples=150)
@given(crowds())
def test_nobody_overtakes_a_better_rank_or_an_earlier_equal_on_the_same_path(crowd: list[Wish]) -> None:
    gone = asked_for(*crowd).gone
    for turn, one in enumerate(gone):
        overtaken = [
            other
            for other in gone[turn + 1 :]
            if other.wish.path == one.wish.path
            and other.asked_at < one.left_at
            and (other.wish.rank, other.place) < (one.wish.rank, one.place)
        ]
        assert not overtaken


@settings(max_examples=150)
@given(crowds())
def test_everybody_who_waits_long_enough_leaves_and_nothing_is_left_behind(crowd: list[Wish]) -> None:
    venue = asked_for(*crowd)
    patient = [wish for wish in crowd if wish.patience is None]
    assert len([one for one in venue.gone if one.wish.patience is None]) == len(patient)
    assert venue.budget.waiting == 0
