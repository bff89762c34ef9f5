"""Paints one question of the match page: its name with its figures, what in it cannot be right, and its tiles."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetrics, QPainter

from app.ui.delegates.odds_cell import ARROW, FLASH, GLOW
from app.ui.display import Display
from app.ui.feed.market_face import Look, MarketFace, TileFace
from app.ui.feed.score import round_box
from app.ui.feed.tile_places import HEAD, is_row
from app.ui.models.feed_words import odds_words
from app.ui.theme import Theme

CORNER = 4
INSET = 9  # pixels from a tile's edge to its text
MARK = 16  # pixels of an arrow with the gap before it
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_CUT = Qt.TextElideMode.ElideRight
_BACK = {Look.PRICED: "price.best", Look.STALE: "price.stale", Look.NONE: "state.quiet_back"}


class TilePainter:
    """`decimals`: of every decimal price, so that those of one pane read alike."""

    def __init__(self, display: Display, theme: Theme, clock: Callable[[], float]) -> None:
        self._display = display
        self._theme = theme
        self._clock = clock
        self._title, self._small = theme.font(13, bold=True), theme.font(11)
        self._prices = tuple(theme.font(size, bold=True) for size in (17, 15, 13, 11))
        self._metrics = QFontMetrics(self._small)
        self.decimals = 2

    def label_width(self, tile: TileFace) -> int:
        """Pixels of a tile's name with its side."""
        return self._metrics.horizontalAdvance(tile.name + _side(tile))

    def head(self, painter: QPainter, rect: QRect, face: MarketFace) -> None:
        """Name, age at the right end, and the figures between them, or below where there is no room for them."""
        colours = self._theme.colours
        line = QRect(rect.left(), rect.top(), rect.width(), min(HEAD, rect.height()))
        painter.setFont(self._small)
        painter.setPen(colours["text.dim"])
        painter.drawText(line.adjusted(0, 1, 0, 1), _RIGHT, face.age)
        free = line.adjusted(0, 0, -self._metrics.horizontalAdvance(face.age) - 8, 0)
        painter.setFont(self._title)
        painter.setPen(colours["text.strong"])
        title = painter.fontMetrics().elidedText(face.title, _CUT, free.width())
        painter.drawText(free, _LEFT, title)
        below = QRect(rect.left(), line.bottom() - 3, rect.width(), rect.height() - HEAD)
        beside = free.adjusted(painter.fontMetrics().horizontalAdvance(title) + 8, 1, 0, 1)
        painter.setFont(self._small)
        painter.setPen(colours["state.warning" if face.look is Look.STALE else "text.dim"])
        is_close = rect.height() < HEAD and face.look is Look.PRICED  # no second line: what would be cut is in the tip
        if not is_close or self._metrics.horizontalAdvance(face.brief or face.state) <= beside.width():
            self._figures(painter, below if rect.height() > HEAD else beside, face)

    def flaw(self, painter: QPainter, rect: QRect, face: MarketFace) -> None:
        more = f" (and {len(face.flaws) - 1} more)" if len(face.flaws) > 1 else ""
        room = rect.width() - self._metrics.horizontalAdvance(more)
        painter.setFont(self._small)
        painter.setPen(self._theme.colours["state.warning"])
        painter.drawText(rect, _LEFT, self._metrics.elidedText(f"⚠ {face.flaws[0]}", _CUT, room) + more)

    def note(self, painter: QPainter, rect: QRect, words: str, brief: str) -> None:
        painter.setFont(self._small)
        painter.setPen(self._theme.colours["text.dim"])
        is_whole = self._metrics.horizontalAdvance(words) <= rect.width()
        painter.drawText(rect, _LEFT, self._metrics.elidedText(words if is_whole else brief, _CUT, rect.width()))

    def tile(self, painter: QPainter, rect: QRect, look: Look, tile: TileFace) -> None:
        colours = self._theme.colours
        is_priced = look is Look.PRICED and tile.odds is not None
        round_box(painter, rect, colours[_BACK[look] if tile.odds is not None or look is Look.STALE else "state.quiet_back"], CORNER)
        if look is Look.STALE:
            painter.fillRect(rect, QBrush(colours["price.hatch"], Qt.BrushStyle.BDiagPattern))
        if is_priced:
            self._glow(painter, rect, tile)
        if is_row(rect):
            self._row(painter, rect.adjusted(INSET, 0, -4, 0), tile, is_priced=is_priced)
        else:
            self._stack(painter, rect.adjusted(INSET, 0, -3, 0), tile, is_priced=is_priced)

    def _figures(self, painter: QPainter, box: QRect, face: MarketFace) -> None:
        is_whole = self._metrics.horizontalAdvance(face.state) <= box.width() or not face.brief
        painter.drawText(box, _LEFT, self._metrics.elidedText(face.state if is_whole else face.brief, _CUT, box.width()))

    def _stack(self, painter: QPainter, box: QRect, tile: TileFace, *, is_priced: bool) -> None:
        """The price below the name."""
        self._label(painter, QRect(box.left(), box.top() + 4, box.width() - 2, 15), tile, is_priced=is_priced)
        text, line = self._text(tile), QRect(box.left(), box.top() + 18, box.width(), 22)
        painter.setFont(self._font(text, line.width() - MARK))
        painter.setPen(self._theme.colours["text.strong" if is_priced else "text.dim"])
        painter.drawText(line, _LEFT, text)
        if is_priced:
            self._arrow(painter, line.adjusted(painter.fontMetrics().horizontalAdvance(text) + 5, 0, 0, 0), tile)

    def _row(self, painter: QPainter, box: QRect, tile: TileFace, *, is_priced: bool) -> None:
        """The price at the right of the name, in line with the others; the arrow behind it."""
        text, line = self._text(tile), box.adjusted(0, 0, -MARK, 0)
        painter.setFont(self._prices[1])
        wide = painter.fontMetrics().horizontalAdvance(text)
        painter.setPen(self._theme.colours["text.strong" if is_priced else "text.dim"])
        painter.drawText(line, _RIGHT, text)
        if is_priced:
            self._arrow(painter, QRect(line.right() + 5, box.top(), MARK, box.height()), tile)
        self._label(painter, line.adjusted(0, 0, -wide - 6, 0), tile, is_priced=is_priced)

    def _label(self, painter: QPainter, box: QRect, tile: TileFace, *, is_priced: bool) -> None:
        """The team and its side: a long name is cut before the side."""
        end = _side(tile)
        name = self._metrics.elidedText(tile.name, _CUT, box.width() - self._metrics.horizontalAdvance(end))
        painter.setFont(self._small)
        painter.setPen(self._theme.colours["text.normal" if is_priced else "text.dim"])
        painter.drawText(box, _LEFT, name + end)

    def _text(self, tile: TileFace) -> str:
        return odds_words(self._display, tile.odds, self.decimals)

    def _font(self, text: str, room: int) -> QFont:
        """The largest in which a price fits."""
        return next((font for font in self._prices if QFontMetrics(font).horizontalAdvance(text) <= room), self._prices[-1])

    def _glow(self, painter: QPainter, rect: QRect, tile: TileFace) -> None:
        left = 1 - (self._clock() - tile.moved_at) / FLASH
        if tile.move and 0 < left <= 1:
            glow = QColor(self._theme.colours[_move_ink(tile)])
            glow.setAlphaF(GLOW * left)
            round_box(painter, rect, glow, CORNER)

    def _arrow(self, painter: QPainter, box: QRect, tile: TileFace) -> None:
        if tile.move and self._clock() - tile.moved_at < ARROW:
            painter.setFont(self._small)
            painter.setPen(self._theme.colours[_move_ink(tile)])
            painter.drawText(box, _LEFT, "▲" if tile.move > 0 else "▼")


def _side(tile: TileFace) -> str:
    return f" · {tile.side}" if tile.side else ""


def _move_ink(tile: TileFace) -> str:
    return "price.up" if tile.move > 0 else "price.down"
