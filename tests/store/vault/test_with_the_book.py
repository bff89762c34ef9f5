"""The book of profiles on the real vault and the real list: what a person does to a profile leaves its keys where they belong."""

from __future__ import annotations

import stat
from pathlib import Path

import msgspec
import pytest

from app.domain.environment import Environment
from app.domain.keys import ACCESS, SECRET, Credentials, NoKeysError, Place
from app.domain.profile import PinError, Profile, Provider
from app.domain.secret import Secret
from app.services.setup.book import ProfileBook
from app.store.profiles import FILE, Profiles
from tests.services.setup.fakes import canary
from tests.services.setup.shelves import PARTNER, credentials
from tests.store.vault.kit import NOW, FakeKeyring, folders, vault

MAIN = Profile("main", Environment.SANDBOX, Provider.TRADING)
PASSPHRASE = Secret("four unrelated words")


def book(below: Path, keyring: FakeKeyring) -> ProfileBook:
    """A new start of the program."""
    where = folders(below)
    for folder in (where.data, where.settings):
        folder.mkdir(parents=True, exist_ok=True)
    return ProfileBook(lambda: Profiles(where.settings / FILE), vault(below, keyring), now=lambda: NOW)


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


async def test_f_k05_rights_that_others_have_are_said_and_mended(tmp_path: Path) -> None:
    one = book(tmp_path, FakeKeyring())
    added = await one.add(MAIN, pair(), Place.PASSPHRASE, PASSPHRASE, is_proven=True)
    (file,) = folders(tmp_path).data.rglob("*.sealed")
    file.chmod(0o644)
    assert [str(file) in words for words in one.vault.problems(added)] == [True]
    assert await one.vault.mend(added) == ()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
