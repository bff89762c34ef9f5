"""Paints a line of the event tree: the name, a live mark, what stands at its right, and a star."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from app.ui.models.event_tree import EventTreeModel, Node
from app.ui.theme import Theme

HEIGHT = 24
STAR = 16  # pixels at the right end of an event's line
STARRED, BARE = "★", "☆"


def star_rect(rect: QRect) -> QRect:
    """Where in an event's line its star is."""
    return QRect(rect.right() - STAR, rect.top(), STAR, rect.height())


class EventLineDelegate(QStyledItemDelegate):
    def __init__(self, model: EventTreeModel, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._model = model
        self._theme = theme
        self._name, self._head, self._gone = theme.font(13), theme.font(13, bold=True), theme.font(13)
        self._gone.setStrikeOut(True)
        self._small, self._tiny = theme.font(11), theme.font(9, bold=True)
        self._small_width = QFontMetrics(self._small)
        self._live_width = QFontMetrics(self._tiny).horizontalAdvance("LIVE") + 8

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(60, HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        node, rect, state = self._model.node(index), option.rect, option.state
        colours = self._theme.colours
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, colours["surface.selected"])
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, colours["surface.hover"])
        right = rect.right() - 8
        if node.is_event:
            self._star(painter, rect, node, is_hovered=bool(state & QStyle.StateFlag.State_MouseOver))
            right = rect.right() - STAR
        side = self._model.side_text(node)
        side_width = self._small_width.horizontalAdvance(side) + 10 if side else 4
        left = rect.left() + 2
        if node.event and not node.group and node.event.is_live and not node.key.startswith(("p", "m")):
            left += self._live(painter, rect, left)
        painter.setFont(self._font(node))
        is_faint = node.is_words or self._model.is_leaving(node) or self._model.is_unclear(node)
        painter.setPen(colours["text.faint" if is_faint else "state.info" if node.is_more else "text.normal"])
        name = QRect(left, rect.top(), max(right - left - side_width, 10), rect.height())
        elided = painter.fontMetrics().elidedText(node.text, Qt.TextElideMode.ElideRight, name.width())
        painter.drawText(name, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, elided)
        painter.setFont(self._small)
        painter.setPen(colours["text.dim"])
        place = QRect(rect.left(), rect.top(), right - rect.left(), rect.height())
        painter.drawText(place, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, side)

    def _font(self, node: Node) -> QFont:
        if self._model.is_leaving(node):
            return self._gone
        return self._head if node.event is None and not node.is_words else self._name

    def _star(self, painter: QPainter, rect: QRect, node: Node, *, is_hovered: bool) -> None:
        """A star that is set is always there; one that could be set only where the mouse is."""
        is_starred = self._model.is_starred(node)
        if is_starred or is_hovered:
            painter.setFont(self._name)
            painter.setPen(self._theme.colours["state.warning" if is_starred else "text.faint"])
            painter.drawText(star_rect(rect), Qt.AlignmentFlag.AlignCenter, STARRED if is_starred else BARE)

    def _live(self, painter: QPainter, rect: QRect, left: int) -> int:
        """The word LIVE in a frame: a colour alone would not say it."""
        box = QRect(left, rect.center().y() - 7, self._live_width, 14)
        painter.fillRect(box, self._theme.colours["state.bad_back"])
        painter.setFont(self._tiny)
        painter.setPen(self._theme.colours["state.bad"])
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, "LIVE")
        return self._live_width + 6
