"""A new passphrase, typed twice, with a word on how hard it is to guess."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.domain.secret import Secret
from app.services.setup.strength import objection, strength
from app.ui.theme import Theme
from app.ui.wizard.meter import Meter
from app.ui.wizard.secret_field import SecretField


class NewPassphrase(QWidget):
    """`passphrase` and `again` are what was typed; `edited` after each change."""

    edited = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.passphrase = Secret()
        self.again = Secret()
        self.first = SecretField("Passphrase", theme, lambda: self.passphrase, self._take)
        self.second = SecretField("Passphrase, once more", theme, lambda: self.again, self._take_again)
        self.meter = Meter(theme)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        for part in (self.first, self.meter, self.second):
            layout.addWidget(part)
        for field in (self.first, self.second):
            field.edited.connect(self._typed)
        self._show_strength()

    @property
    def objection(self) -> str:
        return objection(self.passphrase, self.again)

    def show_held(self, passphrase: Secret, again: Secret) -> None:
        """Begin with what was typed before."""
        self.passphrase, self.again = passphrase, again
        for field in (self.first, self.second):
            field.put_away()
            field.say("")
        self._show_strength()

    def forget(self) -> None:
        self.show_held(Secret(), Secret())

    def _take(self, text: str) -> None:
        self.passphrase = Secret(text)

    def _take_again(self, text: str) -> None:
        self.again = Secret(text)

    def _typed(self) -> None:
        self._show_strength()
        self.edited.emit()

    def _show_strength(self) -> None:
        self.meter.show_strength(strength(self.passphrase))
