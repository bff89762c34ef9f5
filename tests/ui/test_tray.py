"""The tray of unknown outcomes: each with its age, what was tried, and what a person may do about it."""

from __future__ import annotations

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from app.domain.order import Cancel, OrderState
from app.domain.record import CancelEnded, CancelSent
from app.ui.views.tray import UnknownRow, timer
from tests.ui.acts import lose, place
from tests.ui.kit import AWAY, Desk, report


def row(desk: Desk, ref: str) -> UnknownRow:
    return desk.window.at_hand.tray.rows[ref]


def test_the_tray_is_hidden_while_everything_is_known(desk: Desk) -> None:
    place(desk)
    assert desk.window.at_hand.tray.isHidden()


def test_an_unknown_order_stands_there_with_what_is_known_of_it(desk: Desk) -> None:
    ref = lose(desk)
    tray = desk.window.at_hand.tray
    assert tray.isVisible()
    assert tray.title.text() == "Unknown outcome: 1"
    shown = row(desk, ref)
    assert (shown.kind.text(), shown.what.text()) == ("order", "Los Angeles Lakers · 100.00 at +150 · Lakers at Warriors")
    assert shown.tried.text() == "No answer within 5 s · not looked up yet · looking now"
    desk.desk.search.looks[ref].next_at = desk.time.seconds + 18
    desk.beat()
    assert shown.tried.text() == "No answer within 5 s · not looked up yet · next look in 17 s"
    assert shown.ref.text() == ref


def test_its_age_counts_each_second(desk: Desk) -> None:
    ref = lose(desk)
    before = row(desk, ref).since.text()
    desk.beat(1.0)
    desk.beat(1.0)
    assert (before, row(desk, ref).since.text()) == ("0:03", "0:05")


@pytest.mark.parametrize(("seconds", "text"), [(-1, "0:00"), (7.9, "0:07"), (761, "12:41"), (11100, "3:05:00")])
def test_a_timer_reads_like_a_clock(seconds: float, text: str) -> None:
    assert timer(seconds) == text


def test_look_now_asks_the_venue_and_says_what_came_of_it(desk: Desk) -> None:
    ref = lose(desk)
    row(desk, ref).look.click()
    desk.frame()
    assert desk.desk.search.looks[ref].tries == 1
    assert "asked once: not there, but the venue's record does not reach that far yet" in row(desk, ref).tried.text()


def test_what_the_venue_turns_out_to_have_leaves_the_tray(desk: Desk) -> None:
    ref = lose(desk)
    desk.venue.held[f"v-{ref}"] = report(ref, desk.venue.placed[-1][1])
    row(desk, ref).look.click()
    desk.frame()
    assert desk.window.at_hand.tray.isHidden()
    assert desk.desk.blotter.orders[ref].state is OrderState.OPEN


def test_sending_again_takes_two_presses_and_keeps_the_reference(desk: Desk) -> None:
    ref = lose(desk)
    again = row(desk, ref).again
    again.click()
    assert again.text() == "Sure? same reference"
    again.click()  # a double click is one wish
    assert len(desk.venue.placed) == 1
    desk.time.seconds += 0.6
    again.click()
    desk.frame()
    assert [sent for sent, _ in desk.venue.placed] == [ref, ref]
    assert desk.desk.blotter.orders[ref].state is OrderState.OPEN
    assert desk.window.at_hand.tray.isHidden()


def test_the_question_is_withdrawn_after_a_while(desk: Desk) -> None:
    ref = lose(desk)
    row(desk, ref).again.click()
    desk.beat(7.0)
    assert row(desk, ref).again.text() == "Send again"
    row(desk, ref).again.click()
    assert len(desk.venue.placed) == 1


def test_what_a_rule_has_against_sending_again_is_said_in_the_row(desk: Desk) -> None:
    ref = lose(desk)
    desk.desk.controls.switch(is_on=False)
    row(desk, ref).again.click()
    desk.time.seconds += 0.6
    row(desk, ref).again.click()
    assert row(desk, ref).answer.text() == "Not sent: Trading is off: switch it on in the header"
    assert row(desk, ref).answer.isVisible()
    assert len(desk.venue.placed) == 1


def test_it_is_not_given_up_before_the_venue_was_asked_often_enough(desk: Desk) -> None:
    ref = lose(desk)
    shown = row(desk, ref)
    assert not shown.forget.isEnabled()
    assert "so far 0" in shown.forget.toolTip()
    for _ in range(5):
        desk.time.seconds += 61
        shown.look.click()
    desk.frame()
    assert desk.desk.blotter.orders[ref].may_be_presumed
    assert shown.forget.isEnabled()
    shown.forget.click()
    desk.time.seconds += 0.6
    shown.forget.click()
    desk.frame()
    assert desk.desk.blotter.orders[ref].state is OrderState.PRESUMED
    assert desk.window.at_hand.tray.isHidden()


def test_an_unknown_cancel_can_be_looked_up_and_nothing_else(desk: Desk) -> None:
    ref = place(desk)
    desk.desk.blotter.record(CancelSent(ref))
    desk.desk.blotter.record(CancelEnded(ref, Cancel.UNKNOWN, "no answer"))
    desk.frame()
    shown = row(desk, ref)
    assert shown.kind.text() == "cancel"
    assert (shown.look.isVisible(), shown.again.isVisible(), shown.forget.isVisible()) == (True, False, False)
    desk.venue.held[f"v-{ref}"] = msgspec.structs.replace(desk.venue.held[f"v-{ref}"], status="canceled")
    shown.look.click()
    desk.frame()
    assert desk.window.at_hand.tray.isHidden()


def test_the_whole_reference_is_copied(desk: Desk) -> None:
    ref = lose(desk)
    row(desk, ref).copy.click()
    assert QGuiApplication.clipboard().text() == ref


def test_many_rows_scroll_and_leave_room_for_the_odds(desk: Desk) -> None:
    desk.window.resize(1280, 800)
    for place_, stake in enumerate(("10", "20", "30", "40", "50", "60")):
        lose(desk, stake, AWAY if place_ % 2 else "a" * 32)
    assert desk.window.at_hand.tray.title.text() == "Unknown outcome: 6"
    assert desk.window.at_hand.tray.height() < 260
    assert desk.window.height() == 800


def test_names_from_the_venue_stay_plain_text(desk: Desk) -> None:
    ref = lose(desk)
    assert row(desk, ref).what.textFormat() is Qt.TextFormat.PlainText
    assert row(desk, ref).tried.textFormat() is Qt.TextFormat.PlainText
