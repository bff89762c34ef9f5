"""Paints how much of a limit is used: a short bar, and the words beside it."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from app.ui.models.users import UsersModel
from app.ui.theme import Theme

WIDE, HIGH = 34, 8  # pixels of the bar
NEAR, FULL = 0.75, 1.0  # shares from which it is coloured as a warning, and as used up


class UseBarDelegate(QStyledItemDelegate):
    def __init__(self, model: UsersModel, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._model = model
        self._theme = theme

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        colours = self._theme.colours
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, colours["surface.selected"])
        share = float(self._model.rows[index.row()].line.tightest.share)
        if not share:
            return
        bar = QRect(rect.left() + 4, rect.center().y() - HIGH // 2 + 1, WIDE, HIGH)
        painter.fillRect(bar, colours["surface.line"])
        painter.fillRect(
            QRect(bar.topLeft(), bar.bottomRight()).adjusted(0, 0, -round(WIDE * (1 - min(share, 1.0))), 0), colours[_use(share)]
        )
        painter.setPen(colours["text.strong" if state & QStyle.StateFlag.State_Selected else "text.normal"])
        room = rect.adjusted(WIDE + 12, 0, -4, 0)
        words = option.fontMetrics.elidedText(str(index.data(Qt.ItemDataRole.DisplayRole)), Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, words)


def _use(share: float) -> str:
    if share >= FULL:
        return "state.bad"
    return "state.warning" if share >= NEAR else "state.info"
