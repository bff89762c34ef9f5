"""Paints a cell of the map of users by events: the figure on a ground that is the warmer the more of the limit is at risk."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from app.ui.models.heat import HeatModel
from app.ui.theme import Colours, Theme

STRENGTHS = (0.0, 0.10, 0.22, 0.34, 0.46, 0.58)  # of the alarming colour in the ground, by heat: text stays readable on all of them


class HeatCellDelegate(QStyledItemDelegate):
    def __init__(self, model: HeatModel, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._model = model
        self._theme = theme

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        colours = self._theme.colours
        painter.fillRect(rect.adjusted(1, 1, -1, -1), ground(colours, self._model.heat(index)))
        painter.setPen(colours["text.strong"])
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(rect.adjusted(4, 0, -8, 0), right, str(index.data(Qt.ItemDataRole.DisplayRole)))
        if state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QPen(colours["state.info"], 2))
            painter.drawRect(rect.adjusted(1, 1, -2, -2))


def ground(colours: Colours, heat: int) -> QColor:
    cool, hot, share = colours["surface.panel"], colours["state.bad"], STRENGTHS[heat]
    pairs = ((cool.red(), hot.red()), (cool.green(), hot.green()), (cool.blue(), hot.blue()))
    return QColor(*(round(a + (b - a) * share) for a, b in pairs))
