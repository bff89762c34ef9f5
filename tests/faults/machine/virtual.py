"""Time that only passes when nothing else is left to do: one clock for the program and the exchange, and an event loop that runs on it."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Callable, Mapping
from contextvars import Context
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVarTuple, Unpack

from app.practice.clock import SECOND

STARTED_AT = 1_795_000_000  # Unix seconds
Ts = TypeVarTuple("Ts")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class VirtualTime:
    """`seconds` is monotonic; the time of day is ahead of it by a constant, and by what the computer has slept."""

    def __init__(self) -> None:
        self.seconds = 1000.0
        self._slept = 0

    def monotonic(self) -> float:
        return self.seconds

    def now_ns(self) -> int:
        """The exchange's clock."""
        return STARTED_AT * SECOND + self._slept + round(self.seconds * SECOND)

    def wall(self) -> float:
        return self.now_ns() / SECOND

    def now(self) -> datetime:
        return _EPOCH + timedelta(microseconds=self.now_ns() // 1000)

    def sleep(self, seconds: float) -> None:
        """The computer sleeps: the monotonic clock stands still (as that of Linux does), the time of day goes on."""
        self._slept += round(seconds * SECOND)


class StuckError(AssertionError):
    """Everything waits for something that will never happen."""


class VirtualLoop(asyncio.SelectorEventLoop):
    """Jumps to the next timer whenever it would have to wait for it."""

    def __init__(self, time: VirtualTime) -> None:
        self._virtual = time
        super().__init__(_NoFiles(time))

    def time(self) -> float:
        return self._virtual.seconds

    def call_soon_threadsafe(self, callback: Callable[[Unpack[Ts]], object], *args: *Ts, context: Context | None = None) -> asyncio.Handle:
        """There is one thread, so nobody has to be woken."""
        return self.call_soon(callback, *args, context=context)


class _NoFiles(selectors.BaseSelector):
    """No file is ever ready; waiting takes no time, but moves the clock."""

    def __init__(self, time: VirtualTime) -> None:
        self._time = time
        self._files: dict[Any, selectors.SelectorKey] = {}

    def register(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        key = selectors.SelectorKey(fileobj, int(fileobj), events, data)
        self._files[fileobj] = key
        return key

    def unregister(self, fileobj: Any) -> selectors.SelectorKey:
        return self._files.pop(fileobj)

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            raise StuckError("everything waits, and no timer runs")
        self._time.seconds += max(timeout, 0.0)
        return []

    def get_map(self) -> Mapping[Any, selectors.SelectorKey]:
        return self._files
