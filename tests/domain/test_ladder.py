"""The ladder of allowed prices: up pays more, even money is one rung, moves stop at the ends."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.ladder import Ladder, from_american_list
from app.domain.odds import from_american

RUNGS = (-25000, -200, -150, -120, -110, -105, -102, -101, 100, 101, 105, 110, 130, 132, 150, 200, 25000)
LADDER = from_american_list(RUNGS)


def moved(start: int, steps: int) -> int:
    return LADDER.move(from_american(start), steps).american


def test_rungs_are_ordered_by_what_they_pay() -> None:
    assert tuple(rung.american for rung in LADDER.rungs) == RUNGS


def test_even_money_is_one_rung_however_it_is_written() -> None:
    ladder = from_american_list([-101, -100, 100, 101])
    assert len(ladder) == 3
    assert from_american(-100) in ladder
    assert ladder.move(from_american(-101), 1) == from_american(100)
    assert ladder.move(from_american(-101), 2) == from_american(101)


@pytest.mark.parametrize(
    ("start", "steps", "end"),
    [(-101, 1, 100), (100, -1, -101), (-110, 1, -105), (-110, -1, -120), (110, 1, 130), (110, 0, 110), (-105, 4, 101), (110, -3, 100)],
)
def test_a_step_goes_to_the_neighbouring_rung(start: int, steps: int, end: int) -> None:
    assert moved(start, steps) == end


@pytest.mark.parametrize(("start", "steps", "end"), [(25000, 1, 25000), (-25000, -1, -25000), (100, 1000, 25000), (100, -1000, -25000)])
def test_the_ends_hold(start: int, steps: int, end: int) -> None:
    assert moved(start, steps) == end


@pytest.mark.parametrize(("odds", "rung"), [(131, 132), (140, 132), (148, 150), (24999, 25000), (-103, -102), (-24000, -25000), (100, 100)])
def test_the_nearest_rung_is_the_one_of_closest_chance(odds: int, rung: int) -> None:
    assert LADDER.nearest(from_american(odds)).american == rung


def test_a_tie_goes_to_the_shorter_price() -> None:
    ladder = Ladder([from_american(-300), from_american(300)])
    assert ladder.nearest(from_american(100)).american == -300


@pytest.mark.parametrize(("start", "end", "steps"), [(-105, 101, 4), (101, -105, -4), (100, 100, 0), (-101, 100, 1)])
def test_the_distance_of_two_prices_is_counted_in_rungs(start: int, end: int, steps: int) -> None:
    assert LADDER.steps(from_american(start), from_american(end)) == steps


def test_a_price_between_two_rungs_is_not_on_the_ladder() -> None:
    assert from_american(131) not in LADDER
    assert "130" not in LADDER


@pytest.mark.parametrize("count", [0, 1, 9, 10_000])
def test_a_handful_of_rungs_or_a_flood_is_no_ladder(count: int) -> None:
    assert not from_american_list(range(100, 100 + count)).is_plausible


def test_a_list_with_something_that_is_no_price_makes_no_ladder() -> None:
    with pytest.raises(ValueError, match="not American"):
        from_american_list([-110, 0, 110])


@given(st.sampled_from(RUNGS), st.integers(-20, 20))
def test_every_move_ends_on_a_rung_and_comes_back_unless_an_end_held_it(start: int, steps: int) -> None:
    begun = from_american(start)
    ended = LADDER.move(begun, steps)
    assert ended in LADDER
    assert abs(LADDER.steps(begun, ended)) <= abs(steps)
    if ended not in {LADDER.rungs[0], LADDER.rungs[-1]}:
        assert LADDER.move(ended, -steps) == begun


@given(st.one_of(st.integers(100, 30_000), st.integers(-30_000, -101)))
def test_no_rung_is_nearer_than_the_nearest(value: int) -> None:
    odds = from_american(value)
    gap = abs(LADDER.nearest(odds).implied - odds.implied)
    assert all(abs(rung.implied - odds.implied) >= gap for rung in LADDER.rungs)


def test_a_grown_ladder_has_the_prices_between_its_own_and_is_the_same_kind() -> None:
    known = from_american_list([100, 102, 104], "B2B accounts")
    grown = known.grown([from_american(103), from_american(102)])
    assert [rung.american for rung in grown.rungs] == [100, 102, 103, 104]
    assert grown.known_for == "B2B accounts"
    assert known.grown([from_american(102)]) is known


def test_only_the_venues_own_list_is_called_the_venues_ladder() -> None:
    odds = from_american(127)
    assert LADDER.lack(odds) == "+127 is not on the venue's price ladder"
    assert from_american_list(RUNGS, "B2B accounts").lack(odds) == "+127 is not among the prices that this program knows for B2B accounts"
    assert LADDER.lack(from_american(130)) == ""
