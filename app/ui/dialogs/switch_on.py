"""Asks before trading is switched on: one click in the sandbox, a typed phrase where it is money."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QLineEdit, QWidget

from app.domain.environment import Environment
from app.ui.dialogs.box import Box
from app.ui.theme import Theme

PHRASES = {Environment.PRODUCTION: "trade real money"}  # elsewhere a click is enough
LONGEST = 64  # characters the phrase's field takes


class SwitchOnBox(Box):
    """`confirmed` when a person insists. With a phrase the button stays disabled until exactly that was typed."""

    confirmed = Signal()

    def __init__(self, parent: QWidget, theme: Theme, environment: Environment, account: str) -> None:
        super().__init__(parent, theme, f"Switch trading on for {environment}?", "Leave it off")
        self._phrase = phrase = PHRASES.get(environment, "")
        self.field = QLineEdit()
        self.field.setMaxLength(LONGEST)
        self.field.setAccessibleName(f"Type: {phrase}")
        self.ask = QLabel(f"To go on, type:  {phrase}")
        self.ask.setFont(theme.font(13, bold=True))
        self.body.addWidget(self.ask)
        self.body.addWidget(self.field)
        self.ask.setVisible(bool(phrase))
        self.field.setVisible(bool(phrase))
        self.words.setText(
            f"Orders from this window will be sent to the venue with real money, on the account {account}."
            if environment is Environment.PRODUCTION
            else f"Orders from this window will be sent to the venue's test system, on the account {account}."
        )
        self.switch_on = self.add_button("Switch on", "place")
        self.switch_on.setStyleSheet(f"QPushButton:enabled {{ background: {theme.colours[environment.colour].name()}; }}")
        self.switch_on.clicked.connect(self._confirm)
        self.field.textChanged.connect(self._typed)
        self.field.returnPressed.connect(self._confirm)
        self._typed("")

    def begin(self) -> None:
        """Ask anew: what was typed the last time is gone."""
        self.field.clear()
        self.bring()
        (self.field if self._phrase else self.harmless).setFocus()

    def _typed(self, text: str) -> None:
        self.switch_on.setEnabled(text == self._phrase)
        self.switch_on.setDefault(bool(self._phrase) and text == self._phrase)

    def _confirm(self) -> None:
        if not self.switch_on.isEnabled():
            return
        self.accept()
        self.field.clear()
        self.confirmed.emit()
