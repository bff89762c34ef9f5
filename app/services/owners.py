"""Which market a selection belongs to: an order names nothing but the selection, so that two events may not share one."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from app.domain.market import Market, MarketGroup, MarketKey
from app.domain.redact import beginning


class Owners:
    """The first event that names a selection has it. Those that come second are said once."""

    def __init__(self) -> None:
        self._clashes: list[str] = []
        self._market_of: dict[str, MarketKey] = {}

    def claim(self, group: MarketGroup) -> MarketGroup:
        """The group, each market of it locked that names a selection of another event."""
        shared = {market.key: self._flaw_of(market) for market in group.markets}
        if not any(shared.values()):
            return group
        markets = tuple(msgspec.structs.replace(one, flaw=one.flaw or shared[one.key]) for one in group.markets)
        return msgspec.structs.replace(group, markets=markets)

    def give_up(self, markets: Iterable[Market]) -> None:
        """What these have is nobody's."""
        for market in markets:
            for selection in market.selections:
                if self._market_of.get(selection.id) == market.key:
                    del self._market_of[selection.id]

    def take_clashes(self) -> list[str]:
        """What was not told yet."""
        clashes, self._clashes = self._clashes, []
        return clashes

    def _flaw_of(self, market: Market) -> str:
        """Take a market's selections for its own; why it cannot have one of them."""
        for selection in market.selections:
            owner = self._market_of.setdefault(selection.id, market.key)
            if owner.event_id != market.key.event_id:
                flaw = f"the id {beginning(selection.id)} in it is one of another event, {owner.event_id}"
                self._clashes.append(f"market {market.key.market_id} of event {market.key.event_id} is shown and not traded on: {flaw}")
                return flaw
        return ""
