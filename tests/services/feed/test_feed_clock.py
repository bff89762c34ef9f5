"""How far the feed's clock is ahead, by the times its answers tell."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.services.feed.feed_clock import KEPT, FeedClock, moment

START = datetime(2026, 9, 12, 18, tzinfo=UTC)


class Clocks:
    """This computer's two clocks, and a feed whose own is `ahead` by so many seconds; an answer takes `there` and `back`."""

    def __init__(self) -> None:
        self.monotonic, self.now, self.ahead = 1000.0, START, 0.0
        self.clock = FeedClock(lambda: self.monotonic, lambda: self.now)

    def go(self, seconds: float) -> None:
        self.monotonic += seconds
        self.now += timedelta(seconds=seconds)

    def ask(self, there: float = 0.02, back: float = 0.02, *, is_whole: bool = False) -> None:
        asked_at = self.monotonic
        self.go(there)
        told = self.now + timedelta(seconds=self.ahead)
        self.go(back)
        text = told.strftime("%Y-%m-%dT%H:%M:%SZ") if is_whole else told.isoformat(timespec="microseconds")
        self.clock.hear(text, asked_at, self.monotonic)
        self.go(1.0)


@pytest.fixture
def clocks() -> Clocks:
    return Clocks()


def test_nothing_is_known_before_an_answer_and_what_is_no_time_says_nothing(clocks: Clocks) -> None:
    clocks.clock.hear("soon", 1.0, 2.0)
    assert clocks.clock.offset is None


@pytest.mark.parametrize("ahead", [0.0, 0.3, -41.7, 7200.0])
def test_the_offset_is_right_to_a_fraction_of_a_second(clocks: Clocks, ahead: float) -> None:
    clocks.ahead = ahead
    clocks.ask()
    assert clocks.clock.offset == pytest.approx(ahead, abs=0.001)


def test_half_the_round_trip_is_taken_off(clocks: Clocks) -> None:
    clocks.ask(there=2.0, back=2.0)
    assert clocks.clock.offset == pytest.approx(0.0, abs=0.001)


def test_an_answer_that_was_held_up_on_its_way_says_nothing_among_others(clocks: Clocks) -> None:
    for _ in range(4):
        clocks.ask()
    clocks.ask(back=4.0)
    assert clocks.clock.offset == pytest.approx(0.0, abs=0.001)


def test_a_time_in_whole_seconds_is_taken_for_the_middle_of_its_second(clocks: Clocks) -> None:
    for _ in range(KEPT):
        clocks.ask(is_whole=True)
        clocks.go(0.07)
    assert clocks.clock.offset == pytest.approx(0.0, abs=0.5)


def test_a_feed_that_is_set_otherwise_is_believed_after_half_of_the_answers(clocks: Clocks) -> None:
    for _ in range(KEPT):
        clocks.ask()
    clocks.ahead = 60.0
    for _ in range(KEPT // 2 + 1):
        clocks.ask()
    assert clocks.clock.offset == pytest.approx(60.0, abs=0.001)


@pytest.mark.parametrize("seconds", [3600, -3600])
def test_a_clock_of_this_computer_that_is_set_counts_with_the_next_answer(clocks: Clocks, seconds: float) -> None:
    for _ in range(KEPT):
        clocks.ask()
    clocks.now += timedelta(seconds=seconds)
    clocks.ahead -= seconds
    clocks.ask()
    assert clocks.clock.offset == pytest.approx(-seconds, abs=0.001)


def test_a_time_without_a_zone_is_utc() -> None:
    assert moment("2026-09-12T18:00:00") == START
    assert moment("2026-09-12T20:00:00+02:00") == START
    assert moment("yesterday") is None
