"""What becomes of orders when an event starts, a period ends or the game is over: wiped, voided, paid."""

from __future__ import annotations

from collections.abc import Callable, Container

from app.practice.accounts import Accounts
from app.practice.agenda import Agenda, Close
from app.practice.book import Book
from app.practice.bulletin import Bulletin
from app.practice.catalogue import Catalogue
from app.practice.clock import SECOND
from app.practice.games import Ask, Game, Question
from app.practice.model import Order, OrderStatus, Winning
from app.practice.withdrawals import Withdrawals

PUSH = -1
VOID = -2
PAYMENT_TIME = 1 * SECOND  # from settled to closed


def result(question: Question, game: Game) -> int:
    """The place of the winning outcome, PUSH when the number is met exactly, VOID when there is nothing to decide."""
    if question.ask is Ask.OUTRIGHT:
        return max(range(len(game.field)), key=game.field.__getitem__)
    if question.ask is Ask.FIXED:
        return VOID if question.answer is None else _side(question.answer - question.number)
    home, away = game.score_of(question.period)
    if question.ask is Ask.THREE_WAY:
        return (2, 1, 0)[1 + (home > away) - (home < away)]
    beyond = {
        Ask.MARGIN: home - away + question.number,
        Ask.TOTAL: home + away - question.number,
        Ask.HOME: home - question.number,
        Ask.AWAY: away - question.number,
    }
    return _side(beyond[question.ask])


def _side(beyond: float) -> int:
    if beyond == 0:
        return PUSH
    return 0 if beyond > 0 else 1


class Settlement:
    """Ends orders of an event, in the order they were placed."""

    def __init__(
        self,
        catalogue: Catalogue,
        accounts: Accounts,
        agenda: Agenda,
        bulletin: Bulletin,
        withdrawals: Withdrawals,
    ) -> None:
        self._catalogue = catalogue
        self._accounts = accounts
        self._agenda = agenda
        self._bulletin = bulletin
        self._withdrawals = withdrawals

    def wipe(self, event_id: int, now: int) -> None:
        """The event goes live: what has not matched leaves the book."""
        for order in list(self._accounts.unsettled.get(event_id, {}).values()):
            if order.open_quantity:
                self._withdrawals.withdraw(order, OrderStatus.WIPED, now)

    def void(self, event_id: int, books: Container[Book], now: int) -> None:
        """These books will never have a result: stakes go back."""
        self._each(event_id, books, lambda order, book, place: self._void(order, now))

    def settle(self, event_id: int, books: Container[Book], game: Game, now: int) -> None:
        """Pay these books of an event by its game's results."""

        def pay(order: Order, book: Book, place: int) -> None:
            if book.question is not None:
                self._pay(order, place, result(book.question, game), now)

        self._each(event_id, books, pay)

    def close(self, order_id: str, now: int) -> None:
        """A settled order's payment is done."""
        order = self._accounts.orders[order_id]
        if order.status is OrderStatus.SETTLED:
            self._end(order, OrderStatus.CLOSED, now)

    def _each(self, event_id: int, books: Container[Book], do: Callable[[Order, Book, int], None]) -> None:
        for order in list(self._accounts.unsettled.get(event_id, {}).values()):
            place = self._catalogue.find(order.strike_id)
            if place is not None and place[0] in books and order.status is not OrderStatus.SETTLED:
                do(order, *place)

    def _void(self, order: Order, now: int) -> None:
        if order.open_quantity:
            self._withdrawals.withdraw(order, OrderStatus.VOID, now)
        if order.filled:
            self._accounts.pay(order, "VOID", 0, now)
            order.settled_at = now
            order.winning = Winning.NO_RESULT
            self._end(order, OrderStatus.VOID, now)

    def _pay(self, order: Order, place: int, won: int, now: int) -> None:
        if won == VOID:
            self._void(order, now)
            return
        if order.open_quantity:
            self._withdrawals.withdraw(order, OrderStatus.CANCELED, now)
        if not order.filled:
            return
        order.settled_at = now
        if won == PUSH:
            self._return(order, now)
        elif won == place:
            self._win(order, now)
        else:
            self._lose(order, now)

    def _win(self, order: Order, now: int) -> None:
        order.winning = Winning.PROFIT
        order.profit_settled = order.win
        self._accounts.pay(order, "PAY", order.win, now)
        self._end(order, OrderStatus.SETTLED, now)
        self._agenda.note(now + PAYMENT_TIME, Close(order.id))

    def _return(self, order: Order, now: int) -> None:
        order.winning = Winning.PUSH
        self._accounts.pay(order, "PUSH", 0, now)
        self._end(order, OrderStatus.SETTLED, now)
        self._agenda.note(now + PAYMENT_TIME, Close(order.id))

    def _lose(self, order: Order, now: int) -> None:
        order.winning = Winning.LOSS
        order.profit_settled = -order.filled
        self._accounts.pay(order, "PAY", -order.filled, now)
        self._end(order, OrderStatus.CLOSED, now)

    def _end(self, order: Order, status: OrderStatus, now: int) -> None:
        order.status = status
        self._accounts.mark(order)
        self._bulletin.order_status(order, now)
