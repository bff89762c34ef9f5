"""The ticket: what it says before sending, and that one act sends one order."""

from __future__ import annotations

from decimal import Decimal

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.domain.errors import NotSentError, RefusedError, UnknownError
from app.domain.events import BookChanged
from app.domain.odds import from_american
from app.ui.models.odds_grid import Col
from app.ui.views.ticket import Stage
from tests.ui.kit import HOME, Desk, book
from tests.ui.test_grid import click


@pytest.fixture(autouse=True)
def _written(desk: Desk) -> None:
    click(desk, HOME, Col.BEST)
    desk.window.at_hand.ticket.stake.setText("100")


def enter(desk: Desk) -> None:
    QTest.keyClick(desk.window.at_hand.ticket.stake, Qt.Key.Key_Return)


def test_it_says_what_fills_and_what_rests_from_the_live_book(desk: Desk) -> None:
    ticket = desk.window.at_hand.ticket
    assert ticket.match_note.text() == "Fills 55.00 now · 45.00 rests"
    assert (ticket.risk.text(), ticket.to_win.text()) == ("Risk 100.00", "To win 150.00")
    desk.session.emit([BookChanged(book(best=160, sequence=3))])
    desk.frame()
    assert ticket.match_note.text() == "Fills 100.00 now, wins 158.20"


def test_a_price_above_the_book_rests(desk: Desk) -> None:
    desk.window.at_hand.ticket.step(5)
    assert desk.window.at_hand.ticket.match_note.text() == "Nothing fills now · 100.00 rests"


def test_the_buttons_and_keys_move_along_the_ladder(desk: Desk) -> None:
    ticket = desk.window.at_hand.ticket
    ticket.up.click()
    assert ticket.odds.text() == "+151"
    QTest.keyClick(ticket.odds, Qt.Key.Key_Down)
    QTest.keyClick(ticket.odds, Qt.Key.Key_Down)
    assert ticket.odds.text() == "+149"


def test_stepping_crosses_even_money_in_one_rung(desk: Desk) -> None:
    ticket = desk.window.at_hand.ticket
    ticket.odds.setText("+100")
    ticket.step(-1)
    assert ticket.odds.text() == "−101"
    ticket.step(1)
    assert ticket.odds.text() == "+100"


def test_a_price_off_the_ladder_is_refused_with_the_nearest(desk: Desk) -> None:
    ticket = desk.window.at_hand.ticket
    ticket.odds.setText("")
    QTest.keyClicks(ticket.odds, "+250")
    assert not ticket.place.isEnabled()
    assert ticket.odds_note.text() == "not on the ladder; nearest +199"


def test_a_preset_writes_its_amount(desk: Desk) -> None:
    desk.window.at_hand.ticket.presets[1].click()
    assert desk.window.at_hand.ticket.stake.text() == "25"


def test_a_click_sends_what_is_shown(desk: Desk) -> None:
    desk.window.at_hand.ticket.place.click()
    ref, draft = desk.venue.placed[0]
    assert (draft.odds, draft.stake, draft.selection_id) == (from_american(150), Decimal("100.00"), HOME)
    desk.frame()
    assert desk.window.at_hand.ticket.result.text() == "Resting: 100.00 at +150"
    assert desk.session.blotter.orders[ref].venue_order_id == f"v-{ref}"


def test_enter_arms_and_only_a_later_enter_sends(desk: Desk) -> None:
    enter(desk)
    assert desk.window.at_hand.ticket.stage is Stage.ARMED
    assert "100.00 at +150" in desk.window.at_hand.ticket.place.text()
    enter(desk)
    assert desk.venue.placed == []
    desk.time.seconds += 0.16
    enter(desk)
    assert len(desk.venue.placed) == 1


def test_a_change_or_escape_disarms(desk: Desk) -> None:
    ticket = desk.window.at_hand.ticket
    enter(desk)
    ticket.stake.setText("50")
    assert ticket.stage is Stage.DRAFT
    enter(desk)
    QTest.keyClick(ticket.stake, Qt.Key.Key_Escape)
    assert ticket.stage is Stage.DRAFT
    desk.time.seconds += 1
    enter(desk)
    assert desk.venue.placed == []


def test_two_hundred_clicks_while_one_is_on_its_way_send_one_order(desk: Desk) -> None:
    desk.venue.answering.clear()
    for _ in range(200):
        desk.window.at_hand.ticket.place.click()
    assert len(desk.venue.placed) == 1
    assert desk.window.at_hand.ticket.place.text() == "Sending…"
    desk.venue.answering.set()
    desk.tasks.settle()
    assert not desk.window.at_hand.ticket.place.isEnabled()
    assert "same order" in desk.window.at_hand.ticket.objection.text()
    desk.beat(2.1)
    assert desk.window.at_hand.ticket.place.isEnabled()


@pytest.mark.parametrize(
    ("problem", "words"),
    [
        (RefusedError("You don't have sufficient amount", code="insufficient_amount", status=403), "Refused by the venue: You don't have"),
        (NotSentError("The venue cannot be reached"), "Not sent: The venue cannot be reached. It may be sent again"),
        (UnknownError("No answer within 5 s"), "Unknown: No answer within 5 s. It may have been placed and is not sent again"),
    ],
)
def test_a_failure_is_said_beside_the_ticket_in_its_own_words(desk: Desk, problem: RefusedError, words: str) -> None:
    desk.venue.problem = problem
    desk.window.at_hand.ticket.place.click()
    assert desk.window.at_hand.ticket.result.text().startswith(words)


def test_rich_text_from_the_venue_stays_plain(desk: Desk) -> None:
    desk.venue.problem = RefusedError("<b>bold</b>", code="x", status=400)
    desk.window.at_hand.ticket.place.click()
    assert desk.window.at_hand.ticket.result.textFormat() is Qt.TextFormat.PlainText


def test_an_account_without_external_users_has_no_field_for_them(desk: Desk) -> None:
    ticket = desk.window.at_hand.ticket
    assert not ticket.user.isVisibleTo(ticket)
    ticket.user.setText("cust-1")
    assert ticket.draft().external_user == ""


def test_on_a_small_screen_nothing_of_the_ticket_is_wider_than_its_pane(desk: Desk) -> None:
    ticket = desk.window.at_hand.ticket
    assert ticket._labels.stake == "Quantity", "the longest of the words that stand before the prices"
    for width, height in ((1200, 700), (1280, 800), (1600, 1000)):
        desk.window.resize(width, height)
        QApplication.processEvents()
        inner = ticket.fields.widget()
        assert inner is not None
        assert inner.width() <= ticket.fields.viewport().width()
        for button in (ticket.up, ticket.prices.buttons[20], ticket.presets[3]):
            assert button.visibleRegion().boundingRect().width() == button.width(), (width, button.text())


def test_the_button_says_where_the_order_goes_and_cuts_only_what_cannot_fit(desk: Desk) -> None:
    ticket = desk.window.at_hand.ticket
    ticket.where = "PRACTICE · Omnibus practice"
    ticket.refresh()
    assert ticket.place.shown() == ["Place 100.00 at +150", "on PRACTICE · Omnibus practice"]
    ticket.where = f"PRACTICE · {'Rosenberg & Sons ' * 4}desk 2"
    ticket.refresh()
    assert ticket.place.words.endswith("Sons desk 2")
    first, second = ticket.place.shown()
    assert (first, second[:13], second[-6:]) == ("Place 100.00 at +150", "on PRACTICE ·", "desk 2")
    assert "Rosenberg &amp; Sons" in ticket.place.toolTip()
    assert ticket.place.shortcut().isEmpty(), "an ampersand in a name is no key to press"


def test_on_a_small_screen_every_stake_button_is_in_view_under_a_long_name(desk: Desk) -> None:
    desk.window.resize(1280, 800)
    ticket = desk.window.at_hand.ticket
    draft = ticket.draft()
    ticket.prefill(msgspec.structs.replace(draft, selection_name="Bartholomew Higginbotham over 25.5"), with_stake=False)
    assert ticket.selection.heightForWidth(ticket.selection.width()) > ticket.selection.fontMetrics().height() * 1.5, "two lines"
    assert ticket.fields.verticalScrollBar().maximum() == 0
