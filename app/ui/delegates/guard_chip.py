"""Paints how a guard stands as a chip whose word says it and whose colour repeats it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, Qt
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from app.domain.guard import GuardState
from app.ui.theme import Theme

_TONES = {
    GuardState.ARMED: ("state.good_back", "state.good"),
    GuardState.WAITING: ("state.warning_back", "state.warning"),
    GuardState.FIRED: ("state.info_back", "state.info"),
    GuardState.STOPPED: ("state.bad_back", "state.bad"),
    GuardState.EXPIRED: ("state.quiet_back", "text.dim"),
}


class Standing(Protocol):
    """A guard, or an alert on the league."""

    @property
    def state(self) -> GuardState: ...


class Standings(Protocol):
    """The model of a table of them."""

    @property
    def rows(self) -> Sequence[Standing]: ...


class GuardChipDelegate(QStyledItemDelegate):
    def __init__(self, model: Standings, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._model = model
        self._theme = theme

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, self._theme.colours["surface.selected"])
        word = self._model.rows[index.row()].state
        back, ink = _TONES[word]
        font = self._theme.font(11, bold=True)
        left = rect.left() + 4
        width = min(QFontMetrics(font).horizontalAdvance(word) + 16, rect.right() - 2 - left)
        box = QRect(left, rect.center().y() - 8, width, 17)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.colours[back])
        painter.drawRoundedRect(box, 8, 8)
        painter.restore()
        painter.setFont(font)
        painter.setPen(self._theme.colours[ink])
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, QFontMetrics(font).elidedText(word, Qt.TextElideMode.ElideRight, width - 8))
