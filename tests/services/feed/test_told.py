"""What may be told now of the match that is watched beside its video."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.domain.cs2 import OddsKey, Question, Season, Standing
from app.domain.feed import Standings
from tests.services.fakes import Clock
from tests.services.feed.kit import EVENING, LIVE, NOMADS, OTHER, SEASON, Feed, detail, match, snapshot, standings

WHOLE = OddsKey(LIVE, Question.MATCH)


class Bench:
    """A feed with one match open and told before the delay was chosen."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.feed = Feed(self.clock)
        self.told = self.feed.session.told
        self.feed.tell(match(score=(7, 5)), match(OTHER), snapshot(ct="1.87"), snapshot(OTHER))
        self.feed.session.open(LIVE)

    def hold_back(self, seconds: float = 9) -> None:
        self.feed.session.delay.set_by_hand(seconds)
        self.feed.session.delay.set_spoiler_safe(True)

    def score(self) -> tuple[int, int] | None:
        told = self.told.match(LIVE)
        return told.score if told else None


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_without_the_option_everything_is_told_at_once(bench: Bench) -> None:
    bench.feed.session.delay.set_by_hand(9)
    bench.feed.tell(match(score=(8, 5), at=EVENING + timedelta(seconds=1)))
    assert bench.score() == (8, 5)
    assert (bench.told.lateness(LIVE), bench.told.is_held(LIVE), bench.told.news_after(LIVE)) == (0, False, 0)
    assert (bench.told.cut_off(LIVE), bench.told.feed_cut_off(LIVE)) == (None, None)


def test_the_open_match_is_told_as_late_as_its_video_with_detail_and_prices(bench: Bench) -> None:
    bench.clock.move(20)
    bench.hold_back()
    now = match(score=(8, 5), at=EVENING + timedelta(seconds=20))
    bench.feed.tell(now, detail(now), snapshot(ct="1.50", at=EVENING + timedelta(seconds=20)))
    shown = bench.told.shown(LIVE)
    assert shown is not None
    assert (shown.match.score, shown.detail) == ((7, 5), None)
    quote = bench.told.quote(WHOLE)
    assert quote is not None
    assert quote.snapshot == snapshot(ct="1.87")
    bench.clock.move(9)
    assert bench.score() == (8, 5)
    assert bench.told.detail(LIVE) == detail(now)
    quote = bench.told.quote(WHOLE)
    assert quote is not None
    assert quote.snapshot == snapshot(ct="1.50", at=EVENING + timedelta(seconds=20))


def test_other_matches_are_held_back_by_nothing(bench: Bench) -> None:
    bench.hold_back()
    bench.feed.tell(match(OTHER, score=(9, 9), at=EVENING + timedelta(seconds=1)))
    told = bench.told.match(OTHER)
    assert told is not None
    assert told.score == (9, 9)
    assert bench.told.lateness(OTHER) == 0
    assert bench.told.quote(OddsKey(OTHER, Question.MATCH)) is not None


def test_nothing_is_told_of_a_match_before_the_video_shows_the_moment_it_was_opened(bench: Bench) -> None:
    bench.hold_back()
    bench.feed.session.open(OTHER)
    assert bench.told.match(OTHER) is None
    assert bench.told.is_held(OTHER)
    bench.clock.move(9)
    assert bench.told.match(OTHER) is not None


def test_a_delay_that_is_not_known_holds_nothing_back(bench: Bench) -> None:
    bench.feed.session.delay.set_spoiler_safe(True)
    assert not bench.told.is_held(LIVE)
    assert bench.score() == (7, 5)


def test_the_moments_up_to_which_is_told_are_by_both_clocks(bench: Bench) -> None:
    bench.hold_back()
    bench.feed.figures.offset = 4.0
    assert bench.told.cut_off(LIVE) == bench.clock.monotonic() - 9
    assert bench.told.feed_cut_off(LIVE) == bench.clock.now() + timedelta(seconds=4 - 9)
    assert bench.told.news_after(LIVE) == 11, "the delay is an estimate"


def test_a_match_that_nobody_knows_is_told_nothing_of(bench: Bench) -> None:
    assert bench.told.match(4711) is None


# What lists and counts say of it


def ended(bench: Bench, *, after: float = 1.0) -> None:
    over = match(status="FINISHED", score=(13, 5), at=EVENING + timedelta(seconds=after))
    bench.feed.tell(over, detail(over))


def test_a_match_that_is_held_back_counts_as_live_and_unsettled_until_the_video_shows_its_end(bench: Bench) -> None:
    bench.clock.move(20)
    bench.hold_back()
    ended(bench)
    assert bench.told.live_count == 2
    assert [each.id for each in bench.told.unsettled()] == [each.id for each in bench.feed.matches.matches.values()]
    bench.clock.move(9)
    assert bench.told.live_count == 1
    assert [each.id for each in bench.told.unsettled()] == [OTHER]


def test_a_match_that_was_opened_a_moment_ago_counts_as_it_was_then(bench: Bench) -> None:
    bench.hold_back()
    bench.feed.session.open(OTHER)
    assert bench.told.shown(OTHER) is None
    over = match(OTHER, status="FINISHED", score=(13, 5), at=EVENING + timedelta(seconds=1))
    bench.feed.tell(over)
    assert bench.told.live_count == 2
    assert bench.told.as_told(over).is_live


def test_without_the_option_an_end_is_counted_at_once(bench: Bench) -> None:
    ended(bench)
    assert bench.told.live_count == 1


def test_what_was_heard_of_a_held_match_may_be_told_after_the_delay_and_a_little(bench: Bench) -> None:
    heard_at = bench.clock.now()
    assert bench.told.held_for(LIVE, heard_at) == 0
    bench.hold_back()
    bench.clock.move(4)
    assert bench.told.held_for(LIVE, heard_at) == 7
    assert bench.told.held_for(OTHER, heard_at) == 0
    bench.clock.move(7)
    assert bench.told.held_for(LIVE, heard_at) == 0


def test_the_standings_of_a_held_match_are_as_late_as_its_video(bench: Bench) -> None:
    bench.clock.move(20)
    before, after = standings(), Standings(SEASON, (Standing(1, NOMADS, 9, 0, 0, 27),))
    bench.feed.matches.hear_standings(before)
    told_at = bench.clock.now()
    bench.clock.move(20)
    bench.hold_back()
    bench.feed.matches.hear_standings(after)
    table = bench.told.table(SEASON.id)
    assert table is not None
    assert (table.standings, table.told_at) == (before, told_at)
    bench.clock.move(9)
    table = bench.told.table(SEASON.id)
    assert table is not None
    assert table.standings == after


def test_standings_that_were_never_known_before_the_match_was_held_are_held_too(bench: Bench) -> None:
    bench.hold_back()
    bench.feed.matches.hear_standings(standings())
    assert bench.told.is_table_held(SEASON.id)
    assert bench.told.table(SEASON.id) is None
    bench.clock.move(9)
    assert bench.told.table(SEASON.id) is not None


def test_the_standings_of_another_season_are_told_at_once(bench: Bench) -> None:
    bench.hold_back()
    other = Season(2, "Summer cup")
    bench.feed.matches.hear_standings(standings(other))
    assert bench.told.table(other.id) is not None
