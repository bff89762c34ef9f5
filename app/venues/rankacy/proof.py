"""The proof run of a Rankacy account: clock, partner, feed."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Callable, Mapping
from typing import Final

from app.domain.environment import Environment
from app.domain.proof import ProofRow
from app.venues.clock_row import ClockRow
from app.venues.excuses import Excuse
from app.venues.hosts import Address
from app.venues.http import Http
from app.venues.rankacy.calls import Calls
from app.venues.rankacy.names import FEED
from app.venues.rankacy.venue import Keys, Rankacy
from app.venues.shares import Budgets
from app.venues.steps import Found, Hidden, Step, StepError, walked

ROWS: Final = ("Clock", "Partner", "Feed")


async def prove(
    address: Address,
    keys: Keys,
    *,
    connect: Callable[[str], Http] = Http,
    clock: Callable[[], float] = time.monotonic,
    budgets: Budgets | None = None,
) -> AsyncGenerator[ProofRow, None]:
    """Each row as it starts and as it ends. What it opened is closed when it ends, is closed or cancelled."""
    venue = Rankacy(connect=connect, clock=clock, budgets=budgets)

    async def partner() -> Found:
        await venue.point(address, keys)
        ping = await venue.ping()
        told = f", its time is {ping.time:%d %b %Y %H:%M:%S} UTC" if ping.time else ""
        return Found(f"The key is {ping.name}'s, partner {ping.id}{told}", f"GET {venue.paths.ping}")

    async def feed() -> Found:
        markets = await venue.markets()
        if not markets:
            raise StepError("The feed names no market", "Ask Rankacy whether the feed is open to this key")
        return Found(f"Markets: {', '.join(market.code for market in markets)}", f"GET {venue.paths.markets}")

    steps = [
        Step("Clock", ClockRow(address, Calls(FEED).ping(), connect).ask),
        Step("Partner", partner, by_status(keys.environment)),
        Step("Feed", feed, by_status(keys.environment)),
    ]
    rows = walked(steps, Hidden([keys.api_key]), clock)
    try:
        async for row in rows:
            yield row
    finally:
        await rows.aclose()
        await venue.close()


def by_status(environment: Environment) -> Mapping[int, Excuse]:
    return {
        401: Excuse(
            f"Rankacy does not know this key in {environment}, or has switched its partner off",
            "Copy the key anew; if it was shown only once and is lost, ask Rankacy for another",
        ),
        403: Excuse("Rankacy knows this key and does not let it in (403)", "Ask Rankacy to open the feed to this key"),
    }
