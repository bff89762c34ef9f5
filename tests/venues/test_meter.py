"""How long answers take: counted by the kind of request, over the last minutes only."""

from __future__ import annotations

import pytest

from app.domain.link import CallFigures
from app.venues.meter import KEPT, SPAN, Meter
from tests.venues.fakes import HandClock


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def meter(clock: HandClock) -> Meter:
    return Meter(clock)


def test_before_the_first_request_there_are_no_figures(meter: Meter) -> None:
    assert meter.figures() == ()


def test_one_request_is_its_own_median(meter: Meter) -> None:
    meter.note("ladder", 0.25)
    assert meter.figures() == (CallFigures("ladder", 1, 0, 0.25, 0.25, last_at=1000.0),)


def test_half_are_not_slower_than_the_median_and_nineteen_of_twenty_not_slower_than_the_other(meter: Meter) -> None:
    for milliseconds in reversed(range(1, 101)):
        meter.note("markets", milliseconds / 1000)
    (markets,) = meter.figures()
    assert (markets.p50, markets.p95) == (0.050, 0.095)


def test_failures_are_counted_and_timed_too(meter: Meter) -> None:
    meter.note("submit", 0.1)
    meter.note("submit", 5.0, is_failure=True)
    (submit,) = meter.figures()
    assert (submit.calls, submit.failures, submit.p95) == (2, 1, 5.0)


def test_the_most_used_stands_first(meter: Meter) -> None:
    for name in ("balance", "markets", "markets", "a"):
        meter.note(name, 0.1)
    assert [one.name for one in meter.figures()] == ["markets", "a", "balance"]


def test_what_is_older_than_five_minutes_counts_no_longer(meter: Meter, clock: HandClock) -> None:
    meter.note("balance", 9.0)
    clock.now += 100
    meter.note("balance", 0.1)
    clock.now += SPAN - 100
    (balance,) = meter.figures()
    assert (balance.calls, balance.p95, balance.last_at) == (1, 0.1, 1100.0)
    clock.now += 100
    assert meter.figures() == ()


def test_a_flood_is_remembered_up_to_a_bound(meter: Meter) -> None:
    for _ in range(KEPT):
        meter.note("submit", 9.0)
    for _ in range(KEPT):
        meter.note("submit", 0.1)
    (submit,) = meter.figures()
    assert (submit.calls, submit.p95) == (KEPT, 0.1)
