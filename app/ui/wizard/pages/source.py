"""Where a B2B account's key comes from: made here, imported, or imported and known to Prophet already."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Final

from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.domain.keys import BITS
from app.domain.secret import Secret
from app.services.setup.draft import Source
from app.ui.wizard.card import RadioCard, group_of
from app.ui.wizard.chips import Chips
from app.ui.wizard.outside import Outside
from app.ui.wizard.parts import Words, button, column, row
from app.ui.wizard.paste_field import PasteField
from app.ui.wizard.secret_field import SecretField

_WORDS: Final = {
    Source.MAKE: ("Make a key pair here", "Nobody else ever sees the private key. It takes a few seconds."),
    Source.IMPORT: ("Import a private key", "Made elsewhere, as by openssl. Prophet does not know its public key yet."),
    Source.REGISTERED: ("Import one that is registered", "Prophet knows its public key and gave you an issuer id."),
}
_LOCKED = "This key is encrypted: type its passphrase."
_KINDS = "Keys (*.pem *.key *.txt *.json);;All files (*)"


class SourceView(QWidget):
    """Shown until there is a pair."""

    def __init__(self, outside: Outside) -> None:
        super().__init__()
        self._outside = outside
        self._bench = outside.wizard.bench
        theme = outside.theme
        self.cards = {one: RadioCard(*words, theme) for one, words in _WORDS.items()}
        self._cards = group_of(self, *self.cards.values())
        self.bits = Chips("Bits", {bits: f"{bits} (as the venue asks)" if bits == BITS[0] else f"{bits}" for bits in BITS}, theme)
        self.make = button("Make the key")
        self.field = PasteField()
        self.field.setFont(theme.font(12))
        self.field.setFixedHeight(76)
        self.paste = button("Paste", "Reads the key from the clipboard")
        self.open = button("Open file…")
        self.passphrase = Secret()
        self.locked = SecretField("Passphrase of the key", theme, lambda: self.passphrase, self._take_passphrase)
        self.unlock = button("Unlock")
        self.making = column(Words(theme, "Size of the key in bits", use="text.dim", size=12), self.bits, row(self.make), spacing=6)
        self.unlocking = column(Words(theme, _LOCKED, use="state.warning", bold=True), self.locked, row(self.unlock), spacing=6)
        self.importing = column(self.field, row(self.paste, self.open), self.unlocking, spacing=6)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(10)
        for part in (column(*self.cards.values(), spacing=6), self.making, self.importing):
            layout.addWidget(part)
        self._connect()

    def _connect(self) -> None:
        for source, card in self.cards.items():
            card.toggled.connect(partial(self._chosen, source))
        self.make.clicked.connect(self._make)
        self.field.pasted.connect(self._bench.read)
        self.field.dropped.connect(self._bench.read_file)
        self.paste.clicked.connect(self.field.take_clipboard)
        self.open.clicked.connect(self._open)
        self.locked.edited.connect(self.refresh)
        self.locked.field.returnPressed.connect(self._unlock)
        self.unlock.clicked.connect(self._unlock)

    def start_at(self) -> QWidget:
        return self.locked.field if self._bench.is_locked else self.cards[self._outside.wizard.account.source]

    def enter(self) -> None:
        self.leave()

    def refresh(self) -> None:
        source = self._outside.wizard.account.source
        self.cards[source].setChecked(True)
        self.making.setVisible(source is Source.MAKE)
        self.importing.setVisible(source is not Source.MAKE)
        self.unlocking.setVisible(self._bench.is_locked)
        self.locked.refresh()
        self.unlock.setEnabled(bool(self.passphrase))

    def leave(self) -> None:
        self.passphrase = Secret()
        self.locked.put_away()

    def _chosen(self, source: Source, is_chosen: bool) -> None:
        if is_chosen and source is not self._outside.wizard.account.source:
            self._outside.wizard.account.source = source
            self._outside.wizard.edited()

    def _make(self) -> None:
        self._bench.make(self.bits.value)

    def _open(self) -> None:
        self._outside.files.to_read(self.window(), "Open a private key", _KINDS, self._bench.read_file)

    def _take_passphrase(self, text: str) -> None:
        self.passphrase = Secret(text)

    def _unlock(self) -> None:
        if self.passphrase:
            passphrase = self.passphrase
            self.leave()
            self._bench.unlock(passphrase)


def suggested(name: str, ending: str) -> Path:
    """A file's name from a profile's."""
    return Path(f"{name.lower().replace(' ', '-')}-{ending}")
