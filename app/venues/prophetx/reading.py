"""Where an answer becomes values: what cannot be read of it is told as a feed fault, with a sample that holds no secret."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from app.domain.errors import UnknownError, UnreadableError
from app.domain.events import FeedFault, VenueEvent
from app.venues.redact import redacted

T = TypeVar("T")


class Readings:
    """Reads bodies and tells `emit` of faults."""

    def __init__(self, emit: Callable[[Sequence[VenueEvent]], None]) -> None:
        self._emit = emit

    def whole(self, read: Callable[[bytes], T], body: bytes) -> T:
        """What `read` makes of a body; one that it cannot read is a feed fault, and UnreadableError or UnknownError passes through."""
        try:
            return read(body)
        except (UnreadableError, UnknownError) as problem:
            self.tell([FeedFault(str(problem), redacted(body))])
            raise

    def rows(self, read: Callable[[bytes, list[FeedFault]], T], body: bytes) -> T:
        """The same; each row that had to be left out is a feed fault of its own."""
        faults: list[FeedFault] = []
        found = self.whole(lambda answered: read(answered, faults), body)
        self.tell(faults)
        return found

    def tell(self, faults: Sequence[FeedFault]) -> None:
        if faults:
            self._emit(faults)
