"""One run of send-to-paint in a process of its own: `python -m benchmarks.painting WAY RATE SECONDS` prints a `Run` as JSON."""

from __future__ import annotations

import asyncio
import contextlib
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from enum import StrEnum
from pathlib import Path

import msgspec
import qasync
from PySide6.QtWidgets import QApplication

from app.ui.pulse import FRAME
from benchmarks.desk import Desk
from benchmarks.figures import Tail, tail
from benchmarks.frames import EVENT_ID
from benchmarks.sender import Sent
from benchmarks.watch import Beat, Watch

WARM_UP = 1.0  # seconds at the same rate before anything counts
PATIENCE = 15.0  # seconds for what should take one
POLL = 0.01


class Way(StrEnum):
    """How the window hears of a changed book."""

    SHIPPED = "shipped"  # the program's own frame timer
    SIXTY = "sixty"  # the same with a frame of 16 ms
    EACH = "each"  # dataChanged at every message, without the frame timer: the peer


FRAMES = {Way.SHIPPED: FRAME, Way.SIXTY: 16, Way.EACH: FRAME}


class Run(msgspec.Struct, frozen=True):
    """One run's counts, and its waits in milliseconds: `each` as in `Watch`, `own` its `painted`, `late` as in `Beat`.

    `cpu` is the process's share of one core; `caught_up_ms` how long after the last message was sent all was painted; a sender that is
    behind was held up, and what it sent late is stamped late.
    """

    way: Way
    rate: float
    seconds: float
    rows: int
    sent: int
    received: int
    applied: int
    painted: int
    superseded: int
    never_painted: int
    updates: int
    each: Tail
    own: Tail
    late: Tail
    cpu: float
    caught_up_ms: float
    sender_behind_ms: float
    failures: int


class Sender:
    """The sender as a child process; leaving the block ends it."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self.port = int(self._line())

    async def pump(self, rate: float, seconds: float) -> Sent:
        """Have it send, and wait until it did."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{rate} {seconds}\n")
        self._process.stdin.flush()
        return msgspec.json.decode(await asyncio.to_thread(self._line), type=Sent)

    def _line(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline()


@contextlib.contextmanager
def sender() -> Iterator[Sender]:
    command = [sys.executable, "-m", "benchmarks.sender"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield Sender(process)
        finally:
            process.terminate()


async def until(check: Callable[[], bool], what: str) -> None:
    """TimeoutError with `what` when it does not come true."""
    deadline = time.monotonic() + PATIENCE
    while not check():
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {PATIENCE:g} s for {what}")
        await asyncio.sleep(POLL)


async def prepare(desk: Desk, watch: Watch, way: Way) -> None:
    """Have the event open, followed, verified and laid out."""
    desk.start()
    await until(lambda: EVENT_ID in desk.session.catalogue.events, "the event")
    desk.window.open_event(EVENT_ID)
    await until(lambda: desk.is_verified and bool(desk.window.at_hand.grid.model.rows), "verified books")
    # Books may be verified by reading alone: what is sent before the channel is joined is dropped, as it should be.
    await until(lambda: desk.is_followed, "the event's channel to be joined")
    watch.attach(desk.window)
    if way is Way.EACH:
        desk.prices.changed.connect(lambda: desk.window.at_hand.grid.books_changed(desk.prices.take_dirty()))


async def measure(desk: Desk, watch: Watch, source: Sender, way: Way, rate: float, seconds: float) -> Run:
    """Warm up, send, and count until everything sent is on screen."""
    await prepare(desk, watch, way)
    warmed = await source.pump(rate, WARM_UP)
    await until(lambda: watch.received >= warmed.messages and not watch.waiting, "the warm-up to arrive and be painted")
    watch.forget()
    beat, applied = Beat(), desk.prices.ticks
    beat.start()
    cpu, begun = time.process_time(), time.perf_counter()
    sent = await source.pump(rate, seconds)
    ended = time.perf_counter()
    with contextlib.suppress(TimeoutError):  # what is lost then shows in the counts
        await until(lambda: watch.received >= sent.messages and not watch.waiting, "all to be painted")
    done = time.perf_counter()
    beat.stop()
    return Run(
        way=way,
        rate=rate,
        seconds=round(sent.seconds, 3),
        rows=watch.rows_on_screen,
        sent=sent.messages,
        received=watch.received,
        applied=desk.prices.ticks - applied,
        painted=len(watch.painted),
        superseded=len(watch.each) - len(watch.painted),
        never_painted=sum(len(sequences) for sequences in watch.waiting.values()),
        updates=watch.updates,
        each=tail(watch.each),
        own=tail(watch.painted),
        late=tail(beat.gaps),
        cpu=round((time.process_time() - cpu) / (done - begun), 4),
        caught_up_ms=round((done - ended) * 1000, 1),
        sender_behind_ms=round(sent.behind_ms, 1),
        failures=len(desk.failures) + desk.session.faults,
    )


def main(way: Way, rate: float, seconds: float) -> Run:
    """Everything built, measured and put away."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    application = QApplication(["bench"])
    application.setQuitOnLastWindowClosed(False)
    loop = qasync.QEventLoop(application)
    asyncio.set_event_loop(loop)
    watch = Watch()
    with tempfile.TemporaryDirectory(prefix="overround-bench-") as home, sender() as source, contextlib.closing(loop):
        desk = Desk(application, Path(home), source.port, watch.heard, FRAMES[way])

        async def run() -> Run:
            try:
                return await measure(desk, watch, source, way, rate, seconds)
            finally:
                await desk.close()

        result: Run = loop.run_until_complete(run())
    return result


if __name__ == "__main__":
    print(msgspec.json.encode(main(Way(sys.argv[1]), float(sys.argv[2]), float(sys.argv[3]))).decode())
