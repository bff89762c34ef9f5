"""The chart of odds over time. It is loaded when it is first shown: the plotting library takes a moment."""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite
from typing import Any, Final

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPixmap

from app.services.feed.extents import Extent
from app.services.feed.histories import Drawing
from app.ui.display import Display
from app.ui.feed.chart_axes import OddsAxis, TimeAxis, odds_of
from app.ui.feed.chart_marks import Marks, marks_of, paint_marks
from app.ui.feed.chart_range import Span, bounds, drawn, last_drawn, shown_first
from app.ui.feed.chart_steps import ALL, Heights, heights_in_view, next_price, zoomed
from app.ui.feed.colours import colour_of
from app.ui.theme import Theme

__all__ = ["OddsChart", "odds_of"]

pg.setConfigOptions(antialias=True, useOpenGL=False, exitCleanup=False)

STYLES: Final = (Qt.PenStyle.SolidLine, Qt.PenStyle.DashLine)  # the second team's line is dashed: colour is never the only sign
SHORTEST: Final = 5.0  # seconds in view, at the closest
THIN: Final = 4  # points for each column of pixels from which on lines are thin
KEYS: Final = (
    "Left and Right read out the odds, with Ctrl from price to price, with Shift they move; "
    "plus and minus zoom, Home shows all, and again the live part"
)


class OddsChart(pg.PlotWidget):  # type: ignore[misc]  # the library has no types
    """Steps, for a price holds until the next one. It begins with the live part, from `begin` on (seconds since 1970; None: all there is),

    and follows what comes until a person zooms or moves by the wheel, a drag or a key. Home or a double click shows all, and once more
    the live part. `pointed` with the time that is read out, None when none is; `zoomed` when another part of time is chosen.
    """

    pointed = Signal(object)
    zoomed = Signal()

    def __init__(self, display: Display, theme: Theme) -> None:
        self._odds_axis = OddsAxis(display)
        self._marks = Marks()
        self._theme = theme
        super().__init__(axisItems={"bottom": TimeAxis(), "right": self._odds_axis})
        self._display = display
        self._curves: list[Any] = []
        self._heights: list[Heights] = []
        self._are_thin: list[bool] = []
        self._extent = ALL
        self._begin: float | None = None
        self._is_ranging = False
        self._is_posing = False  # for a picture, which shows nothing of the mouse and the keyboard
        self.drawing = Drawing()
        self.is_zoomed = False
        self.is_whole = False  # a person wants more than the live part
        self.pointed_at: float | None = None
        self.setAccessibleName("Odds over time")
        self.setAccessibleDescription(KEYS)
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
        self.getPlotItem().showGrid(x=False, y=True, alpha=0.15)
        self._cross.setPen(pg.mkPen(colours["text.faint"], style=Qt.PenStyle.DotLine))
        self._put_lines()
        self._draw()

    def rename(self) -> None:
        """Another format of odds."""
        self._odds_axis.picture = None
        self._odds_axis.update()
        self._draw()

    def show_drawing(
        self, drawing: Drawing, extent: Extent = ALL, begin: float | None = None, rounds: Mapping[int, float] | None = None
    ) -> None:
        """`extent`: how long the newest price holds, and what is hidden. `rounds`: when each began, in seconds since 1970."""
        marks = marks_of(drawing, extent, rounds or {})
        is_new = drawing is not self.drawing
        if not is_new and (extent, begin, marks) == (self._extent, self._begin, self._marks):
            return
        self._extent, self._begin, self._marks = extent, begin, marks
        if is_new:
            self.drawing = drawing
            self._heights = [Heights(line) for line in drawing.lines]
            self._put_lines()
        self._limit()
        if self.is_zoomed:
            self._draw()
        else:
            self.follow(is_whole=self.is_whole)

    def follow(self, *, is_whole: bool = False) -> None:
        """The live part or, `is_whole`, all of it, and what comes."""
        self.is_zoomed, self.is_whole = False, is_whole and self._begin is not None
        if (span := self._span()) is not None:
            self._set_x(*shown_first(span, None if self.is_whole else self._begin))
            self._draw()
        self.zoomed.emit()

    def point_at(self, moment: float | None) -> None:
        """Read out what held then; None: no more."""
        self.pointed_at = moment
        self._cross.setVisible(moment is not None)
        if moment is not None:
            self._cross.setValue(moment)
        self.pointed.emit(moment)

    def picture(self, size: QSize) -> QPixmap:
        """What is in view, drawn for a picture of that size; the screen sees nothing of it."""
        was, is_crossed = self.size(), self._cross.isVisible()
        self._cross.hide()
        self._is_posing = True
        self.resize(size)
        made: QPixmap = self.grab()
        self.resize(was)
        self._is_posing = False
        self._cross.setVisible(is_crossed)
        return made

    @property
    def view(self) -> tuple[float, float]:
        """From when to when is in view."""
        low, high = self._box.viewRange()[0]
        return low, high

    def _span(self) -> Span | None:
        return drawn(self._heights, self.drawing.newest, self._extent, is_stale=self._marks.stale is not None)

    def _last(self) -> float:
        return last_drawn(self._heights, self.drawing.newest, self._extent)

    def _limit(self) -> None:
        if (span := self._span()) is not None:
            low, high = bounds(span)
            self._is_ranging = True
            self._box.setLimits(xMin=low, xMax=high, minXRange=SHORTEST)
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
        low, high = self.view
        columns = max(int(self._box.width()), 100)
        least, most, are_thin = float("inf"), float("-inf"), []
        for heights, curve in zip(self._heights, self._curves, strict=False):
            times, steps = heights.steps(low, high, columns, self._extent)
            are_thin.append(len(times) > THIN * columns)
            curve.setData(times, steps)
            if np.isfinite(steps).any():
                least, most = min(least, float(np.nanmin(steps))), max(most, float(np.nanmax(steps)))
        self._set_pens(are_thin)
        if isfinite(least):
            self._set_heights(least, most)
        self.viewport().update()  # the marks, too

    def _set_heights(self, least: float, most: float) -> None:
        low, high = heights_in_view(least, most, self._box.height(), has_labels=bool(self._marks.rounds))
        self._box.setYRange(low, high, padding=0)
        self._odds_axis.fit(low, high, self._box.height())

    def _on_range(self, *_what: object) -> None:
        if not self._is_ranging:
            self._draw()

    def _on_zoom(self, *_what: object) -> None:
        self.is_zoomed, self.is_whole = True, False
        self.zoomed.emit()

    def drawForeground(self, painter: QPainter, rect: QRectF) -> None:
        """In the scene's pixels."""
        super().drawForeground(painter, rect)
        area: QRectF = self._box.sceneBoundingRect()
        paint_marks(painter, area, lambda moment: float(self._box.mapViewToScene(QPointF(moment, 0)).x()), self._marks, self._theme)
        if self.hasFocus() and not self._is_posing:
            painter.setPen(self._theme.colours["state.info"])
            painter.drawRect(area.adjusted(0.5, 0.5, -0.5, -0.5))

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.viewport().update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        place: QPointF = self.mapToScene(event.position().toPoint())
        area: QRectF = self._box.sceneBoundingRect()
        self.point_at(self._box.mapSceneToView(place).x() if area.contains(place) and not self.drawing.is_empty else None)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.point_at(None)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.follow(is_whole=not self.is_whole)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """As `KEYS` says; Escape ends the reading out."""
        low, high = self.view
        tenth = (high - low) / 10
        way = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()), 0)
        share = {Qt.Key.Key_Plus: 0.8, Qt.Key.Key_Equal: 0.8, Qt.Key.Key_Minus: 1.2}.get(Qt.Key(event.key()), 0.0)
        is_moved = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if event.key() == Qt.Key.Key_Home:
            self.follow(is_whole=not self.is_whole)
        elif share:
            pivot = self._last() if self.pointed_at is None else self.pointed_at
            self._look_at(*zoomed(low, high, pivot, share=share, least=SHORTEST))
        elif way and is_moved:
            self._look_at(low + way * tenth, high + way * tenth)
        elif way:
            self._read_on(way, is_by_price=bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier))
        elif event.key() == Qt.Key.Key_Escape and self.pointed_at is not None:
            self.point_at(None)
        else:
            super().keyPressEvent(event)

    def _look_at(self, low: float, high: float) -> None:
        self._on_zoom()
        self._box.setXRange(low, high, padding=0)

    def _read_on(self, way: int, *, is_by_price: bool) -> None:
        """A hundredth of what is in view on, or to the next price; what is in view moves along."""
        if (span := self._span()) is None:
            return
        (low, high), (first, last) = self.view, (span[0], self._last())
        moment = min(high, last) if self.pointed_at is None else self.pointed_at + way * (high - low) / 100
        if is_by_price and self.pointed_at is not None:
            moment = next_price(self._heights, self.pointed_at, way, last if way > 0 else first)
        moment = min(max(moment, first), last)
        if not low <= moment <= high:
            aside = moment - (high if moment > high else low) + way * (high - low) / 4
            self._look_at(low + aside, high + aside)
        self.point_at(moment)
