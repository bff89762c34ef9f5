"""A window over a venue that answers at once, with a clock that moves only when told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import shiboken6
from PySide6.QtCore import QSettings

from app.domain.account import Balance, TradesPage, TransactionsPage
from app.domain.book import Book, Level
from app.domain.environment import Environment
from app.domain.errors import VenueError
from app.domain.events import ChannelsFollowed, HealthBeat, MarketsSeeded, Topic, Wanted
from app.domain.guard import Guard
from app.domain.labels import LABELS, Labels
from app.domain.ladder import Ladder, from_american_list
from app.domain.link import LinkFacts, Probe, Rank
from app.domain.market import Event, FoundMarket, Market, MarketGroup, MarketKey, Player, Selection, Sport, StrikePlace, Tournament
from app.domain.odds import Odds, from_american
from app.domain.offer import EVERYTHING, Offer
from app.domain.order import History, HistoryPage, HistoryQuery, OrderDraft, OrderReport
from app.domain.profile import Provider
from app.domain.risk import Limits, clamped
from app.services import desk as services
from app.services.floor import Floor
from app.services.notices import Notices
from app.services.ports import LastLook
from app.services.tasks import Tasks
from app.store import table_file
from app.store.paths import resources
from app.store.sheet_file import SheetFile
from app.ui.desk_view import DeskView
from app.ui.display import Display
from app.ui.pulse import Pulse
from app.ui.shell import Files
from app.ui.sounds import Sounds
from app.ui.theme import Theme
from app.ui.window import Connected, MainWindow, Shell
from app.ui.workspace import Workspace
from tests.services.fakes import FakeJournal

START = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
HOME, AWAY = "a" * 32, "b" * 32
MONEYLINE = MarketKey(1001, 219, Decimal(0))
SPREADS = (MarketKey(1001, 223, Decimal("-4.5")), MarketKey(1001, 223, Decimal("-3.5")))


class Time:
    """Monotonic seconds and aware UTC, moved by hand."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def monotonic(self) -> float:
        return self.seconds

    def now(self) -> datetime:
        return START + timedelta(seconds=self.seconds - 1000.0)


class FakeLink:
    """A line whose facts a test sets, and whose test gives the probes that a test lays out."""

    def __init__(self) -> None:
        self.told = LinkFacts()
        self.probes: list[Probe | VenueError] = []
        self.going_on = asyncio.Event()
        self.going_on.set()
        self.replaced = 0

    def facts(self) -> LinkFacts:
        return self.told

    async def test(self) -> AsyncIterator[Probe]:
        for probe in self.probes:
            await self.going_on.wait()
            if isinstance(probe, VenueError):
                raise probe
            yield probe

    def replace_socket(self) -> None:
        self.replaced += 1


class SteppedTasks(Tasks):
    """Starts coroutines in a loop of its own and runs it until nothing moves any more; what waits for a test stays waiting."""

    TURNS = 30

    def __init__(self) -> None:
        super().__init__(self._raise)
        self._loop = asyncio.new_event_loop()

    def start(self, coroutine: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        task = self._loop.create_task(coroutine)
        self._running.add(task)
        task.add_done_callback(self._ended)
        if not self._loop.is_running():
            self.settle()
        return task

    def settle(self) -> None:
        """Let everything that can go on go on."""
        self._loop.run_until_complete(self._turns())

    def give_up(self) -> None:
        self._loop.run_until_complete(self.stop())
        self._loop.close()

    async def _turns(self) -> None:
        for _ in range(self.TURNS):
            await asyncio.sleep(0)

    @staticmethod
    def _raise(problem: BaseException) -> None:
        raise problem


class FakeVenue:
    """Answers from what tests put in; `problem` is raised by the next order, clearing `answering` makes it wait.

    `held` is its own record, by order id; while `is_stuck` it takes cancels and does nothing. `row_problems` is what a row of several is
    answered with, by its American odds; `sent_together` and `cancelled_together` are the references of each request for several.
    """

    offers = EVERYTHING - {Offer.USERS}
    events_a_call = 50
    latency: float | None = 0.005
    answered_at: float | None = 1000.0

    def __init__(self) -> None:
        self.environment = Environment.PRACTICE
        self.placed: list[tuple[str, OrderDraft]] = []
        self.cancelled: list[str] = []
        self.cancelled_all = 0
        self.held: dict[str, OrderReport] = {}
        self.is_stuck = False
        self.is_whole = True  # its record
        self.problem: VenueError | None = None
        self.row_problems: dict[int, VenueError] = {}
        self.sent_together: list[list[str]] = []
        self.cancelled_together: list[list[str]] = []
        self.reading_problem: VenueError | None = None
        self.asked: list[tuple[object, ...]] = []
        self.pages: dict[str, HistoryPage] = {}
        self.trade_pages: dict[str, TradesPage] = {}
        self.transaction_pages: dict[str, TransactionsPage] = {}
        self.found: list[FoundMarket] = []
        self.known_players: list[Player] = []
        self.homes: dict[int, int] = {}
        self.answering = asyncio.Event()
        self.answering.set()

    async def tournaments(self) -> list[Tournament]:
        return [Tournament(132, "NBA", Sport(2, "Basketball")), Tournament(17, "Premier League", Sport(1, "Soccer"))]

    async def events(self, tournament_id: int, rank: Rank = Rank.ROUTINE) -> list[Event]:
        if tournament_id == 17:
            return [Event(2001, "Arsenal vs Chelsea", 17, "Premier League", "Soccer", START + timedelta(days=2), "not_started")]
        return [
            Event(1001, "Lakers at Warriors", 132, "NBA", "Basketball", START - timedelta(minutes=30), "live"),
            Event(1002, "Celtics at Knicks", 132, "NBA", "Basketball", START + timedelta(minutes=40), "not_started"),
        ]

    async def events_by_id(self, event_ids: Iterable[int]) -> list[Event]:
        return [Event(each, f"Event {each}", 132, "NBA", "Basketball", START, "not_started") for each in event_ids]

    async def markets(self, event_id: int) -> MarketsSeeded:
        return seeded() if event_id == 1001 else MarketsSeeded(event_id, (), (), 0.0)

    async def multiple_markets(self, event_ids: Sequence[int], rank: Rank = Rank.ROUTINE) -> list[MarketsSeeded]:
        return [await self.markets(event_id) for event_id in event_ids]

    async def search_markets(self, words: str) -> list[FoundMarket]:
        self._note("search_markets", words)
        return self.found

    async def players(self) -> list[Player]:
        return self.known_players

    async def player(self, player_id: int) -> Player:
        return Player(player_id, "", self.homes.get(player_id, 0))

    async def strikes(self, selection_ids: Sequence[str]) -> list[StrikePlace]:
        return []

    async def ladder(self) -> Ladder:
        return from_american_list([value for step in range(100, 200) for value in (step, -step)])

    async def balance(self) -> Balance:
        return Balance(Decimal("10000.00"), Decimal("100.00"), Decimal("230.00"))

    async def place(self, ref: str, draft: OrderDraft, last_look: LastLook) -> OrderReport:
        last_look(ref, draft)
        self.placed.append((ref, draft))
        await self.answering.wait()
        if self.problem:
            raise self.problem
        self.held[f"v-{ref}"] = report(ref, draft)
        return report(ref, draft)

    async def place_many(self, orders: Sequence[tuple[str, OrderDraft]], last_look: LastLook) -> dict[str, OrderReport | VenueError]:
        self.sent_together.append([ref for ref, _ in orders])
        answers = {ref: await self.place(ref, draft, last_look) for ref, draft in orders}
        problems = {ref: self.row_problems.get(draft.odds.american) for ref, draft in orders}
        return {ref: problems[ref] or answer for ref, answer in answers.items()}

    async def cancel(self, ref: str, venue_order_id: str) -> OrderReport | None:
        self.cancelled.append(ref)
        return self._cancel(venue_order_id) or OrderReport(ref, venue_order_id, "canceled", "unmatched")

    async def cancel_many(self, orders: Sequence[tuple[str, str]]) -> tuple[list[OrderReport], list[str]]:
        self.cancelled_together.append([ref for ref, _ in orders])
        return [told for _, venue_order_id in orders if (told := self._cancel(venue_order_id))], []

    async def cancel_all(self) -> None:
        self.cancelled_all += 1
        for venue_order_id in self.held:
            self._cancel(venue_order_id)

    async def order(self, venue_order_id: str) -> OrderReport:
        return self.held[venue_order_id]

    async def cancel_event(self, event_id: int) -> None:
        self._cancel_where(lambda told: told.event_id == event_id)

    async def cancel_market(self, event_id: int, market_id: int) -> None:
        self._cancel_where(lambda told: (told.event_id, told.market_id) == (event_id, market_id))

    async def history_page(self, query: HistoryQuery, cursor: str = "") -> HistoryPage:
        self._note("history_page", query, cursor)
        return self.pages.get(cursor, HistoryPage(tuple(self.held.values())))

    async def trades(self, since: datetime, cursor: str = "") -> TradesPage:
        self._note("trades", since, cursor)
        return self.trade_pages.get(cursor, TradesPage(()))

    async def transactions(self, kind: str = "", cursor: str = "") -> TransactionsPage:
        self._note("transactions", kind, cursor)
        return self.transaction_pages.get(cursor, TransactionsPage(()))

    async def history(self, query: HistoryQuery) -> History:
        return History(tuple(self.held.values()), is_whole=self.is_whole)

    def _note(self, *call: object) -> None:
        """Remember a reading; `reading_problem` is raised by each while it is set."""
        self.asked.append(call)
        if self.reading_problem:
            raise self.reading_problem

    def _cancel_where(self, is_meant: Callable[[OrderReport], bool]) -> None:
        for venue_order_id in [name for name, told in self.held.items() if is_meant(told)]:
            self._cancel(venue_order_id)

    def _cancel(self, venue_order_id: str) -> OrderReport | None:
        if venue_order_id in self.held and not self.is_stuck:
            self.held[venue_order_id] = msgspec.structs.replace(self.held[venue_order_id], status="canceled")
        return self.held.get(venue_order_id)

    async def matches(self, venue_order_ids: Sequence[str]) -> dict[str, list[tuple[Odds, Decimal]]]:
        return {}


def report(ref: str, draft: OrderDraft, status: str = "open") -> OrderReport:
    return OrderReport(
        ref, f"v-{ref}", status, "unmatched", odds=draft.odds, quantity=draft.stake, filled=Decimal(0),
        event_id=draft.market.event_id, market_id=draft.market.market_id, strike=draft.market.strike, selection_id=draft.selection_id,
    )  # fmt: skip


def levels(*rows: tuple[int, str]) -> tuple[Level, ...]:
    return tuple(Level(from_american(price), Decimal(takeable), Decimal(takeable)) for price, takeable in rows)


def book(key: MarketKey = MONEYLINE, best: int = 150, sequence: int = 0) -> Book:
    names = selections(key)
    return Book(
        key,
        {
            names[0].id: levels((best, "55.00"), (best - 4, "96.72"), (best - 6, "410.00")),
            names[1].id: levels((-160, "132.50"), (-162, "240.00")),
        },
        sequence,
    )


def selections(key: MarketKey) -> tuple[Selection, ...]:
    if key == MONEYLINE:
        return Selection(HOME, "Los Angeles Lakers", 4), Selection(AWAY, "Golden State Warriors", 5)
    mark = format(key.strike, "f")
    return Selection(f"{mark:c>32}", f"Lakers {mark}", 1714, key.strike), Selection(f"{mark:d>32}", "Warriors", 1715, -key.strike)


def group(name: str, kind: str, *keys: MarketKey, status: str = "active") -> MarketGroup:
    """Each number of several has a name of its own, as at the venue."""
    names = {key: f"{name} {key.strike:+}" if len(keys) > 1 else name for key in keys}
    markets = tuple(Market(key, names[key], kind, kind, status, selections(key), favourite=key.strike == Decimal("-4.5")) for key in keys)
    return MarketGroup(keys[0].event_id, keys[0].market_id, name, kind, kind, "Game Lines", status, markets)


def seeded(asked_at: float = 1000.0, status: str = "active") -> MarketsSeeded:
    groups = (group("Moneyline", "moneyline", MONEYLINE, status=status), group("Spread", "spread", *SPREADS))
    return MarketsSeeded(1001, groups, (book(), *(book(key) for key in SPREADS)), asked_at)


class Another(NamedTuple):
    """An account that was connected beside the first."""

    venue: FakeVenue
    desk: services.Desk
    view: DeskView


class StillPulse(Pulse):
    """Frames come when a test asks for one: one that a timer brought between two tests would start tasks where no loop runs."""

    def request(self) -> None:
        pass


class Desk:
    """A shown window with one event open, its books verified."""

    def __init__(
        self,
        theme: Theme,
        folder: Path,
        environment: Environment = Environment.PRACTICE,
        *,
        ask_on_quit: bool = False,
        offers: frozenset[Offer] = FakeVenue.offers,
        labels: Labels = LABELS[Provider.TRADING],
    ) -> None:
        self.time = Time()
        self.tasks = SteppedTasks()
        self.environment = environment
        self.venue = FakeVenue()
        self.venue.environment, self.venue.offers = environment, offers
        self.wanted: list[Wanted] = []
        self.notices = Notices(self.time.now)
        refs = iter(f"ref-{number}" for number in range(1000))
        self.journal = FakeJournal()
        self.kept_limits: list[Limits] = []
        self.locked: Callable[[], str] = lambda: ""
        self.desk = services.Desk(
            services.Outside(
                venue=self.venue, journal=self.journal, environment=environment, clock=self.time.monotonic, now=self.time.now,
                new_ref=lambda: next(refs), follow=self.wanted.append, requests_left=lambda: 40, sleep=self._sleep,
                desk_lock=self._why_locked, labels=labels,
            ),
            self.notices, self.tasks,
        )  # fmt: skip
        self.desk.controls.is_on = self.desk.controls.is_reconciled = True
        self.session = self.desk.session
        self.display = Display()
        self.theme = theme
        self.sounds = Sounds(resources() / "sounds")
        self.restarted = 0
        self.pulse = StillPulse()
        self.link = FakeLink()
        self.floor = Floor()
        self.window = MainWindow(
            Shell(
                floor=self.floor, files=Files(table_file.read, SheetFile),
                theme=self.theme, display=self.display, pulse=self.pulse, sounds=self.sounds,
                workspace=Workspace(QSettings(str(folder / "workspace.ini"), QSettings.Format.IniFormat)),
                start=self.tasks.start, clock=self.time.monotonic, now=self.time.now,
                icon=resources() / "icons" / "overround.svg", ask_on_quit=ask_on_quit,
            ),
            Connected(
                desk=self.desk, environment=environment, account="ProphetX Trading", keep_limits=self._keep_limits,
                link=self.link, start=self.tasks.start,
                restart_practice=self._restart,
            ),
        )  # fmt: skip
        self.window.resize(1600, 1000)
        self.window.show()
        self.tasks.start(self._fill())
        self.window.open_event(1001)
        self.session.emit([ChannelsFollowed(frozenset({Topic(1001)})), seeded(), HealthBeat()])
        self.frame()

    def connect_another(self, name: str, guards: Sequence[Guard] = ()) -> Another:
        """A second account of the same venue in this window, with a venue and a journal of its own; it is at hand afterwards."""
        venue, journal = FakeVenue(), FakeJournal()
        venue.environment = self.environment
        refs = iter(f"{name}-{number}" for number in range(1000))
        desk = services.Desk(
            services.Outside(
                venue=venue, journal=journal, environment=self.environment, clock=self.time.monotonic, now=self.time.now,
                new_ref=lambda: next(refs), requests_left=lambda: 40, sleep=self._sleep, guards=guards,
            ),
            Notices(self.time.now), self.tasks,
        )  # fmt: skip
        desk.controls.is_on = desk.controls.is_reconciled = True
        view = self.window.seat(
            Connected(
                desk=desk,
                environment=self.environment,
                account=name,
                keep_limits=lambda _limits: [],
                link=FakeLink(),
                start=self.tasks.start,
                provider=Provider.OMNIBUS,
            )
        )
        self.tasks.start(desk.account.read())
        return Another(venue, desk, view)

    async def _fill(self) -> None:
        self.session.controls.ladder = await self.venue.ladder()
        await self.session.account.read()
        await self.session.catalogue.read_tournaments()
        for tournament_id in list(self.session.catalogue.tournaments):
            await self.session.catalogue.read_events(tournament_id)

    async def _sleep(self, seconds: float) -> None:
        self.time.seconds += seconds
        await asyncio.sleep(0)

    def _why_locked(self) -> str:
        return self.locked()

    def _keep_limits(self, limits: Limits) -> list[str]:
        kept, said = clamped(limits)
        self.kept_limits.append(kept)
        self.desk.controls.limit_to(kept)
        return said

    def _restart(self) -> None:
        self.restarted += 1

    def frame(self) -> None:
        """What the pulse would do at its next frame."""
        self.window._on_frame()

    def beat(self, seconds: float = 1.0) -> None:
        self.time.seconds += seconds
        self.window._on_beat()

    def close(self) -> None:
        self.window.leave()
        self.tasks.give_up()
        self.pulse.stop()
        shiboken6.delete(self.window)  # now, not some time: windows that linger make every later style change slower
