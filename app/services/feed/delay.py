"""How far the odds are ahead of the video: the broadcaster's delay and the viewer's, as one estimate that is never called exact.

All times are monotonic seconds. Nothing here ever delays a ticket: it is for what is looked at beside the video.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import deque
from collections.abc import Callable
from statistics import median
from typing import Final, Generic, TypeVar

import msgspec

from app.services.ports import Monotonic, Signal

T = TypeVar("T")

LONGEST: Final = 60.0  # seconds a delay can be
KEPT: Final = 5  # calibrations of which the median is taken
MOST_HEARD: Final = 200  # events kept to calibrate by
CALIBRATING: Final = 120.0  # seconds after a person last showed that he calibrates
PLANT: Final = "plant"  # the category of a bomb plant: rare, loud and seen by everybody


class DelayChoice(msgspec.Struct, frozen=True):
    """What is written down of it. `by_hand` in seconds (None: not set by hand); `measured`: seconds, oldest first."""

    by_hand: float | None = None
    measured: tuple[float, ...] = ()
    is_spoiler_safe: bool = False


class HeardEvent(msgspec.Struct, frozen=True):
    """An important event of the feed. `kind` is its category, `at` when it was heard (monotonic), which was up to `since` seconds late."""

    kind: str
    at: float
    words: str = ""
    since: float = 0.0

    @property
    def likely_at(self) -> float:
        """The middle of the time in which it happened: off by half of `since` at most."""
        return self.at - self.since / 2


class Delay:
    """`keep` writes the choice down and answers with a sentence when it cannot (`trouble`)."""

    def __init__(
        self, clock: Monotonic, choice: DelayChoice | None = None, keep: Callable[[DelayChoice], str] = lambda _choice: ""
    ) -> None:
        self._clock = clock
        self._choice = _sane(choice or DelayChoice())
        self._keep = keep
        self._heard: deque[HeardEvent] = deque(maxlen=MOST_HEARD)
        self._matched: HeardEvent | None = None  # by the newest calibration
        self._calibrating_until = float("-inf")
        self.trouble = ""
        self.changed = Signal()

    @property
    def estimate(self) -> float | None:
        """Seconds the odds are ahead of the video; None before anybody said or measured it."""
        if self._choice.measured:
            return median(self._choice.measured)
        return self._choice.by_hand

    @property
    def how(self) -> str:
        """Where the estimate comes from."""
        measured = self._choice.measured
        if len(measured) > 1:
            return f"the median of {len(measured)} calibrations between {min(measured):.1f} and {max(measured):.1f} s"
        if measured:
            return "one calibration: press Space at more events to be surer"
        return "set by hand" if self._choice.by_hand is not None else "not known: set it, or press Space when you see the bomb planted"

    @property
    def words(self) -> str:
        """In a few words for the corner of the video."""
        return f"odds ≈ {self.estimate:.0f} s ahead of video" if self.estimate is not None else "odds ahead of video: not known"

    @property
    def brief(self) -> str:
        """Where the corner has little room; empty while it is not known: the button of the delay says that."""
        return f"≈ {self.estimate:.0f} s ahead" if self.estimate is not None else ""

    @property
    def is_spoiler_safe(self) -> bool:
        return self._choice.is_spoiler_safe

    @property
    def choice(self) -> DelayChoice:
        return self._choice

    def set_by_hand(self, seconds: float) -> None:
        """0 to 60 seconds; what was measured before is forgotten."""
        self._matched = None
        self._change(msgspec.structs.replace(self._choice, by_hand=_within(seconds), measured=()))

    def set_spoiler_safe(self, is_safe: bool) -> None:
        self._change(msgspec.structs.replace(self._choice, is_spoiler_safe=is_safe))

    @property
    def is_calibrating(self) -> bool:
        """A person is about to calibrate: the match is to be asked for as often as may be, since an event is heard that much late."""
        return self._clock() < self._calibrating_until

    def expect_press(self) -> None:
        """The box is open, or a press came: more may follow."""
        self._calibrating_until = self._clock() + CALIBRATING

    def heard(self, kind: str, words: str = "", at: float | None = None, since: float = 0.0) -> None:
        """The feed told of an important event just now, or at `at`, that happened within the `since` seconds before."""
        self._heard.append(HeardEvent(kind, self._clock() if at is None else at, words, min(max(since, 0.0), LONGEST)))

    def forget_events(self) -> None:
        """Another match is looked at: its events are not those of the one before."""
        self._heard.clear()

    def press(self, kind: str = PLANT) -> str:
        """A person sees such an event in the video now; says what it was matched with, or why with nothing.

        A second press for the same event corrects the first: one event is one calibration.
        """
        self.expect_press()
        now = self._clock()
        event = self._newest(kind, now)
        if event is None:
            return f"The feed told of no {kind} within the last {LONGEST:.0f} s, so nothing was calibrated."
        before = self._choice.measured[:-1] if event is self._matched else self._choice.measured
        self._matched = event
        measured = (*before, now - event.likely_at)[-KEPT:]
        self._change(msgspec.structs.replace(self._choice, by_hand=None, measured=measured))
        told = f"Matched with “{event.words or event.kind}”, heard {now - event.at:.1f} s ago"
        return (
            f"{told}; it happened up to {event.since:.1f} s before that: right to {event.since / 2:.1f} s." if event.since else f"{told}."
        )

    def undo_press(self) -> None:
        """The newest calibration was a mistake."""
        self._matched = None
        self._change(msgspec.structs.replace(self._choice, measured=self._choice.measured[:-1]))

    def shown_at(self, now: float) -> float | None:
        """When that happened, by the feed's time, which the video shows now; None without an estimate."""
        return None if self.estimate is None else now - self.estimate

    def visible_before(self, now: float) -> float:
        """What the feed told up to this moment may be shown beside the video: all of it unless spoiler-safe."""
        return now - (self.estimate or 0.0) if self.is_spoiler_safe else now

    def _newest(self, kind: str, now: float) -> HeardEvent | None:
        wanted = (event for event in self._heard if event.kind.casefold() == kind.casefold() and 0 <= now - event.at <= LONGEST)
        return max(wanted, key=lambda event: event.at, default=None)

    def _change(self, choice: DelayChoice) -> None:
        if choice != self._choice:
            self._choice = choice
            self.trouble = self._keep(choice)
            self.changed()


class Past(Generic[T]):
    """A bounded timeline of one value: `at(t)` is what it was then.

    Kept are `span` seconds before the newest value, one more that still held at their beginning, and never more than `most`.
    """

    def __init__(self, span: float = LONGEST + 5.0, most: int = 2_000) -> None:
        self._span = span
        self._most = most
        self._times: list[float] = []
        self._values: list[T] = []

    def __len__(self) -> int:
        return len(self._times)

    def add(self, at: float, value: T) -> None:
        """It became this at `at`. A time before the newest one counts as the newest: what is told later is not known earlier."""
        at = max(at, self._times[-1]) if self._times else at
        self._times.append(at)
        self._values.append(value)
        held = bisect_right(self._times, at - self._span) - 1  # the one that held when the span began
        surplus = max(held, len(self._times) - self._most, 0)
        if surplus:
            del self._times[:surplus], self._values[:surplus]

    def at(self, moment: float) -> T | None:
        """None before anything was known, or where it is not known any more."""
        place = bisect_right(self._times, moment) - 1
        return self._values[place] if place >= 0 else None

    def clear(self) -> None:
        self._times.clear()
        self._values.clear()


def _within(seconds: float) -> float:
    return min(max(seconds, 0.0), LONGEST)


def _sane(choice: DelayChoice) -> DelayChoice:
    """What was kept may have been edited: values that are none (NaN too) are let go."""
    is_hand_good = choice.by_hand is not None and 0 <= choice.by_hand <= LONGEST
    measured = tuple(seconds for seconds in choice.measured if 0 <= seconds <= LONGEST)[-KEPT:]
    return DelayChoice(choice.by_hand if is_hand_good else None, measured, choice.is_spoiler_safe)
