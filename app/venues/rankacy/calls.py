"""The requests of Rankacy's feed as values.

What keeps odds fresh is routine; what a person opened goes before it, as each method's default says.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

import msgspec

from app.domain.cs2 import OddsKey, Question
from app.domain.hook_faults import HookFaults
from app.domain.link import Rank
from app.venues.call import Call
from app.venues.rankacy.names import Paths, shape_of

MOST_ROWS = 100  # of a list, by the feed's page
MOST_CHANGES = 1000
FAULTS = "practice-webhooks/faults"  # of the practice exchange only


class Calls:
    """Builds each request from the table of paths."""

    def __init__(self, paths: Paths) -> None:
        self._paths = paths
        self._names = {shape_of(path): name for name, path in msgspec.structs.asdict(paths).items()}

    def name_of(self, call: Call) -> str:
        """What a request is called, whatever the table calls its path and whichever match it asks for."""
        return self._names.get(shape_of(call.path), call.path)

    def ping(self) -> Call:
        return Call("GET", self._paths.ping)

    def markets(self) -> Call:
        return Call("GET", self._paths.markets)

    def seasons(self) -> Call:
        return Call("GET", self._paths.seasons)

    def matches(
        self, status: str, season_id: int | None, updated_since: datetime | None, limit: int, offset: int, rank: Rank = Rank.ROUTINE
    ) -> Call:
        asked = {"status": status, "season_id": season_id, "updated_since": _spelt(updated_since), "limit": limit, "offset": offset}
        return Call("GET", self._paths.matches, _params(asked), rank=rank)

    def upcoming(self, season_id: int | None, limit: int, offset: int, rank: Rank = Rank.ROUTINE) -> Call:
        return Call("GET", self._paths.upcoming, _params({"season_id": season_id, "limit": limit, "offset": offset}), rank=rank)

    def match(self, match_id: int, rank: Rank = Rank.SCREEN) -> Call:
        return Call("GET", self._paths.match.format(id=match_id), rank=rank)

    def odds(self, match_id: int, rank: Rank = Rank.SCREEN) -> Call:
        return Call("GET", self._paths.odds.format(id=match_id), rank=rank)

    def history(self, key: OddsKey, rank: Rank = Rank.SCREEN) -> Call:
        number = None if key.question is Question.MATCH else key.round_number
        asked = _params({"market": key.question.value, "round_number": number})
        return Call("GET", self._paths.history.format(id=key.match_id), asked, rank=rank)

    def changes(self, since: str, limit: int) -> Call:
        return Call("GET", self._paths.changes, _params({"since": since, "limit": limit}))

    def standings(self, season_id: int) -> Call:
        return Call("GET", self._paths.standings.format(id=season_id), rank=Rank.SCREEN)

    def webhooks(self) -> Call:
        return Call("GET", self._paths.webhooks, rank=Rank.SCREEN)

    def register(self, event: str, target_url: str) -> Call:
        body = msgspec.json.encode({"event_type": event, "target_url": target_url})
        return Call("POST", self._paths.webhooks, body=body, rank=Rank.SCREEN)

    def unregister(self, webhook_id: int) -> Call:
        return Call("DELETE", self._paths.webhook.format(id=webhook_id), rank=Rank.SCREEN)

    def faults(self, faults: HookFaults | None) -> Call:
        """As they stand; with `faults`, after these were switched."""
        body = None if faults is None else msgspec.json.encode(faults)
        return Call("GET" if body is None else "POST", FAULTS, body=body, rank=Rank.SCREEN)

    def stream(self) -> Call:
        return Call("GET", self._paths.stream, rank=Rank.SCREEN)


def _params(asked: Mapping[str, object]) -> dict[str, str]:
    """What is asked for; a filter that is none is left out, because the feed refuses an empty one."""
    return {name: str(value) for name, value in asked.items() if value is not None and value != ""}


def _spelt(moment: datetime | None) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ") if moment else ""
