"""What was missed, put into the deliveries' file one thing after the other: listed first, and then perhaps marked as late or removed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Final

import msgspec

from app.domain.webhook import Delivery, Verdict
from app.services.hooks.deliveries import Deliveries
from app.services.hooks.gaps import KEPT, Missed
from app.services.hooks.ports import DeliveryShelf
from app.services.hooks.subscriptions import Subscriptions
from app.services.ports import Monotonic, Now
from app.services.tasks import Tasks

APART: Final = 10.0  # seconds between two readings of the subscriptions because something was missed
_Mark = tuple[str, int | None, datetime]


class GapLedger:
    """Before anything is listed, the subscriptions are read again: one that somebody deleted elsewhere delivers nothing.

    `taken_back` hears of what was not missed, for that reason; `whose` names the subscription that should have told of an event.
    """

    def __init__(
        self,
        shelf: DeliveryShelf,
        subscriptions: Subscriptions,
        deliveries: Deliveries,
        tasks: Tasks,
        *,
        whose: Callable[[str], int | None],
        taken_back: Callable[[Sequence[Delivery]], None],
        clock: Monotonic,
        now: Now,
        sleep: Callable[[float], Awaitable[None]],
    ) -> None:
        self._shelf = shelf
        self._subscriptions = subscriptions
        self._deliveries = deliveries
        self._tasks = tasks
        self._whose = whose
        self._taken_back = taken_back
        self._clock = clock
        self._now = now
        self._sleep = sleep
        self._unlisted: list[Delivery] = []
        self._late: dict[_Mark, datetime] = {}
        self._in_time: list[_Mark] = []
        self._listed: dict[_Mark, Delivery] = {}
        self._asked_at = float("-inf")
        self._is_working = False

    def list(self, missed: Sequence[Delivery]) -> None:
        self._unlisted += missed
        self._begin()

    def mark_late(self, missed: Missed, at: datetime) -> None:
        self._late[_mark_of(missed)] = at
        self._begin()

    def remove(self, missed: Missed) -> None:
        """It came in time, and was only heard of late."""
        self._in_time.append(_mark_of(missed))
        self._begin()

    def _begin(self) -> None:
        if not self._is_working:
            self._is_working = True
            self._tasks.start(self._work())

    async def _work(self) -> None:
        try:
            while self._unlisted or self._late or self._in_time:
                if self._unlisted:
                    await self._read_subscriptions()
                    await self._list_all()
                await self._mark_all()
                await self._remove_all()
        finally:
            self._is_working = False

    async def _read_subscriptions(self) -> None:
        if (left := self._asked_at + APART - self._clock()) > 0:
            await self._sleep(left)
        self._asked_at = self._clock()
        await self._subscriptions.read(asks_keyring=False)

    async def _list_all(self) -> None:
        every, self._unlisted = self._unlisted, []
        every = [row for row in every if _mark(row) not in self._in_time]
        told = {each.event for each in self._subscriptions.all.values() if each.is_active}
        now = self._now()
        rows = [msgspec.structs.replace(row, subscription_id=self._whose(row.event), noticed_at=now) for row in every if row.event in told]
        if len(rows) < len(every):
            self._taken_back([row for row in every if row.event not in told])
        if not rows:
            return
        try:
            numbers = await self._shelf.add_missed(rows)
        except OSError as problem:
            self._deliveries.cannot_write(problem)
            numbers = [0] * len(rows)
        rows = [msgspec.structs.replace(row, id=number) for row, number in zip(rows, numbers, strict=True)]
        newest = rows[-1].at
        self._listed = {mark: row for mark, row in self._listed.items() if newest - row.at <= KEPT}
        self._listed |= {_mark(row): row for row in rows}
        self._deliveries.list_missed(rows)

    async def _mark_all(self) -> None:
        late, self._late = self._late, {}
        for mark, at in late.items():
            row = self._listed.pop(mark, None)
            if row is None or not row.id:
                continue
            seconds = (at - row.at).total_seconds()
            self._deliveries.replace(
                msgspec.structs.replace(row, verdict=Verdict.LATE, reason=f"a delivery came {seconds:.1f} s after the poll")
            )
            try:
                await self._shelf.mark_late(row.id, at)
            except OSError as problem:
                self._deliveries.cannot_write(problem)

    async def _remove_all(self) -> None:
        marks, self._in_time = self._in_time, []
        rows = [row for mark in marks if (row := self._listed.pop(mark, None)) is not None]
        if not rows:
            return
        self._deliveries.withdraw(rows)
        try:
            await self._shelf.remove([row.id for row in rows if row.id])
        except OSError as problem:
            self._deliveries.cannot_write(problem)


def _mark_of(missed: Missed) -> _Mark:
    return missed.key.event, missed.key.match_id, missed.at


def _mark(row: Delivery) -> _Mark:
    return row.event, row.match_id, row.at
