"""Keeps what is listed from one start to the next: written down a while after it changed, and at the end."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from app.domain.market import Listing
from app.services.catalogue import Catalogue
from app.services.notices import Notices, Tone
from app.services.ports import Now

AFTER = 5.0  # seconds after a change


class Keeper:
    """`write` puts a listing on the disk, in a thread of its own, and answers with a sentence when it could not: said once."""

    def __init__(
        self,
        catalogue: Catalogue,
        write: Callable[[Listing], str],
        notices: Notices,
        *,
        now: Now,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._catalogue = catalogue
        self._write = write
        self._notices = notices
        self._now = now
        self._sleep = sleep
        self._has_changed = asyncio.Event()
        self._said = ""
        catalogue.changed.connect(self._has_changed.set)

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            await self._has_changed.wait()
            await self._sleep(AFTER)
            await self.keep()

    async def keep(self) -> None:
        """Write it down now, if it changed since the last time; nothing is written before anything is listed."""
        if not self._has_changed.is_set():
            return
        self._has_changed.clear()
        listing = self._catalogue.listing(self._now())
        if not listing.tournaments:
            return
        words = await asyncio.to_thread(self._write, listing)
        if words and words != self._said:
            self._notices.say(words, Tone.WARNING)
        self._said = words
