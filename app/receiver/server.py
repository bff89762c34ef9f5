"""The receiver as a process: `python main.py webhook-receiver --deliveries FILE`, told what to receive on stdin, telling on stdout.

It ends when its stdin is closed, so it never outlives the window.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import functools
import logging
import os
import queue
import signal
import socket
import sys
import threading
from collections.abc import Callable, Generator, Sequence
from pathlib import Path
from typing import Final

import msgspec
import uvicorn

from app.domain.receiving import NotOpened, Opened, Plan, Told, read_plan, write_told
from app.domain.webhook import Delivery
from app.receiver import connection
from app.receiver.door import Door
from app.receiver.intake import Intake, Taken
from app.store.deliveries.file import DeliveriesFile
from app.store.deliveries.writer import DeliveryWriter

PACE: Final = 0.1  # seconds between two tidings
LONGEST_PLAN: Final = 1024 * 1024  # bytes
BUSY: Final = 1.0  # seconds that the file may be the window's; a delivery is heard after that, written down or not
BACKLOG: Final = 512  # connections that wait to be accepted

log = logging.getLogger(__name__)


class QuietServer(uvicorn.Server):
    """uvicorn without its own signal handlers: this process ends with its stdin."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.is_up = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.is_up.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        yield


class Teller:
    """Writes lines to stdout in a thread, so that a window that does not read holds nothing up. `is_free` when all was written."""

    def __init__(self) -> None:
        self._lines: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._is_writing = False
        self._thread = threading.Thread(target=self._work, name="stdout", daemon=True)
        self._thread.start()

    @property
    def is_free(self) -> bool:
        return self._lines.empty() and not self._is_writing

    def tell(self, told: Told) -> None:
        self._lines.put(write_told(told))

    def end(self) -> None:
        """What was told is written before this returns."""
        self._lines.put(None)
        self._thread.join()

    def _work(self) -> None:
        with contextlib.suppress(OSError):  # the window has gone: so does this process, by its stdin
            while (line := self._lines.get()) is not None:
                self._is_writing = True
                sys.stdout.buffer.write(line)
                sys.stdout.buffer.flush()
                self._is_writing = False


class Telling:
    """Tidings as soon as there are any, then at most once in `PACE`."""

    def __init__(self, teller: Teller, loop: asyncio.AbstractEventLoop) -> None:
        self._teller = teller
        self._loop = loop
        self._next_at = 0.0
        self._is_due = False
        self.intake: Intake | None = None

    def soon(self) -> None:
        if not self._is_due:
            self._is_due = True
            self._loop.call_at(max(self._next_at, self._loop.time()), self._tell)

    def _tell(self) -> None:
        self._is_due = False
        self._next_at = self._loop.time() + PACE
        if not self._teller.is_free:
            self.soon()
        elif self.intake is not None:
            self._teller.tell(self.intake.tidings())


def main(argv: Sequence[str] | None = None) -> int:
    """0 when its stdin was closed, 2 when it could not start; the reason is a line on stdout."""
    parser = argparse.ArgumentParser(
        prog="webhook-receiver", description="Receives a feed's webhooks on this computer. The window starts it, and tells it on stdin."
    )
    parser.add_argument("--deliveries", type=Path, required=True, metavar="FILE", help="where deliveries are written down")
    options = parser.parse_args(argv)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C in a terminal is the window's
    teller = Teller()
    try:
        plan = read_plan(sys.stdin.buffer.readline(LONGEST_PLAN))
        listener = _listener(plan.port)
    except msgspec.MsgspecError:
        return _complain(teller, "What the receiver was told to do cannot be read.")
    except (OSError, OverflowError) as problem:
        why = getattr(problem, "strerror", None) or problem
        return _complain(teller, f"Port {plan.port} of this computer cannot be listened on: {why}. Choose another one.")
    try:
        file = DeliveriesFile(options.deliveries, patience=BUSY)
    except OSError as problem:
        listener.close()
        return _complain(teller, f"The file of deliveries cannot be used: {problem.strerror or problem}.")
    with listener:
        asyncio.run(_serve(plan, listener, file, teller))
    return 0


async def _serve(plan: Plan, listener: socket.socket, file: DeliveriesFile, teller: Teller) -> None:
    loop = asyncio.get_running_loop()
    telling = Telling(teller, loop)
    writer: DeliveryWriter[Taken] = DeliveryWriter(file, lambda rows: _tell_loop(loop, functools.partial(_written, telling, rows)))
    telling.intake = Intake(writer, telling.soon)
    port = listener.getsockname()[1]
    door = Door(plan, telling.intake, port=port)
    ended = asyncio.Event()
    threading.Thread(target=_read_plans, args=(loop, door, ended), name="stdin", daemon=True).start()
    server = QuietServer(uvicorn.Config(door, **connection.settings()))
    async with asyncio.TaskGroup() as tasks:
        serving = tasks.create_task(server.serve(sockets=[listener]))
        await server.is_up.wait()
        teller.tell(Opened(port, file.words))
        await ended.wait()
        server.should_exit = True
        await serving
    await asyncio.to_thread(writer.close)


def _written(telling: Telling, rows: list[tuple[Taken, Delivery]]) -> None:
    assert telling.intake is not None
    telling.intake.written(rows)


def _read_plans(loop: asyncio.AbstractEventLoop, door: Door, ended: asyncio.Event) -> None:
    """In a thread, until the window closes the pipe."""
    while line := sys.stdin.buffer.readline(LONGEST_PLAN):
        try:
            plan = read_plan(line)
        except msgspec.MsgspecError:  # whose words might quote a secret
            log.warning("A change of what is received cannot be read, and nothing was changed.")
        else:
            _tell_loop(loop, functools.partial(door.use, plan))
    _tell_loop(loop, ended.set)


def _tell_loop(loop: asyncio.AbstractEventLoop, call: Callable[[], object]) -> None:
    with contextlib.suppress(RuntimeError):  # the loop has ended
        loop.call_soon_threadsafe(call)


def _listener(port: int) -> socket.socket:
    """Bound to this computer only. OSError where the port is taken."""
    listener = socket.socket(
        socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP
    )  # by this asyncio knows that answers must not be held back
    try:
        if os.name == "posix":  # elsewhere this option would let a second one take the port
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", port))
        listener.listen(BACKLOG)  # at once: two that are only bound might both believe that the port is theirs
    except (OSError, OverflowError):
        listener.close()
        raise
    return listener


def _complain(teller: Teller, words: str) -> int:
    teller.tell(NotOpened(words))
    teller.end()
    return 2
