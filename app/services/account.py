"""The account's money: the venue's balance, what is free of it, and what today brought."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from app.domain.account import Balance, Deduction, formula, free
from app.domain.errors import UnreadableError
from app.services.blotter import Blotter
from app.services.ports import Now, Signal, TradingVenue


class Account:
    """`balance` is None until the venue has told it; figures are the venue's, never our own sums. `is_answered`: it was asked for."""

    def __init__(self, venue: TradingVenue, blotter: Blotter, rule: Deduction, now: Now) -> None:
        self._venue = venue
        self._blotter = blotter
        self._now = now
        self.rule = rule
        self.balance: Balance | None = None
        self.is_answered = False
        self.changed = Signal()

    async def read(self) -> None:
        """Ask for the balance; VenueError passes through. After an answer that makes no sense it is unknown, not what it was before."""
        try:
            self.balance = await self._venue.balance()
        except UnreadableError:
            self._answered(None)
            raise
        self._answered(self.balance)

    def _answered(self, balance: Balance | None) -> None:
        self.balance, self.is_answered = balance, True
        self.changed()

    @property
    def free(self) -> Decimal | None:
        return free(self.balance, self.rule) if self.balance else None

    @property
    def formula(self) -> str:
        return formula(self.rule)

    @property
    def today(self) -> Decimal:
        """Realised since local midnight, by the venue's settlements."""
        return self._blotter.realised_on(self._now().astimezone().date())


def midnight(now: datetime) -> datetime:
    """The start of the local day in which `now` falls."""
    return now.astimezone().replace(hour=0, minute=0, second=0, microsecond=0)
