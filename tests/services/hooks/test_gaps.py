"""The gap watch, also against an oracle that knows the whole story: nobody is accused wrongly, and nothing missed goes unlisted."""

from __future__ import annotations

import itertools
from datetime import datetime, timedelta
from typing import NamedTuple

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.domain.receiving import Signal
from app.domain.webhook import Delivery, HookEvent, Verdict
from app.services.hooks import gaps
from app.services.hooks.gap_tally import GapFigures
from app.services.hooks.gaps import LAG, LATE, GapWatch, Missed
from tests.services.fakes import Clock

ODDS, STARTED = HookEvent.ODDS_UPDATED, HookEvent.MATCH_STARTED
TICK = 0.25  # seconds
Key = tuple[str, int]


class Watch:
    """A gap watch by hand: what it listed, and what it then marked as late."""

    def __init__(self, patience: float = 5.0) -> None:
        self.clock = Clock()
        self.began = self.clock.now()
        self.patience = patience
        self.off: dict[str, str] = {}
        self.rows: list[Delivery] = []
        self.withdrawn: list[Delivery] = []
        self.late: dict[tuple[str, int, datetime], datetime] = {}
        self.gaps = GapWatch(
            now=self.clock.now,
            patience=lambda: self.patience,
            why_off=lambda event: self.off.get(event, ""),
            missed=self.rows.extend,
            late=self._mark,
            in_time=self._withdraw,
        )
        self.gaps.look()

    def _mark(self, missed: Missed, at: datetime) -> None:
        self.late[missed.key.event, missed.key.match_id, missed.at] = at

    def _withdraw(self, missed: Missed) -> None:
        self.withdrawn.append(next(row for row in self.rows if _key(row) == missed.key and row.at == missed.at))
        self.rows.remove(self.withdrawn[-1])

    def told(self, match_id: int = 42, event: str = ODDS, seconds: float = 3.0) -> None:
        self.gaps.told(event, match_id, seconds)

    def delivered(self, match_id: int | None = 42, event: str = ODDS, ago: float = 0.0, first_ago: float | None = None) -> None:
        last = self.clock.now() - timedelta(seconds=ago)
        first = last if first_ago is None else self.clock.now() - timedelta(seconds=first_ago)
        self.gaps.delivered(Signal(event, match_id, first, last))

    def pass_by(self, seconds: float) -> None:
        """With a look each second."""
        for _ in range(round(seconds / TICK)):
            self.clock.move(TICK)
            if (self.clock.now() - self.began).total_seconds() % 1 == 0:
                self.gaps.look()

    @property
    def listed(self) -> list[tuple[str, int | None, float]]:
        return [(row.event, row.match_id, (row.at - self.began).total_seconds()) for row in self.rows]


@pytest.fixture
def watch() -> Watch:
    """Watched for long enough."""
    made = Watch()
    made.pass_by(60)
    return made


@pytest.mark.parametrize("ago", [0.0, 4.0, 8.0])
def test_a_delivery_before_the_poll_tells_covers_it_as_long_as_the_poll_may_be_slow(watch: Watch, ago: float) -> None:
    watch.delivered()
    watch.pass_by(ago)
    watch.told(seconds=3.0)
    watch.pass_by(20)
    assert watch.listed == []
    assert watch.gaps.figures.expected == 1


def test_a_delivery_from_before_that_covers_nothing(watch: Watch) -> None:
    watch.delivered()
    watch.pass_by(8.25)
    watch.told(seconds=3.0)
    watch.pass_by(20)
    assert watch.listed == [(ODDS, 42, 68.25)]


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


@pytest.mark.parametrize("ago", [4.0, 9.0, 17.0])
def test_one_that_came_in_time_and_was_heard_of_after_it_was_listed_is_no_row_any_more(watch: Watch, ago: float) -> None:
    """From 8 s before the poll, which may be 3 s slow, until 5 s after it."""
    watch.told()
    watch.pass_by(9)
    assert len(watch.rows) == 1
    watch.delivered(ago=ago)
    assert watch.gaps.figures == GapFigures(expected=1, missed=0, late=0)
    assert (watch.rows, len(watch.withdrawn), watch.late) == ([], 1, {})


def test_one_from_before_that_is_no_excuse_and_one_after_it_still_is_late(watch: Watch) -> None:
    watch.told()
    watch.pass_by(9)
    watch.delivered(ago=17.25)
    assert len(watch.rows) == 1
    watch.delivered(ago=3.75)
    watch.pass_by(8)
    assert (len(watch.rows), len(watch.late)) == (1, 1)
    assert watch.gaps.figures == GapFigures(expected=1, missed=0, late=1)


@pytest.mark.parametrize(("after", "is_late"), [(-8.25, True), (-8.0, False), (0.25, False), (8.0, False), (8.25, True)])
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
    watch.pass_by(8)
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
    watch.pass_by(6)
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


def test_several_changes_within_the_patience_need_one_delivery_and_make_one_row(watch: Watch) -> None:
    for _ in range(5):
        watch.told()
        watch.pass_by(1)
    watch.pass_by(20)
    assert watch.listed == [(ODDS, 42, 60.0)]
    assert watch.gaps.figures == GapFigures(expected=1, missed=1)


def test_another_event_or_match_covers_nothing(watch: Watch) -> None:
    watch.told()
    watch.delivered(43)
    watch.delivered(event=STARTED)
    watch.delivered(None)
    watch.pass_by(20)
    assert len(watch.rows) == 1


def test_nothing_is_expected_before_deliveries_were_watched_for_as_long_as_the_change_may_be_old() -> None:
    watch = Watch()
    watch.pass_by(7.75)
    watch.told(1, seconds=3.0)
    watch.pass_by(0.25)
    watch.told(2, seconds=3.0)
    watch.pass_by(20)
    assert watch.listed == [(ODDS, 2, 8.0)]


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
    assert len(watch.gaps._delivered) <= gaps.DELIVERED


def test_why_nothing_is_watched_is_said() -> None:
    watch = Watch()
    assert watch.gaps.why_off() == "Deliveries have been watched for less than 5 s"
    watch.pass_by(6)
    assert watch.gaps.why_off() == ""
    watch.off = dict.fromkeys(HookEvent, "The receiver does not run")
    assert watch.gaps.why_off() == "The receiver does not run"


# Any story at all


class Act(NamedTuple):
    """`ticks` after the one before. `wide`: how slow the poll was, or how late a delivery is heard of."""

    ticks: int
    kind: str
    event: str
    match_id: int
    wide: float


ACTS = st.builds(
    Act,
    st.integers(1, 30),
    st.sampled_from(["told"] * 5 + ["delivered"] * 4 + ["off", "on", "hole"]),
    st.sampled_from([ODDS, STARTED]),
    st.integers(1, 2),
    st.sampled_from([0.0, 0.5, 1.0]),
)


class Story:
    """Plays acts to a watch, and writes down what happened when, in ticks."""

    def __init__(self, acts: list[Act], patience: int, lag: int | None = None) -> None:
        """`lag`: so many ticks after it came, each delivery is heard of; None: each as it says."""
        self.lag = lag
        self.watch = Watch(patience)
        self.patience = round(patience / TICK)
        self.told: dict[Key, list[tuple[int, int]]] = {}
        self.came: dict[Key, list[tuple[int, int]]] = {}  # and when it was heard of
        self.breaks: dict[str, list[int]] = {ODDS: [0], STARTED: [0]}
        self.dark: dict[str, list[tuple[int, int]]] = {ODDS: [], STARTED: []}
        self.off_at: dict[str, int] = {}
        self.now = 0
        for act in acts:
            self._go(act.ticks)
            getattr(self, f"_{act.kind}")(act)
        self._go(400)

    def _go(self, ticks: int) -> None:
        for _ in range(ticks):
            self.watch.clock.move(TICK)
            self.now += 1
            self._hear()
            if self.now % 4 == 0:
                self.watch.gaps.look()

    def _hear(self) -> None:
        """Those of one key that are heard of together are one signal."""
        for (event, match_id), came in self.came.items():
            if due := [at for at, heard in came if heard == self.now]:
                first, last = ((self.now - at) * TICK for at in (min(due), max(due)))
                self.watch.delivered(match_id, event, last, first)

    def _told(self, act: Act) -> None:
        self.told.setdefault((act.event, act.match_id), []).append((self.now, round(act.wide / TICK)))
        self.watch.told(act.match_id, act.event, act.wide)

    def _delivered(self, act: Act) -> None:
        lag = round(act.wide / TICK) // 2 * 2 if self.lag is None else self.lag
        heard = self.now + 1 + lag
        self.came.setdefault((act.event, act.match_id), []).append((self.now, heard))

    def _off(self, act: Act) -> None:
        self.watch.off[act.event] = "off"
        self.watch.gaps.review()
        self.off_at.setdefault(act.event, self.now)
        self.breaks[act.event].append(self.now)

    def _on(self, act: Act) -> None:
        self.watch.off.pop(act.event, None)
        self.watch.gaps.review()
        if (began := self.off_at.pop(act.event, None)) is not None:
            self.dark[act.event].append((began, self.now))
            self.breaks[act.event].append(self.now)

    def _hole(self, _act: Act) -> None:
        self.watch.gaps.forget()
        for event, breaks in self.breaks.items():
            if event not in self.off_at:
                breaks.append(self.now)

    # The oracle

    def missed(self, key: Key) -> list[int]:
        """When the poll told of what is to be listed."""
        listed: list[int] = []
        for at, wide in sorted(self.told.get(key, [])):
            begin, end = at - wide - self.patience, at + self.patience
            if not self._is_watched(key[0], begin, at) or any(begin <= came <= end for came, _ in self.came.get(key, [])):
                continue
            if self._is_broken(key, at, end) or (listed and at <= listed[-1] + self.patience):
                continue
            listed.append(at)
        return listed

    def _is_watched(self, event: str, begin: int, at: int) -> bool:
        is_dark = any(began <= at < ended for began, ended in self.dark[event]) or (event in self.off_at and self.off_at[event] <= at)
        return not is_dark and begin >= max((each for each in self.breaks[event] if each <= at), default=0)

    def _is_broken(self, key: Key, at: int, end: int) -> bool:
        """Whether it was not waited for any more before it was listed."""
        over = end + round(LAG.total_seconds() / TICK)
        late = [heard for came, heard in self.came.get(key, []) if came > end]
        listed_at = min([over - over % 4 + 4, *late])
        return any(at < each < listed_at for each in self.breaks[key[0]])

    def check(self) -> None:
        keys = {*self.told, *self.came}
        for key in keys:
            rows = sorted(round((row.at - self.watch.began).total_seconds() / TICK) for row in self.watch.rows if _key(row) == key)
            assert rows == self.missed(key)
            assert all(after - before > self.patience for before, after in itertools.pairwise(rows))
            self._check_late(key, rows)
        figures = self.watch.gaps.figures
        assert figures.missed + figures.late == len(self.watch.rows) <= figures.expected

    def _check_late(self, key: Key, rows: list[int]) -> None:
        for at in rows:
            after = self._late(key, at)
            is_late = (*key, self.watch.began + timedelta(seconds=at * TICK)) in self.watch.late
            assert not is_late or after, "only what came is late, and belongs to nothing else"
            is_broken = any(each > at for each in self.breaks[key[0]])
            assert is_late or not after or at != rows[-1] or is_broken, "the newest one is late if anything came for it alone"

    def _late(self, key: Key, at: int) -> list[int]:
        """What came too late for it, and for no other change that the poll told of."""
        reach = self.patience + max(wide for told, wide in self.told[key] if told == at)
        firsts = {heard: min(came for came, each in self.came[key] if each == heard) for _, heard in self.came.get(key, [])}
        after = [came for came in firsts.values() if at + self.patience < came <= at + round(LATE.total_seconds() / TICK)]
        others = [told for told, _ in self.told[key] if told != at]
        return [came for came in after if not any(came - reach <= told <= came + reach for told in others)]


@settings(max_examples=200)
@given(st.lists(ACTS, max_size=40), st.integers(2, 8), st.integers(0, 80))
def test_however_late_a_delivery_is_heard_of_nobody_is_accused_of_what_came_in_time(acts: list[Act], patience: int, lag: int) -> None:
    story = Story(acts, patience, lag)
    for row in story.watch.rows:
        key, at = _key(row), round((row.at - story.watch.began).total_seconds() / TICK)
        wide = [wide for told, wide in story.told[key] if told == at]
        begin, end = at - max(wide) - story.patience, at + story.patience
        assert not [came for came, _ in story.came.get(key, []) if begin <= came <= end]
    figures = story.watch.gaps.figures
    assert figures.missed + figures.late == len(story.watch.rows) <= figures.expected


def _key(row: Delivery) -> Key:
    assert row.verdict is Verdict.MISSED
    assert row.match_id is not None
    return row.event, row.match_id


@settings(max_examples=400)
@given(st.lists(ACTS, max_size=40), st.integers(2, 8))
@example([Act(30, "told", ODDS, 1, 0.0), Act(9, "told", ODDS, 1, 0.0), Act(30, "delivered", ODDS, 1, 0.0)], 2)
@example([Act(11, "told", ODDS, 1, 0.0), *[Act(30, "told", STARTED, 2, 0.0)] * 7, Act(27, "delivered", ODDS, 1, 1.0)], 2)
def test_what_is_listed_is_what_was_missed(acts: list[Act], patience: int) -> None:
    Story(acts, patience).check()
