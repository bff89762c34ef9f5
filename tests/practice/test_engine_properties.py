"""What holds after every step of any course of business: money, prices, priority, books."""

from __future__ import annotations

from contextlib import suppress
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from app.practice.clock import SECOND
from app.practice.ladder import LADDER, LAST, RUNG
from app.practice.model import Order, OrderChange, OrderStatus, RefusalError
from tests.practice.floor import BANKROLL, FULL_TIME, KICK_OFF, Floor, money_of

USERS = ("ann", "bob", "cy")
MARKETS = (219, 219, 219, 219, 223, 301, 12010001, 12010002)
PRICES = st.sampled_from([-25000, -4500, -240, -140, -120, -110, -104, 100, 104, 110, 120, 140, 240, 4500, 25000])

SUBMIT = st.tuples(
    st.just("submit"),
    st.sampled_from(USERS),
    PRICES,
    st.integers(1_00, 400_00),
    st.integers(0, 2),
    st.sampled_from(MARKETS),
    st.sampled_from(["", "", "", "fillOrKill", "ALO"]),
)
OFFER = st.tuples(st.just("offer"), PRICES, st.integers(1, 300_00), st.integers(0, 2), st.sampled_from(MARKETS))
CANCEL = st.tuples(st.just("cancel"), st.integers(0, 30))
WAIT = st.tuples(st.just("wait"), st.sampled_from([0.05, 0.1, 0.3, 2.5]))
LIVE = st.tuples(st.just("live"))
STEPS = st.lists(st.one_of(*[SUBMIT] * 6, *[OFFER] * 2, *[WAIT] * 4, CANCEL, LIVE), min_size=15, max_size=45)


class Business:
    """Drives a floor through steps and checks it after each."""

    def __init__(self, deduct: str) -> None:
        self.floor = Floor(deduct=deduct)
        for user in USERS:
            self.floor.account(user, BANKROLL)
        self.orders: list[Order] = []
        self.filled: dict[str, int] = {}

    def do(self, step: tuple[object, ...]) -> None:
        getattr(self, f"_{step[0]}")(*step[1:])
        self.check()

    def _submit(self, user: str, price: int, quantity: int, outcome: int, market_id: int, strategy: str) -> None:
        place = outcome % len(self.floor.book(market_id).offers)
        with suppress(RefusalError):
            self.orders.append(self.floor.submit(user, price, quantity, place, market_id, strategy))

    def _offer(self, price: int, value: int, outcome: int, market_id: int) -> None:
        book = self.floor.book(market_id)
        place = outcome % len(book.offers)
        crossed = book.backs[place] and book.backs[place][0].rung + LAST - RUNG[price] <= LAST
        if not crossed and book.market.status == "active":
            resting = self.floor.makers_offer(place, price, value, market_id)
            if resting.open == 0:
                book.offers[place].remove(resting)
                book.touch(place)

    def _cancel(self, place: int) -> None:
        if place < len(self.orders):
            with suppress(RefusalError):
                self.floor.cancel(self.orders[place])

    def _wait(self, seconds: float) -> None:
        self.floor.wait(seconds)

    def _live(self) -> None:
        self.floor.wait_until(max(KICK_OFF, self.floor.exchange.now))

    def check(self) -> None:
        assert money_of(self.floor.exchange) == len(USERS) * BANKROLL
        assert not any(book.is_crossed() for book in self.floor.exchange.catalogue.books[501])
        for order in self.orders:
            check_order(order)
            assert order.filled >= self.filled.get(order.id, 0)
            self.filled[order.id] = order.filled
        for user in USERS:
            self._check_account(user)

    def _check_account(self, user: str) -> None:
        exchange = self.floor.exchange
        account = exchange.accounts.by_id[user]
        mine = [order for order in self.orders if order.user_id == user]
        at_risk = [order for order in mine if order.winning == "tbd" and order.status == "open"]
        assert account.matched == sum(order.filled for order in at_risk)
        assert account.unmatched == sum(order.open_quantity for order in mine)
        assert 0 <= account.matched <= account.balance
        lines = exchange.transactions(user)
        assert sum(line.amount for line in lines) == account.balance - account.matched == lines[-1].balance


def check_order(order: Order) -> None:
    """Never more than asked for, never at a worse price, and its sums are those of its fills."""
    assert 0 <= order.filled <= order.quantity <= order.original_quantity
    assert order.filled == sum(fill.stake for fill in order.fills)
    assert order.win == sum(fill.win for fill in order.fills)
    for fill in order.fills:
        assert fill.stake > 0
        assert fill.win > 0
        assert RUNG[fill.price] >= RUNG[order.price]
    exact = sum((fill.stake * _wins(fill.price) for fill in order.fills), Fraction(0))
    # What is left of the resting side is rounded before and after a fill, half a cent each time on either side:
    # a cent of stake and a cent won.
    assert abs(Fraction(order.win) - exact) <= sum(1 + _wins(fill.price) for fill in order.fills)


def _wins(price: int) -> Fraction:
    return Fraction(price, 100) if price > 0 else Fraction(100, -price)


@settings(max_examples=120, deadline=None)
@given(STEPS, st.sampled_from(["match", "match", "placement"]))
def test_money_prices_and_books_hold_through_any_business(steps: list[tuple[object, ...]], deduct: str) -> None:
    business = Business(deduct)

    for step in steps:
        business.do(step)
    business.floor.wait_until(FULL_TIME + 5 * SECOND)
    business.check()

    accounts = business.floor.exchange.accounts
    assert all(account.matched == account.unmatched == 0 for account in accounts.by_id.values())
    assert not any(order.status in (OrderStatus.OPEN, OrderStatus.INACTIVE) for order in business.orders)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from([-120, -118, 100, 104, 120]), st.integers(1_00, 90_00)), min_size=2, max_size=8))
def test_price_comes_before_time_and_time_before_the_rest(resting: list[tuple[int, int]]) -> None:
    floor = Floor()
    floor.account("ann", 10 * BANKROLL)
    floor.account("bob", 10 * BANKROLL)
    backs = [floor.place("ann", price, quantity, outcome=1) for price, quantity in resting]
    floor.place("bob", LADDER[LAST - RUNG[120]], 150_00)

    queue = sorted(backs, key=lambda order: (RUNG[order.price], order.priority))
    touched = [order.filled > 0 for order in queue]
    finished = [order.matching == "fully_matched" for order in queue]
    assert touched == sorted(touched, reverse=True)
    assert sum(touched) - sum(finished) <= 1


@settings(max_examples=60, deadline=None)
@given(STEPS)
def test_an_orders_announced_fills_never_shrink(steps: list[tuple[object, ...]]) -> None:
    business = Business("match")
    for step in steps:
        business.do(step)
    business.floor.wait_until(FULL_TIME + 5 * SECOND)

    told: dict[str, list[int]] = {}
    for change in business.floor.heard:
        if isinstance(change, OrderChange):
            told.setdefault(change.order.id, []).append(change.order.filled)
    assert all(filled == sorted(filled) for filled in told.values())
