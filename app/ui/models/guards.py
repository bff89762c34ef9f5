"""How a guard reads in a row of the table."""

from __future__ import annotations

from typing import Final

from app.domain.guard import CancelMoved, Guard
from app.services.guard_looks import Reading
from app.services.guards import Guards
from app.ui import formats
from app.ui.display import Display


class GuardFace:
    """Its orders' user is called as the account does it."""

    widths: Final = (84, 96, 320, 128, 76, 216, 66)  # pixels
    now_tip: Final = "The figure it goes by, as it is now"

    def __init__(self, guards: Guards, display: Display) -> None:
        self._guards = guards
        self._display = display

    def scope(self, lookout: Guard) -> str:
        return formats.plain(self._guards.scope(lookout))

    def condition(self, lookout: Guard) -> str:
        words = lookout.plan.condition(self._display.odds, self._display.labels.odds_low)
        return f"{words} than {self._display.odds(lookout.base)}" if isinstance(lookout.plan, CancelMoved) and lookout.base else words

    def now(self, lookout: Guard) -> str:
        return reading_text(self._guards.reading(lookout), self._display)


def reading_text(reading: Reading, display: Display) -> str:
    """`+146 (+6 steps)`, `120.00`, `12:40`; a dash where there is nothing to go by."""
    if reading.seconds is not None:
        return f"in {formats.timer(reading.seconds)}"
    if reading.stake is not None:
        return formats.money(reading.stake)
    if reading.odds is None:
        return formats.NOTHING
    steps = "" if reading.steps is None else f" ({reading.steps:+d})".replace("-", formats.MINUS)
    return f"{display.odds(reading.odds)}{steps}"
