"""Paints a line of the feed's tree: the status in a frame, the name, the score or the countdown at its right, and a star."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, Qt
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QStyleOptionViewItem, QWidget

from app.domain.cs2 import Match, MatchStatus
from app.ui.delegates.star_line import STAR, StarLineDelegate
from app.ui.feed.score import paint_stale
from app.ui.models.feed_tree import LeagueTreeModel
from app.ui.models.feed_words import cut_names, match_name, status_word
from app.ui.theme import Theme

_TONES: Final[dict[str, tuple[str, str]]] = {
    MatchStatus.LIVE: ("state.bad_back", "state.bad"),
    MatchStatus.WARMUP: ("state.warning_back", "state.warning"),
}
_QUIET: Final = ("state.quiet_back", "text.dim")
_BRIEF: Final[dict[str, str]] = {MatchStatus.FINISHED: "FIN", MatchStatus.WARMUP: "WARM"}
WIDEST_CHIP = 74  # pixels of a status of the feed's own
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class MatchLineDelegate(StarLineDelegate):
    """Names are cut last: before that the status is told in brief. What may be other by now is hatched."""

    def __init__(self, model: LeagueTreeModel, theme: Theme, parent: QWidget) -> None:
        super().__init__(theme, parent)
        self._model = model
        self._name_width = QFontMetrics(self._name)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        node = self._model.node(index)
        self.ground(painter, option)
        if node.match is not None:
            self._match(painter, option, node.match, self._model.side_text(node), is_late=self._model.is_late(node))
            self.star(painter, option, is_starred=self._model.is_starred(node))
            return
        rect, side = option.rect, self._model.side_text(node)
        painter.setFont(self._head)
        painter.setPen(self._theme.colours["text.normal" if node.is_active else "text.dim"])
        name = rect.adjusted(2, 0, -8 - self.side_width(side), 0)
        painter.drawText(name, _LEFT, painter.fontMetrics().elidedText(node.text, Qt.TextElideMode.ElideRight, name.width()))
        self.side(painter, rect, rect.right() - 8, side, "text.dim")

    def _match(self, painter: QPainter, option: QStyleOptionViewItem, match: Match, side: str, *, is_late: bool) -> None:
        rect, colours = option.rect, self._theme.colours
        left, right = rect.left() + 2, rect.right() - STAR - 2
        end = right - self.side_width(side)
        if word := self.word(match, end - left):
            box = self.chip_box(rect, left, word)
            self._chip(painter, box, word, match, is_late=is_late)
            left = box.right() + 7
        if is_late and side:
            paint_stale(painter, QRect(end + 5, rect.top() + 3, right - end, rect.height() - 6), self._theme)
        name = QRect(left, rect.top(), max(end - left, 10), rect.height())
        painter.setFont(self._name)
        painter.setPen(colours["text.dim" if match.is_settled else "text.normal"])
        painter.drawText(name, _LEFT, cut_names(match, self._name_width, name.width()))
        self.side(painter, rect, right, side, "text.strong" if match.is_live and not is_late else "text.dim")

    def word(self, match: Match, room: int) -> str:
        """The status, in brief where the names would be cut otherwise; what waits for its start has none."""
        if match.status == MatchStatus.PREGAME:
            return ""
        word = self._tiny_width.elidedText(status_word(match), Qt.TextElideMode.ElideRight, WIDEST_CHIP)
        is_cut = self.chip_width(word) + 7 + self._name_width.horizontalAdvance(match_name(match)) > room
        return _BRIEF.get(match.status, word) if is_cut else word

    def _chip(self, painter: QPainter, box: QRect, word: str, match: Match, *, is_late: bool) -> None:
        back, ink = _TONES.get(match.status, _QUIET)
        if is_late:
            paint_stale(painter, box, self._theme)
        else:
            painter.fillRect(box, self._theme.colours[back])
        self.chip(painter, box, word, "text.dim" if is_late else ink)
