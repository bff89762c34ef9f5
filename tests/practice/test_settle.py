"""Going live, half time, the end: wiped, void, paid, pushed."""

from __future__ import annotations

import pytest

from app.practice.clock import SECOND
from app.practice.model import EventChange, MarketChange, NewOrder, RefusalError
from tests.practice.floor import BANKROLL, EVENT, FULL_TIME, HALF_TIME, KICK_OFF, Floor, money_of


@pytest.fixture
def floor() -> Floor:
    floor = Floor()
    floor.account("ann")
    floor.account("bob")
    return floor


def statement(floor: Floor, user_id: str) -> list[tuple[str, int]]:
    return [(line.kind, line.amount) for line in floor.exchange.transactions(user_id)]


def check_statements(floor: Floor) -> None:
    for user_id in ("ann", "bob"):
        balance = floor.exchange.balance(user_id)
        lines = floor.exchange.transactions(user_id)
        assert sum(line.amount for line in lines) == balance.balance - balance.matched == lines[-1].balance


def test_the_winner_is_settled_then_closed_and_the_loser_closed(floor: Floor) -> None:
    winner = floor.place("ann", 120, 50_00)
    loser = floor.place("bob", -120, 60_00, outcome=1)
    floor.wait_until(FULL_TIME + 2 * SECOND)

    assert [told[0] for told in floor.told(winner)] == ["inactive", "open", "open", "settled", "closed"]
    assert [told[0] for told in floor.told(loser)] == ["inactive", "open", "open", "closed"]
    assert (winner.winning, winner.profit_settled) == ("profit", 60_00)
    assert (loser.winning, loser.profit_settled) == ("loss", -60_00)
    assert floor.exchange.balance("ann").balance == BANKROLL + 60_00
    assert floor.exchange.balance("bob").balance == BANKROLL - 60_00
    assert statement(floor, "ann") == [("DEPOSIT", BANKROLL), ("TRADE", -50_00), ("PAY", 110_00)]
    assert statement(floor, "bob") == [("DEPOSIT", BANKROLL), ("TRADE", -60_00)]
    check_statements(floor)


def test_an_exact_number_returns_both_stakes(floor: Floor) -> None:
    home = floor.place("ann", 100, 50_00, market_id=223)
    away = floor.place("bob", 100, 50_00, outcome=1, market_id=223)
    floor.wait_until(FULL_TIME + 2 * SECOND)

    assert home.winning == away.winning == "push"
    assert home.status == away.status == "closed"
    assert statement(floor, "ann")[-1] == ("PUSH", 50_00)
    assert floor.exchange.balance("bob").balance == BANKROLL
    check_statements(floor)


def test_a_half_is_settled_at_half_time(floor: Floor) -> None:
    order = floor.place("ann", 100, 50_00, market_id=66)
    floor.place("bob", 100, 50_00, outcome=1, market_id=66)
    floor.wait_until(HALF_TIME - 1)
    assert order.status == "open"

    floor.wait_until(HALF_TIME)

    assert (order.status, order.winning) == ("settled", "profit")
    assert floor.book(66).market.status == "closed"
    assert floor.book(219).market.status == "active"
    with pytest.raises(RefusalError, match="event_not_available"):
        floor.submit("ann", 150, 10_00, market_id=66)


def test_going_live_wipes_what_has_not_matched(floor: Floor) -> None:
    whole = floor.place("ann", 150, 10_00)
    part = floor.place("ann", 120, 10_00, market_id=225)
    floor.place("bob", -120, 6_00, outcome=1, market_id=225)
    floor.wait_until(KICK_OFF - SECOND // 100)
    placing = floor.submit("ann", 150, 10_00)
    floor.wait_until(KICK_OFF)

    assert (whole.status, whole.matching) == ("wiped", "unmatched")
    assert (part.status, part.matching, part.quantity) == ("open", "fully_matched", 5_00)
    assert placing.status == "wiped"
    assert floor.exchange.balance("ann").unmatched == 0
    assert floor.levels(1) == []


def test_an_absent_players_market_is_void_at_going_live(floor: Floor) -> None:
    order = floor.place("ann", 100, 50_00, market_id=12010002)
    floor.place("bob", 100, 50_00, outcome=1, market_id=12010002)
    floor.wait_until(KICK_OFF)

    assert (order.status, order.winning) == ("void", "no_result")
    assert statement(floor, "ann")[-1] == ("VOID", 50_00)
    assert floor.exchange.balance("ann").matched == 0
    check_statements(floor)


def test_a_player_who_played_is_settled_at_the_end(floor: Floor) -> None:
    over = floor.place("ann", 100, 50_00, market_id=12010001)
    floor.place("bob", 100, 50_00, outcome=1, market_id=12010001)
    floor.wait_until(KICK_OFF)
    assert floor.book(12010001).market.status == "closed"
    assert over.status == "open"

    floor.wait_until(FULL_TIME)

    assert over.winning == "profit"


def test_what_has_not_matched_by_the_end_is_cancelled(floor: Floor) -> None:
    floor.wait_until(KICK_OFF + SECOND)
    order = floor.place("ann", 150, 10_00)
    floor.wait_until(FULL_TIME - SECOND)
    late = floor.submit("bob", 150, 10_00)
    floor.wait_until(FULL_TIME + 10 * SECOND)

    assert order.status == late.status == "canceled"
    assert floor.exchange.balance("bob").unmatched == 0


def test_a_three_way_market_pays_one_of_three(floor: Floor) -> None:
    for outcome in range(3):
        floor.makers_offer(outcome, 150, 100_00, market_id=301)
    home, draw, away = (floor.place("ann", 150, 20_00, outcome=outcome, market_id=301) for outcome in range(3))
    floor.wait_until(FULL_TIME)

    assert [order.winning for order in (home, draw, away)] == ["profit", "loss", "loss"]
    assert floor.exchange.accounts.makers == 10_00
    assert money_of(floor.exchange) == 2 * BANKROLL


def test_a_finished_event_is_listed_for_five_minutes(floor: Floor) -> None:
    known = floor.strike_id()
    floor.wait_until(FULL_TIME)
    event = floor.exchange.event(EVENT)
    assert event is not None
    assert event.status == "finished"
    with pytest.raises(RefusalError, match="event_not_available"):
        floor.submit("ann", 150, 10_00)

    floor.wait_until(FULL_TIME + 300 * SECOND)

    assert floor.exchange.event(EVENT) is None
    assert floor.exchange.markets(EVENT) is None
    ops = [(c.op, c.event.status.value) for c in floor.heard if isinstance(c, EventChange) and c.event.id == EVENT]
    assert ops == [("u", "live"), ("u", "finished"), ("d", "finished")]
    with pytest.raises(RefusalError, match="invalid_strike_id"):
        floor.exchange.submit("ann", NewOrder("late", known, 150, 10_00))


def test_closing_markets_are_announced(floor: Floor) -> None:
    floor.wait_until(KICK_OFF)

    closed = [c.market.id for c in floor.heard if isinstance(c, MarketChange) and c.market.status == "closed"]
    assert closed == [12010001, 12010002]
