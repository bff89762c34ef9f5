"""One delivery as it came: its headers, and its body as text, as it was sent, or in hex."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPlainTextEdit, QVBoxLayout, QWidget

from app.domain.webhook import Letter
from app.ui.theme import Theme
from app.ui.views.chips import add_chips
from app.ui.wizard.parts import mono

WIDE: Final = 16  # bytes a line of hex


class Look(StrEnum):
    """How a body is shown."""

    PRETTY = "Pretty"
    RAW = "Raw"
    HEX = "Hex"


class LetterView(QWidget):
    """`show_letter` with what came; `say` a sentence where nothing did."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._letter: Letter | None = None
        self._look = Look.PRETTY
        self.words = QLabel()
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self.words.setWordWrap(True)
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setFont(mono(12))
        self.text.setAccessibleName("Headers and body of the delivery")
        self.text.setTabChangesFocus(True)
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.WidgetWidth)
        row = QHBoxLayout()
        row.setContentsMargins(10, 4, 8, 4)
        self.chips = add_chips(Look, row, self._use, theme, self)
        row.addWidget(self.words, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(row)
        layout.addWidget(self.text, 1)
        self.say("Choose a delivery to see its headers and its bytes.")

    def say(self, words: str) -> None:
        self._letter = None
        self.words.setText(words)
        self.text.setPlainText("")

    def show_letter(self, letter: Letter) -> None:
        self._letter = letter
        self._fill()

    def _use(self, look: Look) -> None:
        self._look = look
        if self._letter is not None:
            self._fill()

    def _fill(self) -> None:
        letter = self._letter
        assert letter is not None
        headers = "\n".join(f"{name}: {value}" for name, value in letter.headers)
        body, words = shown(letter.body, self._look)
        if len(letter.body) < letter.full_size:
            words = f"The first {len(letter.body):,} of {letter.full_size:,} bytes were kept. {words}".strip()
        self.words.setText(words)
        self.text.setPlainText(f"{visible(headers)}\n\n{body}")


def shown(body: bytes, look: Look) -> tuple[str, str]:
    """The body as text, and what is to be said about it."""
    if not body:
        return "", "It has no body."
    if look is Look.HEX:
        return hex_dump(body), f"{len(body):,} bytes"
    try:
        text = body.decode()
    except UnicodeDecodeError as problem:
        return hex_dump(body), f"It is no UTF-8 text: byte {problem.start} is {body[problem.start]:#04x}."
    if look is Look.RAW:
        return visible(text), f"{len(body):,} bytes"
    try:
        return visible(json.dumps(json.loads(text), indent=2, ensure_ascii=False)), f"{len(body):,} bytes"
    except json.JSONDecodeError as problem:
        return visible(text), f"It is no JSON: {problem.msg} at line {problem.lineno}, column {problem.colno}."
    except (RecursionError, ValueError):
        return visible(text), "It is no JSON that can be read."


def hex_dump(body: bytes) -> str:
    lines = []
    for start in range(0, len(body), WIDE):
        part = body[start : start + WIDE]
        signs = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in part)
        lines.append(f"{start:06x}  {part.hex(' '):<{3 * WIDE - 1}}  {signs}")
    return "\n".join(lines)


def visible(text: str) -> str:
    """Nothing that turns letters round or is not seen stays what it is."""
    return "".join(sign if sign.isprintable() or sign in "\n\t" else f"\\u{ord(sign):04x}" for sign in text)
