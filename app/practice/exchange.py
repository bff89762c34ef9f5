"""The practice exchange behind one face: world, engine and accounts, pure and without a clock of its own."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from app.practice.accounts import Accounts
from app.practice.agenda import NEVER, Action, Activate, Agenda, Close, Expire, Finish, GoLive, PeriodEnd, Resume, Score, Unlist
from app.practice.bulletin import Bulletin
from app.practice.catalogue import Catalogue
from app.practice.clock import SECOND
from app.practice.engine import Engine
from app.practice.ladder import LADDER
from app.practice.life import Life
from app.practice.load import Loaded
from app.practice.loose import LoadError
from app.practice.makers import Makers
from app.practice.matching import Matcher
from app.practice.model import (
    Account,
    Balance,
    Change,
    Event,
    EventStatus,
    Fill,
    Level,
    Market,
    NewOrder,
    Order,
    Outcome,
    RefusalError,
    Strike,
    Tournament,
    Transaction,
)
from app.practice.settle import Settlement
from app.practice.withdrawals import Withdrawals
from app.practice.world import World


class Exchange:
    """The wire calls it; time comes in by `advance`. Money is cents, time is ns since 1970."""

    ladder: tuple[int, ...] = LADDER

    def __init__(
        self,
        *,
        seed: int = 1,
        speed: float = 1.0,
        rate: float = 200.0,
        started_at: int,
        deduct: str = "match",
        populate: bool = True,
    ) -> None:
        """`speed` is seconds of game time in one of wall time, `rate` the makers' looks a second, `started_at` ns.

        Without `populate` the world is empty, for a state to be put into it.
        """
        self.now = started_at
        self.seed = seed
        self.speed = speed
        self.rate = rate
        self.catalogue = Catalogue()
        self.accounts = Accounts()
        self.agenda = Agenda()
        self.bulletin = Bulletin(started_at)
        self._deduct = deduct
        withdrawals = Withdrawals(self.catalogue, self.accounts, self.bulletin)
        self.makers = Makers(self.bulletin, Random(f"{seed}:makers"))
        self.matcher = Matcher(self.accounts, withdrawals, self.bulletin, self.makers.taken)
        market = (self.catalogue, self.agenda, self.bulletin, self.makers, self.matcher)
        self.settlement = Settlement(self.catalogue, self.accounts, self.agenda, self.bulletin, withdrawals)
        self.world = World(*market, seed=seed, speed=speed)
        self.life = Life(self.world, *market, self.settlement)
        self.engine = Engine(
            self.catalogue,
            self.accounts,
            self.agenda,
            self.bulletin,
            self.matcher,
            withdrawals,
            name=f"{started_at}:{seed}",
        )
        self.looks_from = started_at  # the makers' n-th look is due n / rate seconds after this
        self.looks = 0
        if populate:
            self.world.populate(started_at)
        self._next_look = self._look_time()

    def add_loaded(self, loaded: Loaded) -> None:
        """List loaded events beside the simulated ones; those that are listed already stay as they are.

        Raises LoadError when an id belongs to a simulated event.
        """
        for event_id in loaded.events.keys() & self.world.games.keys():
            raise LoadError(f"Event {event_id} has the id of a simulated event; choose another seed or state.")
        for tournament in loaded.tournaments.values():
            self.catalogue.tournaments.setdefault(tournament.id, tournament)
        for event_id, entry in loaded.events.items():
            if event_id not in self.catalogue.events:
                self.catalogue.add_event(entry.event, entry.books)
                self.bulletin.event("c", entry.event, self.now)
        self.world.reshaped = True

    # accounts

    def open_account(self, *, access_key: str = "", secret_key: str = "", user_id: str, balance: int) -> Account:
        """Without a pair of keys nobody logs in to it."""
        account = Account(user_id, access_key, secret_key, balance, self._deduct)
        return self.accounts.open(account, self.now)

    def account_by_key(self, access_key: str) -> Account | None:
        return self.accounts.by_key.get(access_key)

    def has_account(self, user_id: str) -> bool:
        return user_id in self.accounts.by_id

    def add_pair(self, user_id: str, access_key: str, secret_key: str) -> None:
        """Another pair of keys for the account; raises RefusalError("keypair_num_exceed")."""
        self.accounts.add_pair(user_id, access_key, secret_key)

    def balance(self, user_id: str) -> Balance:
        account = self.accounts.account(user_id)
        return Balance(account.balance, account.matched, account.unmatched, self.now)

    # catalogue

    def tournaments(self) -> list[Tournament]:
        return list(self.catalogue.tournaments.values())

    def has_active_events(self, tournament_id: int) -> bool:
        return any(
            event.status is not EventStatus.FINISHED and event.tournament_id == tournament_id for event in self.catalogue.events.values()
        )

    def events(self, tournament_id: int) -> list[Event]:
        """The tournament's listed events by start; raises RefusalError("data_not_found") where there is no such tournament."""
        if tournament_id not in self.catalogue.tournaments:
            raise RefusalError("data_not_found")
        return self.catalogue.listed(tournament_id)

    def event(self, event_id: int) -> Event | None:
        return self.catalogue.events.get(event_id)

    def markets(self, event_id: int) -> list[Market] | None:
        """None where the event is unknown or has no markets."""
        return self.catalogue.markets.get(event_id) or None

    def levels(self, strike: Strike) -> tuple[tuple[Level, ...], ...]:
        """Per outcome what a taker may have, best price first; empty where nothing."""
        place = self.catalogue.find(strike.outcomes[0].strike_id)
        return place[0].depth() if place else tuple(() for _ in strike.outcomes)

    def find_strike(self, strike_id: str) -> tuple[Market, Strike, Outcome] | None:
        place = self.catalogue.find(strike_id)
        if place is None:
            return None
        book, outcome = place
        return book.market, book.strike, book.strike.outcomes[outcome]

    # orders

    def submit(self, user_id: str, new: NewOrder) -> Order:
        """Take an order in, `inactive`; raises RefusalError."""
        return self.engine.submit(user_id, new, self.now)

    def cancel(self, user_id: str, order_id: str, external_id: str | None) -> Order:
        """End what is open of an order; raises RefusalError."""
        order = self.engine.cancel(user_id, order_id, external_id, self.now)
        self.bulletin.flush(self.now)
        return order

    def cancel_where(
        self, user_id: str, *, event_id: int | None = None, market_id: int | None = None, strike_id: str | None = None
    ) -> list[Order]:
        """End all open orders of the account that fit; raises RefusalError("no_cancellable_orders")."""
        self.accounts.account(user_id)
        fitting = [
            order
            for order in self.accounts.resting[user_id].values()
            if event_id in (None, order.event_id) and market_id in (None, order.market_id) and strike_id in (None, order.strike_id)
        ]
        taken = self.engine.cancel_all(fitting, self.now)
        self.bulletin.flush(self.now)
        return taken

    def order(self, user_id: str, order_id: str) -> Order | None:
        order = self.accounts.orders.get(order_id)
        return order if order is not None and order.user_id == user_id else None

    def orders(self, user_id: str) -> Sequence[Order]:
        """Everything ever placed, oldest first."""
        return self.accounts.orders_of.get(user_id, [])

    def fills(self, user_id: str) -> Sequence[Fill]:
        return self.accounts.fills_of.get(user_id, [])

    def transactions(self, user_id: str) -> Sequence[Transaction]:
        return self.accounts.transactions_of.get(user_id, [])

    # time

    def advance(self, now: int) -> list[Change]:
        """Run everything due up to `now` and return what is to be announced, in order."""
        while True:
            due = self.agenda.next_at()
            if min(due, self._next_look) > now:
                break
            if due <= self._next_look:
                self._act(*self.agenda.take())
            else:
                self._look()
        self.now = max(self.now, now)
        return self.bulletin.take()

    def skip(self, gap: int) -> None:
        """`gap` ns have passed in which nobody ran the exchange (the computer slept): for its world they do not exist."""
        self.agenda.restore(self.agenda.entries(), gap)
        for event_id, game in self.world.games.items():
            game.start += gap
            game.suspended_at += gap
            self.catalogue.events[event_id].scheduled += gap
            self.makers.delay(self.catalogue.books[event_id], gap)
        self.resume(self.looks_from + gap, self.looks)
        self.now += gap

    def resume(self, looks_from: int, looks: int) -> None:
        """Go on with the makers' looks where a saved exchange stopped."""
        self.looks_from, self.looks = looks_from, looks
        self._next_look = self._look_time()

    def _look(self) -> None:
        """The makers look at one book; just this book is announced, unless they met users' orders."""
        at = self._next_look
        self.looks += 1
        self._next_look = self._look_time()
        book = self.world.pool.pick(self.makers.rng)
        if book is not None:
            self.makers.tick(book, self.world.games[book.strike.event_id], self.matcher, at)
            self.bulletin.touch(book)
            self.bulletin.flush(at)

    def _look_time(self) -> int:
        if self.rate <= 0:
            return NEVER
        return self.looks_from + int((self.looks + 1) * SECOND / self.rate)

    def _act(self, at: int, action: Action) -> None:
        match action:
            case Activate(order_id):
                self.engine.activate(order_id, at)
            case Expire(order_id):
                self.engine.expire(order_id, at)
            case Close(order_id):
                self.settlement.close(order_id, at)
            case GoLive(event_id):
                self.life.go_live(event_id, at)
            case Score(event_id, index):
                self.life.score(event_id, index, at)
            case Resume(event_id):
                self.life.resume(event_id, at)
            case PeriodEnd(event_id, period):
                self.life.end_period(event_id, period, at)
            case Finish(event_id):
                self.life.finish(event_id, at)
            case Unlist(event_id):
                self.life.unlist(event_id, at)
        self.bulletin.flush(at)
