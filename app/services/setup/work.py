"""What the wizard does in the background: one thing at a time, with words for it, for how it failed and for what came of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from app.domain.errors import VenueError
from app.domain.keys import PemError, VaultError
from app.domain.profile import ProfileError
from app.services.tasks import Tasks


class Work:
    """`words` while something is under way, then `error` or `said`. Another start ends the one before, unless it must not be stopped."""

    def __init__(self, tasks: Tasks, changed: Callable[[], None]) -> None:
        self._tasks = tasks
        self._changed = changed
        self._task: asyncio.Task[None] | None = None
        self._turn = 0
        self.words = ""
        self.error = ""
        self.said = ""
        self.is_stoppable = True

    def start(self, words: str, work: Coroutine[Any, Any, None], *, is_stoppable: bool = True) -> None:
        """`words` are a sentence without its end; `is_stoppable`: it may be cancelled half-way without harm."""
        self.stop()
        if self.words:
            work.close()
            return
        self.words, self.error, self.said, self.is_stoppable = words, "", "", is_stoppable
        self._changed()
        task = self._tasks.start(self._until_done(work, self._turn))
        self._task = task if self.words else None

    def stop(self) -> None:
        """Cancel what is under way; what must not be stopped goes on."""
        if self.words and not self.is_stoppable:
            return
        self._turn += 1
        if self._task is not None:
            self._task.cancel()
        self._task, self.words = None, ""

    def clear(self) -> None:
        """Nothing went wrong, and nothing was said."""
        self.error = self.said = ""

    async def _until_done(self, work: Coroutine[Any, Any, None], turn: int) -> None:
        error = ""
        try:
            await work
        except (VenueError, VaultError, PemError, ProfileError, ValueError, OSError) as problem:
            error = str(problem)
        finally:
            if turn == self._turn:
                self._task, self.words, self.error = None, "", error
                self._changed()
