"""A check box whose frame and tick are plain in both themes."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QCheckBox

from app.ui.theme import Theme

SIDE = 16


class TickBox(QCheckBox):
    """Drawn by hand: the style's own frame vanishes on a dark ground."""

    def __init__(self, text: str, theme: Theme) -> None:
        super().__init__(text)
        self._theme = theme
        self.setFont(theme.font(12, bold=True))

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        return QSize(SIDE + 12 + metrics.horizontalAdvance(self.text()), max(SIDE + 6, metrics.height() + 4))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colours = self._theme.colours
        ink = colours["state.info" if self.hasFocus() else "state.warning"]
        box = QRectF(1, (self.height() - SIDE) / 2, SIDE, SIDE)
        painter.setPen(QPen(ink, 1.5))
        painter.setBrush(colours["surface.field"])
        painter.drawRoundedRect(box, 3, 3)
        if self.isChecked():
            painter.setPen(QPen(colours["state.warning"], 2.2))
            painter.drawPolyline(QPolygonF([box.topLeft() + QPointF(x, y) for x, y in ((3.5, 8.5), (6.8, 11.8), (12.5, 4.5))]))
        painter.setPen(colours["text.strong" if self.isEnabled() else "text.faint"])
        words = self.rect().adjusted(SIDE + 8, 0, 0, 0)
        painter.drawText(words, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, self.text())
