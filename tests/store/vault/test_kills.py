"""A program that is killed while it keeps something: wherever that happens, the old credentials or the new ones can be read."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.domain.keys import ACCESS, SECRET, Credentials, NoKeysError, PassphraseError, Place
from app.domain.profile import Profile, keyring_name
from app.domain.secret import Secret
from app.store import settings as files
from app.store.vault.errands import Errand
from app.store.vault.safe import Safe
from app.store.vault.sealed_file import path_of
from tests.store.vault.kit import MAIN, NOW, FakeKeyring, long, safe, short

OLD, NEW = Secret("the old passphrase"), Secret("the new passphrase")
SESSION = "session"
INTO = {
    "entry": (short, Place.KEYRING),
    "file": (long, Place.KEYRING),
    "typed": (long, Place.PASSPHRASE),
}


class KilledError(BaseException):
    """No code of ours catches this: the program is gone."""


class Computer:
    """A keyring and a disk that outlive the program, which is killed at the `fatal`th touch of either."""

    def __init__(self, below: Path) -> None:
        self.below = below
        self.keyring = FakeKeyring(self._touched)
        self._left = itertools.count()
        self._fatal = -1
        self._is_dead = False

    def start(self, fatal: int = -1) -> Safe:
        """The program anew."""
        self._left, self._fatal, self._is_dead = itertools.count(), fatal, False
        return safe(self.below, lambda: self.keyring, self._replace, self._now)

    def copy(self, below: Path) -> Computer:
        if self.below.exists():
            shutil.copytree(self.below, below)
        other = Computer(below)
        other.keyring.entries = dict(self.keyring.entries)
        return other

    def _touched(self, _call: str) -> None:
        if self._is_dead or next(self._left) == self._fatal:
            self._is_dead = True
            raise KilledError

    def _replace(self, path: Path, content: bytes) -> None:
        self._touched("replace")
        files.replace(path, content)
        self._touched("replaced")

    def _now(self) -> datetime:
        """Asked right before a note is written."""
        self._touched("note")
        return NOW


def keep(program: Safe, new: Credentials, place: Place, passphrase: Secret) -> None:
    assert program.keep(MAIN, new, place, passphrase if place is Place.PASSPHRASE else Secret(), Errand()) == ()


def read(program: Safe, *passphrases: Secret) -> Credentials | None:
    """With whichever of the passphrases is asked for; None when there is nothing."""
    for passphrase in (Secret(), *passphrases):
        try:
            return program.read(MAIN, passphrase, Errand())
        except NoKeysError:
            return None
        except PassphraseError:
            continue
    raise AssertionError("No passphrase opens what is there")


def survives(computer: Computer, fatal: int, work: Callable[[Safe], object]) -> bool:
    try:
        work(computer.start(fatal))
    except KilledError:
        return False
    return True


def left(computer: Computer) -> tuple[set[tuple[str, str]], list[str]]:
    folder = computer.below / "data" / "keys"
    return set(computer.keyring.entries), sorted(one.name for one in folder.iterdir()) if folder.exists() else []


def put_old(computer: Computer, where: str) -> Credentials | None:
    if where == "nothing":
        return None
    if where == SESSION:  # gone with the program that kept it
        keep(computer.start(), short(), Place.SESSION, OLD)
        return None
    old = short() if where == "old form" else INTO[where][0]()
    if where == "old form":
        for part in (ACCESS, SECRET):
            computer.keyring.entries[keyring_name(MAIN), part] = old.parts[part].reveal()
    else:
        keep(computer.start(), old, INTO[where][1], OLD)
    return old


@pytest.mark.parametrize("where", ["nothing", SESSION, "old form", "entry", "file", "typed"])
@pytest.mark.parametrize("into", INTO)
def test_wherever_it_is_killed_the_old_keys_or_the_new_ones_can_be_read(tmp_path: Path, where: str, into: str) -> None:
    before = Computer(tmp_path / "before")
    old = put_old(before, where)
    new, place = INTO[into][0](), INTO[into][1]
    for fatal in itertools.count():
        computer = before.copy(tmp_path / f"{fatal}")
        has_ended = survives(computer, fatal, lambda program: keep(program, new, place, NEW))
        found = read(computer.start(), *((NEW, OLD) if into == "typed" else (OLD, NEW)))
        assert found in (old, new), f"killed at touch {fatal}"
        if has_ended:
            break
    assert found == new
    assert fatal > 3
    entry = {(keyring_name(MAIN), "credentials")} if place is Place.KEYRING else set()
    assert left(computer) == (entry, [] if into == "entry" else [path_of(tmp_path, MAIN).name])


@pytest.mark.parametrize("where", ["entry", "file", "typed"])
def test_the_next_keeping_tidies_up_after_a_kill(tmp_path: Path, where: str) -> None:
    before = Computer(tmp_path / "before")
    put_old(before, where)
    for fatal in range(0, 40, 3):
        computer = before.copy(tmp_path / f"{fatal}")
        survives(computer, fatal, lambda program: keep(program, long(), Place.KEYRING, NEW))
        last = short()
        keep(computer.start(), last, Place.KEYRING, NEW)
        assert read(computer.start()) == last
        assert left(computer) == ({(keyring_name(MAIN), "credentials")}, [])


def test_an_entry_that_a_killed_move_left_in_the_keyring_never_counts_again(tmp_path: Path) -> None:
    before = Computer(tmp_path / "before")
    put_old(before, "entry")
    moved = long()
    assert not survives(before, 3, lambda program: keep(program, moved, Place.PASSPHRASE, NEW))  # the note is written, the entry is there
    assert len(before.keyring.entries) == 1
    assert read(before.start(), NEW) == moved
    new = long()
    for fatal in itertools.count():
        computer = before.copy(tmp_path / f"{fatal}")
        has_ended = survives(computer, fatal, lambda program: keep(program, new, Place.KEYRING, NEW))
        assert read(computer.start(), NEW) in (moved, new), f"killed at touch {fatal}"
        if has_ended:
            break


@given(st.lists(st.tuples(st.sampled_from(sorted(INTO)), st.integers(0, 30)), min_size=2, max_size=5))
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_program_that_is_killed_again_and_again_loses_nothing(
    tmp_path_factory: pytest.TempPathFactory, kills: list[tuple[str, int]]
) -> None:
    computer = Computer(tmp_path_factory.mktemp("vault"))
    held: Credentials | None = None
    for into, fatal in kills:
        make, place = INTO[into]
        new = make()
        has_ended = survives(computer, fatal, lambda program, new=new, place=place: keep(program, new, place, NEW))  # type: ignore[misc]  # bound now
        found = read(computer.start(), NEW)
        assert found == new if has_ended else found in (held, new)
        held = found


@pytest.mark.parametrize("where", ["old form", "entry", "file", "typed"])
def test_a_removal_that_is_killed_can_be_done_again(tmp_path: Path, where: str) -> None:
    before = Computer(tmp_path / "before")
    old = put_old(before, where)
    for fatal in itertools.count():
        computer = before.copy(tmp_path / f"{fatal}")
        has_ended = survives(computer, fatal, lambda program: program.remove(MAIN, [], Errand()))
        if not has_ended:
            assert read(computer.start(), OLD) in (old, None)
        computer.start().remove(MAIN, [], Errand())
        assert left(computer) == (set(), [])
        assert computer.start().place(MAIN) is None
        if has_ended:
            break


def test_another_profile_is_not_touched_by_any_of_it(tmp_path: Path) -> None:
    computer = Computer(tmp_path)
    other = Profile("other", MAIN.environment, MAIN.provider)
    theirs = long()
    computer.start().keep(other, theirs, Place.KEYRING, Secret(), Errand())
    for make, place in INTO.values():
        keep(computer.start(), make(), place, NEW)
    computer.start().remove(MAIN, [], Errand())
    assert computer.start().read(other, Secret(), Errand()) == theirs
