"""Keyrings that are missing, locked, refusing, slow, forgetful or short (F-K03): words, the old secrets, and a loop that goes on."""

from __future__ import annotations

import asyncio
import itertools
import subprocess
import sys
import threading
import traceback
from collections.abc import Callable
from pathlib import Path

import pytest
from keyring import errors

from app.domain.keys import Credentials, NoKeysError, Place, VaultError
from app.domain.profile import keyring_name
from app.domain.secret import Secret
from app.store.vault.errands import PATIENCE, SlowError
from app.store.vault.ring import NoKeyringError
from app.store.vault.vault import Vault
from tests.store.vault.kit import CHEAP, MAIN, NOW, PARTNER, FakeKeyring, Hanging, Hourglass, folders, long, short, vault

ROOT = Path(__file__).parents[3]
TYPED = Secret("a passphrase of some length")
ENTRY = (keyring_name(MAIN), "credentials")


def raising(error: Exception, calls: str) -> Callable[[str], None]:
    """A keyring whose calls of these kinds fail."""

    def touched(call: str) -> None:
        if call in calls.split():
            raise error

    return touched


Dismissed = type("PromptDismissedException", (Exception,), {})  # as secretstorage has it, which only Linux has
Told = type("DBusErrorResponse", (Exception,), {"name": "org.freedesktop.Secret.Error.IsLocked"})  # as jeepney has it
BAD = {
    "locked": (raising(errors.KeyringLocked("s3cr3t"), "get set delete"), "locked and was not opened"),
    "dismissed": (raising(Dismissed("s3cr3t"), "set delete"), "locked and was not opened"),
    "locked meanwhile": (raising(Told("s3cr3t"), "get set delete"), "locked and was not opened"),
    "denied": (raising(errors.InitError("s3cr3t"), "get set delete"), "could not be opened"),
    "refusing": (raising(errors.PasswordSetError("s3cr3t"), "set"), "refused to keep"),
    "silent": (raising(errors.KeyringError("s3cr3t"), "set"), r"failed \(KeyringError\)"),
    "gone": (raising(ConnectionResetError("s3cr3t"), "get set delete"), r"failed \(ConnectionResetError\)"),
    "strange": (raising(KeyError("s3cr3t"), "set"), r"failed \(KeyError\)"),
}
BENT: dict[str, tuple[Callable[[str], str | None], str]] = {
    "cut": (lambda text: text[:80], r"loses what it is given: it kept 80 of [0-9,]+ characters"),
    "lost": (lambda _text: None, r"loses what it is given: it kept none of the [0-9,]+ characters"),
}


@pytest.mark.parametrize("fault", BAD)
@pytest.mark.parametrize("old", [short(), long()], ids=["entry", "file"])
@pytest.mark.parametrize("new", [short(), long()], ids=["short", "long"])
async def test_fk03_a_keyring_that_fails_leaves_the_old_keys_and_says_a_sentence(
    tmp_path: Path, fault: str, old: Credentials, new: Credentials
) -> None:
    keyring = FakeKeyring()
    one = vault(tmp_path, keyring)
    await one.keep(MAIN, old, Place.KEYRING)
    keyring.touched, words = BAD[fault]
    with pytest.raises(VaultError, match=words) as caught:
        await one.keep(MAIN, new, Place.KEYRING)
    assert "s3cr3t" not in "".join(traceback.format_exception(caught.value))
    facts = await one.keyring()
    assert not facts.is_usable
    assert "s3cr3t" not in facts.words
    keyring.touched = lambda _call: None
    assert await one.read(MAIN) == old
    assert list(keyring.entries) == [ENTRY]


@pytest.mark.parametrize("fault", BENT)
@pytest.mark.parametrize("old", [short(), long()], ids=["entry", "file"])
@pytest.mark.parametrize("new", [short(), long()], ids=["short", "long"])
async def test_fk03_a_keyring_that_cuts_or_loses_what_it_gets_is_found_out_before_the_old_keys_are_touched(
    tmp_path: Path, fault: str, old: Credentials, new: Credentials
) -> None:
    keyring = FakeKeyring()
    one = vault(tmp_path, keyring)
    await one.keep(MAIN, old, Place.KEYRING)
    keyring.bent, words = BENT[fault]
    touched = keyring.entries[ENTRY]
    with pytest.raises(VaultError, match=words):
        await one.keep(MAIN, new, Place.KEYRING)
    assert keyring.entries == {ENTRY: touched}
    assert await one.read(MAIN) == old
    assert "loses what it is given" in (await one.keyring()).words


async def test_fk03_a_keyring_that_holds_1_280_characters_is_enough(tmp_path: Path) -> None:
    keyring = FakeKeyring(bent=lambda text: text[:1_280])
    one = vault(tmp_path, keyring)
    assert (await one.keyring()).is_usable
    for kept in (short(), long()):
        await one.keep(MAIN, kept, Place.KEYRING)
        assert await one.read(MAIN) == kept


async def test_a_keyring_that_begins_to_cut_gets_its_old_entry_back(tmp_path: Path) -> None:
    """The rehearsal went well, the writing did not."""
    keyring, sets = FakeKeyring(), itertools.count(1)
    one, old = vault(tmp_path, keyring), short()
    await one.keep(MAIN, old, Place.KEYRING)
    keyring.bent = lambda text: text[:80] if next(sets) == 2 else text
    with pytest.raises(VaultError, match="it kept 80 of") as caught:
        await one.keep(MAIN, short(), Place.KEYRING)
    assert "could not be put back" not in str(caught.value)
    assert await one.read(MAIN) == old


async def test_when_the_old_entry_cannot_be_put_back_that_is_said(tmp_path: Path) -> None:
    keyring, sets = FakeKeyring(), itertools.count(1)
    one = vault(tmp_path, keyring)
    await one.keep(MAIN, short(), Place.KEYRING)
    keyring.bent = lambda text: text[:80] if next(sets) >= 2 else text
    with pytest.raises(VaultError, match="kept before could not be put back"):
        await one.keep(MAIN, short(), Place.KEYRING)


async def test_the_trial_leaves_nothing_behind(tmp_path: Path) -> None:
    keyring = FakeKeyring()
    facts = await vault(tmp_path, keyring).keyring()
    assert (facts.name, facts.words, facts.is_usable) == ("Fake Keyring", "", True)
    assert not keyring.entries


@pytest.mark.parametrize("act", ["try", "keep", "read"])
async def test_a_person_who_does_not_open_the_keyring_is_asked_once(tmp_path: Path, act: str) -> None:
    asked = list[str]()

    def touched(call: str) -> None:
        asked.append(call)
        raise errors.KeyringLocked

    one = vault(tmp_path, FakeKeyring(touched))
    if act == "try":
        assert "is locked" in (await one.keyring()).words
    else:
        with pytest.raises(VaultError, match="is locked"):
            await (one.read(MAIN) if act == "read" else one.keep(MAIN, long(), Place.KEYRING))
    assert len(asked) == 1


async def test_a_keyring_that_removes_nothing_is_not_trusted(tmp_path: Path) -> None:
    class Sticky(FakeKeyring):
        def delete_password(self, service: str, username: str) -> None:
            pass

    one = vault(tmp_path, Sticky())
    assert "does not remove" in (await one.keyring()).words


async def test_a_removal_that_the_keyring_refuses_is_a_failure_that_says_what_went(tmp_path: Path) -> None:
    keyring = FakeKeyring()
    one, kept = vault(tmp_path, keyring), short()
    await one.keep(MAIN, kept, Place.KEYRING)
    keyring.touched = raising(errors.PasswordDeleteError("no"), "delete")
    with pytest.raises(VaultError, match=r"Not everything was removed. The keyring .* refused to remove"):
        await one.remove(MAIN)
    assert one.note(MAIN) is not None
    keyring.touched = lambda _call: None
    assert await one.read(MAIN) == kept


# No keyring


def without_keyring(below: Path) -> Vault:
    def choose() -> FakeKeyring:
        raise NoKeyringError("This computer has no keyring that is running.", "none")

    return Vault(folders(below), choose=choose, now=lambda: NOW, cost=CHEAP)


async def test_fk03_without_a_keyring_the_session_and_a_passphrase_are_left(tmp_path: Path) -> None:
    one, kept = without_keyring(tmp_path), long()
    facts = await one.keyring()
    assert (facts.name, facts.words) == ("none", "This computer has no keyring that is running.")
    with pytest.raises(VaultError, match="no keyring"):
        await one.keep(MAIN, kept, Place.KEYRING)
    with pytest.raises(NoKeysError, match=r"There are no keys for the profile 'main'\. This computer has no keyring"):
        await one.read(MAIN)
    await one.keep(MAIN, kept, Place.SESSION)
    assert await one.read(MAIN) == kept
    await one.keep(MAIN, kept, Place.PASSPHRASE, TYPED)
    assert await without_keyring(tmp_path).read(MAIN, TYPED) == kept
    assert len(await one.remove(MAIN)) == 1
    assert one.problems(MAIN) == ()
    assert not list((tmp_path / "data" / "keys").iterdir())


async def test_keys_in_a_keyring_that_is_missing_today_are_not_called_none(tmp_path: Path) -> None:
    await vault(tmp_path, FakeKeyring()).keep(MAIN, short(), Place.KEYRING)
    one, kept = without_keyring(tmp_path), short()
    for attempt in (one.read, one.remove):
        with pytest.raises(VaultError, match="no keyring that is running") as caught:
            await attempt(MAIN)
        assert not isinstance(caught.value, NoKeysError)
    await one.keep(MAIN, kept, Place.SESSION)
    assert await one.read(MAIN) == kept
    assert one.problems(MAIN) == ("Earlier keys of the profile 'main' are still kept. This computer has no keyring that is running.",)


# A slow one, and one that hangs


async def test_fk03_a_keyring_that_takes_thirty_seconds_works(tmp_path: Path) -> None:
    keyring, hourglass, kept = FakeKeyring(), Hourglass(), short()
    await vault(tmp_path, keyring).keep(MAIN, kept, Place.KEYRING)
    keyring.touched = dialog = Hanging("get")
    reading = asyncio.create_task(vault(tmp_path, keyring, hourglass).read(MAIN))
    await dialog.reached()
    await hourglass.turn(30)
    assert not reading.done()
    dialog.may_go.set()
    assert await reading == kept


async def test_fk03_a_keyring_that_takes_thirty_seconds_for_every_call_works_too(tmp_path: Path) -> None:
    has_stopped, may_go, calls = threading.Semaphore(0), threading.Semaphore(0), 0

    def slow(call: str) -> None:
        if call in {"get", "set", "delete"}:
            has_stopped.release()
            assert may_go.acquire(timeout=60)

    keyring, hourglass, kept = FakeKeyring(slow), Hourglass(), short()
    writing = asyncio.create_task(vault(tmp_path, keyring, hourglass).keep(MAIN, kept, Place.KEYRING))
    writing.add_done_callback(lambda _task: has_stopped.release())
    while await asyncio.to_thread(has_stopped.acquire) and not writing.done():
        calls += 1
        await hourglass.turn(30)
        may_go.release()
    await writing
    keyring.touched = lambda _call: None
    assert await vault(tmp_path, keyring).read(MAIN) == kept
    assert hourglass.seconds == calls * 30 > 5 * PATIENCE


async def test_fk03_the_loop_goes_on_while_a_keyring_hangs(tmp_path: Path) -> None:
    keyring, turns = FakeKeyring(dialog := Hanging("get")), 0
    reading = asyncio.create_task(vault(tmp_path, keyring).read(MAIN))
    await dialog.reached()
    for _ in range(100):
        await asyncio.sleep(0)
        turns += 1
    assert not reading.done()
    dialog.may_go.set()
    with pytest.raises(NoKeysError):
        await reading
    assert turns == 100


@pytest.mark.parametrize("call", ["get", "set", "done"])
async def test_a_write_that_ends_after_it_was_given_up_is_undone(tmp_path: Path, call: str) -> None:
    keyring, hourglass = FakeKeyring(), Hourglass()
    one, old = vault(tmp_path, keyring, hourglass), short()
    await one.keep(MAIN, old, Place.KEYRING)
    before = dict(keyring.entries)
    for nth in range(1, 4):
        keyring.touched = dialog = Hanging(call, nth)
        writing = asyncio.create_task(one.keep(MAIN, short(), Place.KEYRING))
        reached = asyncio.create_task(dialog.reached())
        await asyncio.wait({writing, reached}, return_when=asyncio.FIRST_COMPLETED)
        if writing.done():  # there are not so many calls of this kind
            dialog.has_stopped.set()
            await reached
            before, old = dict(keyring.entries), await one.read(MAIN)
            continue
        await hourglass.run_out(writing)
        with pytest.raises(SlowError, match="did not answer within 45 seconds; what was kept before is unchanged"):
            await writing
        dialog.may_go.set()
        assert await one.read(MAIN) == old  # waits until the late one has put everything back
        assert keyring.entries == before


async def test_a_first_write_that_ends_late_leaves_nothing(tmp_path: Path) -> None:
    for nth in (1, 2):
        for kept in (short(), long()):
            keyring, hourglass = FakeKeyring(dialog := Hanging("set", nth)), Hourglass()
            one = vault(tmp_path, keyring, hourglass)
            writing = asyncio.create_task(one.keep(MAIN, kept, Place.KEYRING))
            await dialog.reached()
            await hourglass.run_out(writing)
            with pytest.raises(SlowError):
                await writing
            dialog.may_go.set()
            with pytest.raises(NoKeysError):
                await one.read(MAIN)
            assert not keyring.entries
            assert one.note(MAIN) is None


async def test_what_was_given_up_asks_the_keyring_for_nothing_more(tmp_path: Path) -> None:
    dialog, hourglass, calls = Hanging("get"), Hourglass(), list[str]()

    def touched(call: str) -> None:
        calls.append(call)
        dialog(call)

    one = vault(tmp_path, FakeKeyring(touched), hourglass)
    writing = asyncio.create_task(one.keep(MAIN, short(), Place.KEYRING))
    await dialog.reached()
    await hourglass.run_out(writing)
    with pytest.raises(SlowError):
        await writing
    dialog.may_go.set()
    with pytest.raises(NoKeysError):
        await one.read(MAIN)
    assert set(calls) == {"get", "got"}


async def test_a_write_that_is_cancelled_is_undone(tmp_path: Path) -> None:
    keyring = FakeKeyring(dialog := Hanging("done", 2))
    one = vault(tmp_path, keyring)
    writing = asyncio.create_task(one.keep(MAIN, short(), Place.KEYRING))
    await dialog.reached()
    writing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await writing
    dialog.may_go.set()
    with pytest.raises(NoKeysError):
        await one.read(MAIN)
    assert not keyring.entries


async def test_while_one_hangs_keys_are_kept_for_the_session_or_under_a_passphrase(tmp_path: Path) -> None:
    keyring, hourglass = FakeKeyring(dialog := Hanging("get")), Hourglass()
    one = vault(tmp_path, keyring, hourglass)
    trying = asyncio.create_task(one.keyring())
    await dialog.reached()
    for _ in range(2):
        await hourglass.turn(PATIENCE)
    assert "did not answer within 45 seconds" in (await trying).words
    for place in (Place.SESSION, Place.PASSPHRASE):
        kept = long()
        await one.keep(MAIN, kept, place, TYPED)
        assert await one.read(MAIN, TYPED) == kept
    assert one.problems(MAIN) == ()
    dialog.may_go.set()


async def test_when_only_tidying_hangs_the_new_keys_are_kept_and_what_stays_is_said(tmp_path: Path) -> None:
    keyring, hourglass = FakeKeyring(), Hourglass()
    one, kept = vault(tmp_path, keyring, hourglass), short()
    await one.keep(MAIN, short(), Place.KEYRING)
    keyring.touched = dialog = Hanging("get")
    writing = asyncio.create_task(one.keep(MAIN, kept, Place.PASSPHRASE, TYPED))
    await dialog.reached()
    await hourglass.run_out(writing)
    await writing
    assert await one.read(MAIN, TYPED) == kept
    assert one.problems(MAIN) == ("The new keys are kept, but the place of the old ones does not answer.",)
    dialog.may_go.set()
    assert await one.mend(MAIN) == ()
    assert not keyring.entries


QUITTER = """
import asyncio, pathlib, sys, threading
from app.store.paths import folders
from app.store.vault import Vault
from tests.store.vault.kit import CHEAP, MAIN, FakeKeyring

def hang(call):
    print("hangs", flush=True)
    threading.Event().wait()

async def main():
    reading = asyncio.create_task(Vault(folders(pathlib.Path(sys.argv[1])), choose=lambda: FakeKeyring(hang)).read(MAIN))
    await asyncio.sleep(0.2)

asyncio.run(main())
print("bye", flush=True)
"""


def test_the_program_ends_while_a_keyring_hangs(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", QUITTER, tmp_path], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.split() == ["hangs", "bye"]
    assert done.stderr == ""


async def test_two_at_once_take_turns(tmp_path: Path) -> None:
    keyring = FakeKeyring()
    one = vault(tmp_path, keyring)
    kept = [long() for _ in range(6)]
    await asyncio.gather(*(one.keep(MAIN, each, Place.KEYRING) for each in kept))
    assert await one.read(MAIN) == kept[-1]
    assert list(keyring.entries) == [ENTRY]


async def test_fk03_a_keyring_that_hangs_for_one_profile_holds_up_no_passphrase_of_another(tmp_path: Path) -> None:
    keyring, kept = FakeKeyring(), long()
    one = vault(tmp_path, keyring)
    await one.keep(PARTNER, kept, Place.PASSPHRASE, TYPED)
    await one.keep(MAIN, short(), Place.KEYRING)
    keyring.touched = dialog = Hanging("get")
    waiting = asyncio.create_task(one.read(MAIN))
    await dialog.reached()
    assert await one.read(PARTNER, TYPED) == kept
    assert not waiting.done()
    dialog.may_go.set()
    await waiting


async def test_fk03_a_removal_asks_a_keyring_that_failed_before(tmp_path: Path) -> None:
    keyring = FakeKeyring()
    await vault(tmp_path, keyring).keep(MAIN, short(), Place.KEYRING)
    (tmp_path / "settings" / "keys.json").unlink()
    one = vault(tmp_path, keyring)
    keyring.touched = raising(RuntimeError("locked"), "get")
    assert not (await one.keyring()).is_usable
    keyring.touched = lambda _call: None
    assert len(await one.remove(MAIN)) == 1
    assert not keyring.entries


async def test_fk03_a_sealed_file_goes_though_the_keyring_hangs_and_the_second_try_ends(tmp_path: Path) -> None:
    keyring, hourglass = FakeKeyring(), Hourglass()
    one = vault(tmp_path, keyring, hourglass)
    await one.keep(MAIN, long(), Place.PASSPHRASE, TYPED)
    keyring.touched = dialog = Hanging("get")
    removing = asyncio.create_task(one.remove(MAIN))
    await dialog.reached()
    for _ in range(2):
        await hourglass.turn(PATIENCE)
    with pytest.raises(VaultError, match=r"Not everything was removed\. The keyring does not answer, .* The sealed file .* was removed\."):
        await removing
    assert not list((tmp_path / "data" / "keys").iterdir())
    again = asyncio.create_task(one.remove(MAIN))
    while not again.done():
        await hourglass.turn(PATIENCE)
    assert await again == (f"The keyring does not answer, so an entry {ENTRY[0]} may still be in it.",)
    assert one.note(MAIN) is None
    dialog.may_go.set()
