"""Figures laid out once: drawing one again costs a third of laying it out."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QFont, QPainter, QStaticText, QTransform

KEPT = 4096  # layouts; prices repeat, so a screen's worth is found again and again


class Lettering:
    """Draws short plain texts in the fonts it was given, by name."""

    def __init__(self, fonts: Mapping[str, QFont]) -> None:
        self._fonts = fonts
        self._known: dict[tuple[str, str], tuple[QStaticText, float, float]] = {}

    def right(self, painter: QPainter, right: float, middle: float, text: str, font: str) -> None:
        """`text` ends at x = `right` and is centred on y = `middle`, in the painter's pen."""
        laid, width, height = self._known.get((font, text)) or self._laid_out(font, text)
        painter.setFont(self._fonts[font])
        painter.drawStaticText(QPointF(round(right - width), round(middle - height / 2)), laid)

    def _laid_out(self, font: str, text: str) -> tuple[QStaticText, float, float]:
        if len(self._known) >= KEPT:
            self._known.clear()
        laid = QStaticText(text)
        laid.setTextFormat(Qt.TextFormat.PlainText)
        laid.prepare(QTransform(), self._fonts[font])
        known = self._known[(font, text)] = (laid, laid.size().width(), laid.size().height())
        return known
