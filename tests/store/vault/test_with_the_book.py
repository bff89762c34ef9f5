"""The book of profiles on the real vault and the real list: what a person does to a profile leaves its keys where they belong."""

from __future__ import annotations

import asyncio
import stat
import threading
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from app.domain.environment import Environment
from app.domain.keys import ACCESS, SECRET, Credentials, KeyNote, NoKeysError, Place, VaultError
from app.domain.profile import PinError, Profile, ProfileError, Provider, keyring_name
from app.domain.secret import Secret
from app.services.setup.book import ProfileBook
from app.store import settings
from app.store.profiles import FILE, Profiles
from app.store.vault.errands import PATIENCE
from app.store.vault.sealed_file import Replace
from tests.services.setup.fakes import canary
from tests.services.setup.shelves import PARTNER, credentials
from tests.store.vault.kit import NOW, FakeKeyring, Hanging, Hourglass, folders, vault

MAIN = Profile("main", Environment.SANDBOX, Provider.TRADING)
PASSPHRASE = Secret("four unrelated words")


def book(
    below: Path,
    keyring: FakeKeyring,
    *,
    hourglass: Hourglass | None = None,
    replace: Replace = settings.replace,
    read: Callable[[Path], Profiles] = Profiles,
) -> ProfileBook:
    """A new start of the program."""
    where = folders(below)
    for folder in (where.data, where.settings):
        folder.mkdir(parents=True, exist_ok=True)
    return ProfileBook(lambda: read(where.settings / FILE), vault(below, keyring, hourglass, replace), now=lambda: NOW)


class FullDisk(Profiles):
    def save(self) -> None:
        raise OSError(28, "No space left on device")


def pair() -> Credentials:
    return Credentials({ACCESS: Secret(canary()), SECRET: Secret(canary())})


@pytest.mark.parametrize("place", [Place.KEYRING, Place.PASSPHRASE])
async def test_a_renamed_profile_opens_with_its_keys_at_the_next_start(tmp_path: Path, place: Place) -> None:
    keyring, kept = FakeKeyring(), pair()
    passphrase = PASSPHRASE if place is Place.PASSPHRASE else Secret()
    first = book(tmp_path, keyring)
    added = await first.add(MAIN, kept, place, passphrase, is_proven=True)
    first.rename(added, "Front desk")
    second = book(tmp_path, keyring)
    (_practice, renamed) = second.profiles
    assert (renamed.name, second.vault.place(renamed)) == ("Front desk", place)
    assert await second.open(renamed, passphrase) == kept


async def test_a_duplicate_has_no_keys_and_another_profile_of_the_old_name_neither(tmp_path: Path) -> None:
    one = book(tmp_path, FakeKeyring())
    added = await one.add(MAIN, pair(), Place.KEYRING, is_proven=True)
    copy = one.duplicate(added)
    one.rename(added, "Front desk")
    again = one.duplicate(msgspec.structs.replace(copy, name="main"))
    for profile in (copy, again):
        assert one.vault.place(profile) is None
        with pytest.raises(NoKeysError):
            await one.open(profile)


@pytest.mark.parametrize("place", [Place.KEYRING, Place.PASSPHRASE, Place.SESSION])
async def test_removing_leaves_no_keys_behind(tmp_path: Path, place: Place) -> None:
    keyring = FakeKeyring()
    one = book(tmp_path, keyring)
    passphrase = PASSPHRASE if place is Place.PASSPHRASE else Secret()
    added = await one.add(PARTNER, credentials(PARTNER), place, passphrase, is_proven=False)
    sentences = await one.remove(added)
    assert len(sentences) == 2
    assert sentences[-1] == "The profile 'Partner' is off the list."
    assert keyring.entries == {}
    assert not list(folders(tmp_path).data.rglob("*.sealed"))
    assert (len(one.profiles), one.vault.place(added), one.note(added)) == (1, None, None)


async def test_f_k09_a_host_that_was_edited_in_the_file_meets_the_one_in_the_vault(tmp_path: Path) -> None:
    keyring = FakeKeyring()
    await book(tmp_path, keyring).add(PARTNER, credentials(PARTNER), Place.KEYRING, is_proven=True)
    path = folders(tmp_path).settings / FILE
    path.write_text(path.read_text().replace("api.partner.test", "api.partner.evil"))
    second = book(tmp_path, keyring)
    (_practice, edited) = second.profiles
    with pytest.raises(PinError, match=r"api\.partner\.evil"):
        await second.open(edited)


async def test_fk05_rights_that_others_have_are_said_and_mended(tmp_path: Path) -> None:
    one = book(tmp_path, FakeKeyring())
    added = await one.add(MAIN, pair(), Place.PASSPHRASE, PASSPHRASE, is_proven=True)
    (file,) = folders(tmp_path).data.rglob("*.sealed")
    file.chmod(0o644)
    assert [str(file) in words for words in one.vault.problems(added)] == [True]
    assert await one.vault.mend(added) == ()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


# An account whose name's place is taken by keys of one that is not listed


@pytest.mark.parametrize("has_note", [True, False])
@pytest.mark.parametrize("place", [Place.KEYRING, Place.PASSPHRASE])
async def test_an_account_set_up_again_after_the_list_was_damaged_replaces_no_keys(tmp_path: Path, place: Place, has_note: bool) -> None:
    keyring, old, new = FakeKeyring(), credentials(PARTNER), credentials(PARTNER)
    passphrase = PASSPHRASE if place is Place.PASSPHRASE else Secret()
    await book(tmp_path, keyring).add(PARTNER, old, place, passphrase, is_proven=True)
    path = folders(tmp_path).settings / FILE
    list_of_before = path.read_bytes()
    path.write_bytes(list_of_before[:-20])
    if not has_note:
        (path.parent / "keys.json").unlink()
    second = book(tmp_path, keyring)
    added = await second.add(PARTNER, new, Place.KEYRING, is_proven=True)
    assert (added.name, added.slug) == ("Partner", "Partner-2")
    assert (await book(tmp_path, keyring).open(added)).parts == new.parts
    path.write_bytes(list_of_before)
    third = book(tmp_path, keyring)
    assert (await third.open(third.profiles[1], passphrase)).parts == old.parts


async def test_an_account_that_cannot_be_listed_takes_no_others_keys_with_it(tmp_path: Path) -> None:
    keyring, old = FakeKeyring(), credentials(PARTNER)
    first = await book(tmp_path, keyring).add(PARTNER, old, Place.KEYRING, is_proven=True)
    (folders(tmp_path).settings / FILE).unlink()
    before = dict(keyring.entries)
    with pytest.raises(ProfileError, match="No space left"):
        await book(tmp_path, keyring, read=FullDisk).add(PARTNER, credentials(PARTNER), Place.KEYRING, is_proven=True)
    assert keyring.entries == before
    assert (await book(tmp_path, keyring).open(first)).parts == old.parts


async def test_a_duplicate_is_not_filed_under_keys_of_one_that_is_not_listed(tmp_path: Path) -> None:
    one = book(tmp_path, FakeKeyring())
    main = await one.add(MAIN, pair(), Place.KEYRING, is_proven=True)
    gone = msgspec.structs.replace(MAIN, name="main copy")
    await one.vault.keep(gone, pair(), Place.KEYRING)
    copy = one.duplicate(main)
    assert (copy.name, copy.slug, one.vault.place(copy)) == ("main copy", "main copy-2", None)


async def test_an_account_whose_adding_is_cancelled_at_the_last_moment_leaves_no_keys(tmp_path: Path) -> None:
    keyring = FakeKeyring(dialog := Hanging("set", 2))  # the first one is the rehearsal's
    one = book(tmp_path, keyring)
    adding = asyncio.create_task(one.add(MAIN, pair(), Place.KEYRING, is_proven=True))
    await dialog.reached()
    dialog.may_go.set()
    for thread in threading.enumerate():
        if thread.name == "vault":
            thread.join(30)  # it is kept; the loop has not heard of it
    adding.cancel()
    with pytest.raises(asyncio.CancelledError):
        await adding
    assert (len(one.profiles), keyring.entries, one.note(MAIN)) == (1, {}, None)


# Another key, and its issuer


class SlowDisk:
    """`settings.replace` that waits, once it is told to, until it may go."""

    def __init__(self) -> None:
        self.is_slow = False
        self.has_stopped = threading.Event()
        self.may_go = threading.Event()

    def __call__(self, path: Path, content: bytes) -> None:
        if self.is_slow:
            self.has_stopped.set()
            assert self.may_go.wait(60)
        settings.replace(path, content)


@pytest.mark.parametrize("ending", ["slow", "cancelled"])
async def test_key_and_issuer_stay_together_when_a_rotation_ends_in_doubt(tmp_path: Path, ending: str) -> None:
    keyring, disk, hourglass = FakeKeyring(), SlowDisk(), Hourglass()
    one, old, new = book(tmp_path, keyring, replace=disk, hourglass=hourglass), credentials(PARTNER), credentials(PARTNER)
    added = await one.add(PARTNER, old, Place.PASSPHRASE, PASSPHRASE, is_proven=True)
    disk.is_slow = True
    changed = msgspec.structs.replace(added, issuer="issuer-1", key_id="key-1")
    rotating = asyncio.create_task(one.rotate(changed, new, Place.PASSPHRASE, PASSPHRASE))
    await asyncio.to_thread(disk.has_stopped.wait, 60)
    if ending == "cancelled":
        rotating.cancel()
    else:
        while not rotating.done():
            await hourglass.turn(PATIENCE)
    disk.may_go.set()
    with pytest.raises((VaultError, asyncio.CancelledError)):
        await rotating
    for thread in threading.enumerate():
        if thread.name == "vault":
            thread.join(30)
    again = book(tmp_path, keyring)
    listed = again.profiles[1]
    assert listed.issuer == "issuer-0"
    found = await again.open(listed, PASSPHRASE)
    assert (found.parts, found.issuer, found.key_id) == (new.parts, "issuer-1", "key-1")
    healed = again.profiles[1]
    assert (healed.issuer, healed.key_id) == ("issuer-1", "key-1")
    found = await again.open(healed, PASSPHRASE)
    assert (found.issuer, found.key_id) == ("issuer-1", "key-1")


async def test_a_rotation_that_the_list_cannot_follow_is_said_and_counts(tmp_path: Path) -> None:
    keyring, new = FakeKeyring(), credentials(PARTNER)
    added = await book(tmp_path, keyring).add(PARTNER, credentials(PARTNER), Place.KEYRING, is_proven=True)
    full = book(tmp_path, keyring, read=FullDisk)
    with pytest.raises(ProfileError, match=r"The new keys are kept and used, but the list still shows .*No space left"):
        await full.rotate(msgspec.structs.replace(added, issuer="issuer-1"), new, Place.KEYRING)
    found = await full.open(full.profiles[1])
    assert (found.parts, found.issuer) == (new.parts, "issuer-1")


async def test_an_issuer_that_is_typed_later_counts(tmp_path: Path) -> None:
    one = book(tmp_path, FakeKeyring())
    unnamed = msgspec.structs.replace(PARTNER, issuer="", key_id="")
    added = await one.add(unnamed, credentials(PARTNER), Place.KEYRING, is_proven=False)
    one.put(added, PARTNER)
    found = await one.open(one.profiles[1])
    assert (found.issuer, found.key_id) == ("issuer-0", "key-0")
    await one.rotate(msgspec.structs.replace(PARTNER, issuer="issuer-1"), credentials(PARTNER), Place.KEYRING)
    rotated = one.profiles[1]
    one.put(rotated, msgspec.structs.replace(rotated, issuer="issuer-2"))
    assert (await one.open(one.profiles[1])).issuer == "issuer-2"


async def test_fk03_a_profile_leaves_the_list_though_its_keyring_never_answers(tmp_path: Path) -> None:
    keyring, hourglass = FakeKeyring(), Hourglass()
    one = book(tmp_path, keyring, hourglass=hourglass)
    added = await one.add(MAIN, pair(), Place.PASSPHRASE, PASSPHRASE, is_proven=True)
    keyring.touched = dialog = Hanging("get")
    first = asyncio.create_task(one.remove(added))
    await dialog.reached()
    while not first.done():
        await hourglass.turn(PATIENCE)
    with pytest.raises(VaultError, match="does not answer"):
        await first
    second = asyncio.create_task(one.remove(added))
    while not second.done():
        await hourglass.turn(PATIENCE)
    assert await second == (
        f"The keyring does not answer, so an entry {keyring_name(added)} may still be in it.",
        "The profile 'main' is off the list.",
    )
    dialog.may_go.set()


async def test_opening_writes_the_note_again_that_was_lost(tmp_path: Path) -> None:
    keyring, kept = FakeKeyring(), pair()
    added = await book(tmp_path, keyring).add(MAIN, kept, Place.KEYRING, is_proven=True)
    (folders(tmp_path).settings / "keys.json").unlink()
    again = book(tmp_path, keyring)
    assert again.vault.place(added) is None
    assert (await again.open(added)).parts == kept.parts
    note = book(tmp_path, keyring).note(added)
    assert note == KeyNote(Place.KEYRING, NOW, used_at=NOW, is_found=True)


@pytest.mark.parametrize("is_there", [True, False])
async def test_lost_keys_are_found_where_there_are_some(tmp_path: Path, is_there: bool) -> None:
    keyring = FakeKeyring()
    one = book(tmp_path, keyring)
    added = await one.add(MAIN, pair(), Place.KEYRING, is_proven=True)
    (folders(tmp_path).settings / "keys.json").unlink()
    if not is_there:
        keyring.entries.clear()
    assert await book(tmp_path, keyring).find_lost(added) is is_there
    assert (book(tmp_path, keyring).vault.place(added) is Place.KEYRING) is is_there


async def test_keys_that_were_kept_for_one_run_are_not_looked_for(tmp_path: Path) -> None:
    keyring = FakeKeyring()
    added = await book(tmp_path, keyring).add(MAIN, pair(), Place.SESSION, is_proven=True)
    assert not await book(tmp_path, keyring).find_lost(added)
    note = book(tmp_path, keyring).note(added)
    assert note is not None
    assert note.place is Place.SESSION
