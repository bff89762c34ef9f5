"""What stands across the chart of odds: where rounds began, where teams swapped sides, and from when nobody vouches for the price."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from math import ceil, isfinite
from typing import Final

import msgspec
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from app.services.feed.extents import Extent
from app.services.feed.histories import Drawing
from app.ui.theme import Theme

SWAPPED: Final = "sides swapped"
APART: Final = 8.0  # pixels between two labels, and between two faint lines at least
FAINT: Final = 110  # of 255: the lines of the rounds
SHADE: Final = 46  # of 255: where nobody vouches for a price

Place = Callable[[float], float]
"""Where a moment (seconds since 1970) is, in pixels from the left."""


class Marks(msgspec.Struct, frozen=True):
    """Times in seconds since 1970. `rounds`: when each began, by its number. `stale`: from when to when nobody vouches for the price."""

    rounds: Mapping[int, float] = {}
    swaps: Sequence[float] = ()
    stale: tuple[float, float] | None = None

    def until(self, moment: float | None) -> Marks:
        """Those that may be shown."""
        if moment is None:
            return self
        rounds = {number: at for number, at in self.rounds.items() if at <= moment}
        return Marks(rounds, tuple(at for at in self.swaps if at <= moment), self.stale)


def marks_of(drawing: Drawing, extent: Extent, rounds: Mapping[int, float]) -> Marks:
    """`rounds`: when each began, by its number."""
    stale = (extent.last(drawing.newest), extent.edge) if extent.stale_from is not None else None
    return Marks(dict(rounds), drawing.swaps, stale).until(extent.hidden_after)


def spread(places: Mapping[int, float], widths: Mapping[int, float], left: float, right: float) -> list[int]:
    """The rounds whose labels have room right of their places: each one, or each second, third, and so on; none over another or an edge."""
    shown = sorted(number for number, place in places.items() if left <= place and place + widths[number] <= right)
    if len(shown) < 2:
        return shown
    step = (places[shown[-1]] - places[shown[0]]) / (len(shown) - 1)
    stride = max(ceil((max(widths[number] for number in shown) + APART) / max(step, 0.01)), 1)
    kept: list[int] = []
    for number in shown:
        is_free = not kept or places[number] >= places[kept[-1]] + widths[kept[-1]] + APART
        if number % stride == 0 and is_free:
            kept.append(number)
    return kept


def paint_marks(painter: QPainter, area: QRectF, place: Place, marks: Marks, theme: Theme) -> None:
    """Into `area`, in pixels; in front of the lines, of which nothing is hidden but by a label."""
    painter.save()
    painter.setClipRect(area)
    painter.setFont(theme.font(10))
    _shade(painter, area, place, marks.stale, theme)
    rounds = {number: place(at) for number, at in marks.rounds.items() if area.left() - 1 <= place(at) <= area.right()}
    if rounds and area.width() / len(rounds) >= APART:
        _rule_rounds(painter, area, rounds.values(), theme)
    swaps = [place(at) for at in marks.swaps if isfinite(at)]
    for at in swaps:
        _line(painter, area, at, QPen(theme.colours["mode.practice"], 3))
    _label_all(painter, area, rounds, swaps, theme)
    if marks.stale is not None:
        _label_stale(painter, area, place(marks.stale[0]), marks.stale[0], theme)
    painter.restore()


def _shade(painter: QPainter, area: QRectF, place: Place, stale: tuple[float, float] | None, theme: Theme) -> None:
    if stale is None:
        return
    colour = QColor(theme.colours["state.warning"])
    _line(painter, area, place(stale[0]), QPen(colour, 1, Qt.PenStyle.DashLine))
    colour.setAlpha(SHADE)
    left, right = place(stale[0]), max(place(stale[1]), area.right())
    painter.fillRect(QRectF(left, area.top(), right - left, area.height()), colour)


def _rule_rounds(painter: QPainter, area: QRectF, places: Iterable[float], theme: Theme) -> None:
    colour = QColor(theme.colours["text.faint"])
    colour.setAlpha(FAINT)
    for at in places:
        _line(painter, area, at, QPen(colour, 1))


def _label_all(painter: QPainter, area: QRectF, rounds: Mapping[int, float], swaps: Iterable[float], theme: Theme) -> None:
    metrics = QFontMetricsF(painter.font())
    widths = {number: metrics.horizontalAdvance(f"R{number}") + 5 for number in rounds}
    for number in spread(rounds, widths, area.left(), area.right()):
        _label(painter, rounds[number] + 3, area.top() + 1, f"R{number}", theme.colours["text.dim"], theme)
    for at in swaps:
        width = metrics.horizontalAdvance(SWAPPED)
        left = at + 6 if at + 8 + width <= area.right() else at - 8 - width
        _label(painter, left, area.top() + metrics.height() + 2, SWAPPED, theme.colours["text.dim"], theme)


def _label_stale(painter: QPainter, area: QRectF, place: float, since: float, theme: Theme) -> None:
    """Where it has room; the legend says it too."""
    metrics = QFontMetricsF(painter.font())
    for words in (f"stale since {datetime.fromtimestamp(since):%H:%M:%S}", "stale"):
        if place + 8 + metrics.horizontalAdvance(words) <= area.right():
            _label(painter, place + 6, area.top() + 2 * metrics.height() + 3, words, theme.colours["state.warning"], theme)
            return


def _line(painter: QPainter, area: QRectF, at: float, pen: QPen) -> None:
    painter.setPen(pen)
    painter.drawLine(QPointF(at, area.top()), QPointF(at, area.bottom()))


def _label(painter: QPainter, left: float, top: float, words: str, colour: QColor, theme: Theme) -> None:
    metrics = QFontMetricsF(painter.font())
    box = QRectF(left - 2, top, metrics.horizontalAdvance(words) + 4, metrics.height())
    back = QColor(theme.colours["surface.panel"])
    back.setAlpha(200)
    painter.fillRect(box, back)
    painter.setPen(colour)
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextSingleLine, words)
