"""The one crossing from a socket's thread into the event loop."""

from __future__ import annotations

import asyncio
import threading
import time
from collections import deque
from collections.abc import Callable

SLICE = 0.008  # seconds of work before the loop may do something else
MOST = 50_000  # items that may wait: more than the largest burst to be expected, and little enough to be held
BEHIND = b'{"event":"overround:behind"}'  # what `take` gets instead of all that waits when there is more


class Inbox:
    """`post` from any thread; `take` gets what came in order, in the loop, one wake-up a burst.

    A wake-up costs sixty times what a message costs, so a burst shares one; a flood is worked off in slices, so the window stays alive.
    A sender that is never caught up with is not listened to for ever: with MOST items waiting, `take` gets BEHIND and then nothing.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, take: Callable[[bytes], None], done: Callable[[], None]) -> None:
        self._loop = loop
        self._take = take
        self._done = done
        self._items: deque[bytes] = deque()
        self._lock = threading.Lock()
        self._awake = False
        self._closed = False
        self._overran = False

    def __len__(self) -> int:
        return len(self._items)

    def post(self, item: bytes) -> None:
        """Hand over one frame; what comes after `close` is dropped."""
        if self._closed or self._overran:
            return
        self._overran = len(self._items) >= MOST
        self._items.append(item)
        with self._lock:
            if self._awake or self._closed:
                return
            self._awake = True
        try:
            self._loop.call_soon_threadsafe(self._drain)
        except RuntimeError:  # the loop closed between the check and the call: the program is ending
            self._closed = True

    def close(self) -> None:
        self._closed = True
        self._items.clear()

    def _drain(self) -> None:
        try:
            self._take_some()
            self._done()
        finally:  # a failure goes to the loop's handler; what comes after it must still be heard
            with self._lock:
                self._awake = bool(self._items) and not self._closed
            if self._awake:
                self._loop.call_soon(self._drain)

    def _take_some(self) -> None:
        if self._overran and self._items:
            self._items.clear()
            self._take(BEHIND)
            return
        until = time.perf_counter() + SLICE
        while self._items and not self._closed:
            self._take(self._items.popleft())
            if time.perf_counter() > until:
                break
