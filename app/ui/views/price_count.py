"""Over how many prices the stake goes: a row of figures of which one is chosen, by a click or by the arrow keys."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QLabel, QPushButton, QWidget

from app.domain.labels import Labels
from app.ui.theme import Theme

COUNTS = (1, 2, 3, 5, 10, 20)  # the venue takes at most 20 orders in one request


class PriceCount(QWidget):
    """`count` is what is chosen; `changed` when a person chose another one. One stop of the Tab key, as radio buttons are."""

    changed = Signal()

    def __init__(self, theme: Theme, labels: Labels) -> None:
        super().__init__()
        self._theme = theme
        self._labels = labels
        self.count = COUNTS[0]
        self.buttons = {count: QPushButton(str(count)) for count in COUNTS}
        self.setAccessibleName("Number of prices")
        self._lay_out()
        self.dress()

    def choose(self, count: int) -> None:
        """Choose without telling: for the ticket itself."""
        self.count = count
        self.buttons[count].setChecked(True)

    def shorten(self, *, is_short: bool) -> None:
        """A sign in place of the word where there is little room."""
        self.caption.setText("÷" if is_short else "Prices")

    def watch_keys(self, watcher: QObject) -> None:
        for button in self.buttons.values():
            button.installEventFilter(watcher)

    def dress(self) -> None:
        colours = self._theme.colours
        back, ink = colours.css("state.info_back"), colours.css("state.info")
        self.setStyleSheet(
            f"QPushButton {{ padding: 0px 4px; border-radius: 3px; border-color: transparent; background: transparent;"
            f" color: {colours.css('text.dim')}; }}"
            f"QPushButton:hover {{ background: {colours.css('surface.hover')}; }}"
            f"QPushButton:checked {{ background: {back}; color: {colours.css('text.strong')}; border-color: {ink}; }}"
            f"QPushButton:focus {{ border-color: {colours.css('text.strong')}; }}"
            f"QPushButton:disabled {{ color: {colours.css('text.faint')}; }}"
        )

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(1)
        self.caption = QLabel("Prices")
        self.caption.setToolTip(f"Over how many prices the {self._labels.stake_low} goes, in equal orders")
        self.caption.setFont(self._theme.font(11))
        self.caption.setEnabled(False)  # the palette's disabled colour is the dim one
        row.addWidget(self.caption)
        row.addSpacing(3)
        group = QButtonGroup(self)
        for count, button in self.buttons.items():
            button.setCheckable(True)
            button.setFont(self._theme.font(12, bold=True))
            button.setAccessibleName("1 price" if count == 1 else f"{count} prices")
            button.setToolTip(
                f"One order at the {self._labels.odds_low} above"
                if count == 1
                else f"The {self._labels.stake_low} in {count} equal orders, each next one paying more"
            )
            button.clicked.connect(partial(self._pressed, count))
            group.addButton(button)
            row.addWidget(button)
        self.buttons[self.count].setChecked(True)

    def _pressed(self, count: int, _is_checked: bool = False) -> None:
        if count != self.count:
            self.count = count
            self.changed.emit()
