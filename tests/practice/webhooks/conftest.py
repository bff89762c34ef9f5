"""A dispatcher and a receiver that takes everything."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from app.practice.faults import Faults
from tests.practice.faults.kit import HandSleep
from tests.practice.webhooks.kit import Post, Receiver, receiving


@pytest.fixture
def sleep() -> HandSleep:
    return HandSleep(is_short=False)


@pytest.fixture
def faults(sleep: HandSleep) -> Faults:
    return Faults(sleep=sleep)


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as receiver:
        yield receiver


@pytest.fixture
async def post(faults: Faults, receiver: Receiver) -> AsyncIterator[Post]:
    """Closed before its receiver is."""
    post = Post(faults)
    yield post
    post.dispatcher.close()
