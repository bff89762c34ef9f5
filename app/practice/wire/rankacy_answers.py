"""What the Rankacy feed answers: the practice league in the feed's words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import islice
from typing import Any, Protocol, TypeVar
from urllib.parse import urlencode

import msgspec
from msgspec import UNSET, Struct

from app.practice.clock import MILLISECOND
from app.practice.cs2.model import MatchState, Point, Priced, Queued, RoundState, Season
from app.practice.cs2.model import Row as TableRow
from app.practice.model import RefusalError
from app.practice.webhooks.hooks import Hooks
from app.practice.wire import rankacy_documents as documents
from app.practice.wire import rankacy_paths as paths
from app.practice.wire.rankacy_reading import MICROSECOND, Visit, moment_text, read_asked, read_moment
from app.practice.wire.rankacy_shapes import (
    ChangesAsked,
    HistoryAsked,
    MarketCode,
    MatchAsked,
    MatchDetail,
    MatchesAsked,
    MatchOdds,
    MatchPage,
    Nothing,
    OddsChanges,
    OddsHistory,
    Ping,
    SeasonAsked,
    SeasonSummary,
    Standings,
    StreamConfig,
    UpcomingAsked,
    UpcomingPage,
    WebhookEvent,
)
from app.practice.wire.rankacy_webhooks import Subscriptions
from app.practice.wire.shapes import iso_seconds

PARTNER_ID = 1
PARTNER_NAME = "Practice desk"
CHANNEL = "overround_practice"

OF_A_LIST = [WebhookEvent.MATCH_CREATED, WebhookEvent.MATCH_STARTED, WebhookEvent.MATCH_FINISHED]
OF_THE_QUEUE = [WebhookEvent.MATCH_CREATED]
OF_A_MATCH = [WebhookEvent.MATCH_STARTED, WebhookEvent.MATCH_FINISHED, WebhookEvent.ODDS_UPDATED]
"""The odds move with every round: this event is the only one that tells of the score while a match is played."""
OF_A_SNAPSHOT = [WebhookEvent.ODDS_UPDATED, WebhookEvent.MATCH_FINISHED]
OF_ODDS = [WebhookEvent.ODDS_UPDATED]

NO_MATCH = RefusalError("data_not_found", "Match not found")

Asked = TypeVar("Asked", bound=Struct)
Listed = TypeVar("Listed")
Answer = Struct | Sequence[Struct]


class Source(Protocol):
    """The league as far as the feed tells of it. Times are ns."""

    @property
    def seasons(self) -> Sequence[Season]: ...
    def matches(self) -> Sequence[MatchState]: ...
    def match(self, match_id: int) -> MatchState | None: ...
    def rounds(self, match_id: int) -> Sequence[RoundState]: ...
    def queue(self) -> Sequence[Queued]: ...
    def odds(self, match_id: int) -> Sequence[Priced]: ...
    def history(self, match_id: int, market: str, round_number: int | None) -> Sequence[Point]: ...
    def changed_since(self, since: int | None) -> Sequence[tuple[int, Priced]]: ...
    def standings(self, season_id: int) -> Sequence[TableRow]: ...


class Answers:
    """Every answer is a function of the league and of what is asked; `answer` raises RefusalError."""

    def __init__(self, source: Source, hooks: Hooks) -> None:
        self._source = source
        webhooks = Subscriptions(hooks, PARTNER_ID)
        self._calls = dict(
            (
                _call(paths.PING, self._ping),
                _call(paths.MARKETS, lambda _asked, _visit: documents.MARKETS),
                _call(paths.MATCHES, self._matches),
                _call(paths.UPCOMING, self._upcoming),
                _call(paths.MATCH, self._match),
                _call(paths.ODDS, self._odds),
                _call(paths.HISTORY, self._history),
                _call(paths.CHANGES, self._changes),
                _call(paths.STREAM, self._stream),
                _call(paths.SEASONS, self._seasons),
                _call(paths.STANDINGS, self._standings),
                _call(paths.WEBHOOKS, webhooks.listed),
                _call(paths.WEBHOOK_ADD, webhooks.add),
                _call(paths.WEBHOOK_REMOVE, webhooks.remove),
            )
        )

    def answer(self, name: str, values: Mapping[str, Any], visit: Visit) -> Any:
        """A document: an object or a list of them. `values` has the parameters of the path and of the query, or a body's fields."""
        return msgspec.to_builtins(self._calls[name](values, visit))

    def _ping(self, _asked: Nothing, visit: Visit) -> Ping:
        return Ping("ok", PARTNER_ID, PARTNER_NAME, iso_seconds(visit.now))

    # matches

    def _matches(self, asked: MatchesAsked, _visit: Visit) -> MatchPage:
        since = read_moment(asked.updated_since, "updated_since")
        fitting = [
            match
            for match in self._source.matches()
            if asked.status in (UNSET, match.status)
            and asked.season_id in (UNSET, match.season_id)
            and (since is None or match.updated_at // MICROSECOND > since // MICROSECOND)
        ]
        rows = [documents.summary(match) for match in _page(fitting, asked.limit, asked.offset)]
        return MatchPage(len(fitting), asked.limit, asked.offset, rows, OF_A_LIST)

    def _upcoming(self, asked: UpcomingAsked, _visit: Visit) -> UpcomingPage:
        fitting = [each for each in self._source.queue() if asked.season_id in (UNSET, each.season_id)]
        rows = [documents.upcoming(each) for each in _page(fitting, asked.limit, asked.offset)]
        return UpcomingPage(len(fitting), asked.limit, asked.offset, rows, OF_THE_QUEUE)

    def _match(self, asked: MatchAsked, _visit: Visit) -> MatchDetail:
        match = self._known(asked.match_id)
        return documents.detail(match, self._source.rounds(match.id), OF_A_MATCH)

    def _known(self, match_id: int) -> MatchState:
        match = self._source.match(match_id)
        if match is None:
            raise NO_MATCH
        return match

    # odds

    def _odds(self, asked: MatchAsked, _visit: Visit) -> MatchOdds:
        match = self._known(asked.match_id)
        priced = self._source.odds(match.id)
        newest = max((each.updated_at for each in priced), default=None)
        updated_at = None if newest is None else moment_text(newest)
        return MatchOdds(match.id, updated_at, [documents.market_odds(each) for each in priced], OF_A_SNAPSHOT)

    def _history(self, asked: HistoryAsked, _visit: Visit) -> OddsHistory:
        """The history of a match has no round: one that is asked for is not looked at."""
        number = None if asked.market is MarketCode.MATCH or asked.round_number is UNSET else asked.round_number
        if number is None and asked.market is not MarketCode.MATCH:
            raise RefusalError("invalid_param", f"round_number is missing: the market {asked.market} has one")
        match = self._known(asked.match_id)
        points = [documents.point(each) for each in self._source.history(match.id, asked.market.value, number)]
        return OddsHistory(match.id, asked.market, number, points, OF_ODDS)

    def _changes(self, asked: ChangesAsked, visit: Visit) -> OddsChanges:
        """The oldest `limit` of them, and the time now: where there are more, the newest are lost to whoever goes on from there."""
        since = read_moment(asked.since, "since")
        changed = self._source.changed_since(since)
        known = ((match, priced) for match_id, priced in changed if (match := self._source.match(match_id)) is not None)
        told = [documents.change(match, priced) for match, priced in islice(known, asked.limit)]
        echo = None if since is None else moment_text(since)
        return OddsChanges(echo, moment_text(visit.now // MILLISECOND * MILLISECOND), told, OF_ODDS)

    # the rest

    def _stream(self, _asked: Nothing, visit: Visit) -> StreamConfig:
        query = urlencode({"channel": CHANNEL, "parent": visit.host})
        return StreamConfig(CHANNEL, f"{visit.base}/practice-stream/embed?{query}")

    def _seasons(self, _asked: Nothing, _visit: Visit) -> list[SeasonSummary]:
        return [documents.season(each) for each in self._source.seasons]

    def _standings(self, asked: SeasonAsked, _visit: Visit) -> Standings:
        season = next((each for each in self._source.seasons if each.id == asked.season_id), None)
        if season is None:
            raise RefusalError("data_not_found", "Season not found")
        return Standings(documents.season(season), [documents.standing(each) for each in self._source.standings(season.id)])


Call = Callable[[Mapping[str, Any], Visit], Answer]


def _call(endpoint: paths.Endpoint[Asked], do: Callable[[Asked, Visit], Answer]) -> tuple[str, Call]:
    return endpoint.row.name, lambda values, visit: do(read_asked(values, endpoint.asked), visit)


def _page(rows: Sequence[Listed], limit: int, offset: int) -> Sequence[Listed]:
    return rows[offset : offset + limit]
