"""The colours of the two teams and the draw in a chart: told apart in both themes and by colour-blind eyes, and never by colour alone."""

from __future__ import annotations

from PySide6.QtGui import QColor

from app.services.feed.histories import Line
from app.ui.theme import Theme

FIRST, DRAW, SECOND = "state.info", "text.dim", "state.warning"


def colour_of(line: Line, place: int, theme: Theme) -> QColor:
    """Blue for the first line, amber for the last, grey for the draw."""
    if line.is_draw:
        return theme.colours[DRAW]
    return theme.colours[FIRST if place == 0 else SECOND]
