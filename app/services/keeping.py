"""Keeps what is listed from one start to the next: written down a while after it changed, and at the end."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

from app.domain.market import Listing
from app.services.catalogue import Catalogue
from app.services.notices import Notices, Tone
from app.services.ports import Now

AFTER = 5.0  # seconds after a change
ANEW = timedelta(minutes=10)  # after which the same listing is written down again: its time says how old it is


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
        self._kept: Listing | None = None
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
        if not listing.tournaments or self._is_kept(listing):
            return
        words = await asyncio.to_thread(self._write, listing)
        self._kept = None if words else listing
        if words and words != self._said:
            self._notices.say(words, Tone.WARNING)
        self._said = words

    def _is_kept(self, listing: Listing) -> bool:
        """Whether it was written down a short while ago: much that changes in the catalogue is no part of it."""
        kept = self._kept
        return kept is not None and listing.at - kept.at < ANEW and (listing.tournaments, listing.events) == (kept.tournaments, kept.events)
