"""One stake over several prices: no cent is lost, each price pays more, and the orders meet the book one after the other."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.book import Level, match, takeable_at
from app.domain.ladder import Ladder, from_american_list
from app.domain.market import MarketKey
from app.domain.odds import from_american
from app.domain.order import OrderDraft
from app.domain.split import match_in_turn, parts, rungs, split

LADDER = from_american_list([-110, -105, -101, 100, 101, 105, 110, 115, 120])
DRAFT = OrderDraft(MarketKey(19458, 219, Decimal(0)), "a" * 32, from_american(105), Decimal("10.00"), "Away at Home", "moneyline", "Home")


def level(american: int, takeable: str) -> Level:
    return Level(from_american(american), Decimal(takeable), Decimal(100))


SIDE = (level(110, "4.00"), level(105, "3.00"), level(101, "50.00"))


def test_the_cents_that_cannot_be_divided_go_to_the_first() -> None:
    assert parts(Decimal("20.00"), 3) == (Decimal("6.68"), Decimal("6.66"), Decimal("6.66"))


@given(cents=st.integers(20, 10_000_000_000), count=st.sampled_from([1, 2, 3, 5, 10, 20]))
def test_no_cent_is_lost_and_the_others_are_equal(cents: int, count: int) -> None:
    stake = Decimal(cents).scaleb(-2)
    found = parts(stake, count)
    assert (len(found), sum(found)) == (count, stake)
    assert len(set(found[1:])) <= 1
    assert all(part == part.quantize(Decimal("0.01")) > 0 for part in found)
    assert count == 1 or Decimal(0) <= found[0] - found[-1] < count * Decimal("0.01")


def test_a_stake_too_small_to_divide_is_refused_with_the_least_that_can_be() -> None:
    with pytest.raises(ValueError, match=r"0\.19 over 20 prices leaves less than a cent for each: 0\.20 is the least"):
        parts(Decimal("0.19"), 20)
    assert parts(Decimal("0.20"), 20) == (Decimal("0.01"),) * 20


def test_the_prices_follow_the_ladder_over_even_money_and_each_pays_more() -> None:
    assert [odds.american for odds in rungs(LADDER, from_american(-105), 4)] == [-105, -101, 100, 101]


def test_the_last_price_of_the_ladder_can_be_the_last_of_them() -> None:
    assert [odds.american for odds in rungs(LADDER, from_american(115), 2)] == [115, 120]


@pytest.mark.parametrize(
    ("odds", "count", "words"),
    [
        (115, 3, "The ladder ends at +120: only 2 prices are left from +115 on, not 3"),
        (120, 20, "The ladder ends at +120: only 1 price is left from +120 on, not 20"),
        (103, 2, "+103 is not on the venue's price ladder"),
        (125, 2, "+125 is not on the venue's price ladder"),
    ],
)
def test_where_the_ladder_has_no_such_prices_a_sentence_says_so(odds: int, count: int, words: str) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the words are what counts
        rungs(LADDER, from_american(odds), count)
    assert str(caught.value) == words


def test_a_ladder_that_is_empty_holds_no_price() -> None:
    with pytest.raises(ValueError, match="not on the venue's price ladder"):
        rungs(Ladder([]), from_american(105), 1)


def test_an_order_is_split_into_orders_that_differ_in_odds_and_stake_only() -> None:
    found = split(DRAFT, LADDER, 3)
    assert [(one.odds.american, one.stake) for one in found] == [(105, Decimal("3.34")), (110, Decimal("3.33")), (115, Decimal("3.33"))]
    assert {(one.market, one.selection_id, one.selection_name, one.event_name) for one in found} == {
        (DRAFT.market, DRAFT.selection_id, DRAFT.selection_name, DRAFT.event_name)
    }


def test_each_order_meets_what_those_before_it_left() -> None:
    found = match_in_turn(SIDE, split(DRAFT, LADDER, 3))
    assert [(one.fills, one.rests) for one in found] == [
        (Decimal("3.34"), Decimal("0.00")),
        (Decimal("0.66"), Decimal("2.67")),
        (Decimal("0.00"), Decimal("3.33")),
    ]
    assert found[1].wins == from_american(110).profit(Decimal("0.66"))


@given(
    takeable=st.lists(st.integers(0, 2000), max_size=4),
    stakes=st.lists(st.integers(1, 2000), min_size=1, max_size=5),
    first=st.integers(0, 4),
)
def test_no_money_of_the_book_is_taken_twice(takeable: list[int], stakes: list[int], first: int) -> None:
    side = tuple(level(price, f"{cents / 100:.2f}") for price, cents in zip((120, 110, 105, 101), takeable, strict=False))
    drafts = [
        OrderDraft(DRAFT.market, DRAFT.selection_id, odds, Decimal(cents).scaleb(-2))
        for odds, cents in zip(LADDER.rungs[first:], stakes, strict=False)
    ]
    found = match_in_turn(side, drafts)
    for place, one in enumerate(found):
        assert one.fills + one.rests == drafts[place].stake
        best = sum((each.fills for each in found[place:]), Decimal(0))
        assert best <= takeable_at(side, drafts[place].odds)
    assert found[0] == match(side, drafts[0].odds, drafts[0].stake)
