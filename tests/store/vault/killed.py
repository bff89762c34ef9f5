"""Run by the tests: keeps keys in child processes that a SIGKILL ends at random moments, and looks each time at what is there.

`python -m tests.store.vault.killed FOLDER ROUNDS SEED` prints what it found as one line of JSON, and no secret. The children are forked
from this process, which has one thread and everything imported: a round takes milliseconds.
"""

from __future__ import annotations

import hashlib
import itertools
import os
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import IO, NoReturn

import msgspec

from app.domain.keys import PRIVATE, Credentials, NoKeysError, PassphraseError, Place, VaultError
from app.domain.secret import Secret
from app.store import settings
from app.store.vault.errands import Errand
from app.store.vault.safe import Safe
from tests.store.vault.kit import PARTNER, safe

TYPED = Secret("a passphrase of some length")
INTO = (
    (12, Place.KEYRING),  # an entry
    (800, Place.KEYRING),  # a file under a key in the keyring
    (800, Place.KEYRING),
    (800, Place.PASSPHRASE),
    (12, Place.KEYRING),
    (800, Place.PASSPHRASE),
    (800, Place.KEYRING),
)
LONGEST = {Place.KEYRING: 0.015, Place.PASSPHRASE: 0.075}  # seconds from its beginning to the kill: about as long as a keeping takes


class FileKeyring:
    """A keyring that outlives the program: a file of its own outside what is looked through, replaced at once."""

    name = "File Keyring"

    def __init__(self, path: Path) -> None:
        self._path = path

    def get_password(self, service: str, username: str) -> str | None:
        return self._entries().get(f"{service}\n{username}")

    def set_password(self, service: str, username: str, password: str) -> None:
        self._write({**self._entries(), f"{service}\n{username}": password})

    def delete_password(self, service: str, username: str) -> None:
        entries = self._entries()
        del entries[f"{service}\n{username}"]
        self._write(entries)

    def _entries(self) -> dict[str, str]:
        return msgspec.json.decode(self._path.read_bytes(), type=dict[str, str]) if self._path.exists() else {}

    def _write(self, entries: dict[str, str]) -> None:
        beside = self._path.with_suffix(".new")
        beside.write_bytes(msgspec.json.encode(entries))
        beside.replace(self._path)


def made(seed: int, number: int) -> tuple[Credentials, Place]:
    """The keys of this number, which the child and who looks both can make, with the issuer and key id that belong to them."""
    length, place = INTO[number % len(INTO)]
    mark = hashlib.sha256(f"{seed} {number}".encode()).hexdigest()
    return Credentials({PRIVATE: Secret((mark * (length // 32 + 1))[: length * 2])}, "", f"issuer-{number}", f"key-{number}"), place


class Rounds:
    def __init__(self, folder: Path, seed: int) -> None:
        self.home = folder / "home"
        self._keyring = FileKeyring(folder / "keyring.json")
        self._seed = seed
        self._random = random.Random(seed)
        self.found: Counter[str] = Counter()
        self.wrong: list[str] = []

    def start(self) -> Safe:
        return safe(self.home, lambda: self._keyring, settings.replace)

    def keep(self, number: int) -> None:
        credentials, place = made(self._seed, number)
        self.start().keep(PARTNER, credentials, place, TYPED if place is Place.PASSPHRASE else Secret(), Errand())

    def read(self) -> Credentials | None:
        for passphrase in (Secret(), TYPED):
            try:
                return self.start().read(PARTNER, passphrase, Errand())
            except PassphraseError:
                continue
            except NoKeysError:
                return None
        return None

    def turn(self, first: int) -> int:
        """One child is killed; the number of the keys that are there now."""
        begun, ended = self._killed(first)
        last = self._there(begun, ended)
        self._look_for_plain(begun)
        return last

    def _killed(self, first: int) -> tuple[int, int]:
        """The last numbers that it began and that it ended with."""
        reading, writing = os.pipe()
        child = os.fork()
        if not child:
            self._work(first, writing)
        os.close(writing)
        fatal = first + self._random.randrange(len(INTO))
        with os.fdopen(reading, "rb") as file:
            said = list(_until(file, f"b{fatal}"))
            time.sleep(self._random.uniform(0, LONGEST[INTO[fatal % len(INTO)][1]]))
            os.kill(child, signal.SIGKILL)
            if os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) != -signal.SIGKILL:
                self.wrong.append(f"the child ended by itself after {said}")
            said += file.read().decode().split()
        begun = [int(word[1:]) for word in said if word.startswith("b")]
        ended = [int(word[1:]) for word in said if word.startswith("e")]
        return max(begun, default=first - 1), max(ended, default=first - 1)

    def _work(self, first: int, writing: int) -> NoReturn:
        try:
            for number in itertools.count(first):
                os.write(writing, f"b{number}\n".encode())
                self.keep(number)
                os.write(writing, f"e{number}\n".encode())
        finally:
            os._exit(1)

    def _there(self, begun: int, ended: int) -> int:
        try:
            found = self.read()
        except VaultError as problem:
            self.wrong.append(f"killed in {begun}: {problem}")
            return begun
        for number in range(ended, begun + 1):
            if found == made(self._seed, number)[0]:
                self.found["between" if ended == begun else "new" if number == begun else "old"] += 1
                return number
        self.wrong.append(f"killed in {begun}, {ended} was kept: neither is there")
        return begun

    def _look_for_plain(self, begun: int) -> None:
        """No key stands in any file, whole or as the beginning of one; one before the last two may not either."""
        texts = {file.name: file.read_bytes() for file in self.home.rglob("*") if file.is_file()}
        for number in range(max(begun - 2, 0), begun + 1):
            mark = made(self._seed, number)[0].parts[PRIVATE].reveal()[:24].encode()
            self.wrong += [f"the key {number} stands in {name}" for name, text in texts.items() if mark in text]


def _until(file: IO[bytes], last: str) -> Iterator[str]:
    for line in file:
        yield line.decode().strip()
        if line.decode().strip() == last:
            return


def main(folder: Path, rounds: int, seed: int) -> None:
    those = Rounds(folder, seed)
    those.keep(0)
    last = 0
    for _ in range(rounds):
        last = those.turn(last + 1)
    killed = [file.name for file in those.home.rglob("*.part")]
    those.keep(last + 1)
    those.keep(last + 1 + (-last - 1) % len(INTO))  # the first of INTO: an entry, so that no file is left
    left = sorted(f"{file.relative_to(those.home)}" for file in those.home.rglob("*") if file.is_file())
    found = {"found": dict(those.found), "wrong": those.wrong, "parts": len(killed), "left": left}
    print(msgspec.json.encode(found).decode())  # noqa: T201  # this is what it is for


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
