"""The dispatcher: hears what happens in the league, signs it for each subscription and sends it once, to this computer only.

Of all odds of a match that change within one step of the exchange one ODDS_UPDATED is told, the last: the event names a match and no
market, and who hears it reads the whole of the match's odds.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine

from app.practice.clock import Clock
from app.practice.cs2.model import Happened, Kind
from app.practice.faults.armed import Faults
from app.practice.faults.script import DELIVERY
from app.practice.webhooks.hooks import Hook, Hooks
from app.practice.webhooks.lane import Lane, Result
from app.practice.webhooks.letter import Letter, write
from app.practice.webhooks.pipe import Dial, dial
from app.practice.webhooks.record import Record
from app.practice.webhooks.switches import Fate, Switches
from app.practice.webhooks.target import NOT_SWITCHED_ON, ONLY_HERE, place_of

PATIENCE = 5.0
"""Seconds a receiver has for one delivery."""

MOST_LATE = 10_000
"""Deliveries that a delay holds back at a time."""


class Dispatcher:
    """`hear` is called by whoever drives the league, in the loop's thread, and returns at once. `dial` opens a connection."""

    def __init__(
        self,
        hooks: Hooks,
        clock: Clock,
        faults: Faults | None = None,
        *,
        dial: Dial = dial,
        patience: float = PATIENCE,
    ) -> None:
        self.hooks, self.switches, self.record = hooks, Switches(), Record()
        self._clock, self._dial, self._patience = clock, dial, patience
        self._faults = faults or Faults()
        self._heard: dict[tuple[Kind, int], Happened] = {}
        self._lanes: dict[int, Lane] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._late = 0

    @property
    def waiting(self) -> int:
        """Deliveries that are not sent yet."""
        return self._late + sum(lane.waiting for lane in self._lanes.values())

    def hear(self, happened: Happened) -> None:
        """Told of once this step of the exchange is over; what repeats within it takes the later place."""
        if not self.hooks.hearing(happened.kind):
            return
        if not self._heard:
            asyncio.get_running_loop().call_soon(self._tell)
        key = happened.kind, happened.match_id
        self._heard.pop(key, None)
        self._heard[key] = happened

    def send(self, happened: Happened) -> None:
        """To every subscription of its kind."""
        self._forget_removed()
        for hook in self.hooks.hearing(happened.kind):
            self._send(hook, happened, self.switches.fate(self._faults.on_push(DELIVERY)))

    def start(self, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        """Something that goes on meanwhile, and ends with the exchange."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def close(self) -> None:
        """Nothing is sent any more; connections are gone one round of the loop later."""
        self._heard.clear()
        for task in self._tasks:
            task.cancel()
        for lane in self._lanes.values():
            lane.close()
        self._lanes.clear()

    def _tell(self) -> None:
        heard, self._heard = self._heard, {}
        for happened in heard.values():
            self.send(happened)

    def _send(self, hook: Hook, happened: Happened, fate: Fate) -> None:
        letter = write(hook, happened, corrupt=fate.corrupt, is_upper=fate.is_upper, fault=fate.fault)
        if fate.is_dropped:
            return self.record.note(letter, Result("A rehearsed fault"), self._clock.now_ns(), is_dropped=True)
        for _ in range(1 + fate.copies):
            if not fate.delay:
                self._post(letter)
            elif self._late >= MOST_LATE:
                self._report(letter, Result(f"{MOST_LATE:,} deliveries are held back already"))
            else:
                self._late += 1
                self.start(self._post_later(letter, fate.delay))
        return None

    async def _post_later(self, letter: Letter, seconds: float) -> None:
        try:
            await self._faults.sleep(seconds)
        finally:
            self._late -= 1
        self._post(letter)

    def _post(self, letter: Letter) -> None:
        """Refused without a connection, or the looking up of a name, where the address is not on this computer."""
        hook = letter.hook
        place = place_of(hook.target_url)
        if place is None or not self.hooks.takes_loopback:
            return self._report(letter, Result(ONLY_HERE if place is None else NOT_SWITCHED_ON))
        lane = self._lanes.get(hook.id)
        if lane is None:
            lane = Lane(place, self._report, lambda: self.hooks.has(hook.id), self._dial, self._patience)
            self._lanes[hook.id] = lane
        return lane.put(letter)

    def _report(self, letter: Letter, result: Result) -> None:
        self.record.note(letter, result, self._clock.now_ns())

    def _forget_removed(self) -> None:
        for number in [number for number, lane in self._lanes.items() if lane.is_at_rest and not self.hooks.has(number)]:
            self._lanes.pop(number).close()
