"""Matches: who meets whom at which price, by price and then time, exact in cents.

An order fills at the price of the one that rested, so never worse than its own. A match moves t of the newcomer's cents against m of
the resting ones; the winner takes t + m.
"""

from __future__ import annotations

from collections.abc import Callable

from app.practice.accounts import Accounts
from app.practice.book import MAKERS, Book, Resting
from app.practice.bulletin import Bulletin
from app.practice.ladder import LADDER, LAST, RUNG, crosses, win_of
from app.practice.model import Fill, Matching, Order
from app.practice.withdrawals import Withdrawals

Taken = Callable[[Book, int, int, int, int], None]  # book, outcome, the taker's rung, cents taken, now


class Matcher:
    """Brings newcomers and resting orders together."""

    def __init__(self, accounts: Accounts, withdrawals: Withdrawals, bulletin: Bulletin, taken: Taken) -> None:
        self._accounts = accounts
        self._withdrawals = withdrawals
        self._bulletin = bulletin
        self._taken = taken
        self.last_fill = bulletin.last_sequence // 1_000_000

    def would_take(self, order: Order, book: Book, outcome: int) -> bool:
        offers = book.offers[outcome]
        return bool(offers) and crosses(offers[0].rung, RUNG[order.price])

    def take(self, order: Order, book: Book, outcome: int, now: int) -> None:
        """Match an open order against the offers it crosses; what is left of it stays with the caller."""
        while order.open_quantity and self.would_take(order, book, outcome):
            resting = book.offers[outcome][0]
            stake, against = resting.take(order.open_quantity)
            if against == 0:
                return
            self._meet(order, resting, book, outcome, (stake, against), now)

    def rest(self, order: Order, book: Book, outcome: int) -> bool:
        """Put what is left of an open order on the book; False when it is too little to match a cent."""
        rung = RUNG[order.price]
        worth = win_of(rung, order.open_quantity)
        if worth <= 0 or self.would_take(order, book, outcome):
            return False
        back = Resting(rung, order.priority, order.original_quantity, order.open_quantity, worth, order.updated_at, order.id)
        book.back(outcome, back)
        self._bulletin.touch(book)
        return True

    def offer(self, book: Book, outcome: int, resting: Resting, now: int) -> None:
        """A makers' offer comes to the book: users' backs it crosses are filled first, the rest of it rests."""
        backs = book.backs[outcome]
        while backs and crosses(backs[0].rung, resting.rung):
            if backs[0].order_id == MAKERS:
                backs.pop(0)
                book.touch(outcome)
                continue
            stake, against = backs[0].take(resting.open)
            if against == 0:
                return
            self._makers_take(book, outcome, resting, (stake, against), now)
            if resting.open <= 0:
                return
        resting.worth = win_of(resting.rung, resting.open)
        if resting.worth > 0:
            book.offer(outcome, resting)

    def _meet(self, order: Order, resting: Resting, book: Book, outcome: int, cents: tuple[int, int], now: int) -> None:
        stake, against = cents
        rung = LAST - resting.rung
        fill = self._fill(order, LADDER[rung], stake, against, resting.order_id, now)
        self._shrink(book, outcome, stake, against, now)
        self._bulletin.trade(book, book.strike.outcomes[outcome], order.price, fill, now)
        if resting.order_id == MAKERS:
            self._taken(book, outcome, rung, stake, now)
        else:
            other = self._accounts.orders[resting.order_id]
            self._fill(other, other.price, against, stake, order.id, now)
            self._withdrawals.keep_collateral(other.user_id, now)
        self._withdrawals.keep_collateral(order.user_id, now)

    def _makers_take(self, book: Book, outcome: int, offer: Resting, cents: tuple[int, int], now: int) -> None:
        stake, against = cents
        back = book.backs[outcome][0]
        order = self._accounts.orders[back.order_id]
        fill = self._fill(order, order.price, against, stake, MAKERS, now)
        # seen by all as the makers' bet on the other outcome; where there is none, as the user's own
        seen, limit = (fill, order.price)
        taker = outcome
        if book.is_pair:
            taker, limit = 1 - outcome, LADDER[offer.rung]
            seen = Fill(fill.id, "", LADDER[LAST - back.rung], stake, against, now)
        self._bulletin.trade(book, book.strike.outcomes[taker], limit, seen, now)
        offer.open -= stake
        _use(book.backs[outcome], stake, against, now)
        book.touch(outcome)
        book.strike.filled += stake + against
        self._bulletin.touch(book)
        self._withdrawals.keep_collateral(order.user_id, now)

    def _fill(self, order: Order, price: int, stake: int, win: int, against: str, now: int) -> Fill:
        self.last_fill += 1
        fill = Fill(self.last_fill, order.id, price, stake, win, now, against)
        order.fills.append(fill)
        order.filled += stake
        order.win += win
        order.matching = Matching.FULLY if order.filled >= order.quantity else Matching.PARTIALLY
        self._accounts.match(order, fill, now)
        self._accounts.mark(order)
        self._bulletin.order_fill(order, fill, now)
        return fill

    def _shrink(self, book: Book, outcome: int, stake: int, against: int, now: int) -> None:
        _use(book.offers[outcome], stake, against, now)
        book.touch(outcome)
        book.strike.filled += stake + against
        self._bulletin.touch(book)


def _use(queue: list[Resting], stake: int, against: int, now: int) -> None:
    """The first in the queue has matched `against` of its cents with `stake` of a newcomer's."""
    first = queue[0]
    first.worth -= stake
    first.open -= against
    first.at = now
    if first.worth <= 0 or first.open <= 0:
        queue.pop(0)
