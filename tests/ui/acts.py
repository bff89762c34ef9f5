"""What a person does in a window, in one line each."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.domain.errors import UnknownError, VenueError
from app.ui.models.odds_grid import Col
from app.ui.views.ticket import Ticket
from tests.ui.kit import HOME, Desk
from tests.ui.test_grid import click


def write(desk: Desk, stake: str = "100", selection_id: str = HOME) -> Ticket:
    """Choose the best price of a selection and type a stake."""
    click(desk, selection_id, Col.BEST)
    desk.window.ticket.stake.setText(stake)
    return desk.window.ticket


def place(desk: Desk, stake: str = "100", selection_id: str = HOME) -> str:
    """Place an order, overruling what may be overruled, and let the pause between equal orders pass; its reference."""
    ticket = write(desk, stake, selection_id)
    while ticket.insist.isVisible() and not ticket.insist.isChecked():
        ticket.insist.click()
    ticket.place.click()
    desk.frame()
    desk.beat(3.0)
    return desk.venue.placed[-1][0]


def lose(desk: Desk, stake: str = "100", selection_id: str = HOME, problem: VenueError | None = None) -> str:
    """Place an order whose answer is lost; its reference."""
    desk.venue.problem = problem or UnknownError("No answer within 5 s")
    ref = place(desk, stake, selection_id)
    desk.venue.problem = None
    desk.frame()
    return ref


def press(desk: Desk, key: Qt.Key) -> None:
    QTest.keyClick(desk.window, key)
    desk.frame()
