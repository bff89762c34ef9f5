"""The idle lock: after minutes without a key or a mouse no order leaves until the PIN is typed.

It keeps somebody who passes an unattended desk from trading at it, and no more: it protects no file and no key. What lowers the risk is
never locked: the kill switch and cancels work as ever, and orders that stand go on standing. A program whose lock is on begins locked,
because starting it anew would else be the way around the PIN.
"""

from __future__ import annotations

import math
from typing import Final, Protocol

from app.domain.idle import IdleChoice, pin_objection
from app.domain.secret import Secret
from app.services.ports import Monotonic, Now, Signal

LONGEST_WAIT: Final = 60.0  # seconds after a wrong PIN
WORDS: Final = "This desk is locked because nobody was at it: type the PIN to go on trading"
WRONG: Final = "That is not the PIN"
BUSY: Final = "The PIN before is still being looked at"


class Pins(Protocol):
    """Where the PIN and the choice are kept; other programs of the same person keep theirs there too."""

    @property
    def choice(self) -> IdleChoice: ...
    @property
    def has_pin(self) -> bool: ...

    def look(self) -> bool:
        """Take over what another program kept since; whether there was something. It is asked each second and with each order."""

    async def is_pin(self, pin: Secret) -> bool:
        """Whether this is the PIN."""

    async def keep(self, choice: IdleChoice, pin: Secret | None = None) -> None:
        """Write down. OSError, and then everything is as it was."""


class IdleLock:
    """`look` wants calling each second and before anything that matters. `changed` when it locked, unlocked or was set otherwise.

    `objection` is what the rules of an order ask.
    """

    def __init__(self, pins: Pins, *, clock: Monotonic, now: Now) -> None:
        self._pins = pins
        self._clock = clock
        self._now = now
        self._touched = (clock(), now())
        self._is_locked = self.is_on
        self._wrong = 0
        self._wait_until = 0.0
        self._is_looking = False
        self.changed = Signal()

    @property
    def choice(self) -> IdleChoice:
        return self._pins.choice

    @property
    def has_pin(self) -> bool:
        return self._pins.has_pin

    @property
    def is_on(self) -> bool:
        return self.choice.is_on and self.has_pin

    @property
    def is_locked(self) -> bool:
        return self._is_locked

    @property
    def wait(self) -> float:
        """Seconds until another PIN may be tried."""
        return max(self._wait_until - self._clock(), 0.0)

    def objection(self) -> str:
        """Why no order may leave; empty when the lock has nothing against it. It looks at the clock itself."""
        self.look()
        return WORDS if self._is_locked else ""

    def touch(self) -> None:
        """A person is here. What comes after the time was up does not count: first the PIN."""
        self.look()
        self._touched = (self._clock(), self._now())

    def look(self) -> None:
        """Lock when nobody was here for long enough, by what any program of this person chose last.

        A lock that another program switched off is opened here by the PIN all the same.
        """
        if self._pins.look():
            self.changed()
        if self.is_on and not self._is_locked and self._idle() >= self.choice.minutes * 60:
            self.lock()

    def lock(self) -> None:
        """Lock now; nothing happens while the lock is off."""
        if self.is_on and not self._is_locked:
            self._is_locked = True
            self.changed()

    def _idle(self) -> float:
        """Seconds since somebody was here. A monotonic clock stands still while a computer sleeps, so the other one counts too."""
        monotonic, wall = self._touched
        return max(self._clock() - monotonic, (self._now() - wall).total_seconds())

    async def unlock(self, pin: Secret) -> str:
        """Try a PIN: empty when it is the one, a sentence when it is not. Each wrong one makes the next wait longer, up to a minute."""
        if not self._is_locked:
            return ""
        words = await self._refused(pin)
        if not words:
            self._is_locked = False
            self._touched = (self._clock(), self._now())
            self.changed()
        return words

    async def change(self, choice: IdleChoice, *, current: Secret, new: Secret) -> str:
        """Set it otherwise; a sentence when that may not be or did not work. `new` is empty where the PIN stays.

        Once there is a PIN, every change needs it: the lock could be switched off at an unattended desk else.
        """
        if new and (words := pin_objection(new.reveal())):
            return words
        if choice.is_on and not new and not self.has_pin:
            return "Choose a PIN first"
        if self.has_pin and (words := await self._refused(current)):
            return words
        try:
            await self._pins.keep(choice, new or None)
        except OSError as problem:
            return f"It could not be kept and stays as it was: {problem.strerror or problem}"
        self._touched = (self._clock(), self._now())
        self._is_locked = self._is_locked and self.is_on
        self.changed()
        return ""

    async def _refused(self, pin: Secret) -> str:
        """Why this PIN is not taken; empty when it is the one. One at a time, so that many at once are not tried for one wait."""
        if self._is_looking:
            return BUSY
        if self.wait > 0:
            return f"Wait {math.ceil(self.wait)} s before the next try"
        self._is_looking = True
        try:
            is_right = bool(pin) and await self._pins.is_pin(pin)
        finally:
            self._is_looking = False
        if is_right:
            self._wrong = 0
            return ""
        wait = min(2.0 ** min(self._wrong, 10), LONGEST_WAIT)
        self._wrong += 1
        self._wait_until = self._clock() + wait
        return f"{WRONG}. The next try is in {wait:.0f} s"
