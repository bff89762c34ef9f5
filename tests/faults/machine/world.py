"""The exchange of the machine: the real one behind its real wire, with two small games, no makers of its own, and a rival account."""

from __future__ import annotations

import copy
from itertools import count

from app.practice.agenda import NEVER, Finish, GoLive
from app.practice.book import MAKERS, Book, Resting
from app.practice.clock import SECOND
from app.practice.exchange import Exchange
from app.practice.fixtures import strike_id
from app.practice.games import Ask, Game, Question
from app.practice.ladder import LAST, RUNG, win_of
from app.practice.model import (
    Account,
    Category,
    Competitor,
    Event,
    EventStatus,
    Market,
    MarketStatus,
    NewOrder,
    Order,
    Outcome,
    RefusalError,
    Sport,
    Strike,
    Tournament,
)
from app.practice.rules import Moment
from app.practice.wire.application import Keys, Wire
from tests.faults.machine.virtual import VirtualTime

US, RIVAL = "us", "rival"
KEYS = Keys(US, "us-access", "us-secret", "1234567", "app-key", "app-secret")
EVENTS = (501, 502)
BANKROLL = 10_000_00
HEALTH = 5.0  # seconds between two signs of health
NAP = 55.0  # seconds: the exchange takes a longer pause between two steps for a computer that slept

_DAYS = 30 * 86_400 * SECOND
MARKET = 219
_OUTCOMES = (4, 5)
_QUOTES = ((150, -164), (140, -180))  # what takers of either outcome may have, best first
_SIZE = 60_00


class World:
    """`wire` answers, `step` lets the exchange live up to now, `versions` holds each of our orders as it was from a moment (ns) on."""

    def __init__(self, time: VirtualTime, *, deduct: str, is_live: bool) -> None:
        self.time = time
        self.exchange = Exchange(rate=0, started_at=time.now_ns(), deduct=deduct, populate=False)
        self.exchange.catalogue.add_tournament(
            Tournament(132, "NBA", Sport(2, "Basketball"), Category(15, "USA", "USA"), self.exchange.now)
        )
        for event_id in EVENTS:
            self._list(event_id)
        for user_id, access, secret in ((US, KEYS.access_key, KEYS.secret_key), (RIVAL, "rival-access", "rival-secret")):
            self.exchange.open_account(access_key=access, secret_key=secret, user_id=user_id, balance=BANKROLL)
        self.money = self.cents()
        self.versions: dict[str, list[tuple[int, Order]]] = {}
        self._references = count(1)
        self.wire = Wire(self.exchange, KEYS, time, host="127.0.0.1", port=1, keep=self._keep)
        self.hub = self.wire.hub
        if is_live:
            self.kick_off(EVENTS[0])
            self.step()
        for event_id in EVENTS:
            self.quote(event_id)

    def _list(self, event_id: int) -> None:
        now = self.exchange.now
        sides = (Competitor(1, "Home", "HOM", "home"), Competitor(2, "Away", "AWY", "away"))
        event = Event(event_id, 132, f"Game {event_id}", sides, now + _DAYS, EventStatus.NOT_STARTED, now)
        self.exchange.catalogue.add_event(event, [_book(event_id)])
        script = (Moment(0.4, 2, 0), Moment(0.8, 0, 1))
        self.exchange.world.games[event_id] = Game(event_id, "basketball", (113.0, 113.0), now + _DAYS, 7200 * SECOND, script, at_end_of={})

    # Time

    def step(self) -> None:
        self.wire.feed.step()

    def due(self) -> float:
        """The monotonic time at which the exchange has to be stepped next."""
        next_at = self.exchange.agenda.next_at()
        wait = HEALTH if next_at == NEVER else min(HEALTH, (next_at - self.time.now_ns()) / SECOND)
        return self.time.seconds + max(wait, 0.001)

    def live_on(self, seconds: float, *, is_asleep: bool) -> None:
        """Time passes in which no program runs: the exchange's own life goes on. `is_asleep`: the computer sleeps meanwhile."""
        while seconds > 0:
            nap = min(seconds, NAP)
            seconds -= nap
            if is_asleep:
                self.time.sleep(nap)
            else:
                self.time.seconds += nap
            self.step()

    # What others do

    def book(self, event_id: int) -> Book:
        return self.exchange.catalogue.books[event_id][0]

    def is_open(self, event_id: int) -> bool:
        return event_id in self.exchange.catalogue.books and self.book(event_id).market.status is MarketStatus.ACTIVE

    def quote(self, event_id: int) -> None:
        """Makers offer both sides anew, as far as nothing that rests there would be crossed."""
        if not self.is_open(event_id):
            return
        book = self.book(event_id)
        for side, offers in enumerate(book.offers):
            offers[:] = [resting for resting in offers if resting.order_id != MAKERS]
            for level in _QUOTES:
                self._offer(book, side, level[side], _SIZE)
        self.exchange.bulletin.touch(book)
        self.exchange.bulletin.flush(self.exchange.now)

    def fill(self, place: int, part: float) -> None:
        """The makers meet a part of one of our orders, before anything else at that price."""
        self.step()
        resting = [order for order in self.ours if order.opened_at and order.open_quantity]
        if resting:
            self._meet(resting[place % len(resting)], part)

    def _meet(self, order: Order, part: float) -> None:
        place = self.exchange.catalogue.find(order.strike_id)
        if place is None or not order.open_quantity or not self.is_open(order.event_id):
            return
        book, side = place
        worth = win_of(RUNG[order.price], max(1, int(order.open_quantity * part)))
        self._offer(book, side, order.price, worth, stake=worth)
        book.touch(side)
        self.exchange.bulletin.touch(book)
        self.exchange.bulletin.flush(self.exchange.now)

    def _offer(self, book: Book, side: int, price: int, value: int, stake: int = 0) -> None:
        """`value` cents for a taker, or `stake` cents of the makers' own; users' backs that it crosses are met first."""
        own = LAST - RUNG[price]
        stake = stake or win_of(RUNG[price], value)
        sequence = self.exchange.bulletin.sequence(self.exchange.now)
        resting = Resting(own, sequence, stake, stake, 0, self.exchange.now)
        if stake and win_of(own, stake):
            self.exchange.matcher.offer(book, side, resting, self.exchange.now)

    def rival_bets(self, event_id: int, side: int, price: int, cents: int) -> None:
        """Another account takes what it crosses and rests with the remainder."""
        self._submit(RIVAL, f"rival-{next(self._references)}", event_id, side, price, cents)

    def bet_elsewhere(self, event_id: int, side: int, price: int, cents: int, reference: str = "") -> None:
        """Our own account, by another program."""
        self._submit(US, reference or f"web-{next(self._references)}", event_id, side, price, cents)

    def _submit(self, user_id: str, reference: str, event_id: int, side: int, price: int, cents: int) -> None:
        self.step()
        if not self.is_open(event_id):
            return
        try:
            self.exchange.submit(user_id, NewOrder(reference, selection(event_id, side), price, cents))
        except RefusalError:
            return

    def cancel_elsewhere(self, place: int) -> None:
        self.step()
        if not self.ours:
            return
        try:
            self.exchange.cancel(US, self.ours[place % len(self.ours)].id, None)
        except RefusalError:
            return

    # Games

    def change_game(self, event_id: int, what: str) -> None:
        self.step()
        match what:
            case "kick off":
                self.kick_off(event_id)
            case "end":
                self.end(event_id)
            case _:
                self.suspend(event_id, is_over=what == "reopen")

    def kick_off(self, event_id: int) -> None:
        event = self.exchange.catalogue.events.get(event_id)
        if event is None or event.status is not EventStatus.NOT_STARTED:
            return
        game = self.exchange.world.games[event_id]
        game.start = event.scheduled = self.time.now_ns()
        self.exchange.agenda.note(game.start, GoLive(event_id))

    def end(self, event_id: int) -> None:
        """A live game is over before its time: what was still planned of it is not."""
        event = self.exchange.catalogue.events.get(event_id)
        if event is not None and event.status is EventStatus.LIVE:
            agenda = self.exchange.agenda
            agenda.restore([entry for entry in agenda.entries() if getattr(entry[2], "event_id", 0) != event_id])
            agenda.note(self.time.now_ns(), Finish(event_id))

    def suspend(self, event_id: int, *, is_over: bool) -> None:
        """Stop a market, or let it go on."""
        if event_id not in self.exchange.catalogue.books:
            return
        market = self.book(event_id).market
        old, new = (MarketStatus.SUSPENDED, MarketStatus.ACTIVE) if is_over else (MarketStatus.ACTIVE, MarketStatus.SUSPENDED)
        if market.status is not old:
            return
        market.status = new
        for strike in market.strikes:
            strike.status = new
        self.exchange.bulletin.market(market, self.exchange.now)

    # What is true

    @property
    def account(self) -> Account:
        return self.exchange.accounts.by_id[US]

    @property
    def ours(self) -> list[Order]:
        return self.exchange.accounts.orders_of[US]

    def cents(self) -> int:
        """All money there is; what is at risk still belongs to who staked it."""
        return sum(account.balance for account in self.exchange.accounts.by_id.values()) + self.exchange.accounts.makers

    def as_of(self, order: Order, moment: int) -> Order | None:
        """The order as it was at a moment (ns); None before it was there."""
        known = [version for at, version in self.versions.get(order.id, ()) if at <= moment]
        return known[-1] if known else None

    def _keep(self) -> None:
        accounts = self.exchange.accounts
        for order in accounts.changed_orders.values():
            if order.user_id == US:
                self.versions.setdefault(order.id, []).append((self.exchange.now, copy.copy(order)))
        accounts.forget_changes()


def selection(event_id: int, side: int) -> str:
    return strike_id(event_id, MARKET, 0.0, _OUTCOMES[side])


def _book(event_id: int) -> Book:
    outcomes = tuple(Outcome(selection(event_id, side), one, 0, f"Side {side}", 0.0) for side, one in enumerate(_OUTCOMES))
    strike = Strike(event_id, MARKET, 0.0, "", outcomes)
    return Book(Market(event_id, MARKET, "Moneyline", "moneyline", "moneyline", "Game Lines", "", [strike]), strike, Question(Ask.MARGIN))


def exposure(order: Order) -> int:
    """Cents that may be lost with it."""
    if order.settled_at or order.status.value in {"void", "settled", "closed", "manually_settled"}:
        return 0
    return order.filled + order.open_quantity


def is_held(order: Order) -> bool:
    """Whether the exchange still waits with it, or has matched some of it."""
    return bool(order.open_quantity or order.filled)
