"""What polls told, for the gap watch: what was new, since when it may have been so, and what says nothing."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import msgspec
import pytest

from app.domain.errors import NotSentError, UnknownError, VenueError
from app.domain.feed import Changes
from app.services.feed.attention import LISTED, LOBBY, PLAYED, UNWATCHED
from app.services.feed.delta import OVERLAP
from app.services.feed.poll_news import LIST_SLACK
from tests.services.feed.kit import EVENING, LIVE, OTHER, Feed, match, play, snapshot


class Ear:
    """What the hooks of a session are told."""

    def __init__(self, feed: Feed) -> None:
        self.odds: list[tuple[frozenset[int], float]] = []
        self.steps: list[tuple[str, int, float]] = []
        self.holes = 0
        news = feed.session.poll_news
        news.odds.append(lambda changed, seconds: self.odds.append((frozenset(changed), seconds)))
        news.stepped.append(lambda *step: self.steps.append(step))
        news.holed.append(self._hole)

    def _hole(self) -> None:
        self.holes += 1


def test_the_first_answer_is_no_news_and_the_next_change_is_with_how_old_it_may_be() -> None:
    async def scenario(feed: Feed) -> None:
        ear = Ear(feed)
        feed.venue.put(match())
        feed.venue.write(snapshot())
        feed.session.start()
        await asyncio.sleep(1)
        assert ear.odds == []
        feed.venue.write(snapshot(at=EVENING + timedelta(seconds=1)))
        await asyncio.sleep(LISTED + 0.1)
        assert [ids for ids, _ in ear.odds] == [{LIVE}]
        assert ear.odds[0][1] == pytest.approx(LISTED + OVERLAP)
        await asyncio.sleep(5 * LISTED)
        assert len(ear.odds) == 1, "told again for its overlap, it is no other change"

    play(scenario)


def test_a_poll_that_was_slow_says_so_whatever_its_pace_is_now() -> None:
    async def scenario(feed: Feed) -> None:
        ear = Ear(feed)
        feed.venue.put(match())
        feed.session.start()
        feed.session.watch(False)
        await asyncio.sleep(12 * UNWATCHED)
        feed.venue.write(snapshot(at=EVENING + timedelta(seconds=1)))
        await asyncio.sleep(UNWATCHED - 0.5)
        feed.session.watch(True)
        await asyncio.sleep(0.4)
        (ids, seconds) = ear.odds[0]
        assert ids == {LIVE}
        assert seconds > LISTED + OVERLAP

    play(scenario)


def test_a_change_that_another_reading_told_first_is_news_of_the_poll_all_the_same() -> None:
    async def scenario(feed: Feed) -> None:
        ear = Ear(feed)
        feed.venue.put(match())
        feed.venue.write(snapshot())
        feed.session.start()
        await asyncio.sleep(1)
        feed.venue.write(snapshot(at=EVENING + timedelta(seconds=1)))
        feed.session.open(LIVE)
        feed.session.reread()
        await asyncio.sleep(PLAYED + 1)
        assert [ids for ids, _ in ear.odds] == [{LIVE}]

    play(scenario)


def test_what_tells_no_time_is_no_news() -> None:
    async def scenario(feed: Feed) -> None:
        ear = Ear(feed)
        feed.session.start()
        await asyncio.sleep(1)
        feed.venue.write(snapshot(at=None))
        await asyncio.sleep(10)
        assert ear.odds == []

    play(scenario)


def test_a_full_page_is_no_news_and_takes_back_nothing_that_was_told() -> None:
    async def scenario(feed: Feed) -> None:
        ear = Ear(feed)
        feed.session.start()
        await asyncio.sleep(1)
        holes = ear.holes
        rows = (snapshot(at=EVENING + timedelta(seconds=1)),)
        feed.venue.pages = [Changes(feed.clock.now().isoformat(), rows, is_full=True)]
        await asyncio.sleep(LISTED)
        assert (ear.odds, ear.holes) == ([], holes)
        feed.venue.pages = [Changes(feed.clock.now().isoformat(), rows, is_full=False)]
        await asyncio.sleep(LISTED)
        assert ear.odds == [], "the page before had told it"

    play(scenario)


@pytest.mark.parametrize("problem", [UnknownError("nothing came back"), NotSentError("no line")])
def test_a_feed_that_does_not_answer_is_a_hole_and_what_comes_after_a_silence_no_news(problem: VenueError) -> None:
    async def scenario(feed: Feed) -> None:
        ear = Ear(feed)
        feed.session.start()
        await asyncio.sleep(1)
        holes = ear.holes
        feed.venue.always["changes"] = problem
        await asyncio.sleep(20)
        assert ear.holes == holes + 1
        feed.venue.write(snapshot(at=EVENING + timedelta(seconds=1)))
        del feed.venue.always["changes"]
        await asyncio.sleep(20)
        assert ear.odds == []
        assert ear.holes == holes + 2

    play(scenario)


def test_the_end_of_the_venue_and_its_return_are_holes() -> None:
    async def scenario(feed: Feed) -> None:
        ear = Ear(feed)
        feed.venue.put(match(), match(OTHER, "PREGAME"))
        feed.session.start()
        await asyncio.sleep(1)
        holes = ear.holes
        feed.session.venue_is_gone("The exchange ended")
        assert ear.holes > holes
        holes = ear.holes
        feed.venue.put(match(OTHER))
        feed.venue.write(snapshot(at=EVENING + timedelta(seconds=1)))
        feed.session.venue_is_back()
        await asyncio.sleep(2)
        assert ear.holes > holes
        assert ear.odds == []
        assert ear.steps == []

    play(scenario)


def test_a_match_that_starts_and_ends_is_told_once_each_with_how_long_ago_it_was_not_so() -> None:
    async def scenario(feed: Feed) -> None:
        ear = Ear(feed)
        feed.venue.put(match(OTHER, "PREGAME"))
        feed.session.start()
        await asyncio.sleep(1)
        feed.venue.put(match(OTHER, at=EVENING + timedelta(minutes=1)))
        await asyncio.sleep(3 * LOBBY)
        feed.venue.put(match(OTHER, "FINISHED", score=(13, 5), at=EVENING + timedelta(minutes=2)))
        await asyncio.sleep(3 * LOBBY)
        assert [(event, match_id) for event, match_id, _ in ear.steps] == [("MATCH_STARTED", OTHER), ("MATCH_FINISHED", OTHER)]
        assert all(seconds <= LOBBY + LIST_SLACK + 0.1 for *_, seconds in ear.steps)

    play(scenario)


def test_a_match_is_made_when_it_is_newer_than_all_and_not_when_an_old_one_comes_into_sight() -> None:
    async def scenario(feed: Feed) -> None:
        ear = Ear(feed)
        feed.venue.put(match(OTHER, "PREGAME"))
        feed.session.start()
        await asyncio.sleep(1)
        assert ear.steps == [], "the first list is no news"
        feed.venue.put(match(OTHER - 5, "PREGAME", at=EVENING + timedelta(minutes=1)))
        feed.venue.put(match(OTHER + 2, "PREGAME", at=EVENING + timedelta(minutes=1)))
        feed.venue.put(match(OTHER + 1, "PREGAME", at=EVENING + timedelta(minutes=1)))
        await asyncio.sleep(2 * LOBBY)
        assert sorted((event, match_id) for event, match_id, _ in ear.steps) == [("MATCH_CREATED", OTHER + 1), ("MATCH_CREATED", OTHER + 2)]

    play(scenario)


def test_a_webhook_has_read_again_what_the_maps_of_the_answers_name_and_nothing_else() -> None:
    async def scenario(feed: Feed) -> None:
        feed.venue.invalidated_by = {
            "changes": ("MATCH_FINISHED",),
            "matches": ("ODDS_UPDATED",),
            "match": ("MATCH_CREATED",),
            "upcoming": ("MATCH_CREATED",),
        }
        feed.venue.put(match())
        feed.session.start()
        feed.session.open(LIVE)
        await asyncio.sleep(2)
        heard = feed.session.heard
        assert heard("MATCH_FINISHED", LIVE) == ("/odds/changes",)
        assert heard("ODDS_UPDATED", LIVE) == ("/matches", f"/matches/{LIVE}/odds")
        assert heard("MATCH_CREATED", LIVE) == ("/matches/upcoming", f"/matches/{LIVE}")
        assert heard("MATCH_VOIDED", LIVE) == ()

    play(scenario)


def test_a_webhook_about_a_match_that_is_not_listed_asks_for_lists_and_for_no_match() -> None:
    async def scenario(feed: Feed) -> None:
        feed.venue.put(match())
        feed.session.start()
        await asyncio.sleep(2)
        feed.venue.calls.clear()
        for number in range(1_000, 1_100):
            assert not any(str(number) in path for path in feed.session.heard("MATCH_STARTED", number))
        await asyncio.sleep(2)
        assert feed.venue.asked("match") == []

    play(scenario)


def test_a_match_known_by_its_list_alone_is_asked_for_by_any_event_of_matches() -> None:
    async def scenario(feed: Feed) -> None:
        feed.venue.put(match(OTHER, "PREGAME"))
        feed.session.start()
        await asyncio.sleep(2)
        feed.matches.details.clear()
        assert f"/matches/{OTHER}" in feed.session.heard("MATCH_STARTED", OTHER)

    play(scenario)


def test_a_settled_match_that_is_told_again_with_another_score_is_no_step() -> None:
    async def scenario(feed: Feed) -> None:
        ear = Ear(feed)
        over = match(OTHER, "FINISHED", score=(13, 5))
        feed.venue.put(over)
        feed.session.start()
        await asyncio.sleep(1)
        feed.venue.put(msgspec.structs.replace(over, score=(13, 7), updated_at=EVENING + timedelta(minutes=1)))
        await asyncio.sleep(2 * LOBBY)
        assert ear.steps == []

    play(scenario)
