"""The window: its faces, its two buttons, its words, its names, and that nothing is clipped in any state, size and theme."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app.domain.environment import Environment
from app.domain.keys import ACCESS, SECRET, PemError, Place, VaultError
from app.domain.profile import Profile, Provider
from app.domain.proof import SWAP
from app.domain.secret import Secret
from app.services.setup.draft import Source
from app.services.setup.wizard import Page
from app.ui.theme import Theme
from app.ui.wizard.pages.done import DonePage
from app.ui.wizard.pages.keys import KeysPage
from app.ui.wizard.pages.proof import MOST_LINES, ProofPage
from app.ui.wizard.pages.where import WherePage
from app.ui.wizard.window import WizardWindow
from tests.ui.wizard import tour
from tests.ui.wizard.kit import Stage, clipped, nameless

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)  # boxes on a screen that is none
ROOT = Path(__file__).parents[3]


def go(stage: Stage, provider: Provider, page: Page) -> None:
    """To this page of a practice account, filled in."""
    wizard = stage.wizard
    wizard.choose(provider, is_chosen=True)
    wizard.next()
    wizard.account.choose_environment(Environment.PRACTICE)
    while wizard.page is not page:
        if wizard.page is Page.KEYS and provider is Provider.OMNIBUS:
            wizard.bench.make(2048)
        elif wizard.page is Page.KEYS:
            wizard.bench.rehearse()
        wizard.next()
        stage.settle()


@pytest.mark.parametrize("name", ["dark", "light"])
@pytest.mark.parametrize(("width", "height"), [(760, 600), (1000, 700), (640, 400)])
def test_nothing_is_clipped_in_any_state(theme: Theme, qtbot: QtBot, name: str, width: int, height: int) -> None:
    theme.use(name)
    stage = Stage(theme, width=width, height=height)
    for state in tour.states(stage):
        stage.settle()
        assert (stage.window.width(), stage.window.height()) == (width, height), state
        assert not clipped(stage.window), state
    stage.close()
    theme.use("dark")


@pytest.mark.parametrize(("scale", "width", "height"), [("1.25", 1000, 600), ("2", 640, 400)])
def test_nothing_is_clipped_on_a_scaled_screen_of_1280_by_800(scale: str, width: int, height: int) -> None:
    asked = [sys.executable, "-m", "tests.ui.wizard.tour", str(width), str(height), "dark"]
    settings = os.environ | {"QT_SCALE_FACTOR": scale, "QT_QPA_PLATFORM": "offscreen"}
    ended = subprocess.run(asked, cwd=ROOT, env=settings, capture_output=True, text=True, timeout=100, check=False)
    assert (ended.returncode, ended.stdout) == (0, ""), ended.stderr


def test_every_stop_of_the_keyboard_has_a_name(stage: Stage) -> None:
    for state in tour.states(stage):
        stage.settle()
        assert not nameless(stage.window), state


def test_the_window_is_not_modal_and_no_larger_than_the_screen(theme: Theme, stage: Stage) -> None:
    window = WizardWindow(None, stage.wizard, theme, stage.copy)
    room = window.screen().availableGeometry()
    assert not window.isModal()
    assert (window.minimumWidth(), window.minimumHeight()) == (min(760, room.width()), min(600, room.height()))
    assert window.width() <= room.width()
    assert window.height() <= room.height()


def test_the_first_page_says_cancel_and_the_last_finish(stage: Stage) -> None:
    window = stage.window
    assert (window.back.text(), window.next.text()) == ("Cancel", "Next")
    stage.wizard.next()
    assert (window.back.text(), window.next.text()) == ("Back", "Finish")


def test_the_proof_page_says_keep_and_offers_the_unproven_way_apart(stage: Stage) -> None:
    stage.scene.prover.failing = {"Account": "Not known yet"}
    go(stage, Provider.TRADING, Page.PROOF)
    page = stage.view
    assert isinstance(page, ProofPage)
    assert (stage.window.next.text(), stage.window.next.isEnabled()) == ("Keep", False)
    assert stage.window.objection.text() == "The proof run has to be good first"
    assert page.unproven.isVisible()
    assert not page.keep.isDefault()
    assert not page.keep.autoDefault()
    assert page.rows[2].words.text() == "Not known yet"
    assert page.rows[2].remedy.text() == "→ Ask Prophet"
    assert (page.rows[0].took.text(), page.rows[2].took.text()) == ("125 ms", "250 ms")
    stage.scene.prover.failing = {}
    page.again.click()
    stage.settle()
    assert not page.unproven.isVisible()
    assert stage.window.next.isEnabled()


def test_a_row_that_found_the_keys_swapped_offers_to_swap_them(stage: Stage) -> None:
    prover = stage.scene.prover
    prover.failing, prover.remedy = {"Token": "These two keys are swapped"}, SWAP
    go(stage, Provider.TRADING, Page.PROOF)
    page = stage.view
    assert isinstance(page, ProofPage)
    assert [row.swap.isVisible() for row in page.rows] == [False, True, False]
    assert not page.rows[1].remedy.isVisible()
    stage.tab_to(page.rows[1].swap)
    prover.failing = {}
    stage.press(Qt.Key.Key_Space)
    assert prover.runs[-1][1].parts == {ACCESS: Secret(prover.secret), SECRET: Secret(prover.access)}
    assert stage.wizard.proof.is_good
    assert not any(row.swap.isVisible() for row in page.rows)


def test_the_details_are_as_high_as_their_text(stage: Stage) -> None:
    heights = []
    go(stage, Provider.TRADING, Page.PROOF)
    page = stage.view
    assert isinstance(page, ProofPage)
    page.rows[0].more.setChecked(True)
    for lines in (1, 6, MOST_LINES, 60):
        stage.scene.prover.details = "\n".join(f"line {number}" for number in range(lines))
        page.again.click()
        stage.settle()
        heights.append(page.rows[0].details.height())
        assert page.rows[0].details.verticalScrollBar().isVisible() is (lines > MOST_LINES)
    line = page.rows[0].details.fontMetrics().lineSpacing()
    assert [height - heights[0] for height in heights] == [0, 5 * line, (MOST_LINES - 1) * line, (MOST_LINES - 1) * line]


def test_a_default_button_that_cannot_be_pressed_has_no_coloured_edge(stage: Stage, theme: Theme) -> None:
    go(stage, Provider.TRADING, Page.KEYS)
    focus = theme.colours["state.info"]
    assert edge(stage.window.next) != focus
    stage.wizard.bench.rehearse()
    stage.settle()
    assert edge(stage.window.next) == focus


def edge(button: QWidget) -> QColor:
    """The colour in the middle of its upper edge."""
    return button.grab().toImage().pixelColor(button.width() // 2, 0)


def test_next_says_why_it_is_shut_and_to_a_screen_reader_too(stage: Stage) -> None:
    go(stage, Provider.TRADING, Page.KEYS)
    window = stage.window
    assert not window.next.isEnabled()
    assert window.objection.text() == window.next.accessibleDescription() == "Paste the access key and the secret key"
    stage.wizard.bench.rehearse()
    stage.settle()
    assert (window.next.isEnabled(), window.objection.text()) == (True, "")


def test_while_something_is_waited_for_the_page_makes_room_and_can_be_taken_back(stage: Stage) -> None:
    go(stage, Provider.OMNIBUS, Page.KEYS)
    page = stage.view
    assert isinstance(page, KeysPage)
    stage.scene.maker.answering.clear()
    page.source.bits.choose(4096)
    page.source.make.setFocus()
    page.source.make.click()
    stage.settle()
    window = stage.window
    assert window.faces.currentIndex() == 1
    assert window.waiting.words.text() == "Making a key of 4096 bits…"
    assert QApplication.focusWidget() is window.waiting.stop
    assert not window.next.isEnabled()
    window.waiting.stop.click()
    stage.settle()
    assert window.faces.currentIndex() == 0
    assert stage.wizard.account.pair is None
    assert QApplication.focusWidget() is page.source.make


def test_a_failure_stands_above_the_page_until_something_changes(stage: Stage) -> None:
    go(stage, Provider.OMNIBUS, Page.KEYS)
    page = stage.view
    assert isinstance(page, KeysPage)
    stage.scene.maker.problem = PemError("This is a public key: paste the private one")
    page.source.field.pasted.emit(b"a public key")
    stage.settle()
    assert stage.window.error.text() == "✗ This is a public key: paste the private one"
    assert stage.window.error.isVisible()
    assert page.isVisible()
    page.source.cards[next(iter(page.source.cards))].click()
    stage.wizard.edited()
    assert not stage.window.error.isVisible()


def test_a_vault_that_refuses_leaves_the_page_with_the_words(stage: Stage) -> None:
    go(stage, Provider.RANKACY, Page.PROOF)
    stage.scene.vault.problem = VaultError("The keyring is locked: unlock it and press Keep again")
    stage.window.next.click()
    stage.settle()
    assert (stage.page, stage.window.error.text()) == (Page.PROOF, "✗ The keyring is locked: unlock it and press Keep again")
    stage.window.next.click()
    stage.settle()
    assert stage.is_at(Page.DONE)


def test_while_keys_are_kept_there_is_no_cancel_and_the_window_stays(stage: Stage) -> None:
    go(stage, Provider.RANKACY, Page.PROOF)
    stage.scene.vault.answering.clear()
    stage.window.next.click()
    stage.settle()
    assert not stage.window.waiting.stop.isVisible()
    stage.window.close()
    assert stage.window.isVisible()
    stage.scene.vault.answering.set()
    stage.settle()
    assert stage.is_at(Page.DONE)


def test_the_countdown_to_the_next_try_is_shown_and_can_be_stopped(stage: Stage) -> None:
    stage.scene.prover.failing = {"Account": "Not known yet"}
    go(stage, Provider.OMNIBUS, Page.PROOF)
    page = stage.view
    assert isinstance(page, ProofPage)
    assert not page.countdown.isVisible()
    page.repeat.click()
    stage.settle()
    assert page.countdown.text() == "The next try begins in 60 s."
    stage.scene.hands.move(18)
    stage.settle()
    assert page.countdown.text() == "The next try begins in 42 s."
    page.repeat.click()
    stage.settle()
    assert not page.countdown.isVisible()
    assert not stage.wizard.proof.is_repeating


def test_a_keyring_that_fails_has_its_words_and_retry(stage: Stage) -> None:
    stage.scene.vault.facts = type(stage.scene.vault.facts)("Fail", "The keyring is locked: unlock it")
    go(stage, Provider.TRADING, Page.WHERE)
    page = stage.view
    assert isinstance(page, WherePage)
    assert page.keyring_words.text() == "✗ The keyring is locked: unlock it"
    assert not page.cards[Place.KEYRING].isEnabled()
    stage.scene.vault.facts = type(stage.scene.vault.facts)("GNOME Keyring")
    page.retry.click()
    stage.settle()
    assert page.cards[Place.KEYRING].words.text() == "Found: GNOME Keyring"
    assert (page.cards[Place.KEYRING].isChecked(), stage.window.next.isEnabled()) == (True, True)
    assert not page.retry.isVisible()


def test_a_private_key_that_was_made_here_is_not_said_to_be_typed_again(stage: Stage) -> None:
    go(stage, Provider.OMNIBUS, Page.WHERE)
    page = stage.view
    assert isinstance(page, WherePage)
    card = page.cards[Place.SESSION]
    assert card.words.text() == "When the program ends, the private key is gone. Without its sealed backup a new one has to be registered."
    stage.wizard.account.source = Source.IMPORT
    page.refresh()
    assert card.words.text() == "When the program ends, the private key is gone from it, and you import it again the next time."


def test_keys_that_can_be_typed_are_typed_again(stage: Stage) -> None:
    go(stage, Provider.TRADING, Page.WHERE)
    page = stage.view
    assert isinstance(page, WherePage)
    card = page.cards[Place.SESSION]
    assert card.words.text() == "When the program ends, the keys are gone from it, and you type them again the next time."


@pytest.mark.parametrize(
    ("place", "words"),
    [
        (Place.SESSION, "✓ Everything works. “Keep” holds the keys in memory until the program ends and writes them nowhere."),
        (Place.KEYRING, "✓ Everything works. “Keep” writes the keys where you chose."),
    ],
)
def test_keep_says_what_it_does_with_the_keys(stage: Stage, place: Place, words: str) -> None:
    go(stage, Provider.TRADING, Page.WHERE)
    stage.wizard.account.place = place
    stage.wizard.next()
    stage.settle()
    page = stage.view
    assert isinstance(page, ProofPage)
    assert page.verdict.text() == words


def test_the_last_page_says_what_was_kept_and_opens_what_is_chosen(stage: Stage) -> None:
    go(stage, Provider.TRADING, Page.PROOF)
    stage.wizard.next()
    stage.settle()
    page = stage.view
    assert isinstance(page, DonePage)
    assert not page.off.text(), "practice trades at once"
    assert page.cards["ProphetX practice"].isChecked()
    page.cards["practice"].click()
    stage.window.next.click()
    assert [profile.name for profile in stage.scene.closed if profile] == ["practice"]


def test_new_keys_for_a_profile_offer_no_other_profile_at_the_end(theme: Theme, stage: Stage) -> None:
    profile = Profile("Desk", Environment.PRACTICE, Provider.TRADING)
    stage.scene.shelf.saved = (profile,)
    stage.wizard.rotate(profile)
    stage.settle()
    assert stage.window.back.text() == "Cancel"
    stage.wizard.bench.rehearse()
    stage.settle()
    for _ in range(3):
        stage.window.next.click()
        stage.settle()
    page = stage.view
    assert isinstance(page, DonePage)
    assert page.cards == {}
    stage.window.next.click()
    assert [one.name for one in stage.scene.closed if one] == ["Desk"]


def test_the_badge_follows_the_environment(stage: Stage, theme: Theme) -> None:
    go(stage, Provider.TRADING, Page.ENVIRONMENT)
    stage.wizard.account.choose_environment(Environment.PRODUCTION)
    stage.wizard.edited()
    assert stage.window.badge.text() == "PRODUCTION · ProphetX Trading API"
    assert theme.colours.css("mode.production") in stage.window.badge.styleSheet()
