"""The delta feed: the recipe, what is a hole in it, and what is asked when it fails."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from itertools import pairwise

import msgspec
import pytest

from app.domain.cs2 import OddsKey, Question
from app.domain.errors import NotSentError, RefusedError, UnknownError, UnreadableError, VenueError
from app.domain.feed import Changes
from app.services.feed.cycle import LEAST, PROBE
from app.services.feed.session import REFUSED
from tests.services.feed.kit import EVENING, LIVE, OTHER, Feed, match, play, snapshot

WHOLE = OddsKey(LIVE, Question.MATCH)
DOWN = NotSentError("The venue cannot be reached")


async def begun(feed: Feed) -> None:
    """Two live matches with odds, read and polled."""
    feed.venue.put(match(), match(OTHER))
    feed.venue.write(snapshot(), snapshot(OTHER))
    feed.session.start()
    await asyncio.sleep(3)
    feed.venue.calls.clear()


def seconds_between(times: list[float]) -> list[float]:
    return [round(after - before, 3) for before, after in pairwise(times)]


async def polled(feed: Feed, seconds: float) -> list[float]:
    """When each poll was asked, over that time."""
    times: list[float] = []

    async def note(method: str) -> None:
        if method == "changes":
            times.append(feed.clock.monotonic())

    feed.venue.before = note
    await asyncio.sleep(seconds)
    feed.venue.before = None
    return times


def test_server_time_of_each_answer_is_the_since_of_the_next_moved_back_a_little() -> None:
    async def scenario(feed: Feed) -> None:
        times = ["2026-09-12T18:00:00Z", "2026-09-12T18:00:02.5Z", "2026-09-12T18:00:04Z"]
        feed.venue.pages = [Changes(time, ()) for time in times]
        feed.session.start()
        await asyncio.sleep(5)
        asked = feed.venue.asked("changes")
        assert asked[:3] == [("", 1000, 2.0), (times[0], 1000, 2.0), (times[1], 1000, 2.0)]

    play(scenario)


def test_a_full_page_has_lost_changes_so_the_odds_of_every_live_match_are_read_again() -> None:
    """F-R01, I-46."""

    async def scenario(feed: Feed) -> None:
        await begun(feed)
        rows = tuple(snapshot(5000 + number) for number in range(1001))
        time = feed.clock.now().isoformat()
        feed.venue.pages = [Changes(time, rows, is_full=True)]
        await asyncio.sleep(3.5)
        assert feed.figures.truncated == 1
        assert sum("was full" in words for words in feed.words) == 1
        assert {call[0] for call in feed.venue.asked("odds")} == {LIVE, OTHER}
        assert feed.venue.asked("changes")[1][0] == time  # since moves on all the same
        await asyncio.sleep(4)
        assert not feed.session.is_stale(WHOLE)
        assert feed.session.is_stale(OddsKey(5000, Question.MATCH))  # told by the page alone

    play(scenario)


def test_full_pages_one_after_the_other_are_said_once() -> None:
    async def scenario(feed: Feed) -> None:
        await begun(feed)
        feed.venue.pages = [Changes(feed.clock.now().isoformat(), (snapshot(),), is_full=True) for _ in range(3)]
        await asyncio.sleep(7)
        assert feed.figures.truncated == 3
        assert sum("was full" in words for words in feed.words) == 1

    play(scenario)


def test_a_market_that_nobody_knows_hides_no_price_and_is_no_hole() -> None:
    async def scenario(feed: Feed) -> None:
        await begun(feed)
        words = "A change is of a market that is not known: 'MAP_WINNER'"
        feed.venue.pages = [Changes(feed.clock.now().isoformat(), (), unknown=(words,)) for _ in range(3)]
        await asyncio.sleep(6)
        assert not feed.venue.asked("odds"), "nothing is read again for it"
        assert not feed.session.is_stale(WHOLE)
        assert feed.figures.faults == 3
        assert feed.words == [f"{words}. It is not shown"]

    play(scenario)


def test_a_change_that_cannot_be_read_is_a_hole_too() -> None:
    async def scenario(feed: Feed) -> None:
        await begun(feed)
        feed.venue.pages = [Changes(feed.clock.now().isoformat(), (), faults=("Row 1 has no market",))]
        await asyncio.sleep(1.99)
        assert {call[0] for call in feed.venue.asked("odds")} == {LIVE, OTHER}
        assert feed.figures.faults == 1

    play(scenario)


@pytest.mark.parametrize(
    "problem",
    [
        NotSentError("Nothing listens there"),
        NotSentError("Too many requests", status=429),
        UnknownError("The venue gave no clear answer (502)", status=502),
        UnreadableError("The answer is no JSON"),
        RefusedError("since is no time", status=422),
        RefusedError("Not found", status=404),
    ],
    ids=["offline", "429", "5xx", "200 with detail", "422", "404"],
)
def test_failures_are_said_once_in_words_and_tried_later_and_later(problem: VenueError) -> None:
    """F-R03."""

    async def scenario(feed: Feed) -> None:
        await begun(feed)
        feed.session.watch(False)  # what nobody looks at
        await asyncio.sleep(10)
        feed.venue.always["changes"] = problem
        gaps = seconds_between(await polled(feed, 400))
        assert all(1 <= gap <= 60 for gap in gaps)
        assert gaps[:3] == sorted(gaps[:3])
        assert gaps[-1] == 30.5  # half of the way to a minute
        assert sum(str(problem) in words for words in feed.words) == 1
        assert feed.figures.why == str(problem)
        assert feed.session.is_stale(WHOLE)
        age = feed.session.age(WHOLE)
        assert age is not None
        assert age > 390
        del feed.venue.always["changes"]
        await asyncio.sleep(62)
        assert sum("is back" in words for words in feed.words) == 1
        assert feed.figures.why == ""
        assert not feed.session.is_stale(WHOLE)

    play(scenario, seconds=1000)


def test_a_key_that_is_not_accepted_stops_everything_until_somebody_tries_again() -> None:
    """F-R03."""

    async def scenario(feed: Feed) -> None:
        await begun(feed)
        feed.venue.always["changes"] = NotSentError("The key was rotated", status=401)
        await asyncio.sleep(3)
        assert feed.session.is_venue_gone
        assert feed.session.gone_because == f"{REFUSED}. It says: The key was rotated"
        assert feed.session.asks_again_in is None
        feed.venue.calls.clear()
        await asyncio.sleep(1000)
        assert feed.venue.calls == []
        assert sum("The key was rotated" in words for words in feed.words) == 1
        feed.venue.always.clear()
        feed.session.reread()
        await asyncio.sleep(3)
        assert not feed.session.is_venue_gone
        assert not feed.session.is_stale(WHOLE)

    play(scenario, seconds=2000)


def test_the_wait_that_the_venue_asks_for_is_kept_even_when_a_person_asks() -> None:
    async def scenario(feed: Feed) -> None:
        await begun(feed)
        feed.venue.troubles["changes"] = [NotSentError("Too many requests", status=429, retry_after=90)]
        await asyncio.sleep(3)
        feed.venue.calls.clear()
        feed.session.reread()
        await asyncio.sleep(80)
        assert feed.venue.asked("changes") == []
        await asyncio.sleep(15)
        assert feed.venue.asked("changes") != []

    play(scenario)


def test_one_failure_between_two_polls_is_no_hole_and_is_not_said() -> None:
    async def scenario(feed: Feed) -> None:
        await begun(feed)
        feed.venue.troubles["changes"] = [DOWN]
        await asyncio.sleep(6)
        assert feed.venue.asked("odds") == []
        assert feed.words == []
        assert not feed.session.is_stale(WHOLE)

    play(scenario)


def test_after_an_outage_prices_are_stale_until_they_are_read_again() -> None:
    async def scenario(feed: Feed) -> None:
        await begun(feed)
        feed.venue.always["changes"] = feed.venue.always["odds"] = DOWN
        await asyncio.sleep(60)
        del feed.venue.always["changes"]
        await asyncio.sleep(62)
        assert feed.figures.why == ""
        assert feed.session.is_stale(WHOLE)  # an empty poll says nothing about what went by
        del feed.venue.always["odds"]
        await asyncio.sleep(62)
        assert not feed.session.is_stale(WHOLE)

    play(scenario)


def test_what_somebody_looks_at_has_its_prices_back_within_five_seconds_of_the_venues_return() -> None:
    """Longer than the catalogue's minute would be dark: the poll itself is the probe (F-R03)."""

    async def scenario(feed: Feed) -> None:
        await begun(feed)
        feed.session.open(LIVE)
        await asyncio.sleep(3)
        for method in ("changes", "odds", "match", "matches"):
            feed.venue.always[method] = DOWN
        gaps = seconds_between(await polled(feed, 300))
        assert gaps[-1] == 1 + (PROBE - 1) / 2, "the chance of the tests is a half"
        assert feed.session.is_late
        feed.venue.always.clear()
        feed.venue.write(snapshot(ct="1.50", at=EVENING + timedelta(seconds=400)))
        await asyncio.sleep(PROBE + 2 * LEAST)
        assert not feed.session.is_stale(WHOLE)
        assert not feed.session.is_late
        assert feed.venue.asked("match"), "the score is read again too"

    play(scenario, seconds=1000)


def test_odds_that_waited_long_after_failures_are_read_at_once_when_the_venue_is_back() -> None:
    async def scenario(feed: Feed) -> None:
        await begun(feed)
        feed.session.open(LIVE)
        await asyncio.sleep(3)
        feed.venue.always["changes"] = feed.venue.always["odds"] = DOWN
        await asyncio.sleep(20)
        del feed.venue.always["changes"]  # a new chain begins, and the odds of the matches are asked for in vain
        await asyncio.sleep(15)
        feed.venue.always["changes"] = DOWN
        await asyncio.sleep(9)  # the odds wait for some ten seconds more
        feed.venue.always.clear()
        feed.venue.calls.clear()
        await asyncio.sleep(PROBE + LEAST)
        assert {match_id for (match_id,) in feed.venue.asked("odds")} == {LIVE, OTHER}
        assert not feed.session.is_stale(WHOLE)

    play(scenario)


def test_a_venue_that_answers_nothing_at_all_is_probed_as_often_as_one_that_is_not_there() -> None:
    async def scenario(feed: Feed) -> None:
        await begun(feed)

        async def hang(_method: str) -> None:
            await asyncio.sleep(5)
            raise UnknownError("No answer within 5 s")

        feed.venue.before = hang
        await asyncio.sleep(60)
        begun_at: list[float] = []

        async def note(method: str) -> None:
            if method == "changes":
                begun_at.append(feed.clock.monotonic())
                await hang(method)

        feed.venue.before = note
        await asyncio.sleep(60)
        assert max(seconds_between(begun_at)) <= PROBE + LEAST
        assert min(seconds_between(begun_at)) >= PROBE, "one at a time"
        feed.venue.before = None

    play(scenario)


def test_looking_at_the_feed_again_ends_a_long_back_off() -> None:
    async def scenario(feed: Feed) -> None:
        await begun(feed)
        feed.session.watch(False)
        feed.venue.always["changes"] = DOWN
        await asyncio.sleep(300)
        feed.venue.calls.clear()
        feed.session.watch(True)
        await asyncio.sleep(0.1)
        assert len(feed.venue.asked("changes")) == 1

    play(scenario)


def test_how_long_it_is_until_the_next_try_is_known_while_it_backs_off() -> None:
    async def scenario(feed: Feed) -> None:
        await begun(feed)
        assert feed.session.asks_again_in is None
        feed.session.watch(False)
        feed.venue.always["changes"] = DOWN
        await asyncio.sleep(300)
        times = await polled(feed, 70)
        left = feed.session.asks_again_in
        assert left is not None
        assert left == pytest.approx(times[-1] + 30.5 - feed.clock.monotonic())

    play(scenario)


def test_a_clock_that_was_set_back_begins_everything_anew() -> None:
    async def scenario(feed: Feed) -> None:
        await begun(feed)
        time = (feed.clock.now() - timedelta(minutes=10)).isoformat()
        feed.venue.newest[WHOLE] = snapshot(ct="1.30", at=EVENING - timedelta(minutes=10))
        feed.venue.written = []
        feed.venue.pages = [Changes(time, ())]
        await asyncio.sleep(5)
        quote = feed.board.quote(WHOLE)
        assert quote is not None
        assert quote.snapshot == feed.venue.newest[WHOLE]
        assert any("set back" in words for words in feed.words)
        assert [each.id for each in feed.matches.listed()] == [LIVE, OTHER]

    play(scenario)


@pytest.mark.parametrize(
    ("opened", "status", "is_watched", "interval"),
    [
        (False, "LIVE", True, 2.0),
        (True, "LIVE", True, 1.0),
        (True, "PREGAME", True, 1.5),
        (True, "LIVE", False, 5.0),
        (False, "LIVE", False, 5.0),
    ],
)
def test_the_pace_follows_what_is_looked_at(opened: bool, status: str, is_watched: bool, interval: float) -> None:
    async def scenario(feed: Feed) -> None:
        await begun(feed)
        feed.venue.put(match(status=status, at=EVENING + timedelta(seconds=1)))
        if opened:
            feed.session.open(LIVE)
        feed.session.watch(is_watched)
        await asyncio.sleep(20)
        assert set(seconds_between(await polled(feed, 21))) == {interval}
        assert feed.figures.interval == interval

    play(scenario)


def test_a_webhook_ends_the_wait_early_and_a_thousand_of_them_do_so_once_a_second() -> None:
    """F-R05: never more than one reading a second."""

    async def scenario(feed: Feed) -> None:
        await begun(feed)
        feed.session.watch(False)
        await asyncio.sleep(10)
        feed.venue.calls.clear()
        for _ in range(1000):
            feed.session.heard("ODDS_UPDATED", LIVE)
            feed.session.heard("MATCH_STARTED", LIVE)
            await asyncio.sleep(0.01)
        assert 8 <= len(feed.venue.asked("changes")) <= 11
        assert 8 <= len(feed.venue.asked("match")) <= 11

    play(scenario)


def test_a_match_that_is_not_listed_is_kept_and_looked_for_at_most_once() -> None:
    """I-46: items of unknown matches."""

    async def scenario(feed: Feed) -> None:
        await begun(feed)
        await asyncio.sleep(8)
        feed.venue.calls.clear()
        for number in range(20):
            feed.venue.write(snapshot(777, at=EVENING + timedelta(seconds=number)))
            await asyncio.sleep(2)
        assert feed.board.quote(OddsKey(777, Question.MATCH)) is not None
        assert sum(call[0] == "LIVE" for call in feed.venue.asked("matches")) == 1

    play(scenario)


def test_a_day_of_polling_keeps_no_more_than_it_needs() -> None:
    async def scenario(feed: Feed) -> None:
        feed.venue.put(match())
        feed.session.start()
        feed.session.open(LIVE)
        feed.session.watch(False)
        for number in range(24 * 30):  # every two minutes a new match with its rounds
            new = match(10_000 + number, "FINISHED", score=(13, 9), at=EVENING + timedelta(minutes=2 * number))
            feed.venue.rows = {LIVE: match(), **dict(list(feed.venue.rows.items())[-150:]), new.id: new}
            at = EVENING + timedelta(minutes=2 * number)
            feed.venue.written = []
            feed.venue.newest = {}
            rows = [snapshot(new.id, question, each, at=at) for question in (Question.ROUND, Question.NEXT_ROUND) for each in range(1, 25)]
            feed.venue.write(*rows, snapshot(at=at))
            await asyncio.sleep(120)
        assert feed.figures.polls > 17_000
        assert len(feed.board) <= 3_000
        assert len(feed.matches.matches) <= 1_000
        assert len(feed.matches.details) <= 41
        kept = [
            len(vars(part)[name])
            for part in (feed.session._details, feed.session._lobby)
            for name in vars(part)
            if isinstance(vars(part)[name], dict | set)
        ]
        assert max(kept) <= 1_000
        assert not feed.session.is_stale(WHOLE)

    play(scenario, seconds=90_000)


def test_a_page_told_twice_is_counted_as_duplicates() -> None:
    async def scenario(feed: Feed) -> None:
        await begun(feed)
        rows = (snapshot(), msgspec.structs.replace(snapshot(), margin=None))
        feed.venue.pages = [Changes(feed.clock.now().isoformat(), rows)]
        before = feed.figures.duplicates
        await asyncio.sleep(1.5)
        assert feed.figures.duplicates == before + 2

    play(scenario)


def test_an_outage_is_counted_from_the_last_answer_not_from_when_it_was_said() -> None:
    async def scenario(feed: Feed) -> None:
        await begun(feed)
        was_good_at = feed.figures.last_poll_at
        assert was_good_at is not None
        feed.venue.always["changes"] = DOWN
        await asyncio.sleep(40)
        del feed.venue.always["changes"]
        back_at, *_later = await polled(feed, 10)
        assert f"The odds feed is back after {back_at - was_good_at:.0f} s" in feed.words

    play(scenario)
