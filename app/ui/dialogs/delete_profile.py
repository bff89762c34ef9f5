"""Asks before a profile is deleted: what goes, what stays, and its name typed where it is about money."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QLineEdit, QWidget

from app.ui.dialogs.box import Box
from app.ui.theme import Theme

WIDTH = 520
LONGEST = 64  # characters the field takes


class DeleteProfileBox(Box):
    """`confirmed` with what was typed. With a phrase the button stays disabled until exactly that was typed."""

    confirmed = Signal(str)

    def __init__(self, parent: QWidget, theme: Theme) -> None:
        super().__init__(parent, theme, "Delete this profile?", "Keep it", WIDTH)
        self._phrase = ""
        self.ask = QLabel()
        self.ask.setFont(theme.font(13, bold=True))
        self.field = QLineEdit()
        self.field.setMaxLength(LONGEST)
        self.body.addWidget(self.ask)
        self.body.addWidget(self.field)
        self.delete = self.add_button("Delete", "danger")
        self.delete.clicked.connect(self._confirm)
        self.field.textChanged.connect(self._typed)

    def begin(self, name: str, sentences: Sequence[str], phrase: str) -> None:
        """Ask anew about this profile; `phrase` is empty where a click is enough."""
        self._phrase = phrase
        self.title.setText(f"Delete “{name}”?")
        self.words.setText("\n".join(f"• {sentence}" for sentence in sentences))
        self.ask.setText(f"To delete it, type its name:  {phrase}")
        self.field.setAccessibleName(f"Type: {phrase}")
        for part in (self.ask, self.field):
            part.setVisible(bool(phrase))
        self.field.clear()
        self._typed("")
        self.bring()
        self.fit()
        (self.field if phrase else self.harmless).setFocus()

    def _typed(self, text: str) -> None:
        is_meant = text.strip() == self._phrase
        self.delete.setEnabled(is_meant)
        (self.delete if self._phrase and is_meant else self.harmless).setDefault(True)

    def _confirm(self) -> None:
        if self.delete.isEnabled():
            typed = self.field.text()
            self.accept()
            self.confirmed.emit(typed)
