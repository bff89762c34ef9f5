"""The colours of a chart's lines: a team's stay its own, and none is taken for a side's."""

from __future__ import annotations

from array import array

import pytest

from app.domain.cs2 import Side
from app.services.feed.histories import Line
from app.ui.feed.colours import colour_of
from app.ui.theme import Theme


def line(team_id: int | None, side: Side | None) -> Line:
    return Line("", team_id, side, array("d"), array("d"))


@pytest.mark.parametrize("name", ["dark", "light"])
def test_a_line_by_side_has_the_sides_colour_and_never_a_teams(theme: Theme, name: str) -> None:
    theme.use(name)
    teams = [colour_of(line(71, Side.T), 0, theme).name(), colour_of(line(72, Side.CT), 1, theme).name()]
    sides = [colour_of(line(None, side), place, theme).name() for place, side in enumerate((Side.CT, Side.T))]
    draw = colour_of(line(None, Side.DRAW), 2, theme).name()
    assert len({*teams, *sides, draw}) == 5
    assert sides == [theme.colours["state.info"].name(), theme.colours["state.warning"].name()]
