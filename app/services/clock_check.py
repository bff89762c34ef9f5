"""Says when this computer's clock is not the venue's: what is due by the time of day would be early or late."""

from __future__ import annotations

from app.services.notices import Notices, Tone

FAR = 30.0  # seconds: the venue's own signed requests stand no more (contract V26)
NEAR = 20.0  # it is right again below this, so that a clock on the border is not said over and over


class ClockCheck:
    """`look` now and then; each change is said once."""

    def __init__(self, notices: Notices) -> None:
        self._notices = notices
        self._is_wrong = False

    def look(self, offset: float | None) -> None:
        """`offset`: how many seconds the venue's clock is ahead of this computer's (negative: behind); None while it is not known."""
        if offset is None:
            return
        if abs(offset) > FAR and not self._is_wrong:
            self._is_wrong = True
            self._notices.say(f"{clock_words(offset)}. Set it: times shown and kept here are off by that", Tone.WARNING)
        elif abs(offset) < NEAR and self._is_wrong:
            self._is_wrong = False
            self._notices.say("This computer's clock is right again", Tone.GOOD)


def clock_words(offset: float) -> str:
    """A whole sentence without its full stop: `This computer's clock is 7 min ahead of the venue's`."""
    way = "behind" if offset > 0 else "ahead of"
    return f"This computer's clock is {clock_distance(offset)} {way} the venue's"


def clock_distance(offset: float) -> str:
    """In one unit: `45 s`, `7 min`, `2 h`."""
    seconds = abs(offset)
    if seconds < 99.5:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.0f} h"
