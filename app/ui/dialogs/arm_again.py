"""Asks from which price a guard counts that is armed again, where that is not the one at which it was armed before."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QWidget

from app.domain.guard import CancelMoved, Guard
from app.services.guards import Guards
from app.ui import formats
from app.ui.dialogs.box import Box
from app.ui.display import Display
from app.ui.theme import Theme

WIDTH: Final = 520
SHOWN: Final = 6  # guards that are named; the others are counted
ASKED: Final = (
    "These count ladder steps from the {odds} at which they were armed, and nobody looked since they stopped. From where are they to count?"
)


class ArmAgainBox(Box):
    """`chosen` with True where they go on from the old prices, with False where they begin anew from those of now."""

    chosen = Signal(object)

    def __init__(self, parent: QWidget, guards: Guards, display: Display, theme: Theme) -> None:
        super().__init__(parent, theme, f"Arm again: {CancelMoved.title.lower()}", "Cancel", WIDTH)
        self._guards = guards
        self._display = display
        self._ids: Sequence[int] = ()
        self.words.setText(display.labels.fill(ASKED))
        self.lines = QLabel()
        self.lines.setTextFormat(Qt.TextFormat.PlainText)
        self.lines.setWordWrap(True)
        self.body.addWidget(self.lines)
        self.old, self.new = self.add_button("Count from the old price"), self.add_button("Count from now")
        self.old.clicked.connect(self._choose_old)
        self.new.clicked.connect(self._choose_new)

    def begin(self, ids: Sequence[int]) -> None:
        """Ask about those of them whose price has moved, or is not known."""
        self._ids = ids
        self._look()
        self.bring()
        self.harmless.setFocus()

    def refresh(self) -> None:
        """Prices moved while it is open."""
        if self.isVisible():
            self._look()

    def _look(self) -> None:
        moved = self._guards.moved_bases(self._ids)
        lines = [self._line(guard) for guard in moved[:SHOWN]]
        if len(moved) > SHOWN:
            lines.append(f"and {len(moved) - SHOWN} more")
        self.lines.setText("\n\n".join(lines) or "Each stands where it did: nothing is left to be chosen.")
        self.fit()

    def _line(self, guard: Guard) -> str:
        plan, reading, odds = guard.plan, self._guards.fresh_reading(guard), self._display.odds
        assert isinstance(plan, CancelMoved)  # no other kind counts from a price
        told = f"{formats.plain(self._guards.scope(guard))}: {plan.condition(odds, self._display.labels.odds_low)} than {odds(guard.base)}."
        if reading.odds is None or reading.steps is None:
            return f"{told} No fresh price is known now."
        moved = f"{abs(reading.steps)} {'step' if abs(reading.steps) == 1 else 'steps'} {'against' if reading.steps > 0 else 'for'} you"
        at_once = f" From {odds(guard.base)} it cancels at once." if reading.steps >= plan.steps else ""
        return f"{told} Now {odds(reading.odds)}, {moved}.{at_once}"

    def _choose_old(self) -> None:
        self.accept()
        self.chosen.emit(True)

    def _choose_new(self) -> None:
        self.accept()
        self.chosen.emit(False)
