"""The ticket of an account that trades for its customers: for whom, how much is left for them, and that nobody is created by a slip."""

from __future__ import annotations

from decimal import Decimal

import msgspec
import pytest
import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.domain.environment import Environment
from app.domain.errors import NotSentError
from app.domain.odds import from_american
from app.domain.order import OrderDraft
from app.domain.user import User, UserLimits
from app.ui.models.odds_grid import Col
from app.ui.views.ticket import Stage, Ticket
from app.ui.views.ticket_form import LEAST_WIDTH, SIDE
from app.ui.views.user_field import choices
from tests.ui.kit import HOME, MONEYLINE, Desk, report
from tests.ui.test_grid import click

ANN = User("cust-8841", "Ann Lee", UserLimits(order=Decimal(400)))
BOB = User("cust-12", "Bob Annan")


@pytest.fixture
def desk(users_desk: Desk) -> Desk:
    """Every test here is about such an account."""
    users_desk.desk.users.put([ANN, BOB])
    click(users_desk, HOME, Col.BEST)
    return users_desk


@pytest.fixture
def ticket(desk: Desk) -> Ticket:
    return desk.window.at_hand.ticket


def filled(ticket: Ticket, user: str = "cust-8841", stake: str = "100") -> None:
    ticket.user.setText(user)
    ticket.stake.setText(stake)


def enter(ticket: Ticket) -> None:
    QTest.keyClick(ticket.stake, Qt.Key.Key_Return)


def lines(ticket: Ticket) -> list[str]:
    return [ticket.user.list.item(row).text() for row in range(ticket.user.list.count())] if ticket.user.is_choosing else []


# Whom


def test_without_a_user_nothing_can_be_sent_and_the_field_is_where_typing_goes(ticket: Ticket) -> None:
    assert ticket.focusWidget() is ticket.user
    ticket.stake.setText("100")
    assert ticket.objection.text() == "Type for whom this order is: the external user id"
    assert not ticket.place.isEnabled()


def test_typing_opens_the_users_that_may_be_meant(ticket: Ticket) -> None:
    QTest.keyClicks(ticket.user, "ann")
    assert lines(ticket) == ["New user: ann", "Ann Lee (cust-8841)", "Bob Annan (cust-12)"], "what it means by itself stands first"
    QTest.keyClicks(ticket.user, " l")
    assert lines(ticket) == ["Ann Lee (cust-8841)"], "every word must occur, and with a blank it can be no id"


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab])
def test_whom_an_arrow_chose_enter_and_tab_take(ticket: Ticket, key: Qt.Key) -> None:
    ticket.stake.setText("100")
    QTest.keyClicks(ticket.user, "ann")
    QTest.keyClick(ticket.user, Qt.Key.Key_Down)
    QTest.keyClick(ticket.user, Qt.Key.Key_Down)
    QTest.keyClick(ticket.user, key)
    assert (ticket.user.user_id(), ticket.user.text(), lines(ticket)) == ("cust-12", "Bob Annan (cust-12)", [])
    assert ticket.stage is Stage.DRAFT, "the key that chose somebody does not arm too"
    assert ticket.focusWidget() is ticket.stake, "not the odds, which a typed stake would overwrite"
    QTest.keyClick(ticket.stake, Qt.Key.Key_Backtab)
    assert ticket.focusWidget() is ticket.odds


def test_tab_without_a_choice_goes_on_to_the_odds(ticket: Ticket) -> None:
    ticket.choose_user("cust-8841")
    ticket.user.setFocus()
    QTest.keyClick(ticket.user, Qt.Key.Key_Tab)
    assert ticket.focusWidget() is ticket.odds


@pytest.mark.parametrize("typed", ["cust-1", "an", "cust", "Ann"])
@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Tab, Qt.Key.Key_Backtab, None])
def test_what_was_typed_is_never_swapped_for_a_user_in_whom_it_only_occurs(ticket: Ticket, typed: str, key: Qt.Key | None) -> None:
    ticket.stake.setText("10")
    QTest.keyClicks(ticket.user, typed)
    if key is None:
        ticket.odds.setFocus()
    else:
        QTest.keyClick(ticket.user, key)
    assert (ticket.user.user_id(), ticket.user.text()) == (typed, typed)
    assert ticket.objection.text() == f"{typed} is a new user: no order was placed for this id before and it is on no list"
    assert not ticket.place.isEnabled()


def test_i_know_is_not_taken_back_by_leaving_the_field(desk: Desk, ticket: Ticket) -> None:
    ticket.stake.setText("10")
    QTest.keyClicks(ticket.user, " cust-1 ")
    ticket.insist.click()
    ticket.place.setFocus()
    assert (ticket.user.text(), ticket.place.isEnabled()) == ("cust-1", True)


def test_a_click_takes_a_line(ticket: Ticket) -> None:
    QTest.keyClicks(ticket.user, "ann")
    shown = ticket.user.list
    QTest.mouseClick(shown.viewport(), Qt.MouseButton.LeftButton, pos=shown.visualItemRect(shown.item(2)).center())
    assert (ticket.user.user_id(), ticket.user.text()) == ("cust-12", "Bob Annan (cust-12)")


def test_escape_closes_the_list_and_what_was_typed_stands_for_itself(ticket: Ticket) -> None:
    QTest.keyClicks(ticket.user, "cust-88")
    QTest.keyClick(ticket.user, Qt.Key.Key_Escape)
    assert (lines(ticket), ticket.user.user_id()) == ([], "cust-88")


def test_a_known_id_that_was_typed_in_full_stands_first(desk: Desk) -> None:
    desk.desk.users.put([User("cust-1", "Zed")])
    assert [one.user_id for one in choices(desk.desk.users, "cust-1")] == ["cust-1", "cust-12"]


def test_the_arrows_offer_the_last_used_first(desk: Desk, ticket: Ticket) -> None:
    desk.desk.users.note_used("cust-12")
    QTest.keyClick(ticket.user, Qt.Key.Key_Down)
    assert lines(ticket) == ["Bob Annan (cust-12)", "Ann Lee (cust-8841)"]


def test_a_whole_name_means_the_one_who_is_called_so(desk: Desk, ticket: Ticket) -> None:
    users = desk.desk.users
    ticket.user.setText("ann  LEE")
    assert ticket.user.user_id() == "cust-8841"
    users.put([User("cust-13", "Ann Lee")])
    ticket.user.setText("Ann Lee")
    with pytest.raises(ValueError, match="2 users are called Ann Lee: type the id, as cust-13 or cust-8841"):
        ticket.user.user_id()


def test_an_id_with_orders_that_is_also_anothers_name_must_be_chosen(desk: Desk, ticket: Ticket) -> None:
    desk.desk.users.put([User("cust-13", "sam")])
    desk.desk.users.note_used("sam")
    filled(ticket, "")
    QTest.keyClicks(ticket.user, "sam")
    assert (ticket.place.isEnabled(), ticket.objection.text().partition(":")[0]) == (False, "sam is an id and also the name of cust-13")
    assert lines(ticket) == ["sam", "sam (cust-13)"]
    QTest.keyClick(ticket.user, Qt.Key.Key_Return)
    assert not ticket.place.isEnabled(), "two are meant, and none was chosen"
    QTest.keyClick(ticket.user, Qt.Key.Key_Down)
    QTest.keyClick(ticket.user, Qt.Key.Key_Return)
    assert (ticket.user.user_id(), ticket.place.isEnabled()) == ("sam", True)


@pytest.mark.parametrize("typed", ["two words", "müller", "x" * 101, "cust<b>", "x" * 400])
def test_i60_what_can_be_no_id_is_said_and_nothing_can_be_sent(ticket: Ticket, typed: str) -> None:
    filled(ticket, typed)
    assert ticket.objection.text()
    assert not ticket.place.isEnabled()


def test_the_list_goes_with_the_focus(ticket: Ticket) -> None:
    QTest.keyClicks(ticket.user, "ann")
    ticket.odds.setFocus()
    assert lines(ticket) == []


def test_a_new_name_of_the_chosen_user_is_shown_and_they_stay_chosen(desk: Desk, ticket: Ticket) -> None:
    ticket.choose_user("cust-8841")
    desk.desk.users.put([User("cust-8841", "Ann Marie Lee")])
    assert (ticket.user.text(), ticket.user.user_id()) == ("Ann Marie Lee (cust-8841)", "cust-8841")


# What is sent


def test_the_order_goes_out_for_the_chosen_user_and_the_next_one_too(desk: Desk, ticket: Ticket) -> None:
    filled(ticket)
    ticket.place.click()
    click(desk, HOME, Col.SECOND)
    assert ticket.focusWidget() is ticket.stake
    ticket.stake.setText("50")
    desk.time.seconds += 5
    ticket.refresh()
    ticket.place.click()
    assert [draft.external_user for _, draft in desk.venue.placed] == ["cust-8841", "cust-8841"]
    assert desk.desk.users.recent == ("cust-8841",)


def test_the_armed_card_names_the_user_and_what_is_left_and_another_user_disarms(ticket: Ticket) -> None:
    filled(ticket)
    enter(ticket)
    assert ticket.stage is Stage.ARMED
    assert ticket.card.text().splitlines()[:2] == ["FOR Ann Lee (cust-8841)", "limit left 400.00 of 400.00 in one order"]
    ticket.user.setText("cust-12")
    assert (ticket.stage, ticket.card.isHidden()) == (Stage.DRAFT, True)


def test_several_prices_are_all_for_the_same_user(desk: Desk, ticket: Ticket) -> None:
    filled(ticket)
    ticket.prices.buttons[5].click()
    enter(ticket)
    assert ticket.card.text().startswith("FOR Ann Lee (cust-8841)\n")
    desk.time.seconds += 1
    enter(ticket)
    assert [draft.external_user for _, draft in desk.venue.placed] == ["cust-8841"] * 5


def test_the_button_and_the_card_name_the_account_where_several_are_open(desk: Desk, ticket: Ticket) -> None:
    filled(ticket)
    wish = ticket.draft()
    ticket = Ticket(desk.session, desk.tasks.start, Environment.SANDBOX, desk.display, desk.theme, desk.time.monotonic, "Acme B2B")
    ticket.prefill(wish, with_stake=False)
    filled(ticket, stake="10")
    assert ticket.place.text() == "Place 10.00 at +150\non Acme B2B (SANDBOX)"
    enter(ticket)
    assert "10.00 to win 15.00 · Acme B2B (SANDBOX)" in ticket.card.text()
    shiboken6.delete(ticket)


def test_what_is_sent_again_is_named_and_only_while_the_ticket_says_that_very_order(desk: Desk, ticket: Ticket) -> None:
    filled(ticket)
    desk.venue.problem = NotSentError("The venue cannot be reached")
    ticket.place.click()
    assert ticket.again.isVisible()
    assert ticket.again.text() == "Send again: 100.00 at +150\nfor Ann Lee (cust-8841)"
    for field, other, same in ((ticket.user, "cust-12", "cust-8841"), (ticket.stake, "250", "100"), (ticket.odds, "+155", "150")):
        field.setText(other)
        assert not ticket.again.isVisible()
        field.setText(same)
        assert ticket.again.isVisible()
    assert ticket.result.text() == "Not sent: The venue cannot be reached. It may be sent again", "what became of it is still said"


def test_a_name_that_comes_to_mean_another_user_changes_nothing_in_whom_a_left_field_names(desk: Desk, ticket: Ticket) -> None:
    filled(ticket, "ann lee")
    desk.venue.problem = NotSentError("The venue cannot be reached")
    ticket.place.click()
    assert ticket.again.isVisible()
    desk.desk.users.put([User("cust-8841", "Ann B. Lee"), User("cust-12", "Ann Lee")])
    assert (ticket.user.user_id(), ticket.user.text(), ticket.again.isVisible()) == ("cust-8841", "Ann B. Lee (cust-8841)", True)


def test_the_button_that_sends_again_is_no_wider_than_the_ticket_for_the_longest_name(desk: Desk, ticket: Ticket) -> None:
    desk.desk.users.put([User("x" * 100, "Tom & " + "W" * 50)])
    filled(ticket, "x" * 100)
    desk.venue.problem = NotSentError("The venue cannot be reached")
    ticket.place.click()
    assert ticket.again.minimumSizeHint().width() <= LEAST_WIDTH - 2 * SIDE
    assert ticket.again.text().splitlines()[1].startswith("for Tom && W"), "not a key to press"


# What is left


def test_what_is_left_of_the_tightest_limit_is_said_and_follows_the_orders(desk: Desk, ticket: Ticket) -> None:
    filled(ticket, "cust-12", "450")
    assert ticket.user_note.text() == "limit left 500.00 of 500.00 in one order"
    ticket.place.click()
    desk.frame()
    desk.time.seconds += 5
    ticket.stake.setText("300")
    ticket.place.click()
    desk.frame()
    assert ticket.user_note.text() == "limit left 250.00 of 1,000.00 on this event"
    ticket.stake.setText("251")
    assert ticket.objection.text() == (
        "The worst result of this event would lose 1,001.00 for Bob Annan (cust-12), above the limit of 1,000.00"
    )
    assert not ticket.place.isEnabled()


def test_a_limit_that_an_import_lowered_counts_at_once(desk: Desk, ticket: Ticket) -> None:
    filled(ticket)
    assert ticket.place.isEnabled()
    desk.desk.users.put([User("cust-8841", "Ann Lee", UserLimits(order=Decimal(50)))])
    assert not ticket.place.isEnabled()
    assert ticket.user_note.text() == "limit left 50.00 of 50.00 in one order"


# Slips


def test_a_new_user_must_be_confirmed_once(desk: Desk, ticket: Ticket) -> None:
    filled(ticket, "cust-8842")
    assert ticket.user_note.text() == "new user · limit left 500.00 of 500.00 in one order"
    assert ticket.objection.text() == "cust-8842 is a new user: no order was placed for this id before and it is on no list"
    assert (ticket.place.isEnabled(), ticket.insist.isHidden()) == (False, False)
    ticket.insist.click()
    ticket.place.click()
    assert [draft.external_user for _, draft in desk.venue.placed] == ["cust-8842"]
    desk.time.seconds += 5
    ticket.stake.setText("99")
    assert (ticket.objection.isHidden(), ticket.place.isEnabled()) == (True, True)
    assert ticket.user_note.text() == "limit left 500.00 of 500.00 in one order"


def test_a_slip_in_the_next_letter_takes_the_confirmation_back(desk: Desk, ticket: Ticket) -> None:
    filled(ticket, "cust-8842")
    ticket.insist.click()
    QTest.keyClick(ticket.user, Qt.Key.Key_3)
    assert not ticket.place.isEnabled()
    assert desk.venue.placed == []


def test_a_new_user_can_be_confirmed_for_several_prices_at_once(desk: Desk, ticket: Ticket) -> None:
    filled(ticket, "cust-8842")
    ticket.prices.buttons[5].click()
    assert not ticket.place.isEnabled()
    ticket.insist.click()
    ticket.place.click()
    assert [draft.external_user for _, draft in desk.venue.placed] == ["cust-8842"] * 5


# Room


@pytest.mark.parametrize("look", ["dark", "light"])
def test_on_a_small_screen_the_stake_stays_in_sight_whatever_is_said(desk: Desk, ticket: Ticket, look: str) -> None:
    desk.theme.use(look)
    desk.window.resize(1280, 800)
    filled(ticket, "cust-12")
    ticket.prices.buttons[5].click()
    ticket.place.click()
    desk.frame()
    for stake in ("900", "20000", "0.02"):
        ticket.stake.setText(stake)
        ticket.place.setFocus()
        ticket.setFocus()
        QApplication.processEvents()
        assert not ticket.objection.isHidden()
        for field in (ticket.stake, ticket.user, ticket.selection):
            assert field.visibleRegion().boundingRect().height() == field.height(), (field.text(), stake)
        assert ticket.objection.height() >= ticket.objection.heightForWidth(ticket.objection.width())
        assert ticket.place.geometry().bottom() < ticket.height()


def test_an_id_that_is_longer_than_its_field_is_seen_from_its_beginning_and_whole_in_the_tip(ticket: Ticket) -> None:
    ticket.user.setFocus()
    QTest.keyClicks(ticket.user, "partner-" + "7" * 60)
    QTest.keyClick(ticket.user, Qt.Key.Key_Return)
    assert not ticket.user.hasFocus()
    assert ticket.user.cursorPosition() == 0
    assert "partner-" + "7" * 60 in ticket.user.toolTip()


def test_an_id_of_a_hundred_letters_does_not_widen_the_ticket(desk: Desk, ticket: Ticket) -> None:
    desk.desk.users.put([User("x" * 100, "N" * 60)])
    filled(ticket, "x" * 100)
    enter(ticket)
    QApplication.processEvents()
    assert ticket.stage is Stage.ARMED
    assert ticket.minimumSizeHint().width() <= 264
    assert ticket.card.text().replace("\u200b", "").startswith(f"FOR {'N' * 60} ({'x' * 100})")


def test_every_part_can_be_reached_by_the_keyboard_and_has_a_name(ticket: Ticket) -> None:
    assert ticket.user.accessibleName() == "For: external user"
    assert ticket.user.list.accessibleName() == "Users that may be meant"
    filled(ticket)
    ticket.user.setFocus()
    QTest.keyClick(ticket.user, Qt.Key.Key_Tab)
    assert ticket.focusWidget() is ticket.odds


# The blotter


def test_orders_name_their_user_and_are_found_by_id_and_by_name(desk: Desk, ticket: Ticket) -> None:
    for user, stake in (("cust-8841", "10"), ("cust-12", "11")):
        filled(ticket, user, stake)
        ticket.place.click()
        desk.time.seconds += 1
    desk.frame()
    view = desk.window.at_hand.blotter
    column = next(place for place, column in enumerate(view.model.columns) if column.title == "User")
    assert view.table.horizontalHeader().visualIndex(column) == 2
    assert [view.model.columns[column].text(order) for order in view.model.rows] == ["Bob Annan (cust-12)", "Ann Lee (cust-8841)"]
    for words in ("cust-8841", "lee", "ann lee 8841"):
        view.filter.setText(words)
        assert [order.draft.external_user for order in view.model.rows] == ["cust-8841"], words
    assert "cust-8841" in view.model.to_csv()


def test_a_user_of_an_order_placed_elsewhere_is_named_too(desk: Desk) -> None:
    wish = OrderDraft(MONEYLINE, HOME, from_american(150), Decimal(5))
    desk.desk.blotter.apply(msgspec.structs.replace(report("web-1", wish), user="cust-12"))
    desk.frame()
    assert [desk.desk.users.called(order.draft.external_user) for order in desk.window.at_hand.blotter.model.rows] == [
        "Bob Annan (cust-12)"
    ]
