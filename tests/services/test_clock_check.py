"""A clock that is wrong is said once, in words, and so is that it is right again."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from app.services.clock_check import ClockCheck, clock_words
from app.services.notices import Notices


@pytest.fixture
def notices() -> Notices:
    return Notices(lambda: datetime(2026, 11, 21, 12, 0, tzinfo=UTC))


@pytest.fixture
def check(notices: Notices) -> ClockCheck:
    return ClockCheck(notices)


@pytest.mark.parametrize(
    ("offset", "words"),
    [
        (-420.0, "This computer's clock is 7 min ahead of the venue's"),
        (420.0, "This computer's clock is 7 min behind the venue's"),
        (31.2, "This computer's clock is 31 s behind the venue's"),
        (-7200.0, "This computer's clock is 2 h ahead of the venue's"),
    ],
)
def test_it_says_which_way_and_how_far(offset: float, words: str, check: ClockCheck, notices: Notices) -> None:
    assert clock_words(offset) == words
    check.look(offset)
    assert notices.lines[-1].words.startswith(words)


@pytest.mark.parametrize("offset", [None, 0.0, 29.9, -29.9])
def test_a_clock_that_is_right_or_not_known_is_not_talked_about(offset: float | None, check: ClockCheck, notices: Notices) -> None:
    check.look(offset)
    assert notices.said == 0


def test_it_is_said_once_however_often_it_is_looked_at(check: ClockCheck, notices: Notices) -> None:
    for offset in (31.0, 29.0, 31.0, 420.0, None, 420.0):
        check.look(offset)
    assert notices.said == 1


def test_when_it_is_right_again_that_is_said_and_the_next_time_counts_anew(check: ClockCheck, notices: Notices) -> None:
    for offset in (-400.0, 0.4, 0.4, -400.0):
        check.look(offset)
    assert [line.words.split(".")[0] for line in notices.lines] == [
        "This computer's clock is 7 min ahead of the venue's",
        "This computer's clock is right again",
        "This computer's clock is 7 min ahead of the venue's",
    ]
