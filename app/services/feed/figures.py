"""How the polling of a feed stands, in figures: what the status line and the connection panel show."""

from __future__ import annotations

import msgspec


class FeedFigures(msgspec.Struct):
    """Counts since the start; seconds. `why` is the last trouble in words, empty while there is none.

    `truncated`: pages of changes that were full, so that changes may be lost; `duplicates`: changes told again; `faults`: rows that could
    not be read; `read_again`: readings of single matches; `last_poll_at` is monotonic and of a poll that was answered; `interval` is
    between polls of the changes; `offset`: how far the feed's clock is ahead of this computer's (None: not known).
    """

    polls: int = 0
    failures: int = 0
    truncated: int = 0
    duplicates: int = 0
    faults: int = 0
    changes: int = 0
    read_again: int = 0
    last_poll_at: float | None = None
    interval: float = 0.0
    offset: float | None = None
    why: str = ""
