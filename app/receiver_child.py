"""The receiver of webhooks as a child process: started, told what to receive, listened to, ended with the window."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import queue
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Final

import msgspec

from app.domain.receiving import NotOpened, Opened, Plan, Tidings, Told, read_told, write_plan
from app.services.hooks.ports import ReceiverState
from app.store.paths import root

READY: Final = 15.0  # seconds it may take to listen
PATIENCE: Final = 5.0  # seconds it may take to end when asked

log = logging.getLogger(__name__)


def command(deliveries: Path) -> list[str]:
    """How this very program, frozen or not, starts its receiver."""
    own = [sys.executable] if getattr(sys, "frozen", False) else [sys.executable, str(root() / "main.py")]
    return [*own, "webhook-receiver", "--deliveries", str(deliveries)]


class ReceiverProcess:
    """A `services.hooks.ports.Receiver`: one process at a time, whose tidings are heard in the loop's thread.

    While it runs, `words` may say that its file of deliveries could not be used and where it was put.
    """

    def __init__(self, deliveries: Path) -> None:
        self._command = command(deliveries)
        self._process: subprocess.Popen[bytes] | None = None
        self._orders: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._opening: asyncio.Future[Opened | NotOpened] | None = None
        self._last_words = ""
        self._turn = asyncio.Lock()
        self.state = ReceiverState.STOPPED
        self.port = 0
        self.words = ""
        self.told: list[Callable[[Tidings], None]] = []
        self.changed: list[Callable[[], None]] = []

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    async def start(self, plan: Plan) -> None:
        """Returns when it listens or has failed. One that runs is ended first."""
        async with self._turn:
            self._become(ReceiverState.STARTING)
            await self._end()
            answer = await self._open(plan)
            if isinstance(answer, Opened) and self._process is not None:
                self.port = answer.port
                self._become(ReceiverState.RUNNING, answer.words)
            else:
                await self._end()
                self._become(ReceiverState.FAILED, answer.words if isinstance(answer, NotOpened) else "its process ended at once")

    def replan(self, plan: Plan) -> None:
        """Nothing happens where none runs."""
        if self._process is not None and self.state is ReceiverState.RUNNING:
            self._orders.put(write_plan(plan))

    async def stop(self) -> None:
        async with self._turn:
            await self._end()
            if self.state is not ReceiverState.STOPPED:
                self._become(ReceiverState.STOPPED)

    # Inside

    async def _open(self, plan: Plan) -> Opened | NotOpened:
        loop = asyncio.get_running_loop()
        self._opening = loop.create_future()
        self._last_words = ""
        try:
            self._launch(plan, loop)
            async with asyncio.timeout(READY):
                return await self._opening
        except TimeoutError:
            return NotOpened(f"it did not listen within {READY:g} s")
        except OSError as problem:
            return NotOpened(f"its process cannot be started: {problem.strerror or problem}")
        finally:
            self._opening = None

    def _launch(self, plan: Plan, loop: asyncio.AbstractEventLoop) -> None:
        process = subprocess.Popen(self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self._process, self._orders = process, queue.SimpleQueue()
        self._orders.put(write_plan(plan))
        threading.Thread(target=_write_orders, args=(process, self._orders), name="receiver-stdin", daemon=True).start()
        threading.Thread(target=self._read_errors, args=(process,), name="receiver-stderr", daemon=True).start()
        threading.Thread(target=self._read_lines, args=(process, loop), name="receiver-stdout", daemon=True).start()

    async def _end(self) -> None:
        """Close its stdin, by which it ends; insist if it does not."""
        process, self._process, self.port = self._process, None, 0
        if process is not None:
            self._orders.put(None)
            await asyncio.to_thread(_end, process)

    def _read_lines(self, process: subprocess.Popen[bytes], loop: asyncio.AbstractEventLoop) -> None:
        assert process.stdout is not None
        with process.stdout as out:
            for line in out:
                try:
                    told = read_told(line)
                except msgspec.MsgspecError as problem:
                    log.warning("the receiver said something that cannot be read: %s", problem)
                else:
                    _in_loop(loop, lambda told=told: self._hear(process, told))  # type: ignore[misc]
        code = process.wait()
        _in_loop(loop, lambda: self._ended(process, code))

    def _read_errors(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stderr is not None
        with process.stderr as errors:
            for said in errors:
                self._last_words = said.decode(errors="replace").strip()[:300]
                log.info("receiver: %s", self._last_words)

    def _hear(self, process: subprocess.Popen[bytes], told: Told) -> None:
        if process is not self._process:
            return
        if isinstance(told, Tidings):
            for heard in tuple(self.told):
                heard(told)
        elif self._opening is not None and not self._opening.done():
            self._opening.set_result(told)

    def _ended(self, process: subprocess.Popen[bytes], code: int) -> None:
        """By itself, or because it was told to."""
        if process is not self._process:
            return
        how = f"killed by signal {-code}" if code < 0 else f"exit code {code}"
        words = f"its process ended by itself ({how}). {self._last_words}".strip()
        self._orders.put(None)
        self._process, self.port = None, 0
        if self._opening is not None and not self._opening.done():
            self._opening.set_result(NotOpened(words))
        elif self.state is ReceiverState.RUNNING:
            self._become(ReceiverState.FAILED, words)

    def _become(self, state: ReceiverState, words: str = "") -> None:
        self.state, self.words = state, words
        for changed in tuple(self.changed):
            changed()


def _write_orders(process: subprocess.Popen[bytes], orders: queue.SimpleQueue[bytes | None]) -> None:
    """In a thread, for a process that does not read would stop whoever writes to it; it ends when its stdin is closed here."""
    assert process.stdin is not None
    with contextlib.suppress(OSError), process.stdin as pipe:  # it has ended, which its other pipe tells
        while (order := orders.get()) is not None:
            pipe.write(order)
            pipe.flush()


def _end(process: subprocess.Popen[bytes]) -> None:
    """Its stdin is being closed; insist if that does not help."""
    try:
        process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _in_loop(loop: asyncio.AbstractEventLoop, call: Callable[[], None]) -> None:
    try:
        loop.call_soon_threadsafe(call)
    except RuntimeError:
        log.info("the loop ended before the receiver did")
