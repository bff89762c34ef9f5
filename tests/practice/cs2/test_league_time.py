"""The league is a function of seed, speed, start and time: steps, sleep and long runs."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.practice.clock import MILLISECOND, SECOND
from app.practice.cs2.fixtures import KEPT_SEASONS, SEASON_MATCHES
from app.practice.cs2.league import KEPT_TAPES, LISTED, League
from app.practice.cs2.model import Kind, RoundState, Status
from tests.practice.cs2.kit import STARTED_AT, go, league, live, steps, told, until_finished


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 2**32), st.lists(st.floats(0.001, 50.0), min_size=1, max_size=30))
def test_steps_of_any_size_lead_to_the_same_league(seed: int, sizes: list[float]) -> None:
    once, often = league(seed, 60.0), league(seed, 60.0)
    happened = [each for size in sizes for each in go(often, size)]
    assert once.advance(often.now) == happened
    assert told(once) == told(often)


def test_another_seed_is_another_league() -> None:
    assert told(league(1)) != told(league(2))


def test_time_does_not_run_backwards() -> None:
    ours = league()
    go(ours, 30)
    before = told(ours)
    assert ours.advance(ours.now - 10 * SECOND) == []
    assert told(ours) == before
    assert ours.now == STARTED_AT + 30 * SECOND


def test_speed_is_seconds_of_game_time_in_one_of_the_wall() -> None:
    slow, fast = league(3, 1.0), league(3, 60.0)
    ahead = [next(match for match in each.matches() if match.status is Status.PREGAME).starts_at - STARTED_AT for each in (slow, fast)]
    assert ahead[0] == pytest.approx(60 * ahead[1], rel=1e-6)


def test_a_league_that_slept_goes_on_where_it_was() -> None:
    awake, sleeper = league(4, 10.0), league(4, 10.0)
    go(awake, 20)
    go(sleeper, 20)
    starts = {match.id: match.starts_at for match in sleeper.matches()}
    night = 8 * 3600 * SECOND
    sleeper.skip(night)
    for match in sleeper.matches():
        is_to_come = match.status in (Status.PREGAME, Status.WARMUP)
        assert match.starts_at == starts[match.id] + (night if is_to_come else 0)
    first, second = go(awake, 200), go(sleeper, 200)
    assert [(each.kind, each.match_id, each.at + night) for each in first] == [(each.kind, each.match_id, each.at) for each in second]
    assert [awake.rounds(match.id) for match in live(awake)] == [sleeper.rounds(match.id) for match in live(sleeper)]
    assert sleeper.now == awake.now + night
    assert not [priced for _, priced in sleeper.changed_since(None) if STARTED_AT + 20 * SECOND < priced.updated_at < STARTED_AT + night]


def test_what_a_long_run_keeps_is_bounded() -> None:
    ours = league(5, 20_000.0)
    go(ours, 30)
    matches = ours.matches()
    over = [match for match in matches if match.status is Status.FINISHED]
    assert matches[0].id > LISTED + 100
    assert len(over) == LISTED
    told_of = [match for match in over if ours.history(match.id, "MATCH", None)]
    assert told_of == over[:KEPT_TAPES]
    assert len(ours.queue()) == 8
    assert 3 < len(ours.seasons) <= KEPT_SEASONS
    assert ours.match(over[-1].id - 1) is None
    assert len(ours.rounds(over[-1].id)) == over[-1].score_1 + over[-1].score_2
    assert ours.changed_since(0)[0][1].updated_at >= ours.now - 700 * SECOND


def test_the_log_reaches_back_ten_minutes_and_no_more_than_eleven() -> None:
    ours = league(6)
    go(ours, 1200)
    kept = ours.changed_since(0)
    assert ours.now - 664 * SECOND < kept[0][1].updated_at < ours.now - 600 * SECOND


def test_seasons_follow_each_other_and_each_is_played_to_its_end() -> None:
    ours = league(7, 10_000.0)
    for _ in steps(ours, 20, 0.1):
        if any(season.id == 4 and not season.is_active for season in ours.seasons):
            break
    done = [season for season in ours.seasons if not season.is_active]
    assert [season.id for season in done] == [4, 3, 2, 1]
    for season in done:
        rows = ours.standings(season.id)
        assert sum(row.wins + row.draws + row.losses for row in rows) == 2 * SEASON_MATCHES
        assert [row.wins + row.draws + row.losses for row in rows] == [11] * 12


def test_a_step_without_anything_due_costs_next_to_nothing() -> None:
    ours = league(8)
    count = 6_000
    begun = time.process_time()
    for _ in range(count):
        ours.advance(ours.now + 20 * MILLISECOND)
    assert time.process_time() - begun < 0.02 * count * 0.02


def test_a_sixtyfold_league_stays_far_from_filling_a_core() -> None:
    ours = league(8, 60.0)
    begun = time.process_time()
    for _ in steps(ours, 60, 0.02):
        pass
    assert time.process_time() - begun < 0.02 * 60


def test_a_minute_of_webhooks_names_what_changed() -> None:
    ours = league(9, 60.0)
    happened = go(ours, 90)
    assert {each.kind for each in happened} == set(Kind)
    assert [each.at for each in happened] == sorted(each.at for each in happened)
    changed = {(each.match_id, each.at) for each in happened if each.kind is Kind.ODDS_UPDATED}
    assert changed == {(match_id, priced.updated_at) for match_id, priced in ours.changed_since(STARTED_AT)}


def test_a_finished_match_is_told_again_as_it_was_lived() -> None:
    ours: League = league(10, 60.0)
    watched = live(ours)[-1]
    seen: dict[int, RoundState] = {}
    for _ in steps(ours, 60, 0.25):
        match = ours.match(watched.id)
        assert match is not None
        if match.status is Status.FINISHED:
            break
        seen |= {each.number: each for each in ours.rounds(watched.id) if each.winner_team_id is not None}
    again = {each.number: each for each in ours.rounds(watched.id)}
    assert len(again) in (len(seen), len(seen) + 1)
    assert {number: again[number] for number in seen} == seen


def test_a_match_of_the_queue_is_the_one_that_is_created_then() -> None:
    ours = league(11, 60.0)
    head = ours.queue()[0]
    while ours.queue()[0] == head:
        go(ours, 1)
    newest = ours.matches()[0]
    assert (newest.unique_id, newest.team_1, newest.team_2, newest.season_id) == (head.unique_id, head.team_1, head.team_2, head.season_id)
    assert newest.status is Status.PREGAME


def test_starts_soon_enough() -> None:
    league(12)
    begun = time.process_time()
    league(13)
    assert time.process_time() - begun < 0.4, "meant to be 0.15 s on a machine that has nothing else to do"


def test_standings_follow_a_finished_match() -> None:
    ours = league(14, 60.0)
    watched = live(ours)[-1]
    before = {row.team.id: (row.wins, row.draws, row.losses) for row in ours.standings(watched.season_id)}
    over = until_finished(ours, watched.id)
    after = {row.team.id: (row.wins, row.draws, row.losses) for row in ours.standings(watched.season_id)}
    place = (over.score_1 <= over.score_2) + (over.score_1 < over.score_2)
    assert [now - then for now, then in zip(after[over.team_1.id], before[over.team_1.id], strict=True)][place] == 1
    assert [now - then for now, then in zip(after[over.team_2.id], before[over.team_2.id], strict=True)][2 - place] == 1
