"""The ticket's second thoughts: what a person must insist on, what locks it, and that what is shown is what is sent."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.domain.errors import NotSentError
from app.domain.events import MarketsSeeded
from app.domain.market import MarketGroup
from app.domain.order import OrderState
from app.ui.models.odds_grid import Col
from app.ui.views.ticket import Stage
from tests.ui.acts import lose, place, write
from tests.ui.kit import HOME, SPREADS, Desk, group, seeded, selections
from tests.ui.test_grid import click


def test_an_unknown_order_on_the_selection_needs_a_tick(desk: Desk) -> None:
    lose(desk, "50")
    ticket = write(desk, "10")
    assert ticket.objection.text().startswith("50.00 on this participant is in an order of unknown outcome")
    ticket.place.click()
    assert len(desk.venue.placed) == 1
    ticket.insist.click()
    ticket.place.click()
    assert len(desk.venue.placed) == 2


def test_two_objections_are_insisted_on_one_after_the_other(desk: Desk) -> None:
    lose(desk, "10")
    ticket = write(desk, "100")
    assert "unknown outcome" in ticket.objection.text()
    ticket.insist.click()
    assert ticket.objection.text() == "100.00 is 10 times the last quantity of 10.00"
    assert not ticket.insist.isChecked()
    assert not ticket.place.isEnabled()
    ticket.insist.click()
    assert ticket.insist.isChecked()
    assert ticket.place.isEnabled()
    ticket.place.click()
    assert len(desk.venue.placed) == 2


@pytest.mark.parametrize(
    "edit",
    [
        lambda desk: desk.window.at_hand.ticket.stake.setText("300"),
        lambda desk: desk.window.at_hand.ticket.up.click(),
        lambda desk: QTest.keyClick(desk.window.at_hand.ticket.odds, Qt.Key.Key_Down),
        lambda desk: click(desk, HOME, Col.SECOND),
        lambda desk: desk.window.at_hand.ticket.insist.click(),
    ],
)
def test_any_edit_takes_the_tick_back(desk: Desk, edit: Callable[[Desk], object]) -> None:
    place(desk, "20")
    ticket = write(desk, "200")
    ticket.insist.click()
    assert ticket.place.isEnabled()
    edit(desk)
    assert not ticket.insist.isChecked()
    assert not ticket.place.isEnabled()


def test_the_tick_holds_for_the_figures_that_were_shown(desk: Desk) -> None:
    ref = lose(desk, "10")
    ticket = write(desk, "20")
    ticket.insist.click()
    assert ticket.place.isEnabled()
    grown = msgspec.structs.replace(desk.desk.blotter.orders[ref], ref="other")
    desk.desk.blotter.add(grown)
    desk.frame()
    assert ticket.objection.text().startswith("20.00 on this participant")
    assert not ticket.place.isEnabled()


def test_a_tick_does_not_outlive_the_order_it_was_for(desk: Desk) -> None:
    lose(desk, "10")
    place(desk, "20")
    ticket = write(desk, "20")
    assert not ticket.place.isEnabled()
    assert not ticket.insist.isChecked()


def test_the_armed_card_shows_the_fields_of_the_very_draft_that_is_sent(desk: Desk) -> None:
    ticket = write(desk, "100")
    QTest.keyClick(ticket.stake, Qt.Key.Key_Return)
    assert ticket.stage is Stage.ARMED
    shown = ticket.card.text()
    desk.time.seconds += 1
    QTest.keyClick(ticket.stake, Qt.Key.Key_Return)
    _, sent = desk.venue.placed[0]
    assert shown == "Los Angeles Lakers +150\n100.00 to win 150.00 · PRACTICE\nMoneyline · Lakers at Warriors"
    assert (sent.selection_name, sent.odds.american, sent.stake, sent.event_name) == (
        "Los Angeles Lakers", 150, Decimal(100), "Lakers at Warriors",
    )  # fmt: skip
    assert not ticket.card.isVisible()


def test_the_button_names_stake_odds_and_environment_of_what_it_sends(desk: Desk) -> None:
    ticket = write(desk, "25.5")
    assert ticket.place.text() == "Place 25.50 at +150\non PRACTICE"
    ticket.odds.setText("+151")
    assert ticket.place.text() == "Place 25.50 at +151\non PRACTICE"
    ticket.place.click()
    assert [(draft.stake, draft.odds.american) for _, draft in desk.venue.placed] == [(Decimal("25.50"), 151)]


def test_an_order_that_never_left_is_sent_again_from_the_ticket_under_its_reference(desk: Desk) -> None:
    desk.venue.problem = NotSentError("The venue cannot be reached")
    ticket = write(desk)
    ticket.place.click()
    assert ticket.again.isVisible()
    assert ticket.again.text() == "Send again: 100.00 at +150"
    desk.venue.problem = None
    ticket.again.click()
    desk.frame()
    assert len({ref for ref, _ in desk.venue.placed}) == 1
    assert ticket.result.text() == "Resting: 100.00 at +150"
    assert not ticket.again.isVisible()


def test_sending_again_is_denied_in_words_while_trading_is_off(desk: Desk) -> None:
    desk.venue.problem = NotSentError("The venue cannot be reached")
    ticket = write(desk)
    ticket.place.click()
    desk.desk.controls.switch(is_on=False)
    ticket.again.click()
    assert "Not sent again: Trading is off" in ticket.result.text()
    assert len(desk.venue.placed) == 1


def test_looking_orders_up_at_the_start_is_said_quietly(desk: Desk) -> None:
    desk.desk.controls.is_reconciled = False
    ticket = write(desk)
    assert "being looked up" in ticket.objection.text()
    assert ticket.objection.palette().color(ticket.objection.foregroundRole()) == desk.theme.colours["text.dim"]
    assert not ticket.place.isEnabled()
    desk.tasks.start(desk.desk.reconciliation.run())
    desk.frame()
    assert ticket.place.isEnabled()


# I-54: the ticket is open while its selection is deleted, renumbered, re-lined


def _reseed(desk: Desk, *groups: MarketGroup) -> None:
    told = seeded(desk.time.seconds)
    desk.session.emit([MarketsSeeded(1001, groups, told.books, desk.time.seconds)])
    desk.frame()


def _spread(desk: Desk) -> None:
    """A ticket on the spread of −4.5."""
    write(desk, "10", selections(SPREADS[0])[0].id)
    assert desk.window.at_hand.ticket.place.isEnabled()


def _renamed(name: str) -> MarketGroup:
    told = group("Spread", "spread", SPREADS[0])
    first, second = told.markets[0].selections
    market = msgspec.structs.replace(told.markets[0], selections=(msgspec.structs.replace(first, name=name), second))
    return msgspec.structs.replace(told, markets=(market,))


def _moved() -> MarketGroup:
    """The same ids under another number."""
    told = group("Spread", "spread", SPREADS[0])
    key = SPREADS[0]._replace(strike=Decimal("-5.5"))
    return msgspec.structs.replace(told, markets=(msgspec.structs.replace(told.markets[0], key=key),))


def _other_number() -> MarketGroup:
    """The same key and name, but the selection's own number is another."""
    told = group("Spread", "spread", SPREADS[0])
    first, second = told.markets[0].selections
    market = msgspec.structs.replace(told.markets[0], selections=(msgspec.structs.replace(first, strike=Decimal("4.5")), second))
    return msgspec.structs.replace(told, markets=(market,))


@pytest.mark.parametrize(
    ("now", "words"),
    [
        ((), "This participant is no longer listed"),
        ((group("Spread", "spread", SPREADS[1]),), "This participant is no longer listed"),
        ((_moved(),), "The line moved from −4.5 to −5.5"),
        ((_renamed("Warriors"),), "This participant is Warriors now"),
        ((_other_number(),), "This participant stands at +4.5 now"),
    ],
)
def test_the_ticket_locks_when_its_ids_mean_something_else(desk: Desk, now: tuple[MarketGroup, ...], words: str) -> None:
    _spread(desk)
    _reseed(desk, *now)
    ticket = desk.window.at_hand.ticket
    assert ticket.objection.text().startswith(words)
    assert (ticket.place.isEnabled(), ticket.place.text()) == (False, "Locked")
    QTest.keyClick(ticket.stake, Qt.Key.Key_Return)
    QTest.keyClick(ticket.stake, Qt.Key.Key_Return)
    assert desk.venue.placed == []


def test_an_armed_ticket_is_disarmed_by_a_lock(desk: Desk) -> None:
    _spread(desk)
    QTest.keyClick(desk.window.at_hand.ticket.stake, Qt.Key.Key_Return)
    _reseed(desk, _moved())
    assert desk.window.at_hand.ticket.stage is Stage.DRAFT
    assert not desk.window.at_hand.ticket.card.isVisible()


def test_choosing_the_price_again_unlocks(desk: Desk) -> None:
    _spread(desk)
    _reseed(desk, _renamed("Lakers of old"))
    assert not desk.window.at_hand.ticket.place.isEnabled()
    write(desk, "10", selections(SPREADS[0])[0].id)
    assert desk.window.at_hand.ticket.selection.text() == "Lakers of old"
    assert desk.window.at_hand.ticket.place.isEnabled()


def test_an_order_denied_at_the_last_look_says_so(desk: Desk) -> None:
    desk.venue.answering.set()
    ticket = write(desk)
    desk.journal.halt = "pulled elsewhere"
    ticket._send(ticket.drafts())
    assert ticket.result.text().startswith("Not sent: Orders are halted")
    assert all(order.state is not OrderState.OPEN for order in desk.desk.blotter.orders.values())
