"""Paints a line of the feed's tree: the status in a frame, the name, the score or the countdown at its right, and a star."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, Qt
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QStyleOptionViewItem, QWidget

from app.domain.cs2 import Match, MatchStatus
from app.ui.delegates.star_line import STAR, StarLineDelegate
from app.ui.feed.score import paint_stale
from app.ui.models.feed_tree import Branch, LeagueTreeModel
from app.ui.models.feed_words import cut_names, status_word
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
    """Names are cut last: before that the status is told in brief, in all lines alike. What may be other by now is hatched."""

    def __init__(self, model: LeagueTreeModel, theme: Theme, parent: QWidget) -> None:
        super().__init__(theme, parent)
        self._model = model
        self._name_width = QFontMetrics(self._name)
        self._looked_at = (-1, -1)  # the model's lines and the width for which it is known whether the status is told in brief
        self._is_brief = False

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
        if word := self.word(match, rect.width()):
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

    def word(self, match: Match, width: int) -> str:
        """The status in a line of so many pixels, in brief where the names of any line would be cut otherwise; what waits for its start
        has none.
        """
        if match.status == MatchStatus.PREGAME:
            return ""
        if self._looked_at != (self._model.told, width):
            self._looked_at = self._model.told, width
            self._is_brief = any(self._is_cut(node, width) for node in self._model.nodes())
        return _BRIEF.get(match.status, self._whole(match)) if self._is_brief else self._whole(match)

    def _whole(self, match: Match) -> str:
        return self._tiny_width.elidedText(status_word(match), Qt.TextElideMode.ElideRight, WIDEST_CHIP)

    def _is_cut(self, node: Branch, width: int) -> bool:
        """Whether its names do not fit beside the whole word, and there is a brief one."""
        if node.match is None or node.match.status not in _BRIEF:
            return False
        room = width - STAR - 5 - self.side_width(self._model.side_text(node))
        return self.chip_width(self._whole(node.match)) + 7 + self._name_width.horizontalAdvance(node.text) > room

    def _chip(self, painter: QPainter, box: QRect, word: str, match: Match, *, is_late: bool) -> None:
        back, ink = _TONES.get(match.status, _QUIET)
        if is_late:
            paint_stale(painter, box, self._theme)
        else:
            painter.fillRect(box, self._theme.colours[back])
        self.chip(painter, box, word, "text.dim" if is_late else ink)
