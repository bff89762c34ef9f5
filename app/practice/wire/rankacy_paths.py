"""The paths of the Rankacy feed, what each takes and what it answers: one table for routes, faults, reading and `/openapi.json`."""

from __future__ import annotations

from typing import Any, Generic, NamedTuple, TypeVar

from msgspec import Struct

from app.practice.wire import rankacy_shapes as shapes
from app.practice.wire.names import Vocabulary
from app.practice.wire.paths import Row

BASE = "/api/b2b"

Asked = TypeVar("Asked", bound=Struct)


class Endpoint(NamedTuple, Generic[Asked]):
    """`asked` has the parameters, `answer` is the type of a 200."""

    row: Row
    asked: type[Asked]
    answer: Any
    about: str

    @property
    def in_path(self) -> frozenset[str]:
        """The names of the parameters in its path."""
        return frozenset(part[1:-1] for part in self.row.path.split("/") if part.startswith("{"))


def _get(path: str, name: str) -> Row:
    return Row("GET", BASE + path, f"rankacy.{name}", Vocabulary.V4)


PING = Endpoint(_get("/ping", "ping"), shapes.Nothing, shapes.Ping, "Whose key it is, and the time")
MARKETS = Endpoint(_get("/markets", "markets"), shapes.Nothing, list[shapes.Market], "The markets; they never change")
MATCHES = Endpoint(_get("/matches", "matches"), shapes.MatchesAsked, shapes.MatchPage, "Matches, newest first")
UPCOMING = Endpoint(_get("/matches/upcoming", "upcoming"), shapes.UpcomingAsked, shapes.UpcomingPage, "Matches that wait in the queue")
MATCH = Endpoint(_get("/matches/{match_id}", "match"), shapes.MatchAsked, shapes.MatchDetail, "One match with its rounds")
ODDS = Endpoint(_get("/matches/{match_id}/odds", "odds"), shapes.MatchAsked, shapes.MatchOdds, "The newest odds of one match")
HISTORY = Endpoint(
    _get("/matches/{match_id}/odds/history", "history"), shapes.HistoryAsked, shapes.OddsHistory, "All odds there were on one market"
)
CHANGES = Endpoint(_get("/odds/changes", "changes"), shapes.ChangesAsked, shapes.OddsChanges, "Odds written after a time")
STREAM = Endpoint(_get("/stream", "stream"), shapes.Nothing, shapes.StreamConfig, "Where the video is")
SEASONS = Endpoint(_get("/seasons", "seasons"), shapes.Nothing, list[shapes.SeasonSummary], "All seasons")
STANDINGS = Endpoint(_get("/seasons/{season_id}/standings", "standings"), shapes.SeasonAsked, shapes.Standings, "A season's table")

ENDPOINTS: tuple[Endpoint[Any], ...] = (
    PING,
    MARKETS,
    MATCHES,
    UPCOMING,  # before MATCH, which would take its last word for a number
    MATCH,
    ODDS,
    HISTORY,
    CHANGES,
    STREAM,
    SEASONS,
    STANDINGS,
)
"""All of them want the key."""

OPENAPI = Row("GET", "/openapi.json", "rankacy.openapi", Vocabulary.V4)
"""Anybody may read it."""

ROWS: tuple[Row, ...] = (*(endpoint.row for endpoint in ENDPOINTS), OPENAPI)
