"""Matches and rounds as the feed tells them."""

from __future__ import annotations

from app.practice.cs2.action import Action
from app.practice.cs2.course import ROUNDS
from app.practice.cs2.model import Market, MatchState, Priced, RoundState, Status
from app.practice.cs2.plan import Course, Planner
from app.practice.cs2.pricing import MARGIN_TEXT
from app.practice.cs2.seasons import name_of

Score = tuple[int, int]


def listed(course: Course, status: Status, score: Score, starts_at: int, updated_at: int, number: int = 0) -> MatchState:
    """The match in a list; `number` is the round, which with the sides is told while it is LIVE only. Times are ns of the wall."""
    fixture, is_live = course.fixture, status is Status.LIVE
    ct, t = sides_of(course, number) if is_live else (None, None)
    return MatchState(
        id=fixture.match_id,
        unique_id=course.unique_id,
        map_name=fixture.map_name,
        status=status,
        team_1=fixture.team_1,
        team_2=fixture.team_2,
        score_1=score[0],
        score_2=score[1],
        ct_team_id=ct,
        t_team_id=t,
        round_number=number if is_live else None,
        season_id=fixture.season + 1,
        season_name=name_of(fixture.season),
        starts_at=starts_at,
        updated_at=updated_at,
    )


def sides_of(course: Course, number: int) -> tuple[int, int]:
    """The ids of the teams that are CT and T in the round."""
    ct = course.form.ct(number)
    teams = course.fixture.team_1.id, course.fixture.team_2.id
    return teams[ct], teams[1 - ct]


def closed(match: MatchState) -> tuple[Priced, ...]:
    """The markets of a match whose prices are no longer known: none is available."""
    last = match.score_1 + match.score_2
    numbers = ((Market.MATCH, None), (Market.ROUND, last), (Market.NEXT_ROUND, min(ROUNDS, last + 1)))
    return tuple([Priced(market, number, False, MARGIN_TEXT[market], match.updated_at, ()) for market, number in numbers])


def told(course: Course, action: Action, number: int, beats: int | None = None) -> RoundState:
    """The round after so many of its beats; after all of them it has its winner."""
    shown = action.beats if beats is None else action.beats[:beats]
    is_over = len(shown) == len(action.beats)
    teams = course.fixture.team_1.id, course.fixture.team_2.id
    ct, t = sides_of(course, number)
    return RoundState(
        number=number,
        ct_team_id=ct,
        t_team_id=t,
        winner_team_id=teams[course.turns[number - 1].winner] if is_over else None,
        win_reason=action.reason if is_over else None,
        events=tuple([beat.event for beat in reversed(shown)]),
    )


def replayed(planner: Planner, index: int) -> tuple[RoundState, ...]:
    """The rounds of a match that is over, worked out anew; raises KeyError for one of a season long gone."""
    course = planner.course(index)
    return tuple([told(course, action, number) for number, action in enumerate(planner.actions(course), start=1)])
