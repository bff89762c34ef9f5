"""What the program tells the person in words: a bounded log, and the newest line for the status bar."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable
from datetime import datetime
from enum import StrEnum

import msgspec

from app.services.ports import Now, Signal

log = logging.getLogger(__name__)

KEPT = 2_000


class Tone(StrEnum):
    PLAIN = "info"
    GOOD = "good"
    WARNING = "warning"
    BAD = "bad"


class Notice(msgspec.Struct, frozen=True):
    at: datetime
    words: str
    tone: Tone = Tone.PLAIN


class Notices:
    """Says things once. A repetition of the newest line within a minute is counted, not listed again.

    `clean` takes secrets out of the words: some of them come from exceptions that nobody has written for a person.
    """

    def __init__(self, now: Now, clean: Callable[[str], str] = str) -> None:
        self._now = now
        self._clean = clean
        self.lines: deque[Notice] = deque(maxlen=KEPT)
        self.said = 0
        self.changed = Signal()

    def say(self, words: str, tone: Tone = Tone.PLAIN) -> None:
        now, words = self._now(), self._clean(words)
        newest = self.lines[-1] if self.lines else None
        self.said += 1
        log.info("%s: %s", tone, words)
        if newest and newest.words == words and (now - newest.at).total_seconds() < 60:
            return
        self.lines.append(Notice(now, words, tone))
        self.changed()
