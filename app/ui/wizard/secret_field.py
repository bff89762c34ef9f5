"""A field for a secret: what is typed goes to its owner at once, and leaves the field when the field is left."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QToolButton, QVBoxLayout, QWidget

from app.domain.secret import Secret
from app.ui.theme import Theme
from app.ui.wizard.parts import Words


class SecretField(QWidget):
    """`held` is the secret its owner has, `take` gives it another and may answer with words about it.

    Nothing is kept here: once the focus goes elsewhere the field is empty and says only that something is held. The eye shows
    it for as long as it is pressed. `pasted` with the whole text when more than a sign came at once.
    """

    edited = Signal()
    pasted = Signal(str)

    def __init__(self, title: str, theme: Theme, held: Callable[[], Secret], take: Callable[[str], str | None]) -> None:
        super().__init__()
        self._held = held
        self._take = take
        self._is_shown = False
        self._length = 0
        self.field = QLineEdit()
        self.field.setEchoMode(QLineEdit.EchoMode.Password)
        self.field.setAccessibleName(title)
        self.field.installEventFilter(self)
        self.field.textChanged.connect(self._typed)
        self.eye = QToolButton()
        self.eye.setText("Show")
        self.eye.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.eye.setAccessibleName(f"Show the {title} while this is held down")
        self.eye.setToolTip("Shows it for as long as this is held down")
        self.eye.pressed.connect(self._show)
        self.eye.released.connect(self.put_away)
        self.note = Words(theme, use="text.dim", size=12, is_hiding=True)
        self._lay_out(Words(theme, title, use="text.dim", size=12))
        self.put_away()

    def _lay_out(self, label: Words) -> None:
        label.setBuddy(self.field)
        line = QHBoxLayout()
        line.setSpacing(6)
        line.addWidget(self.field, 1)
        line.addWidget(self.eye)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(3)
        layout.addWidget(label)
        layout.addLayout(line)
        layout.addWidget(self.note)

    def put_away(self) -> None:
        """Empty the field; what is held stays with its owner."""
        with QSignalBlocker(self.field):
            self.field.setText("")
        self._length = 0
        self.field.setEchoMode(QLineEdit.EchoMode.Password)
        self._is_shown = False
        self.refresh()

    def refresh(self) -> None:
        """Say whether something is held."""
        held = bool(self._held())
        self.field.setPlaceholderText("•••••••••••••• (held; type or paste to replace it)" if held else "")
        self.field.setAccessibleDescription("Something is held; typing replaces it" if held else "Nothing is held yet")
        self.eye.setEnabled(held)

    def say(self, words: str) -> None:
        self.note.say(words)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.field and event.type() is QEvent.Type.FocusOut:
            self.put_away()
        return super().eventFilter(watched, event)

    def _typed(self, text: str) -> None:
        if len(text) > self._length + 1:
            self.pasted.emit(text)
        self._length = len(text)
        self.note.say(self._take(text) or "")
        self.refresh()
        self.edited.emit()

    def _show(self) -> None:
        self._is_shown = True
        with QSignalBlocker(self.field):
            self.field.setText(self._held().reveal())
        self.field.setEchoMode(QLineEdit.EchoMode.Normal)
