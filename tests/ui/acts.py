"""What a person does in a window, in one line each."""

from __future__ import annotations

from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit

from app.domain.errors import UnknownError, VenueError
from app.ui.models.odds_grid import Col
from app.ui.views.ticket import Ticket
from tests.ui.kit import HOME, Desk
from tests.ui.test_grid import click


def write(desk: Desk, stake: str = "100", selection_id: str = HOME) -> Ticket:
    """Choose the best price of a selection and type a stake."""
    click(desk, selection_id, Col.BEST)
    desk.window.at_hand.ticket.stake.setText(stake)
    return desk.window.at_hand.ticket


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


def paste(field: QLineEdit, what: QMimeData | str) -> None:
    """Ctrl+V; the clipboard is empty afterwards."""
    mime = what
    if isinstance(mime, str):
        mime = QMimeData()
        mime.setText(str(what))
    QGuiApplication.clipboard().setMimeData(mime)
    QTest.keyClick(field, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    QGuiApplication.clipboard().clear()


def enter(field: QLineEdit, text: str) -> None:
    """Put a text in place of what stands in the field: typed where a keyboard has the keys, else pasted."""
    field.selectAll()
    QTest.keyClick(field, Qt.Key.Key_Delete)
    if text.isascii() and text.isprintable() and len(text) <= LONGEST_TYPED:
        QTest.keyClicks(field, text)
    else:
        paste(field, text)


LONGEST_TYPED = 64  # characters: nobody types more at once, and each costs a turn
