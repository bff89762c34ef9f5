"""Fixtures of the wire's tests: one exchange for a whole test file, a wire and a client for each test."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from app.practice.exchange import Exchange
from app.practice.wire.application import Wire
from tests.practice.kit import KEYS, Api, HandClock


@pytest.fixture(scope="module")
def clock() -> HandClock:
    return HandClock()


@pytest.fixture(scope="module")
def exchange(clock: HandClock) -> Exchange:
    """A world whose makers hardly move, so that what a test reads stays true."""
    return Exchange(seed=7, rate=0.1, started_at=clock.now)


@pytest.fixture
def wire(exchange: Exchange, clock: HandClock) -> Wire:
    return Wire(exchange, KEYS, clock, host="127.0.0.1", port=4321)


@pytest.fixture
async def api(wire: Wire, exchange: Exchange, clock: HandClock) -> AsyncIterator[Api]:
    client = await Api(wire, exchange, clock).login()
    yield client
    await client.http.aclose()
