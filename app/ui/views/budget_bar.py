"""The requests of the running second as a bar: what has left, and what reading leaves to orders and cancels."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.ui.theme import Theme

HEIGHT = 10


class BudgetBar(QWidget):
    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._whole, self._kept, self._used = 1, 0, 0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(200, HEIGHT)

    def show_budget(self, whole: int, left: int, kept: int) -> None:
        """`kept` of `whole` are for orders and cancels only."""
        self._whole, self._kept, self._used = max(whole, 1), kept, whole - left
        self.setToolTip(f"{self._used} of {whole} requests left within the last second; the last {kept} are kept for orders and cancels")
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        colours = self._theme.colours
        whole = QRectF(self.rect())
        unit = whole.width() / self._whole
        kept = QRectF(whole.right() - unit * self._kept, whole.top(), unit * self._kept, whole.height())
        painter.fillRect(whole, colours["surface.field"])
        painter.fillRect(kept, colours["state.quiet_back"])
        painter.fillRect(kept, QBrush(colours["text.faint"], Qt.BrushStyle.BDiagPattern))
        is_scarce = self._used > self._whole - self._kept
        painter.fillRect(QRectF(whole.left(), whole.top(), unit * self._used, whole.height()), colours[_use(is_scarce)])
        painter.setPen(colours["text.dim"])
        painter.drawLine(kept.topLeft(), kept.bottomLeft())
        painter.setPen(colours["surface.line"])
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(whole.adjusted(0, 0, -1, -1))


def _use(is_scarce: bool) -> str:
    return "state.warning" if is_scarce else "state.info"
