"""What is listed, and what is thought of rows that contradict what was told before."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import msgspec
import pytest

from app.domain.cs2 import Season, Side
from app.domain.errors import NotSentError, RefusedError
from app.services.feed.attention import DETAIL
from app.services.feed.details import fresh_events
from app.services.feed.matches import Matches
from app.services.feed.news import doubts, result
from tests.services.feed.kit import EVENING, LIVE, NOMADS, OTHER, SEASON, Feed, detail, event, match, play, rounds, snapshot


def seconds(number: float) -> timedelta:
    return timedelta(seconds=number)


async def begun(feed: Feed) -> None:
    feed.venue.put(match())
    feed.venue.write(snapshot())
    feed.session.start()
    await asyncio.sleep(1.5)
    feed.venue.calls.clear()


def test_the_lobby_is_in_the_order_in_which_a_person_looks_for_matches() -> None:
    matches = Matches()
    matches.hear(
        [
            match(1, "FINISHED", score=(13, 2)),
            match(2, "FINISHED", score=(13, 3), at=EVENING + seconds(9)),
            match(3, "PREGAME", starts_at=EVENING + seconds(900)),
            match(4, "PREGAME", starts_at=EVENING + seconds(60)),
            match(5, "PAUSED"),
            match(6, "WARMUP"),
            match(7),
        ]
    )
    assert [each.id for each in matches.listed()] == [7, 6, 4, 3, 5, 2, 1]
    assert [each.id for each in matches.listed(status="PREGAME")] == [4, 3]
    assert [each.id for each in matches.listed(updated_since=EVENING + seconds(1))] == [2]
    assert matches.listed(season_id=99) == []


def test_a_row_older_than_what_is_known_is_left_out() -> None:
    matches = Matches()
    matches.hear([match(score=(8, 5), at=EVENING + seconds(5))])
    assert matches.hear([match(score=(7, 5))]) == []
    assert matches.matches[LIVE].score == (8, 5)


def test_changed_is_called_once_an_answer_and_only_when_something_did() -> None:
    matches, calls = Matches(), list[int]()
    matches.changed.connect(lambda: calls.append(1))
    matches.hear([match(), match(OTHER)])
    matches.hear([match(), match(OTHER)])
    assert len(calls) == 1


def test_a_score_that_falls_is_flagged_and_asked_again() -> None:
    """I-43."""

    async def scenario(feed: Feed) -> None:
        await begun(feed)
        feed.venue.put(match(score=(6, 5), at=EVENING + seconds(5)))
        await asyncio.sleep(12)
        assert feed.venue.asked("match") == [(LIVE,)]
        known = feed.matches.matches[LIVE]
        assert known.score == (6, 5)
        assert known.flaws == ("The feed took rounds back: the score was 7 : 5 and is 6 : 5",)

    play(scenario)


@pytest.mark.parametrize(
    ("score", "won", "words"),
    [
        ((13, 9), rounds((13, 8), is_playing=False), "The feed says 13 : 9, and its rounds add up to 13 : 8"),
        ((13, 9), rounds((13, 9)), "The feed says that it is finished, and names no winner of round 23"),
        ((0, 0), (), "The feed says that it is finished, and no round was won"),
        ((13, 9), rounds((13, 9), is_playing=False), ""),
        ((12, 12), rounds((12, 12), is_playing=False), ""),
    ],
)
def test_a_finished_match_may_contradict_itself(score: tuple[int, int], won: tuple[object, ...], words: str) -> None:
    """I-43."""
    assert doubts(detail(match(status="FINISHED", score=score), won)) == words  # type: ignore[arg-type]  # rounds


def test_a_result_that_contradicts_itself_is_asked_again_and_told_when_it_is_right() -> None:
    """I-43."""

    async def scenario(feed: Feed) -> None:
        await begun(feed)
        feed.session.toggle_star(LIVE)
        over = match(status="FINISHED", score=(13, 9), at=EVENING + seconds(5))
        feed.venue.put(over)
        feed.venue.detailed[LIVE] = detail(over, rounds((13, 8), is_playing=False))
        await asyncio.sleep(8.7)  # the next reading of the list, and of what it is a reason for
        assert "add up to 13 : 8" in feed.matches.matches[LIVE].flaws[0]
        assert feed.words == []
        feed.venue.detailed[LIVE] = detail(over)
        await asyncio.sleep(2)
        assert feed.matches.matches[LIVE].flaws == ()
        assert feed.words == ["Vertex – Nomads has finished: Vertex won 13 : 9"]
        await asyncio.sleep(400)
        assert len(feed.words) == 1

    play(scenario)


def test_a_draw_is_a_result_and_a_score_that_is_not_told_is_none() -> None:
    assert result(match(status="FINISHED", score=(12, 12))) == "draw 12 : 12"
    assert result(match(status="FINISHED", score=None)) == "its score is not told"


def test_a_finished_match_without_a_readable_score_is_asked_again_and_nobody_is_said_to_have_won() -> None:
    async def scenario(feed: Feed) -> None:
        await begun(feed)
        feed.session.toggle_star(LIVE)
        over = match(status="FINISHED", score=None, at=EVENING + seconds(5))
        feed.venue.put(over)
        feed.venue.detailed[LIVE] = detail(over, rounds((13, 9), is_playing=False))
        await asyncio.sleep(8.7)
        assert "its score cannot be read" in feed.matches.matches[LIVE].flaws[0]
        assert feed.words == []
        await asyncio.sleep(400)
        assert feed.words == ["Vertex – Nomads has finished: its score is not told"]

    play(scenario)


def test_a_score_that_is_not_told_did_not_fall() -> None:
    matches = Matches()
    matches.hear([match(score=(7, 5))])
    matches.hear([match(score=None, at=EVENING + seconds(1))])
    matches.hear([match(score=(8, 5), at=EVENING + seconds(2))])
    assert matches.matches[LIVE].flaws == ()


@pytest.mark.parametrize("is_starred", [True, False])
def test_a_start_is_told_once_of_matches_that_are_followed(is_starred: bool) -> None:
    async def scenario(feed: Feed) -> None:
        feed.venue.put(match(status="WARMUP"))
        feed.session.start()
        if is_starred:
            feed.session.toggle_star(LIVE)
        await asyncio.sleep(5)
        feed.venue.put(match(score=(0, 0), round_number=1, at=EVENING + seconds(5)))
        await asyncio.sleep(400)
        assert feed.words == (["Vertex – Nomads has started on de_dust2"] if is_starred else [])

    play(scenario)


def test_stars_are_kept_and_what_cannot_be_kept_is_said() -> None:
    async def scenario(feed: Feed) -> None:
        feed.session.toggle_star(OTHER)
        feed.session.toggle_star(LIVE)
        feed.stars_trouble = "The disk is full"
        feed.session.toggle_star(OTHER)
        assert feed.kept == [(OTHER,), (LIVE, OTHER), (LIVE,)]
        assert feed.session.stars == {LIVE}
        assert feed.words == ["The disk is full"]

    play(scenario)


# The detail, which is the truth


def test_the_open_match_is_read_at_once_and_every_three_seconds_while_it_is_live() -> None:
    async def scenario(feed: Feed) -> None:
        await begun(feed)
        feed.session.open(LIVE)
        await asyncio.sleep(0.1)
        assert feed.venue.asked("match")
        assert feed.venue.asked("odds") == [(LIVE,)]
        await asyncio.sleep(3)
        feed.venue.calls.clear()
        await asyncio.sleep(10 * DETAIL)
        assert 9 <= len(feed.venue.asked("match")) <= 11
        feed.venue.put(match(status="FINISHED", score=(13, 9), at=EVENING + seconds(60)))
        await asyncio.sleep(15)
        feed.venue.calls.clear()
        await asyncio.sleep(100)
        assert feed.venue.asked("match") == []

    play(scenario)


@pytest.mark.parametrize(
    "told",
    [
        snapshot(at=EVENING + seconds(5), status="FINISHED"),
        snapshot(at=EVENING + seconds(5), are_sides_swapped=True),
    ],
    ids=["another status", "the sides swapped"],
)
def test_a_change_that_knows_more_than_the_detail_is_a_reason_to_read_it(told: object) -> None:
    async def scenario(feed: Feed) -> None:
        await begun(feed)
        feed.venue.write(told)  # type: ignore[arg-type]  # a snapshot
        await asyncio.sleep(3)
        assert feed.venue.asked("match") == [(LIVE,)]
        await asyncio.sleep(3)
        assert len(feed.venue.asked("match")) == 1

    play(scenario)


def test_a_swap_of_sides_that_the_detail_tells_changes_who_is_on_which() -> None:
    async def scenario(feed: Feed) -> None:
        await begun(feed)
        feed.venue.put(match(are_sides_swapped=True, at=EVENING + seconds(4)))
        feed.venue.write(snapshot(at=EVENING + seconds(5), are_sides_swapped=True))
        await asyncio.sleep(3)
        assert feed.matches.matches[LIVE].side_of(NOMADS.id) is Side.CT

    play(scenario)


def test_a_match_that_is_in_no_list_any_more_and_unknown_is_dropped() -> None:
    async def scenario(feed: Feed) -> None:
        feed.venue.put(match(), match(OTHER))
        feed.session.start()
        await asyncio.sleep(5)
        del feed.venue.rows[OTHER]
        feed.venue.troubles["match"] = [RefusedError("Match not found", status=404)]
        await asyncio.sleep(310)
        assert set(feed.matches.matches) == {LIVE}
        assert feed.words == []

    play(scenario)


def test_new_events_of_a_round_are_what_was_not_told_before() -> None:
    plant, kill = event("PLANTED", "Bomb planted", category="plant", important=True), event()
    was = detail(match(), rounds((7, 5)))
    last = msgspec.structs.replace(was.rounds[-1], events=(plant, kill, *was.rounds[-1].events))
    now = msgspec.structs.replace(was, rounds=(*was.rounds[:-1], last))
    assert fresh_events(was, now) == [plant]
    assert fresh_events(now, now) == []


# Lists


def test_one_list_that_fails_does_not_stop_the_others() -> None:
    async def scenario(feed: Feed) -> None:
        feed.venue.put(match(), match(OTHER, "FINISHED", score=(13, 4)))
        feed.venue.always = {name: NotSentError("down") for name in ("seasons", "upcoming", "ping", "stream", "markets")}
        feed.venue.troubles["matches"] = [NotSentError("down")]
        feed.session.start()
        await asyncio.sleep(0.1)
        assert set(feed.matches.matches) == {OTHER}
        await asyncio.sleep(5)
        assert set(feed.matches.matches) == {OTHER, LIVE}
        assert feed.figures.polls > 1

    play(scenario)


def test_all_pages_of_a_list_are_read_and_of_the_finished_the_newest() -> None:
    async def scenario(feed: Feed) -> None:
        feed.venue.put(*(match(number, "PREGAME") for number in range(1, 251)))
        feed.venue.put(*(match(1000 + number, "FINISHED", score=(13, 4), at=EVENING + seconds(number)) for number in range(350)))
        feed.session.start()
        await asyncio.sleep(1)
        assert len(feed.matches.listed("PREGAME")) == 250
        assert feed.matches.listed("FINISHED")[0].id == 1349

    play(scenario)


def test_after_the_first_reading_only_what_was_updated_is_asked_for_by_the_feeds_own_clock() -> None:
    async def scenario(feed: Feed) -> None:
        await begun(feed)
        await asyncio.sleep(25)
        assert feed.venue.asked("matches") == [("", None, EVENING - seconds(2), 0)] * 2
        feed.venue.calls.clear()
        await asyncio.sleep(300)
        assert sum(call[0] == "LIVE" for call in feed.venue.asked("matches")) == 1

    play(scenario)


def test_a_row_from_the_far_future_does_not_end_the_updates() -> None:
    async def scenario(feed: Feed) -> None:
        feed.venue.put(match(), match(OTHER, at=EVENING + timedelta(days=10_000)))
        feed.session.start()
        await asyncio.sleep(15)
        assert feed.venue.asked("matches")[-1] == ("", None, EVENING - seconds(2), 0)

    play(scenario)


def test_a_wanted_season_is_read_whole_and_its_standings_again_while_it_runs() -> None:
    async def scenario(feed: Feed) -> None:
        over = Season(1, "Spring cup")
        feed.venue.season_rows.append(over)
        feed.venue.tables[1] = msgspec.structs.replace(feed.venue.tables[SEASON.id], season=over)
        await begun(feed)
        feed.venue.put(match(OTHER, "FINISHED", score=(13, 4), season_id=1))
        feed.session.want_season(1)
        feed.session.want_season(SEASON.id)
        await asyncio.sleep(100)
        assert set(feed.matches.standings) == {1, SEASON.id}
        assert OTHER in feed.matches.matches
        assert feed.venue.asked("standings").count((1,)) == 1
        assert feed.venue.asked("standings").count((SEASON.id,)) == 2

    play(scenario)


def test_another_venue_process_is_read_anew() -> None:
    async def scenario(feed: Feed) -> None:
        await begun(feed)
        feed.session.venue_is_gone("The practice exchange has ended")
        assert feed.session.is_venue_gone
        await asyncio.sleep(60)
        assert feed.venue.calls == []
        feed.venue.rows = {77: match(77)}
        feed.venue.newest, feed.venue.written = {}, []
        feed.session.venue_is_back()
        await asyncio.sleep(3)
        assert set(feed.matches.matches) == {77}
        assert feed.venue.asked("changes")[0][0] == ""
        assert sum("is back" in words for words in feed.words) == 1

    play(scenario)


def test_a_result_is_told_no_earlier_than_the_video_shows_it() -> None:
    async def scenario(feed: Feed) -> None:
        feed.venue.put(match())
        feed.session.start()
        feed.session.open(LIVE)
        feed.session.delay.set_by_hand(20)
        feed.session.delay.set_spoiler_safe(True)
        await asyncio.sleep(5)
        feed.venue.put(match(LIVE, "FINISHED", score=(13, 5)))
        feed.venue.detailed[LIVE] = detail(match(LIVE, "FINISHED", score=(13, 5)), rounds((13, 5)))
        await asyncio.sleep(15)
        assert feed.matches.matches[LIVE].is_settled
        assert feed.words == []
        await asyncio.sleep(25)
        assert [words for words in feed.words if "has finished" in words] == ["Vertex – Nomads has finished: Vertex won 13 : 5"]

    play(scenario)
