"""Fixtures of the fault tests: an exchange whose faults a test adds, and a sleep that it holds in its hand."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from app.practice.exchange import Exchange
from app.practice.faults import Faults
from app.practice.wire.application import Wire
from tests.practice.faults.kit import HandSleep
from tests.practice.kit import KEYS, Api, HandClock


@pytest.fixture
def sleep() -> HandSleep:
    return HandSleep()


@pytest.fixture
def faults(sleep: HandSleep) -> Faults:
    return Faults(sleep=sleep)


@pytest.fixture
def wire(exchange: Exchange, clock: HandClock, faults: Faults) -> Wire:
    return Wire(exchange, KEYS, clock, host="127.0.0.1", port=4321, faults=faults)


@pytest.fixture
async def api(wire: Wire, exchange: Exchange, clock: HandClock) -> AsyncIterator[Api]:
    client = await Api(wire, exchange, clock).login()
    yield client
    await client.http.aclose()
