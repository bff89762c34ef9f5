"""From the first page to Done by keys alone, for each account, and what Escape and Enter do on the way."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from app.domain.environment import Environment
from app.domain.keys import KeyringFacts, Place
from app.domain.profile import PRACTICE, Provider
from app.domain.secret import Secret
from app.services.setup.draft import KeyPart, Source
from app.services.setup.wizard import Page
from app.ui.wizard.pages.environment import EnvironmentPage
from app.ui.wizard.pages.keys import KeysPage
from app.ui.wizard.pages.proof import ProofPage
from app.ui.wizard.pages.register import RegisterPage
from app.ui.wizard.pages.where import WherePage
from app.ui.wizard.pages.who import WhoPage
from tests.services.setup.fakes import canary
from tests.ui.wizard.kit import Stage

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)  # boxes on a screen that is none


def to_environment(stage: Stage, provider: Provider, environment: Environment) -> EnvironmentPage:
    """The environment's page with `environment` chosen, by keys."""
    who = stage.window.pages[Page.WHO]
    assert isinstance(who, WhoPage)
    stage.tab_to(who.cards[provider])
    stage.press(Qt.Key.Key_Space)
    stage.enter()
    page = stage.view
    assert isinstance(page, EnvironmentPage)
    keys = {Environment.PRACTICE: Qt.Key.Key_Up, Environment.SANDBOX: None, Environment.PRODUCTION: Qt.Key.Key_Down}
    if key := keys[environment]:
        stage.press(key)
    assert stage.wizard.account.environment is environment
    return page


def keys_page(stage: Stage) -> KeysPage:
    page = stage.view
    assert isinstance(page, KeysPage)
    return page


def finish(stage: Stage) -> None:
    """From where it is kept to the end, by Enter."""
    assert stage.is_at(Page.WHERE)
    stage.enter()
    assert stage.is_at(Page.PROOF)
    stage.enter()
    assert stage.is_at(Page.DONE)
    stage.enter()
    assert not stage.window.isVisible()


def test_practice_is_one_key_away_and_then_one_more(stage: Stage) -> None:
    stage.enter()
    assert stage.is_at(Page.DONE)
    stage.enter()
    assert stage.scene.closed == [PRACTICE]


@pytest.mark.parametrize("environment", [Environment.PRACTICE, Environment.SANDBOX])
def test_a_trading_account_is_set_up_by_keys(stage: Stage, environment: Environment) -> None:
    to_environment(stage, Provider.TRADING, environment)
    stage.enter()
    page = keys_page(stage)
    if environment is Environment.PRACTICE:
        stage.tab_to(page.own)
        stage.press(Qt.Key.Key_Space)
    else:
        stage.type(canary())
        stage.tab_to(page.fields[KeyPart.SECRET].field)
        stage.type(canary())
    stage.enter()
    finish(stage)
    assert [(profile.provider, profile.environment) for profile in stage.scene.shelf.saved] == [(Provider.TRADING, environment)]
    assert stage.scene.closed == list(stage.scene.shelf.saved)


def test_production_is_set_up_by_keys_with_its_name_typed(stage: Stage) -> None:
    page = to_environment(stage, Provider.TRADING, Environment.PRODUCTION)
    stage.enter()
    assert stage.is_at(Page.ENVIRONMENT)
    stage.tab_to(page.phrase)
    stage.type("PRODUCTION")
    stage.enter()
    stage.type(canary())
    stage.press(Qt.Key.Key_Tab)
    stage.tab_to(keys_page(stage).fields[KeyPart.SECRET].field)
    stage.type(canary())
    stage.enter()
    finish(stage)
    assert stage.scene.shelf.saved[0].environment is Environment.PRODUCTION


def test_an_omnibus_account_is_set_up_by_keys_with_a_key_made_here(stage: Stage) -> None:
    page = to_environment(stage, Provider.OMNIBUS, Environment.SANDBOX)
    stage.tab_to(page.host)
    stage.type("b2b.partner.test")
    stage.enter()
    keys = keys_page(stage)
    stage.tab_to(keys.source.make)
    stage.press(Qt.Key.Key_Space)
    assert QApplication.focusWidget() is keys.pair.copy
    stage.press(Qt.Key.Key_Space)
    assert stage.copied == [keys.pair.public.toPlainText()]
    stage.tab_to(stage.window.next)
    stage.enter()
    register = stage.view
    assert isinstance(register, RegisterPage)
    stage.tab_to(register.issuer)
    stage.type("issuer-7")
    stage.enter()
    finish(stage)
    assert stage.scene.shelf.saved[0].issuer == "issuer-7"


def test_an_omnibus_account_of_practice_is_registered_by_one_key(stage: Stage) -> None:
    to_environment(stage, Provider.OMNIBUS, Environment.PRACTICE)
    stage.enter()
    stage.tab_to(keys_page(stage).source.make)
    stage.enter()
    stage.tab_to(stage.window.next)
    stage.enter()
    register = stage.view
    assert isinstance(register, RegisterPage)
    assert QApplication.focusWidget() is register.at_practice
    stage.enter()
    assert QApplication.focusWidget() is register.issuer
    stage.enter()
    finish(stage)
    assert stage.scene.shelf.saved[0].issuer == "issuer-1"


def test_a_practice_exchange_that_has_all_its_keys_makes_room_by_one_button(stage: Stage) -> None:
    to_environment(stage, Provider.OMNIBUS, Environment.PRACTICE)
    stage.enter()
    stage.tab_to(keys_page(stage).source.make)
    stage.enter()
    stage.tab_to(stage.window.next)
    stage.enter()
    register = stage.view
    assert isinstance(register, RegisterPage)
    assert not register.full.isVisible()
    stage.scene.prover.is_full = True
    stage.enter()
    assert register.full.isVisible()
    stage.tab_to(register.make_room)
    stage.enter()
    assert not register.full.isVisible()
    assert stage.wizard.account.issuer == "issuer-1"


def test_a_registered_key_is_pasted_and_unlocked_by_keys(stage: Stage) -> None:
    page = to_environment(stage, Provider.OMNIBUS, Environment.SANDBOX)
    stage.tab_to(page.host)
    stage.type("b2b.partner.test")
    stage.enter()
    keys = keys_page(stage)
    stage.press(Qt.Key.Key_Down)
    stage.press(Qt.Key.Key_Down)
    assert stage.wizard.account.source is Source.REGISTERED
    stage.scene.maker.passphrase = "open sesame"
    stage.tab_to(keys.source.field)
    stage.paste("any text at all")
    assert QApplication.focusWidget() is keys.source.locked.field
    stage.type("open sesame")
    stage.enter()
    stage.tab_to(keys.pair.issuer)
    stage.type("issuer-8")
    stage.enter()
    finish(stage)
    assert stage.scene.shelf.saved[0].issuer == "issuer-8"


def test_a_rankacy_account_is_set_up_by_keys(stage: Stage) -> None:
    page = to_environment(stage, Provider.RANKACY, Environment.SANDBOX)
    stage.tab_to(page.host)
    stage.type("api.feed.test")
    stage.enter()
    stage.type(canary())
    stage.enter()
    finish(stage)
    assert stage.scene.shelf.saved[0].host == "https://api.feed.test"


def test_a_passphrase_file_is_chosen_and_typed_by_keys(stage: Stage) -> None:
    stage.scene.vault.facts = KeyringFacts("Fail", "There is no keyring here")
    to_environment(stage, Provider.TRADING, Environment.PRACTICE)
    stage.enter()
    stage.tab_to(keys_page(stage).own)
    stage.press(Qt.Key.Key_Space)
    stage.enter()
    where = stage.view
    assert isinstance(where, WherePage)
    assert not stage.window.next.isEnabled()
    stage.tab_to(where.cards[Place.PASSPHRASE])
    stage.press(Qt.Key.Key_Space)
    stage.tab_to(where.passphrase.first.field)
    stage.type("four unrelated words")
    stage.tab_to(where.passphrase.second.field)
    stage.type("four unrelated words")
    stage.enter()
    stage.enter()
    ((_credentials, place, passphrase),) = stage.scene.vault.kept.values()
    assert (place, passphrase) == (Place.PASSPHRASE, Secret("four unrelated words"))


def test_enter_never_keeps_what_is_unproven(stage: Stage) -> None:
    stage.scene.prover.failing = {"Account": "no"}
    to_environment(stage, Provider.TRADING, Environment.PRACTICE)
    stage.enter()
    stage.tab_to(keys_page(stage).own)
    stage.press(Qt.Key.Key_Space)
    stage.enter()
    stage.enter()
    page = stage.view
    assert isinstance(page, ProofPage)
    for _ in range(3):
        stage.enter()
    stage.tab_to(page.keep)
    stage.enter()
    assert (stage.page, stage.scene.vault.kept) == (Page.PROOF, {})
    stage.press(Qt.Key.Key_Space)
    assert stage.is_at(Page.DONE)


def test_escape_closes_at_once_where_nothing_would_be_lost(stage: Stage) -> None:
    stage.press(Qt.Key.Key_Escape)
    assert stage.scene.closed == [None]
    assert not stage.window.isVisible()


def test_escape_asks_first_where_something_was_typed(stage: Stage) -> None:
    page = to_environment(stage, Provider.RANKACY, Environment.SANDBOX)
    stage.tab_to(page.host)
    stage.type("api.feed.test")
    stage.press(Qt.Key.Key_Escape)
    box = stage.window.leave_box
    assert box.isVisible()
    assert not box.isModal()
    assert stage.scene.closed == []
    stage.enter()
    assert not box.isVisible()
    assert (stage.scene.closed, stage.window.isVisible()) == ([], True)
    stage.press(Qt.Key.Key_Escape)
    stage.window.close_anyway.click()
    assert (stage.scene.closed, stage.window.isVisible()) == ([None], False)


def test_a_program_that_goes_closes_the_window_without_a_question(stage: Stage) -> None:
    page = to_environment(stage, Provider.RANKACY, Environment.SANDBOX)
    stage.tab_to(page.host)
    stage.type("api.feed.test")
    stage.window.close_for_good()
    assert (stage.scene.closed, stage.window.isVisible(), stage.window.leave_box.isVisible()) == ([None], False, False)


def test_the_windows_cross_asks_like_escape(stage: Stage) -> None:
    page = to_environment(stage, Provider.RANKACY, Environment.SANDBOX)
    stage.tab_to(page.host)
    stage.type("api.feed.test")
    stage.window.close()
    assert stage.window.isVisible()
    assert stage.window.leave_box.isVisible()
