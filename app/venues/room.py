"""How many channels a socket may have, and which of those that are wanted are left out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from app.domain.events import Topic
from app.venues.prophetx.registration import FIRST_GUESS


class Room:
    """The venue's word is `told`; what it refused in spite of that is the lower bound until `lift` tries again."""

    def __init__(self) -> None:
        self.told: int | None = None
        self._ceiling: int | None = None
        self._said: int | None = None

    @property
    def limit(self) -> int:
        told = self.told if self.told is not None else FIRST_GUESS
        return told if self._ceiling is None else min(told, self._ceiling)

    def fitting(self, topics: Iterable[Topic]) -> tuple[Topic, ...]:
        """The first of them that fit."""
        return tuple(dict.fromkeys(topics))[: self.limit]

    def has(self, union: frozenset[Topic], topics: Sequence[Topic]) -> bool:
        """Whether a socket that was given `union` may be given these as well."""
        return len(union.union(topics)) <= self.limit

    def refused(self, asked: int, joined: int) -> None:
        """So many were too many: half of them, but no fewer than what is had already."""
        self._ceiling = max(asked // 2, joined if joined < asked else 0)

    def lift(self) -> None:
        """Believe the venue's own word again."""
        self._ceiling = None

    def take_words(self, wanted: int) -> str:
        """That not all of so many fit, once for each limit."""
        if wanted <= self.limit or self._said == self.limit:
            return ""
        self._said = self.limit
        left = wanted - self.limit
        return f"The venue lets {self.limit} channels be followed: {left} of the {wanted} wanted are left out and read now and then instead"
