"""The stream-to-odds clock: set, calibrated, kept; and what the panel may show when nothing is to be spoiled."""

from __future__ import annotations

import math
from bisect import bisect_right
from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.feed.delay import CALIBRATING, KEPT, LONGEST, PLANT, Delay, DelayChoice, Past

SECONDS = st.floats(0, 500, allow_nan=False)


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def measured(delay: Delay, clock: Clock, *seconds: float) -> None:
    for each in seconds:
        clock.now += 100
        delay.heard(PLANT, "Bomb planted at A")
        clock.now += each
        delay.press()


def test_nothing_is_claimed_before_anybody_said_or_measured_it() -> None:
    delay = Delay(Clock())
    assert delay.estimate is None
    assert delay.words == "odds ahead of video: not known"
    assert delay.shown_at(50.0) is None


@given(st.floats(-100, 200, allow_nan=False))
def test_a_slider_sets_0_to_60_seconds(seconds: float) -> None:
    delay = Delay(Clock())
    delay.set_by_hand(seconds)
    assert delay.estimate == min(max(seconds, 0), 60)
    assert delay.how == "set by hand"


def test_an_estimate_is_never_called_exact() -> None:
    delay = Delay(Clock())
    delay.set_by_hand(9)
    assert delay.words == "odds ≈ 9 s ahead of video"


def test_a_press_matches_the_newest_event_of_its_kind() -> None:
    clock = Clock()
    delay = Delay(clock)
    delay.heard(PLANT, "Bomb planted at A", at=950.0)
    delay.heard("PLANT", "Bomb planted at B", at=991.0)
    delay.heard("kill", "bot Ada ▸ bot Rex", at=998.0)
    assert delay.press() == "Matched with “Bomb planted at B”, heard 9.0 s ago."
    assert delay.estimate == 9.0


@pytest.mark.parametrize("at", [1000 - LONGEST - 0.1, 1000.1])
def test_an_event_of_another_time_matches_nothing(at: float) -> None:
    delay = Delay(Clock())
    delay.set_by_hand(7)
    delay.heard(PLANT, at=at)
    assert delay.press() == "The feed told of no plant within the last 60 s, so nothing was calibrated."
    assert (delay.estimate, delay.how) == (7, "set by hand")


def test_an_event_that_was_heard_up_to_some_seconds_late_is_taken_for_the_middle_and_the_bound_is_said() -> None:
    delay = Delay(Clock())
    delay.heard(PLANT, "Bomb planted at A", at=991.0, since=3.0)
    assert delay.press() == "Matched with “Bomb planted at A”, heard 9.0 s ago; it happened up to 3.0 s before that: right to 1.5 s."
    assert delay.estimate == 10.5


def test_a_person_who_pressed_or_is_about_to_is_calibrating_for_two_minutes() -> None:
    clock = Clock()
    delay = Delay(clock)
    assert not delay.is_calibrating
    delay.expect_press()
    clock.now += CALIBRATING - 1
    assert delay.is_calibrating
    clock.now += 1
    assert not delay.is_calibrating
    delay.press()
    assert delay.is_calibrating


def test_the_events_of_another_match_are_forgotten() -> None:
    delay = Delay(Clock())
    delay.heard(PLANT, at=995.0)
    delay.forget_events()
    assert "no plant" in delay.press()


@given(st.lists(st.floats(0, 60, allow_nan=False), min_size=1, max_size=9))
def test_the_estimate_is_the_median_of_the_last_five_calibrations(seconds: list[float]) -> None:
    clock = Clock()
    delay = Delay(clock)
    measured(delay, clock, *seconds)
    assert delay.estimate == pytest.approx(median(seconds[-KEPT:]), abs=1e-6)
    assert len(delay.choice.measured) == min(len(seconds), 5)


def test_a_calibration_takes_the_place_of_the_slider_and_the_slider_that_of_calibrations() -> None:
    clock = Clock()
    delay = Delay(clock)
    delay.set_by_hand(30)
    measured(delay, clock, 8.0, 9.0, 13.0)
    assert delay.estimate == 9.0
    assert delay.how == "the median of 3 calibrations between 8.0 and 13.0 s"
    delay.set_by_hand(12)
    assert delay.choice == DelayChoice(by_hand=12)


def test_a_mistaken_press_can_be_taken_back() -> None:
    clock = Clock()
    delay = Delay(clock)
    measured(delay, clock, 9.0, 40.0)
    delay.undo_press()
    assert delay.choice.measured == (9.0,)


def test_a_second_press_for_the_same_event_corrects_the_first() -> None:
    clock = Clock()
    delay = Delay(clock)
    measured(delay, clock, 30.0, 8.0)
    clock.now += 1.5
    delay.press()
    assert delay.choice.measured == (30.0, 9.5)
    delay.undo_press()
    delay.press()
    assert delay.choice.measured == (30.0, 9.5)
    delay.set_by_hand(5)
    delay.press()
    assert delay.estimate == 9.5


def test_every_choice_is_kept_once_and_trouble_is_told() -> None:
    kept: list[DelayChoice] = []

    def keep(choice: DelayChoice) -> str:
        kept.append(choice)
        return "The disk is full"

    delay = Delay(Clock(), keep=keep)
    told: list[str] = []
    delay.changed.connect(lambda: told.append(delay.trouble))
    delay.set_by_hand(9)
    delay.set_by_hand(9)
    delay.set_spoiler_safe(True)
    assert kept == [DelayChoice(by_hand=9), DelayChoice(by_hand=9, is_spoiler_safe=True)]
    assert told == ["The disk is full"] * 2


@pytest.mark.parametrize("bad", [math.nan, -1.0, 61.0, math.inf])
def test_a_kept_figure_that_cannot_be_is_let_go(bad: float) -> None:
    assert Delay(Clock(), DelayChoice(by_hand=bad)).estimate is None
    assert Delay(Clock(), DelayChoice(measured=(8.0, bad))).choice.measured == (8.0,)


def test_the_panel_is_delayed_by_the_estimate_only_when_nothing_is_to_be_spoiled() -> None:
    delay = Delay(Clock())
    delay.set_by_hand(9)
    assert delay.visible_before(100.0) == 100.0
    delay.set_spoiler_safe(True)
    assert delay.visible_before(100.0) == delay.shown_at(100.0) == 91.0


def test_without_an_estimate_there_is_nothing_to_delay_by() -> None:
    delay = Delay(Clock(), DelayChoice(is_spoiler_safe=True))
    assert delay.visible_before(100.0) == 100.0


def test_a_past_knows_nothing_before_its_first_value() -> None:
    past: Past[str] = Past()
    assert past.at(5.0) is None
    past.add(10.0, "7 : 5")
    assert (past.at(9.99), past.at(10.0), past.at(99.0)) == (None, "7 : 5", "7 : 5")


@given(st.lists(st.tuples(SECONDS, st.integers()), max_size=60), SECONDS)
def test_a_past_answers_like_a_plain_list_within_its_span(told: list[tuple[float, int]], back: float) -> None:
    span = 60.0
    past: Past[int] = Past(span=span)
    times: list[float] = []
    values: list[int] = []
    for at, value in told:
        times.append(max(at, times[-1] if times else at))
        values.append(value)
        past.add(at, value)
    newest = times[-1] if times else 0.0
    moment = newest - min(back, span)
    place = bisect_right(times, moment) - 1
    assert past.at(moment) == (values[place] if place >= 0 else None)


@given(st.lists(st.floats(0, 0.1), max_size=300), st.integers(1, 20))
def test_a_past_is_bounded(steps: list[float], most: int) -> None:
    past: Past[int] = Past(span=1.0, most=most)
    now = 0.0
    for number, step in enumerate(steps):
        now += step
        past.add(now, number)
        assert len(past) <= most
        assert past.at(now) == number


def test_a_past_forgets_what_is_older_than_its_span_but_for_what_still_held() -> None:
    past: Past[int] = Past(span=10.0)
    for second in range(100):
        past.add(float(second), second)
    assert past.at(89.0) == 89
    assert past.at(88.0) is None
    assert len(past) == 11
