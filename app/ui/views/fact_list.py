"""Names and values one under the other: the value right-aligned, coloured where it needs a look."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from app.ui import formats
from app.ui.theme import Theme
from app.ui.views.header import ink


class FactList(QWidget):
    """`names` are the rows from top to bottom, each with what it means for a tip."""

    def __init__(self, title: str, names: Mapping[str, str], theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._uses: dict[str, str] = {}
        self.title = QLabel(title)
        self.title.setFont(theme.font(12, bold=True))
        self.names: dict[str, QLabel] = {}
        self.values: dict[str, QLabel] = {}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(5)
        grid.setColumnStretch(1, 1)
        grid.addWidget(self.title, 0, 0, 1, 2)
        for row, (name, tip) in enumerate(names.items(), start=1):
            self._add(grid, row, name, tip)
        self.dress()

    def _add(self, grid: QGridLayout, row: int, name: str, tip: str) -> None:
        label, value = QLabel(name), QLabel(formats.NOTHING)
        for part in (label, value):
            part.setFont(self._theme.font(12))
            part.setTextFormat(Qt.TextFormat.PlainText)
            part.setToolTip(tip)
        value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.names[name], self.values[name] = label, value
        self._uses[name] = "text.strong"
        grid.addWidget(label, row, 0)
        grid.addWidget(value, row, 1)

    def text(self, name: str) -> str:
        return self.values[name].text()

    def show_fact(self, name: str, text: str, use: str = "text.strong") -> None:
        self.values[name].setText(text)
        if self._uses[name] != use:
            self._uses[name] = use
            ink(self.values[name], self._theme.colours[use])

    def dress(self) -> None:
        for label in self.names.values():
            ink(label, self._theme.colours["text.dim"])
        for name, label in self.values.items():
            ink(label, self._theme.colours[self._uses[name]])
