"""The venue's request budget: fifty a second with a reserve for cancels, each query path once a second."""

from __future__ import annotations

import asyncio

import pytest

from app.domain.link import Rank
from app.venues.limits import PER_SECOND, QUERY_GAP, RESERVE, Budget
from tests.faults.machine.virtual import VirtualLoop, VirtualTime
from tests.venues.fakes import HandClock


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def budget(clock: HandClock) -> Budget:
    return Budget(clock, clock.sleep)


async def spend(budget: Budget, count: int, rank: Rank = Rank.ROUTINE) -> None:
    for _ in range(count):
        await budget.wait("submit", rank=rank)


async def test_all_but_the_reserve_may_leave_at_once(budget: Budget, clock: HandClock) -> None:
    await spend(budget, PER_SECOND - RESERVE)
    assert clock.naps == []
    assert budget.left == RESERVE


async def test_the_next_one_waits_until_a_second_after_the_first(budget: Budget, clock: HandClock) -> None:
    await spend(budget, PER_SECOND - RESERVE)
    await spend(budget, 1)
    assert clock.now == pytest.approx(1001)


async def test_a_cancel_leaves_at_once_from_the_reserve(budget: Budget, clock: HandClock) -> None:
    await spend(budget, PER_SECOND - RESERVE)
    await spend(budget, RESERVE, rank=Rank.CANCEL)
    assert clock.naps == []
    assert budget.left == 0


async def test_even_cancels_keep_the_venues_limit(budget: Budget, clock: HandClock) -> None:
    await spend(budget, PER_SECOND, rank=Rank.CANCEL)
    await spend(budget, 1, rank=Rank.CANCEL)
    assert clock.now == pytest.approx(1001)


@pytest.mark.parametrize("start", [0.0, 0.9, 1000.1, 123456.7890123])
async def test_no_second_ever_holds_more_than_the_limit(start: float) -> None:
    clock = HandClock(start)
    budget = Budget(clock, clock.sleep)
    left: list[float] = []
    for place in range(180):
        await budget.wait("submit", rank=Rank(place % 3))
        left.append(clock.now)
        clock.now += 0.003
    for moment in left:
        assert sum(moment <= other < moment + 1 - 1e-9 for other in left) <= PER_SECOND


async def test_one_query_path_leaves_once_in_its_gap_and_in_order(budget: Budget, clock: HandClock) -> None:
    left: list[tuple[str, float]] = []

    async def ask(name: str) -> None:
        await budget.wait("get_markets", is_query=True)
        left.append((name, clock.now))

    await asyncio.gather(ask("a"), ask("b"), ask("c"))
    assert [name for name, _ in left] == ["a", "b", "c"]
    assert [at for _, at in left] == pytest.approx([1000, 1000 + QUERY_GAP, 1000 + 2 * QUERY_GAP])


async def test_query_paths_do_not_wait_for_each_other(budget: Budget, clock: HandClock) -> None:
    await budget.wait("get_markets", is_query=True)
    await budget.wait("get_balance", is_query=True)
    assert clock.naps == []


async def test_orders_do_not_wait_for_queries(budget: Budget, clock: HandClock) -> None:
    await budget.wait("get_markets", is_query=True)
    await spend(budget, 5)
    assert clock.naps == []


async def test_a_pause_the_venue_asks_for_holds_its_path_only(budget: Budget, clock: HandClock) -> None:
    budget.hold("get_markets", 30)
    await budget.wait("get_balance", is_query=True)
    assert clock.now == 1000
    await budget.wait("get_markets", is_query=True)
    assert clock.now == pytest.approx(1030)


async def test_a_pause_asked_for_while_another_query_waits_holds_that_one_too(clock: HandClock) -> None:
    asleep, wake = asyncio.Event(), asyncio.Event()

    async def sleep(seconds: float) -> None:
        asleep.set()
        await wake.wait()
        clock.now += seconds

    budget = Budget(clock, sleep)
    await budget.wait("get_markets", is_query=True)
    waiting = asyncio.create_task(budget.wait("get_markets", is_query=True))
    await asleep.wait()
    budget.hold("get_markets", 30)
    wake.set()
    await waiting
    assert clock.now == pytest.approx(1030)


async def test_a_shorter_pause_does_not_undo_a_longer_one(budget: Budget, clock: HandClock) -> None:
    budget.hold("get_markets", 30)
    budget.hold("get_markets", 1)
    await budget.wait("get_markets", is_query=True)
    assert clock.now == pytest.approx(1030)


async def test_a_timer_that_wakes_early_is_asked_again(clock: HandClock) -> None:
    async def half(seconds: float) -> None:
        clock.now += max(seconds / 2, 0.01)

    budget = Budget(clock, half)
    budget.hold("get_markets", 1)
    await budget.wait("get_markets", is_query=True)
    assert clock.now >= 1001


async def test_a_query_that_gives_up_leaves_the_path_to_the_next(budget: Budget) -> None:
    first = asyncio.create_task(budget.wait("get_markets", is_query=True))
    second = asyncio.create_task(budget.wait("get_markets", is_query=True))
    await asyncio.sleep(0)
    second.cancel()
    await first
    await budget.wait("get_markets", is_query=True)
    assert second.cancelled()


def test_those_who_wait_for_nearly_nothing_do_not_wake_each_other_without_end() -> None:
    """A timer due within the loop's resolution fires at once: two who take turns would keep the loop from ever looking at the time."""
    time = VirtualTime()
    loop = VirtualLoop(time)
    naps = 0

    async def nap(seconds: float) -> None:
        nonlocal naps
        naps += 1
        assert naps < 1000, "they wake each other without end"
        await asyncio.sleep(seconds)

    budget = Budget(time.monotonic, nap)

    async def ask(turn: int) -> None:
        for _ in range(turn):
            await asyncio.sleep(0)
        await budget.wait("history")

    async def everybody() -> None:
        for _ in range(PER_SECOND - RESERVE):
            await budget.wait("history")
        await asyncio.sleep(1.0 - 1e-12)
        await asyncio.gather(ask(0), ask(1))

    try:
        loop.run_until_complete(everybody())
    finally:
        loop.close()
