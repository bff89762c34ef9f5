"""A body as a person gives it: typed as text or hex, or the very bytes of a file or a delivery."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLabel, QPlainTextEdit, QVBoxLayout, QWidget

from app.ui.hooks.letter import visible
from app.ui.theme import Theme
from app.ui.views.chips import add_chips
from app.ui.wizard.parts import Words, button, mono

LARGEST: Final = 10 * 1024 * 1024  # bytes of a file
SHOWN: Final = 16_384  # bytes of what was not typed


class BodyKind(StrEnum):
    """How the body is given."""

    TEXT = "Text"
    HEX = "Hex"
    FILE = "File…"


class BodyField(QWidget):
    """`changed` when there are other bytes. What a field of text cannot hold as it is, is kept beside it and cannot be edited."""

    changed = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._kind = BodyKind.TEXT
        self._exact: bytes | None = None
        self._trouble = ""
        self.text = QPlainTextEdit()
        self.text.setFont(mono(12))
        self.text.setAccessibleName("Body, its exact bytes")
        self.text.setTabChangesFocus(True)
        self.text.setFixedHeight(84)
        self.length = Words(theme, use="text.dim", size=11)
        self.empty = button("Empty", "Begin with no body")
        self.empty.setObjectName("chip")
        self.empty.setFont(theme.font(11))
        label = QLabel("Body (exact bytes)")
        label.setFont(theme.font(12))
        label.setBuddy(self.text)
        kinds = QHBoxLayout()
        kinds.setSpacing(6)
        self.chips = add_chips(BodyKind, kinds, self._use, theme, self)
        kinds.addStretch(1)
        kinds.addWidget(self.empty)
        lines = QVBoxLayout(self)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(4)
        lines.addWidget(label)
        lines.addLayout(kinds)
        lines.addWidget(self.text)
        lines.addWidget(self.length)
        self.text.textChanged.connect(self._typed)
        self.empty.clicked.connect(self.clear)
        self._say_length()

    @property
    def body(self) -> bytes | None:
        """None where what is typed is no hex; `trouble` says why."""
        if self._exact is not None:
            return self._exact
        text = self._text()
        if self._kind is not BodyKind.HEX:
            return text.encode(errors="surrogatepass")
        try:
            return bytes.fromhex(text)
        except ValueError:
            return None

    @property
    def trouble(self) -> str:
        """Why there is no body, or why a file could not be read; empty where there is one."""
        if self._trouble or self.body is not None:
            return self._trouble
        wrong = next((sign for sign in self._text() if sign not in "0123456789abcdefABCDEF" and not sign.isspace()), "")
        return f"This is no hex: it holds {wrong!r}." if wrong else "This is no hex: its last byte has one figure only."

    def show_bytes(self, body: bytes) -> None:
        """As text or hex, as it is chosen now."""
        self._trouble = ""
        shown, is_whole = _as_hex(body) if self._kind is BodyKind.HEX else _as_text(body)
        self._exact = None
        self.text.blockSignals(True)
        self.text.setPlainText(shown)
        self.text.blockSignals(False)
        self._exact = None if is_whole and self.body == body else body
        self.text.setReadOnly(self._exact is not None)
        self._say_length()
        self.changed.emit()

    def clear(self) -> None:
        self.show_bytes(b"")
        self.text.setFocus()

    def read_file(self, path: str) -> None:
        """Its very bytes become the body."""
        try:
            with Path(path).open("rb") as file:
                body = file.read(LARGEST + 1)
        except (OSError, ValueError) as problem:
            self._fail(f"The file cannot be read: {getattr(problem, 'strerror', None) or problem}.")
            return
        if len(body) > LARGEST:
            self._fail(f"The file is larger than {LARGEST // 1024 // 1024} MB: no webhook is.")
            return
        self.show_bytes(body)

    def _fail(self, words: str) -> None:
        self._trouble = words
        self.changed.emit()

    def _text(self) -> str:
        """As it was typed: Qt's plain text would make a space of one that does not break."""
        return str(self.text.document().toRawText()).replace("\u2029", "\n").replace("\u2028", "\n")

    def _typed(self) -> None:
        self._trouble = ""
        self._exact = None
        self._say_length()
        self.changed.emit()

    def _say_length(self) -> None:
        body = self.body
        words = "" if body is None else f"{len(body):,} bytes"
        if self._exact is not None:
            cut = f", the first {SHOWN:,} shown" if len(self._exact) > SHOWN else ""
            words += f" as they are{cut}: edit them as hex, or begin empty" if not cut else f" as they are{cut}"
        elif self._kind is BodyKind.TEXT and b"\n" in (body or b""):
            words += ", lines end with LF: for CR LF give hex or a file"
        self.length.say(words)

    def _use(self, kind: BodyKind) -> None:
        if kind is BodyKind.FILE:
            self._ask_for_file()
            return
        body, self._kind = self.body, kind
        if body is not None:
            self.show_bytes(body)
        else:
            self._typed()

    def _ask_for_file(self) -> None:
        dialog = QFileDialog(self, "Body from a file")
        dialog.setOptions(QFileDialog.Option.DontUseNativeDialog | QFileDialog.Option.ReadOnly)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self.read_file)
        dialog.finished.connect(self._asked)
        dialog.show()

    def _asked(self, _result: int) -> None:
        """The chip of a file is an errand, not a state."""
        self.chips[self._kind].setChecked(True)


def _as_hex(body: bytes) -> tuple[str, bool]:
    return body[:SHOWN].hex(" "), len(body) <= SHOWN


def _as_text(body: bytes) -> tuple[str, bool]:
    """What can be seen of it, and whether that is all: signs that are not seen, or turn letters round, are written out."""
    text = visible(body[:SHOWN].decode(errors="replace"))
    return text, text.encode() == body
