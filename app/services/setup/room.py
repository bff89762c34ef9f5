"""The page of profiles without its window: which one is looked at, what it says of it, and what each button does."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from pathlib import Path
from typing import Any, Protocol

import msgspec

from app.domain.environment import Environment
from app.domain.profile import PRACTICE, Profile, ProfileError, keyring_name
from app.services.ports import Monotonic, Now, Signal
from app.services.setup import facts
from app.services.setup.book import Ask, ProfileBook
from app.services.setup.change import ProfileChange
from app.services.setup.facts import Fact
from app.services.setup.ports import Prover
from app.services.setup.proof import ProofRun
from app.services.setup.work import Work
from app.services.tasks import Tasks

BUILT_IN = "the practice profile is built in and stays as it is"
NO_KEYS = "it has no keys yet"
HERE = "It is open in this window"

Export = Callable[[Path], tuple[str, ...]]
"""Writes the settings to a file; sentences about what was left out. OSError."""


class Aside(Protocol):
    """Runs what blocks beside the loop; `asyncio.to_thread`."""

    def __call__(self, call: Export, path: Path, /) -> Awaitable[tuple[str, ...]]: ...


class Objections(msgspec.Struct, frozen=True):
    """Why a button cannot be pressed, as the end of a sentence; empty where it can."""

    open: str = ""
    beside: str = ""
    test: str = ""
    rotate: str = ""
    rename: str = ""
    duplicate: str = ""
    remove: str = ""


class ProfileRoom:
    """`changed` after everything. `work` says what is under way, how it failed and what came of it.

    `here` is the profile that the window around is of; `why_not_open` says why this program has no window for one, `why_not_beside` why it
    cannot be connected in the window that is open; `check` says what is wrong with a profile's settings beyond what it refuses itself.
    """

    def __init__(
        self,
        book: ProfileBook,
        prover: Prover,
        tasks: Tasks,
        *,
        clock: Monotonic,
        now: Now,
        here: Profile,
        export: Export,
        why_not_open: Callable[[Profile], str] = lambda _profile: "",
        why_not_beside: Callable[[Profile], str] = lambda _profile: "",
        check: Callable[[Profile], str] = lambda _profile: "",
        aside: Aside = asyncio.to_thread,
    ) -> None:
        self.book = book
        self._prover = prover
        self._now = now
        self._here = here
        self._export = export
        self._why_not_open = why_not_open
        self._why_not_beside = why_not_beside
        self._check = check
        self._aside = aside
        self._tasks = tasks
        self._searched: set[str] = set()
        self._added = book.added
        self._testing: Profile | None = None
        self.changed = Signal()
        self.work = Work(tasks, self.changed)
        self.proof = ProofRun(prover, tasks, clock=clock)
        self.profiles = book.profiles
        self.chosen = self._found(here) or PRACTICE
        self.change = ProfileChange(self.chosen, check)
        self._survey()
        self.proof.changed.connect(self._proof_moved)
        book.changed.connect(self.look)

    # What there is

    def look(self) -> None:
        """Read everything anew. What was typed stays as long as the profile itself did not change."""
        self.profiles = self.book.profiles
        chosen = self._found(self._newcomer() or self.chosen) or PRACTICE
        if keyring_name(chosen) != keyring_name(self.chosen):
            self._leave()
            self.work.clear()
        if chosen != self.chosen:
            self._take(chosen)
        self._survey()
        self.changed()

    def _newcomer(self) -> Profile | None:
        """A profile that has just been set up is looked at next, unless something is under way with another one."""
        is_new, self._added = self.book.added is not self._added, self.book.added
        is_busy = bool(self.work.words) or self.proof.is_running or self.change.is_changed
        return self._added if is_new and not is_busy else None

    def _survey(self) -> None:
        """What the disk says of all of them, once for many refreshes of the window."""
        now, vault, one = self._now(), self.book.vault, self.chosen
        places = {keyring_name(profile): vault.place(profile) for profile in self.profiles}
        notes = {name: self.book.note(profile) for name, profile in zip(places, self.profiles, strict=True)}
        self._opened = {keyring_name(profile): self._where_open(profile) for profile in self.profiles}
        self._old = {name for name, place in places.items() if place is not None and facts.is_old(notes[name], now)}
        self._place = places.get(keyring_name(one))
        self.facts: tuple[Fact, ...] = facts.facts(one, self._address(), self._place, notes.get(keyring_name(one)), now)
        self.problems = vault.problems(one)
        """What endangers the keys of the chosen one."""

    def _where_open(self, profile: Profile) -> str:
        return HERE if self.is_here(profile) else self.book.why_busy(profile)

    def choose(self, profile: Profile) -> None:
        if keyring_name(profile) == keyring_name(self.chosen):
            return
        self._leave()
        self.work.clear()
        self._take(profile)
        self.look()
        self._search(profile)

    def _search(self, profile: Profile) -> None:
        """Where no keys are known the keyring is asked, once for each profile: their note may have been lost. It may show its dialog."""
        if self._place is not None or facts.is_built_in(profile) or keyring_name(profile) in self._searched:
            return
        self._searched.add(keyring_name(profile))
        self._tasks.start(self._find(profile))

    async def _find(self, profile: Profile) -> None:
        if not await self.book.find_lost(profile) or keyring_name(profile) != keyring_name(self.chosen) or self.work.words:
            return
        self.work.said = f"The keys of “{profile.name}” were found in the keyring"
        self.changed()

    def close(self) -> None:
        """The window goes for good: the book, which stays, holds it no longer."""
        self._leave()
        self.book.changed.disconnect(self.look)

    def leave(self) -> None:
        """Nobody looks any more: what was typed and not saved is gone, and a test ends."""
        self._leave()
        self.reset()

    def _leave(self) -> None:
        self.work.stop()
        self._testing = None
        self.proof.clear()

    def _take(self, profile: Profile) -> None:
        self.chosen = profile
        self.change = ProfileChange(profile, self._check)

    def _found(self, profile: Profile) -> Profile | None:
        return next((one for one in self.profiles if keyring_name(one) == keyring_name(profile)), None)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing but the built-in practice profile."""
        return len(self.profiles) == 1

    def is_here(self, profile: Profile) -> bool:
        """Whether the window around is this profile's."""
        return keyring_name(profile) == keyring_name(self._here)

    def opened(self, profile: Profile) -> str:
        """Where it is open, as a sentence; empty where it is not."""
        return self._opened.get(keyring_name(profile), "")

    def is_old(self, profile: Profile) -> bool:
        """Whether its keys should be made anew."""
        return keyring_name(profile) in self._old

    def _address(self) -> str:
        try:
            return self._prover.address(self.chosen.provider, self.chosen.environment, self.chosen.host)
        except ValueError as problem:
            return f"{self.chosen.host or 'none'}: {problem}"

    @property
    def objections(self) -> Objections:
        is_built_in = facts.is_built_in(self.chosen)
        built_in = BUILT_IN if is_built_in else ""
        keys = "" if is_built_in or self._place is not None else NO_KEYS
        opened = _inner(self.opened(self.chosen))
        return Objections(
            open=opened or _inner(self._why_not_open(self.chosen)) or keys,
            beside=opened or _inner(self._why_not_beside(self.chosen)) or keys,
            test=keys,
            rotate="practice's exchange makes its keys itself" if is_built_in else "",
            rename=built_in,
            duplicate=built_in,
            remove=built_in or opened,
        )

    # Testing

    def test(self, ask: Ask) -> None:
        """A proof run of the keys that are kept; `ask` asks for the passphrase of a sealed file."""
        if self.work.words or self.objections.test:
            return
        self._testing = None
        self.proof.clear()
        self._start("Reading the keys…", self._test(self.chosen, ask))

    async def _test(self, profile: Profile, ask: Ask) -> None:
        if facts.is_built_in(profile):
            credentials, _words = await self._prover.rehearse(profile)
        else:
            credentials = await self.book.open_asking(profile, ask)
        self._testing = profile
        self.proof.start(profile, credentials)

    def _proof_moved(self) -> None:
        tested = self._testing
        if tested is not None and self.proof.is_good and not self.proof.is_running:
            self._testing = None
            self.book.proven(tested)
        self.changed()

    # Changing

    def rename(self, name: str) -> bool:
        """Whether it is called so now."""
        return self._try(lambda: self.book.rename(self.chosen, name), "It has another name; its keys, journal and limits stay with it")

    def duplicate(self) -> None:
        copies: list[Profile] = []
        if self._try(lambda: copies.append(self.book.duplicate(self.chosen)), ""):
            self.choose(copies[0])
            self.work.said = f"“{copies[0].name}” has the same settings and no keys: “New keys…” sets them up"
            self.changed()

    def save(self) -> bool:
        """Keep what was typed; whether it was."""
        words = "The settings were saved"
        if opened := self.opened(self.chosen):
            words += f". {opened}: they take effect when it is opened again"
        return self._try(lambda: self.book.put(self.change.before, self.change.profile()), words)

    def reset(self) -> None:
        """Drop what was typed and not saved."""
        self.work.clear()
        self.change = ProfileChange(self.chosen, self._check)
        self.changed()

    def edited(self) -> None:
        """A field changed: what was said before is old."""
        self.work.clear()
        self.changed()

    # Keys

    def rotate(self, ask: Ask, confirm: Callable[[Profile], Awaitable[bool]], wanted: Callable[[Profile], None]) -> None:
        """Call `wanted` when new keys may be set up: the host is the one that was confirmed, or `confirm`ed now by a person."""
        if not self.objections.rotate and not self.work.words:
            self._start("Looking which host its keys belong to…", self._rotate(self.chosen, ask, confirm, wanted))

    async def _rotate(
        self, profile: Profile, ask: Ask, confirm: Callable[[Profile], Awaitable[bool]], wanted: Callable[[Profile], None]
    ) -> None:
        if await self.book.is_pinned(profile, ask) or await confirm(profile):
            wanted(profile)

    def mend(self) -> None:
        if not self.work.words:
            self._start("Mending what endangers the keys…", self._mend(self.chosen))

    async def _mend(self, profile: Profile) -> None:
        if not await self.book.vault.mend(profile):
            self.work.said = "Nothing endangers its keys any more"
        self.look()

    # Removing

    @property
    def removal(self) -> tuple[str, ...]:
        """What `remove` would remove and what would stay."""
        return facts.removal(self.chosen, self._place)

    @property
    def phrase(self) -> str:
        """What has to be typed before it is deleted; empty: nothing."""
        return self.chosen.name if self.chosen.environment is Environment.PRODUCTION else ""

    def remove(self, typed: str = "") -> None:
        if not self.work.words and not self.objections.remove and typed.strip() == self.phrase:
            self._start("Removing the keys…", self._remove(self.chosen), is_stoppable=False)

    async def _remove(self, profile: Profile) -> None:
        self.work.said = " ".join(await self.book.remove(profile))

    # Exporting

    def export(self, path: Path) -> None:
        self._start("Writing the settings…", self._write(path))

    async def _write(self, path: Path) -> None:
        left_out = await self._aside(self._export, path)
        self.work.said = " ".join([f"The settings were written to {path}; no key, passphrase or PIN is in it.", *left_out])

    # Background

    def stop_work(self) -> None:
        self.work.stop()
        self.changed()

    def _start(self, words: str, work: Coroutine[Any, Any, None], *, is_stoppable: bool = True) -> None:
        self.work.start(words, work, is_stoppable=is_stoppable)

    def _try(self, change: Callable[[], object], said: str) -> bool:
        """Do what is done at once; whether it worked."""
        self.work.clear()
        try:
            change()
        except ProfileError as problem:
            self.work.error = str(problem)
        else:
            self.work.said = said
        self.look()
        return not self.work.error


def _inner(sentence: str) -> str:
    """A sentence as the end of another one."""
    return f"{sentence[:1].lower()}{sentence[1:]}" if sentence.startswith("It ") else sentence
