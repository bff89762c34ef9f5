"""A button that must be pressed twice: the first press asks, a second one a moment later does it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, Signal
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QPushButton

APART = 0.5  # seconds between the two presses: a double click is one wish
PATIENCE = 6.0  # seconds after which the question is withdrawn


class TwiceButton(QPushButton):
    """`sure` after the second press. It asks in place, and withdraws the question after a while."""

    sure = Signal()

    def __init__(self, text: str, question: str, clock: Callable[[], float]) -> None:
        super().__init__(text)
        self._text = text
        self._question = question
        self._clock = clock
        self._asked_at: float | None = None
        self.clicked.connect(self._pressed)

    @property
    def is_asking(self) -> bool:
        return self._asked_at is not None

    def rephrase(self, text: str, question: str) -> None:
        """Say something else from now on. A question that is asked stays as it is: it is what the second press answers."""
        self._text, self._question = text, question
        if not self.is_asking:
            self.setText(text)

    def tick(self) -> None:
        """A second went by."""
        if self._asked_at is not None and self._clock() - self._asked_at >= PATIENCE:
            self.withdraw()

    def withdraw(self) -> None:
        self._ask(None)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.EnabledChange and not self.isEnabled():
            self.withdraw()

    def hideEvent(self, event: QHideEvent) -> None:
        self.withdraw()
        super().hideEvent(event)

    def _pressed(self) -> None:
        if self._asked_at is None:
            self._ask(self._clock())
        elif self._clock() - self._asked_at >= APART:
            self._ask(None)
            self.sure.emit()

    def _ask(self, at: float | None) -> None:
        self._asked_at = at
        self.setText(self._question if at is not None else self._text)
