"""What the venue's page does not say about B2B tokens: each unknown as a field, with a preview of what a token would say."""

from __future__ import annotations

from PySide6.QtWidgets import QGridLayout, QLineEdit, QPlainTextEdit, QWidget

from app.domain.proof import TokenPreview
from app.services.setup.claims import ALGORITHMS, ENCODINGS, claims_text
from app.ui.wizard.card import TickCard
from app.ui.wizard.chips import Chips
from app.ui.wizard.outside import Outside
from app.ui.wizard.parts import Fold, Words, mono, named

_LINE = "Leave these as they are unless Prophet told you otherwise."


class AdvancedFold(Fold):
    def __init__(self, outside: Outside) -> None:
        super().__init__("Advanced: the shape of a token", outside.theme)
        self._wizard = outside.wizard
        theme = outside.theme
        self._is_filling = False
        self.algorithm = Chips("Algorithm", {one: str(one) for one in ALGORITHMS}, theme)
        self.hash_claim = QLineEdit()
        self.encoding = Chips("Encoding of the hash", {one: str(one) for one in ENCODINGS}, theme)
        self.lifetime = QLineEdit()
        self.hash_empty = TickCard("Hash empty bodies too", "Requests without a body carry the hash of nothing.", theme)
        self.claims = QPlainTextEdit()
        self.claims.setTabChangesFocus(True)
        self.claims.setFont(mono(12))
        self.claims.setFixedHeight(58)
        self.objection = Words(theme, use="state.bad", size=12, is_hiding=True)
        self.header, self.payload = _shown(), _shown()
        fields = QWidget()
        grid = QGridLayout(fields)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.addWidget(named("Algorithm", self.algorithm, theme), 0, 0, 1, 2)
        grid.addWidget(named("Encoding of the hash", self.encoding, theme), 1, 0, 1, 2)
        grid.addWidget(named("Claim with the body's hash", self.hash_claim, theme), 2, 0)
        grid.addWidget(named("Lifetime in seconds", self.lifetime, theme), 2, 1)
        shown = QWidget()
        sides = QGridLayout(shown)
        sides.setContentsMargins(0, 0, 0, 0)
        sides.addWidget(named("Header of a token now", self.header, theme), 0, 0)
        sides.addWidget(named("Its claims", self.payload, theme), 0, 1)
        for part in (Words(theme, _LINE, use="text.dim", size=12), fields, self.hash_empty,
                     named("Extra claims, a line each: name=value", self.claims, theme), self.objection, shown):  # fmt: skip
            self.body.addWidget(part)
        for signal in (self.algorithm.chosen, self.encoding.chosen, self.hash_claim.textChanged,
                       self.lifetime.textChanged, self.hash_empty.toggled, self.claims.textChanged):  # fmt: skip
            signal.connect(self._edited)
        self.head.toggled.connect(lambda _is_open: self.refresh())

    def enter(self) -> None:
        """Show the account's own shape."""
        token = self._wizard.account.token
        self._is_filling = True
        self.algorithm.choose(token.algorithm)
        self.encoding.choose(token.hash_encoding)
        self.hash_claim.setText(token.hash_claim)
        self.lifetime.setText(str(token.lifetime))
        self.hash_empty.setChecked(token.hash_empty)
        self.claims.setPlainText(claims_text(token.claims))
        self._is_filling = False
        self._wizard.account.token_objection = ""

    def refresh(self) -> None:
        self.objection.say(self._wizard.account.token_objection)
        if self.head.isChecked():
            preview = self._wizard.bench.preview()
            told = preview if isinstance(preview, TokenPreview) else TokenPreview("", preview)
            _show(self.header, told.header)
            _show(self.payload, told.claims)

    def _edited(self) -> None:
        if self._is_filling:
            return
        self._wizard.account.shape_token(
            self.algorithm.value,
            self.hash_claim.text(),
            self.encoding.value,
            self.lifetime.text(),
            self.claims.toPlainText(),
            hash_empty=self.hash_empty.isChecked(),
        )
        self._wizard.edited()


def _shown() -> QPlainTextEdit:
    """Text to be read and selected."""
    text = QPlainTextEdit()
    text.setReadOnly(True)
    text.setTabChangesFocus(True)
    text.setFont(mono(11))
    text.setMinimumHeight(132)
    return text


def _show(field: QPlainTextEdit, text: str) -> None:
    if field.toPlainText() != text:
        field.setPlainText(text)
