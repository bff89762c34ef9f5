"""The real terminal without its window, on a clock in the test's hand: real services, venue client, stream and journal."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

import httpx
import msgspec

from app.domain.environment import Environment
from app.domain.link import Rank
from app.domain.order import Order
from app.domain.profile import PRACTICE
from app.domain.record import Intended, Resent
from app.domain.risk import Limits
from app.domain.secret import Secret
from app.services.desk import Desk, Outside
from app.services.notices import Notices
from app.services.tasks import Tasks
from app.store.journal.opening import Opened, open_journal
from app.store.journal.writer import Writer
from app.store.paths import folders
from app.store.recorder import Recorder
from app.terminal import Terminal, _references
from app.venues.follow import Follower
from app.venues.http import DEADLINE, NO_PARAMS, Http, Reply
from app.venues.prophetx.pushes import parse_push
from app.venues.prophetx.venue import Keys, ProphetX
from app.venues.push import PushAddress, PushSocket
from tests.faults.hours import Hours, Traffic

KEYS = Keys(Environment.PRACTICE, Secret("ann-key"), Secret("ann-secret"))
BUSY = 0.1  # seconds for which the journal waits for another program's lock
AGAIN = 0.02  # seconds after which a journal that could not be written is tried again


class CountedHttp(Http):
    """Says for as long as a request is under way that it is."""

    def __init__(
        self, base_url: str, traffic: Traffic, deadline: float = DEADLINE, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        super().__init__(base_url, deadline=deadline, transport=transport)
        self._traffic = traffic

    async def send(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] = NO_PARAMS,
        body: bytes | None = None,
        headers: Mapping[str, str] = NO_PARAMS,
        auth: httpx.Auth | None = None,
        deadline: float | None = None,
    ) -> Reply:
        with self._traffic.counted():
            return await super().send(method, path, params=params, body=body, headers=headers, auth=auth, deadline=deadline)


class CountedRecorder(Recorder):
    """Says for as long as somebody waits for the journal's thread that it is at work."""

    def __init__(
        self, open_file: Callable[[], Opened], *, now: Callable[[], datetime], heard: Callable[[str], None], traffic: Traffic
    ) -> None:
        super().__init__(open_file, now=now, heard=heard, writer=_eager)
        self._traffic = traffic

    async def intend(self, entry: Intended | Resent, order: Order) -> None:
        with self._traffic.counted():
            await super().intend(entry, order)

    async def look(self) -> None:
        with self._traffic.counted():
            await super().look()


class HeardSocket(PushSocket):
    """Says when it answers a ping."""

    def __init__(self, address: PushAddress, post: Callable[[bytes], None], traffic: Traffic) -> None:
        super().__init__(address, post)
        self._traffic = traffic

    def pong(self) -> None:
        super().pong()
        self._traffic.ponged()


def _eager(open: Callable[[], Opened], *, heard: Callable[[str], None]) -> Writer:
    return Writer(open, heard=heard, retry=AGAIN)


class Station(Terminal):
    """The parts that need a clock are put in again as `Terminal` puts them in, with the test's; all else is the program's own.

    `failures` holds what a task of the program raised: a mistake of our own, never an outcome. `refs` are the references that orders
    get first, before those that the program makes.
    """

    def __init__(
        self,
        home: Path,
        hours: Hours,
        traffic: Traffic,
        *,
        deadline: float = DEADLINE,
        limits: Limits | None = None,
        refs: tuple[str, ...] = (),
        connect: Callable[[str], Http] | None = None,
    ) -> None:
        self.failures: list[BaseException] = []
        where = folders(home)
        where.make()
        super().__init__(PRACTICE, where, tasks=Tasks(self.failures.append))
        self.hours = hours
        self.traffic = traffic
        self.notices = Notices(hours.now)
        self.journal = CountedRecorder(self._open_file, now=hours.now, heard=self._heard, traffic=traffic)
        self.venue = ProphetX(
            clock=hours.monotonic,
            wall=hours.wall,
            emit=self._emit,
            connect=connect or (lambda url: CountedHttp(url, traffic, deadline)),
            sleep=hours.sleep,
        )
        # Silence on the socket is a matter of real time: nothing is silent for that long in a test.
        self.follower = Follower(
            self.venue, parse_push, self._emit, clock=time.monotonic, dial=self._dial, sleep=hours.sleep, jitter=lambda: 0.0
        )
        self._outlet = msgspec.structs.replace(self._outlet, venue=self.venue, follower=self.follower, point=self.venue.point)
        self.desk = Desk(self._outside(refs, limits), self.notices, self.tasks)

    def _outside(self, refs: tuple[str, ...], limits: Limits | None) -> Outside:
        chosen, made = iter(refs), _references(self.where.data)
        return Outside(
            venue=self.venue,
            journal=self.journal,
            environment=Environment.PRACTICE,
            clock=self.hours.monotonic,
            now=self.hours.now,
            new_ref=lambda: next(chosen, "") or made(),
            follow=self.follower.want,
            reconnect=self.follower.drop,
            requests_left=lambda: self.venue.budget.left_for(Rank.ORDER),
            sleep=self.hours.sleep,
            limits=limits or self._read_limits(),
        )

    def _dial(self, address: PushAddress, post: Callable[[bytes], None]) -> PushSocket:
        return HeardSocket(address, post, self.traffic)

    def _open_file(self) -> Opened:
        return open_journal(self.journal_file, now=self.hours.now, patience=BUSY)

    @property
    def said(self) -> list[str]:
        return [notice.words for notice in self.notices.lines]

    def order(self, ref: str) -> Order:
        return self.desk.blotter.orders[ref]

    @property
    def orders(self) -> list[Order]:
        return list(self.desk.blotter.orders.values())

    async def end(self) -> None:
        """As the program ends: what runs is stopped, the connection and the journal are closed."""
        await self.tasks.stop()
        await self.close()
