"""What the engine's tests share: an exchange with one hand-made event and no makers but those a test asks for."""

from __future__ import annotations

from itertools import count

from app.practice.agenda import GoLive
from app.practice.book import Book, Resting
from app.practice.clock import MILLISECOND, SECOND
from app.practice.exchange import Exchange
from app.practice.fixtures import strike_id
from app.practice.games import Ask, Game, Question
from app.practice.ladder import LAST, RUNG, win_of
from app.practice.model import (
    Account,
    Category,
    Change,
    Competitor,
    Event,
    EventStatus,
    Market,
    NewOrder,
    Order,
    OrderChange,
    Outcome,
    Sport,
    Strike,
    Tournament,
)
from app.practice.rules import Moment

START = 1_795_000_000 * SECOND
EVENT = 501
KICK_OFF = START + 600 * SECOND
FULL_TIME = KICK_OFF + 2880 * SECOND
HALF_TIME = KICK_OFF + 1440 * SECOND
BANKROLL = 1_000_00


class Floor:
    """A basketball game that ends 3:2 (2:0 at half time), with books for a moneyline, two numbers, a half and a player."""

    def __init__(self, *, deduct: str = "match", exchange: Exchange | None = None) -> None:
        self.exchange = exchange or Exchange(rate=0, started_at=START, deduct=deduct, populate=False)
        self._references = count(1)
        self.heard: list[Change] = []
        if exchange is None:
            self._list_event()

    def _list_event(self) -> None:
        catalogue = self.exchange.catalogue
        catalogue.add_tournament(Tournament(132, "NBA", Sport(2, "Basketball"), Category(15, "USA", "USA"), START))
        sides = (Competitor(1, "Home", "HOM", "home"), Competitor(2, "Away", "AWY", "away"))
        event = Event(EVENT, 132, "Away at Home", sides, KICK_OFF, EventStatus.NOT_STARTED, START)
        books = [
            _book(219, "moneyline", Question(Ask.MARGIN), (4, 5)),
            _book(223, "spread", Question(Ask.MARGIN, number=-1.0), (1714, 1715)),
            _book(225, "total", Question(Ask.TOTAL, number=4.5), (12, 13)),
            _book(66, "spread", Question(Ask.MARGIN, "first_half", -1.5), (1714, 1715)),
            _book(12010001, "total", Question(Ask.FIXED, number=20.5, answer=21.0), (12, 13), player=9),
            _book(12010002, "total", Question(Ask.FIXED, number=20.5, answer=None), (12, 13), player=10),
            _book(301, "moneyline", Question(Ask.THREE_WAY), (4, 6, 5)),
        ]
        catalogue.add_event(event, books)
        script = (Moment(0.2, 2, 0), Moment(0.6, 0, 2), Moment(0.8, 1, 0))
        span = FULL_TIME - KICK_OFF
        self.exchange.world.games[EVENT] = Game(EVENT, "basketball", (113.0, 113.0), KICK_OFF, span, script, at_end_of={})
        self.exchange.agenda.note(KICK_OFF, GoLive(EVENT))

    # who and where

    def account(self, user_id: str, balance: int = BANKROLL) -> Account:
        return self.exchange.open_account(access_key=f"{user_id}-key", secret_key=f"{user_id}-secret", user_id=user_id, balance=balance)

    def book(self, market_id: int = 219) -> Book:
        return next(book for book in self.exchange.catalogue.books[EVENT] if book.market.id == market_id)

    def strike_id(self, outcome: int = 0, market_id: int = 219) -> str:
        return self.book(market_id).strike.outcomes[outcome].strike_id

    def makers_offer(self, outcome: int, price: int, value: int, market_id: int = 219) -> Resting:
        """Let a taker of that outcome have `value` cents at `price`."""
        own = LAST - RUNG[price]
        stake = win_of(RUNG[price], value)
        sequence = self.exchange.bulletin.sequence(self.exchange.now)
        resting = Resting(own, sequence, stake, stake, value, self.exchange.now)
        self.book(market_id).offer(outcome, resting)
        return resting

    # doing

    def submit(self, user_id: str, price: int, quantity: int, outcome: int = 0, market_id: int = 219, strategy: str = "") -> Order:
        new = NewOrder(f"ref-{next(self._references)}", self.strike_id(outcome, market_id), price, quantity, strategy)
        return self.exchange.submit(user_id, new)

    def place(self, user_id: str, price: int, quantity: int, outcome: int = 0, market_id: int = 219, strategy: str = "") -> Order:
        """Submit and wait until it has been activated."""
        order = self.submit(user_id, price, quantity, outcome, market_id, strategy)
        live = self.exchange.catalogue.events[EVENT].status is EventStatus.LIVE
        self.wait(5.1 if live else 0.1)
        return order

    def wait(self, seconds: float) -> list[Change]:
        changes = self.exchange.advance(self.exchange.now + round(seconds * 1000) * MILLISECOND)
        self.heard.extend(changes)
        return changes

    def wait_until(self, at: int) -> list[Change]:
        changes = self.exchange.advance(at)
        self.heard.extend(changes)
        return changes

    def cancel(self, order: Order) -> Order:
        return self.exchange.cancel(order.user_id, order.id, order.external_id)

    def levels(self, outcome: int = 0, market_id: int = 219) -> list[tuple[int, int, int]]:
        """(price, quantity, value) as a taker sees them."""
        return [(level.price, level.quantity, level.value) for level in self.book(market_id).levels(outcome)]

    def told(self, order: Order) -> list[tuple[str, str, int]]:
        """What was announced of an order: (status, matching, quantity)."""
        return [
            (change.order.status.value, change.order.matching.value, change.order.quantity)
            for change in self.heard
            if isinstance(change, OrderChange) and change.order.id == order.id
        ]


def _book(market_id: int, kind: str, question: Question, outcomes: tuple[int, ...], player: int = 0) -> Book:
    number = question.number
    strike = Strike(
        EVENT,
        market_id,
        number,
        f"Strike {number:g}",
        tuple(Outcome(strike_id(EVENT, market_id, number, one), one, 0, str(one), number) for one in outcomes),
    )
    sub_type = "player_points" if player else kind
    market = Market(EVENT, market_id, f"Market {market_id}", kind, sub_type, "Game Lines", "", [strike], player_id=player)
    return Book(market, strike, question)


def money_of(exchange: Exchange) -> int:
    """All cents of users and makers, settled or not; what is at risk still belongs to who staked it."""
    return sum(account.balance for account in exchange.accounts.by_id.values()) + exchange.accounts.makers


def fills_of(order: Order) -> list[tuple[int, int, int]]:
    """(price, stake, win) of every fill."""
    return [(fill.price, fill.stake, fill.win) for fill in order.fills]
