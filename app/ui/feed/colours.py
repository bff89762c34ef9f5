"""The colours of the two teams and the draw in a chart: told apart in both themes and by colour-blind eyes, and never by colour alone.

They are none of the sides' (blue for CT, amber for T): a team keeps its colour when it changes sides.
"""

from __future__ import annotations

from PySide6.QtGui import QColor

from app.services.feed.histories import Line
from app.ui.theme import Theme

FIRST, DRAW, SECOND = "chart.first", "text.dim", "chart.second"


def colour_of(line: Line, place: int, theme: Theme) -> QColor:
    """Violet for the first line, green for the second team or side, grey for the draw."""
    if line.is_draw:
        return theme.colours[DRAW]
    return theme.colours[FIRST if place == 0 else SECOND]
