"""The deliveries of one subscription: a bounded queue, a few connections. Whoever is slow keeps nobody else waiting."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable

from app.practice.webhooks.letter import Letter
from app.practice.webhooks.line import Line, LineError
from app.practice.webhooks.pipe import Dial
from app.practice.webhooks.target import Place

LINES = 8
"""Connections at a time."""

MOST_WAITING = 10_000
KEPT_ALIVE = 2.0
"""Seconds for which an idle connection is used again: less than receivers keep theirs."""


class Result:
    """What became of a letter. `status` is None where nothing was answered, `took` milliseconds."""

    __slots__ = ("status", "took", "words")

    def __init__(self, words: str, status: int | None = None, took: float | None = None) -> None:
        self.words, self.status, self.took = words, status, took


Report = Callable[[Letter, Result], None]


class Lane:
    """`report` hears of each letter once. `patience` is seconds for a whole delivery, `kept_alive` for which an idle connection is kept;
    `is_wanted` is asked before each.
    """

    def __init__(
        self,
        place: Place,
        report: Report,
        is_wanted: Callable[[], bool],
        dial: Dial,
        patience: float,
        kept_alive: float = KEPT_ALIVE,
    ) -> None:
        self._kept_alive = kept_alive
        self._place, self._report, self._is_wanted, self._dial, self._patience = place, report, is_wanted, dial, patience
        self._waiting: deque[Letter] = deque()
        self._workers: set[asyncio.Task[None]] = set()
        self._idle: deque[tuple[float, Line]] = deque()  # since when, the newest last
        self._sweep: asyncio.TimerHandle | None = None
        self._is_closed = False

    @property
    def waiting(self) -> int:
        """Letters that are not sent yet."""
        return len(self._waiting)

    @property
    def is_at_rest(self) -> bool:
        return not self._waiting and not self._workers

    def put(self, letter: Letter) -> None:
        if len(self._waiting) >= MOST_WAITING:
            return self._report(letter, Result(f"{MOST_WAITING:,} deliveries wait already: the receiver is too slow"))
        self._waiting.append(letter)
        if len(self._workers) < LINES:
            worker = asyncio.get_running_loop().create_task(self._work())
            self._workers.add(worker)
            worker.add_done_callback(self._workers.discard)
        return None

    def close(self) -> None:
        """Nothing is sent any more."""
        self._is_closed = True
        self._waiting.clear()
        for worker in self._workers:
            worker.cancel()
        if self._sweep is not None:
            self._sweep.cancel()
        while self._idle:
            self._idle.pop()[1].close()

    async def _work(self) -> None:
        while self._waiting:
            letter = self._waiting.popleft()
            result = await self._deliver(letter) if self._is_wanted() else Result("The webhook was removed before it was sent")
            self._report(letter, result)

    async def _deliver(self, letter: Letter) -> Result:
        """What was answered stands, also where the rest of the answer never comes."""
        line: Line | None = None
        status: int | None = None
        began = time.perf_counter()
        try:
            async with asyncio.timeout(self._patience):
                line = await self._take()
                status = await line.post(letter)
                await line.finish()
        except (TimeoutError, LineError, OSError) as problem:
            if status is None:
                return Result(_why(problem, self._patience), took=_since(began))
        finally:
            self._give_back(line)
        assert status is not None
        return Result(_verdict(status), status, _since(began))

    async def _take(self) -> Line:
        await asyncio.sleep(0)  # what a receiver has closed meanwhile is known one round of the loop later
        while self._idle:
            line = self._idle.pop()[1]
            if line.is_usable:
                return line
            line.close()
        return await Line.open(self._place, self._dial)

    def _give_back(self, line: Line | None) -> None:
        if line is None:
            return
        if self._is_closed or not line.is_usable:
            line.close()
            return
        loop = asyncio.get_running_loop()
        self._idle.append((loop.time(), line))
        if self._sweep is None:
            self._sweep = loop.call_later(self._kept_alive, self._close_idle)

    def _close_idle(self) -> None:
        loop = asyncio.get_running_loop()
        while self._idle and self._idle[0][0] <= loop.time() - self._kept_alive:
            self._idle.popleft()[1].close()
        self._sweep = loop.call_at(self._idle[0][0] + self._kept_alive, self._close_idle) if self._idle else None


def _verdict(status: int) -> str:
    """Empty for a success."""
    if 200 <= status < 300:
        return ""
    return f"The receiver answered {status}" + ("; redirects are not followed" if 300 <= status < 400 else "")


def _why(problem: Exception, patience: float) -> str:
    if isinstance(problem, TimeoutError):
        return f"No answer within {patience:g} s"
    if isinstance(problem, ConnectionRefusedError):
        return "Nobody listens there"
    if isinstance(problem, OSError):
        return f"The connection broke: {problem.strerror or problem}"
    return str(problem)


def _since(began: float) -> float:
    return round((time.perf_counter() - began) * 1_000, 2)
