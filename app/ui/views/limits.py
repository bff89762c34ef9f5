"""The limits page: every rule with its limit and today's use, set in place, and an honest word about what limits are worth."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QAbstractItemView, QLabel, QVBoxLayout, QWidget

from app.domain.risk import Limits
from app.services.desk import Desk
from app.ui.delegates.limit_cell import LimitCellDelegate
from app.ui.models.limits import LIMIT_COLUMN, LimitsModel
from app.ui.theme import Theme
from app.ui.views.table import Table

HONESTY = "These limits work on this computer only: they do not protect you if it or its network fails."


class LimitsView(QWidget):
    """`tick` each second while it is visible."""

    def __init__(self, desk: Desk, keep: Callable[[Limits], list[str]], theme: Theme) -> None:
        super().__init__()
        self.model = LimitsModel(desk.controls, desk.session.age, keep)
        self.table = Table()
        self.table.setObjectName("limits")
        self.table.setModel(self.model)
        self.delegate = LimitCellDelegate(self.model, theme, self.table)
        self.table.setItemDelegateForColumn(LIMIT_COLUMN, self.delegate)
        triggers = QAbstractItemView.EditTrigger
        self.table.setEditTriggers(triggers.DoubleClicked | triggers.SelectedClicked | triggers.EditKeyPressed | triggers.AnyKeyPressed)
        self.table.horizontalHeader().setStretchLastSection(True)
        for place, column in enumerate(self.model.columns):
            self.table.setColumnWidth(place, column.width)
        self.table.offer_csv(self.model.to_csv)
        self.said = QLabel()
        self.honesty = QLabel(HONESTY)
        for label in (self.said, self.honesty):
            label.setFont(theme.font(12))
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setContentsMargins(10, 3, 10, 4)
        self.honesty.setEnabled(False)  # the palette's disabled colour is the dim one
        self.said.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.table, 1)
        layout.addWidget(self.said)
        layout.addWidget(self.honesty)
        self.model.said.connect(self._say)

    def tick(self) -> None:
        """A second went by: what is used has moved."""
        self.model.use_changed()

    def showEvent(self, event: QShowEvent) -> None:
        self.tick()
        super().showEvent(event)

    def _say(self, words: str) -> None:
        self.said.setText(words)
        self.said.setVisible(bool(words))
