"""Asks for the passphrase that a profile's keys are sealed with."""

from __future__ import annotations

import asyncio

from PySide6.QtWidgets import QLineEdit, QWidget

from app.domain.secret import Secret
from app.ui.dialogs.box import Box
from app.ui.theme import Theme

LONGEST = 1_000  # characters, as the sealed file takes them


class PassphraseBox(Box):
    """`ask` shows it and returns what was typed, or None when the person would rather not."""

    def __init__(self, parent: QWidget, theme: Theme) -> None:
        super().__init__(parent, theme, "Unlock the keys", "Not now")
        self._answer: asyncio.Future[Secret | None] | None = None
        self.field = QLineEdit()
        self.field.setEchoMode(QLineEdit.EchoMode.Password)
        self.field.setMaxLength(LONGEST)
        self.field.setAccessibleName("Passphrase")
        self.body.addWidget(self.field)
        self.unlock = self.add_button("Unlock")
        self.unlock.clicked.connect(self._unlock)
        self.field.returnPressed.connect(self._unlock)
        self.field.textChanged.connect(lambda text: self.unlock.setEnabled(bool(text)))

    @property
    def is_asking(self) -> bool:
        """Whether somebody waits for the answer."""
        return self._answer is not None and not self._answer.done()

    @property
    def is_wanted(self) -> bool:
        return self.is_asking

    async def ask(self, words: str) -> Secret | None:
        """One question at a time: another one ends the first with None."""
        self._settle(None)
        answer: asyncio.Future[Secret | None] = asyncio.get_running_loop().create_future()
        self._answer = answer
        self.words.setText(words)
        self.field.clear()
        self.unlock.setEnabled(False)
        self.bring()
        self.field.setFocus()
        try:
            return await answer
        finally:
            if self._answer is answer:
                self._answer = None
                self.field.clear()
                self.hide()

    def reject(self) -> None:
        self._settle(None)
        super().reject()

    def _unlock(self) -> None:
        typed = Secret(self.field.text())
        if typed and self.is_asking:
            self.field.clear()
            self._settle(typed)

    def _settle(self, answer: Secret | None) -> None:
        if self._answer is not None and self.is_asking:
            self._answer.set_result(answer)
