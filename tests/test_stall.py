"""A loop that stands still is noticed while it stands, and said when it goes on."""

from __future__ import annotations

import asyncio
import logging
import threading

from app import stall
from app.stall import StallWatch


async def test_a_loop_that_stands_still_is_written_down_with_its_stack_and_said_afterwards() -> None:
    written: list[str] = []
    told: list[float] = []
    was_told = asyncio.Event()

    def hear(seconds: float) -> None:
        told.append(seconds)
        was_told.set()

    watch = StallWatch(hear, limit=0.3)
    watch.start()
    dumped = threading.Event()

    class Heard(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            written.append(record.getMessage())
            dumped.set()

    heard = Heard()
    stall.log.addHandler(heard)
    try:
        dumped.wait(30)  # the loop's own thread stands here
        async with asyncio.timeout(30):
            await was_told.wait()
    finally:
        stall.log.removeHandler(heard)
        watch.stop()
    assert watch.stalls == 1
    assert "dumped.wait(30)" in written[0]
    assert told[0] > 0.3


async def test_a_lively_loop_is_left_alone() -> None:
    told: list[float] = []
    beats = iter(range(100))
    ended = asyncio.Event()

    def clock() -> float:
        """A second passes between two beats, which the limit allows."""
        beat = next(beats)
        if beat > 6:
            ended.set()
        return float(beat)

    watch = StallWatch(told.append, clock=clock, limit=50)
    watch.start()
    async with asyncio.timeout(30):
        await ended.wait()
    watch.stop()
    assert (watch.stalls, told) == (0, [])


async def test_it_ends_with_the_loop_it_watches() -> None:
    watch = StallWatch(lambda _seconds: None)
    watch.start()
    thread = watch._thread
    watch.stop()
    assert thread is not None
    assert not thread.is_alive()
