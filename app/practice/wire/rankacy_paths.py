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
    """`asked` has the parameters, or of a POST the body; `answer` is the type of a success, `status` its number."""

    row: Row
    asked: type[Asked]
    answer: Any
    about: str
    status: int = 200

    @property
    def has_body(self) -> bool:
        return self.row.method == "POST"

    @property
    def in_path(self) -> frozenset[str]:
        """The names of the parameters in its path."""
        return frozenset(part[1:-1] for part in self.row.path.split("/") if part.startswith("{"))


def _row(path: str, name: str, method: str = "GET") -> Row:
    return Row(method, BASE + path, f"rankacy.{name}", Vocabulary.V4)


PING = Endpoint(_row("/ping", "ping"), shapes.Nothing, shapes.Ping, "Whose key it is, and the time")
MARKETS = Endpoint(_row("/markets", "markets"), shapes.Nothing, list[shapes.Market], "The markets; they never change")
MATCHES = Endpoint(_row("/matches", "matches"), shapes.MatchesAsked, shapes.MatchPage, "Matches, newest first")
UPCOMING = Endpoint(_row("/matches/upcoming", "upcoming"), shapes.UpcomingAsked, shapes.UpcomingPage, "Matches that wait in the queue")
MATCH = Endpoint(_row("/matches/{match_id}", "match"), shapes.MatchAsked, shapes.MatchDetail, "One match with its rounds")
ODDS = Endpoint(_row("/matches/{match_id}/odds", "odds"), shapes.MatchAsked, shapes.MatchOdds, "The newest odds of one match")
HISTORY = Endpoint(
    _row("/matches/{match_id}/odds/history", "history"), shapes.HistoryAsked, shapes.OddsHistory, "All odds there were on one market"
)
CHANGES = Endpoint(_row("/odds/changes", "changes"), shapes.ChangesAsked, shapes.OddsChanges, "Odds written after a time")
STREAM = Endpoint(_row("/stream", "stream"), shapes.Nothing, shapes.StreamConfig, "Where the video is")
SEASONS = Endpoint(_row("/seasons", "seasons"), shapes.Nothing, list[shapes.SeasonSummary], "All seasons")
STANDINGS = Endpoint(_row("/seasons/{season_id}/standings", "standings"), shapes.SeasonAsked, shapes.Standings, "A season's table")
WEBHOOKS = Endpoint(_row("/webhooks", "webhooks"), shapes.Nothing, list[shapes.Webhook], "Your webhooks, without their secrets")
WEBHOOK_ADD = Endpoint(
    _row("/webhooks", "add_webhook", "POST"), shapes.WebhookWanted, shapes.NewWebhook, "Subscribe; tells the secret this once", 201
)
WEBHOOK_REMOVE = Endpoint(_row("/webhooks/{webhook_id}", "remove_webhook", "DELETE"), shapes.WebhookAsked, shapes.Removed, "Unsubscribe")

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
    WEBHOOKS,
    WEBHOOK_ADD,
    WEBHOOK_REMOVE,
)
"""All of them want the key."""

OPENAPI = Row("GET", "/openapi.json", "rankacy.openapi", Vocabulary.V4)
"""Anybody may read it."""

ROWS: tuple[Row, ...] = (*(endpoint.row for endpoint in ENDPOINTS), OPENAPI)
