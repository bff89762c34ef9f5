"""The stream-to-odds clock: set, calibrated, kept; and what the panel may show when nothing is to be spoiled."""

from __future__ import annotations

import math
from bisect import bisect_right
from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.feed.delay import ALIKE, CALIBRATING, CONTRADICTS, KEPT, LATEST, LONGEST, OFFERED, PLANT, Delay, DelayChoice
from app.services.feed.past import Past

SECONDS = st.floats(0, 500, allow_nan=False)


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def measured(delay: Delay, clock: Clock, *seconds: float) -> None:
    """Each is far from the one before: what is pressed is meant for the newest, and confirmed where that is asked."""
    for each in seconds:
        delay.forget_events()
        clock.now += 100
        delay.heard(PLANT, "Bomb planted at A")
        clock.now += each
        if "Not taken" in delay.press():
            delay.press()


def planted(delay: Delay, *ago: float) -> None:
    """Bombs so many seconds before the clock's first reading, told at once."""
    for number, each in enumerate(ago, start=1):
        delay.heard(PLANT, f"Plant {number}", at=1000.0 - each)


def test_nothing_is_claimed_before_anybody_said_or_measured_it() -> None:
    delay = Delay(Clock())
    assert delay.estimate is None
    assert delay.words == "odds ahead of video: not known"
    assert delay.shown_at(50.0) is None


@given(st.floats(-100, 500, allow_nan=False))
def test_a_slider_sets_0_to_300_seconds(seconds: float) -> None:
    delay = Delay(Clock())
    delay.set_by_hand(seconds)
    assert delay.estimate == min(max(seconds, 0), 300)
    assert delay.how == "set by hand"


def test_an_estimate_is_never_called_exact() -> None:
    delay = Delay(Clock())
    delay.set_by_hand(9)
    assert delay.words == "odds ≈ 9 s ahead of video"


def test_without_an_estimate_the_newest_event_of_its_kind_is_taken_and_the_others_are_offered() -> None:
    delay = Delay(clock := Clock())
    delay.heard(PLANT, "Bomb planted at A", at=950.0)
    delay.heard("PLANT", "Bomb planted at B", at=990.0)
    delay.heard("kill", "bot Ada ▸ bot Rex", at=998.0)
    told = delay.press()
    assert told == "Matched with “Bomb planted at B”, heard 10.0 s ago. Press again within 8 s for 50 s (“Bomb planted at A”)."
    assert delay.estimate == 10.0
    clock.now += OFFERED
    told = delay.press()
    assert told == "Matched with “Bomb planted at A”, heard 58.0 s ago. Press again within 8 s for 10 s (“Bomb planted at B”)."
    assert delay.estimate == 50.0, "the delay as of the first press: the second one only chose"
    delay.press()
    assert delay.estimate == 10.0, "and round again"


def test_the_event_that_fits_the_estimate_is_taken_and_not_the_newest() -> None:
    delay = Delay(Clock())
    delay.set_by_hand(50)
    planted(delay, 49, 10)
    assert delay.press() == "Matched with “Plant 1”, heard 49.0 s ago."
    assert delay.estimate == 49


def test_a_press_that_contradicts_the_estimate_changes_nothing_until_it_is_confirmed() -> None:
    delay = Delay(clock := Clock())
    delay.set_by_hand(50)
    planted(delay, 10)
    assert delay.press() == "Not taken: that is 10 s, not 50 s. Press again within 8 s to take it (“Plant 1”)."
    assert delay.choice == DelayChoice(by_hand=50)
    clock.now += 2
    assert delay.press() == "Matched with “Plant 1”, heard 12.0 s ago."
    assert delay.choice == DelayChoice(measured=(10.0,))
    delay.undo_press()
    assert delay.choice == DelayChoice(by_hand=50), "also what was set by hand comes back"


def test_a_press_that_comes_too_late_confirms_nothing() -> None:
    delay = Delay(clock := Clock())
    delay.set_by_hand(50)
    planted(delay, 10)
    delay.press()
    clock.now += OFFERED + 0.1
    assert "Not taken" in delay.press()
    assert delay.estimate == 50


def test_what_a_person_sets_takes_an_offer_back() -> None:
    delay = Delay(Clock())
    delay.set_by_hand(50)
    planted(delay, 10)
    delay.press()
    delay.set_by_hand(60)
    assert "Not taken" in delay.press()
    assert delay.estimate == 60


def test_two_events_that_fit_about_equally_are_both_offered() -> None:
    delay = Delay(Clock())
    delay.set_by_hand(30)
    planted(delay, 37, 24, 30 + 7 + ALIKE)
    assert delay.press() == "Matched with “Plant 2”, heard 24.0 s ago. Press again within 8 s for 37 s (“Plant 1”)."
    assert delay.press() == "Matched with “Plant 1”, heard 37.0 s ago. Press again within 8 s for 24 s (“Plant 2”)."
    assert delay.choice == DelayChoice(measured=(37.0,))


def test_beside_a_video_that_is_not_to_be_spoiled_no_event_is_named() -> None:
    delay = Delay(Clock())
    delay.set_spoiler_safe(True)
    planted(delay, 50, 10)
    assert delay.press() == "Noted: odds ≈ 10 s ahead of video. Press again within 8 s for 50 s."
    delay.set_by_hand(120)
    assert delay.press() == "Not taken: that is 50 s, not 120 s. Press again within 8 s to take it."
    assert delay.press() == "Noted: odds ≈ 50 s ahead of video. Press again within 8 s for 10 s."


GAPS = st.lists(st.floats(20, 120, allow_nan=False), min_size=1, max_size=6)


def seen(delay: Delay, clock: Clock, true_delay: float, gaps: list[float], which: int) -> None:
    """Bombs are planted so far apart, and told at once; the clock stands where the video shows one of them."""
    at = [clock.now + sum(gaps[: place + 1]) for place in range(len(gaps))]
    clock.now = at[which % len(at)] + true_delay
    for each in (each for each in at if each <= clock.now):
        delay.heard(PLANT, at=each)


@given(st.floats(0, 300), GAPS, st.integers(0, 5), st.floats(-7.9, 7.9))
def test_one_press_finds_the_true_delay_from_an_estimate_that_is_about_right(
    true_delay: float, gaps: list[float], which: int, wrong: float
) -> None:
    delay = Delay(clock := Clock())
    delay.set_by_hand(true_delay + wrong)
    seen(delay, clock, true_delay, gaps, which)
    assert "Matched with" in delay.press()
    assert delay.estimate == pytest.approx(true_delay, abs=1e-6)


@given(st.floats(0, 300), GAPS, st.integers(0, 5))
def test_without_an_estimate_a_few_presses_reach_the_true_delay(true_delay: float, gaps: list[float], which: int) -> None:
    delay = Delay(clock := Clock())
    seen(delay, clock, true_delay, gaps, which)
    reached = []
    for _ in gaps:
        delay.press()
        reached.append(delay.estimate)
    assert any(each == pytest.approx(true_delay, abs=1e-6) for each in reached)


@given(st.floats(0, 300), st.floats(0, 300), GAPS, st.integers(0, 5))
def test_one_press_never_moves_an_estimate_by_much(known: float, true_delay: float, gaps: list[float], which: int) -> None:
    delay = Delay(clock := Clock())
    delay.set_by_hand(known)
    seen(delay, clock, true_delay, gaps, which)
    told = delay.press()
    assert delay.estimate is not None
    assert abs(delay.estimate - known) <= CONTRADICTS
    if "Not taken" in told:
        assert delay.choice == DelayChoice(by_hand=known)


@pytest.mark.parametrize("at", [1000 - LONGEST - 0.1, 1000.1])
def test_an_event_of_another_time_matches_nothing(at: float) -> None:
    delay = Delay(Clock())
    delay.set_by_hand(7)
    delay.heard(PLANT, at=at)
    assert delay.press() == "The feed told of no plant within the last 300 s, so nothing was calibrated."
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


def test_an_event_is_never_taken_for_more_than_a_minute_late() -> None:
    delay = Delay(Clock())
    delay.heard(PLANT, at=1000.0, since=400.0)
    delay.press()
    assert delay.estimate == LATEST / 2


def test_the_events_of_another_match_are_forgotten() -> None:
    delay = Delay(Clock())
    delay.heard(PLANT, at=995.0)
    delay.forget_events()
    assert "no plant" in delay.press()


@given(st.floats(0, 280), st.lists(st.floats(0, CONTRADICTS, allow_nan=False), min_size=1, max_size=9))
def test_the_estimate_is_the_median_of_the_last_five_calibrations(base: float, spread: list[float]) -> None:
    seconds = [base + each for each in spread]
    clock = Clock()
    delay = Delay(clock)
    measured(delay, clock, *seconds)
    assert delay.estimate == pytest.approx(median(seconds[-KEPT:]), abs=1e-6)
    assert len(delay.choice.measured) == min(len(seconds), 5)


def test_a_calibration_takes_the_place_of_the_slider_and_the_slider_that_of_calibrations() -> None:
    clock = Clock()
    delay = Delay(clock)
    delay.set_by_hand(30)
    measured(delay, clock, 8.0, 9.0, 13.0)  # the first contradicts the slider, and was confirmed
    assert delay.estimate == 9.0
    assert delay.how == "the median of 3 calibrations between 8.0 and 13.0 s"
    delay.set_by_hand(12)
    assert delay.choice == DelayChoice(by_hand=12)


def test_a_mistaken_press_can_be_taken_back() -> None:
    clock = Clock()
    delay = Delay(clock)
    measured(delay, clock, 9.0, 12.0)
    delay.undo_press()
    assert delay.choice.measured == (9.0,)
    delay.undo_press()
    assert delay.choice == DelayChoice()


def test_a_second_press_for_the_same_event_corrects_the_first() -> None:
    clock = Clock()
    delay = Delay(clock)
    measured(delay, clock, 12.0, 8.0)
    clock.now += 1.5
    delay.press()
    assert delay.choice.measured == (12.0, 9.5)
    delay.undo_press()
    assert delay.estimate == 12.0
    delay.press()
    assert delay.choice.measured == (12.0, 9.5)
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


@pytest.mark.parametrize("bad", [math.nan, -1.0, 301.0, math.inf])
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
