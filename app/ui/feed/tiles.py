"""The odds of a match's questions as painted tiles. They inform: nothing in them can be ordered. Only what changed is painted again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QCursor,
    QFocusEvent,
    QGuiApplication,
    QHelpEvent,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QMenu, QSizePolicy, QToolTip, QWidget

from app.domain.odds import Odds
from app.ui import formats
from app.ui.delegates.odds_cell import ARROW, FLASH
from app.ui.display import Display
from app.ui.feed.alert_wish import ALERT, KEYS, is_alert_key
from app.ui.feed.market_face import Look, MarketFace, TileFace
from app.ui.feed.tile_paint import TilePainter
from app.ui.feed.tile_places import NOTE, PAD, Place, height, is_side_by_side, places
from app.ui.models.feed_words import decimals_of, exact, odds_words
from app.ui.theme import Theme

NO_ORDERS = "For information: nothing can be ordered at this venue."
_KEYS = {Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason, Qt.FocusReason.ShortcutFocusReason}


class OddsTiles(QWidget):
    """Passive: `show_faces`, `tick` each second. While something glows it asks for frames (`frame_wanted`) and each `on_frame` fades it."""

    frame_wanted = Signal()
    alert_wanted = Signal(object)  # question and tile, counted from 0; None: none was pointed at

    def __init__(self, display: Display, theme: Theme, clock: Callable[[], float]) -> None:
        super().__init__()
        self._display = display
        self._theme = theme
        self._clock = clock
        self._painter = TilePainter(display, theme, clock)
        self._glows: dict[tuple[int, int], float] = {}  # question and tile -> until when, monotonic
        self._arrows: dict[tuple[int, int], float] = {}
        self._room: int | None = None  # pixels of height, where that is known
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
        decimals = decimals_of(tile.odds for face in self.faces for tile in face.tiles)
        if decimals != self._painter.decimals or [_shape(face) for face in old] != [_shape(face) for face in self.faces]:
            self._painter.decimals = decimals
            self._lay_out()
            dirty = [self.rect()]
        else:
            dirty = [rect for place, was, now in zip(self.places, old, self.faces, strict=True) for rect in _dirty(place, was, now)]
        self._follow_moves()
        self._paint_soon(dirty)
        self.setAccessibleDescription(self.words())
        return dirty

    def fit(self, room: int) -> None:
        """So many pixels of height are there: where more are wanted, the questions are set closer."""
        if room != self._room:
            self._room = room
            self._lay_out()

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
        return "\n".join(_market_line(face, self._display, self._painter.decimals) for face in self.faces)

    def tile_at(self, point: QPoint) -> tuple[int, int] | None:
        """The question and the tile at a point, counted from 0."""
        rects = ((at, place, rect) for at, spot in enumerate(self.places) for place, rect in enumerate(spot.tiles))
        return next(((at, place) for at, place, rect in rects if rect.contains(point)), None)

    def menu_at(self, point: QPoint) -> QMenu:
        """The context menu for a point."""
        menu, pointed = QMenu(self), self.tile_at(point)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction("Copy the odds\tCtrl+C", self.copy)
        menu.addAction(f"{ALERT}\t{KEYS}", lambda: self.alert_wanted.emit(pointed))
        return menu

    def copy(self) -> None:
        QGuiApplication.clipboard().setText(self.words())

    def tip_at(self, point: QPoint) -> str:
        """What a tooltip says at a point; nothing beside the questions."""
        for face, place in zip(self.faces, self.places, strict=True):
            for tile, rect in zip(face.tiles, place.tiles, strict=True):
                if rect.contains(point):
                    return f"{face.title} · {_label(tile)}: {_in_all_formats(tile.odds)}\n{NO_ORDERS}"
            if place.whole.contains(point):
                return "\n".join(filter(None, (f"{face.title} · {face.words}", face.note, *face.flaws, NO_ORDERS)))
        return f"{self.hidden_words}: make this pane higher to see it." if self.hidden_words else ""

    @property
    def hidden_words(self) -> str:
        """What has no room here; empty where all has."""
        pairs = zip(self.faces, self.places, strict=True)
        titles = [face.title for face, place in pairs if place.is_hidden]
        return f"No room for {' and '.join(titles)}" if titles else ""

    # Qt

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), formats.tip(self.tip_at(event.pos())), self)
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
            return
        if is_alert_key(event):
            self.alert_wanted.emit(self.tile_at(self.mapFromGlobal(QCursor.pos())))
            return
        super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.menu_at(event.pos()).popup(event.globalPos())

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._is_reached = event.reason() in _KEYS
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._is_reached = False
        super().focusOutEvent(event)

    def sizeHint(self) -> QSize:
        return QSize(380, height(self.places))

    def resizeEvent(self, event: QResizeEvent) -> None:
        if event.size().width() != event.oldSize().width():
            self._lay_out()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, region = QPainter(self), event.region()
        for face, place in zip(self.faces, self.places, strict=True):
            if region.intersects(place.head):
                self._painter.head(painter, place.head, face)
            if face.flaws and region.intersects(place.flaw):
                self._painter.flaw(painter, place.flaw, face)
            for tile, rect in zip(face.tiles, place.tiles, strict=True):
                if region.intersects(rect):
                    self._painter.tile(painter, rect, face.look, tile)
        self._note(painter)
        self._lines(painter)
        if self._is_reached:
            painter.setPen(QPen(self._theme.colours["state.info"], 1))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

    def _note(self, painter: QPainter) -> None:
        if words := self.hidden_words:
            brief = f"No room for {sum(place.is_hidden for place in self.places)} markets"
            self._painter.note(painter, QRect(PAD, self.height() - NOTE, self.width() - 2 * PAD, NOTE), words, brief)

    def _lines(self, painter: QPainter) -> None:
        painter.setPen(self._theme.colours["surface.line"])
        for place in [place for place in self.places if not place.is_hidden][:-1]:
            if is_side_by_side(self.width()):
                painter.drawLine(place.whole.right() + PAD, 4, place.whole.right() + PAD, self.height() - 4)
            else:
                painter.drawLine(0, place.whole.bottom() - 2, self.width(), place.whole.bottom() - 2)

    # What is painted again

    def _lay_out(self) -> None:
        label = max((self._painter.label_width(tile) for face in self.faces for tile in face.tiles), default=0)
        self.places = places(self.faces, self.width(), label, self._room)
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


def _shape(face: MarketFace) -> tuple[tuple[str, ...], bool]:
    """What the places depend on."""
    return tuple(_label(tile) for tile in face.tiles), bool(face.flaws)


def _dirty(place: Place, was: MarketFace, now: MarketFace) -> list[QRect]:
    """What is painted again when a question reads otherwise."""
    rects = [] if (was.title, was.words, was.look, was.brief) == (now.title, now.words, now.look, now.brief) else [place.head]
    if was.flaws != now.flaws:
        rects.append(place.flaw)
    pairs = zip(place.tiles, was.tiles, now.tiles, strict=True)
    return rects + [rect for rect, before, after in pairs if before != after or was.look is not now.look]


def _label(tile: TileFace) -> str:
    return f"{tile.name} · {tile.side}" if tile.side else tile.name


def _market_line(face: MarketFace, display: Display, decimals: int) -> str:
    tiles = ", ".join(f"{_label(tile)} {odds_words(display, tile.odds, decimals)}" for tile in face.tiles)
    return f"{face.title} ({face.words}): {tiles}" + "".join(f" Warning: {flaw}" for flaw in face.flaws)


def _in_all_formats(odds: Odds | None) -> str:
    if odds is None:
        return "no price"
    return f"{exact(odds)} decimal, {formats.american(odds)} American, {formats.implied(odds)} implied"
