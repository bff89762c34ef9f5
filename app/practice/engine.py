"""The life of an order: taken in, opened after its delay, matched, cancelled, expired; the venue's rules and refusals."""

from __future__ import annotations

import re
from collections.abc import Iterable
from hashlib import sha256
from uuid import UUID

from app.practice.accounts import Accounts
from app.practice.agenda import Activate, Agenda, Expire
from app.practice.book import Book
from app.practice.bulletin import Bulletin
from app.practice.catalogue import Catalogue
from app.practice.clock import MILLISECOND, SECOND
from app.practice.ladder import RUNG, win_of
from app.practice.matching import Matcher
from app.practice.model import EventStatus, Matching, NewOrder, Order, OrderStatus, RefusalError
from app.practice.withdrawals import Withdrawals

ACTIVATION_DELAY = 80 * MILLISECOND
IN_PLAY_DELAY = 5 * SECOND
FIRST_QUEUE = 150 * MILLISECOND  # a newly opened order cannot be cancelled yet
FILL_OR_KILL_LIFE = 2 * SECOND
MIN_QUANTITY = 1_00
MAX_QUANTITY = 100_000_000_00
STRATEGIES = ("", "fillOrKill", "ALO")

_EXTERNAL_ID = re.compile(r"[A-Za-z0-9_-]{1,100}")
_NOT_CANCELLABLE = {
    OrderStatus.INACTIVE: "order_is_placing",
    OrderStatus.INVALID: "order_is_invalid",
    OrderStatus.CANCELED: "order_already_cancelled",
    OrderStatus.WIPED: "order_already_cancelled",
    OrderStatus.VOID: "order_already_cancelled",
}


class Engine:
    """Orders of users. Every method acts at the time it is given; refusals are RefusalError with the venue's code."""

    def __init__(
        self,
        catalogue: Catalogue,
        accounts: Accounts,
        agenda: Agenda,
        bulletin: Bulletin,
        matcher: Matcher,
        withdrawals: Withdrawals,
        *,
        name: str,
    ) -> None:
        """`name` makes this exchange's order ids its own."""
        self._catalogue = catalogue
        self._accounts = accounts
        self._agenda = agenda
        self._bulletin = bulletin
        self._matcher = matcher
        self._withdrawals = withdrawals
        self.name = name

    # submit

    def submit(self, user_id: str, new: NewOrder, now: int) -> Order:
        """Take an order in, still inactive."""
        account = self._accounts.account(user_id)
        self._check_reference(user_id, new.external_id)
        book, outcome = self._place_of(new.strike_id)
        _check_terms(new)
        self._catalogue.check_takes_orders(book)
        self._accounts.check_affords(account, new.quantity)
        order = self._make(user_id, new, book, outcome, now)
        self._accounts.place(order)
        self._bulletin.order_status(order, now)
        self._agenda.note(now + self.delay(book), Activate(order.id))
        return order

    def delay(self, book: Book) -> int:
        """How long a new order on this book stays inactive, ns."""
        live = self._catalogue.events[book.strike.event_id].status is EventStatus.LIVE
        return IN_PLAY_DELAY if live else ACTIVATION_DELAY

    def _check_reference(self, user_id: str, external_id: str) -> None:
        if not _EXTERNAL_ID.fullmatch(external_id):
            raise RefusalError("invalid_external_id")
        if external_id in self._accounts.references[user_id]:
            raise RefusalError("order_external_id_existed")

    def _place_of(self, strike_id: str) -> tuple[Book, int]:
        place = self._catalogue.find(strike_id)
        if place is None:
            raise RefusalError("invalid_strike_id")
        return place

    def _make(self, user_id: str, new: NewOrder, book: Book, outcome: int, now: int) -> Order:
        chosen = book.strike.outcomes[outcome]
        return Order(
            id=self._next_id(),
            external_id=new.external_id,
            user_id=user_id,
            strike_id=new.strike_id,
            event_id=book.strike.event_id,
            market_id=book.strike.market_id,
            outcome_id=chosen.outcome_id,
            strike=chosen.strike,
            price=new.price,
            original_quantity=new.quantity,
            quantity=new.quantity,
            strategy=new.strategy,
            created_at=now,
            updated_at=now,
            external_user_id=new.external_user_id,
            source="omnibus" if new.external_user_id else "trading",
            fills=[],
        )

    def _next_id(self) -> str:
        text = f"{self.name}:{len(self._accounts.orders)}"
        return str(UUID(bytes=sha256(text.encode()).digest()[:16], version=4))

    # activation

    def activate(self, order_id: str, now: int) -> None:
        """The delay is over: check money, event and market again, open the order and match it."""
        order = self._accounts.orders[order_id]
        if order.status is not OrderStatus.INACTIVE:
            return
        place = self._catalogue.find(order.strike_id)
        if place is None or not self._may_open(order, *place):
            self._invalidate(order, now)
            return
        order.status = OrderStatus.OPEN
        order.opened_at = now
        self._accounts.mark(order)
        self._bulletin.order_status(order, now)
        order.priority = order.sequence
        self._match(order, *place, now)

    def _may_open(self, order: Order, book: Book, outcome: int) -> bool:
        try:
            self._catalogue.check_takes_orders(book)
        except RefusalError:
            return False
        account = self._accounts.by_id[order.user_id]
        reserved = order.quantity if account.deduct == "placement" else 0
        if order.quantity > self._accounts.free(account) + reserved:
            return False
        return order.strategy != "ALO" or not self._matcher.would_take(order, book, outcome)

    def _invalidate(self, order: Order, now: int) -> None:
        self._accounts.release(order, order.quantity)
        order.status = OrderStatus.INVALID
        self._accounts.mark(order)
        self._bulletin.order_status(order, now)

    def _match(self, order: Order, book: Book, outcome: int, now: int) -> None:
        self._matcher.take(order, book, outcome, now)
        if not order.open_quantity:
            return
        if not self._matcher.rest(order, book, outcome):
            self._withdrawals.withdraw(order, OrderStatus.CANCELED, now)
            return
        if order.strategy == "fillOrKill":
            self._agenda.note(now + FILL_OR_KILL_LIFE, Expire(order.id))

    def expire(self, order_id: str, now: int) -> None:
        """A fillOrKill order has had its time."""
        order = self._accounts.orders[order_id]
        if _on_book(order):
            self._withdrawals.withdraw(order, OrderStatus.CANCELED, now)

    # cancel

    def cancel(self, user_id: str, order_id: str, external_id: str | None, now: int) -> Order:
        """End what is open of one order."""
        order = self._accounts.orders.get(order_id)
        if order is None:
            raise RefusalError("invalid_order_id")
        if order.user_id != user_id:
            raise RefusalError("order_not_belongs_to_user")
        if external_id is not None and external_id != order.external_id:
            raise RefusalError("order_not_matching_external_id")
        if not _on_book(order):
            raise RefusalError(_NOT_CANCELLABLE.get(order.status, "order_already_filled"))
        if now < order.opened_at + FIRST_QUEUE:
            raise RefusalError("order_opened_retry")
        self._withdrawals.withdraw(order, OrderStatus.CANCELED, now)
        return order

    def cancel_all(self, orders: Iterable[Order], now: int) -> list[Order]:
        """End all of these that are on the book; raises RefusalError("no_cancellable_orders") when none is."""
        taken = [order for order in orders if _on_book(order)]
        if not taken:
            raise RefusalError("no_cancellable_orders")
        for order in taken:
            self._withdrawals.withdraw(order, OrderStatus.CANCELED, now)
        return taken


def _on_book(order: Order) -> bool:
    return order.status is OrderStatus.OPEN and order.matching is not Matching.FULLY


def _check_terms(new: NewOrder) -> None:
    rung = RUNG.get(new.price)
    if rung is None:
        raise RefusalError("invalid_price")
    if new.quantity > MAX_QUANTITY:
        raise RefusalError("order_quantity_exceeds_max")
    if new.quantity < MIN_QUANTITY:
        raise RefusalError("invalid_quantity")
    if win_of(rung, new.quantity) < 1:
        raise RefusalError("order_invalid_profit")
    if new.strategy not in STRATEGIES:
        raise RefusalError("invalid_param", "order_strategy")
