"""A bar of four pixels that says how far something is."""

from __future__ import annotations

from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from app.ui.theme import Theme

HEIGHT = 4


class ThinBar(QWidget):
    """`show_share` with 0 to 1; hidden where there is nothing to wait for."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.share = 0.0
        self.setFixedHeight(HEIGHT)
        self.setAccessibleName("How far the list of events is read")

    def show_share(self, share: float) -> None:
        if share != self.share:
            self.share = share
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.colours["surface.line"])
        painter.fillRect(0, 0, round(self.width() * self.share), self.height(), self._theme.colours["state.info"])
