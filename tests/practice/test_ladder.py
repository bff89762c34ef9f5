"""The price ladder and its arithmetic."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.practice.ladder import IMPLIED, LADDER, LAST, RUNG, crosses, rung_not_better, win_of

RUNGS = st.integers(0, LAST)


def exact_win(price: int, stake: int) -> Fraction:
    return Fraction(stake * price, 100) if price > 0 else Fraction(stake * 100, -price)


def test_the_ladder_has_the_555_prices_of_the_venue() -> None:
    assert len(LADDER) == 555
    assert LADDER[0] == -25000
    assert LADDER[-1] == 25000
    assert -100 not in LADDER
    assert {100, 101, 130, 132, 198, 200, 205, 500, 510, 1000, 1050, 2000, 2250, 2750, 4900, 5250, 10000, 10500} <= set(LADDER)
    assert not {131, 202, 502, 1025, 2050, 5100, 10250} & set(LADDER)


def test_negative_prices_mirror_the_positive_ones() -> None:
    assert [-price for price in LADDER if price < 0] == sorted((p for p in LADDER if p > 100), reverse=True)


def test_the_opposite_of_a_rung_is_its_mirror_and_even_money_its_own() -> None:
    assert LADDER[LAST // 2] == 100
    assert all(LADDER[LAST - rung] == -price for price, rung in RUNG.items() if price != 100)
    assert LAST - RUNG[100] == RUNG[100]


@given(RUNGS, RUNGS)
def test_two_backers_cross_when_their_implied_chances_reach_one(first: int, second: int) -> None:
    chances = [1 / (1 + exact_win(LADDER[rung], 1)) for rung in (first, second)]

    assert crosses(first, second) == (sum(chances) >= 1)


@given(RUNGS, st.integers(1, 100_000_000_00))
def test_what_a_stake_wins_is_exact_to_half_a_cent(rung: int, stake: int) -> None:
    assert abs(win_of(rung, stake) - exact_win(LADDER[rung], stake)) <= Fraction(1, 2)


@given(st.floats(IMPLIED[LAST], IMPLIED[0]))
def test_a_chance_is_snapped_away_from_fair(chance: float) -> None:
    rung = rung_not_better(chance)

    assert IMPLIED[rung] >= chance
    assert rung == LAST or IMPLIED[rung + 1] < chance


@pytest.mark.parametrize(("price", "stake", "win"), [(-110, 110_00, 100_00), (146, 33_92, 49_52), (-4500, 450_00, 10_00)])
def test_known_wins(price: int, stake: int, win: int) -> None:
    assert win_of(RUNG[price], stake) == win
