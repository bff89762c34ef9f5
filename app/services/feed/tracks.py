"""What is known of one question's odds over time: its points as they were read, and what was heard since."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from app.domain.cs2 import OddsKey, Side, Snapshot
from app.services.feed.odds_lines import Drawing, Sketch, Swap, Told, Trace

NEVER = float("-inf")


class Reading(StrEnum):
    """How it stands with one history."""

    READING = "reading"
    READ = "read"
    FAILED = "failed"


class Track(msgspec.Struct):
    """`newest`: time of the newest point that was read; `heard_at`: of the newest that is known; both seconds since 1970.

    `chain` is the chain of changes under which it was read, `follows` that of what was heard last, and `vouched_at` when that chain last
    vouched for its price (all monotonic). `is_too_long`: asked again it would be refused again.
    """

    key: OddsKey
    asked_at: float
    chain: float
    follows: float
    number: int
    is_reading: bool = True
    is_too_long: bool = False
    state: Reading = Reading.READING
    words: str = ""
    traces: dict[Side, Trace] = {}
    newest: float = NEVER
    heard_at: float = NEVER
    vouched_at: float = NEVER
    tail: list[Told] = []
    moments: set[float] = set()
    gaps: list[float] = []  # when it was heard that there is no price: a history does not tell
    swaps: list[tuple[int, int, Swap]] = []  # heard live: the CT team before and after
    ct: tuple[int, float] | None = None
    sketch: tuple[object, Sketch] | None = None
    drawn: Drawing = Drawing()

    @property
    def is_read(self) -> bool:
        return self.state is Reading.READ

    def times(self) -> tuple[float, float] | None:
        """When it was first and last priced, in seconds since 1970; None where it never was."""
        times = [at for trace in self.traces.values() if trace.times for at in (trace.times[0], trace.times[-1])]
        times += [told.at for told in self.tail if told.odds is not None]
        return (min(times), max(times)) if times else None

    def take(self, traces: dict[Side, Trace], words: str) -> None:
        """It was read: what was heard since its newest point goes on from it."""
        self.state, self.is_reading, self.words = Reading.READ, False, words
        self.traces = traces
        self.newest = max((trace.times[-1] for trace in traces.values() if trace.times), default=NEVER)
        self.tail = [told for told in self.tail if told.at > self.newest]
        self.moments = {at for at in self.moments if at > self.newest}
        self.heard_at = max(self.newest, self.heard_at)
        self.sketch = None

    def look_for_swap(self, snapshot: Snapshot, at: float) -> None:
        ct = next((each.team_id for each in snapshot.sides if each.side is Side.CT), None)
        if ct is None or not snapshot.is_available:
            return
        if self.ct is not None and self.ct[0] != ct:
            self.swaps.append((self.ct[0], ct, Swap(self.ct[1], at)))
        self.ct = ct, at
