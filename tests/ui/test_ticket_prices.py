"""One stake over several prices: what the ticket says before, that two Enters send exactly that, and what it says afterwards."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from app.domain.errors import RefusedError, UnknownError
from app.domain.events import BookChanged, OrderReported
from app.domain.ladder import from_american_list
from app.domain.order import OrderReport, OrderState
from app.ui.dialogs.keys import KEYS
from app.ui.models.odds_grid import Col
from app.ui.views.ticket import Stage, Ticket
from app.ui.views.ticket_form import LEAST
from tests.ui.acts import write
from tests.ui.kit import AWAY, HOME, Desk, book
from tests.ui.test_grid import click


@pytest.fixture
def ticket(desk: Desk) -> Ticket:
    """100 at +150 over five prices."""
    ticket = write(desk, "100")
    ticket.prices.buttons[5].click()
    return ticket


def limited(desk: Desk, **limits: object) -> None:
    desk.desk.controls.limit_to(msgspec.structs.replace(desk.desk.controls.limits, **limits))
    desk.frame()


def enter(ticket: Ticket) -> None:
    QTest.keyClick(ticket.stake, Qt.Key.Key_Return)


def send(desk: Desk) -> None:
    """Two Enters with a beat between them."""
    enter(desk.window.at_hand.ticket)
    desk.time.seconds += 0.16
    enter(desk.window.at_hand.ticket)
    desk.frame()


def stage(ticket: Ticket) -> Stage:
    """Read anew: an assertion on the attribute itself would have the type checker believe that it never changes."""
    return ticket.stage


def lines(ticket: Ticket) -> list[tuple[str, ...]]:
    return [(row.mark, row.odds, row.stake, row.fate) for row in ticket.rows.texts()]


def sent(desk: Desk) -> list[tuple[int, str]]:
    return [(draft.odds.american, str(draft.stake)) for _, draft in desk.venue.placed]


# Before sending


def test_one_price_is_today_s_ticket(desk: Desk) -> None:
    ticket = write(desk, "100")
    assert ticket.prices.count == 1
    assert not ticket.rows.isVisible()
    assert ticket.place.text() == "Place 100.00 at +150\non PRACTICE"
    send(desk)
    assert sent(desk) == [(150, "100.00")]
    assert desk.venue.sent_together == []
    assert not ticket.cancel_these.isVisible()


def test_several_prices_show_each_order_their_sums_and_what_fills(ticket: Ticket) -> None:
    assert lines(ticket) == [
        ("", "+150", "20.00", "wins 30.00"),
        ("", "+151", "20.00", "wins 30.20"),
        ("", "+152", "20.00", "wins 30.40"),
        ("", "+153", "20.00", "wins 30.60"),
        ("", "+154", "20.00", "wins 30.80"),
    ]
    assert (ticket.risk.text(), ticket.to_win.text()) == ("Risk 100.00", "To win 152.00")
    assert ticket.match_note.text() == "Fills 20.00 now · 80.00 rests"
    assert ticket.place.text() == "Place 5 orders, 100.00\non PRACTICE"


def test_the_book_is_taken_once_however_many_orders_meet_it(ticket: Ticket) -> None:
    ticket.odds.setText("+147")
    assert ticket.match_note.text() == "Fills 55.00 now · 45.00 rests"


def test_what_fills_follows_the_live_book(desk: Desk, ticket: Ticket) -> None:
    desk.session.emit([BookChanged(book(best=160, sequence=3))])
    desk.frame()
    assert ticket.match_note.text() == "Fills 100.00 now, wins 158.20"


def test_cents_that_cannot_be_divided_stand_on_the_first(ticket: Ticket) -> None:
    ticket.stake.setText("20.02")
    assert [row.stake for row in ticket.rows.texts()] == ["4.02", "4.00", "4.00", "4.00", "4.00"]
    assert ticket.risk.text() == "Risk 20.02"


@pytest.mark.parametrize(
    ("odds", "stake", "words"),
    [
        ("+198", "100", "The ladder ends at +199: only 2 prices are left from +198 on, not 5"),
        ("+250", "100", "+250 is not on the venue's price ladder"),
        ("+150", "0.04", "0.04 over 5 prices leaves less than a cent for each: 0.05 is the least"),
    ],
)
def test_what_makes_no_five_orders_is_said_and_nothing_can_be_sent(desk: Desk, ticket: Ticket, odds: str, stake: str, words: str) -> None:
    ticket.odds.setText(odds)
    ticket.stake.setText(stake)
    assert ticket.objection.text() == words
    assert ticket.rows.texts() == []
    ticket.place.click()
    send(desk)
    assert desk.venue.placed == []


def test_without_a_ladder_there_are_no_neighbouring_prices(desk: Desk, ticket: Ticket) -> None:
    desk.desk.controls.ladder = None
    ticket.refresh()
    assert ticket.objection.text() == "The venue's price ladder has not been read yet"
    assert not ticket.place.isEnabled()


def test_stakes_below_the_least_seen_are_said_and_may_be_sent(desk: Desk, ticket: Ticket) -> None:
    ticket.stake.setText("4.99")
    assert ticket.objection.text() == "4 orders are below 1.00, the least seen at the venue: it may refuse such a quantity"
    send(desk)
    assert len(desk.venue.placed) == 5


def test_an_objection_to_a_later_order_is_said_with_its_odds_and_keeps_all_from_leaving(desk: Desk, ticket: Ticket) -> None:
    limited(desk, to_win=Decimal("30.30"))
    assert ticket.objection.text() == "+152: It would win 30.40, above the limit of 30.30 an order"
    assert [row.fate for row in ticket.rows.texts()] == ["wins 30.00", "wins 30.20", "not sent", "not sent", "not sent"]
    ticket.place.click()
    send(desk)
    assert desk.venue.placed == []


def test_the_orders_count_for_each_other_before_they_are_sent(desk: Desk, ticket: Ticket) -> None:
    limited(desk, selection=Decimal("90.00"))
    assert ticket.objection.text() == "+154: 100.00 would be at risk on this participant, above the limit of 90.00"
    assert not ticket.place.isEnabled()


def test_an_objection_to_all_is_said_once(desk: Desk, ticket: Ticket) -> None:
    desk.desk.controls.switch(is_on=False)
    desk.frame()
    assert ticket.objection.text() == "Trading is off: switch it on in the header"
    assert ticket.place.text() == "Trading is OFF"
    assert ticket.match_note.text() == ""


# Insisting is for one order


def test_an_order_that_would_need_insisting_is_left_out_and_said_before_and_after(desk: Desk, ticket: Ticket) -> None:
    desk.desk.controls.last_stake = Decimal("4.00")
    ticket.stake.setText("100.02")
    assert not ticket.insist.isVisible()
    assert ticket.objection.text() == (
        "Not sent: +150. 20.02 is 5 times the last quantity of 4.00, and only a single order may be placed in spite of that"
    )
    assert ticket.risk.text() == "Risk 80.00"
    enter(ticket)
    assert ticket.card.text().startswith("4 orders, +151 to +154 · PRACTICE\n80.00 in all, to win 122.00\n")
    send(desk)
    assert sent(desk) == [(151, "20.00"), (152, "20.00"), (153, "20.00"), (154, "20.00")]
    first = ticket.rows.texts()[0]
    assert (first.mark, first.fate, first.words) == ("✗", "not sent", "20.02 is 5 times the last quantity of 4.00")


def test_a_tick_for_one_order_never_counts_for_several(desk: Desk) -> None:
    desk.desk.controls.last_stake = Decimal("4.00")
    ticket = write(desk, "500")
    ticket.insist.click()
    assert ticket.place.isEnabled()
    ticket.prices.buttons[2].click()
    assert ticket.objection.text().endswith("Only a single order may be placed in spite of that")
    assert not ticket.insist.isVisible()
    ticket.place.click()
    send(desk)
    assert desk.venue.placed == []
    ticket.prices.buttons[1].click()
    assert ticket.insist.isVisible()
    assert not ticket.insist.isChecked()


# The number of prices


def test_another_selection_goes_back_to_one_price(desk: Desk, ticket: Ticket) -> None:
    click(desk, AWAY, Col.BEST)
    assert ticket.prices.count == 1
    assert ticket.prices.buttons[1].isChecked()
    assert ticket.rows.texts() == []
    ticket.place.click()
    assert len(desk.venue.placed) == 1


def test_another_price_of_the_same_selection_keeps_the_number(desk: Desk, ticket: Ticket) -> None:
    click(desk, HOME, Col.SECOND)
    assert ticket.prices.count == 5
    assert ticket.rows.texts()[0].odds == "+146"


def test_asking_for_what_is_there_is_one_order(desk: Desk, ticket: Ticket) -> None:
    ticket.prefill(ticket.draft(), with_stake=True)
    assert ticket.prices.count == 1


def test_the_keyboard_reaches_the_prices_and_the_arrows_change_them(desk: Desk) -> None:
    ticket = write(desk, "100")
    ticket.stake.setFocus()
    QTest.keyClick(ticket.stake, Qt.Key.Key_Tab)
    buttons = ticket.prices.buttons
    assert QApplication.focusWidget() is buttons[1]
    for count, following in ((1, 2), (2, 3), (3, 5)):
        QTest.keyClick(buttons[count], Qt.Key.Key_Right)
        assert (ticket.prices.count, QApplication.focusWidget()) == (following, buttons[following])
    QTest.keyClick(buttons[5], Qt.Key.Key_Left)
    assert ticket.prices.count == 3
    QTest.keyClick(buttons[3], Qt.Key.Key_Tab)
    assert QApplication.focusWidget() is ticket.rows
    QTest.keyClick(ticket.rows, Qt.Key.Key_Tab)
    assert QApplication.focusWidget() is ticket.place


def test_enter_on_the_prices_arms_too(desk: Desk, ticket: Ticket) -> None:
    QTest.keyClick(ticket.prices.buttons[5], Qt.Key.Key_Return)
    assert stage(ticket) is Stage.ARMED
    QTest.keyClick(ticket.prices.buttons[5], Qt.Key.Key_Escape)
    assert stage(ticket) is Stage.DRAFT


def test_every_part_has_a_name_for_those_who_cannot_see_it(ticket: Ticket) -> None:
    parts: list[QWidget] = [ticket.odds, ticket.stake, ticket.prices, *ticket.prices.buttons.values(), ticket.rows, *ticket.rows.rows]
    assert [part.accessibleName() for part in parts][2:10] == [
        "Number of prices", "1 price", "2 prices", "3 prices", "5 prices", "10 prices", "20 prices", "Orders to be sent",
    ]  # fmt: skip
    assert all(part.accessibleName() for part in parts)
    assert ticket.rows.rows[0].accessibleName() == "+150, 20.00, wins 30.00"
    assert any("prices" in words for _, words in KEYS)


# Sending


def test_two_enters_send_exactly_what_the_card_says_in_one_request(desk: Desk, ticket: Ticket) -> None:
    enter(ticket)
    assert ticket.card.text() == (
        "5 orders, +150 to +154 · PRACTICE\n100.00 in all, to win 152.00\nLos Angeles Lakers\nMoneyline · Lakers at Warriors"
    )
    assert ticket.place.text() == "Enter again ⏎\n5 orders, 100.00"
    enter(ticket)
    assert desk.venue.placed == []
    desk.time.seconds += 0.16
    enter(ticket)
    assert sent(desk) == [(150, "20.00"), (151, "20.00"), (152, "20.00"), (153, "20.00"), (154, "20.00")]
    assert desk.venue.sent_together == [[ref for ref, _ in desk.venue.placed]]


def test_a_click_sends_them_too(desk: Desk, ticket: Ticket) -> None:
    ticket.prices.buttons[20].click()
    ticket.place.click()
    assert [len(refs) for refs in desk.venue.sent_together] == [20]
    assert sum(draft.stake for _, draft in desk.venue.placed) == 100


@pytest.mark.parametrize(
    "edit",
    [
        lambda desk: desk.window.at_hand.ticket.stake.setText("90"),
        lambda desk: desk.window.at_hand.ticket.up.click(),
        lambda desk: desk.window.at_hand.ticket.prices.buttons[3].click(),
        lambda desk: desk.window.at_hand.ticket.prices.buttons[1].click(),
        lambda desk: QTest.keyClick(desk.window.at_hand.ticket.stake, Qt.Key.Key_Escape),
        lambda desk: limited(desk, to_win=Decimal("30.30")),
        lambda desk: click(desk, HOME, Col.SECOND),
    ],
)
def test_any_change_disarms(desk: Desk, ticket: Ticket, edit: Callable[[Desk], object]) -> None:
    enter(ticket)
    assert stage(ticket) is Stage.ARMED
    edit(desk)
    assert stage(ticket) is Stage.DRAFT
    assert not ticket.card.isVisible()
    desk.time.seconds += 1
    enter(ticket)
    assert desk.venue.placed == []


def test_another_ladder_disarms(desk: Desk, ticket: Ticket) -> None:
    enter(ticket)
    desk.desk.controls.ladder = from_american_list(range(100, 300, 2))
    ticket.refresh()
    assert stage(ticket) is Stage.DRAFT
    assert [row.odds for row in ticket.rows.texts()] == ["+150", "+152", "+154", "+156", "+158"]


def test_an_order_that_may_go_after_all_disarms_what_was_armed_without_it(desk: Desk, ticket: Ticket) -> None:
    desk.desk.controls.last_stake = Decimal("4.00")
    ticket.stake.setText("100.02")
    enter(ticket)
    desk.desk.controls.last_stake = Decimal("5.00")
    ticket.refresh()
    assert stage(ticket) is Stage.DRAFT


def test_two_hundred_clicks_while_they_are_on_their_way_send_them_once(desk: Desk, ticket: Ticket) -> None:
    desk.venue.answering.clear()
    for _ in range(200):
        ticket.place.click()
        enter(ticket)
    assert ticket.place.text() == "Sending…"
    assert not ticket.prices.isEnabled()
    desk.venue.answering.set()
    desk.tasks.settle()
    assert [len(refs) for refs in desk.venue.sent_together] == [5]


def test_while_they_are_on_their_way_the_ticket_shows_what_was_sent_and_what_was_left_out(desk: Desk, ticket: Ticket) -> None:
    desk.desk.controls.last_stake = Decimal("4.00")
    ticket.stake.setText("100.02")
    desk.venue.answering.clear()
    ticket.place.click()
    desk.frame()
    assert [row.fate for row in ticket.rows.texts()] == ["not sent", "wins 30.20", "wins 30.40", "wins 30.60", "wins 30.80"]
    assert ticket.risk.text() == "Risk 80.00"


# Afterwards


def test_each_order_says_what_became_of_it(desk: Desk, ticket: Ticket) -> None:
    desk.venue.row_problems = {
        151: RefusedError("You don't have sufficient amount", code="insufficient_amount", status=403),
        152: UnknownError("No answer within 5 s"),
    }
    send(desk)
    assert lines(ticket) == [
        ("✓", "+150", "20.00", "resting"),
        ("✗", "+151", "20.00", "refused"),
        ("?", "+152", "20.00", "unknown"),
        ("✓", "+153", "20.00", "resting"),
        ("✓", "+154", "20.00", "resting"),
    ]
    assert "sufficient amount" in ticket.rows.texts()[1].words
    assert ticket.rows.texts()[2].words == "status unknown, not sent again"
    assert ticket.result.text() == "5 orders: 3 resting · 1 refused · 1 unknown"
    assert ticket.rows.accessibleName() == "What became of the orders"


def test_the_lines_follow_the_orders(desk: Desk, ticket: Ticket) -> None:
    send(desk)
    ref, draft = desk.venue.placed[0]
    full = OrderReport(ref, f"v-{ref}", "open", "fully_matched", odds=draft.odds, quantity=draft.stake, filled=draft.stake)
    desk.session.emit([OrderReported(full)])
    desk.frame()
    assert lines(ticket)[0] == ("✓", "+150", "20.00", "filled, wins 30.00")
    assert ticket.result.text() == "5 orders: 1 filled · 4 resting"


def test_what_the_rules_stop_at_the_last_moment_is_said_in_their_words(desk: Desk, ticket: Ticket) -> None:
    enter(ticket)
    desk.desk.controls.limit_to(msgspec.structs.replace(desk.desk.controls.limits, stake=Decimal("10.00")))
    desk.time.seconds += 1
    enter(ticket)
    assert desk.venue.placed == []
    assert {(row.mark, row.fate, row.words) for row in ticket.rows.texts()} == {
        ("✗", "not sent", "A quantity of 20.00 is above the limit of 10.00 an order")
    }
    assert ticket.result.text() == "5 orders: 5 not sent"
    assert not ticket.cancel_these.isVisible()


def test_a_venue_s_markup_stays_plain_text(desk: Desk, ticket: Ticket) -> None:
    desk.venue.row_problems = {151: RefusedError("<b>bold</b>", code="x", status=400)}
    send(desk)
    row = ticket.rows.rows[1]
    assert "<b>bold</b>" in row.words.text()
    assert all(label.textFormat() is Qt.TextFormat.PlainText for label in row.findChildren(QLabel))


def test_cancel_these_takes_off_what_rests_in_one_request_and_nothing_else(desk: Desk, ticket: Ticket) -> None:
    desk.desk.controls.limit_to(msgspec.structs.replace(desk.desk.controls.limits, own_match=Decimal(30)))
    write(desk, "30", AWAY).place.click()
    desk.beat(3.0)
    write(desk, "100").prices.buttons[5].click()
    desk.venue.row_problems = {151: RefusedError("No", code="x", status=400)}
    send(desk)
    resting = [ref for ref, draft in desk.venue.placed[1:] if draft.odds.american != 151]
    ticket.cancel_these.click()
    desk.frame()
    assert desk.venue.cancelled_together == [resting]
    assert [row.fate for row in ticket.rows.texts()] == ["cancelled", "refused", "cancelled", "cancelled", "cancelled"]
    assert not ticket.cancel_these.isVisible()
    assert desk.session.blotter.orders[desk.venue.placed[0][0]].state is OrderState.OPEN


def test_an_order_that_a_guard_put_in_the_place_of_one_of_these_is_cancelled_with_them(desk: Desk, ticket: Ticket) -> None:
    send(desk)
    desk.beat(3.0)
    first, *others = [ref for ref, _ in desk.venue.placed]
    desk.tasks.start(desk.desk.trading.place(msgspec.structs.replace(desk.venue.placed[0][1], stake=Decimal("7.00"))))
    desk.frame()
    new_ref = desk.venue.placed[-1][0]
    assert new_ref not in {first, *others}
    for heard in desk.desk.guards.moved:
        heard(first, new_ref)
    ticket.cancel_these.click()
    desk.frame()
    assert desk.venue.cancelled_together == [[new_ref, *others]]


def test_the_focus_does_not_fall_from_the_cancel_button_on_one_that_a_key_presses(desk: Desk, ticket: Ticket) -> None:
    send(desk)
    desk.beat(3.0)
    ticket.cancel_these.setFocus()
    QTest.keyClick(ticket.cancel_these, Qt.Key.Key_Space)
    desk.frame()
    assert not ticket.cancel_these.isVisible()
    assert QApplication.focusWidget() is ticket
    assert len(desk.venue.placed) == 5


def test_an_edit_shows_what_would_be_sent_next_and_the_last_orders_can_still_be_cancelled(desk: Desk, ticket: Ticket) -> None:
    send(desk)
    desk.beat(3.0)
    ticket.stake.setText("50")
    assert ticket.rows.texts()[0].fate == "wins 15.00"
    assert ticket.result.text() == "5 orders: 5 resting"
    ticket.cancel_these.click()
    assert len(desk.venue.cancelled_together[0]) == 5


def test_arming_again_shows_what_would_be_sent(desk: Desk, ticket: Ticket) -> None:
    send(desk)
    desk.beat(3.0)
    assert ticket.rows.texts()[0].fate == "resting"
    enter(ticket)
    assert stage(ticket) is Stage.ARMED
    assert ticket.rows.texts()[0].fate == "wins 30.00"


def test_a_refused_cancel_is_said_at_its_line(desk: Desk, ticket: Ticket) -> None:
    send(desk)
    desk.session.blotter.refuse_cancel(desk.venue.placed[1][0], "too late")
    desk.frame()
    assert ticket.rows.texts()[1].words == "its cancel was refused: too late"


# Room


@pytest.mark.parametrize("look", ["dark", "light"])
def test_in_the_smallest_window_nothing_that_decides_is_cut(desk: Desk, ticket: Ticket, look: str) -> None:
    desk.theme.use(look)
    desk.window.resize(desk.window.minimumSize())
    ticket.prices.buttons[20].click()
    ticket.stake.setText("1500.01")
    QApplication.processEvents()
    before = ticket.height()
    enter(ticket)
    QApplication.processEvents()
    assert (ticket.stage, ticket.height()) == (Stage.ARMED, before)
    assert ticket.card.height() >= ticket.card.heightForWidth(ticket.card.width())
    assert ticket.place.geometry().bottom() < ticket.height()
    assert ticket.place.sizeHint().width() <= ticket.place.width()
    assert ticket.prices.sizeHint().width() <= ticket.prices.width()
    assert ticket.rows.viewport().height() >= 2 * ticket.rows.rows[0].height()
    assert ticket.rows.verticalScrollBar().maximum() > 0
    assert ticket.width() <= 264
    assert desk.window.size() == desk.window.minimumSize()


def test_in_the_smallest_window_the_ticket_takes_the_room_that_its_sentences_need(desk: Desk, ticket: Ticket) -> None:
    desk.window.resize(desk.window.minimumSize())
    desk.desk.controls.last_stake = Decimal("0.10")
    ticket.stake.setText("2.52")
    enter(ticket)
    QApplication.processEvents()
    assert stage(ticket) is Stage.ARMED
    for label in (ticket.card, ticket.objection):
        assert label.height() >= label.heightForWidth(label.width())
    assert ticket.fields.height() >= LEAST
    assert ticket.place.geometry().bottom() < ticket.height()


def test_the_arrow_keys_scroll_the_lines(desk: Desk, ticket: Ticket) -> None:
    ticket.prices.buttons[20].click()
    QApplication.processEvents()
    ticket.rows.setFocus()
    QTest.keyClick(ticket.rows, Qt.Key.Key_Down)
    assert ticket.rows.verticalScrollBar().value() > 0
