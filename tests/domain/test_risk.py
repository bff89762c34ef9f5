"""What may be lost: the worst result of a market, the traps of a price, and limits that no file goes beyond."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.ladder import from_american_list
from app.domain.market import MarketKey
from app.domain.odds import Odds, from_american
from app.domain.order import Fill, Order, Outcome, advance
from app.domain.risk import BOUNDS, Limits, by_market, clamped, is_sign_slip, payout_factor, staked, steps_worse, worst_loss
from tests.domain.orders import money, sent, told

HOME, AWAY, DRAW = "home", "away", "draw"
BOTH = (HOME, AWAY)


def waiting(selection_id: str, stake: str | int, odds: int = 100, ref: str = "ov-1") -> Order:
    return advance(sent(stake, odds, selection_id, ref), told("open", odds=from_american(odds), quantity=stake, selection_id=selection_id))


def matched(selection_id: str, stake: str | int, odds: int = 100, ref: str = "ov-1") -> Order:
    part = Fill(money(stake), money(stake), from_american(odds))
    return advance(waiting(selection_id, stake, odds, ref), told("open", "fully_matched", filled=stake, quantity=stake, fill=part))


# The worst result


def test_nothing_held_loses_nothing() -> None:
    assert worst_loss([], BOTH) == 0
    assert worst_loss([], ()) == 0


@pytest.mark.parametrize("outcome", [Outcome.SENDING, Outcome.UNKNOWN])
def test_an_order_that_nobody_knows_of_may_lose_all_of_its_stake(outcome: Outcome) -> None:
    order = msgspec.structs.replace(sent(40, selection_id=HOME), outcome=outcome)
    assert worst_loss([order], BOTH) == money(40)


@pytest.mark.parametrize("outcome", [Outcome.NOT_SENT, Outcome.DENIED, Outcome.REJECTED, Outcome.PRESUMED])
def test_an_order_that_was_not_accepted_loses_nothing(outcome: Outcome) -> None:
    order = msgspec.structs.replace(sent(40, selection_id=HOME), outcome=outcome)
    assert worst_loss([order], BOTH) == staked([order]) == 0


def test_matched_orders_on_both_sides_pay_for_each_other() -> None:
    assert worst_loss([matched(HOME, 100, 150), matched(AWAY, 120, -120, "ov-2")], BOTH) == money(0), "150 against 120, 100 against 100"
    assert worst_loss([matched(HOME, 100, 150), matched(AWAY, 100, -120, "ov-2")], BOTH) == money("16.67")


def test_what_only_waits_pays_for_nothing() -> None:
    assert worst_loss([waiting(HOME, 100, 150), matched(AWAY, 100, -120, "ov-2")], BOTH) == money(100)
    assert worst_loss([waiting(HOME, 100, 150), waiting(AWAY, 100, 150, "ov-2")], BOTH) == money(100)


def test_a_partly_matched_order_pays_with_its_matched_part_and_risks_all_of_it() -> None:
    part = advance(sent(100, 100, HOME), told("open", "partially_matched", filled=40, quantity=100))
    assert worst_loss([part], BOTH) == money(100)
    assert worst_loss([part, matched(AWAY, 70, 100, "ov-2")], BOTH) == money(30)


def test_the_third_result_loses_both() -> None:
    assert worst_loss([matched(HOME, 100), matched(AWAY, 50, ref="ov-2")], (*BOTH, DRAW)) == money(150)


def test_where_the_answers_are_not_known_none_of_ours_may_win() -> None:
    assert worst_loss([matched(HOME, 100), matched(AWAY, 50, ref="ov-2")], ()) == money(150)


def test_a_market_of_which_one_answer_only_is_listed_can_still_be_lost() -> None:
    assert worst_loss([waiting(HOME, 100)], (HOME,)) == money(100), "a player who scores or does not; a side whose offers are all gone"
    assert worst_loss([matched(HOME, 100)], (HOME,)) == money(100)


def test_an_order_on_an_answer_that_is_no_longer_listed_is_lost_with_every_result() -> None:
    assert worst_loss([matched("gone", 100), matched(HOME, 50, ref="ov-2")], BOTH) == money(150)


@given(
    st.lists(
        st.tuples(st.sampled_from([HOME, AWAY, DRAW]), st.integers(1, 500), st.sampled_from([-200, -110, 100, 150, 400]), st.booleans())
    )
)
def test_the_worst_loss_is_never_more_than_all_stakes_and_never_less_than_a_result_brings(
    held: list[tuple[str, int, int, bool]],
) -> None:
    orders = [
        (matched if is_matched else waiting)(selection, stake, odds, f"ov-{number}")
        for number, (selection, stake, odds, is_matched) in enumerate(held)
    ]
    worst = worst_loss(orders, (HOME, AWAY, DRAW))
    assert 0 <= worst <= staked(orders)
    for winner in (HOME, AWAY, DRAW):
        filled = [order for order in orders if order.filled]
        lost = sum((order.filled for order in filled if order.draft.selection_id != winner), money(0))
        won = sum((order.wins for order in filled if order.draft.selection_id == winner), money(0))
        assert worst >= lost - won


@given(st.lists(st.tuples(st.sampled_from(BOTH), st.integers(1, 100)), min_size=1))
def test_one_more_order_that_only_waits_never_lowers_the_worst_loss(held: list[tuple[str, int]]) -> None:
    orders = [waiting(selection, stake, ref=f"ov-{number}") for number, (selection, stake) in enumerate(held)]
    assert worst_loss(orders, BOTH) >= worst_loss(orders[:-1], BOTH)


def test_markets_are_kept_apart_by_event_template_and_strike() -> None:
    keys = [MarketKey(1, 66, Decimal("1.5")), MarketKey(1, 66, Decimal("2.5")), MarketKey(2, 66, Decimal("1.5"))]
    orders = [msgspec.structs.replace(sent(ref=str(key)), draft=msgspec.structs.replace(sent().draft, market=key)) for key in keys]
    assert {key: len(found) for key, found in by_market([*orders, orders[0]]).items()} == dict(zip(keys, (2, 1, 1), strict=True))


# The traps of a price


@pytest.mark.parametrize(
    ("odds", "fair", "is_slip"),
    [
        (400, -400, True),
        (-400, 400, True),
        (410, -390, True),
        (150, -160, True),
        (400, 390, False),
        (-400, -390, False),
        (105, -105, False),
        (-105, 105, False),
        (110, -120, False),
        (1000, -200, False),
        (100, 100, False),
        (100, -100, False),
    ],
)
def test_the_right_price_with_the_wrong_sign_is_seen(odds: int, fair: int, is_slip: bool) -> None:
    assert is_sign_slip(from_american(odds), from_american(fair)) is is_slip


@given(st.integers(-25_000, 25_000).filter(lambda value: abs(value) >= 140))
def test_every_price_well_off_even_money_is_seen_as_its_own_slip(value: int) -> None:
    odds = from_american(value)
    assert is_sign_slip(odds, odds.opposite) is (abs(odds.implied - Fraction(1, 2)) > Fraction(75, 1000))
    assert not is_sign_slip(odds, odds)


@given(st.integers(1, 300), st.integers(1, 300), st.integers(1, 300), st.integers(1, 300))
def test_a_factor_is_the_same_both_ways_and_never_below_one(a: int, b: int, c: int, d: int) -> None:
    odds, fair = Odds(a, b), Odds(c, d)
    assert payout_factor(odds, fair) >= 1
    assert abs(payout_factor(odds, fair) - payout_factor(fair, odds)) < Decimal("1E-20") * payout_factor(odds, fair)


def test_steps_are_counted_on_the_ladder_and_a_better_price_is_none_worse() -> None:
    ladder = from_american_list([-110, -105, 100, 105, 110, 120])
    assert steps_worse(ladder, from_american(-110), from_american(110)) == 4
    assert steps_worse(ladder, from_american(-100), from_american(105)) == 1
    assert steps_worse(ladder, from_american(120), from_american(110)) == 0


# Limits


def test_the_limits_that_come_with_the_program_are_within_their_bounds() -> None:
    assert clamped(Limits()) == (Limits(), [])


@pytest.mark.parametrize("name", sorted(BOUNDS))
def test_each_limit_is_bent_to_its_bounds_and_said(name: str) -> None:
    low, high = BOUNDS[name]
    kind = type(getattr(Limits(), name))
    for asked, kept in ((low - 1, low), (high + 1, high), (high * 10**9, high), (low, low), (high, high)):
        limits, said = clamped(msgspec.structs.replace(Limits(), **{name: kind(asked)}))
        assert getattr(limits, name) == kept
        assert type(getattr(limits, name)) is kind
        assert len(said) == (kind(asked) != kept)
        assert all(name.replace("_", " ") in words for words in said)


@pytest.mark.parametrize("value", ["NaN", "sNaN", "Infinity", "-Infinity"])
def test_a_limit_that_is_no_number_is_the_smallest_there_is(value: str) -> None:
    limits, said = clamped(msgspec.structs.replace(Limits(), stake=Decimal(value), day_loss=Decimal(value)))
    assert (limits.stake, limits.day_loss, len(said)) == (money(1), money(1), 2)


def test_several_limits_out_of_bounds_are_each_said() -> None:
    limits, said = clamped(Limits(stake=money(0), worse_steps=-1, silence_seconds=0))
    assert (limits.stake, limits.worse_steps, limits.silence_seconds) == (money(1), 0, 6)
    assert said == [
        "stake cannot be 0.00: 1.00 is used",
        "worse steps cannot be -1: 0 is used",
        "silence seconds cannot be 0: 6 is used",
    ]


def test_every_amount_and_number_of_the_limits_has_bounds() -> None:
    assert set(BOUNDS) == set(Limits.__struct_fields__) - {"version", "silence"}
