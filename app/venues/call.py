"""A request as a value: what is sent, without sending it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import msgspec

from app.domain.link import Rank
from app.venues.http import NO_PARAMS


class Call(msgspec.Struct, frozen=True):
    """`is_query`: the venue answers this path once a second. `rank`: who goes before whom, and how much of the budget it may use."""

    method: Literal["GET", "POST", "DELETE"]
    path: str
    params: Mapping[str, str] = NO_PARAMS
    body: bytes | None = None
    is_query: bool = False
    rank: Rank = Rank.ROUTINE
    deadline: float | None = None

    @property
    def is_urgent(self) -> bool:
        """A cancel: it may use what is kept of the budget and of the logins."""
        return self.rank is Rank.CANCEL
