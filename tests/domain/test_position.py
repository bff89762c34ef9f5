"""What a market's filled orders bring on each result."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.order import Order, advance
from app.domain.position import if_wins
from tests.domain.orders import fill, money, sent, told

IDS = ["home", "away"]


def held(selection_id: str, stake: int, odds: int, filled: int | None = None, status: str = "open") -> Order:
    matching = "fully_matched" if filled in {None, stake} else "partially_matched"
    return advance(sent(stake, odds, selection_id), told(status, matching, quantity=stake, filled=stake if filled is None else filled))


def test_a_market_without_fills_brings_nothing_at_all() -> None:
    assert if_wins([], IDS) == {}
    assert if_wins([advance(sent(selection_id="home"), told("open", filled=0))], IDS) == {}


def test_one_bet_wins_on_its_side_and_loses_its_stake_on_the_other() -> None:
    assert if_wins([held("home", 110, -110)], IDS) == {"home": money(100), "away": money(-110)}


def test_both_sides_of_a_market_are_set_against_each_other() -> None:
    found = if_wins([held("home", 110, -110), held("away", 100, 120)], IDS)
    assert found == {"home": money(0), "away": money(10)}


def test_three_way_markets_lose_the_stakes_of_both_other_selections() -> None:
    ids = ["home", "draw", "away"]
    found = if_wins([held("home", 10, 150), held("draw", 5, 220)], ids)
    assert found == {"home": money(10), "draw": money(1), "away": money(-15)}


def test_fills_count_at_their_own_prices() -> None:
    order = advance(sent(10, 150, "home"), told("open", "fully_matched", filled=10, fill=fill(10, 10, 160)))
    assert if_wins([order], IDS) == {"home": money(16), "away": money(-10)}


def test_only_the_matched_part_counts() -> None:
    assert if_wins([held("home", 10, 150, filled=4)], IDS) == {"home": money(6), "away": money(-4)}


@pytest.mark.parametrize("status", ["settled", "closed", "void", "manually_settled"])
def test_what_is_settled_or_void_no_longer_hangs_on_the_result(status: str) -> None:
    assert if_wins([held("home", 10, 150, status=status)], IDS) == {}


@pytest.mark.parametrize("status", ["canceled", "wiped", "paused"])
def test_a_filled_part_counts_whatever_became_of_the_rest(status: str) -> None:
    assert if_wins([held("home", 10, 150, filled=4, status=status)], IDS) == {"home": money(6), "away": money(-4)}


def test_orders_of_other_markets_do_not_count() -> None:
    assert if_wins([held("elsewhere", 10, 150)], IDS) == {}


@given(st.lists(st.tuples(st.sampled_from(IDS), st.integers(1, 100), st.integers(100, 400)), max_size=6))
def test_results_differ_by_what_is_won_and_staked(rows: list[tuple[str, int, int]]) -> None:
    found = if_wins([held(*row) for row in rows], IDS)
    staked = sum((Decimal(stake) for _, stake, _ in rows), Decimal(0))
    for selection, result in found.items():
        own = [held(*row) for row in rows if row[0] == selection]
        assert result == sum((order.wins + order.filled for order in own), Decimal(0)) - staked
