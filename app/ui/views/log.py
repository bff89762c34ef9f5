"""The log: what the program said, newest on top."""

from __future__ import annotations

from app.services.notices import Notice, Notices
from app.ui import formats
from app.ui.models.table import Column, TableModel
from app.ui.views.table import Table


class LogModel(TableModel[Notice]):
    columns = (
        Column("Time", lambda notice: formats.clock(notice.at), lambda notice: notice.at, 96),
        Column("Kind", lambda notice: str(notice.tone), None, 70),
        Column("What", lambda notice: notice.words, None, 900),
    )

    def __init__(self, notices: Notices) -> None:
        super().__init__()
        self._notices = notices

    def refresh(self) -> None:
        self.beginResetModel()
        self.rows = list(reversed(self._notices.lines))
        self.endResetModel()


class LogView(Table):
    def __init__(self, notices: Notices) -> None:
        super().__init__()
        self.setObjectName("log")
        self._log = LogModel(notices)
        self.setModel(self._log)
        for place, column in enumerate(self._log.columns):
            self.setColumnWidth(place, column.width)
        self.horizontalHeader().setStretchLastSection(True)
        self.offer_csv(self._log.to_csv)
        self.refresh()

    def refresh(self) -> None:
        self._log.refresh()
