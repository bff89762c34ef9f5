"""What an order would meet in a book, and what the book's prices are worth."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.book import Book, Level, Match, fair, match, overround, takeable_at
from app.domain.market import MarketKey
from app.domain.odds import from_american

KEY = MarketKey(19458, 219, Decimal(0))


def level(american: int, takeable: str, resting: str = "100") -> Level:
    return Level(from_american(american), Decimal(takeable), Decimal(resting))


SIDE = (level(150, "10.00"), level(146, "33.92", "116.71"), level(-110, "50.00"))


def test_a_stake_below_the_first_level_fills_there_whole() -> None:
    assert match(SIDE, from_american(-110), Decimal("4.00")) == Match(Decimal("4.00"), Decimal("0.00"), Decimal("6.00"), 1)


def test_a_stake_walks_down_the_levels_to_its_limit_and_rests_what_is_left() -> None:
    found = match(SIDE, from_american(146), Decimal("60.00"))
    assert found.fills == Decimal("43.92")
    assert found.rests == Decimal("16.08")
    assert found.wins == Decimal("15.00") + Decimal("49.52")
    assert found.levels == 2


def test_a_level_takes_what_is_takeable_not_what_its_makers_put_there() -> None:
    assert match((level(146, "33.92", "116.71"),), from_american(146), Decimal(100)).fills == Decimal("33.92")


def test_a_limit_above_the_best_price_fills_nothing() -> None:
    assert match(SIDE, from_american(151), Decimal(20)) == Match(Decimal(0), Decimal(20), Decimal("0.00"), 0)


def test_an_empty_side_fills_nothing() -> None:
    assert match((), from_american(100), Decimal(20)).rests == Decimal(20)


def test_even_money_meets_even_money_however_it_is_written() -> None:
    assert match((level(100, "5"),), from_american(-100), Decimal(5)).fills == Decimal(5)


@pytest.mark.parametrize(
    ("limit", "money"), [(151, "0.00"), (150, "10.00"), (147, "10.00"), (146, "43.92"), (-110, "93.92"), (-25000, "93.92")]
)
def test_takeable_money_is_summed_at_the_limit_or_better(limit: int, money: str) -> None:
    assert takeable_at(SIDE, from_american(limit)) == Decimal(money)


@given(
    st.lists(st.tuples(st.integers(100, 400), st.decimals("0.01", "500", places=2)), max_size=8),
    st.integers(100, 400),
    st.decimals("0.01", "3000", places=2),
)
def test_a_match_never_fills_worse_more_or_less_than_it_should(rows: list[tuple[int, Decimal]], limit: int, stake: Decimal) -> None:
    side = tuple(Level(from_american(price), money, money) for price, money in sorted(rows, reverse=True))
    found = match(side, from_american(limit), stake)
    assert found.fills + found.rests == stake
    assert found.fills == min(stake, takeable_at(side, from_american(limit)))
    assert found.wins >= from_american(limit).profit(found.fills) - Decimal("0.01") * len(side)


def book(*best: int | None) -> Book:
    return Book(KEY, {str(place): (level(price, "10"),) if price else () for place, price in enumerate(best)})


def test_the_overround_is_the_sum_of_the_best_prices_shares() -> None:
    assert overround(book(-110, -110), ["0", "1"]) == 2 * Fraction(110, 210)
    assert overround(book(150, -150), ["0", "1"]) == 1


def test_there_is_no_overround_while_a_selection_has_no_offer() -> None:
    assert overround(book(-110, None), ["0", "1"]) is None
    assert overround(book(), []) is None
    assert fair(book(-110, None), ["0", "1"], "0") is None


def test_the_fair_price_takes_the_margin_out_in_proportion() -> None:
    priced = book(-110, -110)
    assert fair(priced, ["0", "1"], "0") == from_american(100)


@given(st.lists(st.one_of(st.integers(100, 2000), st.integers(-2000, -101)), min_size=2, max_size=4))
def test_fair_prices_of_a_market_make_a_fair_book(best: list[int]) -> None:
    priced = book(*best)
    ids = [str(place) for place in range(len(best))]
    fairs = [fair(priced, ids, one) for one in ids]
    assert sum((odds.implied for odds in fairs if odds), Fraction(0)) == 1


def test_an_unknown_selection_has_an_empty_side() -> None:
    assert book(100).side("other") == ()
    assert book(100).best("other") is None
