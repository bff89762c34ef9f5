"""Secrets that were just told, for the first and the last time: the box stays until each was copied or stored."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from app.domain.secret import Secret
from app.domain.webhook import NewSubscription
from app.ui.dialogs.box import Box
from app.ui.hooks.tools import HookTools
from app.ui.theme import Theme
from app.ui.wizard.parts import Words, button, mono, named, row

MASK: Final = "•" * 24
WORDS: Final = (
    "The feed tells these secrets once and never again. Copy each to where your deliveries are received, or store it here so that this "
    "program can check them. What is neither copied nor stored is lost, and the subscription has to be made again."
)


class SecretLine(QWidget):
    """One secret, masked, with its ways out. `safer` when it was copied or stored; `store_wanted` to have it stored."""

    safer = Signal()
    store_wanted = Signal()

    def __init__(self, new: NewSubscription, tools: HookTools) -> None:
        super().__init__()
        self.id = new.subscription.id
        self.secret = new.secret
        self._clipboard = tools.clipboard
        self.is_copied = self.is_stored = False
        self.field = QLineEdit(MASK)
        self.field.setReadOnly(True)
        self.field.setFont(mono(12))
        self.field.setAccessibleName(f"Secret of subscription {self.id}")
        self.show_it = button("Show", "Show the secret on the screen")
        self.show_it.setCheckable(True)
        self.copy = button("Copy", "The clipboard is cleared after half a minute")
        self.store = button("Store here", "Into this computer's keyring")
        self.said = Words(tools.theme, size=12)
        lines = QVBoxLayout(self)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(3)
        lines.addWidget(named(f"Subscription {self.id}: {new.subscription.event}", self.field, tools.theme))
        lines.addWidget(row(self.show_it, self.copy, self.store))
        lines.addWidget(self.said)
        self.show_it.toggled.connect(self._show)
        self.copy.clicked.connect(self._copy)
        self.store.clicked.connect(self._store)
        self._say()

    @property
    def is_safe(self) -> bool:
        return self.is_copied or self.is_stored

    def stored(self, words: str) -> None:
        """It is in the keyring, or `words` say why not."""
        self.is_stored = self.is_stored or not words
        self.store.setEnabled(not self.is_stored)
        self._say(words)
        self.safer.emit()

    def forget(self) -> None:
        """Nothing of it stays on the screen."""
        self.secret = Secret()
        self.field.setText(MASK)

    def _show(self, is_shown: bool) -> None:
        self.field.setText(self.secret.reveal() if is_shown else MASK)
        self.show_it.setText("Hide" if is_shown else "Show")

    def _copy(self) -> None:
        self._clipboard.copy_secret(self.secret, f"The secret of subscription {self.id}")
        self.is_copied = True
        self._say()
        self.safer.emit()

    def _store(self) -> None:
        self.store.setEnabled(False)
        self.said.say("It is being stored…", "text.dim")
        self.store_wanted.emit()

    def _say(self, trouble: str = "") -> None:
        done = [word for word, is_done in (("copied", self.is_copied), ("stored", self.is_stored)) if is_done]
        if trouble:
            self.said.say(f"It was not stored: {trouble}", "state.warning")
        elif done:
            self.said.say(f"✓ {' and '.join(done)}", "state.good")
        else:
            self.said.say("× neither copied nor stored", "state.warning")


class SecretsBox(Box):
    """Shown until each secret is safe: neither Escape nor the window's own cross closes it before. `store_wanted` with a line of it."""

    store_wanted = Signal(object)
    closed = Signal()

    def __init__(self, parent: QWidget, tools: HookTools) -> None:
        super().__init__(parent, tools.theme, "Keep these secrets", "Done", 560)
        self._tools = tools
        self._theme: Theme = tools.theme
        self.words.setText(WORDS)
        self.why = Words(tools.theme, use="state.warning", is_hiding=True)
        self.body.addWidget(self.why)
        self.lines: list[SecretLine] = []

    @property
    def is_holding(self) -> bool:
        """Whether closing it would lose a secret."""
        return any(not line.is_safe for line in self.lines)

    def begin(self, made: Sequence[NewSubscription], words: str = "") -> None:
        """These were made; `words` say what else was wanted and was not. Others that still wait stay."""
        for new in made:
            line = SecretLine(new, self._tools)
            line.safer.connect(self._judge)
            line.store_wanted.connect(self._store)
            self.lines.append(line)
            self.body.insertWidget(self.body.count() - 1, line)
        self.why.say(words)
        self._judge()
        self.bring()
        self.fit()
        if self.lines:
            self.lines[0].store.setFocus()

    def reject(self) -> None:
        """Escape, or the harmless button."""
        if not self.is_holding:
            self._forget()
            super().reject()

    def closeEvent(self, event: QCloseEvent) -> None:
        if self.is_holding:
            event.ignore()
            self.why.say("Copy or store each secret first.")
            self.fit()
            return
        self._forget()
        super().closeEvent(event)

    def _judge(self) -> None:
        left = sum(not line.is_safe for line in self.lines)
        self.harmless.setEnabled(not left)
        self.harmless.setText(f"Done ({left} left)" if left else "Done")
        self.fit()

    def _store(self) -> None:
        line = self.sender()
        if isinstance(line, SecretLine):
            self.store_wanted.emit(line)

    def _forget(self) -> None:
        for line in self.lines:
            line.forget()
            self.body.removeWidget(line)
            line.deleteLater()
        self.lines.clear()
        self.closed.emit()
