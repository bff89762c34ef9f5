"""Notices that the event loop stood still, and writes down where: a thread of its own looks at the loop's heart beat."""

from __future__ import annotations

import asyncio
import logging
import sys
import threading
import time
import traceback
from collections.abc import Callable

BEAT = 0.25  # seconds between two signs of life
LIMIT = 2.0  # seconds of silence that are worth a stack
LOOK = 0.5  # seconds between two looks

log = logging.getLogger(__name__)


class StallWatch:
    """Runs from `start` to `stop`. `told` hears, in the loop's thread and after the stall, how many seconds it took.

    The stack goes to the log while the loop still stands, so that it is there even if the loop never comes back.
    """

    def __init__(self, told: Callable[[float], None], *, clock: Callable[[], float] = time.monotonic, limit: float = LIMIT) -> None:
        self._told = told
        self._clock = clock
        self._limit = limit
        self._beat_at = clock()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._watched = 0
        self.stalls = 0

    def start(self) -> None:
        """Watch the running loop."""
        loop = asyncio.get_running_loop()
        self._watched = threading.get_ident()
        self._beat(loop)
        self._thread = threading.Thread(target=self._run, args=(loop,), name="stall-watch", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        if self._timer:
            self._timer.cancel()
        if self._thread:
            self._thread.join()

    def _beat(self, loop: asyncio.AbstractEventLoop) -> None:
        self._beat_at = self._clock()
        self._timer = loop.call_later(BEAT, self._beat, loop)

    def _run(self, loop: asyncio.AbstractEventLoop) -> None:
        stalled_at: float | None = None
        while not self._stop.wait(LOOK):
            beat_at = self._beat_at
            if stalled_at is None and self._clock() - beat_at > self._limit:
                stalled_at = beat_at
                self._dump(self._clock() - beat_at)
            elif stalled_at is not None and beat_at != stalled_at:
                seconds, stalled_at = beat_at - stalled_at, None
                loop.call_soon_threadsafe(self._told, seconds)

    def _dump(self, seconds: float) -> None:
        self.stalls += 1
        frame = sys._current_frames().get(self._watched)
        stack = "".join(traceback.format_stack(frame)) if frame else "unknown"
        log.error("the event loop has stood still for %.1f s at:\n%s", seconds, stack)
