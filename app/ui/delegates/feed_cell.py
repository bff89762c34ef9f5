"""Paints the lobby's cells: a status keeps its colour where the row is chosen, what may be other by now is hatched."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, Qt
from PySide6.QtGui import QColor, QPainter, QPalette
from PySide6.QtWidgets import QStyle, QStyleOptionViewItem, QWidget

from app.ui.feed.score import paint_stale
from app.ui.models.feed_lobby import HOME, NAME, PRICES, SCORE, STATUS, LobbyModel
from app.ui.models.feed_words import cut_names
from app.ui.theme import Theme
from app.ui.views.table import CellDelegate

MARGIN = 4  # pixels the style leaves at each side of a text


class LobbyCellDelegate(CellDelegate):
    def __init__(self, model: LobbyModel, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._model = model
        self._theme = theme

    def initStyleOption(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        super().initStyleOption(option, index)
        option.state &= ~QStyle.StateFlag.State_HasFocus  # whole rows are chosen: no frame about one cell
        told = self._model.rows[index.row()].told
        if index.column() == NAME and told is not None:
            option.text = cut_names(told, option.fontMetrics, option.rect.width() - 2 * MARGIN)
        if index.column() == STATUS:
            option.text = self._status(option, index)
        ink = index.data(Qt.ItemDataRole.ForegroundRole)
        if isinstance(ink, QColor):
            option.palette.setColor(QPalette.ColorRole.HighlightedText, ink)

    def _status(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> str:
        """The longest words that fit."""
        told = self._model.statuses(self._model.rows[index.row()])
        room = option.rect.width() - 2 * MARGIN
        return next((words for words in told if option.fontMetrics.horizontalAdvance(words) <= room), told[-1])

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        if self._is_old(index):
            cell: QRect = option.rect.adjusted(1, 2, -2, -2)
            paint_stale(painter, cell, self._theme)
            option.state &= ~QStyle.StateFlag.State_Selected
        super().paint(painter, option, index)

    def _is_old(self, index: QModelIndex | QPersistentModelIndex) -> bool:
        """Whether what the cell says may be other by now."""
        row, column = self._model.rows[index.row()], index.column()
        if column in PRICES:
            return row.is_stale and row.odds[column - HOME] is not None
        return row.is_late and column in {SCORE, STATUS}
