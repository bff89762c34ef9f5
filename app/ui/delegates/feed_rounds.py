"""Paints a line of the rounds: a head across the pane, or a time, a chip with the label and the summary, cut where there is no room."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from app.ui.feed.score import round_box
from app.ui.models.feed_rounds import Line, RoundsModel
from app.ui.theme import Theme

HEIGHT = 24
PAD = 10
TIME = 40  # pixels of an event's time
CHIP = 104  # pixels a label takes at most
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_CUT = Qt.TextElideMode.ElideRight
_POINTED = QStyle.StateFlag.State_MouseOver


class RoundLineDelegate(QStyledItemDelegate):
    def __init__(self, model: RoundsModel, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._model = model
        self._theme = theme
        self._head, self._plain, self._small, self._tiny = theme.font(12, bold=True), theme.font(12), theme.font(11), theme.font(10)
        self._chip = QFontMetrics(self._tiny)

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(60, HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        line, rect, state = self._model.lines[index.row()], option.rect, option.state
        colours = self._theme.colours
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, colours["surface.selected"])
        elif line.is_head:
            painter.fillRect(rect, colours["surface.raised"])
        elif state & _POINTED:
            painter.fillRect(rect, colours["surface.hover"])
        box = rect.adjusted(PAD, 0, -PAD, 0)
        if line.is_head:
            self._text(painter, box, line.text, is_head=True)
        elif not line.label:
            painter.setFont(self._small)
            painter.setPen(colours["text.dim"])
            painter.drawText(box, _LEFT, painter.fontMetrics().elidedText(line.text, _CUT, box.width()))
        else:
            self._event(painter, box, line)
        painter.setPen(colours["surface.line"])
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())

    def _event(self, painter: QPainter, box: QRect, line: Line) -> None:
        colours = self._theme.colours
        painter.setFont(self._small)
        painter.setPen(colours["text.dim"])
        painter.drawText(box, _LEFT, painter.fontMetrics().elidedText(line.time, _CUT, TIME - 4))
        label = self._chip.elidedText(line.label, _CUT, CHIP - 12)
        wide = self._chip.horizontalAdvance(label) + 12
        chip = QRect(box.left() + TIME, box.center().y() - 7, wide, 16)
        round_box(painter, chip, colours["state.quiet_back"])
        painter.setFont(self._tiny)
        painter.drawText(chip, Qt.AlignmentFlag.AlignCenter, label)
        self._text(painter, box.adjusted(TIME + wide + 8, 0, 0, 0), line.text, is_head=False)

    def _text(self, painter: QPainter, box: QRect, text: str, *, is_head: bool) -> None:
        painter.setFont(self._head if is_head else self._plain)
        painter.setPen(self._theme.colours["text.normal"])
        painter.drawText(box, _LEFT, painter.fontMetrics().elidedText(text, _CUT, box.width()))
