"""One profile's services with its venue, stream and journal: everything but the window."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TypeVar

from app.domain.environment import Environment
from app.domain.errors import JournalDownError
from app.domain.labels import LABELS
from app.domain.link import Rank
from app.domain.profile import Profile, Provider
from app.domain.risk import Limits, clamped
from app.outlet import VenueKeys, outlet_of, secrets_of
from app.services.desk import Desk, Outside
from app.services.keeping import Keeper
from app.services.notices import Notices, Tone
from app.services.reconcile import remembered_since
from app.services.tasks import Tasks
from app.store import guards, logs, settings, stars
from app.store.catalogue_cache import CatalogueCache
from app.store.journal.errors import JournalError
from app.store.journal.opening import back_up, open_journal
from app.store.journal.shelf import journal_path
from app.store.machine import machine_tag
from app.store.paths import Folders
from app.store.recorder import Recorder
from app.store.users import UserFiles
from app.taping import Taping, program_version
from app.venues.hosts import Address
from app.venues.http import DEADLINE
from app.venues.prophetx.names import Spelling
from app.venues.shares import Budgets
from app.venues.tape import About, Tape

Kept = TypeVar("Kept")

REOPEN = 5.0  # seconds between two tries to open a journal that could not be opened


def now() -> datetime:
    return datetime.now(UTC)


class Terminal:
    """Built around one profile. `open` reads the journal, `point` chooses the account, `start` connects."""

    def __init__(
        self,
        profile: Profile,
        where: Folders,
        *,
        journal: Path | None = None,
        tasks: Tasks,
        desk_lock: Callable[[], str] = lambda: "",
        is_guest: bool = False,
        budgets: Budgets | None = None,
    ) -> None:
        """`desk_lock`: why nobody may order at this desk now.

        `is_guest`: another program has this profile open, and the orders in the journal are its own.
        """
        self.profile = profile
        self.where = where
        self.notices = Notices(now, logs.clean)
        self.tasks = tasks
        self.journal_file = journal or journal_path(where, profile.slug, profile.environment)
        self._limits_file = where.settings / f"limits-{profile.slug}-{profile.environment.lower()}.json"
        self._guards_file = where.settings / f"guards-{profile.slug}-{profile.environment.lower()}.json"
        self._users = UserFiles(where.settings, profile.slug, str(profile.environment))
        self._stars_file = where.settings / f"stars-{profile.slug}-{profile.environment.lower()}.json"
        clock = time.monotonic
        self._is_guest = is_guest
        self.doubts: list[str] = []  # why trading does not begin by itself
        self._is_started = False
        self.journal = Recorder(
            lambda: open_journal(self.journal_file, now=now),
            now=now,
            heard=self._heard,
            is_guest=is_guest,
            marker=self.journal_file.with_suffix(".halted"),
        )
        self.tape = Tape(lambda words: self.notices.say(words, Tone.WARNING), proxy=profile.proxy)
        self._outlet = outlet_of(profile, emit=self._emit, connect=self.tape.connect, dial=self.tape.dial, clock=clock, budgets=budgets)
        self.venue, self.follower, self.link = self._outlet.venue, self._outlet.follower, self._outlet.link
        self._doubt(self._outlet.doubts)
        roster = self._said(self._users.read(), "Users")
        kept_guards = () if is_guest else self._said(guards.read(self._guards_file), "Guards")
        self._cache = CatalogueCache(self.journal_file.with_suffix(".catalogue"), now)
        self.desk = Desk(
            Outside(
                venue=self.venue,
                journal=self.journal,
                environment=profile.environment,
                clock=clock,
                now=now,
                new_ref=_references(where.data, profile.aggregator),
                follow=self.follower.want,
                reconnect=self.follower.drop,
                requests_left=lambda: self.venue.budget.left_for(Rank.ORDER),
                limits=self._read_limits(),
                room=profile.selections,
                starred=self._said(stars.read(self._stars_file), "Stars"),
                desk_lock=desk_lock,
                keep_stars=lambda ids: stars.keep(self._stars_file, ids),
                known_users=roster.users,
                recent_users=roster.used,
                keep_users=self._users.keep,
                guards=kept_guards,
                keep_guards=_kept_by_another if is_guest else partial(guards.keep, self._guards_file),
                labels=LABELS[profile.provider],
            ),
            self.notices,
            tasks,
        )
        self.taping = self._build_taping()
        self.keeper = Keeper(self.desk.catalogue, self._cache.save, self.notices, now=now)

    async def open(self) -> None:
        """Read the journal: its live orders stand on the blotter before the venue is asked for anything."""
        if not self._is_guest and not self._is_started:
            await self._recall()
        try:
            orders = await self.journal.open(remembered_since(now()))
        except JournalDownError as problem:
            self.notices.say(f"No order can leave: {problem}", Tone.BAD)
            self.tasks.start(self._open_later())
            return
        self.desk.reconciliation.restore(orders, is_guest=self._is_guest)
        if self.journal.is_rebuilt:
            self.doubts.append("the journal had to be rebuilt from the venue and its backups")
        self.desk.reconciliation.is_blind = self.journal.is_rebuilt or not orders
        self.journal.remark("the program started")
        if self.journal.halt and not self._is_guest:  # a guest may have halted them itself just now
            self.notices.say(f"Orders are halted since before this start: {self.journal.halt}", Tone.BAD)
        if self._is_started:  # the journal opened late: nothing leaves until all of it has been looked up
            self._take_up()

    async def _recall(self) -> None:
        """Show what was listed when the program last ran, until it is read again."""
        read = await asyncio.to_thread(self._cache.load)
        if read.words:
            self.notices.say(read.words, Tone.WARNING)
        if read.value is not None:
            self.desk.catalogue.restore(read.value, now())

    async def _open_later(self) -> None:
        await asyncio.sleep(REOPEN)
        await self.open()

    async def point(self, address: Address, keys: VenueKeys) -> None:
        secrets = secrets_of(keys)
        logs.hide(*secrets)
        self.tape.hide(*(secret.reveal() for secret in secrets))
        await self._outlet.point(address, keys)

    def _doubt(self, doubts: Sequence[str]) -> None:
        for words in doubts:
            self.doubts.append(words)
            self.notices.say(f"{words[0].upper()}{words[1:]}", Tone.BAD)

    def _build_taping(self) -> Taping | None:
        """Only what the Trading API sent can be played back, so only that is recorded."""
        if self.profile.provider is not Provider.TRADING:
            return None
        about = About(program_version(), "prophetx", str(self.profile.environment), Spelling(self.profile.spelling))
        folder = self.where.data / "recordings"
        return Taping(self.tape, folder, about, self.notices, self.tasks, now=now, again=self._begin_again)

    @property
    def is_started(self) -> bool:
        return self._is_started

    def start(self) -> None:
        """Connect; nothing happens the second time. Practice begins with trading on, everything else with trading off."""
        if self._is_started:
            return
        self._is_started = True
        if self.doubts:
            self._keep_off()
        elif self.profile.environment is Environment.PRACTICE:
            self.desk.controls.switch(is_on=True)
        if self.journal.halt:
            self.desk.kill.pull(self.journal.halt)
        self.desk.session.start()
        self.tasks.start(self.follower.run())
        self.tasks.start(self.desk.watch.run())
        self.tasks.start(self._back_up())
        if not self._is_guest:
            self.tasks.start(self.keeper.run())

    def _keep_off(self) -> None:
        words = f"{'; '.join(dict.fromkeys(self.doubts))}. Look at it, then switch trading on"
        self.desk.controls.keep_off(words)
        self.notices.say(f"Trading is off: {words}", Tone.BAD)

    def _take_up(self) -> None:
        self.desk.controls.is_reconciled = False
        self.desk.watch.reconcile()
        if self.doubts:
            self._keep_off()
        if self.journal.halt:
            self.desk.kill.pull(self.journal.halt)

    def keep_limits(self, limits: Limits) -> list[str]:
        """Use these limits from now on and keep them; a sentence for each that had to be bent to its bounds."""
        kept, said = clamped(limits)
        self.desk.controls.limit_to(kept)
        self.journal.remark(f"limits: {kept}")
        try:
            settings.write(self._limits_file, kept)
        except OSError as problem:
            said.append(f"They hold until the end of the program, but could not be kept: {problem.strerror or problem}")
        return said

    async def finish_sending(self) -> None:
        """Give orders that are on their way the time that a sending takes at most, so that the end of the program makes none unknown."""
        try:
            async with asyncio.timeout(DEADLINE):
                await self.desk.trading.settled()
        except TimeoutError:
            return

    async def close(self) -> None:
        """After the tasks have been stopped: what they left unclear is written down before the file is let go."""
        await self.venue.close()
        await self.tape.stop()
        if not self._is_guest:
            self.desk.guards.keep()
            await self.keeper.keep()
        await self.journal.close()

    def go_on(self) -> None:
        """The venue or the keys are others now: a new socket, and everything is read again."""
        self.follower.drop()
        self.desk.session.venue_is_back()

    def venue_is_gone(self, words: str) -> None:
        self.desk.session.venue_is_gone(words)

    @property
    def is_venue_gone(self) -> bool:
        return self.desk.session.is_venue_gone

    def trouble_is_over(self) -> None:
        self.desk.session.trouble_is_over()

    def _begin_again(self) -> None:
        """Read everything anew on a new socket, as at the start."""
        if self._is_started and not self.desk.session.is_venue_gone:
            self.follower.replace()
            self.desk.session.venue_is_back()

    async def _back_up(self) -> None:
        try:
            await asyncio.to_thread(back_up, self.journal_file, now=now())
        except JournalError as problem:
            self.notices.say(f"The journal was not backed up: {problem}", Tone.WARNING)

    def _said(self, read: settings.Read[Kept], what: str) -> Kept:
        """What a settings file holds; that it could not be used is said."""
        if read.words:
            self.notices.say(f"{what}: {read.words}", Tone.WARNING)
        return read.value

    def _read_limits(self) -> Limits:
        read = settings.read(self._limits_file, Limits, Limits)
        if read.words:
            self.doubts.append("the limits could not be read as they were")
        limits, said = clamped(read.value)
        for words in filter(None, (read.words, *said)):
            self.notices.say(f"Limits: {words}", Tone.WARNING)
        return limits

    def _emit(self, events: Sequence[object]) -> None:
        self.desk.session.emit(events)  # type: ignore[arg-type]

    def _heard(self, words: str) -> None:
        self.notices.say(words, Tone.BAD)


def _kept_by_another(_guards: object) -> str:
    """Another program has this profile open, and the guards are its own."""
    return ""


def _references(folder: Path, aggregator: str = "") -> Callable[[], str]:
    """References that no other order ever had: this installation's mark and 122 random bits, in the venue's alphabet.

    In Direct Linking the aggregator's id stands before them; with 40 letters of it they have 85, and the venue takes 100 (contract 1.5).
    """
    tag = machine_tag(folder)
    prefix = f"{aggregator}_" if aggregator else ""
    return lambda: f"{prefix}ov-{tag}-{uuid.uuid4().hex}"
