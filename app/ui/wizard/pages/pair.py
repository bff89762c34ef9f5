"""The pair of keys, so that the two cannot be confused: the public one to send away, the private one that nobody sees."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent, QTextOption
from PySide6.QtWidgets import QBoxLayout, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from app.services.setup.draft import AccountDraft, Source
from app.services.setup.letters import email_text
from app.ui.wizard.outside import Outside
from app.ui.wizard.pages.source import suggested
from app.ui.wizard.parts import Fold, Frame, Words, button, column, mono, named, put, row
from app.ui.wizard.passphrase import NewPassphrase

WIDE = 640  # pixels from which the two stand side by side
PUBLIC, PRIVATE = "PUBLIC KEY: send this to Prophet", "PRIVATE KEY: never leaves this computer"
_HIDDEN = "It is hidden and stays so: it is neither shown nor copied, and no request carries it. It only signs."
_BACKUP = "Without a backup, a lost computer means a new key. The file opens only with this passphrase."
_KINDS = "All files (*)"


class PairView(QWidget):
    """Shown once there is a pair. Everything about the private key is the word that it is there, and its sealed backup."""

    def __init__(self, outside: Outside) -> None:
        super().__init__()
        self._outside = outside
        self._wizard = outside.wizard
        theme = outside.theme
        self.public = QPlainTextEdit()
        self.copy = button("Copy", "Copies the public key")
        self.save = button("Save .pem…")
        self.email = button("Copy e-mail text")
        self.fingerprint = Words(theme, use="text.strong")
        self.passphrase = NewPassphrase(theme)
        self.seal = button("Save…")
        self.seal.setAccessibleName("Save the encrypted backup")
        self.backup = Fold("Save encrypted backup…", theme)
        self.why_not = Words(theme, use="state.warning", size=12, is_hiding=True)
        self.other = button("Use another key…")
        self.issuer, self.key_id = QLineEdit(), QLineEdit()
        self.ids = column(
            named("Issuer id, from Prophet", self.issuer, theme), named("Key id (empty when Prophet gave none)", self.key_id, theme)
        )
        self._sides = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        self.public.setReadOnly(True)
        self.public.setFont(mono(11))
        self.public.setTabChangesFocus(True)
        self.public.setMinimumHeight(196)
        self.public.setAccessibleName("Public key")
        self.public.setWordWrapMode(QTextOption.WrapMode.WrapAnywhere)
        self._sides.setSpacing(10)
        self._sides.addWidget(self._public_side(), 5)
        self._sides.addWidget(self._middle(), 3)
        self._sides.addWidget(self._private_side(), 4)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(10)
        layout.addLayout(self._sides)
        layout.addWidget(self.ids)
        layout.addWidget(row(self.other))

    def _public_side(self) -> QWidget:
        theme = self._outside.theme
        frame = Frame(theme, "state.good", "state.good_back", width=2)
        for part in (Words(theme, PUBLIC, use="state.good", bold=True), self.public, row(self.copy, self.save), row(self.email)):
            frame.body.addWidget(part)
        return frame

    def _middle(self) -> QWidget:
        theme = self._outside.theme
        self.fingerprint.setFont(mono(16, bold=True))
        self.fingerprint.setWordWrap(False)  # four groups a line, whatever room there is
        self.fingerprint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        whole = column(Words(theme, "Fingerprint of the public key", use="text.dim", size=12), self.fingerprint,
                       Words(theme, "Read it out on the phone: both sides must see the same.", use="text.dim", size=12))  # fmt: skip
        layout = whole.layout()
        assert isinstance(layout, QVBoxLayout)
        layout.addStretch(1)
        return whole

    def _private_side(self) -> QWidget:
        theme = self._outside.theme
        frame = Frame(theme, "state.bad", "state.bad_back", width=2)
        for part in (Words(theme, _BACKUP, use="text.dim", size=12), self.passphrase, self.why_not, row(self.seal)):
            self.backup.body.addWidget(part)
        for part in (Words(theme, PRIVATE, use="state.bad", bold=True), Words(theme, _HIDDEN, size=12), self.backup):
            frame.body.addWidget(part)
        frame.body.addStretch(1)
        return frame

    def _connect(self) -> None:
        self.copy.clicked.connect(self._copy)
        self.save.clicked.connect(self._save)
        self.email.clicked.connect(self._copy_email)
        self.passphrase.edited.connect(self.refresh)
        self.seal.clicked.connect(self._seal)
        self.other.clicked.connect(self._forget)
        self.issuer.textEdited.connect(self._issuer_typed)
        self.key_id.textEdited.connect(self._key_id_typed)

    @property
    def _account(self) -> AccountDraft:
        return self._wizard.account

    def refresh(self) -> None:
        pair = self._account.pair
        if pair is None:
            self.public.setPlainText("")
            self.leave()
            return
        if self.public.toPlainText() != pair.public_pem:
            self.public.setPlainText(pair.public_pem)
        self.fingerprint.say(in_lines(pair.fingerprint))
        self.fingerprint.setAccessibleName(f"Fingerprint {pair.fingerprint}")
        self.ids.setVisible(self._account.source is Source.REGISTERED)
        put(self.issuer, self._account.issuer)
        put(self.key_id, self._account.key_id)
        self.seal.setEnabled(not self.passphrase.objection)
        self.why_not.say(self.passphrase.objection if self.passphrase.passphrase else "")

    def leave(self) -> None:
        self.passphrase.forget()
        self.backup.head.setChecked(False)

    def resizeEvent(self, event: QResizeEvent) -> None:
        is_wide = event.size().width() >= WIDE
        self._sides.setDirection(QBoxLayout.Direction.LeftToRight if is_wide else QBoxLayout.Direction.TopToBottom)
        super().resizeEvent(event)

    def _copy(self) -> None:
        self._outside.copy(self.public.toPlainText(), "The public key")
        self._say("The public key is on the clipboard")

    def _copy_email(self) -> None:
        if self._account.pair is not None:
            self._outside.copy(email_text(self._account.pair, self._account.environment), "The e-mail text")
            self._say("The e-mail text with the public key is on the clipboard")

    def _say(self, words: str) -> None:
        self._wizard.work.said = words
        self._wizard.changed()

    def _save(self) -> None:
        name = suggested(self._account.name or self._account.default_name, "public.pem")
        self._outside.files.to_write(self.window(), "Save the public key", str(name), _KINDS, self._wizard.bench.save_public)

    def _seal(self) -> None:
        name = suggested(self._account.name or self._account.default_name, "key-backup.json")
        self._outside.files.to_write(self.window(), "Save the encrypted backup", str(name), _KINDS, self._save_backup)

    def _save_backup(self, path: Path) -> None:
        passphrase = self.passphrase.passphrase
        self.leave()
        self._wizard.bench.save_backup(path, passphrase)

    def _forget(self) -> None:
        self._wizard.bench.forget()
        self._wizard.changed()

    def _issuer_typed(self, text: str) -> None:
        self._account.issuer = text.strip()
        self._wizard.edited()

    def _key_id_typed(self, text: str) -> None:
        self._account.key_id = text.strip()
        self._wizard.edited()


def in_lines(fingerprint: str) -> str:
    """Four groups a line, so that one can be read out after the other."""
    groups = fingerprint.split()
    return "\n".join(" ".join(groups[at : at + 4]) for at in range(0, len(groups), 4))
