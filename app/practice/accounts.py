"""Accounts, their orders and their money: who may stake what, what is reserved, and a statement of every cent moved.

`balance` is cash and moves at settlement; `matched` and `unmatched` say how much of it is at risk and how much is asked for. The
statement runs on cash without matched stakes: a TRADE takes the stake out, a PAY brings stake and winnings, so its running sum
is always balance - matched. The makers' side of every match is kept in `makers`, so that all cents of the exchange add up.
"""

from __future__ import annotations

from app.practice.model import Account, Fill, Order, OrderStatus, RefusalError, Transaction

UNMATCHED_LIMIT = 10  # times the cash, over all resting orders
MOST_PAIRS = 20  # of keys, for one account (contract 5.4)

_FINAL = {
    OrderStatus.INVALID,
    OrderStatus.CANCELED,
    OrderStatus.WIPED,
    OrderStatus.VOID,
    OrderStatus.CLOSED,
    OrderStatus.MANUALLY_SETTLED,
}


class Accounts:
    """All accounts of an exchange. Amounts are cents."""

    def __init__(self) -> None:
        self.makers = 0  # what the makers have won (or lost) on settled matches
        self.by_id: dict[str, Account] = {}
        self.by_key: dict[str, Account] = {}
        self.orders: dict[str, Order] = {}
        self.orders_of: dict[str, list[Order]] = {}
        self.references: dict[str, set[str]] = {}
        self.fills_of: dict[str, list[Fill]] = {}
        self.transactions_of: dict[str, list[Transaction]] = {}
        self.unsettled: dict[int, dict[str, Order]] = {}  # by event, in the order placed: all that may still change
        self.resting: dict[str, dict[str, Order]] = {}  # by user: opened and not fully matched
        self.last_transaction = 0
        self.changed_orders: dict[str, Order] = {}  # since the last save
        self.changed_accounts: dict[str, Account] = {}
        self.new_transactions: list[tuple[str, Transaction]] = []

    def forget_changes(self) -> None:
        """Everything up to now has been saved."""
        self.changed_orders.clear()
        self.changed_accounts.clear()
        self.new_transactions.clear()

    # accounts

    def open(self, account: Account, now: int) -> Account:
        """Add an account; its balance is its first deposit."""
        self.admit(account)
        self._book(account, "DEPOSIT", account.balance, "", now)
        return account

    def admit(self, account: Account) -> None:
        """Add an account as it is, without a deposit."""
        self.by_id[account.user_id] = account
        self.by_key.update(dict.fromkeys(account.pairs, account))
        self.orders_of.setdefault(account.user_id, [])
        self.references.setdefault(account.user_id, set())
        self.fills_of.setdefault(account.user_id, [])
        self.transactions_of.setdefault(account.user_id, [])
        self.resting.setdefault(account.user_id, {})
        self.changed_accounts[account.user_id] = account

    def add_pair(self, user_id: str, access_key: str, secret_key: str) -> None:
        """One more pair that logs in; raises RefusalError("keypair_num_exceed"), or "wallet_not_found" for nobody."""
        account = self.account(user_id)
        if len(account.pairs) >= MOST_PAIRS:
            raise RefusalError("keypair_num_exceed")
        account.further_keys[access_key] = secret_key
        self.by_key[access_key] = account
        self.changed_accounts[user_id] = account

    def account(self, user_id: str) -> Account:
        """Raises RefusalError("wallet_not_found")."""
        found = self.by_id.get(user_id)
        if found is None:
            raise RefusalError("wallet_not_found")
        return found

    def free(self, account: Account) -> int:
        """What a new order may stake."""
        if account.deduct == "placement":
            return account.balance - account.matched - account.unmatched
        return account.balance - account.matched

    def check_affords(self, account: Account, quantity: int) -> None:
        """Raises RefusalError("insufficient_amount") when a new order of `quantity` cents is too much."""
        if quantity > self.free(account):
            raise RefusalError("insufficient_amount")
        if account.unmatched + quantity > UNMATCHED_LIMIT * account.balance:
            raise RefusalError("insufficient_amount", "unmatched orders may be ten times the cash at most")

    # orders

    def place(self, order: Order) -> None:
        """A new order asks for its quantity."""
        self.enter(order)
        self.by_id[order.user_id].unmatched += order.quantity
        self._changed(order)

    def enter(self, order: Order) -> None:
        """Put an order into the indexes; moves no money."""
        self.orders[order.id] = order
        self.orders_of[order.user_id].append(order)
        self.references[order.user_id].add(order.external_id)
        if order.status not in _FINAL:
            self.unsettled.setdefault(order.event_id, {})[order.id] = order
        self.mark(order)

    def mark(self, order: Order) -> None:
        """The order's status or matching has changed: keep the indexes true and remember to save it."""
        resting = self.resting[order.user_id]
        if order.status is OrderStatus.OPEN and order.open_quantity:
            resting[order.id] = order
        else:
            resting.pop(order.id, None)
        if order.status in _FINAL:
            self.unsettled.get(order.event_id, {}).pop(order.id, None)
        self.changed_orders[order.id] = order

    def release(self, order: Order, quantity: int) -> None:
        """`quantity` cents of the order will never match."""
        self.by_id[order.user_id].unmatched -= quantity
        self._changed(order)

    def match(self, order: Order, fill: Fill, now: int) -> None:
        """A fill moves its stake from asked for to at risk."""
        account = self.by_id[order.user_id]
        account.unmatched -= fill.stake
        account.matched += fill.stake
        self.fills_of[order.user_id].append(fill)
        self._book(account, "TRADE", -fill.stake, order.id, now)
        self._changed(order)

    def pay(self, order: Order, kind: str, result: int, now: int) -> None:
        """Settle what is matched of an order. `result` is what it wins (> 0), loses (-stake) or 0 for a returned stake."""
        account = self.by_id[order.user_id]
        account.matched -= order.filled
        account.balance += result
        self.makers -= self._against_makers(order, result)
        if order.filled + result:
            self._book(account, kind, order.filled + result, order.id, now)
        self._changed(order)

    def _against_makers(self, order: Order, result: int) -> int:
        if result == 0:
            return 0
        return sum(fill.win if result > 0 else -fill.stake for fill in order.fills if not fill.against)

    def _book(self, account: Account, kind: str, amount: int, order_id: str, now: int) -> None:
        self.last_transaction += 1
        line = Transaction(self.last_transaction, kind, amount, account.balance - account.matched, order_id, now)
        self.transactions_of[account.user_id].append(line)
        self.new_transactions.append((account.user_id, line))
        self.changed_accounts[account.user_id] = account

    def _changed(self, order: Order) -> None:
        self.changed_orders[order.id] = order
        self.changed_accounts[order.user_id] = self.by_id[order.user_id]
