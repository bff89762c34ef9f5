"""How far the odds are ahead of the video: the broadcaster's delay and the viewer's, as one estimate that is never called exact.

All times are monotonic seconds. Nothing here ever delays a ticket: it is for what is looked at beside the video.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from statistics import median
from typing import Final

import msgspec

from app.services.ports import Monotonic, Signal

LONGEST: Final = 300.0  # seconds a delay can be: a league may hold its video back by minutes
LATEST: Final = 60.0  # seconds an event can be heard late
CONTRADICTS: Final = 8.0  # seconds by which a press may differ from the estimate and still be believed at once
ALIKE: Final = 4.0  # seconds by which one event may fit the estimate better than another and both are offered
OFFERED: Final = 8.0  # seconds in which another press takes the other event
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


class Fit(msgspec.Struct, frozen=True):
    """An event that a press may have meant, and how many seconds the odds would be ahead then."""

    event: HeardEvent
    seconds: float


class Offer(msgspec.Struct, frozen=True):
    """What the next press takes: the fit after `place` (-1: none was taken yet), on top of `base`, until a monotonic moment."""

    fits: tuple[Fit, ...]
    place: int
    base: DelayChoice
    until: float

    @property
    def next(self) -> int:
        return (self.place + 1) % len(self.fits)


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
        self._before: DelayChoice | None = None  # what was known before that
        self._offer: Offer | None = None
        self._calibrating_until = float("-inf")
        self.trouble = ""
        self.changed = Signal()

    @property
    def estimate(self) -> float | None:
        """Seconds the odds are ahead of the video; None before anybody said or measured it."""
        return _estimate(self._choice)

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
        """0 to 300 seconds; what was measured before is forgotten."""
        self._matched = self._before = self._offer = None
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
        self._heard.append(HeardEvent(kind, self._clock() if at is None else at, words, min(max(since, 0.0), LATEST)))

    def forget_events(self) -> None:
        """Another match is looked at: its events are not those of the one before."""
        self._heard.clear()
        self._offer = None

    def press(self, kind: str = PLANT) -> str:
        """A person sees such an event in the video now; says what it was matched with, or why with nothing.

        The event that fits the estimate best is meant. One that contradicts it changes nothing until a second press confirms it, and where
        several fit alike the next press takes the next. A later press for the same event corrects the first: one event is one calibration.
        """
        self.expect_press()
        now = self._clock()
        if self._offer is not None and now <= self._offer.until:
            return self._take_next(self._offer, now)
        fits = self._fits(kind, now)
        if not fits:
            self._offer = None
            return f"The feed told of no {kind} within the last {LONGEST:.0f} s, so nothing was calibrated."
        best, estimate = fits[0], self.estimate
        base = self._before if best.event is self._matched and self._before is not None else self._choice
        if estimate is not None and abs(best.seconds - estimate) > CONTRADICTS:
            self._offer = Offer(fits, -1, base, now + OFFERED)
            return self._doubted(best, estimate)
        alike = tuple(fit for fit in fits if estimate is None or abs(fit.seconds - estimate) - abs(best.seconds - estimate) <= ALIKE)
        self._take(best, base)
        self._offer = Offer(alike, 0, base, now + OFFERED) if len(alike) > 1 else None
        return self._taken(best, now)

    def undo_press(self) -> None:
        """The newest calibration was a mistake: what was known before it is known again, also what was set by hand."""
        before = self._before or msgspec.structs.replace(self._choice, measured=self._choice.measured[:-1])
        self._matched = self._before = self._offer = None
        self._change(msgspec.structs.replace(self._choice, by_hand=before.by_hand, measured=before.measured))

    def shown_at(self, now: float) -> float | None:
        """When that happened, by the feed's time, which the video shows now; None without an estimate."""
        return None if self.estimate is None else now - self.estimate

    def visible_before(self, now: float) -> float:
        """What the feed told up to this moment may be shown beside the video: all of it unless spoiler-safe."""
        return now - (self.estimate or 0.0) if self.is_spoiler_safe else now

    def _fits(self, kind: str, now: float) -> tuple[Fit, ...]:
        """The best first: nearest to the estimate, without one the newest."""
        wanted = (event for event in self._heard if event.kind.casefold() == kind.casefold() and 0 <= now - event.at <= LONGEST)
        estimate = self.estimate or 0.0
        fits = (Fit(event, _within(now - event.likely_at)) for event in wanted)
        return tuple(sorted(fits, key=lambda fit: (abs(fit.seconds - estimate), fit.seconds)))

    def _take(self, fit: Fit, base: DelayChoice) -> None:
        estimate = _estimate(base)
        is_more = estimate is not None and abs(fit.seconds - estimate) <= CONTRADICTS
        measured = (*base.measured, fit.seconds)[-KEPT:] if is_more else (fit.seconds,)  # a median of what contradicts itself is nothing
        self._matched, self._before = fit.event, base
        self._change(msgspec.structs.replace(self._choice, by_hand=None, measured=measured))

    def _take_next(self, offer: Offer, now: float) -> str:
        fit, is_last = offer.fits[offer.next], len(offer.fits) == 1
        self._offer = None if is_last else Offer(offer.fits, offer.next, offer.base, now + OFFERED)
        self._take(fit, offer.base)
        return self._taken(fit, now)

    def _taken(self, fit: Fit, now: float) -> str:
        """Beside a video that is not to be spoiled no event is named: it may be of a round that the video has not come to."""
        event = fit.event
        told = f"Matched with “{event.words or event.kind}”, heard {now - event.at:.1f} s ago"
        late = f"; it happened up to {event.since:.1f} s before that: right to {event.since / 2:.1f} s." if event.since else "."
        return (f"Noted: {self.words}." if self.is_spoiler_safe else told + late) + self._other()

    def _other(self) -> str:
        if self._offer is None:
            return ""
        fit = self._offer.fits[self._offer.next]
        return f" Press again within {OFFERED:.0f} s for {fit.seconds:.0f} s{self._named(fit)}."

    def _doubted(self, fit: Fit, estimate: float) -> str:
        told = f"Not taken: that is {fit.seconds:.0f} s, not {estimate:.0f} s."
        return f"{told} Press again within {OFFERED:.0f} s to take it{self._named(fit)}."

    def _named(self, fit: Fit) -> str:
        return "" if self.is_spoiler_safe else f" (“{fit.event.words or fit.event.kind}”)"

    def _change(self, choice: DelayChoice) -> None:
        if choice != self._choice:
            self._choice = choice
            self.trouble = self._keep(choice)
            self.changed()


def _estimate(choice: DelayChoice) -> float | None:
    return median(choice.measured) if choice.measured else choice.by_hand


def _within(seconds: float) -> float:
    return min(max(seconds, 0.0), LONGEST)


def _sane(choice: DelayChoice) -> DelayChoice:
    """What was kept may have been edited: values that are none (NaN too) are let go."""
    is_hand_good = choice.by_hand is not None and 0 <= choice.by_hand <= LONGEST
    measured = tuple(seconds for seconds in choice.measured if 0 <= seconds <= LONGEST)[-KEPT:]
    return DelayChoice(choice.by_hand if is_hand_good else None, measured, choice.is_spoiler_safe)
