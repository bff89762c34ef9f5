"""One delivery as it came: its headers, and its body as text, as it was sent, or in hex."""

from __future__ import annotations

import json
import re
from enum import StrEnum
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent, QTextOption
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QSplitter, QVBoxLayout, QWidget

from app.domain.webhook import Letter
from app.ui.theme import Theme
from app.ui.views.chips import add_chips
from app.ui.views.elided import ElidedLabel
from app.ui.wizard.parts import mono

_WORDS: Final = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+')  # of JSON that was read
WIDE: Final = 16  # bytes a line of hex
NARROW: Final = 8  # the same, where there is little room


EMPTY: Final = "It has no body."


class Look(StrEnum):
    """How a body is shown."""

    PRETTY = "Pretty"
    RAW = "Raw"
    HEX = "Hex"


class LetterView(QWidget):
    """`tell` a line about the delivery; `show_letter` with what came; `say` a sentence where nothing did."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._letter: Letter | None = None
        self._look = Look.PRETTY
        self._empty = EMPTY
        self._wide = WIDE
        self.about = ElidedLabel()
        self.words = ElidedLabel()
        self.words.setFont(theme.font(11))
        self.text, self.headers = _bytes_field("Body of the delivery"), _bytes_field("Headers of the delivery")
        self.both = QSplitter(Qt.Orientation.Horizontal)
        for part, stretch in ((self.text, 5), (self.headers, 4)):
            self.both.addWidget(part)
            self.both.setStretchFactor(self.both.count() - 1, stretch)
        self.both.setChildrenCollapsible(False)
        self.both.splitterMoved.connect(self._fit_hex)
        row = QHBoxLayout()
        row.setContentsMargins(10, 5, 8, 5)
        row.setSpacing(6)
        self.chips = add_chips(Look, row, self._use, theme, self)
        row.addWidget(self.words, 1)
        line = QHBoxLayout()
        line.setContentsMargins(10, 6, 8, 0)
        line.addWidget(self.about)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(line)
        layout.addLayout(row)
        layout.addWidget(self.both, 1)

    def tell(self, words: str) -> None:
        self.about.setText(words)

    def say(self, words: str) -> None:
        """In the place of a letter."""
        self._letter = None
        self.words.setText("")
        self.text.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.text.setPlainText(words)
        self.headers.setPlainText("")
        self.headers.hide()
        self.both.refresh()

    def show_letter(self, letter: Letter, empty: str = EMPTY) -> None:
        """`empty` is said where it has no bytes."""
        self._letter, self._empty = letter, empty
        if self.headers.isHidden():
            self.headers.show()
            self.both.refresh()  # how many bytes a line has room for is asked at once
        self._fill()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_hex()

    def _fit_hex(self, *_: int) -> None:
        if self._letter is not None and self._wide != self._bytes_a_line:
            self._fill()

    @property
    def _bytes_a_line(self) -> int:
        """As many as are read without wrapping."""
        room = self.text.viewport().width() - 2 * self.text.document().documentMargin()
        return WIDE if self.text.fontMetrics().horizontalAdvance("0") * len(hex_dump(bytes(WIDE))) <= room else NARROW

    def _use(self, look: Look) -> None:
        self._look = look
        if self._letter is not None:
            self._fill()

    def _fill(self) -> None:
        letter = self._letter
        assert letter is not None
        self._wide = self._bytes_a_line
        body, words = shown(letter.body, self._look, self._wide) if letter.body else ("", self._empty)
        if len(letter.body) < letter.full_size:
            words = f"The first {len(letter.body):,} of {letter.full_size:,} bytes were kept. {words}".strip()
        self.words.setText(words)
        wrapping = QTextOption.WrapMode.NoWrap if _is_dump(letter.body, self._look) else QTextOption.WrapMode.WrapAnywhere
        self.text.setWordWrapMode(wrapping)
        self.text.setPlainText(body)
        self.headers.setPlainText("\n".join(visible(f"{name}: {value}") for name, value in letter.headers))


def _bytes_field(name: str) -> QPlainTextEdit:
    field = QPlainTextEdit()
    field.setReadOnly(True)
    field.setFrameShape(QPlainTextEdit.Shape.NoFrame)
    field.setFont(mono(12))
    field.setAccessibleName(name)
    field.setTabChangesFocus(True)
    field.setWordWrapMode(QTextOption.WrapMode.WrapAnywhere)
    return field


def _is_dump(body: bytes, look: Look) -> bool:
    """Whether it is shown in hex: also where it is no text."""
    try:
        return look is Look.HEX or not body.decode()
    except UnicodeDecodeError:
        return True


def shown(body: bytes, look: Look, wide: int = WIDE) -> tuple[str, str]:
    """The body as text, and what is to be said about it; `wide` bytes a line of hex."""
    if not body:
        return "", EMPTY
    if look is Look.HEX:
        return hex_dump(body, wide), f"{len(body):,} bytes"
    try:
        text = body.decode()
    except UnicodeDecodeError as problem:
        return hex_dump(body, wide), f"It is no UTF-8 text: byte {problem.start} is {body[problem.start]:#04x}."
    if look is Look.RAW:
        return visible(text), f"{len(body):,} bytes"
    try:
        json.loads(text)
    except json.JSONDecodeError as problem:
        return visible(text), f"It is no JSON: {problem.msg} at line {problem.lineno}, column {problem.colno}."
    except (RecursionError, ValueError):
        return visible(text), "It is no JSON that can be read."
    return visible(indented(text)), f"{len(body):,} bytes"


def indented(text: str) -> str:
    """JSON with line ends and spaces put between its words, which stay as they came: no number is written anew, no name is lost."""
    lines, depth = [""], 0
    words = _WORDS.findall(text)
    for word, following in zip(words, [*words[1:], ""], strict=True):
        if word in "}]" and not lines[-1].endswith(("{", "[")):
            lines.append("")
        depth += (word in "{[") - (word in "}]")
        start = "  " * (depth + (word in "{[" and -1)) if not lines[-1] else ""
        lines[-1] += start + (": " if word == ":" else word)
        if word == "," or (word in "{[" and following not in "}]"):
            lines.append("")
    return "\n".join(lines)


def hex_dump(body: bytes, wide: int = WIDE) -> str:
    lines = []
    for start in range(0, len(body), wide):
        part = body[start : start + wide]
        signs = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in part)
        lines.append(f"{start:06x}  {part.hex(' '):<{3 * wide - 1}}  {signs}")
    return "\n".join(lines)


def visible(text: str) -> str:
    """Nothing that turns letters round or is not seen stays what it is."""
    return "".join(sign if sign.isprintable() or sign in "\n\t" else f"\\u{ord(sign):04x}" for sign in text)
