"""The chart of odds over time. It is loaded when it is first shown: the plotting library takes a moment."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import log10
from typing import Any, Final

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent

from app.domain.odds import Odds, from_probability
from app.services.feed.histories import Drawing, Line
from app.ui.display import Display
from app.ui.feed.colours import colour_of
from app.ui.theme import Theme

pg.setConfigOptions(antialias=True, useOpenGL=False)

STYLES: Final = (Qt.PenStyle.SolidLine, Qt.PenStyle.DashLine)  # the second team's line is dashed: colour is never the only sign
LEAST: Final = 1.001  # decimal odds below which nothing is drawn
SHORTEST: Final = 5.0  # seconds in view, at the closest


def odds_of(decimal: float) -> Odds | None:
    """The nearest odds a person would name; None for what is no price."""
    if not decimal > 1:
        return None
    return from_probability(Fraction(1) / Fraction(decimal).limit_denominator(1000))


class OddsAxis(pg.AxisItem):  # type: ignore[misc]  # the library has no types
    """Labels in the window's format of odds; the axis itself is the logarithm of decimal odds."""

    def __init__(self, display: Display) -> None:
        super().__init__(orientation="right")
        self._display = display

    def tickStrings(self, values: Sequence[float], scale: float, spacing: float) -> list[str]:
        return [self._display.odds(odds_of(10**value)) for value in values]

    def tickValues(self, low: float, high: float, size: float) -> list[tuple[float, list[float]]]:
        """Odds that people name, as many as fit."""
        named = (1.05, 1.1, 1.2, 1.35, 1.5, 1.75, 2, 2.5, 3, 4, 5, 7, 10, 15, 20, 30, 50, 75, 100, 200, 500, 1000)
        shown = [log10(value) for value in named if low <= log10(value) <= high]
        step = max(1, -(-len(shown) // max(int(size // 34), 1)))
        if len(shown) < 2:
            return [(high - low, [low + (high - low) * part for part in (0.1, 0.5, 0.9)])]
        return [(1.0, shown[::step])]


class OddsChart(pg.PlotWidget):  # type: ignore[misc]
    """Steps, for a price holds until the next one. The wheel and a drag zoom and move along time; Home or a double click shows all again.

    `pointed` with the time (seconds since 1970) the mouse is at, None when it left.
    """

    pointed = Signal(object)
    zoomed = Signal()

    def __init__(self, display: Display, theme: Theme) -> None:
        self._odds_axis = OddsAxis(display)
        super().__init__(axisItems={"bottom": pg.DateAxisItem(orientation="bottom"), "right": self._odds_axis})
        self._theme = theme
        self._curves: list[Any] = []
        self._swaps: list[Any] = []
        self.drawing = Drawing()
        self.is_zoomed = False
        self.setAccessibleName("Odds over time")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        plot = self.getPlotItem()
        plot.hideAxis("left")
        plot.showAxis("right")
        plot.hideButtons()
        plot.setMenuEnabled(False)
        self._box = plot.getViewBox()
        self._box.setMouseEnabled(x=True, y=False)
        self._box.setLimits(minXRange=SHORTEST)
        self._box.setAutoVisible(y=True)
        self._box.sigRangeChangedManually.connect(self._on_zoom)
        self._cross = pg.InfiniteLine(angle=90, movable=False)
        self._cross.hide()
        plot.addItem(self._cross, ignoreBounds=True)
        self.setMouseTracking(True)
        self.dress()

    def dress(self) -> None:
        """The theme's colours."""
        colours = self._theme.colours
        self.setBackground(colours["surface.panel"])
        for name in ("bottom", "right"):
            axis = self.getPlotItem().getAxis(name)
            axis.setPen(pg.mkPen(colours["surface.line"]))
            axis.setTextPen(pg.mkPen(colours["text.dim"]))
            axis.setStyle(tickFont=self._theme.font(11))
        self._odds_axis.setWidth(58)
        self.getPlotItem().showGrid(x=False, y=True, alpha=0.15)
        self._cross.setPen(pg.mkPen(colours["text.faint"], style=Qt.PenStyle.DotLine))
        self.show_drawing(self.drawing, None)

    def show_drawing(self, drawing: Drawing, until: float | None) -> None:
        """`until`: the newest price still holds up to then (seconds since 1970; None: up to its own time)."""
        self.drawing = drawing
        plot = self.getPlotItem()
        while len(self._curves) < len(drawing.lines):
            curve = pg.PlotDataItem(connect="finite")
            curve.setDownsampling(auto=True, method="peak")
            curve.setClipToView(True)
            plot.addItem(curve)
            self._curves.append(curve)
        for place, curve in enumerate(self._curves):
            line = drawing.lines[place] if place < len(drawing.lines) else None
            times, heights = steps(line, until) if line is not None else (np.empty(0), np.empty(0))
            curve.setData(times, heights)
            if line is not None:
                style = STYLES[place > 0 and not line.is_draw]
                curve.setPen(pg.mkPen(colour_of(line, place, self._theme), width=1.4 if line.is_draw else 2, style=style))
        self._show_swaps(drawing.swaps)
        if not self.is_zoomed:
            self.show_all()

    def show_all(self) -> None:
        """All of it again, and what comes."""
        self.is_zoomed = False
        self._box.enableAutoRange(x=True, y=True)
        self.zoomed.emit()

    def point_at(self, moment: float | None) -> None:
        """The crosshair's place."""
        self._cross.setVisible(moment is not None)
        if moment is not None:
            self._cross.setValue(moment)

    def _show_swaps(self, swaps: Sequence[float]) -> None:
        plot = self.getPlotItem()
        shown = [at for at in swaps if np.isfinite(at)]
        for mark in self._swaps:
            plot.removeItem(mark)
        self._swaps = [pg.InfiniteLine(at, angle=90, pen=pg.mkPen(self._theme.colours["mode.practice"], width=3)) for at in shown]
        for mark in self._swaps:
            plot.addItem(mark, ignoreBounds=True)

    def _on_zoom(self, *_what: object) -> None:
        self.is_zoomed = True
        self.zoomed.emit()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        place: QPointF = self.mapToScene(event.position().toPoint())
        area: QRectF = self._box.sceneBoundingRect()
        moment = self._box.mapSceneToView(place).x() if area.contains(place) and not self.drawing.is_empty else None
        self.point_at(moment)
        self.pointed.emit(moment)

    def leaveEvent(self, event: Any) -> None:
        super().leaveEvent(event)
        self.point_at(None)
        self.pointed.emit(None)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.show_all()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Home shows all; arrows move and + and - zoom by a tenth of what is in view."""
        low, high = self._box.viewRange()[0]
        tenth = (high - low) / 10
        ranges: dict[int, tuple[float, float]] = {
            Qt.Key.Key_Left: (low - tenth, high - tenth),
            Qt.Key.Key_Right: (low + tenth, high + tenth),
            Qt.Key.Key_Plus: (low + tenth, high - tenth),
            Qt.Key.Key_Minus: (low - tenth, high + tenth),
        }
        if event.key() == Qt.Key.Key_Home:
            self.show_all()
        elif event.key() in ranges:
            self._box.setXRange(*ranges[event.key()], padding=0)
            self._on_zoom()
        else:
            super().keyPressEvent(event)


def steps(line: Line, until: float | None) -> tuple[Any, Any]:
    """Times and logarithms of decimal odds of a line drawn in steps; NaN where it is broken."""
    times, odds = np.array(line.times), np.array(line.odds)  # copies: the line goes on growing
    if until is not None and len(times) and np.isfinite(odds[-1]) and until > times[-1]:
        times, odds = np.append(times, until), np.append(odds, odds[-1])
    if not len(times):
        return times, odds
    with np.errstate(invalid="ignore"):
        heights = np.log10(np.where(odds >= LEAST, odds, np.nan))
    return np.repeat(times, 2)[1:], np.repeat(heights, 2)[:-1]
