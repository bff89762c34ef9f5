"""Saving what the odds history shows: asks where, and writes its points as CSV or its chart as a picture."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QPushButton, QWidget

from app.domain.cs2 import OddsKey
from app.services.feed.histories import MANY, Drawing, Histories
from app.services.notices import Tone
from app.ui.feed.history_files import copied, write_csv, write_png
from app.ui.feed.history_picture import Sheet, picture_of
from app.ui.theme import Theme
from app.ui.views.table import plain_file_dialog

POINTS: Final = "Save the points as CSV"
PICTURE: Final = "Save the picture as PNG"


class HistorySaving(QObject):
    """Two buttons. `sheet` is what a picture is made of now, `told` the key, its drawing, and the moment after which nothing is told."""

    said = Signal(str, Tone)

    def __init__(
        self,
        pane: QWidget,
        histories: Histories,
        theme: Theme,
        told: Callable[[], tuple[OddsKey | None, Drawing, float | None]],
        sheet: Callable[[], Sheet],
    ) -> None:
        super().__init__(pane)
        self._pane = pane
        self._histories = histories
        self._theme = theme
        self._told = told
        self._sheet = sheet
        self.csv, self.png = QPushButton("CSV"), QPushButton("PNG")
        for button, words, act in ((self.csv, POINTS, self.ask_csv), (self.png, PICTURE, self.ask_png)):
            button.setObjectName("chip")
            button.setFont(theme.font(11))
            button.setToolTip(words)
            button.setAccessibleName(words)
            button.clicked.connect(act)

    def allow(self, *, is_allowed: bool) -> None:
        for button in (self.csv, self.png):
            button.setEnabled(is_allowed)

    def ask_csv(self) -> None:
        self._ask(POINTS, "CSV (*.csv)", "csv", self.save_csv)

    def ask_png(self) -> None:
        self._ask(PICTURE, "PNG (*.png)", "png", self.save_png)

    def save_csv(self, path: str) -> None:
        _key, drawing, until = self._told()
        drawing = copied(drawing)
        if sum(len(line.times) for line in drawing.lines) < MANY:
            self._tell(write_csv(path, drawing, until))
        else:
            self._histories.beside(lambda: write_csv(path, drawing, until), self._tell)

    def save_png(self, path: str) -> None:
        self._tell(write_png(path, picture_of(self._sheet(), self._theme)))

    def _ask(self, title: str, kinds: str, suffix: str, save: Callable[[str], None]) -> None:
        dialog = plain_file_dialog(self._pane, title, kinds)
        dialog.setDefaultSuffix(suffix)
        dialog.selectFile(f"{_name(self._told()[0])}.{suffix}")
        dialog.fileSelected.connect(save)
        dialog.show()

    def _tell(self, told: tuple[str, bool]) -> None:
        words, is_good = told
        self.said.emit(words, Tone.PLAIN if is_good else Tone.BAD)


def _name(key: OddsKey | None) -> str:
    """Of a file: the match, what is priced, and the round."""
    if key is None:
        return "odds"
    number = f"-{key.round_number}" if key.round_number is not None else ""
    return f"odds-{key.match_id}-{key.question.lower().replace('_', '-')}{number}"
