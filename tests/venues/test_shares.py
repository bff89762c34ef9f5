"""Whoever speaks for an account in one program asks from one budget: a window and a proof run, two profiles with the same keys."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Awaitable, Callable

import httpx
import pytest

from app.domain.environment import Environment
from app.domain.link import Rank
from app.domain.secret import Secret
from app.venues.hosts import Address, practice
from app.venues.http import Http
from app.venues.limits import PER_SECOND, QUERY_GAP, Budget
from app.venues.omnibus.venue import Omnibus
from app.venues.prophetx import venue as trading
from app.venues.rankacy import venue as feed
from app.venues.shares import Budgets
from tests.venues.fakes import HandClock
from tests.venues.omnibus.desk import Desk
from tests.venues.omnibus.desk import keys as b2b_keys

HERE, THERE = practice("http://127.0.0.1:9"), practice("http://127.0.0.1:10")


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def budgets(clock: HandClock) -> Budgets:
    return Budgets(clock, clock.sleep)


def test_one_account_has_one_budget_and_another_key_or_place_another(budgets: Budgets) -> None:
    kept = [budgets.of(HERE, Secret("a")), budgets.of(HERE, Secret("b")), budgets.of(THERE, Secret("a")), budgets.of(HERE, "a")]
    assert len({id(budget) for budget in kept}) == len(kept)
    assert [budgets.of(HERE, Secret("a")), budgets.of(THERE, Secret("a"))] == [kept[0], kept[2]]


async def test_a_budget_that_nobody_uses_is_not_kept(budgets: Budgets) -> None:
    await budgets.of(HERE, "issuer").wait("submit")
    gc.collect()
    assert budgets.of(HERE, "issuer").left == PER_SECOND


async def test_two_that_speak_for_one_account_wait_for_each_others_queries(budgets: Budgets, clock: HandClock) -> None:
    async def asked(budget: Budget) -> float:
        await budget.wait("balance", is_query=True)
        return clock.now

    one, other = budgets.of(HERE, Secret("a")), budgets.of(HERE, Secret("a"))
    first, second = await asyncio.gather(asked(one), asked(other))
    assert second - first == pytest.approx(QUERY_GAP)


async def of_trading(budgets: Budgets, address: Address) -> Budget:
    venue = trading.ProphetX(budgets=budgets, connect=_nowhere)
    await venue.point(address, trading.Keys(Environment.PRACTICE, Secret("access"), Secret("secret")))
    await venue.close()
    return venue.budget


async def of_b2b(budgets: Budgets, address: Address) -> Budget:
    venue = Omnibus(budgets=budgets, connect=Desk().connect)
    await venue.point(address, b2b_keys())
    await venue.close()
    return venue.budget


async def of_the_feed(budgets: Budgets, address: Address) -> Budget:
    venue = feed.Rankacy(budgets=budgets, connect=_nowhere)
    await venue.point(address, feed.Keys(Environment.PRACTICE, Secret("key")))
    await venue.close()
    return venue.budget


def _nowhere(url: str) -> Http:
    return Http(url, transport=httpx.MockTransport(lambda _request: httpx.Response(500)))


Point = Callable[[Budgets, Address], Awaitable[Budget]]


@pytest.mark.parametrize("point", [of_trading, of_b2b, of_the_feed])
async def test_a_venue_asks_from_the_budget_of_the_account_that_it_is_pointed_at(budgets: Budgets, point: Point) -> None:
    first, again, elsewhere = await point(budgets, HERE), await point(budgets, HERE), await point(budgets, THERE)
    assert first is again
    assert first is not elsewhere
    assert first.left_for(Rank.CANCEL) == PER_SECOND
