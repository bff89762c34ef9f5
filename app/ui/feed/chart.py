"""The chart of odds over time. It is loaded when it is first shown: the plotting library takes a moment."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite, log10
from typing import Any, Final

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent

from app.services.feed.histories import Drawing
from app.ui.display import Display
from app.ui.feed.chart_axes import OddsAxis, odds_of
from app.ui.feed.chart_steps import Heights
from app.ui.feed.colours import colour_of
from app.ui.theme import Theme

__all__ = ["OddsChart", "odds_of"]

pg.setConfigOptions(antialias=True, useOpenGL=False, exitCleanup=False)

STYLES: Final = (Qt.PenStyle.SolidLine, Qt.PenStyle.DashLine)  # the second team's line is dashed: colour is never the only sign
SHORTEST: Final = 5.0  # seconds in view, at the closest
LEAST: Final = 60.0  # seconds in view where all is shown
FLATTEST: Final = log10(1.25)  # height in view, at the least: a still price is a flat line
THIN: Final = 4  # points for each column of pixels from which on lines are thin
AROUND: Final = 60.0  # seconds beyond the points that can be scrolled to


class OddsChart(pg.PlotWidget):  # type: ignore[misc]
    """Steps, for a price holds until the next one. The wheel and a drag zoom and move along time; Home or a double click shows all again.

    "All" begins at `begin` (seconds since 1970; None: with the first point). `pointed` with the time the mouse is at, None when it left.
    """

    pointed = Signal(object)
    zoomed = Signal()

    def __init__(self, display: Display, theme: Theme) -> None:
        self._odds_axis = OddsAxis(display)
        super().__init__(axisItems={"bottom": pg.DateAxisItem(orientation="bottom"), "right": self._odds_axis})
        self._theme = theme
        self._display = display
        self._curves: list[Any] = []
        self._swaps: list[Any] = []
        self._heights: list[Heights] = []
        self._are_thin: list[bool] = []
        self._until: float | None = None
        self._begin: float | None = None
        self._is_ranging = False
        self.drawing = Drawing()
        self.is_zoomed = False
        self.setAccessibleName("Odds over time")
        self.setAccessibleDescription("Arrows move, plus and minus zoom, Home shows all")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._box = self._set_up()
        self._cross = pg.InfiniteLine(angle=90, movable=False)
        self._cross.hide()
        self.getPlotItem().addItem(self._cross, ignoreBounds=True)
        self.setMouseTracking(True)
        self.dress()

    def _set_up(self) -> Any:
        plot = self.getPlotItem()
        plot.hideAxis("left")
        plot.showAxis("right")
        plot.hideButtons()
        plot.setMenuEnabled(False)
        box = plot.getViewBox()
        box.setMouseEnabled(x=True, y=False)
        box.disableAutoRange()
        box.sigRangeChangedManually.connect(self._on_zoom)
        box.sigXRangeChanged.connect(self._on_range)
        box.sigResized.connect(self._on_range)
        return box

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
        self._put_lines()
        self._draw()
        self._show_swaps(self.drawing.swaps)

    def rename(self) -> None:
        """Another format of odds."""
        self._odds_axis.picture = None
        self._odds_axis.update()

    def show_drawing(self, drawing: Drawing, until: float | None, begin: float | None = None) -> None:
        """`until`: the newest price still holds up to then, and nothing later is shown (None: up to the last point)."""
        is_new = drawing is not self.drawing
        if not is_new and (until, begin) == (self._until, self._begin):
            return
        self._until, self._begin = until, begin
        if is_new:
            self.drawing = drawing
            self._heights = [Heights(line) for line in drawing.lines]
            self._put_lines()
            self._show_swaps(drawing.swaps)
        self._limit()
        if self.is_zoomed:
            self._draw()
        else:
            self.show_all()

    def show_all(self) -> None:
        """All of it again, and what comes."""
        self.is_zoomed = False
        if (span := self._span()) is not None:
            low, high = span if self._begin is None else (min(max(self._begin, span[0]), span[1]), span[1])
            self._set_x(min(low, high - LEAST), high + (high - low) * 0.01)
            self._draw()
        self.zoomed.emit()

    def point_at(self, moment: float | None) -> None:
        """The crosshair's place."""
        self._cross.setVisible(moment is not None)
        if moment is not None:
            self._cross.setValue(moment)

    @property
    def view(self) -> tuple[float, float]:
        """From when to when is in view."""
        low, high = self._box.viewRange()[0]
        return low, high

    def _span(self) -> tuple[float, float] | None:
        times = [line.times for line in self._heights if len(line.times)]
        if not times:
            return None
        low, high = min(each[0] for each in times), max(each[-1] for each in times)
        if self._until is not None and (self._until < high or any(line.holds for line in self._heights)):
            high = max(self._until, low)
        return float(low), float(high)

    def _limit(self) -> None:
        if (span := self._span()) is not None:
            low, high = span
            self._is_ranging = True
            self._box.setLimits(xMin=min(low, high - LEAST) - AROUND, xMax=high + AROUND + (high - low) * 0.05, minXRange=SHORTEST)
            self._is_ranging = False

    def _set_x(self, low: float, high: float) -> None:
        self._is_ranging = True
        self._box.setXRange(low, high, padding=0)
        self._is_ranging = False

    def _put_lines(self) -> None:
        plot = self.getPlotItem()
        while len(self._curves) < len(self.drawing.lines):
            self._curves.append(pg.PlotCurveItem(connect="finite"))
            plot.addItem(self._curves[-1])
        for place, curve in enumerate(self._curves):
            curve.setVisible(place < len(self.drawing.lines))
        self._are_thin = []

    def _pen(self, place: int, *, is_thin: bool) -> Any:
        line = self.drawing.lines[place]
        style = STYLES[place > 0 and not line.is_draw]
        width = 1.0 if is_thin else 1.4 if line.is_draw else 2.0
        return pg.mkPen(colour_of(line, place, self._theme), width=width, style=style)

    def _set_pens(self, are_thin: list[bool]) -> None:
        """Thin ones where a line fills its columns: a thick one takes ten times as long to paint and shows no more."""
        if are_thin != self._are_thin:
            self._are_thin = are_thin
            for place, is_thin in enumerate(are_thin):
                self._curves[place].setPen(self._pen(place, is_thin=is_thin))

    def _draw(self) -> None:
        """What is in view, in as many points as there are pixels for, and the height it takes."""
        low, high = self._box.viewRange()[0]
        columns = max(int(self._box.width()), 100)
        least, most, are_thin = float("inf"), float("-inf"), []
        for heights, curve in zip(self._heights, self._curves, strict=False):
            times, steps = heights.steps(low, high, columns, self._until)
            are_thin.append(len(times) > THIN * columns)
            curve.setData(times, steps)
            if np.isfinite(steps).any():
                least, most = min(least, float(np.nanmin(steps))), max(most, float(np.nanmax(steps)))
        self._set_pens(are_thin)
        if isfinite(least):
            spare = max(FLATTEST - (most - least), 0) / 2 + max(most - least, FLATTEST) * 0.06
            self._box.setYRange(least - spare, most + spare, padding=0)

    def _show_swaps(self, swaps: Sequence[float]) -> None:
        plot = self.getPlotItem()
        for mark in self._swaps:
            plot.removeItem(mark)
        pen = pg.mkPen(self._theme.colours["mode.practice"], width=3)
        self._swaps = [pg.InfiniteLine(at, angle=90, pen=pen) for at in swaps if isfinite(at)]
        for mark in self._swaps:
            plot.addItem(mark, ignoreBounds=True)

    def _on_range(self, *_what: object) -> None:
        if not self._is_ranging:
            self._draw()

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

    def leaveEvent(self, event: QEvent) -> None:
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
            self._on_zoom()
            self._box.setXRange(*ranges[event.key()], padding=0)
        else:
            super().keyPressEvent(event)
