"""The faults of a run and what is left of each: which one strikes the next call or push."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable
from random import Random

from app.practice.faults.answers import Sleep
from app.practice.faults.script import BY_NAME, EVERY, CallFault, CallVerb, Fault, Limit, PushFault, PushVerb, Unauthorized


class Armed:
    """One fault and its counters. Its dice are its own, so that the n-th call it looks at has the same luck in every run."""

    def __init__(self, fault: Fault, rng: Random) -> None:
        self.fault = fault
        self._name = fault.on if isinstance(fault, CallFault) else fault.push
        self._skip = fault.skip
        self._left = fault.times
        self._rng = rng

    @property
    def is_spent(self) -> bool:
        return self._left == 0

    def strikes(self, name: str) -> bool:
        """Whether it strikes this call or push, which counts as one it has seen."""
        if self._name not in ((name,) if name in BY_NAME else (EVERY, name)):
            return False
        if self._skip:
            self._skip -= 1
            return False
        if self.fault.chance < 1 and self._rng.random() >= self.fault.chance:
            return False
        if self._left is not None:
            self._left -= 1
        return True


class Faults:
    """All faults of an exchange; a test may add more while it runs. Each call or push meets them in their order until one strikes.

    `sleep` is how delays and drips pass their time (seconds); `seed` makes the dice of faults with a `chance`.
    """

    def __init__(self, faults: Iterable[Fault] = (), *, seed: int = 1, sleep: Sleep = asyncio.sleep) -> None:
        self.sleep = sleep
        self.struck: Counter[str] = Counter()
        """How often what was struck: "submit:lost", "order:drop"."""
        self.ended = asyncio.Event()
        self.is_released = False
        self.channel_limit: int | None = None
        """What a fault has made of it."""
        self._seed = seed
        self._added = 0
        self._on_calls: list[Armed] = []
        self._on_pushes: list[Armed] = []
        self._refused_tokens: set[str] = set()
        for fault in faults:
            self.add(fault)

    def add(self, fault: Fault) -> None:
        self._added += 1
        armed = Armed(fault, Random(f"{self._seed}:fault:{self._added}"))
        (self._on_calls if isinstance(fault, CallFault) else self._on_pushes).append(armed)

    def clear(self) -> None:
        """No more faults. What was held back stays so until it is released, and a refused token stays refused."""
        self._on_calls.clear()
        self._on_pushes.clear()

    def release(self) -> None:
        """Let go of every push that is held or waits for the next one, at the exchange's next step."""
        self.is_released = True

    def end(self) -> None:
        """The exchange ends: who waits for an answer that never comes is cut off."""
        self.ended.set()

    def on_call(self, name: str, token: str) -> CallVerb | None:
        """What happens to this call; `token` is the access token it came with, if any."""
        fault = _strike(self._on_calls, name)
        if fault is None:
            return Unauthorized() if token and token in self._refused_tokens else None
        assert isinstance(fault, CallFault)
        self.struck[f"{name}:{fault.do.word}"] += 1
        if isinstance(fault.do, Unauthorized) and token:
            self._refused_tokens.add(token)
        if isinstance(fault.do, Limit):
            self.channel_limit = fault.do.channels
        return fault.do

    def on_push(self, kind: str) -> PushVerb | None:
        if not self._on_pushes:
            return None
        fault = _strike(self._on_pushes, kind)
        if fault is None:
            return None
        assert isinstance(fault, PushFault)
        self.struck[f"{kind}:{fault.do.word}"] += 1
        return fault.do


def _strike(armed: list[Armed], name: str) -> Fault | None:
    """The first that strikes; one that is spent is taken off the list."""
    for one in armed:
        if one.strikes(name):
            if one.is_spent:
                armed.remove(one)
            return one.fault
    return None
