"""A word of a table as a badge in a state's colours, with what else there is to say beside it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, Qt
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QStyleOptionViewItem

from app.ui.theme import Theme
from app.ui.views.table import CellDelegate

EDGE, PAD = 4, 7  # pixels left of the badge, and within it
BESIDE = 8  # pixels between the badge and the rest
GAP = "  "  # between the badge's word and the rest of a cell's text


class BadgeCell(CellDelegate):
    """`tone` says by the number of a row which state's colours its badge has; empty: the cell is plain text.

    `is_rest_telling`: where there is no room for both, what else there is to say takes the place of the word.
    """

    def __init__(self, theme: Theme, tone: Callable[[int], str], *, is_rest_telling: bool = False) -> None:
        super().__init__()
        self._theme = theme
        self._tone = tone
        self._is_rest_telling = is_rest_telling

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        tone, text = self._tone(index.row()), str(index.data() or "")
        if not tone:
            super().paint(painter, option, index)
            return
        ground = QStyleOptionViewItem(option)
        self.initStyleOption(ground, index)
        ground.text = ""
        if ground.widget is not None:
            style = ground.widget.style()
            style.drawControl(style.ControlElement.CE_ItemViewItem, ground, painter, ground.widget)
        painter.save()
        self._draw(painter, option, tone, text)
        painter.restore()

    def _draw(self, painter: QPainter, option: QStyleOptionViewItem, tone: str, text: str) -> None:
        badge, _, words = text.partition(GAP)
        colours, metrics = self._theme.colours, QFontMetrics(option.font)
        if words and self._is_rest_telling and whole_width(metrics, badge, words) > option.rect.width():
            badge, words = words, ""
        width = min(metrics.horizontalAdvance(badge) + 2 * PAD, max(option.rect.width() - 2 * EDGE, 0))
        box = QRectF(option.rect.left() + EDGE, option.rect.top() + 4, width, option.rect.height() - 8)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colours[f"state.{tone}_back"])
        painter.drawRoundedRect(box, 4, 4)
        painter.setFont(option.font)
        painter.setPen(colours["text.dim" if tone == "quiet" else f"state.{tone}"])
        cut = Qt.TextElideMode.ElideRight
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, metrics.elidedText(badge, cut, round(width) - PAD))
        rest = option.rect.adjusted(round(EDGE + width + BESIDE), 0, -EDGE, 0)
        painter.setPen(colours["text.normal"])
        painter.drawText(rest, Qt.AlignmentFlag.AlignVCenter, metrics.elidedText(words, cut, rest.width()))


def whole_width(metrics: QFontMetrics, badge: str, words: str) -> int:
    """Pixels of a cell in which neither is cut."""
    return EDGE + metrics.horizontalAdvance(badge) + 2 * PAD + BESIDE + metrics.horizontalAdvance(words) + EDGE
