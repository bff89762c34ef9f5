"""One run of the real terminal without its window, in a process of its own: it trades until it is killed, or recovers."""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from datetime import timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from random import Random

import msgspec

from app.domain.environment import Environment
from app.domain.errors import VenueError
from app.domain.order import Order
from app.domain.profile import PRACTICE
from app.domain.secret import Secret
from app.services import search
from app.services.desk import Desk
from app.services.tasks import Tasks
from app.store.lock import ProfileLock
from app.store.paths import folders
from app.terminal import Terminal
from app.venues.follow import Follower
from app.venues.hosts import practice
from app.venues.http import Http
from app.venues.prophetx.pushes import parse_push
from app.venues.prophetx.venue import Keys, ProphetX
from tests.faults.crash.points import Point, Wire, die
from tests.faults.crash.trader import Trader

LATE = timedelta(seconds=2)  # in place of the sixty that a venue's record may lag: the practice exchange's keeps up
BETWEEN = 0.3  # seconds between two looks of the last run


class Plan(msgspec.Struct, frozen=True):
    """`home` is kept over all runs. `login` is the exchange's answer to a login; `nth` counts as `points.Wire` says; `zone` is a TZ."""

    number: int
    seed: int
    point: Point
    nth: int
    is_streaming: bool
    home: Path
    url: str
    login: bytes
    zone: str
    blotter: Path


class Opening(msgspec.Struct, frozen=True, tag="opening"):
    """It starts to open the journal."""


class Ready(msgspec.Struct, frozen=True, tag="ready"):
    """It has reconciled: orders may leave."""


class Acknowledged(msgspec.Struct, frozen=True, tag="acknowledged"):
    """A person was shown that the venue holds this order."""

    ref: str
    venue_order_id: str


class Early(msgspec.Struct, frozen=True, tag="early"):
    """No rule would have stopped an order before reconciliation was done."""


class Failed(msgspec.Struct, frozen=True, tag="failed"):
    """A mistake of the program."""

    words: str


Said = Opening | Ready | Acknowledged | Early | Failed


class Voice:
    """What the run says to the campaign: each thing with one write to the system, so that it is said although the process dies next."""

    def __init__(self, line: Connection) -> None:
        self._line = line

    def say(self, said: Said) -> None:
        self._line.send_bytes(msgspec.json.encode(said))

    def acknowledge(self, order: Order) -> None:
        self.say(Acknowledged(order.ref, order.venue_order_id))

    def failed(self, problem: BaseException) -> None:
        if not isinstance(problem, VenueError):
            self.say(Failed(repr(problem)))


class Deaf(Follower):
    """No stream: what the venue says is learnt from its answers only."""

    async def run(self) -> None:
        await asyncio.Event().wait()


def run(plan: Plan, line: Connection) -> None:
    """The process: from nothing to its death."""
    os.environ["TZ"] = plan.zone
    time.tzset()
    search.LATE = LATE
    asyncio.run(_live(plan, line))


async def _live(plan: Plan, line: Connection) -> None:
    asyncio.get_running_loop().add_reader(line.fileno(), os._exit, 1)  # the campaign never writes: it has ended
    voice = Voice(line)
    tasks = Tasks(voice.failed)
    with ProfileLock(folders(plan.home).data, PRACTICE):
        terminal = _terminal(plan, tasks)
        voice.say(Opening())
        await terminal.open()
        if plan.point is Point.OPENED:
            die()
        await terminal.point(practice(plan.url), Keys(Environment.PRACTICE, Secret("kept"), Secret("kept")))
        reconciled = _reconciled(plan, terminal, voice)
        terminal.start()
        if plan.point is Point.NEVER:
            await reconciled.wait()
            await _find_out(terminal.desk)
            _write(plan.blotter, terminal.desk)
            await tasks.stop()
            await terminal.close()
            return
        trader = Trader(terminal.desk, Random(plan.seed), plan.number, voice.acknowledge, lambda: voice.say(Early()))
        await trader.trade()
        await asyncio.Event().wait()


def _terminal(plan: Plan, tasks: Tasks) -> Terminal:
    """As the program builds it, on a wire that strikes, with or without its stream."""
    terminal = Terminal(PRACTICE, folders(plan.home), tasks=tasks)
    desk = terminal.desk
    wire = Wire(plan.point, plan.nth, plan.login, lambda: desk.reconciliation.done_at is None)
    assert isinstance(terminal.venue, ProphetX)
    terminal.venue._connect = lambda url: Http(url, transport=wire)
    if not plan.is_streaming:
        terminal.follower = Deaf(terminal.venue, parse_push, desk.session.emit, clock=time.monotonic)
    return terminal


def _reconciled(plan: Plan, terminal: Terminal, voice: Voice) -> asyncio.Event:
    """Set, and said, once; a run that should have died in its recovery dies here at the latest."""
    done = asyncio.Event()

    def changed() -> None:
        if plan.point is Point.RECOVERING:
            die()
        if not done.is_set():
            voice.say(Ready())
            done.set()

    terminal.desk.reconciliation.changed.connect(changed)
    return done


async def _find_out(desk: Desk) -> None:
    """Until nothing is unclear: what the venue was asked for in vain often enough the person treats as not placed. Then all once more."""
    while unclear := desk.blotter.unclear():
        await desk.search.look([order.ref for order in unclear])
        for order in desk.blotter.unknown():
            desk.trading.presume_not_placed(order.ref)
        await asyncio.sleep(BETWEEN)
    await desk.reconciliation.run()


def _write(path: Path, desk: Desk) -> None:
    with contextlib.closing(path.open("wb")) as file:
        file.write(msgspec.json.encode(list(desk.blotter.orders.values())))
