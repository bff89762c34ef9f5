"""The league's prices: margins, availability, histories and the feed of changes."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise
from math import comb
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.practice.clock import SECOND
from app.practice.cs2.course import Form, Prospects, draw_course, score_of
from app.practice.cs2.duel import MOST_LEVEL, START, duel
from app.practice.cs2.league import League
from app.practice.cs2.model import Market, MatchState, Point, Priced, Status
from app.practice.cs2.pricing import MARGIN, odds_of, text_of
from tests.practice.cs2.kit import go, implied, league, live, steps, until_finished

TOLERANCE = Decimal("0.015")


@given(st.lists(st.floats(0.0, 1.0), min_size=2, max_size=3).filter(lambda chances: sum(chances) > 0.1), st.sampled_from([0.04, 0.05]))
def test_odds_are_above_one_and_add_up_to_the_margin(chances: list[float], margin: float) -> None:
    odds = odds_of(chances, margin)
    assert min(odds) >= 101
    assert sum(100 / each for each in odds) == pytest.approx(1 + margin, abs=float(TOLERANCE))
    for one, its in zip(chances, odds, strict=True):
        for other, others in zip(chances, odds, strict=True):
            assert one >= other or its >= others


@pytest.mark.parametrize(("hundredths", "text"), [(101, "1.01"), (187, "1.87"), (1800, "18.00"), (10_405, "104.05")])
def test_odds_are_text_with_two_decimals(hundredths: int, text: str) -> None:
    assert text_of(hundredths) == text


def test_an_even_match_is_drawn_as_often_as_even_coins() -> None:
    form = Form((0.0, 0.0), 0.0, 0)
    win, draw, loss = Prospects(form).at((0, 0))
    assert win == pytest.approx(loss)
    assert win + draw + loss == pytest.approx(1)
    assert draw == pytest.approx(comb(24, 12) / 2**24, rel=0.02)
    assert Prospects(form).at((12, 12)) == (0.0, 1.0, 0.0)
    assert Prospects(form).at((13, 5)) == (1.0, 0.0, 0.0)
    assert Prospects(form).at((12, 11))[2] == 0.0


def test_courses_end_as_often_as_the_chances_say() -> None:
    form = Form((0.05, -0.05), 0.03, 1)
    count = 3_000
    scores = [score_of(draw_course(form, Random(number))) for number in range(count)]
    win, draw, loss = Prospects(form).at((0, 0))
    assert sum(one > other for one, other in scores) / count == pytest.approx(win, abs=0.05)
    assert sum(one == other for one, other in scores) / count == pytest.approx(draw, abs=0.03)
    assert sum(one < other for one, other in scores) / count == pytest.approx(loss, abs=0.05)


def test_a_round_gets_better_for_ct_with_every_kill_and_worse_with_the_plant() -> None:
    for level in (-MOST_LEVEL, 0, MOST_LEVEL):
        chain = duel(level)
        assert chain.chance(START._replace(t=4)) > chain.chance(START) > chain.chance(START._replace(ct=4))
        assert chain.chance(START._replace(is_planted=True)) < chain.chance(START)
        assert 0.1 < chain.chance(START) < 0.9
    assert duel(5).chance(START) > duel(0).chance(START) > duel(-5).chance(START)


@settings(max_examples=4, deadline=None)
@given(st.integers(0, 2**32))
def test_prices_are_sound_at_every_time(seed: int) -> None:
    ours = league(seed, 30.0)
    for _ in steps(ours, 90, 0.7):
        for match in ours.matches()[:10]:
            odds = ours.odds(match.id)
            assert [priced.market for priced in odds] == list(Market)
            for priced in odds:
                _is_sound(match, priced)


def _is_sound(match: MatchState, priced: Priced) -> None:
    names = [quote.side for quote in priced.sides]
    whole = ["CT", "T", "DRAW"] if priced.market is Market.MATCH else ["CT", "T"]
    assert names == whole or (names == [] and not priced.is_available)
    assert (priced.round_number is None) == (priced.market is Market.MATCH)
    assert Decimal(priced.margin) == Decimal(str(MARGIN[priced.market]))
    if not priced.is_available:
        return
    assert match.status is not Status.FINISHED
    assert all(Decimal(quote.odds) > 1 for quote in priced.sides)
    assert abs(implied(priced) - 1 - Decimal(priced.margin)) <= TOLERANCE
    assert {quote.team_id for quote in priced.sides if quote.side != "DRAW"} == {match.team_1.id, match.team_2.id}
    assert all((quote.team_id is None) == (quote.side == "DRAW") for quote in priced.sides)
    if priced.market is not Market.MATCH:
        assert match.status is Status.LIVE


def _of(ours: League, match_id: int) -> dict[Market, Priced]:
    return {priced.market: priced for priced in ours.odds(match_id)}


def test_rounds_are_priced_while_they_are_played_and_not_between() -> None:
    ours = league(1)
    match_id = live(ours)[0].id
    seen = set()
    for _ in steps(ours, 300, 1.0):
        match, odds = ours.match(match_id), _of(ours, match_id)
        assert match is not None
        if match.status is not Status.LIVE:
            break
        played = ours.rounds(match_id)[-1]
        is_played = bool(played.events) and played.winner_team_id is None
        seen.add((is_played, odds[Market.ROUND].is_available))
        assert odds[Market.ROUND].is_available is is_played
        assert odds[Market.ROUND].round_number == match.round_number
        if is_played and match.round_number != 24:
            assert odds[Market.NEXT_ROUND].is_available
            assert odds[Market.NEXT_ROUND].round_number == played.number + 1
        assert not (odds[Market.NEXT_ROUND].is_available and not is_played)
        assert odds[Market.MATCH].sides[0].team_id == match.ct_team_id
    assert seen == {(True, True), (False, False)}


def test_before_the_match_only_the_match_is_priced() -> None:
    ours = league(2)
    for match in ours.matches()[:3]:
        assert match.status in (Status.PREGAME, Status.WARMUP)
        odds = _of(ours, match.id)
        assert odds[Market.MATCH].is_available
        assert not odds[Market.ROUND].is_available
        assert not odds[Market.NEXT_ROUND].is_available
        assert (odds[Market.ROUND].round_number, odds[Market.NEXT_ROUND].round_number) == (1, 2)


def test_nothing_of_a_finished_match_is_available() -> None:
    ours = league(3, 60.0)
    over = until_finished(ours, live(ours)[-1].id)
    assert not [priced for priced in ours.odds(over.id) if priced.is_available]
    assert ours.odds(over.id)[0].updated_at == over.updated_at
    assert over.id not in {match_id for match_id, _ in ours.changed_since(None)}
    assert over.id in {match_id for match_id, priced in ours.changed_since(over.updated_at - 1) if not priced.is_available}
    long_over = next(match for match in ours.matches() if match.season_id == 1)
    assert [priced.is_available for priced in ours.odds(long_over.id)] == [False] * 3
    assert ours.history(long_over.id, "MATCH", None) == ()


def test_the_last_round_has_no_next_one() -> None:
    ours, seen = league(4, 60.0), 0
    for _ in steps(ours, 400, 0.2):
        for match in live(ours):
            if match.round_number == 24:
                seen += 1
                assert not _of(ours, match.id)[Market.NEXT_ROUND].is_available
                assert ours.history(match.id, "NEXT_ROUND", 25) == []
    assert seen


def test_sides_of_the_next_round_are_swapped_in_the_twelfth() -> None:
    ours, seen = league(5, 60.0), 0
    for _ in steps(ours, 200, 0.1):
        for match in live(ours):
            following = _of(ours, match.id)[Market.NEXT_ROUND]
            if following.is_available and match.round_number is not None:
                is_swapped = following.sides[0].team_id == match.t_team_id
                assert is_swapped is (match.round_number == 12)
                seen += is_swapped
    assert seen


def test_a_live_match_is_priced_every_one_to_three_seconds_and_at_events() -> None:
    ours = league(6)
    match_id = live(ours)[0].id
    begun = ours.now
    go(ours, 120)
    times = [priced.updated_at for of, priced in ours.changed_since(begun) if of == match_id and priced.market is Market.MATCH]
    gaps = [after - before for before, after in pairwise(times)]
    assert max(gaps) <= 3 * SECOND
    assert len(times) > 40


def test_history_is_in_order_and_its_numbers_rise_over_the_whole_feed() -> None:
    ours = league(7, 10.0)
    go(ours, 60)
    points: list[Point] = []
    for match in ours.matches()[:8]:
        for market, numbers in (("MATCH", [None]), ("ROUND", [*range(1, 25)]), ("NEXT_ROUND", [*range(2, 25)])):
            for number in numbers:
                series = ours.history(match.id, market, number)
                assert [(point.updated_at, point.id) for point in series] == sorted((point.updated_at, point.id) for point in series)
                points += series
    points.sort(key=lambda point: point.id)
    assert len({point.id for point in points}) == len(points) > 1_000
    assert [point.updated_at for point in points] == sorted(point.updated_at for point in points)
    with pytest.raises(ValueError, match="TOTAL"):
        ours.history(1, "TOTAL", None)


def test_the_newest_price_is_the_last_of_its_history() -> None:
    ours = league(8)
    go(ours, 60)
    for match in live(ours):
        priced = _of(ours, match.id)[Market.MATCH]
        last = ours.history(match.id, "MATCH", None)[-3:]
        assert [(quote.side, quote.odds, priced.updated_at) for quote in priced.sides] == [
            (point.side, point.decimal_odd, point.updated_at) for point in last
        ]


def test_changes_taken_by_and_by_are_all_changes_each_once() -> None:
    ours, once = league(9, 5.0), league(9, 5.0)
    begun = since = ours.now
    taken: list[tuple[int, Priced]] = []
    for _ in steps(ours, 60, 1.5):
        taken += ours.changed_since(since)
        since = ours.now
    once.advance(ours.now)
    assert taken == once.changed_since(begun)
    newest = {(match_id, priced.market): priced for match_id, priced in taken}
    for match_id, priced in ours.changed_since(None):
        if priced.updated_at > begun:
            assert newest[match_id, priced.market] == priced


def test_without_a_since_every_market_of_matches_not_over_comes_once() -> None:
    ours = league(10)
    changes = ours.changed_since(None)
    running = [match.id for match in ours.matches() if match.status is not Status.FINISHED]
    assert sorted((match_id, priced.market) for match_id, priced in changes) == sorted(
        (match_id, market) for match_id in running for market in Market
    )


def test_odds_move_with_the_score_whatever_side_the_leader_is_on() -> None:
    sides: set[str] = set()
    for seed in (11, 12):
        ours = league(seed, 60.0)
        for _ in steps(ours, 120, 0.5):
            for match in live(ours):
                lead = match.score_1 - match.score_2
                priced = _of(ours, match.id)[Market.MATCH]
                if abs(lead) >= 7 and priced.is_available:
                    leader = match.team_1.id if lead > 0 else match.team_2.id
                    quote = next(quote for quote in priced.sides if quote.team_id == leader)
                    assert Decimal(quote.odds) < Decimal("1.6")
                    sides.add(quote.side + str(lead > 0))
    assert sides == {"CTTrue", "TTrue", "CTFalse", "TFalse"}


def test_since_is_not_among_what_came_after_it() -> None:
    ours = league(12)
    go(ours, 20)
    *before, last = [priced.updated_at for _, priced in ours.changed_since(0)]
    assert ours.changed_since(last) == []
    assert len(ours.changed_since(last - 1)) == 1 + before.count(last)
