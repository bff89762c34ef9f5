"""What the fault tests share: a sleep in the test's hand, an order, and what the exchange has of it."""

from __future__ import annotations

import asyncio

import httpx

from tests.practice.kit import Api, pre_match_strike

PATIENCE = 10
SUBMIT = "/v4/mm/submit_order"


class HandSleep:
    """A sleep that ends when a test says so, or at once; how long each was to be."""

    def __init__(self, *, is_short: bool = True) -> None:
        self.asked: list[float] = []
        self.fell_asleep = asyncio.Event()
        self.wake = asyncio.Event()
        if is_short:
            self.wake.set()

    async def __call__(self, seconds: float) -> None:
        self.asked.append(seconds)
        self.fell_asleep.set()
        await self.wake.wait()


def good_order(api: Api) -> dict[str, object]:
    _, strike = pre_match_strike(api.exchange)
    return api.order_body(strike.outcomes[0].strike_id, 25_000)


def placed(api: Api) -> list[str]:
    """The references of the orders the exchange has."""
    return [order.external_id for order in api.exchange.orders(api.account.user_id)]


async def submit(api: Api) -> httpx.Response:
    return await api.post(SUBMIT, good_order(api))
