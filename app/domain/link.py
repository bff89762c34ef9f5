"""How the line to a venue stands, in figures: what the connection panel shows."""

from __future__ import annotations

from enum import IntEnum, StrEnum

import msgspec


class Rank(IntEnum):
    """Who goes first where requests have to wait: what takes orders off the book before everything, what nobody looks at last."""

    CANCEL = 0
    ORDER = 1
    SCREEN = 2  # a person has just asked for it
    ROUTINE = 3
    SEEDING = 4


class CallFigures(msgspec.Struct, frozen=True):
    """One kind of request over the last few minutes. Seconds; `last_at` is monotonic."""

    name: str
    calls: int
    failures: int
    p50: float
    p95: float
    last_at: float | None = None


class LinkFacts(msgspec.Struct, frozen=True):
    """Seconds and counts since the program started; None is not known.

    Of `budget` requests a second, reading leaves `reserve` to orders and cancels; `waiting` is how many requests may not leave yet.
    `sessions_used` counts logins of the last day, of which the venue allows `sessions` at a time (0: it has none, each request is signed);
    `cool_down` is how long none is tried.
    `joined` is how many channels the living socket was ever granted, which the venue counts against `channel_limit`; `left_out` how many
    that are wanted do not fit. `replaced` counts sockets changed for a new one in time, `lost` those that broke. `clock_offset` is how far
    the venue's clock is ahead of this computer's (negative: behind).
    """

    budget: int = 50
    budget_left: int = 50
    reserve: int = 10
    waiting: int = 0
    calls: tuple[CallFigures, ...] = ()
    sessions: int = 20
    sessions_used: int = 0
    cool_down: float = 0.0
    token_left: float | None = None
    config_age: float | None = None
    socket_age: float | None = None
    connects: int = 0
    replaced: int = 0
    lost: int = 0
    followed: int = 0
    wanted: int = 0
    left_out: int = 0
    joined: int = 0
    channel_limit: int | None = None
    frames: int = 0
    clock_offset: float | None = None


class Verdict(StrEnum):
    """What came of trying one request."""

    GOOD = "good"
    NOT_TRIED = "not tried"
    WRONG_NAME = "wrong name"
    REFUSED = "refused"
    SILENT = "no answer"
    UNREADABLE = "unreadable"


class Probe(msgspec.Struct, frozen=True):
    """One request of `Test connection`: its path, what came of it, a sentence for a person, and how long it took in seconds."""

    name: str
    path: str
    verdict: Verdict
    words: str
    seconds: float

    @property
    def is_failure(self) -> bool:
        return self.verdict not in {Verdict.GOOD, Verdict.NOT_TRIED}
