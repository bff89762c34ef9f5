"""What was kept and where, what is still off, and which profile opens now."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QButtonGroup, QLabel, QVBoxLayout, QWidget

from app.domain.environment import Environment
from app.domain.keys import Place
from app.domain.profile import PRACTICE, Profile
from app.ui.wizard.card import RadioCard
from app.ui.wizard.outside import Outside
from app.ui.wizard.page import PageView
from app.ui.wizard.parts import Words

_PLACES = {
    None: "its keys are not kept",
    Place.KEYRING: "its keys are in the keyring of this computer",
    Place.PASSPHRASE: "its keys are in a file sealed with your passphrase",
    Place.SESSION: "its keys are held until the program ends",
}
_OFF = "Trading is OFF for these accounts until you switch it on."
_NEXT = "Next: set the limits of the account (the tab Limits below the grid), then switch trading on in the header."
_PRACTICE = "Practice is ready: a market of invented games, with money of no worth. Trading is on there."


class DonePage(PageView):
    def __init__(self, outside: Outside) -> None:
        super().__init__(outside, "Done", "")
        self._kept = QVBoxLayout()
        self._kept.setSpacing(6)
        self.off = Words(self.theme, bold=True, use="state.warning", is_hiding=True)
        self.next = Words(self.theme, is_hiding=True)
        self.which = Words(self.theme, "Which profile opens now?", use="text.dim")
        self._cards = QVBoxLayout()
        self._cards.setSpacing(6)
        self._group: QButtonGroup | None = None
        self.cards: dict[str, RadioCard] = {}
        self.body.addLayout(self._kept)
        self.add(self.off, self.next, self.which)
        self.body.addLayout(self._cards)
        self.body.addStretch(1)

    def start_at(self) -> QWidget:
        return next((card for card in self.cards.values() if card.isChecked()), self)

    def enter(self) -> None:
        wizard = self.wizard
        _empty(self._kept)
        for profile in wizard.kept:
            self._kept.addWidget(Words(self.theme, self._summary(profile)))
        self.off.say(_OFF if any(profile.environment is not Environment.PRACTICE for profile in wizard.kept) else "")
        self.next.say(_NEXT if wizard.kept else _PRACTICE)
        self._offer(wizard.openable if wizard.kept and not wizard.is_rotating else ())

    def _summary(self, profile: Profile) -> str:
        note = self.wizard.book.note(profile)
        proven = "proven" if note and note.proven_at else "not proven"
        place = _PLACES[self.wizard.book.vault.place(profile)]
        return f"✓ {profile.name}: {profile.provider.called}, {profile.environment}, {proven}; {place}."

    def _offer(self, profiles: tuple[Profile, ...]) -> None:
        """A card for each that can be opened."""
        _empty(self._cards)
        self._group = QButtonGroup(self)
        self.cards = {}
        self.which.setVisible(bool(profiles))
        for profile in profiles:
            is_built_in = profile == PRACTICE
            words = "The practice exchange of this program" if is_built_in else f"{profile.provider.called}, {profile.environment}"
            name = "Practice" if is_built_in else profile.name
            card = RadioCard(name, words, self.theme, profile.environment.colour)
            card.setChecked(profile == self.wizard.opens)
            card.toggled.connect(partial(self._chosen, profile))
            self._group.addButton(card)
            self._cards.addWidget(card)
            self.cards[profile.name] = card

    def _chosen(self, profile: Profile, is_chosen: bool) -> None:
        if is_chosen:
            self.wizard.opens = profile


def _empty(layout: QVBoxLayout) -> None:
    while (item := layout.takeAt(0)) is not None:
        widget = item.widget()
        if isinstance(widget, QLabel | RadioCard):
            widget.hide()
            widget.deleteLater()
