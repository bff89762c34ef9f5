"""A batch view over a venue that answers at once, on an account with external users or without."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from pathlib import Path

import msgspec
import shiboken6
from PySide6.QtWidgets import QMainWindow

from app.domain.book import Book
from app.domain.environment import Environment
from app.domain.events import ChannelsFollowed, EventChanged, HealthBeat, MarketsSeeded, Topic, Wanted
from app.domain.market import Event
from app.domain.money import CEILING
from app.domain.offer import EVERYTHING, Offer
from app.domain.table_text import TableError
from app.domain.user import User
from app.services import desk as services
from app.services.notices import Notices
from app.ui.display import Display
from app.ui.theme import Theme
from app.ui.views.batch import BatchView
from tests.services.fakes import FakeJournal
from tests.ui.kit import MONEYLINE, START, FakeVenue, SteppedTasks, Time, group, seeded

LAKERS, CELTICS = 1001, 1002


class BatchDesk:
    """The view alone, one event read and verified, a second one listed and not read. What a file holds is put into `files`."""

    def __init__(self, theme: Theme, *, has_users: bool = True, environment: Environment = Environment.PRACTICE) -> None:
        self.time = Time()
        self.tasks = SteppedTasks()
        self.venue = FakeVenue()
        self.venue.environment = environment
        self.venue.offers = EVERYTHING if has_users else EVERYTHING - {Offer.USERS}
        self.wanted: list[Wanted] = []
        self.files: dict[str, bytes | TableError] = {}
        self.opened: list[int] = []
        refs = iter(f"ref-{number}" for number in range(10_000))
        known = (User("cust-1", "Ann Lee"), User("cust-2", "Bo Chan"), User("cust-3"))
        self.desk = services.Desk(
            services.Outside(
                venue=self.venue, journal=FakeJournal(), environment=environment, clock=self.time.monotonic, now=self.time.now,
                new_ref=lambda: next(refs), follow=self.wanted.append, requests_left=lambda: 40, sleep=self.sleep, known_users=known,
            ),
            Notices(self.time.now), self.tasks,
        )  # fmt: skip
        self.batch = self.desk.batch
        controls = self.desk.controls
        controls.is_on = controls.is_reconciled = True
        controls.limits = msgspec.structs.replace(controls.limits, own_match=Decimal(1_000))  # rows on both sides are no trap here
        controls.limit_to(msgspec.structs.replace(controls.limits, own_match=CEILING))  # rows here are on both sides all the time
        self.tasks.start(self._fill())
        self.read(seeded())
        self.display = Display()
        self.view = BatchView(self.desk, self.tasks.start, environment, self._file, self.display, theme, self.time.monotonic)
        self.window = QMainWindow()
        self.window.setMinimumSize(600, 200)  # whatever it holds: a size that changes with its texts cannot be told to this platform
        self.window.setCentralWidget(self.view)
        self.window.resize(1200, 300)
        self.window.show()

    def read(self, found: MarketsSeeded) -> None:
        """An event is followed, and its markets are read."""
        self.desk.session.emit([ChannelsFollowed(frozenset({Topic(found.event_id)})), found, HealthBeat()])
        self.settle()

    def paste(self, *lines: str) -> str:
        """Put rows in and let them be judged; what is said."""
        said = self.batch.add("\n".join(lines))
        self.settle()
        return said

    def settle(self) -> None:
        """Let everything go on, and take what moved, as the window does once a frame."""
        self.tasks.settle()
        self.desk.prices.take_dirty()
        self.desk.blotter.take_dirty()
        self.tasks.settle()

    def cells(self, title: str) -> list[str]:
        """What stands in a column."""
        model = self.view.model
        column = [column.title for column in model.columns].index(title)
        return [str(model.index(row, column).data()) for row in range(model.rowCount())]

    async def sleep(self, seconds: float) -> None:
        self.time.seconds += seconds
        await asyncio.sleep(0)

    async def _fill(self) -> None:
        self.desk.controls.ladder = await self.venue.ladder()
        await self.desk.account.read()
        await self.desk.catalogue.read_tournaments()
        for tournament_id in list(self.desk.catalogue.tournaments):
            await self.desk.catalogue.read_events(tournament_id)

    async def _file(self, path: Path) -> bytes:
        self.opened.append(len(self.opened))
        content = self.files[path.name]
        if isinstance(content, TableError):
            raise content
        return content

    def list_event(self, event_id: int, name: str) -> None:
        """One more event of the same league, not read."""
        self.desk.session.emit([EventChanged(Event(event_id, name, 132, "NBA", "Basketball", START, "not_started"))])

    def close(self) -> None:
        self.window.close()
        self.tasks.give_up()
        shiboken6.delete(self.window)


def moneyline_of(event_id: int, home: str, away: str, asked_at: float = 1000.0) -> MarketsSeeded:
    """The reading of an event with a moneyline under these names, and its book."""
    key = MONEYLINE._replace(event_id=event_id)
    read = group("Moneyline", "moneyline", key)
    renamed = [
        msgspec.structs.replace(one, id=f"{event_id}-{place}", name=name)
        for place, (one, name) in enumerate(zip(read.markets[0].selections, (home, away), strict=True))
    ]
    market = msgspec.structs.replace(read.markets[0], selections=tuple(renamed))
    book = seeded().books[0]
    sides = {one.id: side for one, side in zip(renamed, book.sides.values(), strict=True)}
    return MarketsSeeded(event_id, (msgspec.structs.replace(read, markets=(market,)),), (Book(key, sides),), asked_at)
