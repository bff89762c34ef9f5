"""One run of the program: the real services on the real venue and journal, on virtual time, from its start to its end or its crash."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from itertools import count
from pathlib import Path
from typing import Any, Protocol, TypeVar

import msgspec

from app.domain.account import Deduction
from app.domain.environment import Environment
from app.domain.errors import JournalDownError, StoppedError
from app.domain.events import VenueEvent
from app.domain.link import Rank
from app.domain.offer import Offer
from app.domain.order import Order
from app.domain.record import Entry, Intended, Resent
from app.domain.risk import Limits
from app.domain.secret import Secret
from app.services.desk import Desk, Outside
from app.services.notices import Notices, Tone
from app.services.reconcile import remembered_since
from app.services.tasks import Tasks
from app.store.journal.opening import Opened, open_journal
from app.store.recorder import Recorder
from app.venues.hosts import practice
from app.venues.http import Http
from app.venues.prophetx.venue import Keys, ProphetX
from tests.faults.machine.paper import Paper
from tests.faults.machine.stream import Stream
from tests.faults.machine.transport import Asked, FaultTransport
from tests.faults.machine.virtual import VirtualLoop
from tests.faults.machine.world import KEYS, World

T = TypeVar("T")
Saw = Callable[[Entry, Order | None], None]


class House(msgspec.Struct):
    """What every start of the program finds again: settings, and where its references are counted."""

    limits: Limits
    deduction: Deduction
    has_cancel_all: bool
    refs: count[int]


class Witness(Protocol):
    """Who sees each request just before it leaves, and each entry of the journal with the order after it."""

    def request(self, asked: Asked) -> None: ...
    def saw(self, entry: Entry, order: Order | None) -> None: ...


class Blind:
    """Sees nothing."""

    def request(self, asked: Asked) -> None:
        pass

    def saw(self, entry: Entry, order: Order | None) -> None:
        pass


class Watched(Recorder):
    """A recorder that lets the machine see every entry as it is made."""

    saw: Saw

    def note(self, entry: Entry, order: Order | None = None) -> None:
        self.saw(entry, order)
        super().note(entry, order)

    async def intend(self, entry: Intended | Resent, order: Order) -> None:
        await super().intend(entry, order)
        self.saw(entry, order)


class Run:
    """A program from its start on. `failures` are exceptions that nobody caught; `placing` are orders that are being sent."""

    def __init__(self, world: World, journal: Path, house: House, witness: Witness) -> None:
        self.world = world
        self.loop = VirtualLoop(world.time)
        self.failures: list[BaseException] = []
        self.placing: set[asyncio.Task[Order | str]] = set()
        self._stepping: asyncio.TimerHandle | None = None
        time = world.time
        self.notices = Notices(time.now)
        self.journal = Watched(lambda: self._open(journal), now=time.now, heard=self._heard, writer=self._paper)
        self.journal.saw = witness.saw
        self.transport = FaultTransport(world, witness.request, self._stepped)
        self.venue = ProphetX(
            clock=time.monotonic, wall=time.wall, emit=self._emit, connect=lambda url: Http(url, transport=self.transport)
        )
        self.stream = Stream(world, self.loop, self._emit)
        self.tasks = Tasks(self.failures.append)
        self.desk = Desk(self._outside(house), self.notices, self.tasks)
        if not house.has_cancel_all:
            self.venue.offers -= {Offer.CANCEL_ALL}

    def _outside(self, house: House) -> Outside:
        time = self.world.time
        return Outside(
            venue=self.venue,
            journal=self.journal,
            environment=Environment.PRACTICE,
            clock=time.monotonic,
            now=time.now,
            new_ref=lambda: f"ov-{next(house.refs)}",
            follow=self.stream.follow,
            reconnect=self.stream.drop,
            requests_left=lambda: self.venue.budget.left_for(Rank.ORDER),
            limits=house.limits,
            rule=house.deduction,
        )

    # Beginning and end

    def start(self, event_id: int) -> None:
        """As the terminal does it: read the journal, restore, connect, watch."""
        self.run(self._start(event_id))

    async def _start(self, event_id: int) -> None:
        try:
            orders = await self.journal.open(remembered_since(self.world.time.now()))
        except JournalDownError as problem:
            self.notices.say(f"No order can leave: {problem}", Tone.BAD)
        else:
            self.desk.reconciliation.restore(orders)
            self.journal.remark("the program started")
        await self.venue.point(
            practice("http://127.0.0.1:1/partner"), Keys(Environment.PRACTICE, Secret(KEYS.access_key), Secret(KEYS.secret_key))
        )
        self.desk.controls.switch(is_on=True)
        if self.journal.halt:
            self.desk.kill.pull(self.journal.halt)
        self.desk.session.start()
        self.tasks.start(self.desk.watch.run())
        self.stream.connect()
        self.desk.session.open_event(event_id)
        self._stepped()

    def crash(self) -> None:
        """Nothing more leaves, nothing more is written, nobody is told: then its tasks are cleared away."""
        if self.loop.is_closed():
            return
        self.journal.saw = Blind().saw
        self.transport.is_dead = True
        self.paper.kill()
        self.stream.kill()
        if self._stepping is not None:
            self._stepping.cancel()
        self.run(_clear_away())
        self.loop.close()

    def halt_and_leave(self, words: str) -> None:
        """What `cancel-all` does first, from a process of its own."""
        self.run(self._halt(words))
        self.crash()

    async def _halt(self, words: str) -> None:
        await self.journal.open(remembered_since(self.world.time.now()))
        self.journal.halt_for(words)
        self.paper.flush()

    # Doing

    def run(self, work: Awaitable[T]) -> T:
        return self.loop.run_until_complete(work)

    def advance(self, seconds: float) -> None:
        self.run(asyncio.sleep(seconds))

    def do(self, act: Callable[[], T]) -> T:
        """Call something of the services as a slot would: inside the loop."""

        async def inside() -> T:
            return act()

        return self.run(inside())

    def place(self, sending: Callable[[], Coroutine[Any, Any, Order]], patience: float) -> Order | str | None:
        """Start to send, and wait for the outcome that long: the order, the code of the rule that stopped it, or nothing yet."""
        return self.run(self._place(sending, patience))

    async def _place(self, sending: Callable[[], Coroutine[Any, Any, Order]], patience: float) -> Order | str | None:
        task = self.begin(sending)
        await asyncio.wait({task}, timeout=patience)
        return task.result() if task.done() else None

    def begin(self, sending: Callable[[], Coroutine[Any, Any, Order]]) -> asyncio.Task[Order | str]:
        async def sent() -> Order | str:
            try:
                return await sending()
            except StoppedError as problem:
                return str(getattr(problem, "code", "") or problem)

        task = self.tasks.start(sent())
        self.placing.add(task)
        task.add_done_callback(self.placing.discard)
        return task

    def start_task(self, work: Coroutine[Any, Any, None], wait: float) -> None:
        self.do(lambda: self.tasks.start(work))
        self.advance(wait)

    def stop_sending(self, moment: str) -> None:
        """Let the next sending stand still: "after the journal", "before the exchange" or "after the exchange"."""
        if moment == "after the journal":
            self.paper.stops_after_intent = True
        else:
            self.transport.stop_at = ("submit", moment == "after the exchange")

    # The exchange's life goes on meanwhile

    def _stepped(self) -> None:
        if self._stepping is not None:
            self._stepping.cancel()
        self._stepping = self.loop.call_at(self.world.due(), self.step_exchange)

    def step_exchange(self) -> None:
        self.world.step()
        self._stepped()

    # Inside

    def _paper(self, open: Callable[[], Opened], *, heard: Callable[[str], None]) -> Paper:
        self.paper = Paper(open, heard=heard)
        return self.paper

    def _open(self, journal: Path) -> Opened:
        return open_journal(journal, now=self.world.time.now)

    def _emit(self, events: Sequence[VenueEvent]) -> None:
        self.desk.session.emit(events)

    def _heard(self, words: str) -> None:
        self.notices.say(words, Tone.BAD)


async def _clear_away() -> None:
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
