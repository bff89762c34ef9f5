"""A locked desk: nothing behind the pane is reached, no order leaves, and what lowers the risk needs no PIN."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest
import shiboken6
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit
from pytestqt.qtbot import QtBot

from app.domain.errors import DeniedError
from app.domain.secret import Secret
from app.services.idle import WORDS, IdleLock
from app.ui.activity import Activity
from app.ui.dialogs.passphrase import PassphraseBox
from app.ui.views.desk_lock import DeskLockPane
from app.ui.views.ticket import Stage
from tests.services.test_idle import OTHER, PIN, FakePins
from tests.ui.acts import place, write
from tests.ui.kit import Desk

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)  # boxes on a screen that is none

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
MINUTES = 600.0  # seconds until it locks


class Locked:
    """A desk with a lock and its pane, wired as the window wires them; open at first."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.pins = FakePins()
        self.lock = IdleLock(self.pins, clock=desk.time.monotonic, now=desk.time.now)
        self.pane = DeskLockPane(desk.window, self.lock, desk.tasks.start, desk.theme)
        self.pane.allow(next(action for action in desk.window.actions() if action.shortcut().toString() == "F12"))
        self.pane.stop_wanted.connect(desk.window._pull)
        self.pane.cancel_all_wanted.connect(desk.window._cancel_all)
        self.lock.changed.connect(desk.desk.controls.changed)
        desk.locked = self.lock.objection
        self.type(PIN)

    def type(self, pin: str) -> None:
        QTest.keyClicks(self.pane.field, pin)
        QTest.keyClick(self.pane.field, Qt.Key.Key_Return)
        self.desk.frame()

    def wait(self, seconds: float = MINUTES) -> None:
        self.desk.time.seconds += seconds
        self.lock.look()
        self.desk.frame()

    def key(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """As from the keyboard: to whatever has the focus."""
        QTest.keyClick(self.desk.window.windowHandle(), key, modifiers)
        self.desk.frame()


@pytest.fixture
def locked(desk: Desk) -> Iterator[Locked]:
    desk.window.activateWindow()
    QTest.qWaitForWindowActive(desk.window)
    made = Locked(desk)
    yield made
    QApplication.instance().removeEventFilter(made.pane)  # type: ignore[union-attr]  # there is one


def test_the_pane_covers_the_whole_window_and_has_the_focus(locked: Locked) -> None:
    assert locked.pane.isHidden()
    locked.wait()
    assert locked.pane.isVisible()
    assert locked.pane.geometry() == locked.desk.window.rect()
    assert QApplication.focusWidget() is locked.pane.field
    locked.desk.window.resize(1300, 800)
    assert locked.pane.geometry() == locked.desk.window.rect()


def test_the_pin_lays_the_window_open_and_stands_nowhere(locked: Locked) -> None:
    locked.lock.lock()
    QTest.keyClicks(locked.pane.field, PIN)
    assert PIN not in locked.pane.field.displayText()
    QTest.keyClick(locked.pane.field, Qt.Key.Key_Return)
    assert locked.pane.isHidden()
    assert locked.pane.field.text() == ""
    assert locked.desk.desk.controls.objection(write(locked.desk).draft()) is None


def test_a_wrong_pin_is_said_and_waited_for(locked: Locked) -> None:
    locked.wait()
    locked.type(OTHER)
    pane = locked.pane
    assert pane.isVisible()
    assert pane.answer.text().startswith("That is not the PIN")
    assert (pane.unlock.isEnabled(), pane.unlock.text()) == (False, "Wait 1 s")
    locked.type(PIN)
    assert pane.isVisible()
    locked.desk.time.seconds += 1
    pane.tick()
    assert (pane.unlock.isEnabled(), pane.unlock.text()) == (True, "Unlock")
    pane.unlock.click()
    assert pane.isHidden()


def test_an_armed_ticket_is_disarmed_and_a_second_enter_sends_nothing(locked: Locked) -> None:
    ticket = write(locked.desk)
    QTest.keyClick(ticket.stake, Qt.Key.Key_Return)
    assert ticket.stage is Stage.ARMED
    locked.wait()
    assert ticket.stage.value == "draft"
    assert (ticket.place.isEnabled(), ticket.place.text()) == (False, "Desk locked")
    QTest.keyClick(ticket.stake, Qt.Key.Key_Return)
    QTest.keyClick(ticket.stake, Qt.Key.Key_Return)
    locked.key(Qt.Key.Key_Return)
    assert locked.desk.venue.placed == []


def test_a_script_is_denied_as_a_hand_is(locked: Locked) -> None:
    draft = write(locked.desk).draft()
    locked.wait()
    with pytest.raises(DeniedError, match=WORDS):
        locked.desk.tasks._loop.run_until_complete(locked.desk.desk.trading.place(draft))


def test_the_kill_switch_works_by_its_key_and_its_button_without_a_pin(locked: Locked) -> None:
    place(locked.desk)
    locked.wait()
    locked.key(Qt.Key.Key_F12)
    assert locked.desk.journal.halt
    assert locked.desk.venue.cancelled_all >= 1
    locked.desk.journal.halt = ""
    QTest.mouseClick(locked.pane.stop, Qt.MouseButton.LeftButton)
    assert locked.desk.journal.halt
    assert locked.lock.is_locked


def test_cancel_all_works_by_its_keys_and_its_button_without_a_pin(locked: Locked) -> None:
    place(locked.desk)
    locked.wait()
    locked.key(Qt.Key.Key_X, CTRL | SHIFT)
    assert locked.desk.venue.cancelled_all == 1
    QTest.mouseClick(locked.pane.cancel, Qt.MouseButton.LeftButton)
    assert locked.desk.venue.cancelled_all == 2
    assert locked.lock.is_locked


@pytest.mark.parametrize(
    ("key", "modifiers"),
    [
        (Qt.Key.Key_L, CTRL),
        (Qt.Key.Key_M, CTRL),
        (Qt.Key.Key_H, CTRL),
        (Qt.Key.Key_I, CTRL),
        (Qt.Key.Key_F1, Qt.KeyboardModifier.NoModifier),
        (Qt.Key.Key_Slash, Qt.KeyboardModifier.NoModifier),
    ],
)
def test_no_other_shortcut_works(locked: Locked, key: Qt.Key, modifiers: Qt.KeyboardModifier) -> None:
    locked.wait()
    window = locked.desk.window
    before = (locked.desk.theme.colours.name, locked.desk.sounds.is_muted)
    locked.key(key, modifiers)
    assert (locked.desk.theme.colours.name, locked.desk.sounds.is_muted) == before
    assert not any(box.isVisible() for box in (window.keys_box, window.at_hand.statement, window.at_hand.connection))
    assert QApplication.focusWidget() is locked.pane.field
    locked.pane.field.clear()
    locked.type(PIN)
    locked.key(Qt.Key.Key_L, CTRL)
    assert locked.desk.theme.colours.name != before[0], "and with the PIN they do again"


def test_the_mouse_reaches_nothing_behind(locked: Locked) -> None:
    locked.wait()
    window = locked.desk.window
    switch = window.at_hand.header.switch
    was_on = locked.desk.desk.controls.is_on
    QTest.mouseClick(switch, Qt.MouseButton.LeftButton)
    QTest.mouseClick(window.windowHandle(), Qt.MouseButton.LeftButton, pos=switch.mapTo(window, QPoint(8, 8)))
    assert locked.desk.desk.controls.is_on == was_on


def test_other_windows_go_and_come_back_with_the_pin(locked: Locked) -> None:
    window = locked.desk.window
    window.keys_box.bring()
    window.quit_box.bring()
    locked.pane.allow(window.quit_box)
    locked.wait()
    assert (window.keys_box.isVisible(), window.quit_box.isVisible()) == (False, True)
    QTest.keyClick(window.quit_box, Qt.Key.Key_Escape)
    assert not window.quit_box.isVisible(), "an allowed window takes keys"
    locked.type(PIN)
    assert window.keys_box.isVisible()
    window.keys_box.hide()


def test_tab_goes_round_within_the_pane(locked: Locked) -> None:
    locked.wait()
    pane = locked.pane
    ring = []
    for _ in range(5):
        ring.append(QApplication.focusWidget())
        locked.key(Qt.Key.Key_Tab)
    assert ring == [pane.field, pane.unlock, pane.stop, pane.cancel, pane.field]
    locked.key(Qt.Key.Key_Backtab, SHIFT)
    locked.key(Qt.Key.Key_Backtab, SHIFT)
    assert QApplication.focusWidget() is pane.cancel


def test_a_focus_that_strayed_comes_back_and_its_keys_are_lost(locked: Locked) -> None:
    locked.wait()
    search = locked.desk.window.at_hand.events.search
    search.setFocus()
    locked.key(Qt.Key.Key_A)
    assert search.text() == ""
    assert QApplication.focusWidget() is locked.pane.field
    search.setFocus()
    locked.pane.tick()
    assert QApplication.focusWidget() is locked.pane.field


def test_every_control_has_a_name_and_the_desk_says_that_it_is_locked(locked: Locked) -> None:
    pane = locked.pane
    assert pane.accessibleName() == "The desk is locked"
    assert pane.field.accessibleName() == "PIN"
    assert all(button.text() for button in (pane.unlock, pane.stop, pane.cancel))


def test_keys_and_mouse_keep_the_desk_open(locked: Locked, qapp: QApplication) -> None:
    activity = Activity(locked.lock.touch, qapp)
    for _ in range(3):
        locked.desk.time.seconds += MINUTES - 1
        locked.key(Qt.Key.Key_Shift)
        locked.desk.time.seconds += MINUTES - 1
        QTest.mouseMove(locked.desk.window.windowHandle(), QPoint(200, 200))
        locked.desk.time.seconds += 1
        QTest.mouseMove(locked.desk.window.windowHandle(), QPoint(220, 200))
    locked.wait(MINUTES - 1)
    assert not locked.lock.is_locked
    locked.wait(1)
    assert locked.lock.is_locked
    activity.deleteLater()


def test_a_window_that_opens_later_counts_too_and_repaints_do_not(locked: Locked, qapp: QApplication, qtbot: QtBot) -> None:
    touched: list[int] = []
    activity = Activity(lambda: touched.append(1), qapp)
    box = locked.desk.window.keys_box
    box.bring()
    qtbot.waitUntil(lambda: QApplication.focusWindow() is box.windowHandle())
    box.update()
    qapp.sendPostedEvents()
    assert touched == []
    QTest.keyClick(box.windowHandle(), Qt.Key.Key_Shift)
    assert touched == [1]
    box.hide()
    activity.deleteLater()


def test_the_windows_own_action_for_the_kill_switch_is_the_one_that_is_let_through(desk: Desk) -> None:
    named = [action for action in desk.window.findChildren(QAction) if action.shortcut().toString() == "F12"]
    assert len(named) == 1


# Windows that come and go meanwhile


def test_a_question_that_comes_while_locked_waits_behind_the_lock_and_the_keys_go_to_the_pin(locked: Locked) -> None:
    locked.wait()
    box = PassphraseBox(locked.desk.window, locked.desk.theme)

    async def asked() -> Secret | None:
        task = asyncio.create_task(box.ask("Type the passphrase"))
        await asyncio.sleep(0)
        assert not box.isVisible()
        assert QApplication.activeWindow() is locked.desk.window
        for letter in PIN:
            QTest.keyClick(QApplication.focusWindow(), ord(letter))
        assert (locked.pane.field.text(), box.field.text()) == (PIN, "")
        assert await locked.lock.unlock(locked.pane.field.take()) == ""
        assert box.isVisible(), "and now it asks"
        box.field.setText("four unrelated words")
        box.unlock.click()
        return await task

    assert locked.desk.tasks._loop.run_until_complete(asked()) == Secret("four unrelated words")
    assert not box.isVisible()


def test_a_question_that_was_settled_while_locked_does_not_come_back(locked: Locked) -> None:
    box = PassphraseBox(locked.desk.window, locked.desk.theme)

    async def settled() -> None:
        task = asyncio.create_task(box.ask("Type the passphrase"))
        await asyncio.sleep(0)
        assert box.isVisible()
        locked.wait()
        assert not box.isVisible()
        task.cancel()
        await asyncio.wait([task])
        assert await locked.lock.unlock(Secret(PIN)) == ""

    locked.desk.tasks._loop.run_until_complete(settled())
    assert not locked.pane.isVisible()
    assert not box.isVisible()


def test_any_window_that_opens_while_locked_comes_with_the_pin_and_an_allowed_one_at_once(locked: Locked) -> None:
    window = locked.desk.window
    locked.pane.allow(window.quit_box)
    locked.wait()
    late = QLabel("balance 12,345.67")
    for _ in range(2):
        late.show()
        assert not late.isVisible()
    window.quit_box.bring()
    assert window.quit_box.isVisible()
    window.quit_box.hide()
    locked.type(PIN)
    assert late.isVisible()
    shiboken6.delete(late)


def test_a_closed_window_whose_desk_is_locked_hides_nothing_of_the_next_one(locked: Locked, qtbot: QtBot) -> None:
    locked.wait()
    locked.desk.window.hide()
    other = QLineEdit()
    qtbot.addWidget(other)
    other.show()
    assert other.isVisible()
    QTest.keyClicks(other, "typed")
    assert other.text() == "typed"
