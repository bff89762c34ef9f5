"""The gap watch: what covers a change, what is missed, what is late, and when nobody is accused."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.domain.webhook import HookEvent
from app.services.hooks import gap_pairs, gaps
from app.services.hooks.gap_tally import GapFigures
from app.services.hooks.gaps import LAG
from tests.services.hooks.gap_kit import ODDS, STARTED, TICK, Watch


@pytest.fixture
def watch() -> Watch:
    """Watched for long enough."""
    made = Watch()
    made.pass_by(60)
    return made


@pytest.mark.parametrize("ago", [0.0, 3.0, 5.0])
def test_a_delivery_before_the_poll_tells_covers_it_as_long_as_the_poll_may_be_slow(watch: Watch, ago: float) -> None:
    watch.delivered()
    watch.pass_by(ago)
    watch.told(seconds=3.0)
    watch.pass_by(20)
    assert watch.listed == []
    assert watch.gaps.figures.expected == 1


def test_a_delivery_from_before_that_covers_nothing(watch: Watch) -> None:
    watch.delivered()
    watch.pass_by(5.25)
    watch.told(seconds=3.0)
    watch.pass_by(20)
    assert watch.listed == [(ODDS, 42, 65.25)]


def test_a_delivery_within_the_patience_covers_and_one_after_it_is_late(watch: Watch) -> None:
    watch.told(1)
    watch.told(2)
    watch.pass_by(5)
    watch.delivered(1)
    watch.pass_by(0.25)
    watch.delivered(2)
    watch.pass_by(20)
    assert watch.listed == [(ODDS, 2, 60.0)]
    assert [at - watch.began for at in watch.late.values()] == [timedelta(seconds=65.25)]
    assert watch.gaps.figures == GapFigures(expected=2, missed=0, late=1)
    assert watch.gaps.figures.rate == 0.5


def test_one_that_comes_after_it_was_listed_is_late_for_15_s_and_then_no_more(watch: Watch) -> None:
    watch.told(1)
    watch.told(2)
    watch.pass_by(15)
    watch.delivered(1)
    watch.pass_by(0.25)
    watch.delivered(2)
    watch.pass_by(30)
    assert [match_id for _, match_id, _ in watch.late] == [1]
    assert watch.gaps.figures == GapFigures(expected=2, missed=1, late=1)


@pytest.mark.parametrize("ago", [4.0, 9.0, 14.0])
def test_one_that_came_in_time_and_was_heard_of_after_it_was_listed_is_no_row_any_more(watch: Watch, ago: float) -> None:
    """From 5 s before the poll, which may be 3 s slow and 2 s beside our clock, until 5 s after it."""
    watch.told()
    watch.pass_by(9)
    assert len(watch.rows) == 1
    watch.delivered(ago=ago)
    assert watch.gaps.figures == GapFigures(expected=1, missed=0, late=0)
    assert (watch.rows, len(watch.withdrawn), watch.late) == ([], 1, {})


def test_one_from_before_that_is_no_excuse_and_one_after_it_still_is_late(watch: Watch) -> None:
    watch.told()
    watch.pass_by(9)
    watch.delivered(ago=14.25)
    assert len(watch.rows) == 1
    watch.delivered(ago=3.75)
    watch.pass_by(8)
    assert (len(watch.rows), len(watch.late)) == (1, 1)
    assert watch.gaps.figures == GapFigures(expected=1, missed=0, late=1)


@pytest.mark.parametrize(("after", "is_late"), [(-5.25, True), (-5.0, False), (0.25, False), (5.0, False), (5.25, True)])
def test_a_delivery_that_another_change_may_have_asked_for_makes_nothing_late(watch: Watch, after: float, is_late: bool) -> None:
    """The poll tells of it so many seconds after the delivery, which comes 12 s after the first change was told of."""
    watch.told()
    for _ in range(200):
        watch.pass_by(TICK)
        now = (watch.clock.now() - watch.began).total_seconds() - 60
        if now == 12:
            watch.delivered()
        elif now == 12 + after:
            watch.told()
    assert [at - watch.began for at in watch.late.values()] == [timedelta(seconds=72)] * is_late


def test_whether_one_is_late_is_decided_when_the_poll_would_have_told_of_another_change_and_not_before(watch: Watch) -> None:
    watch.told()
    watch.pass_by(6)
    watch.delivered()
    watch.pass_by(10)
    assert (watch.late, watch.gaps.figures) == ({}, GapFigures(expected=1, missed=1))
    watch.pass_by(1)
    assert (len(watch.late), watch.gaps.figures) == (1, GapFigures(expected=1, late=1))


def test_a_change_of_another_match_keeps_nothing_from_being_late(watch: Watch) -> None:
    watch.told(1)
    watch.pass_by(6)
    watch.delivered(1)
    watch.told(2)
    watch.told(1, event=STARTED)
    watch.pass_by(20)
    assert [match_id for _, match_id, _ in watch.late] == [1]


def test_a_delivery_in_doubt_stays_a_miss_where_the_poll_had_a_hole(watch: Watch) -> None:
    watch.told()
    watch.pass_by(9)
    watch.delivered()
    watch.gaps.forget()
    watch.pass_by(30)
    assert (watch.late, watch.gaps.figures) == ({}, GapFigures(expected=1, missed=1))


def test_one_in_doubt_that_turns_out_to_have_come_in_time_is_no_row_and_never_late(watch: Watch) -> None:
    watch.told()
    watch.pass_by(9)
    watch.delivered()
    watch.delivered(ago=5)
    watch.pass_by(30)
    assert (watch.rows, watch.late, watch.gaps.figures) == ([], {}, GapFigures(expected=1))


def test_each_of_several_that_are_listed_finds_its_own_that_is_heard_of_late(watch: Watch) -> None:
    for _ in range(2):
        watch.told(seconds=0)
        watch.pass_by(12)
    assert len(watch.rows) == 2
    watch.delivered(ago=23.0)
    assert watch.listed == [(ODDS, 42, 72.0)]
    watch.delivered(ago=11.0)
    assert (watch.rows, watch.late) == ([], {})


def test_the_patience_that_one_was_given_is_its_own_whatever_is_chosen_later(watch: Watch) -> None:
    watch.told()
    watch.pass_by(9)
    watch.patience = 1.0
    watch.delivered(ago=5.0)
    assert watch.rows == []


def test_what_is_heard_of_a_little_late_is_waited_for(watch: Watch) -> None:
    watch.told()
    watch.pass_by(5 + LAG.total_seconds())
    assert watch.listed == []
    watch.delivered(ago=LAG.total_seconds())
    watch.pass_by(20)
    assert watch.listed == []


def test_one_delivery_is_one_changes_and_the_others_are_missed(watch: Watch) -> None:
    for second in range(5):
        watch.told()
        if second == 2:
            watch.delivered()
        watch.pass_by(1)
    watch.pass_by(20)
    assert watch.listed == [(ODDS, 42, 60.0 + second) for second in (1, 2, 3, 4)]
    assert watch.gaps.figures == GapFigures(expected=5, missed=4)


def test_a_delivery_from_before_a_change_by_more_than_two_clocks_differ_is_not_its_own(watch: Watch) -> None:
    """The poll tells at once, with the feed's own time of the change: 2 s before that it may have come, and no more."""
    for match_id, before in ((1, 2.0), (2, 2.25)):
        watch.delivered(match_id)
        watch.pass_by(before)
        watch.gaps.told(ODDS, match_id, 3.0, [watch.clock.now()])
    watch.pass_by(20)
    assert [row.match_id for row in watch.rows] == [2]


def test_each_change_that_one_reading_tells_of_wants_a_delivery_unless_one_may_be_for_all(watch: Watch) -> None:
    watch.pass_by(3)
    times = [watch.clock.now() - timedelta(seconds=ago) for ago in (0.5, 1.0, 1.2, 2.0)]
    watch.gaps.told(ODDS, 42, 3.0, times)
    watch.delivered()
    watch.pass_by(20)
    assert watch.gaps.figures == GapFigures(expected=3, missed=2)
    assert len({row.at for row in watch.rows}) == 2, "each can be marked by itself"


def test_what_covered_a_change_long_ago_excuses_no_other_when_that_is_forgotten(watch: Watch) -> None:
    for _ in range(100):
        watch.delivered()
        watch.told()
        watch.pass_by(1)
        watch.told()
        watch.pass_by(1)
    watch.pass_by(200)
    assert watch.gaps.figures == GapFigures(expected=200, missed=100)
    assert watch.withdrawn == []


def test_another_event_or_match_covers_nothing(watch: Watch) -> None:
    watch.told()
    watch.delivered(43)
    watch.delivered(event=STARTED)
    watch.delivered(None)
    watch.pass_by(20)
    assert len(watch.rows) == 1


def test_nothing_is_expected_before_deliveries_were_watched_for_as_long_as_the_change_may_be_old() -> None:
    watch = Watch()
    watch.pass_by(4.75)
    watch.told(1, seconds=3.0)
    watch.pass_by(0.25)
    watch.told(2, seconds=3.0)
    watch.pass_by(20)
    assert watch.listed == [(ODDS, 2, 5.0)]


def test_a_list_that_was_not_read_for_ten_minutes_accuses_nobody(watch: Watch) -> None:
    watch.pass_by(1_000)
    watch.told(seconds=601)
    watch.pass_by(20)
    assert watch.listed == []


def test_what_is_not_received_any_more_is_not_waited_for_and_begins_anew_when_it_is(watch: Watch) -> None:
    watch.told(1)
    watch.told(2, event=STARTED)
    watch.pass_by(2)
    watch.off[ODDS] = "The receiver does not run"
    watch.gaps.review()
    del watch.off[ODDS]
    watch.gaps.review()
    watch.told(3)
    watch.pass_by(20)
    assert watch.listed == [(STARTED, 2, 60.0)]
    assert watch.gaps.figures.expected == 1, "what nobody waits for is no part of the rate"


def test_a_program_that_stood_still_accuses_nobody(watch: Watch) -> None:
    watch.told()
    watch.clock.move(3600)
    watch.gaps.look()
    watch.pass_by(20)
    assert watch.listed == []


def test_a_clock_that_is_set_back_accuses_nobody_and_stops_nothing(watch: Watch) -> None:
    watch.told(1)
    watch.clock.day -= timedelta(hours=1)
    watch.gaps.look()
    watch.pass_by(20)
    watch.told(2)
    watch.pass_by(20)
    assert [row.match_id for row in watch.rows] == [2]


def test_the_figures_are_those_of_a_day_and_more_expectations_than_anybody_counts_stay_exact(watch: Watch) -> None:
    for number in range(3_000):
        watch.told(number)
    watch.pass_by(20)
    assert watch.gaps.figures == GapFigures(expected=3_000, missed=3_000)
    watch.clock.move(25 * 3600)
    assert watch.gaps.figures == GapFigures()


def test_a_flood_of_matches_is_bounded_and_what_is_forgotten_accuses_nobody(watch: Watch) -> None:
    watch.delivered(1)
    for number in range(gaps.DELIVERED):
        watch.delivered(1_000 + number)
    watch.pass_by(1)
    watch.told(1)
    watch.pass_by(20)
    assert watch.listed == []
    assert watch.gaps.remembered <= gaps.DELIVERED


def test_a_flood_about_one_match_is_thinned_and_covers_what_it_covered(watch: Watch) -> None:
    for _ in range(400):
        watch.delivered()
    assert watch.gaps.remembered == gap_pairs.A_SECOND
    watch.told()
    watch.pass_by(20)
    assert watch.listed == []


def test_why_nothing_is_watched_is_said() -> None:
    watch = Watch()
    assert watch.gaps.why_off() == "Deliveries have been watched for less than 5 s"
    watch.pass_by(6)
    assert watch.gaps.why_off() == ""
    watch.off = dict.fromkeys(HookEvent, "The receiver does not run")
    assert watch.gaps.why_off() == "The receiver does not run"
