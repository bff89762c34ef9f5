"""What the fault proxy can do to a connection: its verbs, as values."""

from __future__ import annotations

import asyncio
from enum import StrEnum
from typing import NamedTuple, TypeAlias


class Way(StrEnum):
    """Which way bytes go: to the server, or to the client."""

    UP = "up"
    DOWN = "down"

    @property
    def back(self) -> Way:
        return Way.DOWN if self is Way.UP else Way.UP


BOTH = (Way.UP, Way.DOWN)


# The verbs. Times are seconds. `after` counts the bytes of its `way` (or of the first of its `ways`): that many pass, and the verb
# strikes when there are more.


class Delay(NamedTuple):
    """Each byte arrives so much later, in order; `jitter` is the most that is added by chance."""

    up: float = 0
    down: float = 0
    jitter: float = 0


class Rate(NamedTuple):
    """At most so many bytes a second, each way."""

    bytes_a_second: float
    ways: tuple[Way, ...] = BOTH


class Slice(NamedTuple):
    """At most `size` bytes at a time, `gap` seconds apart."""

    size: int
    gap: float = 0
    ways: tuple[Way, ...] = BOTH


class Corrupt(NamedTuple):
    """All bits of the byte number `offset` (from 0) are turned over."""

    offset: int
    way: Way = Way.DOWN


class Reset(NamedTuple):
    """Both ends get a RST."""

    after: int = 0
    way: Way = Way.DOWN

    @property
    def counted(self) -> Way:
        return self.way


class Fin(NamedTuple):
    """Both ends are closed in an orderly way."""

    after: int = 0
    way: Way = Way.DOWN

    @property
    def counted(self) -> Way:
        return self.way


class Hold(NamedTuple):
    """Nothing more passes for so many seconds, or until the event is set; then everything does, in order."""

    until: float | asyncio.Event
    after: int = 0
    way: Way = Way.DOWN

    @property
    def counted(self) -> Way:
        return self.way


class Blackhole(NamedTuple):
    """Everything is swallowed, the end of the stream too, and both connections stay open."""

    after: int = 0
    ways: tuple[Way, ...] = BOTH

    @property
    def counted(self) -> Way:
        return self.ways[0]


class HalfOpen(NamedTuple):
    """One end is gone and the other does not know: nothing it sends arrives, and nothing comes. `gone` is where it can send no more to."""

    after: int = 0
    way: Way = Way.UP
    gone: Way = Way.UP

    @property
    def counted(self) -> Way:
        return self.way


class IdleClose(NamedTuple):
    """Closed in an orderly way when nothing has come from either end for so long."""

    seconds: float


Trigger: TypeAlias = Reset | Fin | Hold | Blackhole | HalfOpen
Verb: TypeAlias = Delay | Rate | Slice | Corrupt | IdleClose | Trigger
