"""The deliveries' file as the window uses it: a `services.hooks.ports.DeliveryShelf`, with all its work in a thread."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Final, TypeVar

from sqlalchemy import Select, or_, select

from app.domain.webhook import Delivery, DeliveryQuery, Letter, Show, Tally
from app.store.deliveries.file import DeliveriesFile
from app.store.deliveries.minutes import tallies
from app.store.deliveries.rows import as_delivery
from app.store.deliveries.schema import deliveries

T = TypeVar("T")

LONGEST: Final = 200  # characters of what is looked for; SQLite takes no pattern of any length


class Shelf:
    """The file is opened at its first use. Every method raises OSError when it cannot be used; `words` say what became of a damaged one."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: DeliveriesFile | None = None
        self._thread: ThreadPoolExecutor | None = None
        self._turn = threading.Lock()  # between a thread that closes and the next one

    @property
    def words(self) -> str:
        return self._file.words if self._file is not None else ""

    async def page(self, query: DeliveryQuery) -> list[Delivery]:
        return await self._run(lambda file: _page(file, query))

    async def get(self, delivery_id: int) -> Delivery | None:
        return await self._run(lambda file: file.get(delivery_id))

    async def letter(self, delivery_id: int) -> Letter | None:
        return await self._run(lambda file: file.letter(delivery_id))

    async def add_missed(self, missed: Sequence[Delivery]) -> list[int]:
        return await self._run(lambda file: file.add([(each, None) for each in missed]))

    async def mark_late(self, delivery_id: int, at: datetime) -> None:
        await self._run(lambda file: file.mark_late(delivery_id, at))

    async def remove(self, delivery_ids: Sequence[int]) -> None:
        await self._run(lambda file: file.remove_missed(delivery_ids))

    async def note_refetched(self, delivery_ids: Sequence[int], paths: Sequence[str]) -> None:
        await self._run(lambda file: file.note_refetched(delivery_ids, paths))

    async def pin(self, delivery_id: int, *, is_pinned: bool) -> None:
        await self._run(lambda file: file.pin(delivery_id, is_pinned=is_pinned))

    async def tallies(self, since: datetime) -> dict[int | None, Tally]:
        return await self._run(lambda file: _tallies(file, since))

    async def clear(self) -> int:
        return await self._run(lambda file: file.clear())

    async def close(self) -> None:
        thread, self._thread = self._thread, None
        if thread is not None:
            await asyncio.get_running_loop().run_in_executor(thread, self._close)
            thread.shutdown(wait=False)

    async def _run(self, work: Callable[[DeliveriesFile], T]) -> T:
        """In a thread of its own: a file that is locked for long takes no thread from anything else in the program."""
        if self._thread is None:
            self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="deliveries-shelf")
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._do, work)

    def _do(self, work: Callable[[DeliveriesFile], T]) -> T:
        with self._turn:
            if self._file is None:
                self._file = DeliveriesFile(self._path)
            return work(self._file)

    def _close(self) -> None:
        with self._turn:
            if self._file is not None:
                self._file.close()
                self._file = None


def _page(file: DeliveriesFile, query: DeliveryQuery) -> list[Delivery]:
    with file.reading() as connection:
        return [as_delivery(row) for row in connection.execute(_chosen(query))]


def _chosen(query: DeliveryQuery) -> Select[tuple[object, ...]]:
    it = deliveries.c
    chosen = select(deliveries).order_by(it.id.desc()).limit(query.limit)
    if query.before:
        chosen = chosen.where(it.id < query.before)
    if query.subscription_id is not None:
        chosen = chosen.where(it.subscription_id == query.subscription_id)
    if query.show is Show.PINNED:
        chosen = chosen.where(it.is_pinned)
    elif (verdict := query.show.verdict) is not None:
        chosen = chosen.where(it.verdict == str(verdict))
    for word in query.text[:LONGEST].split():
        has = [column.icontains(word, autoescape=True) for column in (it.verdict, it.event, it.reason, it.path, it.refetched)]
        is_match = it.match_id == int(word) if word.isdecimal() and len(word) < 19 else None
        chosen = chosen.where(or_(*has) if is_match is None else or_(*has, is_match))
    return chosen


def _tallies(file: DeliveriesFile, since: datetime) -> dict[int | None, Tally]:
    with file.reading() as connection:
        return tallies(connection, since)
