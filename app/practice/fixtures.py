"""One fixture: an event with its markets, its game and the question behind every strike, drawn from (seed, event id)."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import blake2b
from random import Random

import msgspec

from app.practice.games import HOLE_DEVIATION, Ask, Game, Question
from app.practice.model import Competitor, Event, EventStatus, Market, Outcome, Strike
from app.practice.props import PROPS, Prop, chance_of_more, draw_count, numbers_around
from app.practice.rules import FULL, RULES, Moment, Rules, draw_script, draw_walk

DID_NOT_PLAY = 0.04
_HOME_EDGE = 0.03  # of the mean
OVER, UNDER, YES, NO, DRAW = 12, 13, 74, 76, 6
HOME_WINS, AWAY_WINS, HOME_COVERS, AWAY_COVERS = 4, 5, 1714, 1715


class League(msgspec.Struct, frozen=True):
    """A row of leagues.toml."""

    id: int
    name: str
    sport_id: int
    sport: str
    category: str
    rules: str
    entrants: str
    fixtures: int
    mean: float
    gap: float
    props: int  # players a side with markets of their own
    live: tuple[float, ...]
    soon: tuple[float, ...]
    category_id: int = 0
    country: str = ""


class Entrant(msgspec.Struct, frozen=True):
    """A team, fighter or golfer who may be drawn into a fixture."""

    id: int
    name: str
    abbreviation: str
    strength: float  # in deviations of its league
    players: tuple[str, ...] = ()


class Asked(msgspec.Struct):
    """A market and the questions of its strikes, in their order."""

    market: Market
    questions: list[Question]


class Fixture(msgspec.Struct):
    event: Event
    game: Game
    asked: list[Asked]


class _Period(msgspec.Struct, frozen=True):
    """How the markets of one period are called and how many strikes they have."""

    first_id: int
    title: str
    prefix: str
    category: str
    strikes: int


_FULL_PERIOD = _Period(219, "", "", "Game Lines", 17)
_PERIODS = {
    FULL: _FULL_PERIOD,
    "first_half": _Period(64, "First Half ", "first_half_", "First Half", 11),
    "first_quarter": _Period(164, "First Quarter ", "first_quarter_", "First Quarter", 7),
    "first_period": _Period(264, "First Period ", "first_period_", "First Period", 5),
    "first_5_innings": _Period(364, "First 5 Innings ", "first_5_innings_", "First 5 Innings", 5),
    "first_set": _Period(464, "First Set ", "first_set_", "First Set", 5),
}
_SPREAD, _TOTAL = (4, 6), (2, 4)  # ids after the moneyline's: 219 -> 223, 225; 64 -> 66, 68
_TEAM_TOTALS = (231, 233)
_FEW_STRIKES = {"baseball": 8, "hockey": 7, "soccer": 8}


def strike_id(event_id: int, market_id: int, number: float, outcome_id: int) -> str:
    """32 hex digits; the same for ever for the same question."""
    text = f"{event_id}:{market_id}:{number:g}:{outcome_id}"
    return blake2b(text.encode(), digest_size=16).hexdigest()


def signed(number: float) -> str:
    return f"{number:+g}" if number else "0"


class Draft:
    """Writes the markets of one event."""

    def __init__(self, event: Event, league: League, game: Game, entrants: tuple[Entrant, ...], rng: Random) -> None:
        self._event = event
        self._league = league
        self._game = game
        self._entrants = entrants
        self._rng = rng
        self._rules: Rules = RULES[league.rules]

    def asked(self) -> list[Asked]:
        if self._game.field:
            return [self._outright(), *self._golfers()]
        asked = list(self._period(FULL, 1.0))
        for name, end in self._rules.periods:
            asked.extend(self._period(name, end))
        if self._league.props:
            asked.extend(self._team_totals())
            asked.extend(self._players())
        return asked

    # the game and its periods

    def _period(self, period: str, end: float) -> Iterator[Asked]:
        shape = _PERIODS[period]
        yield self._moneyline(period, shape)
        if not self._rules.lines:
            yield self._rounds()
            return
        strikes = min(shape.strikes, _FEW_STRIKES.get(self._league.rules, 99))
        home, away = (mean * end for mean in self._game.means)
        steps = _TOTAL if period != FULL else _SPREAD
        spread_id, total_id = shape.first_id + steps[0], shape.first_id + steps[1]
        numbers = _half_steps(away - home, strikes)
        yield self._spread(spread_id, period, shape, numbers)
        unit = f"{shape.title}Total {self._rules.unit}"
        yield self._total((total_id, unit, f"{shape.prefix}total", shape.category), Ask.TOTAL, period, _totals(home + away, strikes))

    def _moneyline(self, period: str, shape: _Period) -> Asked:
        home, away = self._event.competitors
        sides = [(HOME_WINS, home.id, home.name, 0.0), (AWAY_WINS, away.id, away.name, 0.0)]
        question = Question(Ask.MARGIN, period)
        if self._rules.draws:
            sides.insert(1, (DRAW, 0, "Draw", 0.0))
            question = Question(Ask.THREE_WAY, period)
        name = f"{shape.title}Moneyline"
        market = self._market(shape.first_id, name, "moneyline", f"{shape.prefix}moneyline", shape.category)
        market.strikes.append(self._strike(market, 0.0, name, sides))
        return Asked(market, [question])

    def _spread(self, market_id: int, period: str, shape: _Period, numbers: list[float]) -> Asked:
        home, away = self._event.competitors
        market = self._market(market_id, f"{shape.title}Spread", "spread", f"{shape.prefix}spread", shape.category)
        for number in numbers:
            sides = [
                (HOME_COVERS, home.id, f"{home.name} {signed(number)}", number),
                (AWAY_COVERS, away.id, f"{away.name} {signed(-number)}", -number if number else 0.0),
            ]
            market.strikes.append(self._strike(market, number, f"Fixed home {signed(number)}", sides))
        return Asked(market, [Question(Ask.MARGIN, period, number) for number in numbers])

    def _total(self, heading: tuple[int, str, str, str], ask: Ask, period: str, numbers: list[float]) -> Asked:
        market_id, name, sub_type, category = heading
        market = self._market(market_id, name, "total", sub_type, category)
        for number in numbers:
            market.strikes.append(self._over_under(market, number))
        return Asked(market, [Question(ask, period, number) for number in numbers])

    def _rounds(self) -> Asked:
        """How long a fight lasts; asked before it only."""
        market = self._market(225, "Total Rounds", "total", "total", "Game Lines")
        answer, finish = self._rng.random(), self._rng.uniform(0.2, 0.45)
        questions = []
        for rounds in (1, 2, 3):
            market.strikes.append(self._over_under(market, rounds - 0.5))
            chance = (1.0 - finish) ** rounds
            questions.append(Question(Ask.FIXED, FULL, rounds - 0.5, chance, float(rounds if answer < chance else 0)))
        return Asked(market, questions)

    def _team_totals(self) -> Iterator[Asked]:
        strikes = 3 if self._rules.rare else 9
        for place, (ask, side) in enumerate(((Ask.HOME, "home"), (Ask.AWAY, "away"))):
            team = self._event.competitors[place]
            heading = (
                _TEAM_TOTALS[place],
                f"{team.name} Total {self._rules.unit}",
                f"{side}_team_total",
                "Team Totals",
            )
            yield self._total(heading, ask, FULL, _totals(self._game.means[place], strikes))

    # players

    def _players(self) -> Iterator[Asked]:
        number = 0
        for entrant in self._entrants:
            for place in range(self._league.props):
                number += 1
                plays = self._rng.random() >= DID_NOT_PLAY
                for prop in PROPS[self._league.rules]:
                    if place in prop.players:
                        quality = 1.0 - (place - prop.players.start) / max(1, len(prop.players))
                        yield self._prop(prop, (entrant, place), number, quality, plays)

    def _golfers(self) -> Iterator[Asked]:
        ranked = sorted(range(len(self._entrants)), key=lambda place: -self._game.field[place])
        for rank, place in enumerate(ranked):
            for prop in PROPS["golf"]:
                quality = 1.0 - rank / len(ranked)
                yield self._prop(prop, (self._entrants[place], 0), place + 1, quality, True)

    def _prop(self, prop: Prop, who: tuple[Entrant, int], number: int, quality: float, plays: bool) -> Asked:
        entrant, place = who
        mean = (prop.least + (prop.most - prop.least) * quality) * self._rng.uniform(0.88, 1.12)
        answer = float(draw_count(mean, self._rng))
        player = entrant.players[place] if entrant.players else entrant.name
        market = self._market(
            prop.template * 10000 + number,
            f"{prop.label} - {player}" if prop.yes_no else f"Total {prop.label} - {player}",
            "sup_moneyline" if prop.yes_no else "total",
            prop.sub_type,
            "Player Props",
        )
        market.group = prop.group
        market.player_id = 700_000 + entrant.id % 100_000 * 40 + place
        questions = []
        for strike in numbers_around(mean, prop):
            market.strikes.append(
                self._yes_no(market, player) if prop.yes_no else self._over_under(market, strike),
            )
            chance = min(0.97, max(0.03, chance_of_more(mean, strike)))
            questions.append(Question(Ask.FIXED, FULL, strike, chance, answer if plays else None))
        return Asked(market, questions)

    def _outright(self) -> Asked:
        market = self._market(301, "Tournament Winner", "moneyline", "outrights", "Outrights")
        sides = [(40_000 + one.id, one.id, one.name, 0.0) for one in self._event.competitors]
        market.strikes.append(self._strike(market, 0.0, market.name, sides))
        return Asked(market, [Question(Ask.OUTRIGHT)])

    # parts

    def _market(self, market_id: int, name: str, kind: str, sub_type: str, category: str) -> Market:
        at = self._event.updated_at
        return Market(self._event.id, market_id, name, kind, sub_type, category, "", [], updated_at=at)

    def _over_under(self, market: Market, number: float) -> Strike:
        sides = [(OVER, 0, f"over {number:g}", number), (UNDER, 0, f"under {number:g}", number)]
        return self._strike(market, number, f"Fixed total {number:g}", sides)

    def _yes_no(self, market: Market, player: str) -> Strike:
        return self._strike(market, 0.0, market.name, [(YES, 0, f"{player} yes", 0.0), (NO, 0, f"{player} no", 0.0)])

    def _strike(self, market: Market, number: float, name: str, sides: list[tuple[int, int, str, float]]) -> Strike:
        event_id = self._event.id
        outcomes = tuple([Outcome(strike_id(event_id, market.id, number, side[0]), *side) for side in sides])
        return Strike(event_id, market.id, number, name, outcomes, updated_at=market.updated_at)


def _half_steps(middle: float, count: int) -> list[float]:
    """Numbers half a point apart around a middle, itself not a whole one."""
    centre = round(middle - 0.5) + 0.5
    return [centre + 0.5 * (place - count // 2) for place in range(count)]


def _totals(mean: float, count: int) -> list[float]:
    numbers = _half_steps(mean, count)
    short = max(0.0, 0.5 - numbers[0])
    return [number + short for number in numbers]


def draw_fixture(league: League, entrants: tuple[Entrant, ...], event_id: int, seed: int, times: tuple[int, int, int]) -> Fixture:
    """A fixture between these entrants (home first; more than two for an outright). `times`: now, start, length, in ns."""
    rng = Random(f"{seed}:{event_id}")
    now, start, span = times
    means = _means(league, entrants)
    game = Game(event_id, league.rules, means, start, span, (), at_end_of={}, field=[], walk=[])
    if len(entrants) > 2:
        _draw_field(game, entrants, rng)
    else:
        game.script = draw_script(game.how, means, rng)
    event = _event(league, entrants, event_id, now, start)
    return Fixture(event, game, Draft(event, league, game, entrants, rng).asked())


def _means(league: League, entrants: tuple[Entrant, ...]) -> tuple[float, float]:
    if len(entrants) > 2:
        return 0.0, 0.0
    edge = (entrants[0].strength - entrants[1].strength) * league.gap / 2 + league.mean * _HOME_EDGE
    floor = league.mean * 0.35
    return max(floor, league.mean + edge), max(floor, league.mean - edge)


def _draw_field(game: Game, entrants: tuple[Entrant, ...], rng: Random) -> None:
    steps = game.how.slots
    game.field = [entrant.strength for entrant in entrants]
    game.walk = draw_walk(len(entrants), steps, HOLE_DEVIATION, rng)
    game.script = tuple(Moment((step + 1) / (steps + 1), 0, 0) for step in range(steps))


def _event(league: League, entrants: tuple[Entrant, ...], event_id: int, now: int, start: int) -> Event:
    outright = len(entrants) > 2
    sides = ["" if outright else side for side in (("home", "away") if not outright else ("",) * len(entrants))]
    competitors = tuple(
        Competitor(entrant.id, entrant.name, entrant.abbreviation, side) for entrant, side in zip(entrants, sides, strict=True)
    )
    name = f"{league.name} Championship" if outright else _name(league, entrants)
    kind = "outrights" if outright else None
    return Event(event_id, league.id, name, competitors, start, EventStatus.NOT_STARTED, now, sub_type=kind)


def _name(league: League, entrants: tuple[Entrant, ...]) -> str:
    home, away = entrants[0].name, entrants[1].name
    return f"{away} at {home}" if league.country == "USA" and league.sport != "Soccer" else f"{home} vs {away}"
