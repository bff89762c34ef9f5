"""Seasons and their standings: 3 points for a win, 1 for a draw."""

from __future__ import annotations

import msgspec

from app.practice.cs2.fixtures import KEPT_SEASONS, SEASON_MATCHES
from app.practice.cs2.model import Row, Season, Team
from app.practice.cs2.names import TEAMS

WIN_POINTS, DRAW_POINTS = 3, 1


class _Tally(msgspec.Struct):
    created_at: int
    finished: int = 0
    counts: dict[int, list[int]] = {}  # by team id: wins, draws, losses


def name_of(season: int) -> str:
    return f"Bot League {season + 1}"


class Seasons:
    """Known by number from 0; a season is active until the last of its matches is finished."""

    def __init__(self) -> None:
        self._tallies: dict[int, _Tally] = {}

    def create(self, season: int, at: int) -> None:
        """Once it exists nothing happens."""
        if season not in self._tallies:
            self._tallies[season] = _Tally(at, 0, {team.id: [0, 0, 0] for team in TEAMS})
            self._tallies.pop(season - KEPT_SEASONS, None)

    def count(self, season: int, team_1: Team, team_2: Team, score: tuple[int, int]) -> None:
        """A match is finished; one of a season that is no longer kept is left out."""
        tally = self._tallies.get(season)
        if tally is None:
            return
        tally.finished += 1
        place = (score[0] <= score[1]) + (score[0] < score[1])
        tally.counts[team_1.id][place] += 1
        tally.counts[team_2.id][2 - place] += 1

    def listed(self) -> tuple[Season, ...]:
        """Newest first."""
        return tuple(
            Season(season + 1, name_of(season), tally.finished < SEASON_MATCHES, tally.created_at)
            for season, tally in sorted(self._tallies.items(), reverse=True)
        )

    def standings(self, season_id: int) -> tuple[Row, ...]:
        """By points, then wins, then name; empty for an unknown season."""
        tally = self._tallies.get(season_id - 1)
        if tally is None:
            return ()
        rows = [(team, tally.counts[team.id]) for team in TEAMS]
        rows.sort(key=lambda row: (-_points(row[1]), -row[1][0], row[0].name))
        return tuple(Row(rank, team, counts[0], counts[1], counts[2], _points(counts)) for rank, (team, counts) in enumerate(rows, start=1))


def _points(counts: list[int]) -> int:
    return WIN_POINTS * counts[0] + DRAW_POINTS * counts[1]
