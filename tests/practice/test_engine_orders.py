"""The life of single orders: refusals, activation, matching, cancelling."""

from __future__ import annotations

import pytest

from app.practice.model import DepthChange, NewOrder, OrderChange, RefusalError, TradeChange
from tests.practice.floor import BANKROLL, KICK_OFF, Floor, fills_of


@pytest.fixture
def floor() -> Floor:
    floor = Floor()
    floor.account("ann")
    floor.account("bob")
    return floor


def refusal(floor: Floor, new: NewOrder, user_id: str = "ann") -> str:
    with pytest.raises(RefusalError) as refused:
        floor.exchange.submit(user_id, new)
    return refused.value.code


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"external_id": ""}, "invalid_external_id"),
        ({"external_id": "a b"}, "invalid_external_id"),
        ({"external_id": "x" * 101}, "invalid_external_id"),
        ({"strike_id": "0" * 32}, "invalid_strike_id"),
        ({"price": -100}, "invalid_price"),
        ({"price": 131}, "invalid_price"),
        ({"quantity": 0}, "invalid_quantity"),
        ({"quantity": -5_00}, "invalid_quantity"),
        ({"quantity": 99}, "invalid_quantity"),
        ({"quantity": 100_000_000_01}, "order_quantity_exceeds_max"),
        ({"price": -25000, "quantity": 1_00}, "order_invalid_profit"),
        ({"strategy": "GTC"}, "invalid_param"),
        ({"quantity": BANKROLL + 1}, "insufficient_amount"),
    ],
)
def test_an_order_out_of_bounds_is_refused_with_the_venues_code(floor: Floor, change: dict[str, object], code: str) -> None:
    fields: dict[str, object] = {
        "external_id": "mine",
        "strike_id": floor.strike_id(),
        "price": -110,
        "quantity": 10_00,
        "strategy": "",
        **change,
    }

    assert refusal(floor, NewOrder(**fields)) == code  # type: ignore[arg-type]
    assert floor.exchange.orders("ann") == []


def test_an_external_id_is_used_up_for_ever(floor: Floor) -> None:
    first = floor.place("ann", 150, 10_00)
    floor.wait(1)
    floor.cancel(first)

    assert refusal(floor, NewOrder(first.external_id, floor.strike_id(), 150, 10_00)) == "order_external_id_existed"
    assert floor.exchange.submit("bob", NewOrder(first.external_id, floor.strike_id(), 150, 10_00))


def test_unmatched_orders_reach_ten_times_the_cash_at_most(floor: Floor) -> None:
    for _ in range(10):
        floor.submit("ann", 150, BANKROLL)

    assert refusal(floor, NewOrder("one-more", floor.strike_id(), 150, 1_00)) == "insufficient_amount"


def test_an_order_is_inactive_for_80_ms_and_then_open(floor: Floor) -> None:
    order = floor.submit("ann", 150, 10_00)
    floor.wait(0.079)
    assert order.status == "inactive"

    floor.wait(0.001)

    assert floor.told(order) == [("inactive", "unmatched", 10_00), ("open", "unmatched", 10_00)]
    assert floor.levels(1) == [(-150, 10_00, 15_00)]


def test_an_in_play_order_waits_five_seconds(floor: Floor) -> None:
    floor.wait_until(KICK_OFF)
    order = floor.submit("ann", 150, 10_00)
    floor.wait(4.99)
    assert order.status == "inactive"

    floor.wait(0.01)

    assert order.status == "open"


def test_orders_open_in_the_order_they_came(floor: Floor) -> None:
    orders = [floor.submit("ann", 150, 10_00) for _ in range(3)]
    floor.wait(0.1)

    priorities = [order.priority for order in orders]
    assert priorities == sorted(priorities)
    assert [resting.order_id for resting in floor.book().offers[1]] == [order.id for order in orders]


def test_a_taker_gets_the_better_price_that_rests(floor: Floor) -> None:
    maker = floor.place("ann", -140, 70_00, outcome=1)
    taker = floor.place("bob", 120, 50_00)

    assert fills_of(taker) == [(140, 50_00, 70_00)]
    assert fills_of(maker) == [(-140, 70_00, 50_00)]
    assert taker.matching == maker.matching == "fully_matched"


def test_even_money_meets_even_money(floor: Floor) -> None:
    floor.place("ann", 100, 10_00, outcome=1)
    taker = floor.place("bob", 100, 10_00)

    assert fills_of(taker) == [(100, 10_00, 10_00)]


def test_a_price_that_is_a_step_too_greedy_rests(floor: Floor) -> None:
    floor.place("ann", -140, 70_00, outcome=1)
    taker = floor.place("bob", 142, 50_00)

    assert taker.fills == []
    assert not floor.book().is_crossed()


def test_the_best_price_fills_first_and_then_who_came_first(floor: Floor) -> None:
    first = floor.place("ann", -120, 12_00, outcome=1)
    second = floor.place("ann", -120, 12_00, outcome=1)
    best = floor.place("ann", -130, 13_00, outcome=1)
    floor.place("bob", 120, 15_00)

    assert best.filled == 13_00
    assert first.filled == 6_00
    assert second.filled == 0


def test_a_partly_filled_level_keeps_its_quantity_and_shows_what_is_left(floor: Floor) -> None:
    floor.place("ann", -146, 146_00, outcome=1)
    floor.place("bob", 146, 66_08)

    assert floor.levels(0) == [(146, 146_00, 33_92)]


def test_every_fill_is_told_with_a_growing_sequence_and_a_trade_and_a_depth(floor: Floor) -> None:
    floor.makers_offer(0, -110, 11_00)
    floor.makers_offer(0, -115, 11_50)
    order = floor.place("ann", -115, 30_00)

    matching = [c for c in floor.heard if isinstance(c, OrderChange) and c.update_type == "matching"]
    trades = [c for c in floor.heard if isinstance(c, TradeChange)]
    assert [c.fill.stake for c in matching if c.fill] == [11_00, 11_50]
    assert [(trade.price, trade.fill_price) for trade in trades] == [(-115, -110), (-115, -115)]
    assert isinstance(floor.heard[-1], DepthChange)
    sequences = [c.sequence for c in floor.heard if isinstance(c, OrderChange | TradeChange | DepthChange)]
    assert sequences == sorted(set(sequences))
    assert all(len(str(sequence)) == 19 for sequence in sequences)
    assert order.open_quantity == 7_50


def test_a_placing_order_cannot_be_cancelled(floor: Floor) -> None:
    order = floor.submit("ann", 150, 10_00)

    with pytest.raises(RefusalError, match="order_is_placing"):
        floor.cancel(order)


def test_a_newly_opened_order_cannot_be_cancelled_for_150_ms(floor: Floor) -> None:
    order = floor.submit("ann", 150, 10_00)
    floor.wait(0.080 + 0.149)
    with pytest.raises(RefusalError, match="order_opened_retry"):
        floor.cancel(order)

    floor.wait(0.001)

    assert floor.cancel(order).status == "canceled"
    assert floor.levels(1) == []


def test_a_partial_cancel_stays_open_fully_matched_and_small(floor: Floor) -> None:
    order = floor.place("ann", 150, 10_00)
    floor.place("bob", -150, 4_50, outcome=1)
    floor.wait(1)
    floor.cancel(order)
    floor.wait(0)

    assert order.original_quantity == 10_00
    assert floor.told(order)[-2:] == [("open", "partially_matched", 10_00), ("open", "fully_matched", 3_00)]
    assert floor.exchange.balance("ann").unmatched == 0
    assert floor.exchange.balance("ann").matched == 3_00


def test_what_is_over_cannot_be_cancelled_again(floor: Floor) -> None:
    cancelled = floor.place("ann", 150, 10_00)
    filled = floor.place("ann", 140, 10_00, market_id=225)
    floor.place("bob", -140, 14_00, outcome=1, market_id=225)
    floor.wait(1)
    floor.cancel(cancelled)

    with pytest.raises(RefusalError, match="order_already_cancelled"):
        floor.cancel(cancelled)
    with pytest.raises(RefusalError, match="order_already_filled"):
        floor.cancel(filled)


def test_cancelling_wants_the_owner_and_the_right_external_id(floor: Floor) -> None:
    order = floor.place("ann", 150, 10_00)
    floor.wait(1)
    exchange = floor.exchange

    with pytest.raises(RefusalError, match="invalid_order_id"):
        exchange.cancel("ann", "nothing", None)
    with pytest.raises(RefusalError, match="order_not_belongs_to_user"):
        exchange.cancel("bob", order.id, order.external_id)
    with pytest.raises(RefusalError, match="order_not_matching_external_id"):
        exchange.cancel("ann", order.id, "another")
    assert exchange.cancel("ann", order.id, None).status == "canceled"


def test_cancel_where_takes_what_fits_and_skips_what_is_placing(floor: Floor) -> None:
    moneyline = floor.place("ann", 150, 10_00)
    total = floor.place("ann", 150, 10_00, market_id=225)
    placing = floor.submit("ann", 150, 10_00)

    taken = floor.exchange.cancel_where("ann", event_id=501, market_id=219)

    assert taken == [moneyline]
    assert total.status == "open"
    assert placing.status == "inactive"
    assert floor.exchange.cancel_where("ann") == [total]
    with pytest.raises(RefusalError, match="no_cancellable_orders"):
        floor.exchange.cancel_where("ann")


def test_fill_or_kill_takes_what_there_is_and_leaves_after_two_seconds(floor: Floor) -> None:
    floor.makers_offer(0, 120, 4_00)
    part = floor.place("ann", 120, 10_00, strategy="fillOrKill")
    none = floor.place("bob", 140, 10_00, market_id=225, strategy="fillOrKill")
    assert part.matching == "partially_matched"
    assert none.status == "open"

    floor.wait(2)

    assert (part.status, part.matching, part.quantity) == ("open", "fully_matched", 4_00)
    assert none.status == "canceled"


def test_an_alo_order_rests_or_is_invalid_but_never_takes(floor: Floor) -> None:
    floor.makers_offer(0, 120, 50_00)
    crossing = floor.place("ann", 120, 10_00, strategy="ALO")
    resting = floor.place("ann", 122, 10_00, strategy="ALO")

    assert (crossing.status, crossing.filled) == ("invalid", 0)
    assert resting.status == "open"
    assert floor.exchange.balance("ann").unmatched == 10_00


def test_money_that_is_gone_at_activation_makes_an_order_invalid(floor: Floor) -> None:
    floor.makers_offer(0, -110, 5_000_00)
    floor.submit("ann", -110, BANKROLL)
    late = floor.submit("ann", -110, BANKROLL)
    floor.wait(1)

    assert late.status == "invalid"
    assert floor.exchange.balance("ann").matched == BANKROLL


def test_a_fill_cancels_the_resting_orders_it_leaves_uncovered(floor: Floor) -> None:
    small = floor.place("ann", 150, 100_00)
    large = floor.place("ann", 150, 800_00, market_id=225)
    floor.makers_offer(0, -110, 5_000_00, market_id=223)
    floor.place("ann", -110, 500_00, market_id=223)

    assert large.status == "canceled"
    assert small.status == "open"


def test_an_account_that_deducts_on_placement_counts_resting_orders() -> None:
    floor = Floor(deduct="placement")
    floor.account("ann")
    floor.place("ann", 150, 600_00)

    with pytest.raises(RefusalError, match="insufficient_amount"):
        floor.submit("ann", 150, 500_00)
    assert floor.place("ann", 150, 400_00).status == "open"


def test_players_are_open_before_the_game_only(floor: Floor) -> None:
    assert floor.place("ann", 150, 10_00, market_id=12010001).status == "open"
    floor.wait_until(KICK_OFF)

    with pytest.raises(RefusalError, match="supplemental_market_pre_match_only"):
        floor.submit("ann", 150, 10_00, market_id=12010001)


def test_dust_that_can_no_longer_win_a_cent_leaves_the_book(floor: Floor) -> None:
    floor.makers_offer(0, -4500, 9_90)
    order = floor.place("ann", -4500, 10_00)

    assert (order.status, order.matching, order.quantity, order.filled) == ("open", "fully_matched", 9_90, 9_90)
    assert floor.exchange.balance("ann").unmatched == 0


def test_in_a_market_of_three_users_meet_the_makers_only(floor: Floor) -> None:
    draw = floor.place("ann", 240, 10_00, outcome=1, market_id=301)
    home = floor.place("bob", -110, 10_00, outcome=0, market_id=301)
    floor.makers_offer(2, 180, 40_00, market_id=301)
    away = floor.place("bob", 170, 10_00, outcome=2, market_id=301)

    assert draw.fills == home.fills == []
    assert floor.levels(0, 301) == floor.levels(1, 301) == []
    assert fills_of(away) == [(180, 10_00, 18_00)]


def test_a_rest_too_small_for_the_offer_it_crosses_does_not_stand_against_it(floor: Floor) -> None:
    floor.makers_offer(0, -4400, 1_00)
    nearly_gone = floor.makers_offer(0, -4500, 100_00)
    nearly_gone.open, nearly_gone.worth = 1, 1_00
    order = floor.place("ann", -4500, 1_30)

    assert not floor.book().is_crossed()
    assert (order.filled, order.quantity, order.matching) == (1_00, 1_00, "fully_matched")
