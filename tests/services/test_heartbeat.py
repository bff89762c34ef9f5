"""Time that this computer did not live through."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.services.heartbeat import STOOD_STILL, Heartbeat
from tests.services.fakes import NOON


class Times:
    """Two clocks that may be moved apart: one of them stands still while some computers sleep, the other while a person sets it."""

    def __init__(self) -> None:
        self.monotonic, self.day = 100.0, NOON
        self.heart = Heartbeat(lambda: self.monotonic, lambda: self.day)

    def move(self, seconds: float, of_day: float) -> None:
        self.monotonic += seconds
        self.day += timedelta(seconds=of_day)


def test_before_the_first_beat_nothing_was_missed() -> None:
    times = Times()
    times.move(1000, 1000)
    assert times.heart.why_missed == ""


@pytest.mark.parametrize(("seconds", "of_day"), [(STOOD_STILL + 1, 0), (0, STOOD_STILL + 1), (0, -STOOD_STILL - 1)])
def test_either_clock_tells_that_time_was_missed(seconds: float, of_day: float) -> None:
    times = Times()
    times.heart.beat()
    times.move(seconds, of_day)
    assert times.heart.why_missed == "the computer slept or stood still for 11 s"
    times.heart.beat()
    assert times.heart.why_missed == ""


def test_a_beat_that_is_a_little_late_missed_nothing() -> None:
    times = Times()
    times.heart.beat()
    times.move(STOOD_STILL, STOOD_STILL)
    assert times.heart.why_missed == ""
