"""Blocking work on a thread of its own, waited for with patience but not for ever: a keyring may ask a person, and may hang.

A keyring's call cannot be stopped from outside. What can be is its consequence: an errand that was given up makes no further call, and
undoes what it had written. The threads are daemons, so that the program can quit while one hangs.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections import defaultdict
from collections.abc import Awaitable, Callable
from enum import Enum, auto
from types import TracebackType
from typing import Any, Final, Generic, Protocol, TypeVar

from app.domain.keys import VaultError

PATIENCE: Final = 45.0  # seconds without a step: a person may be typing in the system's dialog

T = TypeVar("T")


class SlowError(VaultError):
    """Given up: nobody answered in time, and nothing was changed."""


class UntidyError(VaultError):
    """It is done, but what should be tidied up after it has not been."""


class Lock(Protocol):
    """A lock that its own thread may take twice."""

    def acquire(self) -> bool: ...

    def release(self) -> None: ...


class _State(Enum):
    OPEN = auto()
    GIVEN_UP = auto()
    CLAIMED = auto()
    COMMITTED = auto()


class Errand:
    """One piece of work: `step` or `beat` before each call that may block, `claim` before what cannot be undone, `commit` behind it."""

    def __init__(self, heard: Callable[[], None] = lambda: None) -> None:
        self._heard = heard
        self._lock = threading.Lock()
        self._state = _State.OPEN
        self._held = contextlib.ExitStack()

    @property
    def is_given_up(self) -> bool:
        return self._state is _State.GIVEN_UP

    @property
    def is_committed(self) -> bool:
        return self._state is _State.COMMITTED

    def beat(self) -> None:
        """A sign of life."""
        self._heard()

    def step(self) -> None:
        """A sign of life; SlowError when nobody waits any more."""
        self.beat()
        if self.is_given_up:
            raise SlowError("This was given up.")

    def hold(self, lock: Lock) -> None:
        """Wait for `lock` and keep it until the errand ends, given up or not. SlowError when nobody waits any more."""
        self.step()
        lock.acquire()
        self._held.callback(lock.release)
        self.step()

    def end(self) -> None:
        """On the errand's own thread: others may have what it held."""
        self._held.close()

    def claim(self) -> None:
        """From here on it is not given up. SlowError when it has been."""
        with self._lock:
            if self._state is _State.GIVEN_UP:
                raise SlowError("This was given up.")
            self._state = _State.CLAIMED

    def commit(self) -> None:
        """What was claimed is done; what follows is tidying."""
        self._state = _State.COMMITTED

    def give_up(self) -> bool:
        """False when it is too late for that."""
        with self._lock:
            if self._state is _State.OPEN:
                self._state = _State.GIVEN_UP
            return self._state is _State.GIVEN_UP


class Errands:
    """Each on a thread, those of one `subject` one at a time. `limit` is seconds without a step of any, also of one that was given up."""

    def __init__(self, *, limit: float = PATIENCE, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        self._limit = limit
        self._sleep = sleep
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._steps = 0

    async def run(self, work: Callable[[Errand], T], subject: str = "") -> T:
        """What `work` returns or raises. SlowError after the limit; cancelling the task gives the errand up just so.

        A cancellation that comes too late for that is raised once what was claimed is done.
        """
        async with self._turns[subject]:
            answer: asyncio.Future[T] = asyncio.get_running_loop().create_future()
            errand = Errand(self._count)
            threading.Thread(target=self._carry_out, args=(work, errand, answer), name="vault", daemon=True).start()
            try:
                await self._patience(answer)
                if not answer.done():
                    raise self._abandoned(errand)
                return answer.result()
            except asyncio.CancelledError:
                if not errand.give_up() and not errand.is_committed:
                    await self._patience(answer)
                raise
            finally:
                errand.give_up()
                if not answer.cancel():
                    answer.exception()  # looked at, also where the task was cancelled

    def _count(self) -> None:
        self._steps += 1

    async def _patience(self, answer: asyncio.Future[Any]) -> None:
        """Until the answer is there, or the limit has passed without a step."""
        seen = -1
        while not answer.done() and seen != self._steps:
            seen = self._steps
            timer = asyncio.ensure_future(self._sleep(self._limit))
            try:
                both: set[asyncio.Future[Any]] = {answer, timer}
                await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
            finally:
                timer.cancel()

    def _abandoned(self, errand: Errand) -> VaultError:
        if errand.give_up():
            return SlowError(f"The keyring did not answer within {self._limit:.0f} seconds; what was kept before is unchanged. Try again.")
        if errand.is_committed:
            return UntidyError("The new keys are kept, but the place of the old ones does not answer.")
        return VaultError(f"The disk did not answer within {self._limit:.0f} seconds: either the old keys are kept or the new ones are.")

    def _carry_out(self, work: Callable[[Errand], T], errand: Errand, answer: asyncio.Future[T]) -> None:
        caught: _Caught[T] = _Caught()
        with caught:
            caught.value = work(errand)
        errand.end()
        with contextlib.suppress(RuntimeError):  # the loop ended meanwhile: nobody waits
            answer.get_loop().call_soon_threadsafe(caught.tell, answer)


class _Caught(Generic[T]):
    """Takes what happened on the thread to whoever waits in the loop."""

    def __init__(self) -> None:
        self.value: T | None = None
        self._error: Exception | None = None

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> bool:
        if isinstance(error, Exception):
            self._error = error
        return self._error is not None

    def tell(self, answer: asyncio.Future[T]) -> None:
        if answer.done():  # given up
            return
        if self._error is not None:
            answer.set_exception(self._error)
        else:
            answer.set_result(self.value)  # type: ignore[arg-type]  # without an error the work has returned its value
