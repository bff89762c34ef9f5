"""What must not be overlooked: the banner with its sound, and the marks of the blotter."""

from __future__ import annotations

from decimal import Decimal

import msgspec
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QMenu

from app.domain.errors import NotSentError
from app.domain.order import Cancel, Order, OrderState
from app.domain.record import CancelEnded, CancelSent
from app.ui.models.orders import STATUS_COLUMN, Filter, explained, marks, status_text
from tests.ui.acts import place, write
from tests.ui.kit import Desk, report

SILENT = "Nothing has been heard about orders for 14 s while 1 are open."


def alarm(desk: Desk, words: str) -> None:
    desk.desk.watch.alarm = words
    desk.desk.watch.changed()
    desk.frame()


def order(desk: Desk, ref: str) -> Order:
    return desk.desk.blotter.orders[ref]


def test_an_alarm_stands_first_and_sounds_once(desk: Desk) -> None:
    desk.session.trouble = "No live prices: the connection was lost."
    alarm(desk, SILENT)
    alarm(desk, SILENT.replace("14", "15"))
    assert desk.window.at_hand.banner.words.text().splitlines() == [SILENT.replace("14", "15"), desk.session.trouble]
    assert desk.sounds.alarms == 1


def test_a_new_alarm_sounds_again_and_the_banner_goes_with_it(desk: Desk) -> None:
    alarm(desk, SILENT)
    alarm(desk, "")
    assert desk.window.at_hand.banner.isHidden()
    alarm(desk, SILENT)
    assert desk.sounds.alarms == 2


def test_a_muted_window_shows_its_alarms_silently(desk: Desk) -> None:
    desk.window.mute.trigger()
    alarm(desk, SILENT)
    assert desk.sounds.alarms == 0
    assert desk.window.at_hand.banner.isVisible()


def test_a_journal_that_cannot_be_written_is_shown_and_stops_orders(desk: Desk) -> None:
    ticket = write(desk)
    desk.journal.trouble = "the disk is full"
    desk.beat()
    assert desk.window.at_hand.banner.words.text() == "No order can leave: the disk is full"
    assert not ticket.place.isEnabled()
    desk.journal.trouble = ""
    desk.beat()
    assert desk.window.at_hand.banner.isHidden()


def test_an_order_placed_elsewhere_is_marked_and_explained(desk: Desk) -> None:
    place(desk)
    told = msgspec.structs.replace(report("theirs", desk.venue.placed[0][1]), venue_order_id="v-9")
    theirs = desk.desk.blotter.apply(told)
    desk.frame()
    assert marks(theirs) == "⇄"
    assert "placed elsewhere" in explained(theirs)
    model = desk.window.at_hand.blotter.model
    row = next(at for at, shown in enumerate(model.rows) if shown.ref == "theirs")
    assert model.index(row, STATUS_COLUMN).data() == "⇄ Open"
    assert "placed elsewhere" in str(model.index(row, 0).data(Qt.ItemDataRole.ToolTipRole))


def test_an_order_with_an_alarm_carries_its_words(desk: Desk) -> None:
    ref = place(desk)
    desk.desk.blotter.alarm(order(desk, ref), "the venue says that 140.00 matched of 100.00")
    assert marks(order(desk, ref)) == "⚠"
    assert "140.00 matched of 100.00" in explained(order(desk, ref))
    assert not desk.window.at_hand.blotter.grab().isNull()


def test_a_cancel_of_unknown_outcome_reads_so_until_the_order_is_over(desk: Desk) -> None:
    ref = place(desk)
    desk.desk.blotter.record(CancelSent(ref))
    assert status_text(order(desk, ref)) == "Cancelling…"
    desk.desk.blotter.record(CancelEnded(ref, Cancel.UNKNOWN, "no answer"))
    assert status_text(order(desk, ref)) == "Cancel unknown"
    assert "cancel went through" in explained(order(desk, ref))
    desk.desk.blotter.apply(msgspec.structs.replace(report(ref, desk.venue.placed[0][1]), status="canceled"))
    assert status_text(order(desk, ref)) == "Cancelled"


def test_every_state_passes_exactly_the_filters_it_should(desk: Desk) -> None:
    assert list(Filter) == ["All", "Working", "Filled", "Settled", "Ended"]
    from app.ui.models.orders import _STATES

    assert {OrderState.DENIED, OrderState.PRESUMED, OrderState.NOT_SENT, OrderState.REJECTED} <= _STATES[Filter.ENDED]
    assert set().union(*_STATES.values()) == set(OrderState)
    assert sum(map(len, _STATES.values())) == len(OrderState), "and none stands in two"


def _menu(desk: Desk) -> QMenu:
    table = desk.window.at_hand.blotter.table
    return table.menu_at(QPoint(20, table.rowViewportPosition(0) + 5))


def test_an_order_that_never_left_is_sent_again_from_the_blotter(desk: Desk) -> None:
    desk.venue.problem = NotSentError("The venue cannot be reached")
    ref = place(desk)
    desk.venue.problem = None
    again = next(action for action in _menu(desk).actions() if action.text() == "Send again")
    assert again.isEnabled()
    again.trigger()
    assert [sent for sent, _ in desk.venue.placed] == [ref, ref]
    assert order(desk, ref).state is OrderState.OPEN


def test_an_open_order_is_not_offered_to_be_sent_again(desk: Desk) -> None:
    place(desk)
    again = next(action for action in _menu(desk).actions() if action.text() == "Send again")
    assert not again.isEnabled()


def test_what_speaks_against_sending_again_is_said(desk: Desk) -> None:
    desk.venue.problem = NotSentError("The venue cannot be reached")
    place(desk)
    desk.desk.controls.switch(is_on=False)
    next(action for action in _menu(desk).actions() if action.text() == "Send again").trigger()
    assert desk.notices.lines[-1].words == "Not sent again: Trading is off: switch it on in the header"
    assert order(desk, desk.venue.placed[0][0]).filled == Decimal(0)
