"""Which accounts are set up: four cards, any number of them."""

from __future__ import annotations

from functools import partial
from typing import Final

from PySide6.QtWidgets import QWidget

from app.domain.profile import Provider
from app.ui.wizard.card import TickCard
from app.ui.wizard.outside import Outside
from app.ui.wizard.page import PageView

_WORDS: Final = {
    Provider.TRADING: "For trading an account of your own. At hand: an access key and a secret key, or your session on the venue's page.",
    Provider.OMNIBUS: "For partners who trade for their customers. At hand: the host that Prophet gave you; the key pair can be made here.",
    Provider.RANKACY: "For prices and results of the bot league, read only. At hand: the host and the API key that Rankacy gave you.",
}


class WhoPage(PageView):
    def __init__(self, outside: Outside) -> None:
        super().__init__(outside, "Which accounts do you have?", "Choose all that you want to set up. More can be added later.")
        self.practice = TickCard("Practice", "Learn and rehearse without money; nothing to type.", self.theme, "mode.practice")
        self.cards = {provider: TickCard(provider.called, words, self.theme) for provider, words in _WORDS.items()}
        self.add(self.practice, *self.cards.values())
        self.body.addStretch(1)
        self.practice.toggled.connect(lambda is_chosen: self.wizard.choose_practice(is_chosen=is_chosen))
        for provider, card in self.cards.items():
            card.toggled.connect(partial(self._chosen, provider))

    def start_at(self) -> QWidget:
        return self.practice

    def refresh(self) -> None:
        self.practice.setChecked(self.wizard.is_practice_chosen)
        kept = {profile.provider for profile in self.wizard.kept}
        for provider, card in self.cards.items():
            card.setChecked(provider in self.wizard.chosen)
            card.setEnabled(provider not in kept)
            card.words.say("It is set up." if provider in kept else _WORDS[provider])

    def _chosen(self, provider: Provider, is_chosen: bool) -> None:
        self.wizard.choose(provider, is_chosen=is_chosen)
