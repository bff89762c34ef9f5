"""Which of a tournament's events are one contest that is listed twice."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.fixture import APART, fixtures
from app.domain.market import Competitor, Event
from tests.services.fakes import NOON

HOME, AWAY = "Harbor Pilots", "Night Herons"


def listed(event_id: int, *teams: str, start: datetime | None = NOON) -> Event:
    sides = tuple(Competitor(100 * event_id + place, team) for place, team in enumerate(teams))
    return Event(event_id, f"Game {event_id}", 31, "League", "Soccer", start, "not_started", competitors=sides)


def ids(*events: Event) -> list[tuple[int, ...]]:
    return [tuple(one.id for one in found) for found in fixtures(events)]


def test_the_same_teams_at_the_same_time_are_one_contest() -> None:
    assert ids(listed(2, HOME, AWAY), listed(1, HOME, AWAY, start=NOON + APART)) == [(2, 1)]


@pytest.mark.parametrize("teams", [("HARBOR PILOTS", "Night-Herons"), (AWAY, HOME), ("Harbor  Pilots ", "night herons")])
def test_names_are_compared_however_they_are_written(teams: tuple[str, str]) -> None:
    assert ids(listed(1, HOME, AWAY), listed(2, *teams)) == [(1, 2)]


@pytest.mark.parametrize(
    "other",
    [
        listed(2, HOME, AWAY, start=NOON + APART + timedelta(seconds=1)),
        listed(2, HOME, "Canyon Otters"),
        listed(2, HOME),
        listed(2),
        listed(2, HOME, AWAY, "Canyon Otters"),
        listed(2, HOME, AWAY, start=None),
        listed(2, "", ""),
        listed(2, HOME, HOME),
        listed(2, "\u200b", "!!"),
    ],
)
def test_what_may_be_another_contest_stays_apart(other: Event) -> None:
    assert ids(listed(1, HOME, AWAY), other) == [(1,), (2,)]


def test_two_without_names_are_not_one_for_that() -> None:
    assert ids(listed(1, "", ""), listed(2, "", "")) == [(1,), (2,)]


def test_a_second_leg_is_a_contest_of_its_own() -> None:
    later = NOON + timedelta(hours=3)
    assert ids(listed(1, HOME, AWAY), listed(2, HOME, AWAY), listed(3, HOME, AWAY, start=later), listed(4, HOME, AWAY, start=later)) == [
        (1, 2),
        (3, 4),
    ]


@given(st.lists(st.tuples(st.integers(0, 30), st.sampled_from([(), (HOME, AWAY), (AWAY, "Otters")])), max_size=12))
def test_every_event_stands_in_exactly_one_place(rows: list[tuple[int, tuple[str, ...]]]) -> None:
    events = [listed(number, *teams, start=NOON + timedelta(minutes=minute)) for number, (minute, teams) in enumerate(rows, 1)]
    found = fixtures(events)
    assert sorted(one.id for twins in found for one in twins) == [event.id for event in events]
    starts = [twins[0].scheduled for twins in found]
    assert starts == sorted(starts, key=lambda start: start or NOON)
