"""A wizard on fakes, on the test's own loop."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio

from app.services.tasks import Tasks
from tests.services.setup.fakes import Scene


def _raise(problem: BaseException) -> None:
    raise problem


@pytest_asyncio.fixture
async def scene() -> AsyncIterator[Scene]:
    tasks = Tasks(_raise)
    yield Scene(tasks)
    await tasks.stop()
