"""No widget keeps or shows a secret: not while it is held, not after the page was left, not once the window is gone."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton

from app.domain.environment import Environment
from app.domain.keys import Place
from app.domain.profile import Provider
from app.domain.secret import Secret
from app.services.setup.draft import KeyPart, Source
from app.services.setup.wizard import Page
from app.ui.wizard.pages.keys import KeysPage
from app.ui.wizard.pages.register import RegisterPage
from app.ui.wizard.pages.where import WherePage
from tests.services.setup.fakes import canary
from tests.ui.wizard import tour
from tests.ui.wizard.kit import Stage, texts

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)  # boxes on a screen that is none


def keys_page(stage: Stage, provider: Provider, environment: Environment = Environment.SANDBOX) -> KeysPage:
    stage.wizard.choose(provider, is_chosen=True)
    stage.wizard.next()
    stage.wizard.account.choose_environment(environment)
    stage.wizard.account.host = "api.partner.test" if stage.wizard.account.needs_host else ""
    stage.wizard.next()
    stage.settle()
    page = stage.view
    assert isinstance(page, KeysPage)
    return page


def shown(stage: Stage, secret: str) -> list[str]:
    return [text for text in texts(stage.window) if secret in text]


def test_no_page_shows_a_secret_in_any_state(stage: Stage) -> None:
    prover, maker = stage.scene.prover, stage.scene.maker
    secrets = (maker.private, prover.access, prover.secret, prover.api_key, prover.partner_token)
    for name in tour.states(stage):
        stage.settle()
        for secret in secrets:
            assert not shown(stage, secret), name


def test_a_typed_key_leaves_its_field_with_the_focus(stage: Stage) -> None:
    page, key = keys_page(stage, Provider.TRADING), canary()
    stage.type(key)
    assert page.fields[KeyPart.ACCESS].field.displayText() != key
    stage.press(Qt.Key.Key_Tab)
    assert not shown(stage, key)
    assert stage.wizard.account.access == Secret(key)
    field = page.fields[KeyPart.ACCESS].field
    assert not field.isUndoAvailable()
    field.undo()
    assert field.text() == ""
    assert "held" in field.placeholderText()


def test_typing_again_replaces_what_was_held(stage: Stage) -> None:
    page, key = keys_page(stage, Provider.TRADING), canary()
    stage.type(canary())
    stage.press(Qt.Key.Key_Tab)
    page.fields[KeyPart.ACCESS].field.setFocus()
    stage.type(key)
    assert stage.wizard.account.access == Secret(key)


def test_the_eye_shows_a_key_only_while_it_is_held_down(stage: Stage) -> None:
    page, key = keys_page(stage, Provider.TRADING), canary()
    stage.type(key)
    field = page.fields[KeyPart.ACCESS]
    stage.tab_to(field.eye)
    QTest.keyPress(field.eye, Qt.Key.Key_Space)
    assert (field.field.echoMode(), field.field.text()) == (QLineEdit.EchoMode.Normal, key)
    QTest.keyRelease(field.eye, Qt.Key.Key_Space)
    assert (field.field.echoMode(), field.field.text()) == (QLineEdit.EchoMode.Password, "")
    assert stage.wizard.account.access == Secret(key)


def test_a_pasted_private_key_never_stands_in_its_field(stage: Stage) -> None:
    page, pem = keys_page(stage, Provider.OMNIBUS), f"-----BEGIN PRIVATE KEY-----\n{canary()}\n-----END PRIVATE KEY-----\n"
    page.source.cards[next(card for card in page.source.cards if card != "make")].click()
    page.source.field.setFocus()
    stage.paste(pem)
    assert stage.wizard.account.pair is not None
    assert page.source.field.toPlainText() == ""
    assert not page.source.field.document().isUndoAvailable()
    assert not shown(stage, pem.splitlines()[1])


def test_a_private_key_cannot_be_typed(stage: Stage) -> None:
    page = keys_page(stage, Provider.OMNIBUS)
    page.source.cards[next(card for card in page.source.cards if card != "make")].click()
    page.source.field.setFocus()
    QTest.keyClicks(page.source.field, "-----BEGIN")
    assert page.source.field.toPlainText() == ""


def test_a_dropped_file_is_read_and_a_pasted_one_too(stage: Stage) -> None:
    page, path = keys_page(stage, Provider.OMNIBUS), Path("/keys/mine.pem")
    stage.scene.maker.files[path] = b"key"
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    page.source.field.insertFromMimeData(mime)
    stage.settle()
    assert stage.wizard.account.pair is not None


def test_nothing_on_the_private_side_copies_or_selects_it(stage: Stage) -> None:
    page = keys_page(stage, Provider.OMNIBUS)
    page.source.make.click()
    stage.settle()
    private = page.pair.backup.parentWidget()
    assert private is not None
    assert [button.text() for button in private.findChildren(QPushButton)] == ["Save…"]
    for button in page.pair.findChildren(QPushButton):
        if "opy" in button.text():
            button.click()
    assert len(stage.copied) == 2
    assert not any(stage.scene.maker.private in text for text in stage.copied)


def test_the_backup_is_sealed_with_the_passphrase_and_then_it_is_forgotten(stage: Stage) -> None:
    page = keys_page(stage, Provider.OMNIBUS)
    page.source.make.click()
    stage.settle()
    page.pair.backup.head.click()
    page.pair.passphrase.first.field.setText("four unrelated words")
    assert not page.pair.seal.isEnabled()
    assert page.pair.why_not.text() == "The two passphrases differ"
    page.pair.passphrase.second.field.setText("four unrelated words")
    stage.files.path = Path("/backup/key.json")
    page.pair.seal.click()
    stage.settle()
    assert stage.scene.maker.sealed == {Path("/backup/key.json"): Secret("four unrelated words")}
    assert not shown(stage, "four unrelated words")
    assert not page.pair.passphrase.passphrase
    assert "saved to" in stage.window.said.text()


def test_the_public_key_is_saved_under_the_profiles_name(stage: Stage) -> None:
    page = keys_page(stage, Provider.OMNIBUS)
    page.source.make.click()
    stage.settle()
    stage.files.path = Path("/out/public.pem")
    page.pair.save.click()
    stage.settle()
    assert stage.files.asked == ["Save the public key: omnibus-sandbox-public.pem"]
    assert list(stage.scene.maker.written) == [Path("/out/public.pem")]


def test_a_session_token_is_used_once_and_kept_nowhere(stage: Stage) -> None:
    page, token = keys_page(stage, Provider.TRADING), canary()
    page.fold.head.click()
    page.token.field.setText(f" {token}\t")
    page.ask.click()
    stage.settle()
    assert stage.scene.prover.sessions == [Secret(token)]
    assert not page.session
    assert not shown(stage, token)
    assert stage.wizard.account.access == Secret(stage.scene.prover.access)


def test_a_partner_token_is_used_once_and_kept_nowhere(stage: Stage) -> None:
    page, token = keys_page(stage, Provider.OMNIBUS), canary()
    page.source.make.click()
    stage.settle()
    stage.wizard.next()
    register = stage.view
    assert isinstance(register, RegisterPage)
    register.token_field.field.setText(token)
    register.send.click()
    stage.settle()
    assert [used for _pem, used in stage.scene.prover.registered] == [Secret(token)]
    assert not register.token
    assert not shown(stage, token)


def test_a_page_that_is_left_keeps_no_text_of_a_secret(stage: Stage) -> None:
    page, key = keys_page(stage, Provider.TRADING, Environment.PRACTICE), canary()
    page.fields[KeyPart.ACCESS].field.setText(key)
    page.fields[KeyPart.SECRET].field.setText(canary())
    stage.wizard.next()
    stage.settle()
    assert stage.is_at(Page.WHERE)
    assert not shown(stage, key)
    where = stage.view
    assert isinstance(where, WherePage)
    where.cards[Place.PASSPHRASE].click()
    where.passphrase.first.field.setText("four unrelated words")
    where.passphrase.second.field.setText("four unrelated words")
    stage.wizard.next()
    stage.settle()
    assert stage.is_at(Page.PROOF)
    assert not shown(stage, "four unrelated words")
    assert not where.passphrase.passphrase


def test_a_closed_window_keeps_no_text_of_a_secret(stage: Stage) -> None:
    page, key, token = keys_page(stage, Provider.TRADING), canary(), canary()
    page.fields[KeyPart.ACCESS].field.setText(key)
    page.token.field.setText(token)
    stage.wizard.cancel()
    assert not shown(stage, key)
    assert not shown(stage, token)
    assert not page.session
    assert QApplication.clipboard().text() == ""


def test_what_is_pasted_is_told_so_that_it_leaves_the_clipboard_and_what_is_typed_is_not(stage: Stage) -> None:
    keys_page(stage, Provider.TRADING)
    stage.type("typed-by-hand")
    assert not stage.pasted
    key = canary()
    QApplication.clipboard().setText(key)
    field = QApplication.focusWidget()
    assert isinstance(field, QLineEdit)
    field.selectAll()
    QTest.keyClick(field, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert stage.pasted == [Secret(key)]


def test_a_pasted_private_key_is_told_too(stage: Stage) -> None:
    page, key = keys_page(stage, Provider.OMNIBUS), canary()
    stage.wizard.account.source = Source.IMPORT
    stage.wizard.edited()
    QApplication.clipboard().setText(key)
    page.source.field.take_clipboard()
    assert stage.pasted == [Secret(key)]
