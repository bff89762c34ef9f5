"""What the fault proxy can do to a connection: its verbs, as values."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias


class Way(StrEnum):
    """Which way bytes go: to the server, or to the client."""

    UP = "up"
    DOWN = "down"

    @property
    def back(self) -> Way:
        return Way.DOWN if self is Way.UP else Way.UP


BOTH = (Way.UP, Way.DOWN)


# The verbs. Times are seconds. `after` counts the bytes that go its `way`: that many pass, and the verb strikes when there are
# more.


@dataclass(frozen=True)
class Delay:
    """Each byte arrives so much later, in order; `jitter` is the most that is added by chance."""

    up: float = 0
    down: float = 0
    jitter: float = 0


@dataclass(frozen=True)
class Rate:
    """At most so many bytes a second, each way."""

    bytes_a_second: float
    ways: tuple[Way, ...] = BOTH


@dataclass(frozen=True)
class Slice:
    """At most `size` bytes at a time, `gap` seconds apart."""

    size: int
    gap: float = 0
    ways: tuple[Way, ...] = BOTH


@dataclass(frozen=True)
class Corrupt:
    """All bits of the byte number `offset` (from 0) are turned over."""

    offset: int
    way: Way = Way.DOWN


@dataclass(frozen=True)
class Reset:
    """Both ends get a RST."""

    after: int = 0
    way: Way = Way.DOWN


@dataclass(frozen=True)
class Fin:
    """Both ends are closed in an orderly way."""

    after: int = 0
    way: Way = Way.DOWN


@dataclass(frozen=True)
class Hold:
    """Nothing more passes for so many seconds, or until the event is set; then everything does, in order."""

    until: float | asyncio.Event
    after: int = 0
    way: Way = Way.DOWN


@dataclass(frozen=True)
class Blackhole:
    """What goes those `ways` is swallowed, the end of the stream too, and both connections stay open."""

    after: int = 0
    way: Way = Way.UP
    ways: tuple[Way, ...] = BOTH


@dataclass(frozen=True)
class HalfOpen:
    """One end is gone and the other does not know: nothing it sends arrives, nothing comes. `gone` is the way that leads nowhere."""

    after: int = 0
    way: Way = Way.UP
    gone: Way = Way.UP


@dataclass(frozen=True)
class IdleClose:
    """Closed in an orderly way when nothing has come from either end for so long."""

    seconds: float


Trigger: TypeAlias = Reset | Fin | Hold | Blackhole | HalfOpen
Verb: TypeAlias = Delay | Rate | Slice | Corrupt | IdleClose | Trigger
