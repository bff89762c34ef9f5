"""A line of text that is cut with an ellipsis where there is no room; the whole of it is in its tooltip."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QSizePolicy

from app.ui import formats

NARROWEST = 60


class ElidedLabel(QLabel):
    """Takes whatever width it is given; `text` stays whole. `brief` is shown where the text would be cut, and has no ellipsis."""

    def __init__(self, brief: str = "") -> None:
        super().__init__()
        self._brief = brief
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def setText(self, text: str) -> None:
        super().setText(text)
        self.setToolTip(formats.tip(text))

    def say(self, text: str, brief: str) -> None:
        """Another text with its own brief form."""
        self._brief = brief
        self.setText(text)
        self.update()

    def minimumSizeHint(self) -> QSize:
        return QSize(NARROWEST, super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        line = " ".join(self.text().split())
        if self._brief and self.fontMetrics().horizontalAdvance(line) > self.width():
            line = self._brief
        shown = self.fontMetrics().elidedText(line, Qt.TextElideMode.ElideRight, self.width())
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown)
