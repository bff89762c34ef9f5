"""What the ticket is for: its market and its event stand in it whole, in every window that the program can have, and on its button."""

from __future__ import annotations

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.domain.user import User
from app.ui.views.contest_label import MOST, ContestLabel
from app.ui.views.ticket import Stage, Ticket
from tests.ui.acts import write
from tests.ui.kit import Desk

SIZES = [(1200, 700), (1280, 800), (1600, 1000)]
MARKET, EVENT = "First Quarter Moneyline", "New York Jets at Philadelphia Eagles"


def about(desk: Desk, market: str = MARKET, event: str = EVENT) -> Ticket:
    """A ticket with an order on that market, all of it laid out."""
    ticket = write(desk, "25")
    ticket.prefill(msgspec.structs.replace(ticket.draft(), market_name=market, event_name=event), with_stake=False)
    QApplication.processEvents()
    return ticket


def is_whole(label: ContestLabel) -> bool:
    """Every line of it is in view, and none is cut."""
    lines, metrics = label.lines(label.width()), label.fontMetrics()
    fits = all(metrics.horizontalAdvance(line) <= label.width() for line in lines)
    said = " ".join(lines).replace(" · ", " ") == label.text().replace(" · ", " ")
    return fits and said and label.visibleRegion().boundingRect().height() >= len(lines) * metrics.height()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("look", ["dark", "light"])
def test_market_and_event_stand_in_the_ticket_whole(desk: Desk, size: tuple[int, int], look: str) -> None:
    desk.theme.use(look)
    desk.window.resize(*size)
    ticket = about(desk)
    assert ticket.contest.text() == f"{MARKET} · {EVENT}"
    assert is_whole(ticket.contest)
    assert ticket.place.visibleRegion().boundingRect() == ticket.place.rect()


@pytest.mark.parametrize("size", SIZES)
def test_so_they_do_where_it_is_for_a_user_who_is_new(users_desk: Desk, size: tuple[int, int]) -> None:
    users_desk.window.resize(*size)
    write(users_desk, "25").user.setText("u-005")
    ticket = about(users_desk)
    assert "new user" in ticket.objection.text()
    assert is_whole(ticket.contest)
    assert ticket.place.visibleRegion().boundingRect() == ticket.place.rect()


@pytest.mark.parametrize("size", SIZES)
def test_armed_in_a_low_window_the_card_says_it_instead(users_desk: Desk, size: tuple[int, int]) -> None:
    users_desk.window.resize(*size)
    write(users_desk, "25").user.setText("u-005")
    ticket = about(users_desk)
    ticket.insist.click()
    ticket._entered()
    QApplication.processEvents()
    assert ticket.stage is Stage.ARMED
    assert f"{MARKET} · {EVENT}" in ticket.card.text()
    assert "FOR u-005" in ticket.card.text()
    assert ticket.contest.isVisible() is (size[1] == 1000)
    assert ticket.card.height() >= ticket.card.heightForWidth(ticket.card.width())
    assert ticket.user.isVisible() is (size[1] == 1000)
    ticket._disarm()
    ticket.refresh()
    assert ticket.user.isVisible()
    assert ticket.contest.isVisible()


def test_the_field_that_is_typed_in_stays_while_the_ticket_is_armed(users_desk: Desk) -> None:
    users_desk.window.resize(1200, 700)
    write(users_desk, "25").user.setText("u-005")
    ticket = about(users_desk)
    ticket.insist.click()
    ticket.user.setFocus()
    QTest.keyClick(ticket.user, Qt.Key.Key_Return)
    assert ticket.stage is Stage.ARMED
    assert ticket.user.isVisible()
    assert ticket.focusWidget() is ticket.user


def test_a_window_that_is_made_small_while_the_ticket_is_armed_hides_nothing_that_decides(users_desk: Desk) -> None:
    write(users_desk, "25").user.setText("u-005")
    ticket = about(users_desk)
    ticket.insist.click()
    ticket._entered()
    assert ticket.contest.isVisible()
    users_desk.window.resize(1200, 700)
    for _ in range(3):
        QApplication.processEvents()
    assert not ticket.contest.isVisible()
    assert ticket.place.visibleRegion().boundingRect() == ticket.place.rect()


def test_the_button_tells_what_it_is_pressed_for(users_desk: Desk) -> None:
    users_desk.desk.users.put([User("cust-8841", "Ann Lee")])
    write(users_desk, "25").user.setText("cust-8841")
    ticket = about(users_desk)
    told = f"Los Angeles Lakers · {MARKET} · {EVENT}, for cust-8841"
    assert ticket.place.accessibleName() == f"Place 25.00 at +150 on PRACTICE: {told}"
    assert told in ticket.place.toolTip()
    ticket = about(users_desk, market="Moneyline")
    assert "· Moneyline ·" in ticket.place.accessibleName(), "the same words on the button, for another market"


def test_short_names_stand_on_one_line_and_long_ones_are_cut_at_the_end_only(desk: Desk) -> None:
    label = about(desk).contest
    label.say("Spread", "Ann v Bob")
    assert label.lines(236) == ["Spread · Ann v Bob"]
    label.say(MARKET, "Jets at Eagles of old")
    assert label.lines(212) == [MARKET, "Jets at Eagles of old"]
    label.say("Anytime Touchdown Scorer - Bartholomew Higginbotham", "San Francisco 49ers at Tampa Bay Buccaneers " * 4)
    lines = label.lines(212)
    assert (len(lines), lines[-1][-1]) == (MOST, "…")
    assert "Buccaneers San" in label.toolTip()


def test_which_limit_is_tightest_is_said_whole(users_desk: Desk) -> None:
    ticket = write(users_desk, "25")
    ticket.user.setText("u-005")
    QApplication.processEvents()
    assert ticket.user_note.text() == "new user · limit left 500.00 of 500.00 in one order"
    assert (
        ticket.user_note.height()
        >= ticket.user_note.heightForWidth(ticket.user_note.width())
        > ticket.user_note.fontMetrics().height() * 1.5
    )
