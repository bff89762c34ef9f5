"""What the venue's page does not say about B2B tokens: each unknown as a field, with a preview of what a token would say."""

from __future__ import annotations

from PySide6.QtWidgets import QGridLayout, QPlainTextEdit, QWidget

from app.domain.proof import TokenPreview
from app.ui.wizard.outside import Outside
from app.ui.wizard.parts import Fold, Words, mono, named
from app.ui.wizard.token_form import TokenForm

_LINE = "Leave these as they are unless Prophet told you otherwise."


class AdvancedFold(Fold):
    def __init__(self, outside: Outside) -> None:
        super().__init__("Advanced: the shape of a token", outside.theme)
        self._wizard = outside.wizard
        theme = outside.theme
        self.form = TokenForm(theme)
        self.objection = Words(theme, use="state.bad", size=12, is_hiding=True)
        self.header, self.payload = _shown(), _shown()
        shown = QWidget()
        sides = QGridLayout(shown)
        sides.setContentsMargins(0, 0, 0, 0)
        sides.addWidget(named("Header of a token now", self.header, theme), 0, 0)
        sides.addWidget(named("Its claims", self.payload, theme), 0, 1)
        for part in (Words(theme, _LINE, use="text.dim", size=12), self.form, self.objection, shown):
            self.body.addWidget(part)
        self.form.edited.connect(self._edited)
        self.head.toggled.connect(lambda _is_open: self.refresh())

    def enter(self) -> None:
        """Show the account's own shape."""
        self.form.show_shape(self._wizard.account.token)
        self._wizard.account.token_objection = ""

    def refresh(self) -> None:
        self.objection.say(self._wizard.account.token_objection)
        if self.head.isChecked():
            preview = self._wizard.bench.preview()
            told = preview if isinstance(preview, TokenPreview) else TokenPreview("", preview)
            _show(self.header, told.header)
            _show(self.payload, told.claims)

    def _edited(self) -> None:
        form = self.form
        self._wizard.account.shape_token(
            form.algorithm.value,
            form.hash_claim.text(),
            form.encoding.value,
            form.lifetime.text(),
            form.claims.toPlainText(),
            hash_empty=form.hash_empty.isChecked(),
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
