"""Keyrings that misbehave on purpose, credentials and profiles, and a vault on them."""

from __future__ import annotations

import asyncio
import itertools
import os
import secrets
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from app.domain.environment import Environment
from app.domain.keys import ACCESS, PRIVATE, SECRET, Credentials
from app.domain.profile import Profile, Provider
from app.domain.secret import Secret
from app.store import settings
from app.store.paths import Folders
from app.store.sealing import Cost
from app.store.vault.errands import PATIENCE
from app.store.vault.notes import FILE, Notes
from app.store.vault.ring import Backend
from app.store.vault.safe import Safe
from app.store.vault.sealed_file import Replace
from app.store.vault.vault import FOLDER, Vault

NOW = datetime(2026, 11, 21, 14, 3, 9, tzinfo=UTC)
CHEAP = Cost(n=2**14)  # the least that a sealed file may ask for
MAIN = Profile("main", Environment.SANDBOX, Provider.TRADING)
PARTNER = Profile("Partner One", Environment.SANDBOX, Provider.OMNIBUS)


def short(host: str = "") -> Credentials:
    """A pair of keys that fits into an entry; made anew each time."""
    return Credentials({ACCESS: Secret(secrets.token_hex(16)), SECRET: Secret(secrets.token_hex(32))}, host)


def long(host: str = "") -> Credentials:
    """As long as a private key of 2,048 bits in PEM, which fits into no entry."""
    return Credentials({PRIVATE: Secret(secrets.token_hex(852))}, host)


class FakeKeyring:
    """In memory. `touched` is called before and after every call, and may raise; `bent` is what is kept of a text."""

    name = "Fake Keyring"

    def __init__(self, touched: Callable[[str], None] = lambda _call: None, bent: Callable[[str], str | None] = lambda text: text) -> None:
        self.entries: dict[tuple[str, str], str] = {}
        self.touched = touched
        self.bent = bent

    def get_password(self, service: str, username: str) -> str | None:
        self.touched("get")
        found = self.entries.get((service, username))
        self.touched("got")
        return found

    def set_password(self, service: str, username: str, password: str) -> None:
        self.touched("set")
        kept = self.bent(password)
        if kept is None:
            self.entries.pop((service, username), None)
        else:
            self.entries[service, username] = kept
        self.touched("done")

    def delete_password(self, service: str, username: str) -> None:
        self.touched("delete")
        del self.entries[service, username]
        self.touched("deleted")


class Hanging:
    """Stops the `nth` call of a kind until it is let go: what a system's dialog does. The clock of the vault stands beside it."""

    def __init__(self, kind: str, nth: int = 1) -> None:
        self._kind = kind
        self._left = itertools.count(nth, -1)
        self.has_stopped = threading.Event()
        self.may_go = threading.Event()

    def __call__(self, call: str) -> None:
        if call == self._kind and next(self._left) == 1:
            self.has_stopped.set()
            assert self.may_go.wait(60)

    async def reached(self) -> None:
        assert await asyncio.to_thread(self.has_stopped.wait, 60)


class Hourglass:
    """Time that passes only when a test says so."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._waiting: list[tuple[float, asyncio.Future[None]]] = []

    async def sleep(self, seconds: float) -> None:
        future = asyncio.get_running_loop().create_future()
        self._waiting.append((self.seconds + seconds, future))
        await future

    async def turn(self, seconds: float) -> None:
        await asyncio.sleep(0)
        self.seconds += seconds
        for due, future in self._waiting:
            if due <= self.seconds and not future.done():
                future.set_result(None)
        for _ in range(5):
            await asyncio.sleep(0)

    async def run_out(self, task: asyncio.Task[None]) -> None:
        """Until the vault has lost its patience: a limit counts from the last step, so it may take two."""
        for _ in range(2):
            await self.turn(PATIENCE)
        assert task.done()


def folders(below: Path) -> Folders:
    return Folders(below / "data", below / "settings", below / "logs")


def vault(below: Path, keyring: Backend, hourglass: Hourglass | None = None, replace: Replace = settings.replace) -> Vault:
    """A new start of the program: nothing in its memory."""
    sleep = hourglass.sleep if hourglass else asyncio.sleep
    return Vault(folders(below), choose=lambda: keyring, replace=replace, now=lambda: NOW, sleep=sleep, cost=CHEAP)


def safe(
    below: Path, choose: Callable[[], Backend], replace: Replace = settings.replace, now: Callable[[], datetime] = lambda: NOW
) -> Safe:
    where = folders(below)
    notes = Notes(where.settings / FILE, now=now)
    return Safe(where.data / FOLDER, notes, choose=choose, replace=replace, now=now, random=os.urandom, cost=CHEAP)
