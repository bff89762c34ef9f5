"""Where the keys are kept: the system's keyring, a sealed file, or nowhere beyond this run. Plain text is not offered."""

from __future__ import annotations

from functools import partial
from typing import Final

from PySide6.QtWidgets import QWidget

from app.domain.keys import Place
from app.domain.profile import Provider
from app.services.setup.draft import Source
from app.ui.wizard.card import RadioCard, group_of
from app.ui.wizard.outside import Outside
from app.ui.wizard.page import PageView
from app.ui.wizard.parts import Words, button, column, row
from app.ui.wizard.passphrase import NewPassphrase

_TITLES: Final = {
    Place.KEYRING: "In the keyring of this computer",
    Place.PASSPHRASE: "In a file sealed with a passphrase",
    Place.SESSION: "Nowhere: for this run only",
}
_WORDS: Final = {
    Place.KEYRING: "",
    Place.PASSPHRASE: "The passphrase is asked for whenever the profile is opened. Nobody can restore it.",
    Place.SESSION: "",
}
_TYPED_AGAIN: Final = "When the program ends, the keys are gone from it, and you type them again the next time."
_IMPORTED_AGAIN: Final = "When the program ends, the private key is gone from it, and you import it again the next time."
_MADE_AGAIN: Final = "When the program ends, the private key is gone. Without its sealed backup a new one has to be registered."


class WherePage(PageView):
    def __init__(self, outside: Outside) -> None:
        super().__init__(outside, "Where are the keys kept?", "They are written only after the proof run, never as plain text.")
        self.cards = {place: RadioCard(_TITLES[place], _WORDS[place], self.theme) for place in Place}
        self._group = group_of(self, *self.cards.values())
        self._group.setExclusive(True)
        self.keyring_words = Words(self.theme, use="state.bad", size=12, is_hiding=True)
        self.retry = button("Retry", "Tries the keyring again")
        self.retrying = column(self.keyring_words, row(self.retry), spacing=4)
        self.passphrase = NewPassphrase(self.theme)
        self.add(self.cards[Place.KEYRING], self.retrying, self.cards[Place.PASSPHRASE], self.passphrase, self.cards[Place.SESSION])
        self.body.addStretch(1)
        for place, card in self.cards.items():
            card.toggled.connect(partial(self._chosen, place))
        self.retry.clicked.connect(self.wizard.try_keyring)
        self.passphrase.edited.connect(self._typed)

    def start_at(self) -> QWidget:
        place = self.account.place
        return self.cards[place] if place and self.cards[place].isEnabled() else self.cards[Place.PASSPHRASE]

    def go_on_at(self, before: QWidget | None) -> QWidget:
        return self.start_at()

    def enter(self) -> None:
        self.passphrase.show_held(self.account.passphrase, self.account.passphrase_again)

    def refresh(self) -> None:
        place, keyring = self.account.place, self.wizard.keyring
        self._group.setExclusive(False)
        for one, card in self.cards.items():
            card.setChecked(one is place)
        self._group.setExclusive(True)
        is_usable = keyring is not None and keyring.is_usable
        self.cards[Place.KEYRING].setEnabled(is_usable)
        self.cards[Place.KEYRING].words.say(f"Found: {keyring.name}" if keyring and is_usable else "It cannot be used now.")
        self.cards[Place.SESSION].words.say(self._words_of_nowhere())
        self.retrying.setVisible(not is_usable)
        self.keyring_words.say(f"✗ {keyring.words}" if keyring else "It was not tried to its end.")
        self.passphrase.setVisible(place is Place.PASSPHRASE)

    def _words_of_nowhere(self) -> str:
        if self.account.provider is not Provider.OMNIBUS:
            return _TYPED_AGAIN
        return _MADE_AGAIN if self.account.source is Source.MAKE else _IMPORTED_AGAIN

    def leave(self) -> None:
        self.passphrase.forget()

    def _chosen(self, place: Place, is_chosen: bool) -> None:
        if is_chosen and place is not self.account.place:
            self.account.place = place
            self.wizard.edited()

    def _typed(self) -> None:
        self.account.passphrase, self.account.passphrase_again = self.passphrase.passphrase, self.passphrase.again
        self.wizard.edited()
