"""The gap watch against an oracle that knows the whole story: nobody is accused wrongly, and nothing missed goes unlisted."""

from __future__ import annotations

import itertools
from datetime import timedelta
from typing import NamedTuple

from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.services.hooks.gaps import LAG, LATE
from tests.services.hooks.gap_kit import ODDS, STARTED, TICK, Key, Watch, key_of


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
            rows = sorted(round((row.at - self.watch.began).total_seconds() / TICK) for row in self.watch.rows if key_of(row) == key)
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
        key, at = key_of(row), round((row.at - story.watch.began).total_seconds() / TICK)
        wide = [wide for told, wide in story.told[key] if told == at]
        begin, end = at - max(wide) - story.patience, at + story.patience
        assert not [came for came, _ in story.came.get(key, []) if begin <= came <= end]
    figures = story.watch.gaps.figures
    assert figures.missed + figures.late == len(story.watch.rows) <= figures.expected


@settings(max_examples=400)
@given(st.lists(ACTS, max_size=40), st.integers(2, 8))
@example([Act(30, "told", ODDS, 1, 0.0), Act(9, "told", ODDS, 1, 0.0), Act(30, "delivered", ODDS, 1, 0.0)], 2)
@example([Act(11, "told", ODDS, 1, 0.0), *[Act(30, "told", STARTED, 2, 0.0)] * 7, Act(27, "delivered", ODDS, 1, 1.0)], 2)
def test_what_is_listed_is_what_was_missed(acts: list[Act], patience: int) -> None:
    Story(acts, patience).check()
