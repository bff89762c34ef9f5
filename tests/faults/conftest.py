"""A terminal at a practice exchange per test."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.faults.floor import Floor, opened


@pytest.fixture
async def hall(tmp_path: Path) -> AsyncIterator[Floor]:
    """The exchange alone: a test opens its terminals itself."""
    async with opened(tmp_path / "home") as floor:
        yield floor


@pytest.fixture
async def floor(hall: Floor) -> Floor:
    """With a terminal that is ready for orders."""
    await hall.open()
    return hall


@pytest.fixture
async def wired(tmp_path: Path) -> AsyncIterator[Floor]:
    """With a wire that can be cut between the exchange and the terminals that a test opens."""
    async with opened(tmp_path / "home", is_proxied=True) as floor:
        yield floor
