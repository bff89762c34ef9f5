"""I-55: held keys, double clicks, touch and Space: one act sends one order at most, and Place is the default button of nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QWidget

from app.ui.dialogs.box import Box
from tests.ui.acts import write
from tests.ui.kit import Desk

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)  # boxes on a screen that is none

LEFT = Qt.MouseButton.LeftButton


def key(widget: QWidget, kind: QEvent.Type, key: Qt.Key, text: str, *, held: bool = False) -> None:
    """One key event as the platform makes it; a held key repeats presses that say so."""
    QApplication.sendEvent(widget, QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier, text, held))


def hold(desk: Desk, widget: QWidget, key_: Qt.Key, text: str) -> None:
    """Press, repeat fifty times over 2.5 s, let go."""
    for at in range(51):
        desk.time.seconds += 0.05
        key(widget, QEvent.Type.KeyPress, key_, text, held=at > 0)
    key(widget, QEvent.Type.KeyRelease, key_, text)


def hold_enter(desk: Desk) -> None:
    hold(desk, desk.window.at_hand.ticket.stake, Qt.Key.Key_Return, "\r")


def enter_and_hold_enter(desk: Desk) -> None:
    QTest.keyClick(desk.window.at_hand.ticket.stake, Qt.Key.Key_Return)
    desk.time.seconds += 0.2
    hold_enter(desk)


def press_enter_twice_at_once(desk: Desk) -> None:
    for _ in range(2):
        QTest.keyClick(desk.window.at_hand.ticket.stake, Qt.Key.Key_Return)
        desk.time.seconds += 0.05


def double_click(desk: Desk) -> None:
    QTest.mouseClick(desk.window.at_hand.ticket.place, LEFT)
    QTest.mouseDClick(desk.window.at_hand.ticket.place, LEFT)


def touch(desk: Desk) -> None:
    """One tap; Qt makes a mouse press and release of it, as a system does that knows no touch."""
    window, target = desk.window.windowHandle(), desk.window.at_hand.ticket.place
    at = target.mapTo(desk.window, target.rect().center())
    device = QTest.createTouchDevice()
    QTest.touchEvent(window, device).press(0, at, window)
    QTest.touchEvent(window, device).release(0, at, window)


def touch_and_click(desk: Desk) -> None:
    touch(desk)
    QTest.mouseClick(desk.window.at_hand.ticket.place, LEFT)


def touch_twice(desk: Desk) -> None:
    touch(desk)
    touch(desk)


def close_a_box(desk: Desk, by: Qt.Key) -> None:
    """With Place focused a box opens; a key on its button closes it, and the focus is on Place again."""
    window = desk.window
    window.at_hand.ticket.place.setFocus()
    window.keys_box.bring()
    QTest.keyClick(window.keys_box.harmless, by)
    assert not window.keys_box.isVisible()
    window.activateWindow()
    assert window.focusWidget() is window.at_hand.ticket.place


def space_twice_after_a_box_closed(desk: Desk) -> None:
    close_a_box(desk, Qt.Key.Key_Space)
    for _ in range(2):
        QTest.keyClick(desk.window.focusWidget(), Qt.Key.Key_Space)


def hold_space_on_place(desk: Desk) -> None:
    desk.window.at_hand.ticket.place.setFocus()
    hold(desk, desk.window.at_hand.ticket.place, Qt.Key.Key_Space, " ")


def enter_on_place_after_a_box_closed(desk: Desk) -> None:
    close_a_box(desk, Qt.Key.Key_Return)
    QTest.keyClick(desk.window.at_hand.ticket.place, Qt.Key.Key_Return)


def keep_the_key_down_that_closed_a_box(desk: Desk, by: Qt.Key, text: str) -> None:
    close_a_box(desk, by)
    for _ in range(20):
        key(desk.window.at_hand.ticket.place, QEvent.Type.KeyPress, by, text, held=True)
    key(desk.window.at_hand.ticket.place, QEvent.Type.KeyRelease, by, text)


def keep_space_down(desk: Desk) -> None:
    keep_the_key_down_that_closed_a_box(desk, Qt.Key.Key_Space, " ")


def keep_enter_down(desk: Desk) -> None:
    keep_the_key_down_that_closed_a_box(desk, Qt.Key.Key_Return, "\r")


@pytest.mark.parametrize("is_answered_later", [False, True])
@pytest.mark.parametrize(
    ("act", "orders"),
    [
        (hold_enter, 0),
        (press_enter_twice_at_once, 0),
        (enter_and_hold_enter, 1),
        (double_click, 1),
        (touch, 1),
        (touch_and_click, 1),
        (touch_twice, 1),
        (space_twice_after_a_box_closed, 1),
        (hold_space_on_place, 1),
        (enter_on_place_after_a_box_closed, 0),
        (keep_space_down, 0),
        (keep_enter_down, 0),
    ],
)
def test_i55_one_act_sends_one_order_at_most(desk: Desk, act: Callable[[Desk], None], orders: int, is_answered_later: bool) -> None:
    write(desk, "10")
    if is_answered_later:
        desk.venue.answering.clear()
    act(desk)
    assert len(desk.venue.placed) == orders
    desk.venue.answering.set()
    desk.tasks.settle()
    assert len(desk.venue.placed) == orders


@pytest.mark.parametrize("by", ["Enter", "Space", "mouse"])
def test_i55_a_key_after_sending_is_meant_for_nobody(desk: Desk, by: str) -> None:
    ticket = write(desk, "10")
    if by == "Enter":
        enter_and_hold_enter(desk)
    elif by == "Space":
        hold_space_on_place(desk)
    else:
        QTest.mouseClick(ticket.place, LEFT)
        ticket.place.setFocus()
    desk.beat()
    focused = QApplication.focusWidget()
    assert focused is ticket
    for one in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Right, Qt.Key.Key_1):
        desk.beat(3.0)
        QTest.keyClick(focused, one)
    assert len(desk.venue.placed) == 1
    assert (ticket.stake.text(), desk.desk.controls.is_on, desk.window.at_hand.tabs.currentIndex()) == ("10", True, 0)


@pytest.mark.parametrize("name", ["keys_box", "switch_box", "quit_box"])
def test_i55_place_is_the_default_button_of_nothing(desk: Desk, name: str) -> None:
    ticket = write(desk, "10")
    assert not any(button.isDefault() or button.autoDefault() for button in ticket.findChildren(QPushButton))
    box: Box = getattr(desk.window, name, None) or getattr(desk.window.at_hand, name)
    box.bring()
    assert [button for button in box.findChildren(QPushButton) if button.isDefault()] == [box.harmless]
    QTest.keyClick(box, Qt.Key.Key_Return)
    assert not box.isVisible()
    assert desk.venue.placed == []
