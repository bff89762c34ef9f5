"""Asks before the deliveries are removed."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.ui.dialogs.box import Box
from app.ui.theme import Theme

WORDS = (
    "All deliveries of this account are removed from the file with their bodies and with what was missed, except the pinned ones. "
    "The feed keeps no copy and never delivers them again. The figures of 24 h stay."
)


class ClearBox(Box):
    """`confirmed` when they are to go."""

    confirmed = Signal()

    def __init__(self, parent: QWidget, theme: Theme) -> None:
        super().__init__(parent, theme, "Remove the deliveries?", "Keep them", 460)
        self.words.setText(WORDS)
        self.remove = self.add_button("Remove them", "danger")
        self.remove.clicked.connect(self._confirm)

    def begin(self) -> None:
        self.bring()
        self.fit()
        self.harmless.setFocus()

    def _confirm(self) -> None:
        self.accept()
        self.confirmed.emit()
