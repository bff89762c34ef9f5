"""Paints a line of the event tree: the name, a live mark, what stands at its right, and a star."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, Qt
from PySide6.QtGui import QFont, QPainter
from PySide6.QtWidgets import QStyleOptionViewItem, QWidget

from app.ui.delegates.star_line import STAR, StarLineDelegate
from app.ui.models.event_tree import EventTreeModel, Node
from app.ui.theme import Theme

LIVE = "LIVE"


class EventLineDelegate(StarLineDelegate):
    def __init__(self, model: EventTreeModel, theme: Theme, parent: QWidget) -> None:
        super().__init__(theme, parent)
        self._model = model
        self._gone = theme.font(13)
        self._gone.setStrikeOut(True)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        node, rect, colours = self._model.node(index), option.rect, self._theme.colours
        self.ground(painter, option)
        right = rect.right() - 8
        if node.is_event:
            self.star(painter, option, is_starred=self._model.is_starred(node))
            right = rect.right() - STAR
        side = self._model.side_text(node)
        left = rect.left() + 2
        if node.event and not node.group and node.event.is_live and not node.key.startswith(("p", "m")):
            left += self._live(painter, rect, left)
        painter.setFont(self._font(node))
        is_faint = node.is_words or self._model.is_leaving(node) or self._model.is_unclear(node)
        painter.setPen(colours["text.faint" if is_faint else "state.info" if node.is_more else "text.normal"])
        name = QRect(left, rect.top(), max(right - left - self.side_width(side), 10), rect.height())
        elided = painter.fontMetrics().elidedText(node.text, Qt.TextElideMode.ElideRight, name.width())
        painter.drawText(name, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, elided)
        self.side(painter, rect, right, side, "text.dim")

    def _font(self, node: Node) -> QFont:
        if self._model.is_leaving(node):
            return self._gone
        return self._head if node.event is None and not node.is_words else self._name

    def _live(self, painter: QPainter, rect: QRect, left: int) -> int:
        box = self.chip_box(rect, left, LIVE)
        painter.fillRect(box, self._theme.colours["state.bad_back"])
        self.chip(painter, box, LIVE, "state.bad")
        return box.width() + 6
