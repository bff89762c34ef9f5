"""The feed over a written league, and over the practice league in a whole wire."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import httpx
import msgspec
import pytest

from app.practice.exchange import Exchange
from app.practice.faults import Faults
from app.practice.wire.application import Wire
from tests.practice.kit import KEYS, HandClock
from tests.practice.wire.rankacy_kit import KEY, Floor, WrittenLeague


@pytest.fixture
def league() -> WrittenLeague:
    return WrittenLeague()


@pytest.fixture
async def floor(exchange: Exchange, clock: HandClock, league: WrittenLeague, faults: Faults) -> AsyncIterator[Floor]:
    floor = Floor(exchange, clock, league, faults)
    yield floor
    await floor.http.aclose()


@pytest.fixture
def faults() -> Faults:
    return Faults()


@pytest.fixture(scope="module")
def open_wire(exchange: Exchange, clock: HandClock) -> Iterator[Wire]:
    """An exchange whose feed has a key, with the practice league in it."""
    wire = Wire(exchange, msgspec.structs.replace(KEYS, rankacy_key=KEY), clock, host="127.0.0.1", port=4321)
    yield wire
    wire.close()


@pytest.fixture
async def http(open_wire: Wire) -> AsyncIterator[httpx.AsyncClient]:
    headers = {"X-API-Key": KEY}
    transport = httpx.ASGITransport(app=open_wire.app)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:4321", headers=headers) as client:
        yield client
