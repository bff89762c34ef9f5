"""An export of the venue's record under way: how far it has read, a way to end it, and what to do where it stopped."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QProgressBar, QPushButton, QWidget

from app.services.record_export import RecordExport, Stage
from app.services.record_rows import Form
from app.ui import formats
from app.ui.models.columns import counted
from app.ui.theme import Theme
from app.ui.views.elided import ElidedLabel
from app.ui.views.statement_sheet import Start
from app.ui.views.table import plain_file_dialog

STEPS = 1000
KINDS = {
    "CSV for Excel: UTF-8 with its mark (*.csv)": Form.EXCEL,
    "CSV: UTF-8 (*.csv)": Form.CSV,
    "JSON lines: one object an order (*.jsonl)": Form.JSON,
}


class ExportBar(QWidget):
    """Hidden while nothing is exported and nothing is left to say. `tick` each second."""

    def __init__(self, export: RecordExport, start: Start, theme: Theme, now: Callable[[], datetime]) -> None:
        super().__init__()
        self._export = export
        self._theme = theme
        self._now = now
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setFixedSize(140, 12)
        self.bar.setAccessibleName("How far the export is")
        self.words = ElidedLabel()
        self.words.setFont(theme.font(12))
        self.go_on = QPushButton("Go on from there")
        self.keep = QPushButton("Keep the part")
        self.keep.setToolTip("Keep what was written as a file whose name says that it is a part")
        self.cancel = QPushButton("Cancel")
        self.cancel.setToolTip("End the export; no file is left")
        self.close_button = QPushButton("Close")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 2, 8, 2)
        layout.setSpacing(8)
        layout.addWidget(self.bar)
        layout.addWidget(self.words, 1)
        for button in (self.go_on, self.keep, self.cancel, self.close_button):
            button.setObjectName("small")
            layout.addWidget(button)
        self.go_on.clicked.connect(lambda: start(export.go_on()))
        self.keep.clicked.connect(export.keep_part)
        self.cancel.clicked.connect(export.cancel)
        self.close_button.clicked.connect(export.dismiss)
        export.changed.connect(self.refresh)
        theme.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        export, stage = self._export, self._export.stage
        is_running = stage in {Stage.READING, Stage.PAUSED, Stage.ENDING}
        self.bar.setVisible(is_running)
        share = export.share if is_running else 0.0
        self.bar.setRange(0, 0 if share is None else STEPS)  # without an end it is busy: nobody knows how much there is
        self.bar.setValue(round((share or 0.0) * STEPS))
        self.words.setText(self._said())
        self._dress()
        for button, is_shown in (
            (self.go_on, stage is Stage.STOPPED),
            (self.keep, stage is Stage.STOPPED and export.rows > 0),
            (self.cancel, stage in {Stage.READING, Stage.PAUSED, Stage.STOPPED}),
            (self.close_button, not export.is_busy),
        ):
            button.setVisible(is_shown)
        self.cancel.setText("Throw it away" if stage is Stage.STOPPED else "Cancel")
        self.setVisible(stage is not Stage.IDLE or bool(export.words))

    def tick(self) -> None:
        """A second went by: a pause counts down."""
        if self._export.stage is Stage.PAUSED:
            self.words.setText(self._said())

    def _said(self) -> str:
        export = self._export
        if export.stage is Stage.ENDING:
            return f"Putting {counted(export.rows, 'order')} on the disk…"
        if export.stage not in {Stage.READING, Stage.PAUSED}:
            return export.words
        pages = "1 page" if export.pages == 1 else f"{export.pages:,} pages"
        back = f", back to {export.reached.astimezone():%d %b %Y %H:%M}" if export.reached else ""
        words = f"Exporting: {pages} read, {counted(export.rows, 'order')} written{back}"
        if export.stage is Stage.PAUSED and export.free_at:
            words += f" · the venue asks for a pause, {formats.age((export.free_at - self._now()).total_seconds())} left"
        return words

    def _dress(self) -> None:
        is_bad = self._export.stage in {Stage.STOPPED, Stage.FAILED}
        palette = self.words.palette()
        palette.setColor(self.words.foregroundRole(), self._theme.colours["state.warning" if is_bad else "text.normal"])
        self.words.setPalette(palette)


def ask_where(parent: QWidget, title: str, chosen: Callable[[Path, Form], None]) -> QFileDialog:
    """Ask for a file and its form; `chosen` hears of both once a person has decided."""
    dialog = plain_file_dialog(parent, title, ";;".join(KINDS))
    dialog.setDefaultSuffix("csv")
    dialog.selectFile("orders.csv")

    def suffix(kind: str) -> None:
        dialog.setDefaultSuffix(_suffix(KINDS[kind]))

    def take(name: str) -> None:
        form = KINDS[dialog.selectedNameFilter()]
        path = Path(name)
        chosen(path if path.suffix.lower() == f".{_suffix(form)}" else path.with_suffix(f".{_suffix(form)}"), form)

    dialog.filterSelected.connect(suffix)
    dialog.fileSelected.connect(take)
    dialog.show()
    return dialog


def _suffix(form: Form) -> str:
    return "jsonl" if form is Form.JSON else "csv"
