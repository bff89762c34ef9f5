"""How a live video is doing, as a machine without Qt and without a clock: frames, troubles and ticks go in, states and acts come out.

A live stream that stalls raises no signal (measured with QtMultimedia 6.11), and FFmpeg does not go on after a seam at which the
timestamps jump: the time since the last frame is the only witness, and opening the source again is the cure.
"""

from __future__ import annotations

from collections import deque
from enum import Enum, StrEnum
from typing import Final

import msgspec

SILENCE: Final = 2.0  # seconds without a frame that make a stall
SEAM: Final = 0.5  # the same where the playlist marks a seam: FFmpeg does not go on there
STARTUP: Final = 12.0  # seconds until the first frame
REOPENING: Final = 8.0  # the same after the source was opened again
BACK_OFF: Final = (1.0, 2.0, 5.0, 10.0)  # seconds before the source is opened again
SEAM_REST: Final = 4.0  # seconds between two reopenings for a seam, in case the list and the picture are not where they seem
HOLD: Final = 0.25  # seconds after which a playlist that stood still and grows is opened again
STEADY: Final = 5.0  # seconds of frames after which a recovery counts as one, so that a flapping stream is asked ever less
OFTEN: Final = 2  # times the same address is opened again; then it is looked for anew, because addresses go stale
SOON: Final = 2.5  # seconds between two questions to the practice exchange, which is on this computer
OFFLINE_PAUSES: Final = ((60.0, 3.0), (600.0, 10.0), (float("inf"), 30.0))
"""Twitch is asked whether a channel is back: until so many seconds after it was found offline, with pauses of so many."""

BLOCKED_PAUSES: Final = (5.0, 10.0, 20.0, 40.0, 60.0)
WINDOW: Final = 2.0  # seconds over which frames a second are counted
HALT: Final = 0.25  # seconds between two frames that an eye sees as a halt

CROSSING: Final = "the stream changes over, as where an advertisement begins or ends"


class PlayState(StrEnum):
    IDLE = "idle"
    STARTING = "starting"
    PLAYING = "playing"
    AD_BREAK = "ad break"
    STALLED = "stalled"
    RECOVERING = "recovering"
    OFFLINE = "offline"
    NO_CODEC = "codec missing"
    PARENT_REFUSED = "parent refused"
    BLOCKED = "blocked"
    UNANSWERED = "no answer"
    FAILED = "failed"


class Trouble(Enum):
    """What the player says went wrong."""

    SOURCE = "the address gave no video"
    STALE = "the address is not valid any more"
    ENDED = "the stream ended"
    FORMAT = "the format cannot be decoded"


class Act(Enum):
    """What is to be done now."""

    REOPEN = "open the same address again"
    FIND = "look for the address anew"


class Figures(msgspec.Struct, frozen=True):
    """`dropped` is an estimate from the frames' own times, `halts` counts pauses an eye sees. `behind`: seconds, an estimate or None."""

    frames: int = 0
    fps: float = 0.0
    dropped: int = 0
    halts: int = 0
    stalls: int = 0
    recoveries: int = 0
    size: tuple[int, int] = (0, 0)
    behind: float | None = None


MOVING: Final = frozenset({PlayState.PLAYING, PlayState.AD_BREAK})
WAITING: Final = frozenset({PlayState.STARTING, PlayState.RECOVERING})
AILING: Final = frozenset({PlayState.STALLED, PlayState.RECOVERING})
ENDED: Final = frozenset({PlayState.NO_CODEC, PlayState.PARENT_REFUSED, PlayState.FAILED})


class Playback:
    """Every `now` is monotonic seconds. `words` say what is behind the state, empty where the state says it all."""

    def __init__(self) -> None:
        self.state = PlayState.IDLE
        self.words = ""
        self.next_try: float | None = None
        self.pause = 0.0  # seconds between now and the next try, when it was set
        self.is_held = False  # stalled with nothing to open again for: nothing new is published
        self.is_ours = False
        self.dropped = self.halts = self.frames = self.stalls = self.recoveries = 0
        self.size = (0, 0)
        self.is_ad = False
        self._since = 0.0
        self._last_frame: float | None = None
        self._last_stamp: int | None = None
        self._steady_since: float | None = None
        self._tries = 0
        self._blocks = 0
        self._must_find = False
        self._is_looking = False
        self._is_unread = False  # the playlist could not be read the last time
        self._crossed_at = float("-inf")
        self._arrivals: deque[float] = deque(maxlen=300)

    @property
    def is_wanted(self) -> bool:
        """Whether a person or the view wants it to play."""
        return self.state is not PlayState.IDLE

    @property
    def is_opening(self) -> bool:
        """Whether a source was given to the player and its first frame is due."""
        return self.state in WAITING and not self._is_looking

    @property
    def is_looking(self) -> bool:
        """Whether the address is being looked for, and nothing else is done."""
        return self._is_looking

    @property
    def is_retried(self) -> bool:
        """Whether something is tried again without a person's doing."""
        return self.next_try is not None or self._is_looking

    def start(self, now: float, *, is_ours: bool = False) -> None:
        """It shall play; the address is being looked for. `is_ours`: at the practice exchange, which may be asked often."""
        self.is_ours = is_ours
        self._tries = self._blocks = 0
        self._must_find = self._is_unread = False
        self._steady_since = None
        self._turn(PlayState.STARTING, now)
        self._is_looking = True

    def opened(self, now: float) -> None:
        """The source was given to the player: from now on frames are due."""
        self._since = now
        self._last_stamp = None
        self._is_looking = False
        if self.state not in WAITING:
            self._turn(PlayState.STARTING, now)

    def stop(self, now: float, words: str = "") -> None:
        self._turn(PlayState.IDLE, now, words)
        self._arrivals.clear()
        self._last_frame = None
        self.is_ad = False

    def frame(self, now: float, *, stamp: int = -1, length: int = 0, size: tuple[int, int] = (0, 0)) -> None:
        """A picture came. `stamp` and `length` are its time and duration in microseconds where it has them."""
        if self.state not in MOVING | WAITING | {PlayState.STALLED}:
            return  # a late one of a source that was let go
        if self.state in MOVING and 0 <= stamp == self._last_stamp:
            return  # the same picture once more is no sign of life
        self._count(now, stamp, length)
        self.size = size
        if self.state not in MOVING:
            self.recoveries += self.state in AILING
            self._blocks = 0
            self._steady_since = now
            self._turn(self._moving(), now)
        elif self._steady_since is not None and now - self._steady_since >= STEADY:
            self._tries, self._steady_since = 0, None

    def told_ad(self, is_ad: bool, now: float) -> None:
        """The playlist says whether an advertisement runs."""
        self.is_ad = is_ad
        if self.state in MOVING:
            self._turn(self._moving(), now)

    def trouble(self, trouble: Trouble, now: float, words: str = "") -> None:
        """The player complained; nothing of a player that was let go is heard."""
        if self.state not in MOVING | WAITING | {PlayState.STALLED} or self._is_looking:
            return
        if trouble is Trouble.FORMAT:
            self.end(PlayState.NO_CODEC, now, words)
            return
        self._must_find = self._must_find or trouble is not Trouble.SOURCE
        if self.state is not PlayState.STALLED:
            self._stall(now, words or trouble.value)

    def told_unread(self, is_unread: bool, now: float) -> None:
        """Whether the playlist could not be read just now: then a stream that stands still is looked for anew and at once."""
        self._is_unread = is_unread
        if is_unread and self.state is PlayState.STALLED:
            self._must_find = True
            self._wait(now, 0.0)

    def offline(self, now: float, words: str = "") -> None:
        """The channel is not live; it is looked for again soon, and at Twitch ever less."""
        self._turn(PlayState.OFFLINE, now, words)
        self._wait(now, SOON if self.is_ours else next(pause for until, pause in OFFLINE_PAUSES if now - self._since < until))

    def blocked(self, now: float, words: str, state: PlayState = PlayState.BLOCKED) -> None:
        """Nobody could be asked, or (UNANSWERED) nobody answered. At Twitch the pauses grow up to a minute."""
        self._turn(state, now, words)
        self._wait(now, SOON if self.is_ours else BLOCKED_PAUSES[min(self._blocks, len(BLOCKED_PAUSES) - 1)])
        self._blocks += 1

    def end(self, state: PlayState, now: float, words: str) -> None:
        """Nothing that waiting cures: NO_CODEC, PARENT_REFUSED or FAILED, until a person tries again."""
        self._turn(state, now, words)

    def silent_for(self, now: float) -> float:
        """Seconds since the last picture, while pictures should come; else 0."""
        return now - self._last_frame if self.state in MOVING and self._last_frame is not None else 0.0

    def tick(self, now: float, quiet_for: float | None = None, *, is_at_seam: bool = False) -> Act | None:
        """Called a few times a second; what is to be done now, if anything. `quiet_for`: seconds since the last segment, where nothing
        new can be had; `is_at_seam`: the last picture is the last one before a discontinuity."""
        silent_for = self.silent_for(now)
        if silent_for > SILENCE:
            self._stall(now, f"no new picture for {silent_for:.0f} s")
        elif silent_for > SEAM and is_at_seam and now - self._crossed_at > SEAM_REST:
            self._cross(now)
            return Act.REOPEN
        elif self.is_opening and now - self._since > (STARTUP if self.state is PlayState.STARTING else REOPENING):
            self._stall(now, f"no picture {now - self._since:.0f} s after it was opened", is_new=self.state is PlayState.STARTING)
        elif self.state is PlayState.STALLED and quiet_for is not None and not self._must_find:
            self._hold(now, f"the broadcaster has sent nothing new for {quiet_for:.0f} s")
        elif self.next_try is not None and now >= self.next_try:
            return self._try(now)
        return None

    def figures(self, now: float, behind: float | None = None) -> Figures:
        return Figures(self.frames, self._fps(now), self.dropped, self.halts, self.stalls, self.recoveries, self.size, behind)

    def _try(self, now: float) -> Act:
        self.next_try = None
        if self.state is not PlayState.STALLED:
            self._is_looking = True
            return Act.FIND  # OFFLINE, BLOCKED or UNANSWERED stays on screen until there is an answer
        self._tries += 1
        act = Act.FIND if self._must_find or self._tries > OFTEN else Act.REOPEN
        self._must_find = False
        self._turn(PlayState.RECOVERING, now, f"attempt {self._tries}")
        self._is_looking = act is Act.FIND
        return act

    def _cross(self, now: float) -> None:
        """The player stopped at a seam, and there is video behind it: it is opened again without waiting."""
        self._crossed_at = now
        self.stalls += 1
        self._steady_since = None
        self._turn(PlayState.RECOVERING, now, CROSSING)

    def _stall(self, now: float, words: str, *, is_new: bool = True) -> None:
        self.stalls += is_new and self.state is not PlayState.RECOVERING
        self._steady_since = None
        self._turn(PlayState.STALLED, now, words)
        self._must_find = self._must_find or self._is_unread
        self._wait(now, 0.0 if self._is_unread and not self._tries else BACK_OFF[min(self._tries, len(BACK_OFF) - 1)])

    def _hold(self, now: float, words: str) -> None:
        """The address is fine and nothing is published: opening it again would only show the old pictures once more."""
        self._turn(PlayState.STALLED, now, words)
        self._wait(now, HOLD)
        self.is_held = True

    def _wait(self, now: float, pause: float) -> None:
        self.next_try, self.pause = now + pause, pause

    def _turn(self, state: PlayState, now: float, words: str = "") -> None:
        if state is not self.state:
            self._since = now
        self.state, self.words, self.next_try, self._is_looking, self.is_held = state, words, None, False, False

    def _moving(self) -> PlayState:
        return PlayState.AD_BREAK if self.is_ad else PlayState.PLAYING

    def _count(self, now: float, stamp: int, length: int) -> None:
        if self._last_frame is not None and now - self._last_frame > HALT and self.state in MOVING:
            self.halts += 1
        if self._last_stamp is not None and length > 0 and 0 < stamp - self._last_stamp < SILENCE * 1e6:
            self.dropped += max(round((stamp - self._last_stamp) / length) - 1, 0)
        self._last_stamp = stamp if stamp >= 0 else None
        self._last_frame = now
        self.frames += 1
        self._arrivals.append(now)

    def _fps(self, now: float) -> float:
        while self._arrivals and now - self._arrivals[0] > WINDOW:
            self._arrivals.popleft()
        if len(self._arrivals) < 2 or self.state not in MOVING:
            return 0.0
        return (len(self._arrivals) - 1) / max(now - self._arrivals[0], 1e-3)
