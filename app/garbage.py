"""Python's collector of reference cycles, run by the window's thread and by no other.

Left to itself it runs in whichever thread allocates next: the journal's, the keyring's, a reader's of the exchange's words. A widget that
stands in a cycle then dies in that thread, while Qt uses it in its own, and the program ends with a segmentation fault some time later
(`QApplication.topLevelWidgets` met what was left; half a second of `gc.collect` in a thread beside twenty live windows shows it).
"""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable
from types import TracebackType
from typing import Final

EVERY: Final = 0.25  # seconds between two looks: young objects of so long are a millisecond's work at 2,000 prices a second
GROWN: Final = 1.25  # a full pass, the only one that is long, waits until there are so many times the old objects that the last one left


class Collector:
    """While it is entered nothing is collected but by `look`, in the order of Python's own thresholds."""

    def __init__(
        self,
        *,
        counts: Callable[[], tuple[int, int, int]] = gc.get_count,
        collect: Callable[[int], int] = gc.collect,
        old: Callable[[], int] = lambda: len(gc.get_objects(generation=2)),
    ) -> None:
        self._counts = counts
        self._collect = collect
        self._old = old
        self._left = 0
        self._was_automatic = False

    def __enter__(self) -> Collector:
        self._was_automatic = gc.isenabled()
        gc.disable()
        return self

    def __exit__(self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None) -> None:
        if self._was_automatic:
            gc.enable()

    async def run(self) -> None:
        """Look, until it is cancelled."""
        while True:
            await asyncio.sleep(EVERY)
            self.look()

    def look(self) -> None:
        """Collect the youngest, or more, or all, or nothing: as much as has come up."""
        young, middle, old = (count > limit for count, limit in zip(self._counts(), gc.get_threshold(), strict=True))
        if not young:
            return
        if not middle:
            self._collect(0)
        elif old and self._old() >= self._left * GROWN:
            self._collect(2)
            self._left = self._old()
        else:
            self._collect(1)
