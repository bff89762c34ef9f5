"""Paints a line of the rounds: a head across the pane, or a time, a chip with the label, and the summary in up to three lines."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QAbstractItemView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from app.ui.feed.score import round_box
from app.ui.models.feed_rounds import Line, RoundsModel
from app.ui.theme import Theme

HEIGHT = 24
NEXT = 15  # pixels of each line of text beyond the first
MOST_LINES = 3
PAD = 10
TIME = 40  # pixels of an event's time
CHIP = 104  # pixels a label takes at most
KEPT = 4_000  # texts whose lines are remembered
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_CUT = Qt.TextElideMode.ElideRight
_POINTED = QStyle.StateFlag.State_MouseOver


class RoundLineDelegate(QStyledItemDelegate):
    def __init__(self, model: RoundsModel, theme: Theme, view: QAbstractItemView) -> None:
        super().__init__(view)
        self._model = model
        self._theme = theme
        self._view = view
        self._head, self._plain, self._small, self._tiny = theme.font(12, bold=True), theme.font(12), theme.font(11), theme.font(10)
        self._metrics = {True: QFontMetrics(self._head), False: QFontMetrics(self._plain)}
        self._chip = QFontMetrics(self._tiny)
        self._width = self._room = 0
        self._kept: dict[tuple[str, str], tuple[str, ...]] = {}  # by text and label: a head has none

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        lines = self._lines(self._model.lines[index.row()])
        return QSize(60, HEIGHT + (len(lines) - 1) * NEXT)

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
            self._text(painter, box, self._lines(line), is_head=True)
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
        first = QRect(box.left(), box.top(), box.width(), HEIGHT)
        painter.setFont(self._small)
        painter.setPen(colours["text.dim"])
        painter.drawText(first, _LEFT, painter.fontMetrics().elidedText(line.time, _CUT, TIME - 4))
        label, wide = self._label(line)
        chip = QRect(box.left() + TIME, first.center().y() - 7, wide, 16)
        round_box(painter, chip, colours["state.quiet_back"])
        painter.setFont(self._tiny)
        painter.drawText(chip, Qt.AlignmentFlag.AlignCenter, label)
        self._text(painter, box.adjusted(TIME + wide + 8, 0, 0, 0), self._lines(line), is_head=False)

    def _text(self, painter: QPainter, box: QRect, lines: Sequence[str], *, is_head: bool) -> None:
        painter.setFont(self._head if is_head else self._plain)
        painter.setPen(self._theme.colours["text.normal"])
        for place, text in enumerate(lines):
            painter.drawText(QRect(box.left(), box.top() + place * NEXT, box.width(), HEIGHT), _LEFT, text)

    def _label(self, line: Line) -> tuple[str, int]:
        """What stands in the chip, and its pixels."""
        label = self._chip.elidedText(line.label, _CUT, CHIP - 12)
        return label, self._chip.horizontalAdvance(label) + 12

    def _lines(self, line: Line) -> tuple[str, ...]:
        """The text of a line in lines that fit beside a scroll bar, whether there is one or not: heights do not depend on it."""
        if not line.is_head and not line.label:
            return (line.text,)
        width = self._view.width()
        if width != self._width or len(self._kept) >= KEPT:
            self._kept.clear()
            self._width, self._room = width, width - self._view.verticalScrollBar().sizeHint().width() - 2 * PAD
        key = line.text, line.label
        if key not in self._kept:
            room = self._room - (0 if line.is_head else TIME + self._label(line)[1] + 8)
            self._kept[key] = wrapped(line.text, self._metrics[line.is_head], room)
        return self._kept[key]


def wrapped(text: str, metrics: QFontMetrics, room: int, most: int = MOST_LINES) -> tuple[str, ...]:
    """Words in lines of so many pixels; of more lines than `most` the last is cut."""
    lines: list[str] = []
    left = text.split(" ")
    while left and len(lines) < most - 1:
        count = len(left)
        while count > 1 and metrics.horizontalAdvance(" ".join(left[:count])) > room:
            count -= 1
        lines.append(" ".join(left[:count]))
        left = left[count:]
    if left:
        lines.append(" ".join(left))
    return tuple(line if metrics.horizontalAdvance(line) <= room else metrics.elidedText(line, _CUT, room) for line in lines)
