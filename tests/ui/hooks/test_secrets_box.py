"""Secrets that are told once: nothing closes their box before each is safe, and nothing of them stays behind."""

from __future__ import annotations

import asyncio

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QPlainTextEdit, QWidget

from app.domain.errors import NotSentError, UnknownError
from app.domain.keys import VaultError
from app.domain.webhook import HookEvent, NewSubscription
from app.ui.hooks.secrets_box import FIRST, MASK, NOT_COPIED, REPLACED
from tests.services.hooks.kit import secret_of, subscription
from tests.ui.hooks.kit import LOCAL, Page

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)  # a window on a screen that is none


def make(page: Page, *events: HookEvent) -> None:
    """Subscribe to these by the box, as a person does."""
    page.begin()
    page.window.head.new.click()
    box = page.window.new_box
    box.url.setText(LOCAL)
    for event in events or (HookEvent.ODDS_UPDATED,):
        box.ticks[event].setChecked(True)
    box.make.click()
    page.frame()


def texts(window: QWidget) -> str:
    fields = [field.text() for field in window.findChildren(QLineEdit)] + [label.text() for label in window.findChildren(QLabel)]
    return "\n".join(fields + [field.toPlainText() for field in window.findChildren(QPlainTextEdit)])


def test_one_post_is_sent_for_each_ticked_event_and_each_secret_waits_in_the_box(page: Page) -> None:
    make(page, *HookEvent)
    assert [call[1] for call in page.hooks.venue.calls if call[0] == "register"] == [str(event) for event in HookEvent]
    assert len(page.window.secrets_box.lines) == len(HookEvent)
    assert page.window.is_holding


def test_no_key_and_no_cross_closes_the_box_while_a_secret_is_neither_copied_nor_stored(page: Page) -> None:
    make(page)
    box = page.window.secrets_box
    for close in (lambda: QTest.keyClick(box, Qt.Key.Key_Escape), box.close, box.reject, page.window.close, page.window._escape):
        close()
        assert box.isVisible()
        assert page.window.isVisible()
        assert box.lines[0].secret == secret_of(17)
    assert not box.harmless.isEnabled()
    assert FIRST in box.why.text()


def test_a_copied_secret_lets_the_box_go_and_nothing_of_it_stays_in_any_widget(page: Page) -> None:
    make(page)
    box = page.window.secrets_box
    line = box.lines[0]
    line.show_it.click()
    told = secret_of(17).reveal()
    assert line.field.text() == told
    line.copy.click()
    assert page.copies.secrets == [secret_of(17)]
    assert page.copies.text == ""  # not the way of a public text, which stays
    box.harmless.click()
    assert not box.isVisible()
    assert not page.window.is_holding
    assert box.lines == []
    assert told not in texts(page.window)


def test_a_hidden_secret_is_masked_again_and_cannot_be_brought_back_by_undo(page: Page) -> None:
    make(page)
    line = page.window.secrets_box.lines[0]
    line.show_it.click()
    line.show_it.click()
    assert line.field.text() == MASK
    assert not line.field.isUndoAvailable()
    assert line.field.isReadOnly()


def test_a_shown_secret_cannot_be_marked_and_copied_past_the_clipboard_that_is_cleared(page: Page) -> None:
    make(page)
    line = page.window.secrets_box.lines[0]
    line.show_it.click()
    assert line.field.testAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
    assert line.field.focusPolicy() is Qt.FocusPolicy.NoFocus


def test_a_secret_that_could_not_be_stored_still_holds_the_box_and_says_why(page: Page) -> None:
    make(page)
    box = page.window.secrets_box
    page.hooks.secrets.trouble = VaultError("The keyring is locked")
    box.lines[0].store.click()
    page.frame()
    assert "not stored: The keyring is locked" in box.lines[0].said.text()
    assert box.is_holding
    assert box.lines[0].store.isEnabled()


def test_while_the_keyring_has_not_answered_a_copied_secret_holds_the_box_too(page: Page) -> None:
    make(page)
    box = page.window.secrets_box
    line = box.lines[0]
    line.copy.click()
    answering = asyncio.Event()
    page.hooks.secrets.before = answering.wait
    line.store.click()
    assert not line.is_safe
    assert not box.harmless.isEnabled()
    answering.set()
    page.frame()
    assert line.said.text() == "✓ copied and stored"
    assert box.harmless.isEnabled()


def test_all_are_stored_by_one_press(page: Page) -> None:
    make(page, HookEvent.MATCH_STARTED, HookEvent.ODDS_UPDATED)
    page.window.secrets_box.all.click()
    page.frame()
    assert set(page.hooks.secrets.held) == {17, 18}
    assert not page.window.is_holding


def test_one_that_is_kept_for_the_run_only_holds_the_box_until_a_person_says_that_this_will_do(page: Page) -> None:
    page.hooks.secrets.of_this_run = {18}
    make(page, HookEvent.MATCH_STARTED, HookEvent.ODDS_UPDATED)
    box = page.window.secrets_box
    assert not box.enough.isVisible()
    box.all.click()
    page.frame()
    said = [line.said.text() for line in box.lines]
    assert said == ["✓ stored", "Kept for this run only: this computer has no keyring, and the secret is lost when the program ends"]
    assert page.window.is_holding
    assert not box.harmless.isEnabled()
    box.enough.click()
    assert not page.window.is_holding
    assert not box.enough.isVisible()
    box.harmless.click()
    assert not box.isVisible()


def test_one_that_is_kept_for_the_run_only_is_safe_when_it_was_copied(page: Page) -> None:
    page.hooks.secrets.of_this_run = {17}
    make(page)
    line = page.window.secrets_box.lines[0]
    line.store.click()
    page.frame()
    assert page.window.is_holding
    line.copy.click()
    assert line.said.text().startswith("✓ copied and kept for this run only")
    assert not page.window.is_holding


def test_a_secret_is_known_to_the_receiver_until_its_box_is_closed_and_no_longer(page: Page) -> None:
    make(page)
    assert page.desk.subscriptions.secret_of(17) == secret_of(17)
    page.window.secrets_box.lines[0].copy.click()
    assert page.desk.subscriptions.secret_of(17) == secret_of(17)
    page.window.secrets_box.harmless.click()
    assert page.desk.subscriptions.secret_of(17) is None


def test_what_was_typed_comes_back_with_the_reason_when_nothing_could_be_subscribed_to(page: Page) -> None:
    page.hooks.venue.troubles["register"] = [NotSentError("The venue cannot be reached")]
    make(page, HookEvent.MATCH_STARTED)
    box = page.window.new_box
    assert box.isVisible()
    assert (box.url.text(), box.events) == (LOCAL, ["MATCH_STARTED"])
    assert "The venue cannot be reached" in box.why.text()
    assert box.make.isEnabled()
    box.ticks[HookEvent.ODDS_UPDATED].setChecked(True)
    assert "cannot be reached" not in box.why.text()  # another wish
    box.make.click()
    page.frame()
    assert not box.isVisible()
    assert len(page.window.secrets_box.lines) == 2


def test_others_that_are_made_meanwhile_join_those_that_wait(page: Page) -> None:
    make(page)
    box = page.window.secrets_box
    box.begin([NewSubscription(subscription(30), secret_of(30))])
    assert [line.id for line in box.lines] == [17, 30]
    box.lines[0].copy.click()
    assert page.window.is_holding


def test_the_window_stays_while_the_feed_is_being_asked_because_the_secret_may_be_on_its_way(page: Page) -> None:
    answering = asyncio.Event()
    page.hooks.venue.before_made = answering.wait
    make_slowly(page)
    assert page.window.is_holding
    page.window.close()
    assert page.window.isVisible()
    assert "being asked" in page.window.foot.text()
    answering.set()
    page.frame()
    assert page.window.secrets_box.is_holding


def make_slowly(page: Page) -> None:
    page.window.bring()
    page.window.making.create(LOCAL, ["ODDS_UPDATED"])


def test_a_lost_answer_says_that_the_subscription_may_exist_without_its_secret(page: Page) -> None:
    page.begin()
    page.hooks.venue.troubles["register"] = [UnknownError("The answer was lost.")]
    page.hooks.venue.made_anyway = True
    page.window.making.create(LOCAL, ["ODDS_UPDATED"])
    page.frame()
    assert "its secret is lost" in page.window.subscriptions.note.text()
    assert not page.window.is_holding
    assert "not stored" in str(page.window.subscriptions.model.index(0, 3).data())


def test_typed_secrets_go_when_the_window_is_put_away(page: Page) -> None:
    page.begin()
    for pane in (page.window.verify, page.window.trial):
        pane.typed.setText("a secret of another program")
    page.window.close()
    assert page.window.verify.typed.text() == page.window.trial.typed.text() == ""
    assert not page.window.verify.typed.isUndoAvailable()


def test_a_copy_of_another_makes_the_first_ones_doubtful_until_a_person_says_that_it_was_pasted(page: Page) -> None:
    make(page, HookEvent.MATCH_STARTED, HookEvent.ODDS_UPDATED)
    box = page.window.secrets_box
    first, second = box.lines
    first.copy.click()
    second.copy.click()
    assert first.said.text() == REPLACED
    assert second.said.text() == "✓ copied"
    assert page.window.is_holding
    assert box.harmless.text() == "Done (1 left)"
    assert box.pasted.isVisible()
    box.pasted.click()
    assert first.said.text() == "✓ pasted, as you say"
    assert not page.window.is_holding
    assert not box.pasted.isVisible()


def test_one_that_was_replaced_in_the_clipboard_is_safe_when_it_is_stored_or_copied_again(page: Page) -> None:
    make(page, HookEvent.MATCH_STARTED, HookEvent.ODDS_UPDATED)
    first, second = page.window.secrets_box.lines
    first.copy.click()
    second.copy.click()
    first.copy.click()
    assert (first.is_safe, second.is_safe) == (True, False)
    second.store.click()
    page.frame()
    assert second.said.text() == "✓ stored"
    assert not page.window.is_holding


def test_all_are_copied_by_one_press_with_whose_each_is(page: Page) -> None:
    make(page, HookEvent.MATCH_STARTED, HookEvent.ODDS_UPDATED)
    box = page.window.secrets_box
    box.copy_all.click()
    told = "\n".join(f"{line.id} {line.event_name} {line.secret.reveal()}" for line in box.lines)
    assert [each.reveal() for each in page.copies.secrets] == [told]
    assert not page.window.is_holding


def test_what_the_clipboard_does_not_take_is_not_called_copied(page: Page) -> None:
    make(page, HookEvent.MATCH_STARTED, HookEvent.ODDS_UPDATED)
    box = page.window.secrets_box
    page.copies.is_refusing = True
    box.lines[0].copy.click()
    assert box.lines[0].said.text() == NOT_COPIED
    box.copy_all.click()
    assert box.why.text() == NOT_COPIED
    assert not any(line.is_safe for line in box.lines)
