"""Work in a thread of its own that neither a hung disk nor an unfinished key keeps the program from ending."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Generic, TypeVar

T = TypeVar("T")


class _Handover(Generic[T]):
    """Around the work, in its thread: what came of it, value or error, is given to the loop's future."""

    def __init__(self, future: asyncio.Future[T]) -> None:
        self._future = future
        self._loop = future.get_loop()
        self.values: list[T] = []

    def __enter__(self) -> _Handover[T]:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> bool:
        with contextlib.suppress(RuntimeError):  # the loop has ended meanwhile, and with it whoever waited
            self._loop.call_soon_threadsafe(self._settle, error)
        return True

    def _settle(self, error: BaseException | None) -> None:
        if self._future.done():  # given up
            self.values.clear()
        elif error:
            self._future.set_exception(error)
        else:
            self._future.set_result(self.values.pop())


async def apart(call: Callable[[], T], name: str) -> T:
    """What `call` gives, or its error, from a daemon thread `name`. When it is cancelled the call runs on and its value is dropped."""
    future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
    handover = _Handover(future)

    def work() -> None:
        with handover:
            handover.values.append(call())

    threading.Thread(target=work, name=name, daemon=True).start()
    return await future
