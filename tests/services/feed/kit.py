"""A feed that answers from memory and can be made to fail, makers of what it tells, and the services built on it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import TypeVar

import msgspec

from app.domain.cs2 import (
    Match,
    MatchDetail,
    OddsHistory,
    OddsKey,
    OddsPoint,
    Question,
    Round,
    RoundEvent,
    Season,
    Side,
    SideOdds,
    Snapshot,
    Standing,
    StreamPlace,
    Team,
    Upcoming,
)
from app.domain.environment import Environment
from app.domain.errors import RefusedError, VenueError
from app.domain.feed import Changes, FeedMarket, MatchOdds, Page, Partner, Standings
from app.domain.feed_alert import FeedAlert
from app.domain.link import Rank
from app.domain.odds import Odds, odds_of
from app.services.feed.desk import FeedDesk, FeedOutside
from app.services.notices import Notices
from app.services.tasks import Tasks
from tests.faults.machine.virtual import VirtualLoop, VirtualTime
from tests.services.fakes import Clock

Row = TypeVar("Row")

VERTEX, NOMADS, GRIT = Team(9, "Vertex"), Team(10, "Nomads"), Team(11, "Grit")
LIVE, OTHER = 42, 43
SEASON = Season(3, "Autumn cup", is_active=True, created_at=datetime(2026, 9, 1, tzinfo=UTC))
EVENING = datetime(2026, 9, 12, 18, tzinfo=UTC)


def price(text: str) -> Odds:
    """Decimal odds: `1.87`."""
    share = Fraction(Decimal(text)) - 1
    return odds_of(share.numerator, share.denominator)


def match(
    match_id: int = LIVE,
    status: str = "LIVE",
    *,
    score: tuple[int, int] | None = (7, 5),
    round_number: int | None = 13,
    teams: tuple[Team, Team] = (VERTEX, NOMADS),
    at: datetime | None = EVENING,
    are_sides_swapped: bool = False,
    **more: object,
) -> Match:
    """Vertex plays CT unless the sides are swapped; sides and a round only where there is a game."""
    is_played = status == "LIVE"
    ct, t = reversed(teams) if are_sides_swapped else teams
    made = Match(
        match_id,
        f"m-{match_id}",
        "de_dust2",
        status,
        teams,
        score if score is None or is_played or status == "FINISHED" else (0, 0),
        ct.id if is_played else None,
        t.id if is_played else None,
        round_number if is_played else None,
        SEASON.id,
        SEASON.name,
        starts_at=EVENING,
        updated_at=at,
    )
    return msgspec.structs.replace(made, **more)


def snapshot(
    match_id: int = LIVE,
    question: Question = Question.MATCH,
    round_number: int | None = None,
    *,
    ct: str = "1.87",
    t: str = "1.92",
    draw: str = "18.00",
    at: datetime | None = EVENING,
    is_available: bool = True,
    are_sides_swapped: bool = False,
    margin: str | None = None,
    teams: tuple[Team, Team] = (VERTEX, NOMADS),
    status: str = "LIVE",
) -> Snapshot:
    """Vertex is CT unless the sides are swapped; `round_number` None for a round means 13."""
    if question is not Question.MATCH and round_number is None:
        round_number = 13
    holders = (teams[1], teams[0]) if are_sides_swapped else teams
    sides = [SideOdds(Side.CT, holders[0].id, price(ct)), SideOdds(Side.T, holders[1].id, price(t))]
    if question is Question.MATCH:
        sides.append(SideOdds(Side.DRAW, None, price(draw)))
    key = OddsKey(match_id, question, round_number)
    return Snapshot(key, is_available, tuple(sides), Decimal(margin) if margin else None, at, status)


def event(
    label: str = "KILL", summary: str = "Ash killed Rook with AK-47", *, category: str = "kill", important: bool = False
) -> RoundEvent:
    return RoundEvent(label, summary, category, "1:12", important)


def rounds(won: tuple[int, int], teams: tuple[Team, Team] = (VERTEX, NOMADS), *, is_playing: bool = True) -> tuple[Round, ...]:
    """The first team won its rounds first; the sides swap after twelve; with `is_playing`, one more is being played."""
    winners: list[int | None] = [teams[0].id] * won[0] + [teams[1].id] * won[1] + ([None] if is_playing else [])
    made = []
    for number, winner in enumerate(winners, start=1):
        ct, t = teams if number <= 12 else (teams[1], teams[0])
        events = (event("ROUND_END", "over", category="winner", important=True), event()) if winner else (event(),)
        made.append(Round(number, ct.id, t.id, winner, "elimination" if winner else "", events))
    return tuple(made)


def detail(of: Match | None = None, won: tuple[Round, ...] | None = None) -> MatchDetail:
    of = of or match()
    won = rounds(of.score or (0, 0), of.teams, is_playing=of.is_live) if won is None else won
    return MatchDetail(of, won, ("MATCH_STARTED", "MATCH_FINISHED"))


def upcoming(queue_id: int = 900, teams: tuple[Team, Team] = (VERTEX, GRIT)) -> Upcoming:
    return Upcoming(queue_id, f"q-{queue_id}", teams, "QUEUED", EVENING, SEASON.id, SEASON.name)


def standings(season: Season = SEASON) -> Standings:
    return Standings(season, (Standing(1, VERTEX, 6, 1, 1, 19), Standing(2, NOMADS, 5, 0, 3, 15)))


class FakeFeed:
    """A FeedVenue. Tests set its rows, `write` odds, put `troubles` in its way (by method, each once), and read its `calls`.

    `pages` are answers of `changes` given instead of what was written. `before`: awaited in each method before it answers, to be late.
    """

    environment = Environment.PRACTICE
    latency: float | None = 0.02
    answered_at: float | None = None
    clock_offset: float | None = 0.0

    def __init__(self, now: Callable[[], datetime]) -> None:
        self.now = now
        self.rows: dict[int, Match] = {}
        self.detailed: dict[int, MatchDetail] = {}
        self.queue: list[Upcoming] = []
        self.season_rows: list[Season] = [SEASON]
        self.tables: dict[int, Standings] = {SEASON.id: standings()}
        self.newest: dict[OddsKey, Snapshot] = {}
        self.written: list[tuple[datetime, Snapshot]] = []
        self.points: dict[OddsKey, OddsHistory] = {}
        self.pages: list[Changes] = []
        self.page_limit = 1000
        self.faults: tuple[str, ...] = ()
        self.troubles: dict[str, list[VenueError]] = {}
        self.always: dict[str, VenueError] = {}
        self.calls: list[tuple[object, ...]] = []
        self.invalidated_by: dict[str, tuple[str, ...]] = {}
        self.place = StreamPlace("overround_practice", "http://127.0.0.1:8700/practice-stream/embed")
        self.before: Callable[[str], Awaitable[None]] | None = None

    # What a test does

    def put(self, *matches: Match) -> None:
        for each in matches:
            self.rows[each.id] = each

    def write(self, *snapshots: Snapshot, at: datetime | None = None) -> None:
        """The venue wrote these odds, now or `at`."""
        for each in snapshots:
            known = self.newest.get(each.key)
            if known is None or known.updated_at is None or (each.updated_at is not None and each.updated_at >= known.updated_at):
                self.newest[each.key] = each
            self.written.append((at or self.now(), each))

    def asked(self, method: str) -> list[tuple[object, ...]]:
        return [call[1:] for call in self.calls if call[0] == method]

    # What the program asks

    async def ping(self) -> Partner:
        await self._note("ping")
        return Partner("Lakeside Books", 3, self.now())

    async def markets(self) -> list[FeedMarket]:
        await self._note("markets")
        return [FeedMarket("MATCH", "Match winner", "Who wins the match", ("CT", "T", "DRAW"))]

    async def seasons(self) -> Page[Season]:
        await self._note("seasons")
        return Page(tuple(self.season_rows), len(self.season_rows))

    async def matches(
        self,
        *,
        status: str = "",
        season_id: int | None = None,
        updated_since: datetime | None = None,
        limit: int = 100,
        offset: int = 0,
        rank: Rank = Rank.ROUTINE,
    ) -> Page[Match]:
        await self._note("matches", status, season_id, updated_since, offset)
        found = [
            each
            for each in self.rows.values()
            if (not status or each.status == status)
            and (season_id is None or each.season_id == season_id)
            and (updated_since is None or each.updated_at is None or each.updated_at > updated_since)
        ]
        return self._page("matches", found, limit, offset)

    async def upcoming(
        self, *, season_id: int | None = None, limit: int = 100, offset: int = 0, rank: Rank = Rank.ROUTINE
    ) -> Page[Upcoming]:
        await self._note("upcoming", season_id, offset)
        return self._page("upcoming", [each for each in self.queue if season_id is None or each.season_id == season_id], limit, offset)

    async def match(self, match_id: int, rank: Rank = Rank.SCREEN) -> MatchDetail:
        await self._note("match", match_id)
        if match_id in self.detailed:
            return self.detailed[match_id]
        if match_id not in self.rows:
            raise RefusedError("Match not found", status=404)
        told = detail(self.rows[match_id])
        return msgspec.structs.replace(told, invalidated_by=self.invalidated_by.get("match", told.invalidated_by))

    async def odds(self, match_id: int, rank: Rank = Rank.SCREEN) -> MatchOdds:
        await self._note("odds", match_id)
        rows = tuple(each for key, each in self.newest.items() if key.match_id == match_id)
        if not rows and match_id not in self.rows:
            raise RefusedError("Match not found", status=404)
        return MatchOdds(match_id, rows, (), ("ODDS_UPDATED",))

    async def history(self, key: OddsKey, rank: Rank = Rank.SCREEN) -> OddsHistory:
        await self._note("history", key)
        return self.points.get(key, OddsHistory(key))

    async def changes(self, since: str = "", limit: int = 1000, overlap: float = 0.0) -> Changes:
        await self._note("changes", since, limit, overlap)
        if self.pages:
            return self.pages.pop(0)
        limit = min(limit, self.page_limit)
        if since:
            begin = datetime.fromisoformat(since) - timedelta(seconds=overlap)
            found = [each for at, each in self.written if at > begin]
        else:
            found = list(self.newest.values())
        told = self.invalidated_by.get("changes", ("ODDS_UPDATED",))
        return Changes(self.now().isoformat(), tuple(found[:limit]), len(found) >= limit, self.faults, told)

    async def standings(self, season_id: int) -> Standings:
        await self._note("standings", season_id)
        if season_id not in self.tables:
            raise RefusedError("Season not found", status=404)
        return self.tables[season_id]

    async def stream(self) -> StreamPlace:
        await self._note("stream")
        return self.place

    async def _note(self, method: str, *arguments: object) -> None:
        self.calls.append((method, *arguments))
        if self.before is not None:
            await self.before(method)
        waiting = self.troubles.get(method)
        if waiting:
            raise waiting.pop(0)
        if method in self.always:
            raise self.always[method]

    def _page(self, method: str, found: Sequence[Row], limit: int, offset: int) -> Page[Row]:
        told = self.invalidated_by.get(method, ("MATCH_CREATED", "MATCH_STARTED", "MATCH_FINISHED"))
        return Page(tuple(found[offset : offset + limit]), len(found), (), told)


def point(number: int, side: Side, odds: str | None, at: datetime) -> OddsPoint:
    return OddsPoint(number, side, price(odds) if odds else None, at, Decimal("0.05"))


async def never(_seconds: float) -> None:
    """A sleep that does not end: what is polled is polled once."""
    await asyncio.Event().wait()


class Feed:
    """All services of one feed account on a fake venue, with clocks moved by hand. Nothing runs until `session.start()`.

    Views are tested on `tell` and `refresh`-like calls of their own; no loop is needed for these.
    """

    def __init__(self, clock: Clock | VirtualTime | None = None, sleep: Callable[[float], Awaitable[None]] = never) -> None:
        self.clock = clock or Clock()
        self.venue = FakeFeed(self.clock.now)
        self.failures: list[BaseException] = []
        self.kept: list[tuple[int, ...]] = []
        self.stars_trouble = ""
        self.alerts_kept: list[tuple[FeedAlert, ...]] = []
        self.alerts_trouble = ""
        self.tasks = Tasks(self.failures.append)
        self.notices = Notices(self.clock.now)
        outside = FeedOutside(
            self.venue,
            self.clock.monotonic,
            self.clock.now,
            Environment.PRACTICE,
            sleep,
            lambda: 0.5,
            keep_stars=self._keep,
            keep_alerts=self._keep_alerts,
        )
        self.desk = FeedDesk(outside, self.notices, self.tasks)
        self.session = self.desk.session
        self.matches, self.board, self.figures = self.session.matches, self.session.board, self.session.figures

    @property
    def words(self) -> list[str]:
        return [notice.words for notice in self.notices.lines]

    def tell(self, *told: Match | MatchDetail | Snapshot, is_complete: bool = True) -> None:
        """As though the feed had just told it, without a venue: what a complete poll vouches for."""
        now = self.clock.monotonic()
        self.matches.hear(each for each in told if isinstance(each, Match))
        for each in told:
            if isinstance(each, MatchDetail):
                self.matches.hear_detail(each)
        if not self.board.has_begun:
            self.board.lost(now)
        self.board.hear([each for each in told if isinstance(each, Snapshot)], now, now, is_complete=is_complete)

    def _keep_alerts(self, alerts: tuple[FeedAlert, ...]) -> str:
        self.alerts_kept.append(alerts)
        return self.alerts_trouble

    def _keep(self, ids: tuple[int, ...]) -> str:
        self.kept.append(ids)
        return self.stars_trouble


def play(scenario: Callable[[Feed], Awaitable[None]], *, seconds: float = 600.0) -> Feed:
    """Let a scenario happen on time that passes by itself; it may take `seconds` of it. Nothing may have failed in the background."""
    time = VirtualTime()
    loop = VirtualLoop(time)
    asyncio.set_event_loop(loop)

    async def run() -> Feed:
        feed = Feed(time, asyncio.sleep)
        try:
            async with asyncio.timeout(seconds):
                await scenario(feed)
        finally:
            await feed.tasks.stop()
        assert feed.failures == []
        return feed

    try:
        return loop.run_until_complete(run())
    finally:
        asyncio.set_event_loop(None)
        loop.close()
