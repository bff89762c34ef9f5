"""The real terminal on a canned venue: one event of forty rows over REST from memory, its prices from a real socket."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from random import Random

import msgspec
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication

from app.domain.account import Balance, TradesPage, TransactionsPage
from app.domain.environment import Environment
from app.domain.errors import RefusedError, VenueError
from app.domain.events import BookChanged, ChannelsFollowed, MarketsSeeded, Topic, VenueEvent
from app.domain.ladder import Ladder, from_american_list
from app.domain.link import LinkFacts, Probe, Rank
from app.domain.market import ACTIVE, Event, FoundMarket, Market, MarketGroup, MarketKey, Player, Selection, Sport, StrikePlace, Tournament
from app.domain.odds import Odds
from app.domain.offer import EVERYTHING, Offer
from app.domain.order import History, HistoryPage, HistoryQuery, OrderDraft, OrderReport
from app.services import desk as services
from app.services.desk import Outside
from app.services.floor import Floor
from app.services.notices import Notices
from app.services.ports import LastLook
from app.services.tasks import Tasks
from app.store import table_file
from app.store.paths import resources
from app.store.sheet_file import SheetFile
from app.ui.display import Display
from app.ui.pulse import FRAME, Pulse
from app.ui.shell import Files
from app.ui.sounds import Sounds
from app.ui.theme import Theme
from app.ui.window import Connected, MainWindow, Shell
from app.ui.workspace import Workspace
from app.venues.follow import Follower
from app.venues.prophetx import wire
from app.venues.prophetx.pushes import parse_push
from app.venues.prophetx.registration import Grant, Registration
from benchmarks.frames import CHANNEL, EVENT_ID, MARKETS, OUTCOMES, PRIVATE, market_id, message, strike, strike_id
from benchmarks.orders import NoJournal

SIZE = (1600, 2700)  # pixels: all forty rows and their heads are on screen


class CannedLink:
    """A line that nobody looks at."""

    def facts(self) -> LinkFacts:
        return LinkFacts()

    async def test(self) -> AsyncIterator[Probe]:
        nothing: tuple[Probe, ...] = ()
        for probe in nothing:
            yield probe

    def replace_socket(self) -> None:
        """There is one socket."""


class CannedVenue:
    """Answers from memory. It takes no orders and has none."""

    def __init__(self, port: int) -> None:
        self._port = port
        self.environment = Environment.PRACTICE
        self.offers = EVERYTHING - {Offer.USERS}
        self.events_a_call = 50
        self.latency: float | None = 0.0
        self.answered_at: float | None = time.monotonic()

    async def config(self) -> wire.WireConfig:
        return wire.WireConfig("bench", ws_host="127.0.0.1", ws_port=self._port, ws_secure=False)

    async def register(self, socket_id: str, topics: Sequence[Topic]) -> Registration:
        followed = [Grant(CHANNEL, "bench:2", Topic(EVENT_ID))] if Topic(EVENT_ID) in topics else []
        return Registration((Grant(PRIVATE, "bench:1"), *followed), "bench:3", "{}")

    async def tournaments(self) -> list[Tournament]:
        return [Tournament(1, "Bench", Sport(1, "American Football"))]

    async def events(self, tournament_id: int, rank: Rank = Rank.ROUTINE) -> list[Event]:
        start = datetime(2026, 9, 13, 17, tzinfo=UTC)
        return [Event(EVENT_ID, "Bears at Panthers", tournament_id, "Bench", "American Football", start, "live")]

    async def events_by_id(self, event_ids: Iterable[int]) -> list[Event]:
        return [event for event in await self.events(1) if event.id in set(event_ids)]

    async def markets(self, event_id: int) -> MarketsSeeded:
        asked_at = time.monotonic()
        rng = Random(2)
        told = [parse_push(msgspec.Raw(_data(message(place, rng).frame(0)))) for place in range(MARKETS)]
        books = tuple(event.book for events in told for event in events if isinstance(event, BookChanged))
        return MarketsSeeded(event_id, tuple(_group(place) for place in range(MARKETS)), books, asked_at)

    async def multiple_markets(self, event_ids: Sequence[int], rank: Rank = Rank.ROUTINE) -> list[MarketsSeeded]:
        return [await self.markets(event_id) for event_id in event_ids]

    async def search_markets(self, words: str) -> list[FoundMarket]:
        return []

    async def players(self) -> list[Player]:
        return []

    async def player(self, player_id: int) -> Player:
        return Player(player_id, "")

    async def strikes(self, selection_ids: Sequence[str]) -> list[StrikePlace]:
        return []

    async def ladder(self) -> Ladder:
        return from_american_list([*range(-500, -100), *range(100, 500)])

    async def balance(self) -> Balance:
        return Balance(Decimal("10000.00"), Decimal("0.00"), Decimal("0.00"))

    async def place(self, ref: str, draft: OrderDraft, last_look: LastLook) -> OrderReport:
        raise RefusedError("The bench takes no orders")

    async def place_many(self, orders: Sequence[tuple[str, OrderDraft]], last_look: LastLook) -> dict[str, OrderReport | VenueError]:
        raise RefusedError("The bench takes no orders")

    async def cancel(self, ref: str, venue_order_id: str) -> OrderReport | None:
        raise RefusedError("The bench has no orders")

    async def cancel_many(self, orders: Sequence[tuple[str, str]]) -> tuple[list[OrderReport], list[str]]:
        raise RefusedError("The bench has no orders")

    async def cancel_all(self) -> None:
        raise RefusedError("The bench has no orders")

    async def order(self, venue_order_id: str) -> OrderReport:
        raise RefusedError("The bench has no orders")

    async def cancel_event(self, event_id: int) -> None:
        raise RefusedError("The bench has no orders")

    async def cancel_market(self, event_id: int, market_id: int) -> None:
        raise RefusedError("The bench has no orders")

    async def history_page(self, query: HistoryQuery, cursor: str = "") -> HistoryPage:
        return HistoryPage(())

    async def trades(self, since: datetime, cursor: str = "") -> TradesPage:
        return TradesPage(())

    async def transactions(self, kind: str = "", cursor: str = "") -> TransactionsPage:
        return TransactionsPage(())

    async def history(self, query: HistoryQuery) -> History:
        return History([])

    async def matches(self, venue_order_ids: Sequence[str]) -> dict[str, list[tuple[Odds, Decimal]]]:
        return {}


def key_of(place: int) -> MarketKey:
    return MarketKey(EVENT_ID, market_id(place), Decimal(str(strike(place))))


def _group(place: int) -> MarketGroup:
    selections = tuple(Selection(strike_id(place, outcome_id), f"{word} {strike(place)}", outcome_id) for outcome_id, word in OUTCOMES)
    market = Market(key_of(place), f"Fixed total {strike(place)}", "total", "", ACTIVE, selections)
    return MarketGroup(EVENT_ID, market_id(place), f"Total {place + 1}", "total", "", "", ACTIVE, (market,))


def _data(frame: str) -> bytes:
    return bytes(msgspec.json.decode(frame, type=wire.Frame).data)


class Desk:
    """The services and the window, built as the program builds them. `told` hears each burst after the session did."""

    def __init__(
        self, application: QApplication, home: Path, port: int, told: Callable[[Sequence[VenueEvent]], None], frame: int = FRAME
    ) -> None:
        clock = time.monotonic
        self._told = told
        self.is_followed = False  # whether the event's channel was joined
        self.failures: list[BaseException] = []
        self.tasks = Tasks(self.failures.append)
        self.pulse = Pulse(frame)
        self.notices = Notices(_now)
        venue = CannedVenue(port)
        self.follower = Follower(venue, parse_push, self._emit, clock=clock)
        outside = Outside(
            venue=venue,
            journal=NoJournal(),
            environment=Environment.PRACTICE,
            clock=clock,
            now=_now,
            new_ref=lambda: "bench",
            follow=self.follower.want,
        )
        self.services = services.Desk(outside, self.notices, self.tasks)
        self.session, self.prices = self.services.session, self.services.prices
        self.window = self._window(application, home, clock)

    def _window(self, application: QApplication, home: Path, clock: Callable[[], float]) -> MainWindow:
        shell = Shell(
            floor=Floor(),
            files=Files(table_file.read, SheetFile),
            theme=Theme(application, resources()),
            display=Display(),
            pulse=self.pulse,
            sounds=Sounds(resources() / "sounds", is_muted=True),
            workspace=Workspace(QSettings(str(home / "workspace.ini"), QSettings.Format.IniFormat)),
            start=self.tasks.start,
            clock=clock,
            now=_now,
            icon=resources() / "icons" / "overround.svg",
            ask_on_quit=False,
        )
        account = Connected(
            desk=self.services,
            environment=Environment.PRACTICE,
            account="Bench",
            keep_limits=lambda _limits: [],
            link=CannedLink(),
            start=self.tasks.start,
        )
        window = MainWindow(shell, account)
        window.resize(*SIZE)
        return window

    def start(self) -> None:
        self.window.show()
        self.pulse.start()
        self.session.start()
        self.tasks.start(self.follower.run())

    async def close(self) -> None:
        self.pulse.stop()
        await self.tasks.stop()
        self.window.close()

    @property
    def is_verified(self) -> bool:
        """Whether every book of the event may be traded on."""
        return all(self.prices.freshness(key_of(place), is_live=True).is_verified for place in range(MARKETS))

    def _emit(self, events: Sequence[VenueEvent]) -> None:
        self.session.emit(events)
        self.is_followed |= any(isinstance(event, ChannelsFollowed) and EVENT_ID in event.event_ids for event in events)
        self._told(events)


def _now() -> datetime:
    return datetime.now(UTC)
