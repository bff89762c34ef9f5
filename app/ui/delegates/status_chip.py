"""Paints an order's status as a chip whose word says it and whose colour repeats it, and the fill as a bar."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, Qt
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from app.domain.order import Order, OrderState
from app.ui.models.orders import OrdersModel, status_text
from app.ui.theme import Theme

_TONES = {
    OrderState.SENDING: "warning",
    OrderState.NOT_SENT: "warning",
    OrderState.REJECTED: "bad",
    OrderState.UNKNOWN: "warning",
    OrderState.ACCEPTED: "info",
    OrderState.OPEN: "info",
    OrderState.PART: "own",
    OrderState.FILLED: "good",
    OrderState.INVALID: "bad",
    OrderState.UNRECOGNISED: "warning",
}


class StatusChipDelegate(QStyledItemDelegate):
    def __init__(self, model: OrdersModel, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._model = model
        self._theme = theme

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, self._theme.colours["surface.selected"])
        order: Order = self._model.rows[index.row()]
        back, ink = self._colours(order)
        font = self._theme.font(11, bold=True)
        text = status_text(order)
        width = min(QFontMetrics(font).horizontalAdvance(text) + 16, rect.width() - 6)
        box = QRect(rect.left() + 4, rect.center().y() - 8, width, 17)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.colours[back])
        painter.drawRoundedRect(box, 8, 8)
        painter.restore()
        painter.setFont(font)
        painter.setPen(self._theme.colours[ink])
        shown = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, box.width() - 12)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, shown)

    def _colours(self, order: Order) -> tuple[str, str]:
        if order.realised is not None:
            tone = "good" if order.realised > 0 else "bad" if order.realised < 0 else "quiet"
        else:
            tone = _TONES.get(order.state, "quiet")
        ink = {"own": "price.own", "quiet": "text.dim"}.get(tone, f"state.{tone}")
        return f"state.{tone}_back", ink
