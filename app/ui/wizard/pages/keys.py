"""The keys: two texts for the Trading API, one for Rankacy, an RSA pair for B2B."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from app.domain.environment import Environment
from app.domain.profile import Provider
from app.domain.secret import Secret
from app.services.setup.draft import KeyPart
from app.ui.wizard.outside import Outside
from app.ui.wizard.page import PageView
from app.ui.wizard.pages.advanced import AdvancedFold
from app.ui.wizard.pages.pair import PairView
from app.ui.wizard.pages.source import SourceView
from app.ui.wizard.parts import Fold, Words, button, row
from app.ui.wizard.secret_field import SecretField

_LINES = {
    Provider.TRADING: "From the venue's page: menu, API integration. Blanks, quotes and line ends around a key are taken off.",
    Provider.OMNIBUS: "The private key signs every request. Prophet gets the public one only.",
    Provider.RANKACY: "The API key that Rankacy gave you. Blanks, quotes and line ends around it are taken off.",
}
_SESSION = (
    "Open the venue's page in a browser, sign in, and paste the session token of that page. It is used once, for this, and not kept. "
    "A user has at most 20 pairs of keys."
)

_OWN_SESSION = "In practice the field may stay empty: the exchange's own session is used."


class KeysPage(PageView):
    """Shows the part that the account needs."""

    def __init__(self, outside: Outside) -> None:
        super().__init__(outside, "Keys", "")
        self.fields = {part: self._field(part) for part in KeyPart}
        self.swap = button("Swap the two", "For when each was pasted into the other's field")
        self.own = button("Fill in practice's own keys")
        self.session = Secret()
        self.token = SecretField("Session token", self.theme, lambda: self.session, self._take_session)
        self.ask = button("Make a pair of keys")
        self.own_session = Words(self.theme, _OWN_SESSION, size=12)
        self.fold = Fold("Make a pair of keys with your session on the venue's page", self.theme)
        self.source = SourceView(outside)
        self.pair = PairView(outside)
        self.advanced = AdvancedFold(outside)
        self._lay_out()
        self._connect()

    def _field(self, part: KeyPart) -> SecretField:
        title = f"{part[0].upper()}{part[1:]}"
        field = SecretField(title, self.theme, lambda: self._held(part), lambda text: self.account.type_key(part, text))
        field.edited.connect(self.wizard.edited)
        return field

    def _held(self, part: KeyPart) -> Secret:
        return self.account.held(part) if self.wizard.has_account else Secret()

    def _lay_out(self) -> None:
        for part in (Words(self.theme, _SESSION, use="text.dim", size=12), self.own_session, self.token, row(self.ask)):
            self.fold.body.addWidget(part)
        self.filling = row(self.own, self.swap)
        self.add(*self.fields.values(), self.filling, self.fold, self.source, self.pair, self.advanced)
        self.body.addStretch(1)

    def _connect(self) -> None:
        self.swap.clicked.connect(self._swap)
        self.own.clicked.connect(self.wizard.bench.rehearse)
        self.ask.clicked.connect(self._make_pair)
        self.token.edited.connect(self.refresh)

    def start_at(self) -> QWidget:
        match self.account.provider:
            case Provider.TRADING:
                return self.fields[KeyPart.ACCESS].field
            case Provider.RANKACY:
                return self.fields[KeyPart.API_KEY].field
            case Provider.OMNIBUS:
                return self.pair.copy if self.account.pair else self.source.start_at()

    def go_on_at(self, before: QWidget | None) -> QWidget:
        if self.wizard.bench.is_locked:
            return self.source.locked.field
        is_filled = self.account.provider is not Provider.OMNIBUS and not self.account.objection_to_keys()
        return self.start_at() if is_filled else super().go_on_at(before)

    def enter(self) -> None:
        self.line.say(_LINES[self.account.provider])
        for field in (*self.fields.values(), self.token):
            field.put_away()
            field.say("")
        self.source.enter()
        self.advanced.enter()

    def refresh(self) -> None:
        account = self.account
        is_trading, is_omnibus = account.provider is Provider.TRADING, account.provider is Provider.OMNIBUS
        for part, field in self.fields.items():
            field.setVisible(is_trading if part is not KeyPart.API_KEY else account.provider is Provider.RANKACY)
            field.refresh()
        is_practice = account.environment is Environment.PRACTICE
        self.filling.setVisible(is_trading or (is_practice and not is_omnibus))
        self.swap.setVisible(is_trading)
        self.swap.setEnabled(bool(account.access or account.secret))
        self.own.setVisible(is_practice)
        self.fold.setVisible(is_trading)
        self.ask.setEnabled(bool(self.session) or is_practice)
        self.own_session.setVisible(is_practice)
        self.source.setVisible(is_omnibus and account.pair is None)
        self.pair.setVisible(is_omnibus and account.pair is not None)
        self.advanced.setVisible(is_omnibus)
        if is_omnibus:
            self.source.refresh()
            self.pair.refresh()
            self.advanced.refresh()

    def leave(self) -> None:
        self.session = Secret()
        for field in (*self.fields.values(), self.token):
            field.put_away()
        self.source.leave()
        self.pair.leave()

    def _take_session(self, text: str) -> None:
        self.session = Secret(text.strip())

    def _swap(self) -> None:
        self.wizard.bench.swap()
        self.wizard.edited()

    def _make_pair(self) -> None:
        session, self.session = self.session, Secret()
        self.token.put_away()
        self.wizard.bench.make_pair(session)
