"""Paints how a lookout stands as a chip whose word says it and whose colour repeats it."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QModelIndex, QPersistentModelIndex
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem, QWidget

from app.domain.lookout import LookoutState
from app.ui.delegates.chip import draw_chip, draw_ground
from app.ui.models.lookouts import LookoutsModel
from app.ui.theme import Theme

_TONES = {
    LookoutState.ARMED: ("state.good_back", "state.good"),
    LookoutState.WAITING: ("state.warning_back", "state.warning"),
    LookoutState.FIRED: ("state.info_back", "state.info"),
    LookoutState.STOPPED: ("state.bad_back", "state.bad"),
    LookoutState.EXPIRED: ("state.quiet_back", "text.dim"),
}


class LookoutChipDelegate(QStyledItemDelegate):
    def __init__(self, model: LookoutsModel[Any], theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._model = model
        self._theme = theme

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        state = self._model.rows[index.row()].state
        draw_chip(painter, self._theme, draw_ground(painter, self._theme, option), state, *_TONES[state])
