"""Paints an order's status as a chip whose word says it and whose colour repeats it, with signs of warning before it."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem, QWidget

from app.domain.order import Cancel, Order, OrderState
from app.ui.delegates.chip import draw_chip, draw_ground
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
        rect = draw_ground(painter, self._theme, option)
        order: Order = self._model.rows[index.row()]
        marked = self._draw_marks(painter, rect, order)
        draw_chip(painter, self._theme, rect, status_text(order, self._model.refusal(order)), *self._colours(order), marked)

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
