"""What reached the receiver: an invalidation for the feed's services, and a list for whoever looks."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Final

import msgspec

from app.domain.receiving import Counts, Tidings
from app.domain.receiving import Signal as Delivered
from app.domain.webhook import Delivery, DeliveryQuery, Letter, Tally
from app.services.hooks.curl import curl_line
from app.services.hooks.ports import Answer, DeliveryShelf, Poster
from app.services.hooks.reception import Reception
from app.services.notices import Notices, Tone
from app.services.ports import Monotonic, Now, Signal
from app.services.tasks import Tasks

NEWEST: Final = 500  # kept in memory, for a list that is looked at while they come
APART: Final = 1.0  # seconds between two invalidations of the same kind for the same match (reliability F-R05)
SAID_EVERY: Final = 60.0  # seconds between two sentences about bad ones
DAY: Final = timedelta(hours=24)
_NOT_SENT_AGAIN: Final = frozenset({"host", "content-length", "transfer-encoding", "connection", "keep-alive", "expect"})

Heard = Callable[[str, int | None], Sequence[str]]


class Deliveries:
    """`heard` reads again what an event about a match invalidates, and answers with the paths it asked for."""

    def __init__(
        self,
        shelf: DeliveryShelf,
        poster: Poster,
        reception: Reception,
        notices: Notices,
        tasks: Tasks,
        *,
        heard: Heard,
        clock: Monotonic,
        now: Now,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._shelf = shelf
        self._poster = poster
        self._reception = reception
        self._notices = notices
        self._tasks = tasks
        self._heard = heard
        self._clock = clock
        self._now = now
        self._sleep = sleep
        self._newest: deque[Delivery] = deque(maxlen=NEWEST)
        self._told_at: dict[tuple[str, int | None], float] = {}
        self._again: dict[tuple[str, int | None], list[int]] = {}  # waiting for their turn, with the deliveries that ask for it
        self._bad_said_at = float("-inf")
        self._bad_said = 0
        self.tallies: dict[int | None, Tally] = {}
        self.trouble = ""  # why the file cannot be used
        self.changed = Signal()

    @property
    def newest(self) -> list[Delivery]:
        """The newest first; no more than `NEWEST`."""
        return list(reversed(self._newest))

    @property
    def tally(self) -> Tally:
        """Of all within 24 h."""
        every = list(self.tallies.values())
        last = [each.last_at for each in every if each.last_at is not None]
        return Tally(
            ok=sum(each.ok for each in every),
            bad=sum(each.bad for each in every),
            missed=sum(each.missed for each in every),
            duplicates=sum(each.duplicates for each in every),
            late=sum(each.late for each in every),
            last_at=max(last, default=None),
        )

    # What comes

    def note(self, tidings: Tidings) -> None:
        self._newest.extend(tidings.newest)
        for signal in tidings.signals:
            self._invalidate((signal.event, signal.match_id), signal)
        self._say_bad(tidings.counts, tidings.newest)
        if tidings.newest:
            self.changed()

    def list_missed(self, missed: Sequence[Delivery]) -> None:
        """They are in the file, and have their ids."""
        self._newest.extend(missed)
        self.changed()

    def mark_late(self, delivery: Delivery) -> None:
        self._replace({delivery.id: delivery})

    def _invalidate(self, key: tuple[str, int | None], signal: Delivered) -> None:
        """At most once a second; what comes meanwhile is one more time when the second is over."""
        if key in self._again:
            self._again[key] += signal.ids
            return
        left = self._told_at.get(key, float("-inf")) + APART - self._clock()
        if left <= 0:
            self._read_again(key, signal.ids)
        else:
            self._again[key] = list(signal.ids)
            self._tasks.start(self._read_later(key, left))

    async def _read_later(self, key: tuple[str, int | None], seconds: float) -> None:
        try:
            await self._sleep(seconds)
        finally:
            ids = self._again.pop(key, [])
        self._read_again(key, ids)

    def _read_again(self, key: tuple[str, int | None], ids: Sequence[int]) -> None:
        now = self._clock()
        self._told_at = {known: at for known, at in self._told_at.items() if now - at < APART}
        self._told_at[key] = now
        paths = tuple(self._heard(*key))
        if paths and ids:
            wanted = set(ids)
            self._replace({each.id: msgspec.structs.replace(each, refetched=paths) for each in self._newest if each.id in wanted})
            self._tasks.start(self._write(self._shelf.note_refetched(tuple(ids), paths)))

    def _replace(self, others: dict[int, Delivery]) -> None:
        if others:
            self._newest = deque((others.get(each.id, each) if each.id else each for each in self._newest), maxlen=NEWEST)
            self.changed()

    def _say_bad(self, counts: Counts, newest: Sequence[Delivery]) -> None:
        """Once a minute at most, with how many there were."""
        bad = counts.bad + counts.unsigned
        self._bad_said = min(self._bad_said, bad)  # the receiver was opened anew
        if bad == self._bad_said or self._clock() - self._bad_said_at < SAID_EVERY:
            return
        number, self._bad_said, self._bad_said_at = bad - self._bad_said, bad, self._clock()
        why = next((each.reason for each in reversed(newest) if each.reason and each.answer == 401), "")
        what = "A delivery was" if number == 1 else f"{number} deliveries were"
        self._notices.say(f"{what} refused for the signature{f': {why}' if why else ''}", Tone.WARNING)

    # What a person looks at and does. OSError passes through where nothing else is said.

    async def count(self) -> None:
        """Reckon the figures of 24 h anew."""
        try:
            self.tallies = await self._shelf.tallies(self._now() - DAY)
            self.trouble = ""
        except OSError as problem:
            self.trouble = f"The deliveries' file cannot be read: {problem}"
        self.changed()

    async def page(self, query: DeliveryQuery) -> list[Delivery]:
        return await self._shelf.page(query)

    async def pages(self, query: DeliveryQuery) -> AsyncIterator[list[Delivery]]:
        """All of them, the newest first, a page at a time."""
        while rows := await self._shelf.page(query):
            yield rows
            query = msgspec.structs.replace(query, before=rows[-1].id)

    async def letter(self, delivery_id: int) -> Letter | None:
        return await self._shelf.letter(delivery_id)

    async def pin(self, delivery: Delivery, *, is_pinned: bool) -> None:
        await self._shelf.pin(delivery.id, is_pinned=is_pinned)
        self._replace({delivery.id: msgspec.structs.replace(delivery, is_pinned=is_pinned)})

    async def clear(self) -> int:
        removed = await self._shelf.clear()
        self._newest = deque((each for each in self._newest if each.is_pinned), maxlen=NEWEST)
        await self.count()
        return removed

    def place(self, path: str) -> str:
        """Where the receiver takes what comes at this path."""
        return f"http://127.0.0.1:{self._reception.port}{path or '/'}"

    async def replay(self, delivery: Delivery, url: str = "") -> Answer:
        """Send the very bytes again, to the receiver or to another address of this computer. ValueError for any other."""
        letter = await self._shelf.letter(delivery.id)
        if letter is None:
            return Answer(0, 0.0, "It was never delivered, or its bytes are no longer kept: there is nothing to send again.")
        if len(letter.body) < letter.full_size:
            kept = f"{len(letter.body):,} of its {letter.full_size:,} bytes"
            return Answer(0, 0.0, f"Only {kept} were kept: sent again, its signature would be wrong.")
        headers = [(name, value) for name, value in letter.headers if name.lower() not in _NOT_SENT_AGAIN]
        return await self._poster.post(url or self.place(delivery.path), headers, letter.body)

    async def curl(self, delivery: Delivery, url: str = "") -> str:
        """A line for a POSIX shell that sends it again; empty where its bytes are not kept."""
        letter = await self._shelf.letter(delivery.id)
        if letter is None:
            return ""
        headers = [(name, value) for name, value in letter.headers if name.lower() not in _NOT_SENT_AGAIN]
        return curl_line(url or self.place(delivery.path), headers, letter.body)

    async def _write(self, work: Awaitable[None]) -> None:
        try:
            await work
        except OSError as problem:
            self.trouble = f"The deliveries' file cannot be written: {problem}"
            self.changed()
