"""What reached the receiver: an invalidation for the feed's services, and a list for whoever looks."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Final

import msgspec

from app.domain.receiving import Counts, Tidings
from app.domain.webhook import Delivery, DeliveryQuery, Letter, Tally, Verdict
from app.services.hooks.curl import curl_line
from app.services.hooks.newest import Newest
from app.services.hooks.ports import Answer, DeliveryShelf, Poster
from app.services.hooks.reception import Reception
from app.services.hooks.refetches import Heard, Refetches
from app.services.notices import Notices, Tone
from app.services.ports import Monotonic, Now, Signal
from app.services.tasks import Tasks

NEWEST: Final = 500  # kept in memory, for a list that is looked at while they come
SAID_EVERY: Final = 60.0  # seconds between two sentences about bad ones
SIGNED_WRONGLY: Final = frozenset({Verdict.BAD, Verdict.NONE})
DAY: Final = timedelta(hours=24)
_NOT_SENT_AGAIN: Final = frozenset({"host", "content-length", "transfer-encoding", "connection", "keep-alive", "expect"})


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
        self._clock = clock
        self._now = now
        self._refetches = Refetches(
            shelf, tasks, heard=heard, noted=self._note_refetched, failed=self.cannot_write, clock=clock, sleep=sleep
        )
        self._newest = Newest(NEWEST)
        self._bad_said_at = float("-inf")
        self._bad_said = 0
        self._bad = 0  # since the receiver was opened
        self._bad_why = ""
        self._has_looked = False  # at one that has not been said
        self.withdrawn: deque[int] = deque(maxlen=NEWEST)  # rows that are in the file no more, though nobody cleared it
        self.tallies: dict[int | None, Tally] = {}
        self.trouble = ""  # why the file cannot be used
        self.changed = Signal()

    @property
    def newest(self) -> list[Delivery]:
        """The newest first; no more than `NEWEST`."""
        return list(self._newest)[::-1]

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
            unchecked=sum(each.unchecked for each in every),
            valid_at=max((each.valid_at for each in every if each.valid_at is not None), default=None),
            limited=sum(each.limited for each in every),
        )

    # What comes

    def note(self, tidings: Tidings) -> None:
        self._newest.add(tidings.newest)
        for signal in tidings.signals:
            self._refetches.ask(signal)
        self._note_bad(tidings.counts, tidings.newest)
        if tidings.newest:
            self.changed()

    def list_missed(self, missed: Sequence[Delivery]) -> None:
        """They are in the file, and have their numbers."""
        self._newest.add(missed)
        self.changed()

    def withdraw(self, missed: Sequence[Delivery]) -> None:
        """They had been listed, and were not missed."""
        ids, unnumbered = {row.id for row in missed if row.id}, [row for row in missed if not row.id]
        self._newest.keep(lambda each: each.id not in ids and each not in unnumbered)
        self.withdrawn.extend(ids)
        self.changed()

    def replace(self, delivery: Delivery) -> None:
        """Something else is known of it now."""
        if self._newest.change(delivery.id, lambda _row: delivery):
            self.changed()

    def cannot_write(self, problem: OSError) -> None:
        self.trouble = f"The deliveries' file cannot be written: {problem}"
        self.changed()

    def look(self) -> None:
        """Say what was refused since it was last said; call it each second. Its reason comes a moment after its count."""
        has_waited, self._has_looked = self._has_looked, self._bad > self._bad_said
        if self._bad_why or has_waited:
            self._say_bad()

    def _note_refetched(self, ids: Sequence[int], paths: tuple[str, ...]) -> None:
        for delivery_id in ids:
            self._newest.change(delivery_id, lambda row: msgspec.structs.replace(row, refetched=paths))
        self.changed()

    def _note_bad(self, counts: Counts, newest: Sequence[Delivery]) -> None:
        self._bad = counts.bad + counts.unsigned
        self._bad_said = min(self._bad_said, self._bad)  # the receiver was opened anew
        self._bad_why = next((each.reason for each in reversed(newest) if each.reason and each.verdict in SIGNED_WRONGLY), self._bad_why)

    def _say_bad(self) -> None:
        """Once a minute at most, with how many there were."""
        if self._bad == self._bad_said or self._clock() - self._bad_said_at < SAID_EVERY:
            return
        number, self._bad_said, self._bad_said_at = self._bad - self._bad_said, self._bad, self._clock()
        what = "A delivery was" if number == 1 else f"{number:,} deliveries were"
        self._notices.say(f"{what} refused for the signature{f': {self._bad_why}' if self._bad_why else ''}", Tone.WARNING)
        self._bad_why = ""

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
        if self._newest.change(delivery.id, lambda row: msgspec.structs.replace(row, is_pinned=is_pinned)):
            self.changed()

    async def clear(self) -> int:
        removed = await self._shelf.clear()
        self._newest.keep(lambda each: each.is_pinned)
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
        """A line for a POSIX shell that sends it again; empty where its bytes are not kept, or not all of them."""
        letter = await self._shelf.letter(delivery.id)
        if letter is None or len(letter.body) < letter.full_size:
            return ""
        headers = [(name, value) for name, value in letter.headers if name.lower() not in _NOT_SENT_AGAIN]
        return curl_line(url or self.place(delivery.path), headers, letter.body)
