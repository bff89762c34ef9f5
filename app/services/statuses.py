"""What the stream said of markets' statuses of late: a reading that was asked for before does not know it yet."""

from __future__ import annotations

from collections import OrderedDict
from typing import NamedTuple

import msgspec

from app.domain.events import MarketsSeeded, MarketStatusChanged
from app.domain.market import MarketGroup
from app.services.ports import Monotonic
from app.services.shelf import with_status

KEPT = 300.0  # seconds: no reading is on its way for longer


class _Told(NamedTuple):
    status: str
    at: float


class Statuses:
    """By event and market id, the newest word and when it came (monotonic seconds)."""

    def __init__(self, clock: Monotonic) -> None:
        self._clock = clock
        self._told: OrderedDict[tuple[int, int], _Told] = OrderedDict()

    def __len__(self) -> int:
        return len(self._told)

    def note(self, told: MarketStatusChanged) -> None:
        """A market's status is another one since now; what is too old to matter goes."""
        now = self._clock()
        self._told.pop((told.event_id, told.market_id), None)
        self._told[told.event_id, told.market_id] = _Told(told.status, now)
        while now - next(iter(self._told.values())).at > KEPT:
            self._told.popitem(last=False)

    def over(self, seeded: MarketsSeeded) -> MarketsSeeded:
        """A reading with what was said since it was asked for laid over it."""
        groups = tuple(self._newest(group, seeded.asked_at) for group in seeded.groups)
        return msgspec.structs.replace(seeded, groups=groups)

    def _newest(self, group: MarketGroup, asked_at: float) -> MarketGroup:
        told = self._told.get((group.event_id, group.id))
        return with_status(group, told.status) if told is not None and told.at >= asked_at else group
