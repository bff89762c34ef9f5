"""What a person reads of an order: its state, what may still match, what it wins and what it brought."""

from __future__ import annotations

from decimal import Decimal

import msgspec
import pytest

from app.domain.order import Order, OrderState, Outcome, advance
from tests.domain.orders import fill, money, sent, told


def stated(status: str, matching: str = "", filled: int = 0, quantity: int = 10) -> OrderState:
    return advance(sent(), told(status, matching, filled=filled, quantity=quantity)).state


@pytest.mark.parametrize(
    ("outcome", "state"),
    [
        (Outcome.SENDING, OrderState.SENDING),
        (Outcome.SENT, OrderState.ACCEPTED),
        (Outcome.NOT_SENT, OrderState.NOT_SENT),
        (Outcome.REJECTED, OrderState.REJECTED),
        (Outcome.UNKNOWN, OrderState.UNKNOWN),
    ],
)
def test_before_the_venue_speaks_the_state_is_what_became_of_sending(outcome: Outcome, state: OrderState) -> None:
    assert msgspec.structs.replace(sent(), outcome=outcome).state is state


@pytest.mark.parametrize(
    ("status", "matching", "filled", "quantity", "state"),
    [
        ("inactive", "unmatched", 0, 10, OrderState.ACCEPTED),
        ("placing", "", 0, 10, OrderState.ACCEPTED),
        ("open", "unmatched", 0, 10, OrderState.OPEN),
        ("open", "partially_matched", 4, 10, OrderState.PART),
        ("open", "fully_matched", 10, 10, OrderState.FILLED),
        ("open", "fully_matched", 4, 4, OrderState.CANCELLED_REST),
        ("canceled", "unmatched", 0, 10, OrderState.CANCELLED),
        ("cancelled", "unmatched", 0, 10, OrderState.CANCELLED),
        ("canceled", "partially_matched", 4, 10, OrderState.CANCELLED_REST),
        ("invalid", "", 0, 10, OrderState.INVALID),
        ("wiped", "unmatched", 0, 10, OrderState.WIPED),
        ("settled", "fully_matched", 10, 10, OrderState.SETTLED),
        ("manually_settled", "fully_matched", 10, 10, OrderState.SETTLED),
        ("closed", "fully_matched", 10, 10, OrderState.SETTLED),
        ("void", "fully_matched", 10, 10, OrderState.VOID),
        ("paused", "unmatched", 0, 10, OrderState.UNRECOGNISED),
    ],
)
def test_the_venues_words_become_one_state(status: str, matching: str, filled: int, quantity: int, state: OrderState) -> None:
    assert stated(status, matching, filled, quantity) is state


@pytest.mark.parametrize(
    ("status", "live"),
    [
        ("inactive", True),
        ("open", True),
        ("paused", True),
        ("canceled", False),
        ("wiped", False),
        ("invalid", False),
        ("closed", False),
        ("void", False),
    ],
)
def test_only_an_order_that_may_still_match_has_a_rest(status: str, live: bool) -> None:
    order = advance(sent(), told(status))
    assert order.is_live is live
    assert order.rest == (money(10) if live else money(0))


def test_an_unknown_outcome_counts_as_live_but_cannot_be_cancelled_without_the_venues_id() -> None:
    order = msgspec.structs.replace(sent(), outcome=Outcome.UNKNOWN)
    assert order.is_live
    assert order.rest == money(10)
    assert not order.is_cancellable


@pytest.mark.parametrize("outcome", [Outcome.NOT_SENT, Outcome.REJECTED])
def test_an_order_that_was_never_accepted_is_no_exposure(outcome: Outcome) -> None:
    order = msgspec.structs.replace(sent(), outcome=outcome)
    assert not order.is_live
    assert order.rest == 0


def test_each_known_fill_wins_at_its_own_price_and_the_remainder_at_the_limit() -> None:
    order = advance(sent(), told("open", "partially_matched", filled=6, fill=fill(6, 2, 200)))
    assert order.wins == money(4) + money(6)
    assert order.to_win == order.wins + money(6)


@pytest.mark.parametrize(
    ("status", "winning", "brought"),
    [
        ("settled", "profit", "15.00"),
        ("closed", "won", "15.00"),
        ("manually_settled", "manually_won", "15.00"),
        ("closed", "loss", "-10.00"),
        ("closed", "lost", "-10.00"),
        ("manually_settled", "manually_lost", "-10.00"),
        ("closed", "push", "0.00"),
        ("closed", "draw", "0.00"),
        ("closed", "no_result", "0.00"),
        ("void", "no_result", "0.00"),
        ("void", "tbd", "0.00"),
    ],
)
def test_settlement_brings_what_the_winning_status_says(status: str, winning: str, brought: str) -> None:
    order = advance(sent(), told(status, "fully_matched", filled=10, winning=winning))
    assert order.realised == Decimal(brought)


@pytest.mark.parametrize(("status", "winning"), [("open", "tbd"), ("settled", "tbd"), ("open", "profit"), ("canceled", "tbd")])
def test_nothing_is_realised_before_settlement_with_a_result(status: str, winning: str) -> None:
    assert advance(sent(), told(status, filled=10, winning=winning)).realised is None


@pytest.mark.parametrize("winning", ["half_won", "profitt", "refunded"])
def test_a_result_in_a_word_that_is_not_known_is_no_push(winning: str) -> None:
    assert advance(sent(), told("settled", "fully_matched", filled=10, winning=winning)).realised is None
    assert advance(sent(), told("void", "fully_matched", filled=10, winning=winning)).realised == money(0), "a void gives back in any words"


def test_a_settled_partial_fill_loses_what_was_filled_only() -> None:
    order = advance(sent(), told("closed", "fully_matched", filled=4, quantity=4, winning="loss"))
    assert order.realised == money(-4)


def test_a_draft_is_what_the_order_shows() -> None:
    order: Order = sent(stake="12.50", odds=-110)
    assert (order.stake, order.odds.american) == (Decimal("12.50"), -110)
