"""The colours of the two teams and the draw in a chart: told apart in both themes and by colour-blind eyes, and never by colour alone.

A team keeps its colour when it changes sides, so the teams' colours are none of the sides' (blue for CT, amber for T), which a line has
that is drawn by side because nobody told which team played it.
"""

from __future__ import annotations

from typing import Final

from PySide6.QtGui import QColor

from app.domain.cs2 import Side
from app.services.feed.histories import Line
from app.ui.theme import Theme

FIRST, DRAW, SECOND = "chart.first", "text.dim", "chart.second"
BY_SIDE: Final = {Side.CT: "state.info", Side.T: "state.warning"}


def colour_of(line: Line, place: int, theme: Theme) -> QColor:
    """Of a team violet where it is named first, else green; grey of the draw; of a side alone its own."""
    if line.is_draw:
        return theme.colours[DRAW]
    if line.team_id is None and line.side is not None:
        return theme.colours[BY_SIDE[line.side]]
    return theme.colours[FIRST if place == 0 else SECOND]
