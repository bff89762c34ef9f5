"""Odds are exact ratios: what they pay, how they compare, and what a person may type."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.odds import Odds, from_american, from_probability, odds_of, parse_american

WHOLE = st.one_of(st.integers(100, 25_000), st.integers(-25_000, -101))
MONEY = st.decimals("0.01", "100000", places=2)


@pytest.mark.parametrize(
    ("american", "stake", "profit"),
    [
        (-110, "110", "100.00"),
        (-110, "10", "9.09"),
        (100, "25", "25.00"),
        (-100, "25", "25.00"),
        (150, "10", "15.00"),
        (510, "4.90", "24.99"),
        (-630, "157.5", "25.00"),
        (-132, "13.2", "10.00"),
        (-25000, "1", "0.00"),
        (-200, "0.01", "0.01"),  # half a cent goes up
    ],
)
def test_a_stake_wins_exactly_what_the_odds_say(american: int, stake: str, profit: str) -> None:
    assert from_american(american).profit(Decimal(stake)) == Decimal(profit)


def test_the_stake_that_wins_a_hundred_at_minus_110_is_a_hundred_and_ten() -> None:
    assert from_american(-110).stake_to_win(Decimal(100)) == Decimal("110.00")


def test_odds_are_kept_as_a_ratio_in_lowest_terms() -> None:
    assert from_american(-110) == Odds(10, 11)
    assert odds_of(150, 100) == Odds(3, 2)


def test_plus_and_minus_a_hundred_are_one_price_and_written_as_plus() -> None:
    assert from_american(-100) == from_american(100)
    assert from_american(-100).american == 100


@pytest.mark.parametrize("value", [0, 1, 99, -1, -99])
def test_numbers_between_the_hundreds_are_no_odds(value: int) -> None:
    with pytest.raises(ValueError, match="not American odds"):
        from_american(value)


@pytest.mark.parametrize(("num", "den"), [(0, 1), (1, 0), (-1, 2), (1, -2)])
def test_odds_that_pay_nothing_are_refused(num: int, den: int) -> None:
    with pytest.raises(ValueError, match="must pay something"):
        odds_of(num, den)


@given(WHOLE)
def test_whole_american_odds_survive_the_ratio(value: int) -> None:
    assert from_american(value).american == value


@given(WHOLE, WHOLE)
def test_odds_are_ordered_by_what_they_pay(one: int, other: int) -> None:
    a, b = from_american(one), from_american(other)
    assert (a < b) == (a.implied > b.implied)
    assert (a <= b) == (not b < a)
    assert (a == b) == (a.decimal == b.decimal)


@given(WHOLE)
def test_a_price_and_its_opposite_are_a_fair_book(value: int) -> None:
    odds = from_american(value)
    assert odds.implied + odds.opposite.implied == 1
    assert odds.opposite.opposite == odds


@given(WHOLE)
def test_odds_come_back_from_their_probability(value: int) -> None:
    odds = from_american(value)
    assert from_probability(odds.implied) == odds


@given(WHOLE, MONEY)
def test_a_profit_is_the_exact_one_within_half_a_cent(value: int, stake: Decimal) -> None:
    odds = from_american(value)
    exact = Fraction(stake) * odds.num / odds.den
    assert abs(Fraction(odds.profit(stake)) - exact) <= Fraction(1, 200)


@given(WHOLE, MONEY)
def test_the_stake_to_win_a_profit_wins_it_within_a_cent_of_stake(value: int, profit: Decimal) -> None:
    odds = from_american(value)
    exact = Fraction(profit) * odds.den / odds.num
    assert abs(Fraction(odds.stake_to_win(profit)) - exact) <= Fraction(1, 200)


@pytest.mark.parametrize(("value", "decimal"), [(150, "2.5"), (-110, "1.909090909090909090909090909"), (100, "2"), (-25000, "1.004")])
def test_european_odds_include_the_stake(value: int, decimal: str) -> None:
    assert from_american(value).decimal == Decimal(decimal)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("+150", 150),
        ("150", 150),
        ("-110", -110),
        ("\u2212110", -110),
        (" +150 ", 150),
        ("ev", 100),
        ("EVEN", 100),
        ("evens", 100),
        ("-100", 100),
    ],
)
def test_odds_may_be_typed_in_every_usual_way(text: str, value: int) -> None:
    assert parse_american(text).american == value


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "+",
        "99",
        "-99",
        "+0",
        "099",
        "1.5",
        "2.50",
        "10/11",
        "--110",
        "+-110",
        "\u2013110",
        "1e3",
        "0x96",
        "NaN",
        "inf",
        "١٥٠",
        "１５０",
        "1,500",
        "+150x",
        "+1 50",
        "9" * 400,
    ],
)
def test_anything_else_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(ValueError, match="American"):
        parse_american(text)


@given(st.text(max_size=12))
def test_typing_anything_gives_odds_or_a_sentence(text: str) -> None:
    try:
        words = f"American {parse_american(text).american:+d}"
    except ValueError as problem:
        words = str(problem)
    assert "American" in words


@given(WHOLE, WHOLE)
def test_two_backers_of_opposite_answers_are_matched_where_their_chances_add_up_to_one_or_more(one: int, other: int) -> None:
    odds, against = from_american(one), from_american(other)
    assert odds.crosses(against) == against.crosses(odds) == (odds.implied + against.implied >= 1)
    assert odds.crosses(odds.opposite)
