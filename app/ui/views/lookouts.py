"""A list of lookouts: what each waits for, how it stands and why, and what a person may do about it."""

from __future__ import annotations

from typing import Generic

import msgspec
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.domain.lookout import L
from app.services.lookouts import Lookouts
from app.ui.models.lookouts import Filter, LookoutsModel
from app.ui.theme import Theme
from app.ui.views.chips import add_chips
from app.ui.views.lookouts_table import LookoutsTable, TableLook, ids_of


class ListWords(msgspec.Struct, frozen=True):
    """What stands on the button that makes one, and in place of the rows where there is none, or none that stands so."""

    new: str
    none_yet: str
    none_so: str
    title: str = ""


class LookoutsList(QWidget, Generic[L]):
    """`refresh` when the list changed, `tick` each second. `refreshed`: what is shown was taken over; `new` is pressed to make one.
    `arm_wanted`: these ids are to be armed again, by `arm_now` or once a person was asked something.

    While it is on the screen of somebody, what stands in it is seen. Buttons of a kind of them go `before_new`.
    """

    refreshed = Signal()
    arm_wanted = Signal(object)

    def __init__(self, lookouts: Lookouts[L], model: LookoutsModel[L], look: TableLook[L], words: ListWords, theme: Theme) -> None:
        super().__init__()
        self._lookouts = lookouts
        self._texts = words
        self.model = model
        self.table = LookoutsTable(model, look, theme)
        self.title = QLabel(words.title)
        self._top = QHBoxLayout()
        self._top.addWidget(self.title)
        self.chips = add_chips(Filter, self._top, self._use_chip, theme, self)
        self.new, self.arm = QPushButton(words.new), QPushButton("Arm again")
        self.stop, self.remove = QPushButton("Stop"), QPushButton("Remove")
        self.said, self.words = QLabel(), QLabel(words.none_yet)
        self._lay_out(theme)
        self._connect()
        self.refresh()

    def before_new(self, button: QPushButton) -> None:
        """Put one more button before the last."""
        self._top.insertWidget(self._top.count() - 1, button)

    def refresh(self) -> None:
        """Take over how they stand."""
        self._see()
        chosen = set(ids_of(self.table.chosen()))
        if self.model.refresh():
            self.table.choose(chosen)
        for chip, button in self.chips.items():
            button.setText(f"{chip} {self.model.counts[chip]}")
        self.words.setText(self._texts.none_so if self._lookouts.all else self._texts.none_yet)
        self.words.setVisible(not self.model.rows)
        self.table.setVisible(bool(self.model.rows))
        self._mark_possible()
        self.refreshed.emit()

    def tick(self) -> None:
        """A second went by: the figures they go by have moved."""
        self._see()
        self.model.tick()

    def showEvent(self, event: QShowEvent) -> None:
        self._lookouts.see()
        super().showEvent(event)

    def _see(self) -> None:
        if self.isVisible() and self.isActiveWindow():
            self._lookouts.see()

    def say(self, words: str) -> None:
        """What came of what a person did."""
        self.said.setText(words)
        self.said.setVisible(bool(words))
        self.refresh()

    def say_nothing(self) -> None:
        self.say("")

    # Building

    def _lay_out(self, theme: Theme) -> None:
        self.title.setFont(theme.font(13, bold=True))
        self.title.setVisible(bool(self.title.text()))
        self._top.setContentsMargins(10, 5, 8, 5)
        self._top.setSpacing(4)
        self._top.addStretch(1)
        for button in (self.arm, self.stop, self.remove, self.new):
            self._top.addWidget(button)
        for label in (self.title, self.said, self.words):
            label.setTextFormat(Qt.TextFormat.PlainText)
        lay_out_line(self.said, theme)
        self.said.hide()
        self.words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.words.setWordWrap(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(self._top)
        layout.addWidget(self.words, 1)
        layout.addWidget(self.table, 1)
        layout.addWidget(self.said)

    def _connect(self) -> None:
        self.arm.clicked.connect(self._arm_chosen)
        self.stop.clicked.connect(self._stop_chosen)
        self.remove.clicked.connect(self._remove_chosen)
        self.table.arm_wanted.connect(self.arm_wanted)
        self.table.stop_wanted.connect(self._stop)
        self.table.remove_wanted.connect(self._remove)
        self.table.selectionModel().selectionChanged.connect(self._mark_possible)

    # What a person does

    def _arm_chosen(self) -> None:
        self.arm_wanted.emit(ids_of(self.table.chosen()))

    def _stop_chosen(self) -> None:
        self._stop(ids_of(self.table.chosen()))

    def _remove_chosen(self) -> None:
        self._remove(ids_of(self.table.chosen()))

    def arm_now(self, ids: list[int]) -> None:
        self.say(self._lookouts.arm_these(ids))

    def _stop(self, ids: list[int]) -> None:
        for one in ids:
            self._lookouts.stop(one)
        self.say("")

    def _remove(self, ids: list[int]) -> None:
        self._lookouts.remove(ids)
        self.say("")

    def _use_chip(self, chip: Filter) -> None:
        self.model.chip = chip
        self.refresh()

    def _mark_possible(self) -> None:
        chosen = self.table.chosen()
        self.arm.setEnabled(any(not lookout.is_active for lookout in chosen))
        self.stop.setEnabled(any(lookout.is_active for lookout in chosen))
        self.remove.setEnabled(bool(chosen))


def honesty_line(words: str, theme: Theme) -> QLabel:
    """The dim line below: on what their watching hangs."""
    label = QLabel(words)
    label.setTextFormat(Qt.TextFormat.PlainText)
    lay_out_line(label, theme)
    label.setEnabled(False)  # the palette's disabled colour is the dim one
    return label


def lay_out_line(label: QLabel, theme: Theme) -> None:
    label.setFont(theme.font(12))
    label.setWordWrap(True)
    label.setContentsMargins(10, 3, 10, 4)
