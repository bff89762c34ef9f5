"""Own money on the other side: the ticket says it before the press, and the grid marks the prices that it is part of."""

from __future__ import annotations

from decimal import Decimal

import pytest
from PySide6.QtGui import QColor

from app.domain.odds import from_american
from app.domain.order import OrderDraft, OrderState
from app.services.blotter import Blotter
from app.services.own_match import OWN_MATCH
from app.ui.models.odds_grid import Col
from tests.ui.acts import write
from tests.ui.kit import AWAY, HOME, MONEYLINE, Desk, report
from tests.ui.test_grid import click, line

SAID = "This would match your own order: −150 × 30.00 rests on the other side"


def rest(blotter: Blotter, odds: int = -150, stake: str = "30", ref: str = "own-1", status: str = "open") -> None:
    blotter.apply(report(ref, OrderDraft(MONEYLINE, AWAY, from_american(odds), Decimal(stake)), status))


def test_the_ticket_says_it_before_the_press_and_sends_only_when_one_insists(desk: Desk) -> None:
    rest(desk.session.blotter)
    desk.frame()
    ticket = write(desk, "10")
    assert (ticket.objection.text(), ticket.place.isEnabled()) == (SAID, False)
    ticket.place.click()
    assert desk.venue.placed == []
    ticket.insist.click()
    ticket.place.click()
    assert len(desk.venue.placed) == 1


def test_what_fills_with_own_money_is_not_said_in_green(desk: Desk) -> None:
    ticket = write(desk, "10")
    assert ticket.match_note.palette().color(ticket.match_note.foregroundRole()) == desk.theme.colours["state.good"]
    rest(desk.session.blotter)
    desk.frame()
    assert ticket.match_note.text() == "Fills 10.00 now, wins 15.00"
    assert ticket.match_note.palette().color(ticket.match_note.foregroundRole()) == desk.theme.colours["state.warning"]


def test_an_order_that_came_after_the_tick_takes_it_back(desk: Desk) -> None:
    rest(desk.session.blotter)
    desk.frame()
    ticket = write(desk, "10")
    ticket.insist.click()
    assert ticket.place.isEnabled()
    rest(desk.session.blotter, -152, "8", "own-2")
    desk.frame()
    assert not ticket.place.isEnabled()
    assert ticket.objection.text() == "This would match your own orders: −152 × 8.00 and others rest on the other side"


def test_over_several_prices_those_that_meet_it_are_left_out_and_it_is_said(desk: Desk) -> None:
    rest(desk.session.blotter)
    desk.frame()
    ticket = write(desk, "10")
    ticket.prices.buttons[2].click()
    assert ticket.objection.text() == f"Not sent: +150. {SAID}, and only a single order may be placed in spite of that"
    ticket.place.click()
    assert [draft.odds.american for _, draft in desk.venue.placed] == [151]


def test_an_order_of_another_account_of_the_window_is_seen(desk: Desk) -> None:
    other = desk.connect_another("Second")
    rest(other.desk.blotter)
    desk.window.take_in_hand(desk.window.views[0])
    ticket = write(desk, "10")
    assert ticket.objection.text().startswith("This would match your own order: −150 × 30.00 of ")
    desk.window.unseat(other.view.account)
    ticket.refresh()
    assert ticket.objection.text() == ""


def test_the_rule_stands_on_the_page_of_limits_with_its_amount(desk: Desk) -> None:
    [row] = [row for row in desk.window.at_hand.limits.model.rows if row.code == OWN_MATCH]
    assert (row.title, row.field, desk.desk.controls.limits.own_match) == ("Own money on the other side", "own_match", Decimal(0))


# The grid


def dots(desk: Desk) -> list[Col]:
    """The prices of Home that carry the mark, as painted."""
    desk.frame()
    grid = desk.window.at_hand.grid
    place = grid.model.row_of_selection(HOME)
    assert place is not None
    shown = grid.table.viewport().grab().toImage()
    marked = []
    for column in (Col.BEST, Col.SECOND, Col.THIRD):
        rect = grid.table.visualRect(grid.model.index(place, column))
        corner = QColor(shown.pixel(rect.left() + 9, rect.top() + 9))
        if corner == desk.theme.colours["price.own"]:
            marked.append(column)
    return marked


def test_a_price_that_is_our_own_money_carries_a_dot_and_its_tip_says_how_much(desk: Desk) -> None:
    assert dots(desk) == []
    rest(desk.session.blotter, -146)
    assert dots(desk) == [Col.SECOND]
    grid = desk.window.at_hand.grid
    tip = grid.model._tip(line(desk), Col.SECOND)
    assert tip is not None
    assert "takeable 96.72, of which 20.55 is yours: −146 × 30.00\n" in tip
    assert "yours" not in str(grid.model._tip(line(desk), Col.BEST))


def test_the_dot_goes_with_the_order(desk: Desk) -> None:
    rest(desk.session.blotter)
    assert dots(desk) == [Col.BEST]
    rest(desk.session.blotter, status="canceled")
    assert desk.session.blotter.orders["own-1"].state is OrderState.CANCELLED
    assert dots(desk) == []


@pytest.mark.parametrize("status", ["inactive", "settled"])
def test_what_the_venue_does_not_have_on_its_book_marks_nothing(desk: Desk, status: str) -> None:
    rest(desk.session.blotter, status=status)
    assert dots(desk) == []


def test_own_orders_on_the_same_side_mark_nothing_of_it(desk: Desk) -> None:
    desk.session.blotter.apply(report("own-1", OrderDraft(MONEYLINE, HOME, from_american(150), Decimal(30))))
    assert dots(desk) == []


def test_of_many_own_orders_the_tip_names_three(desk: Desk) -> None:
    for number in range(5):
        rest(desk.session.blotter, stake="3", ref=f"own-{number}")
    desk.frame()
    tip = str(desk.window.at_hand.grid.model._tip(line(desk), Col.BEST))
    assert ", of which 10.00 is yours: −150 × 3.00, −150 × 3.00, −150 × 3.00 and 2 more\n" in tip


def test_the_dot_of_an_order_of_another_account_is_there_too(desk: Desk) -> None:
    other = desk.connect_another("Second")
    rest(other.desk.blotter)
    desk.window.take_in_hand(desk.window.views[0])
    click(desk, HOME, Col.SECOND)
    assert dots(desk) == [Col.BEST]
