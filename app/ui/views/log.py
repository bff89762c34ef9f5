"""The log: what the program said, newest on top."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QVBoxLayout

from app.services.notices import Notice, Notices
from app.ui import formats
from app.ui.models.table import Column, TableModel
from app.ui.views.table import Table

NOTHING_SAID = "Nothing has been said yet."


class LogModel(TableModel[Notice]):
    columns = (
        Column("Time", lambda notice: formats.clock(notice.at), lambda notice: notice.at, 96),
        Column("Kind", lambda notice: str(notice.tone), None, 70),
        Column("What", lambda notice: notice.words, None, 300),
    )

    def __init__(self, notices: Notices) -> None:
        super().__init__()
        self._notices = notices

    def refresh(self) -> None:
        self.beginResetModel()
        self.rows = list(reversed(self._notices.lines))
        self.endResetModel()


class LogView(Table):
    """Says so where there is nothing in it."""

    def __init__(self, notices: Notices) -> None:
        super().__init__()
        self.setObjectName("log")
        self._log = LogModel(notices)
        self.setModel(self._log)
        for place, column in enumerate(self._log.columns):
            self.setColumnWidth(place, column.width)
        self.horizontalHeader().setStretchLastSection(True)
        self.offer_csv(self._log.to_csv)
        self.setAccessibleName("What was said")
        self.empty = QLabel(NOTHING_SAID)
        self.empty.setTextFormat(Qt.TextFormat.PlainText)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        QVBoxLayout(self.viewport()).addWidget(self.empty)  # under the head, which stays where there are no rows
        self.refresh()

    def refresh(self) -> None:
        self._log.refresh()
        self.empty.setVisible(not self._log.rows)
