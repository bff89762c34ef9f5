"""The CS2 bot league behind one face: a function of seed, speed, start and time; no IO and no clock of its own.

Before its start the league has lived already: two seasons are over, the third runs, and matches are LIVE from the first instant.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from heapq import heappop, heappush

from app.practice.clock import SECOND
from app.practice.cs2.course import score_of
from app.practice.cs2.fixtures import SEASON_MATCHES
from app.practice.cs2.game import CALM, Game
from app.practice.cs2.model import Happened, Kind, Market, MatchState, Point, Priced, Queued, RoundState, Row, Season, Status
from app.practice.cs2.plan import Plan, Planner
from app.practice.cs2.seasons import Seasons, name_of
from app.practice.cs2.tape import Ledger, Tape
from app.practice.cs2.telling import closed, listed, replayed

AHEAD = 3  # matches that are created but not LIVE
QUEUE = 8
FIRST_QUEUE_ID = 1_000
LISTED = 400  # matches that are over
KEPT_TAPES = 32
KEPT_STARTS = 32
REPLAYED = 8
PAST = 2 * SEASON_MATCHES + 26  # matches over before the start, at least
LOOKED_AT = 8  # matches among which the first instant is sought
WANTED_ROUNDS = 6
BACK = 2  # matches lived through before the one that is LIVE at the start


class League:
    """Times that come out are ns of the wall, of sleep too; inside, `at` is ns of the league, which stands still in its sleep."""

    def __init__(self, *, seed: int, speed: float, started_at: int) -> None:
        """`speed` is seconds of game time in one of wall time, `started_at` ns."""
        self.now = started_at
        self._seed, self._speed, self._started_at = seed, speed, started_at
        self._slept = 0
        self._planner = Planner(seed)
        self._plans: list[Plan] = []  # of matches that are still to be created, in order
        self._live_at: dict[int, float] = {}  # of the newest matches
        self._seasons = Seasons()
        self._ledger = Ledger()
        self._games: dict[int, Game] = {}  # created and not finished, by index
        self._over: dict[int, MatchState] = {}
        self._tapes: dict[int, Tape] = {}
        self._replayed: dict[int, tuple[RoundState, ...]] = {}
        self._queue: deque[tuple[int, int]] = deque()  # index, queued at (wall)
        self._due: list[tuple[int, int]] = []  # when, index of the match: a game's step, or the creation
        self._origin = 0.0
        self._live_through(self._look_back())

    # time

    def advance(self, now: int) -> list[Happened]:
        """Live up to `now`; what happened since, in order."""
        happened: list[Happened] = []
        until = now - self._slept
        while self._due[0][0] <= until:
            self._step(happened)
        self.now = max(self.now, now)
        return happened

    def skip(self, span: int) -> None:
        """`span` ns have passed in which nobody ran the league (the computer slept): for it they do not exist."""
        self._slept += span
        self.now += span

    # what the feed tells

    @property
    def seasons(self) -> Sequence[Season]:
        """Newest first."""
        return self._seasons.listed()

    def matches(self) -> Sequence[MatchState]:
        """Newest first; of those that are over the last LISTED."""
        running = [self._state(game) for game in reversed(self._games.values())]
        return sorted([*running, *self._over.values()], key=lambda match: -match.id)

    def match(self, match_id: int) -> MatchState | None:
        game = self._games.get(match_id - 1)
        return self._over.get(match_id - 1) if game is None else self._state(game)

    def rounds(self, match_id: int) -> Sequence[RoundState]:
        """Those begun, in the order of play; empty for an unknown match."""
        index = match_id - 1
        if index in self._games:
            return self._games[index].all_rounds()
        return self._rounds_over(index) if index in self._over else ()

    def queue(self) -> Sequence[Queued]:
        """Next first."""
        return tuple([self._queued(index, at) for index, at in self._queue])

    def odds(self, match_id: int) -> Sequence[Priced]:
        """The newest of each market, in the order of the markets; empty for an unknown match."""
        tape = self._tape(match_id)
        if tape is not None:
            return tuple([tape.newest[market] for market in Market])
        over = self._over.get(match_id - 1)
        return () if over is None else closed(over)

    def history(self, match_id: int, market: str, round_number: int | None) -> Sequence[Point]:
        """By time; empty where nothing was priced, and for matches that are long over. Raises ValueError for an unknown market."""
        asked = Market(market)
        tape = self._tape(match_id)
        return () if tape is None else tape.points(asked, round_number)

    def changed_since(self, since: int | None) -> Sequence[tuple[int, Priced]]:
        """Every snapshot written after `since` (of the last ten minutes), oldest first, with its match's id.

        None: the newest of each market of the matches that are not over.
        """
        if since is not None:
            return self._ledger.since(since)
        newest = [(game.match_id, priced) for game in self._games.values() for priced in game.tape.newest.values()]
        return sorted(newest, key=lambda entry: entry[1].updated_at)

    def standings(self, season_id: int) -> Sequence[Row]:
        return self._seasons.standings(season_id)

    # life before the start

    def _look_back(self) -> int:
        """Plan the past, choose the first instant in it, and give the index of the first match to live through."""
        for index in range(PAST):
            self._plan(index, in_detail=False, has_break=index in (SEASON_MATCHES, 2 * SEASON_MATCHES))
        for index in range(PAST, PAST + LOOKED_AT + 1):
            self._plan(index)
        live = max(range(PAST + BACK, PAST + LOOKED_AT), key=self._worth)
        self._origin = self._first_instant(live)
        first = live - BACK
        for plan in self._plans[:first]:
            self._over_already(plan)
        del self._plans[:first]
        return first

    def _first_instant(self, index: int) -> float:
        """When the match is LIVE and the next one is warming up."""
        following = self._plans[index + 1]
        return following.live_at - 0.4 * (following.live_at - following.warmup_at)

    def _worth(self, index: int) -> tuple[bool, bool, int]:
        """How good a first instant it is in this match: several rounds in, best beside another that is LIVE; the earlier the better."""
        at = self._first_instant(index)
        is_well_in = self._plans[index].rounds_begun(at) >= WANTED_ROUNDS
        return is_well_in, self._plans[index - 1].end_at > at, -index

    def _over_already(self, plan: Plan) -> None:
        """Finished, told of as such and never lived through."""
        fixture, score = plan.course.fixture, score_of(plan.course.turns)
        self._seasons.create(fixture.season, self._to_ns(plan.live_at - 3600.0))
        self._seasons.count(fixture.season, fixture.team_1, fixture.team_2, score)
        begun, ended = self._to_ns(plan.live_at), self._to_ns(plan.end_at)
        self._over[fixture.index] = listed(plan.course, Status.FINISHED, score, begun, ended)

    def _live_through(self, first: int) -> None:
        for index in range(first, first + QUEUE):
            self._enqueue(index, self._to_ns(self._live_at[index - AHEAD - QUEUE]))
        heappush(self._due, (self._to_ns(self._live_at[first - AHEAD]), first))
        self.advance(self._started_at)
        self._ledger.trim(self._started_at)

    # life

    def _step(self, happened: list[Happened]) -> None:
        at, index = heappop(self._due)
        stamp = at + self._slept
        game = self._games.get(index)
        if game is None:
            happened += self._create(index, at, stamp)
            return
        kinds = game.step(at, stamp, CALM if at < self._started_at else 1.0)
        happened += [Happened(kind, game.match_id, stamp) for kind in kinds]
        if game.status is Status.FINISHED:
            self._finish(game)
        else:
            heappush(self._due, (game.due_at, index))

    def _create(self, index: int, at: int, stamp: int) -> list[Happened]:
        """The head of the queue gets its number; the next creation is noted, and the queue grows at its end."""
        self._queue.popleft()
        while self._plans[-1].course.fixture.index < index + 1:
            self._plan(self._plans[-1].course.fixture.index + 1)
        plan = self._plans.pop(0)
        game = self._games[index] = Game(plan, self._seed, self._ledger, self._to_ns, at, stamp)
        heappush(self._due, (game.due_at, index))
        self._enqueue(index + QUEUE, stamp)
        heappush(self._due, (max(at, self._to_ns(self._live_at[index + 1 - AHEAD])), index + 1))
        return [Happened(Kind.MATCH_CREATED, game.match_id, stamp), Happened(Kind.ODDS_UPDATED, game.match_id, stamp)]

    def _finish(self, game: Game) -> None:
        index, fixture = game.match_id - 1, game.plan.course.fixture
        self._over[index] = self._state(self._games.pop(index))
        self._tapes[index] = game.tape
        self._seasons.count(fixture.season, fixture.team_1, fixture.team_2, game.score)
        while len(self._tapes) > KEPT_TAPES:
            del self._tapes[next(iter(self._tapes))]
        while len(self._over) > LISTED:
            del self._over[min(self._over)]

    def _plan(self, index: int, *, in_detail: bool = True, has_break: bool = False) -> None:
        plan = self._planner.plan(index, in_detail=in_detail, has_break=has_break)
        self._plans.append(plan)
        self._live_at[index] = plan.live_at
        self._live_at.pop(index - KEPT_STARTS, None)

    def _enqueue(self, index: int, stamp: int) -> None:
        self._queue.append((index, stamp))
        self._seasons.create(self._planner.fixtures.of(index).season, stamp)

    def _queued(self, index: int, at: int) -> Queued:
        fixture = self._planner.fixtures.of(index)
        return Queued(
            queue_id=FIRST_QUEUE_ID + index,
            unique_id=self._planner.unique_id(index),
            queued_at=at,
            season_id=fixture.season + 1,
            season_name=name_of(fixture.season),
            team_1=fixture.team_1,
            team_2=fixture.team_2,
            status="QUEUED",
        )

    def _state(self, game: Game) -> MatchState:
        return game.state(self._to_ns(game.plan.live_at) + self._slept)

    def _tape(self, match_id: int) -> Tape | None:
        game = self._games.get(match_id - 1)
        return self._tapes.get(match_id - 1) if game is None else game.tape

    def _rounds_over(self, index: int) -> tuple[RoundState, ...]:
        """Worked out when asked for; the last few are remembered."""
        if index not in self._replayed:
            self._replayed[index] = replayed(self._planner, index)
        while len(self._replayed) > REPLAYED:
            del self._replayed[next(iter(self._replayed))]
        return self._replayed[index]

    def _to_ns(self, seconds: float) -> int:
        """Game time on the league's clock."""
        return self._started_at + int((seconds - self._origin) * SECOND / self._speed)
