"""The whole world as one value: what is saved of it every few seconds, and how an exchange is made from it again."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from app.practice.accounts import Accounts
from app.practice.agenda import Action, Activate, Close, Expire, Finish, GoLive, PeriodEnd, Score
from app.practice.book import MAKERS, Book, Quote, Resting
from app.practice.engine import FILL_OR_KILL_LIFE
from app.practice.exchange import Exchange
from app.practice.games import Game, Question
from app.practice.ladder import LAST, RUNG, crosses
from app.practice.model import Account, Event, Fill, Market, Order, OrderStatus, Tournament, Transaction
from app.practice.settle import PAYMENT_TIME

_GAME_ACTIONS = (GoLive, Score, PeriodEnd, Finish)

RandomState = tuple[int, tuple[int, ...], float | None]


class SavedBook(msgspec.Struct, array_like=True):
    question: Question | None
    quote: Quote | None
    offers: list[list[Resting]]
    backs: list[list[Resting]]  # of three or more outcomes only: with two they are the offers


class SavedMarket(msgspec.Struct, array_like=True):
    market: Market
    books: list[SavedBook]


class Snapshot(msgspec.Struct):
    """Times are ns of the wall clock the exchange ran on when it was saved."""

    now: int
    name: str
    seed: int
    speed: float
    rate: float
    looks_from: int
    looks: int
    sequence: int
    last_fill: int
    next_event_id: int
    wanted: int
    makers_cents: int
    last_transaction: int
    world_random: RandomState
    makers_random: RandomState
    agenda: list[tuple[int, int, Action]]
    tournaments: list[Tournament]
    events: list[Event]
    games: list[Game]
    markets: list[list[SavedMarket]]  # by event, as in `events`


class Ledger(msgspec.Struct):
    """What is saved at once with every change: accounts, orders (with their fills) and statements."""

    accounts: list[Account]
    orders: list[Order]  # oldest first
    transactions: list[tuple[str, Transaction]]


def take_snapshot(exchange: Exchange) -> Snapshot:
    """The world as it is now; shares nothing that has to stay as it is until it is encoded."""
    events = list(exchange.catalogue.events.values())
    return Snapshot(
        now=exchange.now,
        name=exchange.engine.name,
        seed=exchange.seed,
        speed=exchange.speed,
        rate=exchange.rate,
        looks_from=exchange.looks_from,
        looks=exchange.looks,
        sequence=exchange.bulletin.last_sequence,
        last_fill=exchange.matcher.last_fill,
        next_event_id=exchange.world.next_event_id,
        wanted=exchange.world.wanted,
        makers_cents=exchange.accounts.makers,
        last_transaction=exchange.accounts.last_transaction,
        world_random=exchange.world.rng.getstate(),
        makers_random=exchange.makers.rng.getstate(),
        agenda=exchange.agenda.entries(),
        tournaments=list(exchange.catalogue.tournaments.values()),
        events=events,
        games=list(exchange.world.games.values()),
        markets=[_saved_markets(exchange.catalogue.books[event.id]) for event in events],
    )


def _saved_markets(books: list[Book]) -> list[SavedMarket]:
    by_market: dict[int, SavedMarket] = {}
    for book in books:
        saved = by_market.setdefault(book.market.id, SavedMarket(book.market, []))
        backs = [] if book.is_pair else list(book.backs)
        saved.books.append(SavedBook(book.question, book.quote, list(book.offers), backs))
    return list(by_market.values())


def restore(snapshot: Snapshot, ledger: Ledger, *, now: int, speed: float, rate: float) -> Exchange:
    """The saved exchange, going on at `now` (ns) as if no time had passed, at this speed and rate.

    The ledger may be newer than the snapshot: its orders and balances count, and the books are made to fit them.
    """
    exchange = Exchange(seed=snapshot.seed, speed=speed, rate=rate, started_at=now, populate=False)
    exchange.engine.name = snapshot.name
    _restore_numbers(exchange, snapshot)
    time = _Time(snapshot, now, snapshot.speed / speed)
    _restore_world(exchange, snapshot, time)
    _restore_ledger(exchange.accounts, ledger)
    exchange.accounts.makers = snapshot.makers_cents
    _restore_agenda(exchange, snapshot, time)
    _take_again(exchange, snapshot.last_fill)
    _restore_books(exchange)
    exchange.resume(*time.looks(snapshot, rate))
    exchange.bulletin.take()
    return exchange


class _Time:
    """Where saved times lie on today's clock: later by the pause, and game time stretched when the speed has changed."""

    def __init__(self, snapshot: Snapshot, now: int, stretch: float) -> None:
        self._then = snapshot.now
        self._now = now
        self.stretch = stretch

    def wall(self, at: int) -> int:
        return at - self._then + self._now

    def game(self, at: int) -> int:
        return self._now + int((at - self._then) * self.stretch)

    def looks(self, snapshot: Snapshot, rate: float) -> tuple[int, int]:
        """Where the makers' looks are counted from, and how many there were."""
        return (self.wall(snapshot.looks_from), snapshot.looks) if rate == snapshot.rate else (self._now, 0)


def _restore_numbers(exchange: Exchange, snapshot: Snapshot) -> None:
    exchange.bulletin.last_sequence = max(exchange.now, snapshot.sequence)
    exchange.matcher.last_fill = snapshot.last_fill
    exchange.world.next_event_id = snapshot.next_event_id
    exchange.world.wanted = snapshot.wanted
    exchange.world.rng.setstate(snapshot.world_random)
    exchange.makers.rng.setstate(snapshot.makers_random)
    exchange.accounts.last_transaction = snapshot.last_transaction


def _restore_world(exchange: Exchange, snapshot: Snapshot, time: _Time) -> None:
    for tournament in snapshot.tournaments:
        exchange.catalogue.add_tournament(tournament)
    for game in snapshot.games:
        game.start, game.span = time.game(game.start), int(game.span * time.stretch)
        game.suspended_at = time.wall(game.suspended_at)
        exchange.world.games[game.event_id] = game
    for event, markets in zip(snapshot.events, snapshot.markets, strict=True):
        game_of = exchange.world.games.get(event.id)
        if game_of is not None:
            event.scheduled = game_of.start
        exchange.catalogue.add_event(event, [book for saved in markets for book in _books(saved)])
        if game_of is not None:
            exchange.makers.delay(exchange.catalogue.books[event.id], time.wall(0))
            exchange.world.look_at(event)


def _books(saved: SavedMarket) -> Iterable[Book]:
    for strike, state in zip(saved.market.strikes, saved.books, strict=True):
        book = Book(saved.market, strike, state.question)
        book.quote = state.quote
        for outcome, offers in enumerate(state.offers):
            book.offers[outcome].extend(offers)
        for outcome, backs in enumerate(state.backs):
            book.backs[outcome].extend(backs)
        yield book


def _restore_ledger(accounts: Accounts, ledger: Ledger) -> None:
    for account in ledger.accounts:
        accounts.admit(account)
    for order in ledger.orders:
        accounts.enter(order)
    for user_id, line in ledger.transactions:
        accounts.transactions_of[user_id].append(line)
        accounts.last_transaction = max(accounts.last_transaction, line.id)
    for user_id, orders in accounts.orders_of.items():
        fills = [fill for order in orders for fill in order.fills]
        accounts.fills_of[user_id] = sorted(fills, key=lambda fill: fill.id)
    accounts.forget_changes()


def _restore_agenda(exchange: Exchange, snapshot: Snapshot, time: _Time) -> None:
    """The saved actions, and those of orders that are newer than the snapshot."""
    exchange.agenda.restore(
        [(time.game(at) if isinstance(action, _GAME_ACTIONS) else time.wall(at), n, action) for at, n, action in snapshot.agenda]
    )
    noted = {action for _, _, action in snapshot.agenda}
    for order in exchange.accounts.orders.values():
        missing = _next_action(exchange, order)
        if missing is not None and missing[1] not in noted:
            exchange.agenda.note(exchange.now + missing[0], missing[1])


def _next_action(exchange: Exchange, order: Order) -> tuple[int, Action] | None:
    """What an order waits for, and how long at most."""
    if order.status is OrderStatus.INACTIVE:
        place = exchange.catalogue.find(order.strike_id)
        return (exchange.engine.delay(place[0]) if place else 0), Activate(order.id)
    if order.status is OrderStatus.SETTLED:
        return PAYMENT_TIME, Close(order.id)
    if order.strategy == "fillOrKill" and order.status is OrderStatus.OPEN and order.open_quantity:
        return FILL_OR_KILL_LIFE, Expire(order.id)
    return None


def _take_again(exchange: Exchange, last_fill: int) -> None:
    """What users took from the makers after the snapshot is gone from the books."""
    for fills in exchange.accounts.fills_of.values():
        for fill in fills:
            order = exchange.accounts.orders[fill.order_id]
            place = exchange.catalogue.find(order.strike_id)
            if fill.id <= last_fill or place is None:
                continue
            book, outcome = place
            book.strike.filled += fill.stake if fill.against else fill.stake + fill.win
            if not fill.against and fill.matched_at == order.opened_at:
                _take_from_makers(book, outcome, fill)
                exchange.makers.taken(book, outcome, RUNG[fill.price], fill.stake, exchange.now)


def _take_from_makers(book: Book, outcome: int, fill: Fill) -> None:
    own = LAST - RUNG[fill.price]
    offers = book.offers[outcome]
    place = next((n for n, one in enumerate(offers) if one.order_id == MAKERS and one.rung == own), -1)
    if place < 0:
        return
    offers[place].worth -= fill.stake
    offers[place].open -= fill.win
    if offers[place].worth <= 0 or offers[place].open <= 0:
        del offers[place]
    book.touch(outcome)


def _restore_books(exchange: Exchange) -> None:
    """Users' orders stand in the books as the ledger has them, and no makers' offer crosses one of them."""
    resting = {order_id: order for orders in exchange.accounts.resting.values() for order_id, order in orders.items()}
    standing: set[str] = set()
    for books in exchange.catalogue.books.values():
        for book in books:
            for queue in {id(queue): queue for queue in (*book.offers, *book.backs)}.values():
                queue[:] = [one for one in queue if one.order_id == MAKERS or _fits(one, resting.get(one.order_id))]
                standing.update(one.order_id for one in queue)
    for order in sorted(resting.values(), key=lambda order: order.priority):
        if order.id not in standing:
            _stand(exchange, order)
    exchange.bulletin.last_sequence = max(
        [exchange.bulletin.last_sequence, *(order.sequence for order in exchange.accounts.orders.values())]
    )
    exchange.matcher.last_fill = max(
        [exchange.matcher.last_fill, *(fill.id for order in exchange.accounts.orders.values() for fill in order.fills)]
    )


def _fits(one: Resting, order: Order | None) -> bool:
    return order is not None and one.open == order.open_quantity


def _stand(exchange: Exchange, order: Order) -> None:
    place = exchange.catalogue.find(order.strike_id)
    if place is None:
        return
    book, outcome = place
    offers = book.offers[outcome]
    offers[:] = [one for one in offers if one.order_id != MAKERS or not crosses(one.rung, RUNG[order.price])]
    exchange.matcher.rest(order, book, outcome)
