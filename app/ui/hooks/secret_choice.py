"""Which secret is meant: that of a subscription, where it is stored, or one that is typed and kept nowhere."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QLineEdit, QVBoxLayout, QWidget

from app.domain.secret import Secret
from app.ui.hooks.tools import HookTools

TYPED: Final = "A secret typed here"


class SecretChoice(QWidget):
    """`changed` when another one is meant. What a person chose stays; before that, the first stored one is.

    What is pasted leaves the clipboard after a while.
    """

    changed = Signal()

    def __init__(self, tools: HookTools) -> None:
        super().__init__()
        self._subscriptions = tools.desk.subscriptions
        self._verifier = tools.desk.verifier
        self._clipboard = tools.clipboard
        self._before = Secret()  # what was typed up to now
        self.is_by_hand = False
        self._known: dict[int, str] | None = None
        self.box = QComboBox()
        self.box.setAccessibleName("Secret")
        self.typed = QLineEdit()
        self.typed.setEchoMode(QLineEdit.EchoMode.Password)
        self.typed.setMaxLength(1_000)
        self.typed.setAccessibleName("Secret typed here")
        self.typed.setPlaceholderText("The secret; it is kept nowhere")
        lines = QVBoxLayout(self)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(6)
        lines.addWidget(self.box)
        lines.addWidget(self.typed)
        self.setFocusProxy(self.box)
        self.box.activated.connect(self._by_hand)
        self.box.currentIndexChanged.connect(self._chosen)
        self.typed.textChanged.connect(self._typed)
        self.refresh()

    @property
    def number(self) -> int | None:
        """The subscription's; None for one that is typed."""
        told = self.box.currentData()
        return told if isinstance(told, int) else None

    @property
    def secret(self) -> Secret:
        """Empty where there is none."""
        if self.number is None:
            return Secret(self.typed.text())
        return self._subscriptions.secret_of(self.number) or Secret()

    def refresh(self) -> bool:
        """Whether the stored secrets are others now."""
        stored = self._verifier.stored()
        if stored == self._known:
            return False
        self._known = stored
        number, is_by_hand = self.number, self.is_by_hand
        self.box.blockSignals(True)
        self.box.clear()
        for known, name in stored.items():
            self.box.addItem(name, known)
        self.box.addItem(TYPED, None)
        if number in stored or (number is None and is_by_hand):
            self.choose(number)
        self.box.blockSignals(False)
        self._chosen()
        return True

    def choose(self, number: int | None) -> bool:
        """Whether it is there to be chosen."""
        place = self.box.findData(number) if number is not None else self.box.count() - 1
        if place >= 0:
            self.box.setCurrentIndex(place)
        return place >= 0

    def choose_for(self, number: int | None, event: str) -> None:
        """A delivery's: its subscription's, or that of one of its event where it is not known whose it is."""
        if number is not None and self.choose(number):
            return
        for known, one in self._subscriptions.all.items():
            if one.event == event and self.choose(known):
                return

    def forget(self) -> None:
        self.typed.clear()

    def _typed(self, text: str) -> None:
        """More than a sign at once comes from the clipboard; a sign in the middle may, and is no more than looked up."""
        before, self._before = self._before.reveal(), Secret(text)
        if text and text[:-1] != before and not before.startswith(text):
            self._clipboard.expire(self._before)
        self.changed.emit()

    def _by_hand(self, _place: int) -> None:
        self.is_by_hand = True

    def _chosen(self, *_: object) -> None:
        self.typed.setVisible(self.number is None)
        self.changed.emit()
