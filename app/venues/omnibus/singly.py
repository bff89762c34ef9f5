"""Several orders without a path for several: a request each, some at a time, each with an outcome of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Final, TypeVar

from app.domain.errors import NotSentError, RefusedError, StoppedError, VenueError

AT_ONCE: Final = 8

Row = TypeVar("Row")
Answer = TypeVar("Answer")


async def singly(rows: Sequence[Row], ask: Callable[[Row], Awaitable[Answer]]) -> list[Answer | VenueError]:
    """In their order: what each was answered. What this program itself stopped was not sent."""
    free = asyncio.Semaphore(AT_ONCE)

    async def one(row: Row) -> Answer | VenueError:
        async with free:
            try:
                return await ask(row)
            except VenueError as problem:
                return problem
            except StoppedError as problem:
                return NotSentError(str(problem))

    return await asyncio.gather(*map(one, rows))


def common(problems: Sequence[VenueError]) -> VenueError:
    """What failed for all of them: the one that proves least."""
    return min(problems, key=lambda problem: (isinstance(problem, NotSentError), isinstance(problem, RefusedError)))
