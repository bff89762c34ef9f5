"""What people type into the ticket and how they press Place: one grammar for stakes, second thoughts about large ones, one order an act.

| row  | what                                        | where it is tested                                                              |
|------|---------------------------------------------|---------------------------------------------------------------------------------|
| I-51 | texts as a stake                            | here                                                                            |
| I-52 | ten times the last stake, caps, balance     | here                                                                            |
| I-54 | the selection changes under an open ticket  | test_confirm.py, from `test_the_ticket_locks_when_its_ids_mean_something_else`  |
| I-55 | keys held, double clicks, touch, Space      | here                                                                            |
| I-56 | hot keys with the focus elsewhere           | test_inputs_keys.py                                                             |
| I-58 | pastes into every field                     | test_inputs_fields.py                                                           |
| I-59 | searches                                    | test_inputs_fields.py                                                           |
| I-60 | external user                               | no view yet, it comes with the partners' venue (issue 6); the rule that waits   |
|      |                                             | for it: tests/services/test_controls.py                                         |
| I-61 | prefix of our reference                     | there is no such setting: a reference is made by the program alone              |
| I-62 | limits                                      | test_inputs_fields.py                                                           |
| I-63 | hosts                                       | no view yet (issue 5); the rule: tests/venues/test_hosts.py                     |
| I-64 | API keys                                    | no view yet: the wizard (issue 5)                                               |
| I-65 | passphrases                                 | no view yet: the wizard (issue 5)                                               |
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QWidget

from app.ui.dialogs.box import Box
from app.ui.views.tick_box import SIDE
from app.ui.views.ticket import Stage, Ticket
from tests.ui.acts import enter, place, write
from tests.ui.kit import Desk
from tests.ui.test_limits import type_in

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)  # boxes on a screen that is none

GRAMMAR = "A stake is digits and one point: 10 or 10.50"
NOTHING = "A stake must be more than nothing"
TOO_LONG = "This is too long: the field may have cut it. Type it again"
LEFT = Qt.MouseButton.LeftButton


def send_by_every_way(desk: Desk, ticket: Ticket) -> None:
    """Enter, a later Enter, and a click on Place."""
    QTest.keyClick(ticket.stake, Qt.Key.Key_Return)
    desk.time.seconds += 1
    QTest.keyClick(ticket.stake, Qt.Key.Key_Return)
    QTest.mouseClick(ticket.place, LEFT)


# I-51: texts as a stake


@pytest.mark.parametrize(
    ("text", "stake"),
    [("10", "10.00"), ("10.", "10.00"), ("10.5", "10.50"), (".5", "0.50"), (".05", "0.05"), (" 10 ", "10.00"), ("0010", "10.00")],
)
def test_i51_a_stake_in_the_grammar_is_shown_in_full_and_sent_to_the_cent(desk: Desk, text: str, stake: str) -> None:
    ticket = write(desk, "")
    enter(ticket.stake, text)
    assert ticket.stake.text() == text
    assert ticket.risk.text() == f"Risk {stake}"
    assert ticket.place.text() == f"Place {stake} at +150\non PRACTICE"
    QTest.mouseClick(ticket.place, LEFT)
    assert [str(draft.stake) for _, draft in desk.venue.placed] == [stake]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "Type a stake"),
        (" ", "Type a stake"),
        ("10,50", GRAMMAR),
        ("1.000,50", GRAMMAR),
        ("1,000", GRAMMAR),
        ("1 000", GRAMMAR),
        ("1\u00a0000", GRAMMAR),
        ("1'000", GRAMMAR),
        ("1_000", GRAMMAR),
        ("1e3", GRAMMAR),
        ("0x10", GRAMMAR),
        ("-5", GRAMMAR),
        ("\u22125", GRAMMAR),
        ("+5", GRAMMAR),
        ("0", NOTHING),
        ("0.00", NOTHING),
        ("0.001", GRAMMAR),
        ("10.005", GRAMMAR),
        (".", GRAMMAR),
        ("1.0.0", GRAMMAR),
        ("١٢", GRAMMAR),
        ("１２", GRAMMAR),
        ("१२", GRAMMAR),
        ("10€", GRAMMAR),
        ("$10", GRAMMAR),
        ("NaN", GRAMMAR),
        ("inf", GRAMMAR),
        ("9" * 400, TOO_LONG),
        (" " * 30 + "1000", TOO_LONG),  # the field cuts it to thirty blanks and a 10
        ("10\n", GRAMMAR),
        ("10\r\n", GRAMMAR),
        ("\n10", GRAMMAR),
        ("1\n0", GRAMMAR),
        ("10\t", GRAMMAR),
        ("10\u2028", GRAMMAR),
        ("1\u200b0", GRAMMAR),
        ("10\0", GRAMMAR),
        ("100000001", "The venue takes at most 100,000,000.00"),
    ],
)
def test_i51_any_other_text_is_refused_with_a_sentence_and_cannot_be_sent(desk: Desk, text: str, words: str) -> None:
    ticket = write(desk, "10")
    enter(ticket.stake, text)
    assert ticket.objection.isVisible()
    assert ticket.objection.text() == words
    assert (ticket.place.isEnabled(), ticket.place.text(), ticket.risk.text()) == (False, "Place order", "")
    send_by_every_way(desk, ticket)
    assert ticket.stage is Stage.DRAFT
    assert desk.venue.placed == []


@pytest.mark.parametrize("text", ["", "1٥0", "１５０", "150.5", "1,50", "1e3", "99", "-99", "+-150", " " * 29 + "+1500", "9" * 400])
def test_i51_odds_have_a_grammar_too(desk: Desk, text: str) -> None:
    ticket = write(desk, "10")
    enter(ticket.odds, text)
    assert ticket.objection.isVisible()
    assert not ticket.place.isEnabled()
    send_by_every_way(desk, ticket)
    assert desk.venue.placed == []


# I-52: ten times the last stake, above the cap, above the balance


def test_i52_ten_times_the_last_stake_needs_a_second_confirmation(desk: Desk) -> None:
    place(desk, "100")
    ticket = write(desk, "")
    enter(ticket.stake, "1000")
    assert ticket.objection.text() == "1,000.00 is 10 times the last stake of 100.00"
    send_by_every_way(desk, ticket)
    assert len(desk.venue.placed) == 1
    QTest.mouseClick(ticket.insist, LEFT, pos=QPoint(SIDE // 2, ticket.insist.height() // 2))
    QTest.mouseClick(ticket.place, LEFT)
    assert [draft.stake for _, draft in desk.venue.placed] == [Decimal(100), Decimal(1000)]


@pytest.mark.parametrize(
    ("typed", "raised", "words"),
    [
        ("1000.01", (), "A stake of 1,000.01 is above the limit of 1,000.00 an order"),
        ("2500.01", ("stake",), "2,500.01 would be at risk on this selection, above the limit of 2,500.00"),
        ("5000.01", ("stake", "selection"), "The worst result of this event would lose 5,000.01, above the limit of 5,000.00"),
        ("9900.01", ("stake", "selection", "event", "to_win"), "9,900.01 is more than the 9,900.00 that is free"),
        ("10000.01", ("stake", "selection", "event", "day"), "It would win 15,000.02, above the limit of 10,000.00 an order"),
    ],
)
def test_i52_a_stake_above_a_cap_or_the_balance_is_denied_without_a_tick(desk: Desk, typed: str, raised: Sequence[str], words: str) -> None:
    for field in raised:
        type_in(desk, field, "100000")
    ticket = write(desk, "")
    enter(ticket.stake, typed)
    assert ticket.objection.text() == words
    assert not ticket.insist.isVisible()
    send_by_every_way(desk, ticket)
    assert desk.venue.placed == []


# I-55: one order an act


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
    hold(desk, desk.window.ticket.stake, Qt.Key.Key_Return, "\r")


def enter_and_hold_enter(desk: Desk) -> None:
    QTest.keyClick(desk.window.ticket.stake, Qt.Key.Key_Return)
    desk.time.seconds += 0.2
    hold_enter(desk)


def press_enter_twice_at_once(desk: Desk) -> None:
    for _ in range(2):
        QTest.keyClick(desk.window.ticket.stake, Qt.Key.Key_Return)
        desk.time.seconds += 0.05


def double_click(desk: Desk) -> None:
    QTest.mouseClick(desk.window.ticket.place, LEFT)
    QTest.mouseDClick(desk.window.ticket.place, LEFT)


def touch(desk: Desk) -> None:
    """One tap; Qt makes a mouse press and release of it, as a system does that knows no touch."""
    window, target = desk.window.windowHandle(), desk.window.ticket.place
    at = target.mapTo(desk.window, target.rect().center())
    device = QTest.createTouchDevice()
    QTest.touchEvent(window, device).press(0, at, window)
    QTest.touchEvent(window, device).release(0, at, window)


def touch_and_click(desk: Desk) -> None:
    touch(desk)
    QTest.mouseClick(desk.window.ticket.place, LEFT)


def touch_twice(desk: Desk) -> None:
    touch(desk)
    touch(desk)


def close_a_box(desk: Desk, by: Qt.Key) -> None:
    """With Place focused a box opens; a key on its button closes it, and the focus is on Place again."""
    window = desk.window
    window.ticket.place.setFocus()
    window.keys_box.bring()
    QTest.keyClick(window.keys_box.harmless, by)
    assert not window.keys_box.isVisible()
    window.activateWindow()
    assert window.focusWidget() is window.ticket.place


def space_twice_after_a_box_closed(desk: Desk) -> None:
    close_a_box(desk, Qt.Key.Key_Space)
    for _ in range(2):
        QTest.keyClick(desk.window.focusWidget(), Qt.Key.Key_Space)


def hold_space_on_place(desk: Desk) -> None:
    desk.window.ticket.place.setFocus()
    hold(desk, desk.window.ticket.place, Qt.Key.Key_Space, " ")


def enter_on_place_after_a_box_closed(desk: Desk) -> None:
    close_a_box(desk, Qt.Key.Key_Return)
    QTest.keyClick(desk.window.ticket.place, Qt.Key.Key_Return)


def keep_the_key_down_that_closed_a_box(desk: Desk, by: Qt.Key, text: str) -> None:
    close_a_box(desk, by)
    for _ in range(20):
        key(desk.window.ticket.place, QEvent.Type.KeyPress, by, text, held=True)
    key(desk.window.ticket.place, QEvent.Type.KeyRelease, by, text)


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
    assert (ticket.stake.text(), desk.desk.controls.is_on, desk.window.tabs.currentIndex()) == ("10", True, 0)


@pytest.mark.parametrize("name", ["keys_box", "switch_box", "quit_box"])
def test_i55_place_is_the_default_button_of_nothing(desk: Desk, name: str) -> None:
    ticket = write(desk, "10")
    assert not any(button.isDefault() or button.autoDefault() for button in ticket.findChildren(QPushButton))
    box: Box = getattr(desk.window, name)
    box.bring()
    assert [button for button in box.findChildren(QPushButton) if button.isDefault()] == [box.harmless]
    QTest.keyClick(box, Qt.Key.Key_Return)
    assert not box.isVisible()
    assert desk.venue.placed == []
