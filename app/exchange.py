"""The practice exchange of this program: one child at a time, started when it is first wanted, ended with the program."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from app.child import ChildError, PracticeChild, Ready
from app.domain.profile import Profile

Maker = Callable[[Sequence[str], Callable[[str], None]], PracticeChild]


def nobody(_words: str) -> None:
    """Nobody uses the exchange now."""


def fresh_journal(folder: Path, profile: Profile) -> Path:
    """Where a profile's journal lies among those of an exchange that keeps nothing."""
    return folder / f"{profile.slug.lower()}.db"


class PracticeExchange:
    """`died` hears of an exchange that ended without being asked to; whoever uses it sets it.

    `arguments` are how it is started where a profile does not say otherwise.
    """

    def __init__(
        self, arguments: Sequence[str], make: Callable[[Sequence[str], Callable[[str], None]], PracticeChild] = PracticeChild
    ) -> None:
        self._arguments = tuple(arguments)
        self._make = make
        self._child: PracticeChild | None = None
        self._ready: asyncio.Task[Ready] | None = None
        self._fresh: tempfile.TemporaryDirectory[str] | None = None
        self._death = ""
        self.died: Callable[[str], None] = nobody

    @property
    def child(self) -> PracticeChild | None:
        return self._child

    @property
    def is_dead(self) -> bool:
        """Whether it ended without being asked to, and was not started again."""
        return bool(self._death)

    @property
    def is_kept(self) -> bool:
        """Whether it keeps its state over its end."""
        return "--state" in self._arguments

    def journal(self, profile: Profile) -> Path | None:
        """An exchange that keeps nothing gets journals that are thrown away with it; None where the profile's own is used."""
        if self.is_kept:
            return None
        if self._fresh is None:
            self._fresh = tempfile.TemporaryDirectory(prefix="overround-fresh-")
        return fresh_journal(Path(self._fresh.name), profile)

    def launch(self) -> None:
        """Start it without waiting; nothing happens where it runs."""
        if self._child is None:
            self._child = self._make(self._arguments, self._has_died)
            self._child.launch()

    async def ready(self) -> Ready:
        """Where it serves, started if need be. ChildError with its own words, and for one that died until it is restarted."""
        if self._death:
            raise ChildError(self._death)
        self.launch()
        if self._ready is None:
            assert self._child is not None
            self._ready = asyncio.get_running_loop().create_task(self._child.ready())
        return await asyncio.shield(self._ready)

    async def restart(self) -> Ready:
        """End what runs, or ran, and start another."""
        await self.end_child()
        return await self.ready()

    @property
    def fresh(self) -> str:
        """The folder of the journals that are thrown away with this exchange; empty where the profiles' own are used."""
        return self._fresh.name if self._fresh is not None else ""

    async def end_child(self) -> None:
        child, self._child, self._ready, self._death = self._child, None, None, ""
        if child is not None:
            await asyncio.to_thread(child.end)

    async def end(self) -> None:
        """The program ends."""
        await self.end_child()
        if self._fresh is not None:
            self._fresh.cleanup()

    def _has_died(self, words: str) -> None:
        self._death = words
        self.died(words)
