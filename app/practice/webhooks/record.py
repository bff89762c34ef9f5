"""What became of the deliveries: every one counted, the newest in words. Nothing in it is secret."""

from __future__ import annotations

from collections import Counter, deque

import msgspec

from app.practice.webhooks.lane import Result
from app.practice.webhooks.letter import Letter
from app.practice.wire.rankacy_reading import moment_text

KEPT = 1_000


class Entry(msgspec.Struct, frozen=True):
    """`outcome` is delivered, failed or dropped; `words` say why it is not the first. `ms` until the answer, `bytes` of the body."""

    at: str
    webhook_id: int
    event: str
    match_id: int
    target_url: str
    outcome: str
    status: int | None
    ms: float | None
    bytes: int
    words: str
    fault: str


class Record:
    """The newest KEPT of them, oldest first."""

    def __init__(self) -> None:
        self.entries: deque[Entry] = deque(maxlen=KEPT)
        self.counts: Counter[str] = Counter()

    def note(self, letter: Letter, result: Result, now: int, *, is_dropped: bool = False) -> None:
        outcome = "dropped" if is_dropped else "failed" if result.words else "delivered"
        self.counts[outcome] += 1
        hook, happened = letter.hook, letter.happened
        place = (moment_text(now), hook.id, happened.kind.value, happened.match_id, hook.target_url)
        self.entries.append(Entry(*place, outcome, result.status, result.took, len(letter.body), result.words, letter.fault))
