"""One account's request budget is one, however many parts of a program speak for it: its window, a proof run, a twin profile."""

from __future__ import annotations

import asyncio
import time
import weakref
from collections.abc import Awaitable, Callable

import msgspec

from app.domain.secret import Secret
from app.venues.hosts import Address
from app.venues.limits import Budget


class _Share(msgspec.Struct, frozen=True):
    address: Address
    account: Secret | str
    budget: weakref.ref[Budget]


class Budgets:
    """A program's. A budget lives as long as somebody uses it, and so does what is kept of the account it belongs to."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        self._clock = clock
        self._sleep = sleep
        self._shares: list[_Share] = []

    def of(self, address: Address, account: Secret | str) -> Budget:
        """`account` is what tells the venue whose request it is."""
        self._shares = [share for share in self._shares if share.budget() is not None]
        for share in self._shares:
            if share.address == address and share.account == account and (budget := share.budget()) is not None:
                return budget
        budget = Budget(self._clock, self._sleep)
        self._shares.append(_Share(address, account, weakref.ref(budget)))
        return budget
