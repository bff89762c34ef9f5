"""Paints a line of the feed's tree: the status in a frame, the name, the score or the countdown at its right, and a star."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from app.domain.cs2 import Match, MatchStatus
from app.ui.delegates.event_line import BARE, HEIGHT, STAR, STARRED, star_rect
from app.ui.models.feed_tree import Branch, LeagueTreeModel
from app.ui.models.feed_words import cut_names, status_word
from app.ui.theme import Theme

_TONES: dict[str, tuple[str, str]] = {
    MatchStatus.LIVE: ("state.bad_back", "state.bad"),
    MatchStatus.WARMUP: ("state.warning_back", "state.warning"),
}
_QUIET = ("state.quiet_back", "text.dim")
WIDEST_CHIP = 74  # pixels of a status of the feed's own


class MatchLineDelegate(QStyledItemDelegate):
    def __init__(self, model: LeagueTreeModel, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._model = model
        self._theme = theme
        self._name, self._head = theme.font(13), theme.font(13, bold=True)
        self._small, self._tiny = theme.font(11), theme.font(9, bold=True)
        self._small_width = QFontMetrics(self._small)
        self._tiny_width = QFontMetrics(self._tiny)

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(60, HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        node, rect, state = self._model.node(index), option.rect, option.state
        colours = self._theme.colours
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, colours["surface.selected"])
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, colours["surface.hover"])
        left, right = rect.left() + 2, rect.right() - 8
        if node.match is not None:
            self._star(painter, rect, node, is_hovered=bool(state & QStyle.StateFlag.State_MouseOver))
            right = rect.right() - STAR - 2
            left += self._chip(painter, rect, left, node.match)
        side = self._model.side_text(node)
        side_width = self._small_width.horizontalAdvance(side) + 10 if side else 4
        painter.setFont(self._head if node.match is None else self._name)
        is_over = node.match is not None and node.match.is_settled
        painter.setPen(colours["text.dim" if is_over or not node.is_active else "text.normal"])
        name = QRect(left, rect.top(), max(right - left - side_width, 10), rect.height())
        metrics = painter.fontMetrics()
        if node.match is not None:
            elided = cut_names(node.match, metrics, name.width())
        else:
            elided = metrics.elidedText(node.text, Qt.TextElideMode.ElideRight, name.width())
        painter.drawText(name, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, elided)
        painter.setFont(self._small)
        painter.setPen(colours["text.strong" if node.match is not None and node.match.is_live else "text.dim"])
        place = QRect(rect.left(), rect.top(), right - rect.left(), rect.height())
        painter.drawText(place, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, side)

    def _chip(self, painter: QPainter, rect: QRect, left: int, match: Match) -> int:
        """The status as a word in a frame: a colour alone would not say it. What waits for its start has none."""
        if match.status == MatchStatus.PREGAME:
            return 0
        word = self._tiny_width.elidedText(status_word(match), Qt.TextElideMode.ElideRight, WIDEST_CHIP)
        box = QRect(left, rect.center().y() - 7, self._tiny_width.horizontalAdvance(word) + 8, 14)
        back, ink = _TONES.get(match.status, _QUIET)
        painter.fillRect(box, self._theme.colours[back])
        painter.setFont(self._tiny)
        painter.setPen(self._theme.colours[ink])
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, word)
        return box.width() + 6

    def _star(self, painter: QPainter, rect: QRect, node: Branch, *, is_hovered: bool) -> None:
        """A star that is set is always there; one that could be set only where the mouse is."""
        is_starred = self._model.is_starred(node)
        if is_starred or is_hovered:
            painter.setFont(self._name)
            painter.setPen(self._theme.colours["state.warning" if is_starred else "text.faint"])
            painter.drawText(star_rect(rect), Qt.AlignmentFlag.AlignCenter, STARRED if is_starred else BARE)
