"""A lookout: a plan that a person made, which waits for one thing and says or does it once. The guards of an account are such, and the
alerts on a league.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any, Final, Generic, TypeVar

import msgspec


class LookoutState(StrEnum):
    """Armed and waiting ones are looked at; the other three are not, whatever happens."""

    ARMED = "Armed"
    WAITING = "Waiting"
    FIRED = "Fired"
    STOPPED = "Stopped"
    EXPIRED = "Expired"


ACTIVE: Final = frozenset({LookoutState.ARMED, LookoutState.WAITING})
DONE: Final = frozenset({LookoutState.FIRED, LookoutState.EXPIRED})
BY_HAND: Final = "stopped by hand"


P = TypeVar("P")


class Lookout(msgspec.Struct, Generic[P], frozen=True):
    """`words` say why it stands so, or what happened; `at` is since when that is so, of one that fired or expired when it did.

    `is_seen`: nobody need be told any more that it fired, or stopped by itself.
    """

    id: int
    plan: P
    created: datetime
    state: LookoutState = LookoutState.STOPPED
    words: str = ""
    at: datetime | None = None
    is_seen: bool = True

    @property
    def is_active(self) -> bool:
        return self.state in ACTIVE


L = TypeVar("L", bound=Lookout[Any])  # a kind of lookout
