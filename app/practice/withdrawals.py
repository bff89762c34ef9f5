"""Orders that leave the book unfilled, whole or in part, and the collateral rule that makes some of them leave."""

from __future__ import annotations

from app.practice.accounts import Accounts
from app.practice.bulletin import Bulletin
from app.practice.catalogue import Catalogue
from app.practice.model import Account, Matching, Order, OrderStatus


class Withdrawals:
    """The one way off the book for whoever is not fully matched."""

    def __init__(self, catalogue: Catalogue, accounts: Accounts, bulletin: Bulletin) -> None:
        self._catalogue = catalogue
        self._accounts = accounts
        self._bulletin = bulletin

    def withdraw(self, order: Order, status: OrderStatus, now: int) -> None:
        """End what is open of an order: unmatched it gets `status`; with fills it stays open, fully matched, as small as they are.

        That second shape is the venue's own for a partial cancel.
        """
        rest = order.open_quantity
        self._take_off(order)
        if order.filled:
            order.quantity = order.filled
            order.matching = Matching.FULLY
        else:
            order.status = status
        self._accounts.release(order, rest)
        self._accounts.mark(order)
        self._bulletin.order_status(order, now)

    def keep_collateral(self, user_id: str, now: int) -> None:
        """After a fill: cancel the account's resting orders that its free cash no longer covers, each by itself."""
        account = self._accounts.by_id[user_id]
        if account.deduct == "placement":
            return
        for order in self._uncovered(account):
            self.withdraw(order, OrderStatus.CANCELED, now)

    def _uncovered(self, account: Account) -> list[Order]:
        free = self._accounts.free(account)
        return [order for order in self._accounts.resting[account.user_id].values() if order.open_quantity > free]

    def _take_off(self, order: Order) -> None:
        place = self._catalogue.find(order.strike_id)
        if place is None:
            return
        book, outcome = place
        if book.drop(outcome, order.id) is not None:
            self._bulletin.touch(book)
