"""How hard a passphrase is to guess: four bars and the word for them."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from app.services.setup.strength import MOST, Strength
from app.ui.theme import Theme
from app.ui.wizard.parts import Words

_TONES = ("surface.line", "state.bad", "state.warning", "state.good", "state.good")


class Bars(QWidget):
    """`level` of four filled."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.level = 0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(160, 6)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        width = (self.width() + 4) / MOST
        for place in range(MOST):
            painter.setBrush(self._theme.colours[_TONES[self.level] if place < self.level else "surface.line"])
            painter.drawRoundedRect(QRectF(place * width, 0, width - 4, self.height()), 3, 3)


class Meter(QWidget):
    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.bars = Bars(theme)
        self.words = Words(theme, use="text.dim", size=12)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(3)
        layout.addWidget(self.bars)
        layout.addWidget(self.words)

    def show_strength(self, strength: Strength) -> None:
        self.words.say(f"Strength: {strength.words}")
        if strength.level != self.bars.level:
            self.bars.level = strength.level
            self.bars.update()
