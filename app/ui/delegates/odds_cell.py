"""Paints the odds grid: two-line price cells with arrow, fading flash and stale hatch, and the heads with their numbers to choose."""

from __future__ import annotations

import re
from weakref import WeakKeyDictionary

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetrics, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from app.domain.book import Level
from app.domain.market import Market, MarketKey
from app.services.prices import Tick
from app.ui import formats
from app.ui.display import Display
from app.ui.lettering import Lettering
from app.ui.models.odds_grid import LEVELS, Col, Head, Line, OddsGridModel
from app.ui.theme import Theme

HEAD_HEIGHT = 28
LINE_HEIGHT = 38
FLASH = 0.6  # seconds a change glows
GLOW = 0.35  # how much of its colour a change has at first: figures on it stay readable, also where one comes each second
ARROW = 3.0  # seconds an arrow stays
PAD = 7
DOT = 6  # pixels across, and from the corner
SPARKS = 24  # moves a trail shows: as many as its pixels can tell apart
WIDEST = 9  # pixels an average letter of the largest font takes at most

_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_CENTRE = Qt.AlignmentFlag.AlignCenter
# Flags of Qt are enums in Python: joining two costs as much as drawing a word, so they are joined once.
_POINTED = QStyle.StateFlag.State_MouseOver | QStyle.StateFlag.State_HasFocus
_COLUMNS = tuple(Col)
# What tells one line of a market from the next: "over 25.5", "+17", "−4.5".
_TELLING = re.compile(r"(?:\s(?:over|under))?\s[+\-−]?\d+(?:\.\d+)?$", re.IGNORECASE)
_BACK = {Col.BEST: "price.best", Col.SECOND: "price.deep", Col.THIRD: "price.deepest"}


class OddsCellDelegate(QStyledItemDelegate):
    """Reads the model's rows; `strike_at` says which number of a head lies under a point."""

    def __init__(self, model: OddsGridModel, display: Display, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._model = model
        self._display = display
        self._theme = theme
        self._boxes: WeakKeyDictionary[Head, tuple[QRect, list[tuple[QRect, Market]]]] = WeakKeyDictionary()
        self._fonts = {
            "price": theme.font(14, bold=True),
            "name": theme.font(13, bold=True),
            "plain": theme.font(12),
            "small": theme.font(11),
        }
        self._letters = Lettering(self._fonts)

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(60, HEAD_HEIGHT if isinstance(self._model.rows[index.row()], Head) else LINE_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        rect: QRect = option.rect
        row = self._model.rows[index.row()]
        if isinstance(row, Head):
            if index.column() == Col.NAME:
                self._head(painter, rect, row)
            return
        column = _COLUMNS[index.column()]
        if column in LEVELS:
            self._level(painter, rect, row, column, is_pointed=bool(option.state & _POINTED))
        elif column is Col.NAME:
            self._name(painter, rect, row, is_pointed=bool(option.state & _POINTED))
        elif column is Col.SPARK:
            self._spark(painter, rect, row)
        elif column is Col.MINE:
            self._mine(painter, rect, row)
        else:
            self._figure(painter, rect, row, column)
        painter.setPen(self._theme.colours["surface.line"])
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())

    # Heads

    def strike_at(self, rect: QRect, head: Head, x: int) -> MarketKey | None:
        """The market whose number stands at `x` of the head painted in `rect`."""
        for box, market in self._strikes(rect, head):
            if box.left() - 4 <= x <= box.right() + 4:
                return market.key
        return None

    def _head(self, painter: QPainter, rect: QRect, head: Head) -> None:
        colours = self._theme.colours
        painter.fillRect(rect, colours["surface.raised"])
        painter.setFont(self._fonts["name"])
        painter.setPen(colours["text.normal"])
        painter.drawText(rect.adjusted(PAD, 0, 0, 0), _LEFT, head.group.name)
        painter.setFont(self._fonts["small"])
        boxes = self._strikes(rect, head)
        for box, market in boxes:
            is_chosen = market.key == head.chosen.key
            if is_chosen:
                painter.fillRect(box.adjusted(-4, 5, 4, -5), colours["state.info_back"])
            painter.setPen(colours["text.strong" if is_chosen else "text.dim"])
            painter.drawText(box, _CENTRE, _number(market))
        painter.setPen(colours["text.dim"])
        note = self._head_note(head)
        left = (
            boxes[-1][0].right() + 16
            if boxes
            else rect.left() + PAD + QFontMetrics(self._fonts["name"]).horizontalAdvance(head.group.name) + 16
        )
        if left + QFontMetrics(self._fonts["small"]).horizontalAdvance(note) + PAD < rect.right():
            painter.drawText(rect.adjusted(0, 0, -PAD, 0), _RIGHT, note)

    def _head_note(self, head: Head) -> str:
        parts = [] if head.chosen.status == "active" else [head.chosen.status.upper() or "NOT OPEN"]
        book = self._model.overround(head.chosen)
        if book is not None:
            parts.append(f"book {book * 100:.1f} %")
        if head.chosen.traded:
            parts.append(f"traded {formats.short_money(head.chosen.traded)}")
        return " · ".join(parts)

    def _strikes(self, rect: QRect, head: Head) -> list[tuple[QRect, Market]]:
        """Boxes of the numbers that fit, around the chosen one; laid out once for a head's place and width."""
        known = self._boxes.get(head)
        if known is None or known[0] != rect:
            known = self._boxes[head] = (QRect(rect), self._laid_out(rect, head))
        return known[1]

    def _laid_out(self, rect: QRect, head: Head) -> list[tuple[QRect, Market]]:
        if len(head.group.markets) < 2:
            return []
        metrics = QFontMetrics(self._fonts["small"])
        left = rect.left() + PAD + QFontMetrics(self._fonts["name"]).horizontalAdvance(head.group.name) + 18
        room = max(int((rect.right() - 190 - left) // (metrics.horizontalAdvance("−000.5") + 10)), 1)
        markets = head.group.markets
        place = next((at for at, market in enumerate(markets) if market.key == head.chosen.key), 0)
        first = min(max(place - room // 2, 0), max(len(markets) - room, 0))
        boxes = []
        for market in markets[first : first + room]:
            width = metrics.horizontalAdvance(_number(market))
            boxes.append((QRect(left, rect.top(), width, rect.height()), market))
            left += width + 16
        return boxes

    # Lines

    def _name(self, painter: QPainter, rect: QRect, line: Line, *, is_pointed: bool) -> None:
        colours = self._theme.colours
        if is_pointed:
            painter.fillRect(rect, colours["surface.hover"])
        self._text(painter, rect, line.selection.name, self._fonts["name"], colours["text.strong"], _LEFT)

    def _level(self, painter: QPainter, rect: QRect, line: Line, column: Col, *, is_pointed: bool) -> None:
        colours = self._theme.colours
        cell = rect.adjusted(0, 0, -1, 0)
        level = line.level(LEVELS[column])
        is_tradable = line.is_tradable
        painter.fillRect(cell, colours[_BACK[column]] if is_tradable else colours["price.stale"])
        if not is_tradable:
            painter.fillRect(cell, QBrush(colours["price.hatch"], Qt.BrushStyle.BDiagPattern))
        elif column is Col.BEST:
            self._flash(painter, cell, line)
        if is_pointed and is_tradable:
            painter.setPen(QPen(colours["state.info"], 1))
            painter.drawRect(cell.adjusted(0, 0, -1, -1))
        if level is None:
            words = "no offer" if column is Col.BEST else formats.NOTHING
            self._text(painter, cell, words, self._fonts["small"], colours["text.faint"], _RIGHT)
            return
        self._price(painter, cell, line, level, with_arrow=column is Col.BEST, is_tradable=is_tradable)
        if line.is_own(LEVELS[column]):
            self._dot(painter, cell)

    def _price(self, painter: QPainter, cell: QRect, line: Line, level: Level, *, with_arrow: bool, is_tradable: bool) -> None:
        colours = self._theme.colours
        right = cell.right() - PAD
        text = self._display.odds(level.odds)
        painter.setPen(colours["text.strong" if is_tradable else "text.dim"])
        self._letters.right(painter, right, cell.top() + 12, text, "price" if len(text) < 6 else "name")
        painter.setPen(colours["price.size" if is_tradable else "text.faint"])
        self._letters.right(painter, right, cell.top() + 27, formats.short_money(level.takeable), "small")
        if not with_arrow:
            return
        direction, at = line.tick
        if direction is not Tick.NONE and self._model.clock() - at < ARROW:
            painter.setPen(colours["price.up" if direction is Tick.UP else "price.down"])
            self._letters.right(painter, cell.left() + 14, cell.top() + 27, "▲" if direction is Tick.UP else "▼", "small")

    def _dot(self, painter: QPainter, cell: QRect) -> None:
        """Some of this price is our own money."""
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.colours["price.own"])
        painter.drawEllipse(cell.left() + DOT, cell.top() + DOT, DOT, DOT)
        painter.restore()

    def _flash(self, painter: QPainter, cell: QRect, line: Line) -> None:
        direction, at = line.tick
        left = 1 - (self._model.clock() - at) / FLASH
        if direction is Tick.NONE or left <= 0:
            return
        glow = QColor(self._theme.colours["price.up" if direction is Tick.UP else "price.down"])
        glow.setAlphaF(GLOW * left)
        painter.fillRect(cell, glow)

    def _spark(self, painter: QPainter, rect: QRect, line: Line) -> None:
        quote = line.quote
        trail = quote.trail.get(line.selection.id) if quote else None
        if not trail or len(trail) < 2:
            return
        box = rect.adjusted(6, 10, -6, -10)
        shown = list(trail)[-SPARKS:]
        low, high = min(value for _, value in shown), max(value for _, value in shown)
        start, end = shown[0][0], max(self._model.clock(), shown[0][0] + 1)
        span = (high - low) or 1.0
        wide, left, high_at = box.width() / (end - start), box.left(), box.bottom()
        points: list[QPointF] = []
        before = 0.0
        for at, value in shown:
            x, y = left + (at - start) * wide, high_at - (value - low) / span * box.height()
            points += [QPointF(x, before), QPointF(x, y)] if points else [QPointF(x, y)]
            before = y
        points.append(QPointF(box.right(), before))
        painter.setPen(QPen(self._theme.colours["price.spark"], 1))
        painter.drawPolyline(QPolygonF(points))

    def _mine(self, painter: QPainter, rect: QRect, line: Line) -> None:
        orders = line.mine
        if not orders:
            return
        colours = self._theme.colours
        box = rect.adjusted(3, 3, -4, -4)
        painter.setPen(QPen(colours["price.own"], 1))
        painter.drawRect(box)
        more = f" +{len(orders) - 1}" if len(orders) > 1 else ""
        top = QRect(box.left(), box.top() + 1, box.width() - 5, 16)
        bottom = QRect(box.left(), box.top() + 16, box.width() - 5, 14)
        self._text(painter, top, self._display.odds(orders[0].odds) + more, self._fonts["name"], colours["price.own"], _RIGHT, pad=0)
        rest = formats.short_money(sum((order.rest for order in orders), orders[0].rest * 0))
        self._text(painter, bottom, f"{rest} rests", self._fonts["small"], colours["text.dim"], _RIGHT, pad=0)

    def _figure(self, painter: QPainter, rect: QRect, line: Line, column: Col) -> None:
        colours = self._theme.colours
        text = self._model.text(line, column)
        colour = colours["text.normal"]
        if column is Col.IF_WINS and text:
            value = line.if_wins or 0
            colour = colours["price.up" if value > 0 else "price.down" if value < 0 else "text.dim"]
        elif column is Col.AGE:
            is_verified = line.freshness.is_verified
            colour = colours["state.good" if is_verified else "state.bad"]
            text = text if is_verified or text in {"stale", "not read"} else f"stale {text}"
        elif column is Col.CHANGED:
            colour = colours["text.dim"]
        self._text(painter, rect, text, self._fonts["plain"], colour, _RIGHT)

    def _text(
        self, painter: QPainter, rect: QRect, text: str, font: QFont, colour: QColor, flags: Qt.AlignmentFlag, *, pad: int = PAD
    ) -> None:
        painter.setFont(font)
        painter.setPen(colour)
        box = rect.adjusted(pad, 0, -pad, 0)
        if len(text) * WIDEST > box.width():  # measuring costs as much as drawing: only what might not fit is measured
            text, box = self._fitted(painter, rect, box, text, flags)
        painter.drawText(box, flags, text)

    def _fitted(self, painter: QPainter, rect: QRect, box: QRect, text: str, flags: Qt.AlignmentFlag) -> tuple[str, QRect]:
        """A figure is rather small than cut; a name is elided before its number."""
        if flags == _RIGHT and painter.fontMetrics().horizontalAdvance(text) > box.width():
            painter.setFont(self._fonts["small"])
            box = rect.adjusted(2, 0, -3, 0)
        return elided_name(text, painter.fontMetrics(), box.width()), box


def elided_name(name: str, metrics: QFontMetrics, width: int) -> str:
    """A name in so many pixels: it is cut before the number at its end, which tells it from the same name with another."""
    if metrics.horizontalAdvance(name) <= width:
        return name
    found = _TELLING.search(name)
    end = found.group() if found else ""
    room = max(width - metrics.horizontalAdvance(end), 0)
    return metrics.elidedText(name.removesuffix(end), Qt.TextElideMode.ElideRight, room) + end


def _number(market: Market) -> str:
    """The strike as people read it: `−4.5` and `+3` on a spread, `215.5` on a total."""
    value = format(market.key.strike, "f")
    if market.kind == "spread" and market.key.strike > 0:
        return f"+{value}"
    return value.replace("-", formats.MINUS)
