"""What is read again because of deliveries: each event of each match at most once a second, and written down beside what asked for it."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from app.domain.receiving import Signal as Delivered
from app.services.hooks.ports import DeliveryShelf
from app.services.ports import Monotonic
from app.services.tasks import Tasks

APART: Final = 1.0  # seconds between two invalidations of the same kind for the same match (reliability F-R05)
IDS: Final = 500  # deliveries at most that are told what was read because of them, at once: the newest

Heard = Callable[[str, int | None], Sequence[str]]
_Key = tuple[str, int | None]


class Refetches:
    """`heard` reads again what an event about a match invalidates, and answers with the paths it asked for; `noted` hears of those."""

    def __init__(
        self,
        shelf: DeliveryShelf,
        tasks: Tasks,
        *,
        heard: Heard,
        noted: Callable[[Sequence[int], tuple[str, ...]], None],
        failed: Callable[[OSError], None],
        clock: Monotonic,
        sleep: Callable[[float], Awaitable[None]],
    ) -> None:
        self._shelf = shelf
        self._tasks = tasks
        self._heard = heard
        self._noted = noted
        self._failed = failed
        self._clock = clock
        self._sleep = sleep
        self._told_at: OrderedDict[_Key, float] = OrderedDict()
        self._again: dict[_Key, list[int]] = {}  # waiting for their turn, with the deliveries that ask for it
        self._unwritten: dict[tuple[str, ...], list[int]] = {}
        self._is_writing = False

    def ask(self, signal: Delivered) -> None:
        """At once; within a second of the last time, when that is over."""
        key = signal.event, signal.match_id
        if key in self._again:
            self._again[key] = [*self._again[key], *signal.ids][-IDS:]
            return
        left = self._told_at.get(key, float("-inf")) + APART - self._clock()
        if left <= 0:
            self._read_again(key, signal.ids)
        else:
            self._again[key] = list(signal.ids)
            self._tasks.start(self._read_later(key, left))

    async def _read_later(self, key: _Key, seconds: float) -> None:
        try:
            await self._sleep(seconds)
        finally:
            ids = self._again.pop(key, [])
        self._read_again(key, ids)

    def _read_again(self, key: _Key, ids: Sequence[int]) -> None:
        now = self._clock()
        while self._told_at and now - next(iter(self._told_at.values())) >= APART:
            self._told_at.popitem(last=False)
        self._told_at.pop(key, None)
        self._told_at[key] = now
        paths = tuple(self._heard(*key))
        if paths and ids:
            self._noted(ids, paths)
            self._unwritten.setdefault(paths, []).extend(ids)
            if not self._is_writing:
                self._is_writing = True
                self._tasks.start(self._write())

    async def _write(self) -> None:
        """All that waits, one write for each kind of paths: a flood of signals is no flood of writes."""
        try:
            while self._unwritten:
                paths = next(iter(self._unwritten))
                await self._shelf.note_refetched(tuple(self._unwritten.pop(paths)), paths)
        except OSError as problem:
            self._unwritten.clear()
            self._failed(problem)
        finally:
            self._is_writing = False
