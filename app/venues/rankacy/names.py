"""Where each call of Rankacy's feed lives (its page, v1)."""

from __future__ import annotations

import re

import msgspec

_NUMBER = re.compile(r"(?<=/)\d+(?=/|$)")
_PLACE = re.compile(r"\{\w+\}")


class Paths(msgspec.Struct, frozen=True):
    """Paths below the host; `{id}` stands for a match's or a season's number."""

    ping: str = "api/b2b/ping"
    markets: str = "api/b2b/markets"
    matches: str = "api/b2b/matches"
    upcoming: str = "api/b2b/matches/upcoming"
    match: str = "api/b2b/matches/{id}"
    odds: str = "api/b2b/matches/{id}/odds"
    history: str = "api/b2b/matches/{id}/odds/history"
    changes: str = "api/b2b/odds/changes"
    stream: str = "api/b2b/stream"
    seasons: str = "api/b2b/seasons"
    standings: str = "api/b2b/seasons/{id}/standings"
    webhooks: str = "api/b2b/webhooks"
    webhook: str = "api/b2b/webhooks/{id}"


FEED = Paths()


def shape_of(path: str) -> str:
    """A path with `#` for each number in it, or for where one goes."""
    return _NUMBER.sub("#", _PLACE.sub("#", path))
