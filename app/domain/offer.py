"""What a venue offers beyond reading markets and placing, cancelling and listing orders."""

from __future__ import annotations

from enum import StrEnum


class Offer(StrEnum):
    """A group of calls that not every venue has. Without it they are not made, and what they are for is done another way or not shown.

    CANCEL_ALL: taking everything, an event's or a market's orders off the book in one call. SEARCH: finding markets and players by name.
    STRIKES: what a selection id belongs to. MATCHES: what an order was matched at. MONEY: lists of trades and transactions.
    USERS: every order is placed for an external user of the account, by whom the record can be asked.
    """

    CANCEL_ALL = "cancel all"
    SEARCH = "search"
    STRIKES = "strikes"
    MATCHES = "matches"
    MONEY = "money"
    USERS = "users"


EVERYTHING = frozenset(Offer)
