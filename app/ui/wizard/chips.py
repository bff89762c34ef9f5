"""A row of chips of which one is chosen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Generic, TypeVar

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QPushButton, QWidget

from app.ui.theme import Theme

V = TypeVar("V")


class _Row(QWidget):
    chosen = Signal()


class Chips(_Row, Generic[V]):
    """`choices` are the values and what stands on their chips; the first one is chosen at the start. `chosen` when a person chose."""

    def __init__(self, name: str, choices: Mapping[V, str], theme: Theme) -> None:
        super().__init__()
        self.chips: dict[V, QPushButton] = {}
        self._group = QButtonGroup(self)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(6)
        for value, text in choices.items():
            chip = QPushButton(text)
            chip.setObjectName("chip")
            chip.setCheckable(True)
            chip.setAutoDefault(False)
            chip.setFont(theme.font(12))
            chip.setAccessibleName(f"{name}: {text}")
            chip.clicked.connect(self.chosen)
            self._group.addButton(chip)
            line.addWidget(chip)
            self.chips[value] = chip
        line.addStretch(1)
        next(iter(self.chips.values())).setChecked(True)

    @property
    def value(self) -> V:
        return next(value for value, chip in self.chips.items() if chip.isChecked())

    def choose(self, value: V) -> None:
        self.chips[value].setChecked(True)
