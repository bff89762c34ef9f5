"""What may be asked about single players: one table of counts by sport."""

from __future__ import annotations

from math import erfc, sqrt
from random import Random

import msgspec

from app.practice.games import poisson

_MANY = 9.0  # from this mean on a count is drawn as a normal one


class Prop(msgspec.Struct, frozen=True):
    """A player's count. `players` are the places in a roster it is offered for."""

    template: int  # market ids are template * 10000 + the player's number in the event
    sub_type: str
    label: str
    group: str
    players: range
    least: float  # the smallest and the largest mean of such players
    most: float
    numbers: int  # strikes offered, around the mean
    step: float = 1.0
    yes_no: bool = False  # at least one, as a question of its own


PROPS: dict[str, tuple[Prop, ...]] = {
    "football": (
        Prop(1101, "player_passing_yards", "Passing Yards", "Passing", range(1), 195, 290, 5, 10),
        Prop(1102, "player_passing_touchdowns", "Passing Touchdowns", "Passing", range(1), 1.1, 2.3, 2),
        Prop(1103, "player_rushing_yards", "Rushing Yards", "Rushing", range(4), 14, 85, 4, 5),
        Prop(1104, "player_receiving_yards", "Receiving Yards", "Receiving", range(2, 9), 18, 82, 4, 5),
        Prop(1105, "player_receptions", "Receptions", "Receiving", range(2, 9), 2.1, 6.8, 3),
        Prop(1106, "player_anytime_touchdown", "Anytime Touchdown Scorer", "Touchdowns", range(9), 0.1, 0.8, 1, 1, True),
    ),
    "basketball": (
        Prop(1201, "player_points", "Points", "Points", range(9), 7, 29, 4),
        Prop(1202, "player_rebounds", "Rebounds", "Rebounds", range(9), 2.6, 11, 3),
        Prop(1203, "player_assists", "Assists", "Assists", range(9), 1.4, 9, 3),
        Prop(1204, "player_threes", "Threes Made", "Threes", range(7), 0.9, 3.9, 2),
        Prop(1205, "player_points_rebounds_assists", "Points + Rebounds + Assists", "Combos", range(9), 13, 44, 3),
    ),
    "baseball": (
        Prop(1301, "player_strikeouts", "Strikeouts", "Pitching", range(1), 3.8, 7.4, 4),
        Prop(1302, "player_total_hits", "Hits", "Batting", range(1, 10), 0.7, 1.3, 2),
        Prop(1303, "player_total_bases", "Total Bases", "Batting", range(1, 10), 1.0, 2.2, 3),
        Prop(1304, "player_home_runs", "To Hit a Home Run", "Batting", range(1, 10), 0.06, 0.3, 1, 1, True),
    ),
    "hockey": (
        Prop(1401, "player_shots_on_goal", "Shots on Goal", "Shots", range(9), 1.3, 4.2, 3),
        Prop(1402, "player_points", "Points", "Points", range(9), 0.3, 1.3, 2),
        Prop(1403, "player_anytime_goal", "Anytime Goal Scorer", "Goals", range(9), 0.1, 0.6, 1, 1, True),
    ),
    "soccer": (
        Prop(1501, "player_shots", "Shots", "Shots", range(9), 0.6, 3.6, 3),
        Prop(1502, "player_shots_on_target", "Shots on Target", "Shots", range(9), 0.3, 1.7, 2),
        Prop(1503, "player_anytime_goal", "Anytime Goal Scorer", "Goals", range(9), 0.06, 0.65, 1, 1, True),
        Prop(1504, "player_passes", "Passes", "Passes", range(9), 22, 68, 3, 5),
        Prop(1505, "player_tackles", "Tackles", "Defence", range(9), 0.8, 3.0, 2),
    ),
    "cricket": (
        Prop(1601, "player_runs", "Runs", "Batting", range(7), 9, 34, 4, 2),
        Prop(1602, "player_wickets", "Wickets", "Bowling", range(3, 9), 0.6, 1.7, 2),
    ),
    "golf": (
        Prop(1701, "player_top_10", "Top 10 Finish", "Finish", range(40), 0.1, 0.7, 1, 1, True),
        Prop(1702, "player_top_20", "Top 20 Finish", "Finish", range(40), 0.3, 1.3, 1, 1, True),
    ),
}
PROPS["college_basketball"] = PROPS["basketball"]


def chance_of_more(mean: float, number: float) -> float:
    """The chance that a player's count is over a half number."""
    if mean >= _MANY:
        return 0.5 * erfc((int(number) + 0.5 - mean) / (_deviation(mean) * sqrt(2.0)))
    return 1.0 - sum(poisson(mean, int(number)))


def draw_count(mean: float, rng: Random) -> int:
    """One count from the same distribution."""
    if mean >= _MANY:
        return max(0, round(rng.gauss(mean, _deviation(mean))))
    left = rng.random()
    for count, chance in enumerate(poisson(mean, 40)):
        left -= chance
        if left < 0:
            return count
    return 40


def _deviation(mean: float) -> float:
    return 1.3 * sqrt(mean) + 0.12 * mean


def numbers_around(mean: float, prop: Prop) -> list[float]:
    """The half numbers offered, the one nearest the mean in the middle."""
    if prop.yes_no:
        return [0.5]
    middle = int(mean / prop.step) * prop.step
    first = middle - prop.step * ((prop.numbers - 1) // 2)
    first = max(first, 0.0)
    return [first + prop.step * place + 0.5 for place in range(prop.numbers)]
