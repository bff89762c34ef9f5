"""The verifier: a body, a header and a secret, and which mistake keeps them apart; and code that verifies, to copy."""

from __future__ import annotations

import binascii
from enum import StrEnum
from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QScrollArea,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from app.domain.examiner import Diagnosis
from app.domain.secret import Secret
from app.domain.webhook import SIGNATURE_HEADER, Delivery, Letter
from app.store.paths import resources
from app.ui.hooks.tools import HookTools
from app.ui.views.chips import add_chips
from app.ui.wizard.parts import Frame, Words, button, mono, named

TYPED: Final = "A secret typed here"
LARGEST: Final = 10 * 1024 * 1024  # bytes of a file
SAMPLES: Final = (("Python", "verify.py"), ("Node", "verify.js"), ("Go", "verify.go"), ("PHP", "verify.php"), ("C#", "verify.cs"))


class BodyKind(StrEnum):
    """How the body is given."""

    TEXT = "Text"
    HEX = "Hex"
    FILE = "File…"


class VerifyPane(QScrollArea):
    """`take` a delivery, or let a person type. Everything is judged at each change, but for a file at its reading."""

    def __init__(self, tools: HookTools) -> None:
        super().__init__()
        self._tools = tools
        self._verifier = tools.desk.verifier
        self._kind = BodyKind.TEXT
        self._exact: bytes | None = None  # a file's bytes, or a delivery's: what a field of text could not hold as they are
        theme = tools.theme
        self.body = QPlainTextEdit()
        self.body.setFont(mono(12))
        self.body.setAccessibleName("Body, its exact bytes")
        self.body.setTabChangesFocus(True)
        self.body.setFixedHeight(96)
        self.length = Words(theme, use="text.dim", size=11)
        self.header = QLineEdit()
        self.header.setFont(mono(12))
        self.header.setMaxLength(2_000)
        self.secrets = QComboBox()
        self.secrets.setAccessibleName("Secret")
        self.typed = QLineEdit()
        self.typed.setEchoMode(QLineEdit.EchoMode.Password)
        self.typed.setMaxLength(1_000)
        self.typed.setAccessibleName("Secret typed here")
        self.typed.setPlaceholderText("The secret; it is kept nowhere")
        self.result = Frame(theme)
        self.words = Words(theme, use="text.strong", bold=True)
        self.remedy = Words(theme, is_hiding=True)
        self.checks = Words(theme, size=12)
        self.samples = QTabWidget()
        self._lay_out()
        self._connect()
        self.refresh()

    def _lay_out(self) -> None:
        theme = self._tools.theme
        whole = QWidget()
        lines = QVBoxLayout(whole)
        lines.setContentsMargins(10, 8, 10, 8)
        lines.setSpacing(8)
        kinds = QHBoxLayout()
        label = QLabel("Body (exact bytes)")
        label.setFont(theme.font(11))
        kinds.addWidget(label, 1)
        self.chips = add_chips(BodyKind, kinds, self._use, theme, self)
        lines.addLayout(kinds)
        lines.addWidget(self.body)
        lines.addWidget(self.length)
        lines.addWidget(named(SIGNATURE_HEADER, self.header, theme))
        lines.addWidget(named("Secret", self.secrets, theme))
        lines.addWidget(self.typed)
        inside = QVBoxLayout(self.result)
        inside.setContentsMargins(10, 8, 10, 8)
        inside.addWidget(self.words)
        inside.addWidget(self.remedy)
        lines.addWidget(self.result)
        lines.addWidget(self.checks)
        self._add_samples()
        lines.addWidget(self.samples, 1)
        self.setWidget(whole)
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def _add_samples(self) -> None:
        self.samples.setDocumentMode(True)
        self.samples.setAccessibleName("Code that verifies")
        self.copy = button("Copy", "Copy this code")
        self.samples.setCornerWidget(self.copy)
        for language, name in SAMPLES:
            text = QPlainTextEdit((resources() / "webhooks" / name).read_text("utf-8"))
            text.setReadOnly(True)
            text.setFont(mono(11))
            text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
            text.setAccessibleName(f"Verifying in {language}")
            text.setTabChangesFocus(True)
            text.setMinimumHeight(150)
            self.samples.addTab(text, language)

    def _connect(self) -> None:
        self.body.textChanged.connect(self._body_typed)
        self.header.textChanged.connect(self.judge)
        self.typed.textChanged.connect(self.judge)
        self.secrets.currentIndexChanged.connect(self._secret_chosen)
        self.copy.clicked.connect(self._copy)
        self._tools.theme.changed.connect(self.judge)

    # What is judged

    def take(self, delivery: Delivery, letter: Letter) -> None:
        """A delivery that came, with its very bytes."""
        told = [value for name, value in letter.headers if name.lower() == SIGNATURE_HEADER.lower()]
        self._show_bytes(letter.body)
        self.header.setText(told[0] if told else "")
        place = self.secrets.findData(delivery.subscription_id) if delivery.subscription_id is not None else -1
        if place >= 0:
            self.secrets.setCurrentIndex(place)
        self.judge()

    def refresh(self) -> None:
        """The stored secrets are others now."""
        stored = self._verifier.stored()
        known = {self.secrets.itemData(place) for place in range(self.secrets.count())} - {None}
        if self.secrets.count() and known == set(stored):
            return
        chosen = self.secrets.currentData()
        self.secrets.blockSignals(True)
        self.secrets.clear()
        for number, name in stored.items():
            self.secrets.addItem(name, number)
        self.secrets.addItem(TYPED, None)
        self.secrets.setCurrentIndex(max(self.secrets.findData(chosen), 0))
        self.secrets.blockSignals(False)
        self._secret_chosen()

    def judge(self, *_: object) -> None:
        body = self._bytes()
        if isinstance(body, str):
            self._say(None, body)
            return
        number = self.secrets.currentData()
        if not body and not self.header.text():
            self._say(None, "Give a body, a header and a secret, and see whether they belong together.")
        elif number is not None:
            self._say(self._verifier.with_stored(body, self.header.text(), number))
        elif self.typed.text():
            self._say(self._verifier.with_typed(body, self.header.text(), Secret(self.typed.text())))
        else:
            self._say(None, "Type the secret, or choose a stored one.")

    def _bytes(self) -> bytes | str:
        """The body; a sentence where there is none."""
        if self._exact is not None:
            return self._exact
        text = self.body.toPlainText()
        if self._kind is not BodyKind.HEX:
            return text.encode()
        try:
            return bytes.fromhex(text)
        except ValueError as problem:
            return f"This is no hex: {problem}."

    def _say(self, diagnosis: Diagnosis | None, words: str = "") -> None:
        body = self._bytes()
        exact = " of a file or a delivery, as they are" if self._exact is not None else ""
        self.length.say(f"{len(body):,} bytes{exact}" if isinstance(body, bytes) else "")
        tone = "quiet" if diagnosis is None else "good" if diagnosis.is_valid else "warning"
        colours = self._tools.theme.colours
        edge = colours.css("surface.line" if diagnosis is None else f"state.{tone}")
        self.result.setStyleSheet(
            f"Frame {{ background: {colours.css(f'state.{tone}_back')}; border: 1px solid {edge}; border-radius: 4px; }}"
        )
        self.words.say(words if diagnosis is None else diagnosis.words, "text.normal" if diagnosis is None else f"state.{tone}")
        self.remedy.say("" if diagnosis is None else diagnosis.remedy)
        checks = () if diagnosis is None else diagnosis.checks
        self.checks.say("\n".join(f"{check.outcome}  {check.words}" for check in checks))

    # What a person does

    def _use(self, kind: BodyKind) -> None:
        if kind is BodyKind.FILE:
            self._ask_for_file()
            return
        was, self._kind = self._kind, kind
        body = self._exact
        if body is None and was is not kind:
            typed = self.body.toPlainText()
            try:
                body = typed.encode() if was is not BodyKind.HEX else bytes.fromhex(typed)
            except (ValueError, binascii.Error):
                body = None
        if body is not None:
            self._show_bytes(body)
        self.judge()

    def _show_bytes(self, body: bytes) -> None:
        """In the field as text or hex; what that could not hold as it is, is remembered beside it."""
        if self._kind is BodyKind.HEX:
            self.body.setPlainText(body[:4096].hex(" "))
        else:
            self.body.setPlainText(body[:16_384].decode(errors="replace"))
        self._exact = body
        self.judge()

    def _body_typed(self) -> None:
        self._exact = None
        self.judge()

    def _secret_chosen(self, *_: object) -> None:
        self.typed.setVisible(self.secrets.currentData() is None)
        self.judge()

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

    def read_file(self, path: str) -> None:
        """Its very bytes become the body."""
        try:
            with Path(path).open("rb") as file:
                body = file.read(LARGEST + 1)
        except OSError as problem:
            self._tools.say(f"The file cannot be read: {problem.strerror or problem}")
            return
        if len(body) > LARGEST:
            self._tools.say(f"The file is larger than {LARGEST // 1024 // 1024} MB: no webhook is")
            return
        self._show_bytes(body)

    def _copy(self) -> None:
        text = self.samples.currentWidget()
        assert isinstance(text, QPlainTextEdit)
        self._tools.clipboard.copy(text.toPlainText(), f"The code for {self.samples.tabText(self.samples.currentIndex())}")
