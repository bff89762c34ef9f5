"""The rules of the game and of the feed hold in every league at every time."""

from __future__ import annotations

from collections import Counter, defaultdict

from hypothesis import given, settings
from hypothesis import strategies as st

from app.practice.clock import SECOND
from app.practice.cs2.league import League
from app.practice.cs2.model import MatchState, RoundState, Status
from tests.practice.cs2.kit import STARTED_AT, go, league, live, steps

ORDER = list(Status)
FIRST_SECOND = settings(max_examples=12, deadline=None)


@FIRST_SECOND
@given(st.integers(0, 2**63), st.sampled_from([1.0, 60.0]))
def test_from_the_first_second_a_live_match_is_well_in(seed: int, speed: float) -> None:
    ours = league(seed, speed)
    counts = Counter(match.status for match in ours.matches())
    assert counts[Status.WARMUP] == 1
    assert counts[Status.PREGAME] >= 1
    assert counts[Status.LIVE] >= 1
    assert len(ours.queue()) == 8
    match = live(ours)[-1]
    rounds = ours.rounds(match.id)
    assert len(rounds) >= 5
    assert all(each.events for each in rounds[:-1])
    points = ours.history(match.id, "MATCH", None)
    assert len(points) > 60
    assert ours.history(match.id, "ROUND", len(rounds) - 1)
    assert all(point.updated_at <= STARTED_AT for point in points)


@FIRST_SECOND
@given(st.integers(0, 2**32))
def test_two_seasons_are_over_and_the_third_runs(seed: int) -> None:
    ours = league(seed)
    assert [(season.id, season.is_active) for season in ours.seasons] == [(3, True), (2, False), (1, False)]
    assert [season.created_at for season in ours.seasons] == sorted((season.created_at for season in ours.seasons), reverse=True)
    for season in ours.seasons:
        table = Counter[int]()
        over = [match for match in ours.matches() if match.season_id == season.id and match.status is Status.FINISHED]
        assert over
        for match in over:
            lead = match.score_1 - match.score_2
            table[match.team_1.id] += 3 if lead > 0 else int(lead == 0)
            table[match.team_2.id] += 3 if lead < 0 else int(lead == 0)
        rows = ours.standings(season.id)
        assert {row.team.id: row.points for row in rows} == {row.team.id: table[row.team.id] for row in rows}
        assert [row.rank for row in rows] == list(range(1, 13))
        assert [row.points for row in rows] == sorted((row.points for row in rows), reverse=True)
    assert ours.standings(99) == ()


@settings(max_examples=5, deadline=None)
@given(st.integers(0, 2**32))
def test_matches_obey_the_rules_at_every_time(seed: int) -> None:
    ours = league(seed, 60.0)
    seen: dict[int, MatchState] = {match.id: match for match in ours.matches()}
    for _ in steps(ours, 60, 0.5):
        now = {match.id: match for match in ours.matches()}
        assert 1 <= len(live(ours)) <= 3
        _nobody_plays_twice(live(ours))
        for match in now.values():
            _is_sound(ours, match)
            if match.id in seen:
                _goes_one_way(seen[match.id], match)
            elif len(seen) > 0:
                assert match.status is Status.PREGAME
        seen = now


def _nobody_plays_twice(matches: list[MatchState]) -> None:
    teams = [team.id for match in matches for team in (match.team_1, match.team_2)]
    assert len(teams) == len(set(teams))


def _is_sound(ours: League, match: MatchState) -> None:
    score = (match.score_1, match.score_2)
    assert max(score) <= 13
    assert sum(score) <= 24
    assert match.team_1.id != match.team_2.id
    assert match.map_name.startswith("de_")
    if match.status is Status.FINISHED:
        assert max(score) == 13 or score == (12, 12)
    if match.status is Status.LIVE:
        assert match.round_number in (sum(score), sum(score) + 1)
        assert {match.ct_team_id, match.t_team_id} == {match.team_1.id, match.team_2.id}
        _rounds_are_sound(match, list(ours.rounds(match.id)))
    else:
        assert (match.round_number, match.ct_team_id, match.t_team_id) == (None, None, None)
    if match.status in (Status.PREGAME, Status.WARMUP):
        assert score == (0, 0)
        assert match.starts_at > ours.now
        assert ours.rounds(match.id) == ()


def _rounds_are_sound(match: MatchState, rounds: list[RoundState]) -> None:
    assert [each.number for each in rounds] == list(range(1, len(rounds) + 1))
    assert rounds[-1].number == match.round_number
    won = Counter(each.winner_team_id for each in rounds if each.winner_team_id is not None)
    assert (won[match.team_1.id], won[match.team_2.id]) == (match.score_1, match.score_2)
    for each in rounds:
        assert (each.ct_team_id == rounds[0].ct_team_id) == (each.number <= 12)
        assert {each.ct_team_id, each.t_team_id} == {match.team_1.id, match.team_2.id}
        assert (each.winner_team_id is None) == (each.win_reason is None)
    assert (match.ct_team_id, match.t_team_id) == (rounds[-1].ct_team_id, rounds[-1].t_team_id)
    assert all(each.winner_team_id is not None for each in rounds[:-1])


def _goes_one_way(before: MatchState, after: MatchState) -> None:
    assert ORDER.index(after.status) >= ORDER.index(before.status)
    assert (after.unique_id, after.team_1, after.team_2, after.map_name) == (
        before.unique_id,
        before.team_1,
        before.team_2,
        before.map_name,
    )
    assert after.score_1 >= before.score_1
    assert after.score_2 >= before.score_2
    assert after.updated_at >= before.updated_at
    if before == after:
        return
    if (before.score_1, before.score_2, before.status) != (after.score_1, after.score_2, after.status):
        assert after.updated_at > before.updated_at


def test_a_match_can_end_in_a_draw_and_gives_both_a_point() -> None:
    ours = league(1)
    draws = [match for match in ours.matches() if match.status is Status.FINISHED and match.score_1 == match.score_2]
    assert draws
    assert {(match.score_1, match.score_2) for match in draws} == {(12, 12)}
    rounds = ours.rounds(draws[-1].id)
    assert len(rounds) == 24
    assert Counter(each.winner_team_id for each in rounds) == {draws[-1].team_1.id: 12, draws[-1].team_2.id: 12}
    row = next(row for row in ours.standings(draws[-1].season_id) if row.team == draws[-1].team_1)
    assert row.draws >= 1


def test_a_round_takes_60_to_115_seconds_and_its_story_fits_its_end() -> None:
    ours, reasons = league(2), Counter[str]()
    for match in ours.matches()[6:66]:
        for each in ours.rounds(match.id):
            assert each.win_reason is not None
            reasons[each.win_reason] += 1
            _story_fits(each)
            winner = match.team_1 if each.winner_team_id == match.team_1.id else match.team_2
            side = "CT" if winner.id == each.ct_team_id else "T"
            assert each.events[0].summary == f"{winner.name} win round {each.number} as {side}: {each.win_reason}"
    assert set(reasons) == {"elimination", "target bombed", "bomb defused", "time ran out"}
    assert reasons["elimination"] > sum(reasons.values()) / 2


def _story_fits(each: RoundState) -> None:
    story = [event.label for event in reversed(each.events)]
    times = [_seconds(event.timestamp) for event in reversed(each.events)]
    assert (story[0], story[-1]) == ("ROUND_START", "WINNER")
    assert times == sorted(times)
    assert 60 <= times[-1] <= 115
    ends = {"target bombed": "EXPLODED", "bomb defused": "DEFUSED", "elimination": "KILL"}
    if each.win_reason in ends:
        assert story[-2] == ends[each.win_reason]
    else:
        assert "PLANTED" not in story
        assert times[-1] == 115
    assert story.count("PLANTED") == story.count("PLANT_STARTED") <= 1
    assert "EXPLODED" not in story or times[story.index("EXPLODED")] - times[story.index("PLANTED")] in (39, 40, 41)
    ct_wins = each.winner_team_id == each.ct_team_id
    assert ct_wins or each.win_reason in ("elimination", "target bombed")
    assert story.count("KILL") <= 9
    categories = {event.category for event in each.events}
    assert categories <= {"round", "kill", "plant", "defuse", "winner", "utility"}
    assert each.events[0].is_important


def test_nobody_acts_after_he_fell() -> None:
    ours = league(3)
    for match in ours.matches()[6:20]:
        for each in ours.rounds(match.id):
            fallen: set[str] = set()
            for event in reversed(each.events):
                bots = [word for before, word in zip(event.summary.split(), event.summary.split()[1:], strict=False) if before == "bot"]
                assert fallen.isdisjoint(bots), (event, fallen)
                fallen |= set(bots[1:])


def test_events_of_a_live_round_come_one_after_the_other_newest_first() -> None:
    ours = league(4)
    match = live(ours)[0]
    stories: dict[int, list[str]] = defaultdict(list)
    for _ in steps(ours, 200, 1.0):
        for each in ours.rounds(match.id)[-2:]:
            told = [event.summary for event in reversed(each.events)]
            before = stories[each.number]
            assert told[: len(before)] == before
            stories[each.number] = told
    assert max(map(len, stories.values())) > 10


def test_every_match_has_an_id_of_its_own() -> None:
    ours = league(5, 60.0)
    go(ours, 100)
    matches, queue = ours.matches(), ours.queue()
    assert len({match.id for match in matches}) == len(matches)
    assert len({match.unique_id for match in matches} | {each.unique_id for each in queue}) == len(matches) + len(queue)
    assert [match.id for match in matches] == sorted((match.id for match in matches), reverse=True)
    assert ours.match(10**9) is None
    assert [len(ours.rounds(10**9)), len(ours.odds(10**9)), len(ours.history(10**9, "MATCH", None))] == [0, 0, 0]


def _seconds(text: str) -> int:
    minutes, seconds = text.split(":")
    return 60 * int(minutes) + int(seconds)


def test_some_match_is_live_at_every_instant_and_often_two() -> None:
    ours = league(6, 60.0)
    counts = [len(live(ours)) for _ in steps(ours, 240, 0.1)]
    assert min(counts) >= 1
    assert sum(count > 1 for count in counts) > len(counts) / 4
    assert ours.now == STARTED_AT + 240 * SECOND
