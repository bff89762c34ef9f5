"""Paints an order's status as a chip whose word says it and whose colour repeats it, with signs of warning before it."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, Qt
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from app.domain.order import Cancel, Order, OrderState
from app.ui.models.orders import OrdersModel, marks, status_text
from app.ui.theme import Theme

SIGN = 16  # pixels a sign takes
_TONES = {
    OrderState.SENDING: "warning",
    OrderState.NOT_SENT: "warning",
    OrderState.DENIED: "bad",
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
        text = status_text(order, self._model.refusal(order))
        left = rect.left() + 4 + self._draw_marks(painter, rect, order)
        width = min(QFontMetrics(font).horizontalAdvance(text) + 16, rect.right() - 2 - left)
        box = QRect(left, rect.center().y() - 8, width, 17)
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

    def _draw_marks(self, painter: QPainter, rect: QRect, order: Order) -> int:
        """The signs, each in its colour; how much room they took."""
        painter.setFont(self._theme.font(13, bold=True))
        place = 0
        for sign in marks(order):
            painter.setPen(self._theme.colours["state.warning" if sign == "⚠" else "text.dim"])
            painter.drawText(QRect(rect.left() + 5 + place, rect.top(), SIGN, rect.height()), Qt.AlignmentFlag.AlignCenter, sign)
            place += SIGN + 2
        return place

    def _colours(self, order: Order) -> tuple[str, str]:
        if (order.cancel is Cancel.UNKNOWN and order.is_live) or (self._model.refusal(order) and not order.cancelling):
            tone = "warning"
        elif order.realised is not None:
            tone = "good" if order.realised > 0 else "bad" if order.realised < 0 else "quiet"
        else:
            tone = _TONES.get(order.state, "quiet")
        ink = {"own": "price.own", "quiet": "text.dim"}.get(tone, f"state.{tone}")
        return f"state.{tone}_back", ink
