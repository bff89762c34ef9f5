"""What the window and its receiver, a process of its own, tell each other: one JSON value a line.

The window writes `Plan`s to the receiver's stdin, the first of which opens it; the receiver writes `Opened` or `NotOpened` once and then
`Tidings`, at most some a second, to its stdout. A secret goes through that pipe and nowhere else: no argument, no file, no log.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

import msgspec

from app.domain.secret import Secret
from app.domain.webhook import Delivery

PORT: Final = 8765  # where nobody chose another
BODY_LIMIT: Final = 64 * 1024  # bytes of a delivery that are read; a genuine one has about a hundred
RATE: Final = 200  # deliveries a second that are taken and written; more are answered with 429, counted, and heard all the same
TIMES: Final = 64  # deliveries of one event about one match whose times one line of tidings tells: more than a poll can tell changes of
NEWEST: Final = 50  # deliveries that one line of tidings shows


class Route(msgspec.Struct, frozen=True):
    """One subscription that is received at `path`. Several may share a path: one target with several events.

    `secret` is empty where it is not here: what comes for it is told from what is signed wrongly, and trusted no more than that.
    """

    path: str
    subscription_id: int
    event: str
    secret: Secret


class Plan(msgspec.Struct, frozen=True):
    """What to receive from now on. `hosts` are the names, beside this computer's own, by which a tunnel may ask for it."""

    port: int = PORT
    routes: tuple[Route, ...] = ()
    hosts: tuple[str, ...] = ()
    rate: int = RATE


class Opened(msgspec.Struct, frozen=True, tag="opened"):
    """It listens on 127.0.0.1 at this port. `words` say what became of a file of deliveries that could not be used."""

    port: int
    words: str = ""


class NotOpened(msgspec.Struct, frozen=True, tag="not opened"):
    words: str


class Signal(msgspec.Struct, frozen=True):
    """Valid deliveries of one event about one match since the last tidings. Times are aware UTC.

    `times`: when each came, of `TIMES` at most; empty where there are no others than the first and the last.
    """

    event: str
    match_id: int | None
    first_at: datetime
    last_at: datetime
    ids: tuple[int, ...] = ()  # of the newest of them
    times: tuple[datetime, ...] = ()

    @property
    def all_times(self) -> tuple[datetime, ...]:
        return self.times or tuple(dict.fromkeys((self.first_at, self.last_at)))


class Counts(msgspec.Struct, frozen=True):
    """Since the receiver was opened: `received` are the valid, duplicates, bad, unsigned, unchecked and refused ones together.

    Among them, `limited` were answered with 429 and are not in the file (the valid ones are heard all the same), and `unwritten` could not
    be put into it; `unreadable` are valid, and their body is no JSON or names no match. Of refused
    ones, only some a second are written down.
    """

    received: int = 0
    valid: int = 0
    duplicates: int = 0
    bad: int = 0
    unsigned: int = 0
    refused: int = 0
    limited: int = 0
    unwritten: int = 0
    unchecked: int = 0
    unreadable: int = 0


class Tidings(msgspec.Struct, frozen=True, tag="tidings"):
    """`newest` are the last deliveries, the newest last, each with its id in the file. `signals` leave none out."""

    counts: Counts
    newest: tuple[Delivery, ...] = ()
    signals: tuple[Signal, ...] = ()


Told = Opened | NotOpened | Tidings
_TOLD: Final = msgspec.json.Decoder[Told](Told)


def write_plan(plan: Plan) -> bytes:
    """A line with its secrets in the clear: for the pipe only."""
    return msgspec.json.encode(plan, enc_hook=_reveal) + b"\n"


def read_plan(line: bytes) -> Plan:
    """Raises msgspec.MsgspecError."""
    return msgspec.json.decode(line, type=Plan, dec_hook=_hide)


def write_told(told: Told) -> bytes:
    return msgspec.json.encode(told) + b"\n"


def read_told(line: bytes) -> Told:
    """Raises msgspec.MsgspecError."""
    told: Told = _TOLD.decode(line)
    return told


def _reveal(value: object) -> object:
    if isinstance(value, Secret):
        return value.reveal()
    raise TypeError(f"{type(value).__name__} is not written to a receiver")


def _hide(kind: type, value: object) -> object:
    if kind is Secret and isinstance(value, str):
        return Secret(value)
    raise TypeError(f"{kind.__name__} is not read from {type(value).__name__}")
