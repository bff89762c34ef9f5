"""The fields of a B2B token's shape: each unknown of the venue's page as a field."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QLineEdit, QPlainTextEdit, QWidget

from app.domain.profile import TokenShape
from app.services.setup.claims import ALGORITHMS, ENCODINGS, claims_text
from app.ui.theme import Theme
from app.ui.wizard.card import TickCard
from app.ui.wizard.chips import Chips
from app.ui.wizard.parts import column, mono, named

LONGEST = 60  # characters of a claim's name


class TokenForm(QWidget):
    """`edited` when a person changed a field; what `show_shape` puts in is no edit."""

    edited = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._is_filling = False
        self.algorithm = Chips("Algorithm", {one: str(one) for one in ALGORITHMS}, theme)
        self.hash_claim = QLineEdit()
        self.hash_claim.setMaxLength(LONGEST + 1)
        self.encoding = Chips("Encoding of the hash", {one: str(one) for one in ENCODINGS}, theme)
        self.lifetime = QLineEdit()
        self.lifetime.setMaxLength(12)
        self.hash_empty = TickCard("Hash empty bodies too", "Requests without a body carry the hash of nothing.", theme)
        self.claims = QPlainTextEdit()
        self.claims.setTabChangesFocus(True)
        self.claims.setFont(mono(12))
        self.claims.setFixedHeight(58)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.addWidget(named("Algorithm", self.algorithm, theme), 0, 0, 1, 2)
        grid.addWidget(named("Encoding of the hash", self.encoding, theme), 1, 0, 1, 2)
        grid.addWidget(named("Claim with the body's hash", self.hash_claim, theme), 2, 0)
        grid.addWidget(named("Lifetime in seconds", self.lifetime, theme), 2, 1)
        lines = named("Extra claims, a line each: name=value", self.claims, theme)
        grid.addWidget(column(self.hash_empty, lines), 3, 0, 1, 2)
        for signal in (self.algorithm.chosen, self.encoding.chosen, self.hash_claim.textChanged,
                       self.lifetime.textChanged, self.hash_empty.toggled, self.claims.textChanged):  # fmt: skip
            signal.connect(self._changed)

    def show_shape(self, token: TokenShape) -> None:
        self._is_filling = True
        self.algorithm.choose(token.algorithm)
        self.encoding.choose(token.hash_encoding)
        self.hash_claim.setText(token.hash_claim)
        self.lifetime.setText(str(token.lifetime))
        self.hash_empty.setChecked(token.hash_empty)
        self.claims.setPlainText(claims_text(token.claims))
        self._is_filling = False

    def _changed(self) -> None:
        if not self._is_filling:
            self.edited.emit()
