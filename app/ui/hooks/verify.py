"""The verifier: a body, a header and a secret, and which mistake keeps them apart; and code that verifies, to copy."""

from __future__ import annotations

import asyncio
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QScrollArea, QVBoxLayout, QWidget

from app.domain.examiner import Diagnosis
from app.domain.secret import Secret
from app.domain.webhook import SIGNATURE_HEADER, Delivery, Letter
from app.ui.hooks.body_field import BodyField
from app.ui.hooks.samples import CodeSamples
from app.ui.hooks.secret_choice import SecretChoice
from app.ui.hooks.tools import HookTools
from app.ui.wizard.parts import Frame, Words, mono, named

LARGE: Final = 64 * 1024  # bytes of a body from which it is judged in a thread
BEGIN: Final = "Give a body, a header and a secret, and see whether they belong together."
NO_SECRET: Final = "Type the secret, or choose a stored one."


class VerifyPane(QScrollArea):
    """`take` a delivery, or let a person type. Everything is judged at each change."""

    def __init__(self, tools: HookTools) -> None:
        super().__init__()
        self._tools = tools
        self._verifier = tools.desk.verifier
        self._judged = 0  # only the newest judgement of a large body is shown
        theme = tools.theme
        self.body = BodyField(theme)
        self.header = QLineEdit()
        self.header.setFont(mono(12))
        self.header.setMaxLength(2_000)
        self.header.setPlaceholderText("sha256=…")
        self.secrets = SecretChoice(tools)
        self.typed = self.secrets.typed
        self.result = Frame(theme)
        self.words = Words(theme)
        self.remedy = Words(theme, is_hiding=True)
        self.checks = Words(theme, size=12, is_hiding=True)
        self.samples = CodeSamples(tools)
        self._lay_out()
        self._connect()
        self.refresh()
        self.judge()

    def _lay_out(self) -> None:
        theme = self._tools.theme
        whole = QWidget()
        lines = QVBoxLayout(whole)
        lines.setContentsMargins(10, 8, 10, 8)
        lines.setSpacing(8)
        lines.addWidget(self.body)
        lines.addWidget(named(SIGNATURE_HEADER, self.header, theme))
        lines.addWidget(named("Secret", self.secrets, theme))
        self.result.body.setSpacing(4)
        self.result.body.addWidget(self.words)
        self.result.body.addWidget(self.remedy)
        lines.addWidget(self.result)
        lines.addWidget(self.checks)
        lines.addWidget(self.samples, 1)
        self.setWidget(whole)
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def _connect(self) -> None:
        self.body.changed.connect(self.judge)
        self.header.textChanged.connect(self.judge)
        self.secrets.changed.connect(self.judge)

    def take(self, delivery: Delivery, letter: Letter) -> None:
        """A delivery that came, with its very bytes. A header that came twice is joined as HTTP joins it."""
        told = [value for name, value in letter.headers if name.lower() == SIGNATURE_HEADER.lower()]
        self.secrets.choose_for(delivery.subscription_id, delivery.event)
        self.header.setText(", ".join(told))
        self.header.setCursorPosition(0)
        self.body.show_bytes(letter.body)
        self.verticalScrollBar().setValue(0)

    def refresh(self) -> None:
        """The stored secrets are others now."""
        self.secrets.refresh()

    # What is judged

    def judge(self, *_: object) -> None:
        self._judged += 1
        body = self.body.body
        if self.body.trouble or body is None:
            self._show(None, self.body.trouble)
        elif not body and not self.header.text():
            self._show(None, BEGIN)
        elif not self.secrets.secret:
            self._show(None, NO_SECRET)
        elif len(body) <= LARGE:
            self._show(self._examine(body, self.header.text(), self.secrets.number, self.secrets.secret))
        else:
            self._show(None, f"{len(body):,} bytes are being looked into…")
            self._tools.start(self._judge_later(body, self._judged))

    async def _judge_later(self, body: bytes, judged: int) -> None:
        """Many forms of a large body are tried: not while the window waits."""
        meant = self.header.text(), self.secrets.number, self.secrets.secret
        diagnosis = await asyncio.to_thread(self._examine, body, *meant)
        if judged == self._judged:
            self._show(diagnosis)

    def _examine(self, body: bytes, header: str, number: int | None, secret: Secret) -> Diagnosis:
        if number is not None:
            return self._verifier.with_stored(body, header, number)
        return self._verifier.with_typed(body, header, secret)

    def _show(self, diagnosis: Diagnosis | None, words: str = "") -> None:
        if diagnosis is None:
            self.result.recolour("surface.line", "state.quiet_back")
            self.words.setFont(self._tools.theme.font())
            self.words.say(words, "text.normal")
            self.remedy.say("")
            self.checks.say("")
            return
        tone = "good" if diagnosis.is_valid else "warning"
        self.result.recolour(f"state.{tone}", f"state.{tone}_back")
        self.words.setFont(self._tools.theme.font(bold=True))
        self.words.say(diagnosis.words, f"state.{tone}")
        self.remedy.say(diagnosis.remedy)
        self.checks.say("\n".join(f"{check.outcome}  {check.words}" for check in diagnosis.checks))
