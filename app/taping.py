"""Recording a session from the window: the file's name, the words about it, and a new beginning so that the recording is whole."""

from __future__ import annotations

import importlib.metadata
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from app.services.notices import Notices, Tone
from app.services.tasks import Tasks
from app.venues.tape import SUFFIX, About, Tape, TapeError


def program_version() -> str:
    """Empty where the program is not installed as a package."""
    try:
        return importlib.metadata.version("overround")
    except importlib.metadata.PackageNotFoundError:
        return ""


class Taping:
    """`again` has everything read anew and the stream's socket replaced: what the venue said before is in no recording."""

    def __init__(
        self,
        tape: Tape,
        folder: Path,
        about: About,
        notices: Notices,
        tasks: Tasks,
        *,
        now: Callable[[], datetime],
        again: Callable[[], None],
    ) -> None:
        self._tape = tape
        self._folder = folder
        self._about = about
        self._notices = notices
        self._tasks = tasks
        self._now = now
        self._again = again

    @property
    def is_on(self) -> bool:
        return self._tape.path is not None

    def toggle(self) -> None:
        self._tasks.start(self.stop() if self.is_on else self.start())

    async def start(self) -> None:
        name = f"{self._now():%Y-%m-%d %H.%M.%S} {self._about.environment.lower()}{SUFFIX}"
        try:
            await self._tape.start(self._folder / name, self._about)
        except TapeError as problem:
            self._notices.say(str(problem), Tone.BAD)
            return
        self._notices.say(f"Recording what the venue sends to {self._folder / name}, without keys and tokens", Tone.WARNING)
        self._again()

    async def stop(self) -> None:
        path = self._tape.path
        counted = await self._tape.stop()
        if path and counted:
            self._notices.say(f"Recorded {counted} in {path}", Tone.GOOD)
