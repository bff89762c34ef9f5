"""The gap watch against an oracle that knows the whole story: nobody is accused wrongly, and nothing missed goes unlisted."""

from __future__ import annotations

import itertools
from collections import Counter
from datetime import datetime, timedelta
from typing import Final, NamedTuple, TypeVar

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.services.hooks.gap_tally import GapFigures
from app.services.hooks.gaps import LATE, SLACK
from tests.services.hooks.gap_kit import ODDS, STARTED, TICK, Key, Watch, key_of

T = TypeVar("T")
SLACKEN: Final = round(SLACK.total_seconds() / TICK)


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

    def missed(self, key: Key) -> set[int]:
        """When the poll told of what is to be listed: a matching by hand, in which a change that was told of first goes first."""
        owner: dict[int, tuple[int, int]] = {}  # whose each delivery is, by its number

        def finds_one(window: tuple[int, int], seen: set[int]) -> bool:
            for number, (came, _) in enumerate(self.came.get(key, [])):
                if number not in seen and window[0] <= came <= window[1]:
                    seen.add(number)
                    if number not in owner or finds_one(owner[number], seen):
                        owner[number] = window
                        return True
            return False

        listed = set()
        for at, wide in sorted(self.told.get(key, [])):
            begin = at - wide - SLACKEN
            if self._is_watched(key[0], begin, at) and not finds_one((begin, at + self.patience), set()):
                listed.add(at)
        return listed

    def rows(self, key: Key) -> set[int]:
        """When the poll told of what stands in the list, on time or late."""
        rows = [self.tick_of(row.at) for row in self.watch.rows if key_of(row) == key]
        assert len(rows) == len(set(rows))
        return set(rows)

    def tick_of(self, at: datetime) -> int:
        return round((at - self.watch.began).total_seconds() / TICK)

    @property
    def keys(self) -> set[Key]:
        return {*self.told, *self.came}

    def check_figures(self) -> None:
        figures = self.watch.gaps.figures
        assert (figures.missed + figures.late, figures.late) == (len(self.watch.rows), len(self.watch.late))
        assert len(self.watch.rows) <= figures.expected <= sum(map(len, self.told.values()))

    def check_late(self, key: Key) -> None:
        """Only what came after its time is late, each with a delivery of its own, and no other change's."""
        late = {self.tick_of(told): self.tick_of(came) for (*known, told), came in self.watch.late.items() if tuple(known) == key}
        for told, came in late.items():
            assert told + self.patience < came <= told + round(LATE.total_seconds() / TICK)
        counts = Counter(late.values())
        assert all(many <= sum(came == each for each, _ in self.came[key]) for came, many in counts.items())
        spare = len(self.came.get(key, [])) - (len(self.told.get(key, [])) - len(self.missed(key)))
        assert len(late) <= max(spare, 0) + self._unwatched(key)

    def _unwatched(self, key: Key) -> int:
        return sum(not self._is_watched(key[0], at - wide - SLACKEN, at) for at, wide in self.told.get(key, []))

    def _is_watched(self, event: str, begin: int, at: int) -> bool:
        is_dark = any(began <= at < ended for began, ended in self.dark[event]) or (event in self.off_at and self.off_at[event] <= at)
        return not is_dark and begin >= max((each for each in self.breaks[event] if each <= at), default=0)


def is_whole(act: Act) -> bool:
    return act.kind in {"told", "delivered"}


@settings(max_examples=300)
@given(st.lists(ACTS.filter(is_whole), max_size=40), st.integers(2, 8))
@example([Act(30, "told", ODDS, 1, 0.0), Act(9, "told", ODDS, 1, 0.0), Act(30, "delivered", ODDS, 1, 0.0)], 2)
@example([Act(11, "told", ODDS, 1, 0.0), *[Act(30, "told", STARTED, 2, 0.0)] * 7, Act(27, "delivered", ODDS, 1, 1.0)], 2)
def test_what_is_listed_is_what_has_no_delivery_of_its_own(acts: list[Act], patience: int) -> None:
    story = Story(acts, patience)
    for key in story.keys:
        assert story.rows(key) == story.missed(key)
        story.check_late(key)
    story.check_figures()


@settings(max_examples=150)
@given(st.lists(ACTS, max_size=40), st.integers(2, 8))
def test_what_was_slept_through_accuses_nobody(acts: list[Act], patience: int) -> None:
    story = Story(acts, patience)
    assert all(story.rows(key) <= story.missed(key) for key in story.keys)
    story.check_figures()


@settings(max_examples=150)
@given(st.lists(ACTS.filter(is_whole), max_size=40), st.integers(2, 8), st.integers(0, 80))
def test_however_late_a_delivery_is_heard_of_nobody_is_accused_of_what_came_in_time(acts: list[Act], patience: int, lag: int) -> None:
    story = Story(acts, patience, lag)
    late = {(event, match_id, story.tick_of(at)) for event, match_id, at in story.watch.late}
    for key in story.keys:
        assert {at for at in story.rows(key) if (*key, at) not in late} <= story.missed(key)
    story.check_figures()


class Feed(NamedTuple):
    """A match whose odds change, what the feed does with their deliveries, and how it is polled. In seconds."""

    gaps: list[float]  # between the changes
    is_dropped: list[bool]
    delays: list[float]  # as a part of the patience
    polls: list[float]
    copies: list[int]


def _some(values: st.SearchStrategy[T]) -> st.SearchStrategy[list[T]]:
    return st.lists(values, min_size=1, max_size=30)


FEEDS = st.builds(
    Feed,
    _some(st.floats(0.5, 10)),
    _some(st.booleans()) | st.just([True]) | st.just([True] * 4 + [False]) | st.just([False]),
    _some(st.floats(0, 1)) | st.just([0.0]),
    _some(st.floats(1, 2)),
    _some(st.integers(1, 3)) | st.just([1]),
)
PATIENT: Final = 5.0


def lived(feed: Feed, seconds: float = 90.0) -> tuple[Watch, int, int]:
    """The watch at the end, how many changes there were, and how many of their deliveries were lost."""
    watch = Watch(PATIENT)
    changes = list(itertools.takewhile(lambda at: at < seconds, itertools.accumulate(itertools.cycle(feed.gaps), initial=10.0)))
    fates = list(zip(changes, itertools.cycle(feed.is_dropped), itertools.cycle(feed.delays), itertools.cycle(feed.copies), strict=False))
    steps: list[tuple[float, str]] = [(float(second), "look") for second in range(1, 140)]
    steps += [(at + delay * PATIENT, "come") for at, is_dropped, delay, copies in fates if not is_dropped for _ in range(copies)]
    steps += [
        (at, "poll") for at in itertools.takewhile(lambda at: at < 120, itertools.accumulate(itertools.cycle(feed.polls), initial=5.0))
    ]
    polled = 0.0
    for at, step in sorted(steps):
        watch.clock.day = watch.began + timedelta(seconds=at)
        if step == "look":
            watch.gaps.look()
        elif step == "come":
            watch.delivered(1)
        else:
            if news := [watch.began + timedelta(seconds=each) for each in changes if polled < each <= at]:
                watch.gaps.told(ODDS, 1, at - polled + 2.0, news)
            polled = at
    return watch, len(changes), sum(is_dropped for _, is_dropped, *_ in fates)


@settings(max_examples=150)
@given(FEEDS)
def test_what_is_missed_is_what_was_dropped_and_copies_can_only_hide_some(feed: Feed) -> None:
    watch, changes, dropped = lived(feed)
    figures = watch.gaps.figures
    assert figures.expected == changes
    assert figures.missed + figures.late <= dropped
    if set(feed.copies) == {1}:
        assert (figures.missed, figures.late) == (dropped, 0)


@pytest.mark.parametrize("every", [0.5, 1.0, 3.0, 10.0])
@pytest.mark.parametrize("kept", [0, 2, 3, 5])
def test_a_feed_that_loses_most_is_never_said_to_lose_nothing(every: float, kept: int) -> None:
    """One of so many comes."""
    share = [number != 0 or not kept for number in range(kept or 1)]
    watch, changes, dropped = lived(Feed([every], share, [0.0], [1.5], [1]))
    assert watch.gaps.figures == GapFigures(expected=changes, missed=dropped)
