"""What could not be read, said once for as long as the reason is the same."""

from __future__ import annotations

from typing import Final

from app.services.notices import Notices, Tone

KEPT: Final = 100  # kinds of trouble remembered


class Complaints:
    def __init__(self, notices: Notices) -> None:
        self._notices = notices
        self._said: dict[str, str] = {}

    def say(self, what: str, words: str) -> None:
        """`what` names what was read: `the matches`."""
        if self._said.get(what) == words:
            return
        self._said[what] = words
        if len(self._said) > KEPT:
            del self._said[next(iter(self._said))]
        self._notices.say(f"Reading {what}: {words}", Tone.WARNING)

    def forget(self) -> None:
        """Whatever comes is said again."""
        self._said.clear()
