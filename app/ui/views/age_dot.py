"""How old something's last word is, in words behind a sign."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from app.ui import formats
from app.ui.channels import TONES, Standing
from app.ui.theme import Theme


class AgeDot(QWidget):
    """The sign is filled while lively or late, a ring when unheard or quiet, a struck one when silent. `clicked` wants to know more."""

    clicked = Signal()

    def __init__(self, name: str, theme: Theme) -> None:
        super().__init__()
        self._name = name
        self._theme = theme
        self.standing = Standing.UNHEARD
        self._label = QLabel(f"{name} {formats.NOTHING}")
        self._label.setFont(theme.font(11))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 0, 0, 0)
        layout.addWidget(self._label)
        # Wide enough for the longest age, so that the header does not dance.
        self._label.setMinimumWidth(self._label.fontMetrics().horizontalAdvance(f"{name} 00 min"))
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(name)

    @property
    def text(self) -> str:
        return self._label.text()

    def say(self, standing: Standing, words: str, tip: str) -> None:
        self.standing = standing
        self._label.setText(f"{self._name} {words}")
        self.setToolTip(formats.tip(tip))
        self.setAccessibleDescription(tip)
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.clicked.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colour = self._theme.colours[TONES[self.standing]]
        painter.setPen(QPen(colour, 1.4))
        if self.standing in {Standing.LIVELY, Standing.LATE}:
            painter.setBrush(colour)
        middle = QPointF(5, self.height() / 2)
        painter.drawEllipse(middle, 3.6, 3.6)
        if self.standing is Standing.SILENT:
            painter.drawLine(middle - QPointF(2.4, 2.4), middle + QPointF(2.4, 2.4))
