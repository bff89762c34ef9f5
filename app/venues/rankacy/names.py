"""Where each call of Rankacy's feed lives (its page, v1)."""

from __future__ import annotations

import msgspec


class Paths(msgspec.Struct, frozen=True):
    """Paths below the host. A match's own odds and their history are `{matches}/{id}/odds` and `…/odds/history`."""

    ping: str = "api/b2b/ping"
    markets: str = "api/b2b/markets"
    matches: str = "api/b2b/matches"
    upcoming: str = "api/b2b/matches/upcoming"
    changes: str = "api/b2b/odds/changes"
    stream: str = "api/b2b/stream"
    seasons: str = "api/b2b/seasons"
    webhooks: str = "api/b2b/webhooks"


FEED = Paths()
