"""The tour's steps through the wizard and the window of profiles."""

from __future__ import annotations

from typing import TypeVar

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from app.domain.environment import Environment
from app.domain.keys import Place
from app.domain.profile import Provider
from app.services.setup.wizard import Page, Wizard
from app.tour.hands import Hands, TourError
from app.ui.wizard.pages.environment import EnvironmentPage
from app.ui.wizard.pages.keys import KeysPage
from app.ui.wizard.pages.register import RegisterPage
from app.ui.wizard.pages.where import WherePage
from app.ui.wizard.pages.who import WhoPage
from app.ui.wizard.window import WizardWindow

Kind = TypeVar("Kind", bound=QWidget)


class AccountSteps(Hands):
    """A B2B account of the practice exchange, from the cards to its place in the list."""

    async def _choose_account(self) -> str:
        self._program.set_up()
        wizard = self._wizard
        wizard.resize(1000, 700)
        await self._until(wizard.isVisible, 3, "the wizard to open")
        who = self._page(Page.WHO, WhoPage)
        self._click(who.cards[Provider.OMNIBUS])
        self._picture()
        await self._until(wizard.next.isEnabled, 3, "the card to be chosen")
        return "a B2B account is to be set up"

    async def _make_pair(self) -> str:
        await self._on(Page.ENVIRONMENT)
        self._click(self._page(Page.ENVIRONMENT, EnvironmentPage).cards[Environment.PRACTICE])
        await self._on(Page.KEYS)
        keys = self._page(Page.KEYS, KeysPage)
        self._click(keys.source.make)
        await self._until(keys.pair.isVisible, 20, "the pair of keys")
        self._picture()
        return f"fingerprint {keys.pair.fingerprint.text()[:19]}…"

    async def _prove(self) -> str:
        await self._on(Page.REGISTER)
        register = self._page(Page.REGISTER, RegisterPage)
        self._click(register.at_practice)
        await self._until(lambda: bool(register.issuer.text()), 10, "the issuer id from the exchange")
        await self._on(Page.WHERE)
        where = self._page(Page.WHERE, WherePage)
        await self._until(where.cards[Place.SESSION].isEnabled, 60, "the keyring to have been tried")
        self._click(where.cards[Place.SESSION])
        await self._on(Page.PROOF)
        proof = self._setup.proof
        await self._until(lambda: proof.is_good or proof.failed, 60, "the proof run to end")
        if proof.failed is not None:
            raise TourError(f"{proof.failed.title}: {proof.failed.words}")
        self._picture()
        return ", ".join(f"{row.title} {1000 * (row.seconds or 0):.0f} ms" for row in proof.rows)

    async def _profiles(self) -> str:
        wizard = self._wizard
        await self._on(Page.DONE)
        kept = self._setup.kept
        self._click(wizard.next)
        await self._until(lambda: self._program.wizard is None, 5, "the wizard to close")
        self._window.activateWindow()
        await self._until(self._window.isActiveWindow, 3, "the window to be the active one again")
        QTest.keyClick(self._window, Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier)
        await self._until(lambda: self._program.profiles is not None, 3, "Ctrl+P to bring the profiles")
        profiles = self._program.profiles
        assert profiles is not None
        profiles.resize(1000, 700)
        self.shown = profiles
        return f"{kept[0].name} is kept; {len(self._program.house.book.profiles)} profiles"

    # Looking and acting

    @property
    def _wizard(self) -> WizardWindow:
        wizard = self._program.wizard
        if wizard is None:
            raise TourError("the wizard is not open")
        return wizard

    @property
    def _setup(self) -> Wizard:
        setup = self._program.setup
        if setup is None:
            raise TourError("the wizard has gone")
        return setup

    def _picture(self) -> None:
        self.shown, self.hides = self._wizard, False

    def _page(self, page: Page, kind: type[Kind]) -> Kind:
        view = self._wizard.pages[page]
        assert isinstance(view, kind)
        return view

    async def _on(self, page: Page) -> None:
        wizard = self._wizard
        await self._until(wizard.next.isEnabled, 60, f"the way on ({wizard.objection.text()})")
        self._click(wizard.next)
        await self._until(lambda: self._setup.page is page, 10, f"the page {page}")
