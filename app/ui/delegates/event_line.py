"""Paints a line of the event tree: the name, a live dot, and what stands at its right."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from app.ui.models.event_tree import EventTreeModel
from app.ui.theme import Theme

HEIGHT = 24


class EventLineDelegate(QStyledItemDelegate):
    def __init__(self, model: EventTreeModel, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._model = model
        self._theme = theme

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(60, HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        colours, node = self._theme.colours, self._model.node(index)
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, colours["surface.selected"])
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, colours["surface.hover"])
        side = self._model.side_text(node)
        small = self._theme.font(11)
        side_width = QFontMetrics(small).horizontalAdvance(side) + 10 if side else 4
        left = rect.left() + 2
        if node.event and not node.group and node.event.is_live:
            left += self._live(painter, rect, left)
        painter.setFont(self._theme.font(13, bold=node.event is None and not node.key.startswith(("w", "p"))))
        painter.setPen(colours["text.faint" if node.key.startswith("w") else "text.normal"])
        name = QRect(left, rect.top(), max(rect.right() - left - side_width, 10), rect.height())
        elided = painter.fontMetrics().elidedText(node.text, Qt.TextElideMode.ElideRight, name.width())
        painter.drawText(name, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, elided)
        painter.setFont(small)
        painter.setPen(colours["text.dim"])
        painter.drawText(rect.adjusted(0, 0, -8, 0), Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, side)

    def _live(self, painter: QPainter, rect: QRect, left: int) -> int:
        """The word LIVE in a frame: a colour alone would not say it."""
        font = self._theme.font(9, bold=True)
        width = QFontMetrics(font).horizontalAdvance("LIVE") + 8
        box = QRect(left, rect.center().y() - 7, width, 14)
        painter.fillRect(box, self._theme.colours["state.bad_back"])
        painter.setFont(font)
        painter.setPen(self._theme.colours["state.bad"])
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, "LIVE")
        return width + 6
