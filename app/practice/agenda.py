"""What is due when: the exchange's agenda of actions, which are plain values so that they can be saved and shifted in time."""

from __future__ import annotations

from heapq import heapify, heappop, heappush

import msgspec


class Activate(msgspec.Struct, frozen=True, tag=True):
    """An order has waited its delay."""

    order_id: str


class Expire(msgspec.Struct, frozen=True, tag=True):
    """A fillOrKill order's two seconds are over."""

    order_id: str


class Close(msgspec.Struct, frozen=True, tag=True):
    """A settled order's payment is done."""

    order_id: str


class GoLive(msgspec.Struct, frozen=True, tag=True):
    event_id: int


class Score(msgspec.Struct, frozen=True, tag=True):
    """The `index`-th moment of the event's game happens."""

    event_id: int
    index: int


class Resume(msgspec.Struct, frozen=True, tag=True):
    """Markets suspended by a score open again."""

    event_id: int


class PeriodEnd(msgspec.Struct, frozen=True, tag=True):
    """A half or a quarter is over: its markets have their results."""

    event_id: int
    period: str


class Finish(msgspec.Struct, frozen=True, tag=True):
    event_id: int


class Unlist(msgspec.Struct, frozen=True, tag=True):
    event_id: int


Action = Activate | Expire | Close | GoLive | Score | Resume | PeriodEnd | Finish | Unlist
NEVER = 1 << 62


class Agenda:
    """Actions by time; those of the same nanosecond in the order they were noted."""

    def __init__(self) -> None:
        self._heap: list[tuple[int, int, Action]] = []
        self._noted = 0

    def note(self, at: int, action: Action) -> None:
        self._noted += 1
        heappush(self._heap, (at, self._noted, action))

    def next_at(self) -> int:
        """When the next action is due, ns; NEVER when there is none."""
        return self._heap[0][0] if self._heap else NEVER

    def take(self) -> tuple[int, Action]:
        at, _, action = heappop(self._heap)
        return at, action

    def entries(self) -> list[tuple[int, int, Action]]:
        """Everything noted, for saving."""
        return sorted(self._heap, key=lambda entry: entry[:2])

    def restore(self, entries: list[tuple[int, int, Action]], shift: int = 0) -> None:
        """Take over saved entries, `shift` ns later."""
        self._heap = [(at + shift, n, action) for at, n, action in entries]
        heapify(self._heap)
        self._noted = max((n for _, n, _ in entries), default=0)
