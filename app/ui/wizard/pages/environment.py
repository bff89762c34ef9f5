"""Which environment, which host, and what the profile is called."""

from __future__ import annotations

from functools import partial
from typing import Final

from PySide6.QtWidgets import QLineEdit, QWidget

from app.domain.environment import Environment
from app.ui.wizard.card import RadioCard, TickCard, group_of
from app.ui.wizard.outside import Outside
from app.ui.wizard.page import PageView
from app.ui.wizard.parts import Words, column, named, put

_WORDS: Final = {
    Environment.PRACTICE: "The exchange on this computer: invented teams, no money, no account needed.",
    Environment.SANDBOX: "The venue's test system: its own keys, no real money.",
    Environment.PRODUCTION: "Real money.",
}
_PROXY = "Off: requests go straight to the host. On: the proxy that the system names sees where they go."


class EnvironmentPage(PageView):
    def __init__(self, outside: Outside) -> None:
        super().__init__(
            outside, "Which environment?", "Keys belong to one environment. Another one needs other keys, and a profile of its own."
        )
        self.cards = {one: RadioCard(one, words, self.theme, one.colour) for one, words in _WORDS.items()}
        self._group = group_of(self, *self.cards.values())
        self.phrase = QLineEdit()
        self.phrase.setMaxLength(32)
        self.phrase_part = named(f"To go on with real money, type {Environment.PRODUCTION}", self.phrase, self.theme)
        self.address = QLineEdit()
        self.address.setReadOnly(True)
        self.address_part = named("Address (fixed)", self.address, self.theme)
        self.host = QLineEdit()
        self.host.setMaxLength(2000)
        self.host.setPlaceholderText("api.example.com")
        self.host_words = Words(self.theme, use="text.dim", size=12)
        self.host_part = column(named("Host, as you were given it", self.host, self.theme), self.host_words, spacing=3)
        self.name = QLineEdit()
        self.name.setMaxLength(60)
        self.proxy = TickCard("Use the system's proxy", _PROXY, self.theme)
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        self.add(
            column(*self.cards.values(), spacing=6),
            self.phrase_part,
            self.address_part,
            self.host_part,
            named("Name of the profile", self.name, self.theme),
            self.proxy,
        )
        self.body.addStretch(1)

    def _connect(self) -> None:
        for environment, card in self.cards.items():
            card.toggled.connect(partial(self._chosen, environment))
        self.phrase.textEdited.connect(self._phrase_typed)
        self.host.textEdited.connect(self._host_typed)
        self.name.textEdited.connect(self._name_typed)
        self.proxy.toggled.connect(self._proxy_turned)

    def start_at(self) -> QWidget:
        return self.cards[self.account.environment]

    def refresh(self) -> None:
        account = self.account
        self.cards[account.environment].setChecked(True)
        for part, text in ((self.phrase, account.phrase), (self.host, account.host), (self.name, account.name)):
            put(part, text)
        self.proxy.setChecked(account.proxy)
        self.phrase_part.setVisible(account.environment is Environment.PRODUCTION)
        self.address_part.setVisible(not account.needs_host)
        if not account.needs_host:
            put(self.address, account.address() or "said by the practice exchange when it runs")
        self.host_part.setVisible(account.needs_host)
        if account.needs_host:
            self.host_words.say(*self._host_verdict())
        self.name.setPlaceholderText(account.default_name)
        self.proxy.setVisible(account.environment is not Environment.PRACTICE)

    def _host_verdict(self) -> tuple[str, str]:
        if not self.account.host.strip():
            return "Only the host: https and the paths are known.", "text.dim"
        if words := self.account.objection_to_host():
            return f"✗ {words}", "state.bad"
        return f"✓ {self.account.address()} will be pinned to this profile: its keys go nowhere else.", "state.good"

    def _chosen(self, environment: Environment, is_chosen: bool) -> None:
        if is_chosen and environment is not self.account.environment:
            self.account.choose_environment(environment)
            self.wizard.edited()

    def _phrase_typed(self, text: str) -> None:
        self.account.phrase = text
        self.wizard.edited()

    def _host_typed(self, text: str) -> None:
        self.account.host = text
        self.wizard.edited()

    def _name_typed(self, text: str) -> None:
        self.account.name = text
        self.wizard.edited()

    def _proxy_turned(self, is_on: bool) -> None:
        self.account.proxy = is_on
        self.wizard.edited()
