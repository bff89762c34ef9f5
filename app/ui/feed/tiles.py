"""The odds of a match's questions as painted tiles. They inform: nothing in them can be ordered. Only what changed is painted again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QBrush,
    QColor,
    QFocusEvent,
    QFontMetrics,
    QGuiApplication,
    QHelpEvent,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from app.domain.odds import Odds
from app.ui import formats
from app.ui.delegates.odds_cell import ARROW, FLASH
from app.ui.display import Display
from app.ui.feed.market_face import Look, MarketFace, TileFace
from app.ui.feed.score import round_box
from app.ui.feed.tile_places import HEAD, PAD, Place, is_side_by_side, places
from app.ui.theme import Theme

CORNER = 4
NO_ORDERS = "For information: nothing can be ordered at this venue."
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_CUT = Qt.TextElideMode.ElideRight
_KEYS = {Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason, Qt.FocusReason.ShortcutFocusReason}
_BACK = {Look.PRICED: "price.best", Look.STALE: "price.stale", Look.NONE: "state.quiet_back"}


class OddsTiles(QWidget):
    """Passive: `show_faces`, `tick` each second. While something glows it asks for frames (`frame_wanted`) and each `on_frame` fades it."""

    frame_wanted = Signal()

    def __init__(self, display: Display, theme: Theme, clock: Callable[[], float]) -> None:
        super().__init__()
        self._display = display
        self._theme = theme
        self._clock = clock
        self._title, self._small, self._price = theme.font(13, bold=True), theme.font(11), theme.font(17, bold=True)
        self._metrics = QFontMetrics(self._small)
        self._glows: dict[tuple[int, int], float] = {}  # question and tile -> until when, monotonic
        self._arrows: dict[tuple[int, int], float] = {}
        self._is_reached = False  # by the keyboard: a ring shows it
        self.faces: tuple[MarketFace, ...] = ()
        self.places: tuple[Place, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Odds by team. Ctrl+C copies them.")
        display.changed.connect(self._reworded)
        theme.changed.connect(self.update)

    def show_faces(self, faces: Sequence[MarketFace]) -> list[QRect]:
        """Take these over; the places that are painted again."""
        old, self.faces = self.faces, tuple(faces)
        if old == self.faces:
            return []
        if [_shape(face) for face in old] != [_shape(face) for face in self.faces]:
            self._lay_out()
            dirty = [self.rect()]
        else:
            dirty = [rect for place, was, now in zip(self.places, old, self.faces, strict=True) for rect in _dirty(place, was, now)]
        self._follow_moves()
        self._paint_soon(dirty)
        self.setAccessibleDescription(self.words())
        return dirty

    def on_frame(self) -> list[QRect]:
        """Fade what glows; a glow that is over is painted once more without it. The places that are painted again."""
        now = self._clock()
        rects = self._rects(self._glows)
        self._glows = {at: end for at, end in self._glows.items() if end > now}
        self._paint_soon(rects)
        if self._glows:
            self.frame_wanted.emit()
        return rects

    def tick(self) -> list[QRect]:
        """Take away the arrows whose time is over; the places that are painted again."""
        now = self._clock()
        rects = self._rects(at for at, end in self._arrows.items() if end <= now)
        self._arrows = {at: end for at, end in self._arrows.items() if end > now}
        self._paint_soon(rects)
        return rects

    def words(self) -> str:
        """All of it as lines of text."""
        return "\n".join(_market_line(face, self._display) for face in self.faces)

    def tip_at(self, point: QPoint) -> str:
        """What a tooltip says at a point; nothing beside the questions."""
        for face, place in zip(self.faces, self.places, strict=True):
            for tile, rect in zip(face.tiles, place.tiles, strict=True):
                if rect.contains(point):
                    return f"{face.title} · {_label(tile)}: {_in_all_formats(tile.odds)}\n{NO_ORDERS}"
            if place.whole.contains(point):
                return "\n".join((f"{face.title} · {face.words}", *face.flaws, NO_ORDERS))
        return ""

    # Qt

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), formats.tip(self.tip_at(event.pos())), self)
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            QGuiApplication.clipboard().setText(self.words())
            return
        super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._is_reached = event.reason() in _KEYS
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._is_reached = False
        super().focusOutEvent(event)

    def sizeHint(self) -> QSize:
        return QSize(380, max((place.whole.bottom() + 1 for place in self.places), default=0))

    def resizeEvent(self, event: QResizeEvent) -> None:
        if event.size().width() != event.oldSize().width():
            self._lay_out()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, region = QPainter(self), event.region()
        for face, place in zip(self.faces, self.places, strict=True):
            if region.intersects(place.head):
                self._head(painter, place.head, face)
            if face.flaws and region.intersects(place.flaw):
                self._flaw(painter, place.flaw, face)
            for tile, rect in zip(face.tiles, place.tiles, strict=True):
                if region.intersects(rect):
                    self._tile(painter, rect, face.look, tile)
        self._lines(painter)
        if self._is_reached:
            painter.setPen(QPen(self._theme.colours["state.info"], 1))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

    # Painting

    def _lines(self, painter: QPainter) -> None:
        painter.setPen(self._theme.colours["surface.line"])
        for place in self.places[:-1]:
            if is_side_by_side(self.width()):
                painter.drawLine(place.whole.right() + PAD, 4, place.whole.right() + PAD, self.height() - 4)
            else:
                painter.drawLine(0, place.whole.bottom() - 2, self.width(), place.whole.bottom() - 2)

    def _head(self, painter: QPainter, rect: QRect, face: MarketFace) -> None:
        colours = self._theme.colours
        painter.setFont(self._title)
        painter.setPen(colours["text.strong"])
        line = QRect(rect.left(), rect.top(), rect.width(), HEAD)
        painter.drawText(line, _LEFT, painter.fontMetrics().elidedText(face.title, _CUT, line.width()))
        below = QRect(rect.left(), line.bottom() - 3, rect.width(), rect.height() - HEAD)
        beside = line.adjusted(painter.fontMetrics().horizontalAdvance(face.title) + 8, 1, 0, 1)
        box = below if rect.height() > HEAD else beside
        painter.setFont(self._small)
        painter.setPen(colours["state.warning" if face.look is Look.STALE else "text.dim"])
        painter.drawText(box, _LEFT, self._metrics.elidedText(face.words, _CUT, box.width()))

    def _flaw(self, painter: QPainter, rect: QRect, face: MarketFace) -> None:
        more = f" (and {len(face.flaws) - 1} more)" if len(face.flaws) > 1 else ""
        room = rect.width() - self._metrics.horizontalAdvance(more)
        painter.setFont(self._small)
        painter.setPen(self._theme.colours["state.warning"])
        painter.drawText(rect, _LEFT, self._metrics.elidedText(f"⚠ {face.flaws[0]}", _CUT, room) + more)

    def _tile(self, painter: QPainter, rect: QRect, look: Look, tile: TileFace) -> None:
        colours = self._theme.colours
        is_priced = look is Look.PRICED and tile.odds is not None
        round_box(painter, rect, colours[_BACK[look] if tile.odds is not None or look is Look.STALE else "state.quiet_back"], CORNER)
        if look is Look.STALE:
            painter.fillRect(rect, QBrush(colours["price.hatch"], Qt.BrushStyle.BDiagPattern))
        if is_priced:
            self._glow(painter, rect, tile)
        painter.setFont(self._small)
        painter.setPen(colours["price.size" if is_priced else "text.dim"])
        painter.drawText(QRect(rect.left() + 9, rect.top() + 4, rect.width() - 14, 15), _LEFT, self._cut_label(tile, rect.width() - 14))
        painter.setFont(self._price)
        painter.setPen(colours["text.strong" if is_priced else "text.dim"])
        text = self._display.odds(tile.odds)
        line = QRect(rect.left() + 9, rect.top() + 18, rect.width() - 12, 22)
        painter.drawText(line, _LEFT, text)
        if is_priced:
            self._arrow(painter, line.adjusted(painter.fontMetrics().horizontalAdvance(text) + 5, 0, 0, 0), tile)

    def _cut_label(self, tile: TileFace, room: int) -> str:
        """The team and its side in so many pixels: a long name is cut before the side."""
        end = f" · {tile.side}" if tile.side else ""
        return self._metrics.elidedText(tile.name, _CUT, room - self._metrics.horizontalAdvance(end)) + end

    def _glow(self, painter: QPainter, rect: QRect, tile: TileFace) -> None:
        left = 1 - (self._clock() - tile.moved_at) / FLASH
        if tile.move and 0 < left <= 1:
            glow = QColor(self._theme.colours[_move_ink(tile)])
            glow.setAlphaF(0.55 * left)
            round_box(painter, rect, glow, CORNER)

    def _arrow(self, painter: QPainter, box: QRect, tile: TileFace) -> None:
        if tile.move and self._clock() - tile.moved_at < ARROW:
            painter.setFont(self._small)
            painter.setPen(self._theme.colours[_move_ink(tile)])
            painter.drawText(box, _LEFT, "▲" if tile.move > 0 else "▼")

    # What is painted again

    def _lay_out(self) -> None:
        self.places = places(self.faces, self.width())
        self.setFixedHeight(self.sizeHint().height())
        self.update()

    def _follow_moves(self) -> None:
        now = self._clock()
        moved = {
            (at, place): tile.moved_at
            for at, face in enumerate(self.faces)
            for place, tile in enumerate(face.tiles)
            if tile.move and face.look is Look.PRICED
        }
        self._glows = {at: since + FLASH for at, since in moved.items() if since + FLASH > now}
        self._arrows = {at: since + ARROW for at, since in moved.items() if since + ARROW > now}
        if self._glows:
            self.frame_wanted.emit()

    def _rects(self, tiles: Iterable[tuple[int, int]]) -> list[QRect]:
        return [self.places[at].tiles[place] for at, place in tiles]

    def _paint_soon(self, rects: Iterable[QRect]) -> None:
        for rect in rects:
            self.update(rect)

    def _reworded(self) -> None:
        self.setAccessibleDescription(self.words())
        self.update()


def _shape(face: MarketFace) -> tuple[int, bool]:
    """What the places depend on."""
    return len(face.tiles), bool(face.flaws)


def _dirty(place: Place, was: MarketFace, now: MarketFace) -> list[QRect]:
    """What is painted again when a question reads otherwise."""
    rects = [] if (was.title, was.words, was.look) == (now.title, now.words, now.look) else [place.head]
    if was.flaws != now.flaws:
        rects.append(place.flaw)
    pairs = zip(place.tiles, was.tiles, now.tiles, strict=True)
    return rects + [rect for rect, before, after in pairs if before != after or was.look is not now.look]


def _move_ink(tile: TileFace) -> str:
    return "price.up" if tile.move > 0 else "price.down"


def _label(tile: TileFace) -> str:
    return f"{tile.name} · {tile.side}" if tile.side else tile.name


def _market_line(face: MarketFace, display: Display) -> str:
    tiles = ", ".join(f"{_label(tile)} {display.odds(tile.odds)}" for tile in face.tiles)
    return f"{face.title} ({face.words}): {tiles}" + "".join(f" Warning: {flaw}" for flaw in face.flaws)


def _in_all_formats(odds: Odds | None) -> str:
    if odds is None:
        return "no price"
    return f"{formats.decimal(odds)} decimal, {formats.american(odds)} American, {formats.implied(odds)} implied"
