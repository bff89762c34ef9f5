"""How far a reading of the record can be relied on: by the venue's clock, with a minute to spare where the record lags or does not say."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.domain.order import History
from app.services.sight import UNREAD, sight_of
from tests.services.fakes import NOON


def after(seconds: float) -> timedelta:
    return timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("lag", "wanting"),
    [(0, 2), (2, 4), (3, 63), (40, 100)],
)
def test_a_record_that_lags_has_to_be_a_minute_past_the_moment_and_a_prompt_one_two_seconds(lag: float, wanting: float) -> None:
    sight = sight_of(History((), NOON - after(lag)), NOON)
    assert sight.wanting(NOON) == after(wanting)
    assert sight.wanting(NOON - after(wanting - 1)) == after(1)
    assert sight.doubt(NOON - after(wanting)) == ""


def test_a_record_that_does_not_say_how_far_it_is_is_taken_for_a_late_one() -> None:
    assert sight_of(History(()), NOON).wanting(NOON) == after(60)


def test_this_computers_clock_being_behind_does_not_make_a_late_record_prompt() -> None:
    read = History((), NOON + after(10), read_at=NOON + after(30))
    assert sight_of(read, NOON).wanting(NOON + after(30)) == after(80)


def test_a_record_that_was_not_read_whole_proves_nothing_however_prompt_it_is() -> None:
    assert sight_of(History((), NOON, is_whole=False), NOON).doubt(NOON - after(3600)) == UNREAD


def test_the_words_say_how_far_it_is_and_how_long_that_is_still_to_wait() -> None:
    sight = sight_of(History((), NOON - after(600)), NOON)
    assert sight.doubt(NOON) == "the venue's record has kept up to 11:50:00 UTC only, 660 s more to wait"
    assert sight.doubt(NOON - after(659.7)) == "the venue's record has kept up to 11:50:00 UTC only, 1 s more to wait"
