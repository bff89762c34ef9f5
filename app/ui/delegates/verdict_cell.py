"""A verdict as a badge, with the words beside it."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, Qt
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QStyleOptionViewItem

from app.domain.webhook import Delivery
from app.ui.models.hooks_deliveries import TONES, DeliveriesModel
from app.ui.theme import Theme
from app.ui.views.table import CellDelegate

EDGE, PAD = 8, 7  # pixels left of the badge, and within it


class VerdictCell(CellDelegate):
    """For the column `Signature` of a table of deliveries."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        text = str(index.data() or "")
        plain = QStyleOptionViewItem(option)
        self.initStyleOption(plain, index)
        plain.text = ""
        if plain.widget is not None:
            style = plain.widget.style()
            style.drawControl(style.ControlElement.CE_ItemViewItem, plain, painter, plain.widget)
        model = index.model()
        assert isinstance(model, DeliveriesModel)
        row = model.rows[index.row()]
        self._draw(painter, option, row, text)

    def _draw(self, painter: QPainter, option: QStyleOptionViewItem, row: Delivery, text: str) -> None:
        badge, _, words = text.partition("  ")
        colours, tone = self._theme.colours, TONES[row.verdict]
        metrics = QFontMetrics(option.font)
        width = min(metrics.horizontalAdvance(badge) + 2 * PAD, option.rect.width() - EDGE)
        box = QRectF(option.rect.left() + EDGE, option.rect.top() + 4, width, option.rect.height() - 8)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colours[f"state.{tone}_back"])
        painter.drawRoundedRect(box, 4, 4)
        painter.setFont(option.font)
        painter.setPen(colours[f"state.{tone}"])
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, badge)
        rest = option.rect.adjusted(round(EDGE + width + 8), 0, -4, 0)
        painter.setPen(colours["text.normal"])
        painter.drawText(rest, Qt.AlignmentFlag.AlignVCenter, metrics.elidedText(words, Qt.TextElideMode.ElideRight, rest.width()))
        painter.restore()
