"""What lines of every tree of events have in common: their ground, a word in a frame, what stands at the right, and a star."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from app.ui.theme import Theme

HEIGHT = 24
STAR = 16  # pixels at the right end of an event's line
STARRED, BARE = "★", "☆"


def star_rect(rect: QRect) -> QRect:
    """Where in an event's line its star is."""
    return QRect(rect.right() - STAR, rect.top(), STAR, rect.height())


class StarLineDelegate(QStyledItemDelegate):
    """Passive: subclasses say in `paint` what a line consists of."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._name, self._head = theme.font(13), theme.font(13, bold=True)
        self._small, self._tiny = theme.font(11), theme.font(9, bold=True)
        self._small_width = QFontMetrics(self._small)
        self._tiny_width = QFontMetrics(self._tiny)

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(60, HEIGHT)

    def ground(self, painter: QPainter, option: QStyleOptionViewItem) -> None:
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(option.rect, self._theme.colours["surface.selected"])
        elif option.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(option.rect, self._theme.colours["surface.hover"])

    def side_width(self, side: str) -> int:
        """Pixels at the right that the name cannot have."""
        return self._small_width.horizontalAdvance(side) + 10 if side else 4

    def side(self, painter: QPainter, rect: QRect, right: int, side: str, ink: str) -> None:
        painter.setFont(self._small)
        painter.setPen(self._theme.colours[ink])
        place = QRect(rect.left(), rect.top(), right - rect.left(), rect.height())
        painter.drawText(place, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, side)

    def chip_width(self, word: str) -> int:
        return self._tiny_width.horizontalAdvance(word) + 8

    def chip_box(self, rect: QRect, left: int, word: str) -> QRect:
        return QRect(left, rect.center().y() - 7, self.chip_width(word), 14)

    def chip(self, painter: QPainter, box: QRect, word: str, ink: str) -> None:
        """The word in its frame: a colour alone would not say it."""
        painter.setFont(self._tiny)
        painter.setPen(self._theme.colours[ink])
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, word)

    def star(self, painter: QPainter, option: QStyleOptionViewItem, *, is_starred: bool) -> None:
        """A star that is set is always there; one that could be set only where the mouse is."""
        if is_starred or option.state & QStyle.StateFlag.State_MouseOver:
            painter.setFont(self._name)
            painter.setPen(self._theme.colours["state.warning" if is_starred else "text.faint"])
            painter.drawText(star_rect(option.rect), Qt.AlignmentFlag.AlignCenter, STARRED if is_starred else BARE)
