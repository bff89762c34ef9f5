"""Paints a limit that may be set as the field it is, and opens the editor that fits it: a line, or a list of what to do."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QComboBox, QLineEdit, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from app.domain.risk import Silence
from app.ui.models.limits import LONGEST, LimitsModel
from app.ui.theme import Theme

_FILLED = "filled"
Index = QModelIndex | QPersistentModelIndex


class LimitCellDelegate(QStyledItemDelegate):
    def __init__(self, model: LimitsModel, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._model = model
        self._theme = theme

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        if self._model.rows[index.row()].field == "silence":
            box = QComboBox(parent)
            box.addItems([str(action) for action in Silence])
            return box
        line = QLineEdit(parent)
        line.setMaxLength(LONGEST)
        line.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        line.setStyleSheet("padding: 0 6px;")
        return line

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        """Once, as it opens: a report that comes in while a person types must not put the old value back."""
        if editor.property(_FILLED):
            return
        editor.setProperty(_FILLED, True)
        if isinstance(editor, QComboBox):
            editor.setCurrentText(str(index.data(Qt.ItemDataRole.EditRole)))
            return
        super().setEditorData(editor, index)

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, index: Index) -> None:
        rect: QRect = option.rect
        editor.setGeometry(rect.adjusted(2, 1, -2, -1))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        colours = self._theme.colours
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, colours["surface.selected"])
        if not self._model.is_editable(index):
            return
        is_current = bool(state & QStyle.StateFlag.State_HasFocus)
        painter.setPen(QPen(colours["state.info" if is_current else "surface.line"]))
        painter.setBrush(colours["surface.field"])
        painter.drawRoundedRect(rect.adjusted(2, 2, -3, -3), 3, 3)
        painter.setPen(colours["text.strong"])
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(rect.adjusted(8, 0, -9, 0), right, str(index.data(Qt.ItemDataRole.DisplayRole)))
