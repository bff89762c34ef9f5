"""Asks for another name of a profile."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QLineEdit, QWidget

from app.ui.dialogs.box import Box
from app.ui.theme import Theme

LONGEST = 40  # characters of a name


class RenameProfileBox(Box):
    """`confirmed` with what was typed; whoever hears it says `refuse` or hides the box."""

    confirmed = Signal(str)

    def __init__(self, parent: QWidget, theme: Theme) -> None:
        super().__init__(parent, theme, "Rename", "Cancel")
        self.words.setText("Its keys, journal and limits stay with it.")
        self.field = QLineEdit()
        self.field.setMaxLength(LONGEST)
        self.field.setAccessibleName("New name")
        self.objection = QLabel()
        self.objection.setWordWrap(True)
        self._theme = theme
        self.body.addWidget(self.field)
        self.body.addWidget(self.objection)
        self.rename = self.add_button("Rename")
        self.rename.clicked.connect(self._confirm)
        self.rename.setDefault(True)
        self.field.textChanged.connect(self._typed)

    def begin(self, name: str) -> None:
        self.title.setText(f"Rename “{name}”")
        self.field.setText(name)
        self.field.selectAll()
        self._typed(name)
        self.bring()
        self.field.setFocus()

    def refuse(self, words: str) -> None:
        """Say why not, in the box; it stays."""
        self.objection.setStyleSheet(f"color: {self._theme.colours.css('state.bad')};")
        self.objection.setText(f"✗ {words}")
        self.objection.setVisible(bool(words))
        self.fit()

    def _typed(self, text: str) -> None:
        self.rename.setEnabled(bool(text.strip()))
        self.objection.hide()

    def _confirm(self) -> None:
        if self.rename.isEnabled():
            self.confirmed.emit(self.field.text())
