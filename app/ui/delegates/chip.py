"""A word in a rounded box of its colour: the chip of a table's cell."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyleOptionViewItem

from app.ui.theme import Theme


def draw_ground(painter: QPainter, theme: Theme, option: QStyleOptionViewItem) -> QRect:
    """What is behind a chip; the cell's place."""
    rect: QRect = option.rect
    state: QStyle.StateFlag = option.state
    if state & QStyle.StateFlag.State_Selected:
        painter.fillRect(rect, theme.colours["surface.selected"])
    return rect


def draw_chip(painter: QPainter, theme: Theme, rect: QRect, text: str, back: str, ink: str, indent: int = 0) -> None:
    """`back` and `ink` are names of colours; `indent` so many pixels of the cell are taken already."""
    font = theme.font(11, bold=True)
    metrics = QFontMetrics(font)
    left = rect.left() + 4 + indent
    box = QRect(left, rect.center().y() - 8, min(metrics.horizontalAdvance(text) + 16, rect.right() - 2 - left), 17)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.colours[back])
    painter.drawRoundedRect(box, 8, 8)
    painter.restore()
    painter.setFont(font)
    painter.setPen(theme.colours[ink])
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, metrics.elidedText(text, Qt.TextElideMode.ElideRight, box.width() - 12))
