"""Run by the tests under a message bus of its own: the vault on a real Secret Service. Prints what it found, and no secret."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import msgspec
import secretstorage
from secretstorage.defines import SS_PATH
from secretstorage.util import DBusAddressWrapper, format_secret, open_session

from app.domain.keys import ACCESS, SECRET, Place, VaultError
from app.domain.profile import keyring_name
from app.domain.secret import Secret
from app.store.vault import Vault
from app.store.vault.backends import chosen
from app.store.vault.ring import Backend
from tests.store.vault.kit import MAIN, PARTNER, folders, long, short

HOME = Path(os.environ["HOME"])
TYPED = Secret("a passphrase of some length")


STEPS = (
    (MAIN, short, Place.KEYRING),
    (MAIN, short, Place.KEYRING),
    (MAIN, long, Place.KEYRING),
    (MAIN, long, Place.KEYRING),
    (MAIN, long, Place.PASSPHRASE),
    (MAIN, short, Place.KEYRING),
    (PARTNER, long, Place.KEYRING),
    (PARTNER, long, Place.KEYRING),
)


def start() -> Vault:
    return Vault(folders(HOME))


async def whole() -> dict[str, Any]:
    """Keep, read, rotate, move, remove; everything is read by another start."""
    await running()
    facts = await start().keyring()
    right: list[bool] = []
    for profile, make, place in STEPS:
        last = make("https://partner.example")
        await start().keep(profile, last, place, TYPED)
        right.append(await start().read(profile, TYPED) == last)
    old = short()
    await start().remove(MAIN)
    backend = chosen()
    for part in (ACCESS, SECRET):
        backend.set_password(keyring_name(MAIN), part, old.parts[part].reveal())
    right.append(await start().read(MAIN) == old)
    new = long()
    await start().keep(MAIN, new, Place.KEYRING)
    right.append(await start().read(MAIN) == new)
    hits = found_in_files(*new.parts.values(), *old.parts.values())
    entries = count()
    removed = [*await start().remove(MAIN), *await start().remove(PARTNER)]
    return {
        "name": facts.name,
        "words": facts.words,
        "right": right,
        "hits": hits,
        "entries": entries,
        "removed": len(removed),
        "left": count(),
    }


async def keep() -> dict[str, Any]:
    """Kept by one session of the desktop; what it was is written down where only this test looks."""
    await running()
    kept = long()
    await start().keep(PARTNER, kept, Place.KEYRING)
    (HOME / "expected").write_text(kept.parts["private_key"].reveal())
    return {"entries": count()}


async def read() -> dict[str, Any]:
    """Read by the next."""
    await running()
    expected = (HOME / "expected").read_text()
    return {"is_the_same": (await start().read(PARTNER)).parts["private_key"] == Secret(expected)}


async def locked() -> dict[str, Any]:
    """Kept, then the collection is locked, and nobody is there to type its password."""
    await running()
    old, new, one = long(), short(), start()
    await one.keep(MAIN, old, Place.KEYRING)
    lock()
    facts = await one.keyring()
    refused = {name: await words(attempt) for name, attempt in attempts(one).items()}
    await one.keep(MAIN, new, Place.SESSION)
    return {"words": facts.words, **refused, "session": await one.read(MAIN) == new, "left": list(one.problems(MAIN))}


async def unopened() -> dict[str, Any]:
    """A service that nobody has given a password, as after a login by fingerprint: what it held before cannot be opened."""
    await running()
    one = start()
    facts = await one.keyring()
    return {"words": facts.words, **{name: await words(attempt) for name, attempt in attempts(one).items()}}


async def relocked() -> dict[str, Any]:
    """Locked by another program between the steps of one keeping, at each of them in turn."""
    await running()
    said: set[str] = set()
    for nth in range(1, 40):
        backend = Relocked(chosen(), nth)
        one = Vault(folders(HOME), choose=lambda backend=backend: backend)  # type: ignore[misc]  # bound now
        said.add(await words(lambda one=one: one.keep(MAIN, short(), Place.KEYRING)))  # type: ignore[misc]  # bound now
        if not backend.was_locked:
            break
        unlock()
        await opened()
    return {"said": sorted(said), "steps": nth}


class Relocked:
    """The real one, locked by somebody else right before its `nth` call."""

    def __init__(self, real: Backend, nth: int) -> None:
        self._real = real
        self._left = nth
        self.was_locked = False

    @property
    def name(self) -> str:
        return self._real.name

    def get_password(self, service: str, username: str) -> str | None:
        self._count()
        return self._real.get_password(service, username)

    def set_password(self, service: str, username: str, password: str) -> None:
        self._count()
        self._real.set_password(service, username, password)

    def delete_password(self, service: str, username: str) -> None:
        self._count()
        self._real.delete_password(service, username)

    def _count(self) -> None:
        self._left -= 1
        if self._left == 0:
            self.was_locked = True
            lock()


async def missing() -> dict[str, Any]:
    """No service; then one is started, and the running program finds it."""
    one, kept = start(), short()
    facts = await one.keyring()
    refused = {name: await words(attempt) for name, attempt in attempts(one).items()}
    unlock = ["gnome-keyring-daemon", "--unlock", "--components=secrets"]
    await asyncio.to_thread(subprocess.run, unlock, input=b"of this test", stdout=subprocess.DEVNULL, check=True)
    await running()
    later = await one.keyring()
    await one.keep(MAIN, kept, Place.KEYRING)
    return {"words": facts.words, **refused, "later": later.words, "kept": await start().read(MAIN) == kept}


async def running() -> None:
    """The daemon takes its name on the bus a moment after it has gone into the background."""
    with closing(secretstorage.dbus_init()) as bus:
        while not secretstorage.check_service_availability(bus):  # noqa: ASYNC110  # it is another program that is waited for
            await asyncio.sleep(0.02)


async def opened() -> None:
    """A busy daemon answers that it unlocks a moment before the collection is there again."""
    with closing(secretstorage.dbus_init()) as bus:
        while True:
            with suppress(secretstorage.exceptions.ItemNotFoundException):
                if not secretstorage.Collection(bus).is_locked():
                    return
            await asyncio.sleep(0.02)  # it is another program that is waited for


def attempts(one: Vault) -> dict[str, Callable[[], Awaitable[object]]]:
    return {"read": lambda: one.read(MAIN), "keep": lambda: one.keep(MAIN, short(), Place.KEYRING), "remove": lambda: one.remove(MAIN)}


async def words(attempt: Callable[[], Awaitable[object]]) -> str:
    try:
        await attempt()
    except VaultError as problem:
        return f"{type(problem).__name__}: {problem}"
    return ""


def count() -> int:
    with closing(secretstorage.dbus_init()) as bus:
        return len([item for item in secretstorage.get_default_collection(bus).get_all_items() if "overround" in item.get_label()])


def lock() -> None:
    """Returns when the daemon shows the locked collection: a busy one takes it off the bus for a moment."""
    with closing(secretstorage.dbus_init()) as bus:
        secretstorage.get_default_collection(bus).lock()
        while True:
            with suppress(secretstorage.exceptions.ItemNotFoundException):
                if secretstorage.Collection(bus).is_locked():
                    return
            time.sleep(0.02)  # it is another program that is waited for


def unlock() -> None:
    """As its own dialog does, which nobody is there to answer."""
    with closing(secretstorage.dbus_init()) as bus:
        service = DBusAddressWrapper(SS_PATH, "org.gnome.keyring.InternalUnsupportedGuiltRiddenInterface", bus)
        password = format_secret(open_session(bus), b"of this test", "text/plain")
        service.call("UnlockWithMasterPassword", "o(oayays)", secretstorage.get_default_collection(bus).collection_path, password)


def found_in_files(*secrets: Secret) -> int:
    """How many files of this home hold one of them."""
    texts = [file.read_bytes() for file in HOME.rglob("*") if file.is_file()]
    assert texts
    return sum(secret.reveal().encode() in text for text in texts for secret in secrets)


if __name__ == "__main__":
    acts = {act.__name__: act for act in (whole, keep, read, locked, unopened, relocked, missing)}
    print(msgspec.json.encode(asyncio.run(acts[sys.argv[1]]())).decode())  # noqa: T201  # this is what it is for
