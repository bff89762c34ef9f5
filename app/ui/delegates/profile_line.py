"""Paints a line of the list of profiles: a stripe and a word in the environment's colour, the name, the provider, what is open."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from app.ui.models.profiles import ProfilesModel
from app.ui.theme import Theme

HEIGHT = 52
STRIPE = 4
OPEN = "● open"
OLD = "old keys"
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class ProfileLineDelegate(QStyledItemDelegate):
    def __init__(self, model: ProfilesModel, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._model = model
        self._theme = theme
        self._name, self._small, self._tiny = theme.font(13, bold=True), theme.font(11), theme.font(9, bold=True)

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(120, HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        line, rect, colours = self._model.lines[index.row()], option.rect, self._theme.colours
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, colours["surface.selected"])
        elif option.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, colours["surface.hover"])
        mode = colours[line.profile.environment.colour]
        painter.fillRect(QRect(rect.left(), rect.top() + 1, STRIPE, rect.height() - 2), mode)
        inside = rect.adjusted(STRIPE + 9, 6, -9, -6)
        upper = QRect(inside.left(), inside.top(), inside.width(), inside.height() // 2)
        lower = QRect(inside.left(), upper.bottom() + 1, inside.width(), inside.height() - upper.height())
        badge = self._badge(painter, upper, line.profile.environment)
        self._write(painter, upper.adjusted(0, 0, -badge - 8, 0), line.profile.name, "text.strong", is_name=True)
        mark = OPEN if line.opened else OLD if line.is_old else ""
        taken = QFontMetrics(self._small).horizontalAdvance(mark) + 8 if mark else 0
        painter.setFont(self._small)
        painter.setPen(colours["state.good" if line.opened else "state.warning"])
        painter.drawText(lower, _RIGHT, mark)
        self._write(painter, lower.adjusted(0, 0, -taken, 0), line.profile.provider.called, "text.dim")
        if option.state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QPen(colours["state.info"], 1))
            painter.drawRect(rect.adjusted(0, 0, -1, -1))

    def _badge(self, painter: QPainter, room: QRect, word: str) -> int:
        """The environment's name on its colour at the right; its width."""
        metrics = QFontMetrics(self._tiny)
        width = metrics.horizontalAdvance(word) + 12
        box = QRect(room.right() - width + 1, room.top() + 1, width, room.height() - 3)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.colours[f"mode.{word.lower()}"])
        painter.drawRoundedRect(box, 3, 3)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setFont(self._tiny)
        painter.setPen(self._theme.colours["text.on_accent"])
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, word)
        return width

    def _write(self, painter: QPainter, room: QRect, text: str, use: str, *, is_name: bool = False) -> None:
        font = self._name if is_name else self._small
        painter.setFont(font)
        painter.setPen(self._theme.colours[use])
        painter.drawText(room, _LEFT, QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, room.width()))
