"""The book of profiles: each change happens as a whole or not at all, keys and list together."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
import pytest_asyncio

from app.domain.environment import Environment
from app.domain.keys import ACCESS, Credentials, Place, VaultError
from app.domain.profile import PRACTICE, PinError, Profile, ProfileError, Provider, keyring_name
from app.domain.secret import Secret
from app.services.tasks import Tasks
from tests.services.setup.fakes import NOON, canary, settled
from tests.services.setup.shelves import DESK, FEED, HOST, PARTNER, Office, credentials

FULL = OSError(28, "No space left on device")
ELSEWHERE = "https://elsewhere.test"


def _raise(problem: BaseException) -> None:
    raise problem


@pytest_asyncio.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    tasks = Tasks(_raise)
    yield Office(tmp_path, tasks, DESK, PARTNER)
    await tasks.stop()


def listed(office: Office) -> list[str]:
    return [profile.name for profile in office.shelf.saved]


# Adding


async def test_an_added_profile_is_listed_with_its_keys_and_their_note(office: Office) -> None:
    kept = credentials(FEED)
    added = await office.book.add(FEED, kept, Place.KEYRING, is_proven=True)
    assert listed(office) == ["Desk", "Partner", "Feed"]
    assert await office.book.open(added) == kept
    note = office.book.note(added)
    assert note is not None
    assert (note.place, note.made_at, note.proven_at) == (Place.KEYRING, NOON, NOON)


async def test_an_unproven_profile_is_noted_as_not_proven(office: Office) -> None:
    added = await office.book.add(FEED, credentials(FEED), Place.SESSION, is_proven=False)
    note = office.book.note(added)
    assert note is not None
    assert note.proven_at is None


async def test_a_keyring_that_denies_adds_no_profile(office: Office) -> None:
    office.vault.refusing = {"keep"}
    with pytest.raises(VaultError, match="said no"):
        await office.book.add(FEED, credentials(FEED), Place.KEYRING, is_proven=True)
    assert (listed(office), office.vault.kept, office.vault.notes) == (["Desk", "Partner"], {}, {})


async def test_a_full_disk_keeps_no_keys_of_a_profile_that_is_not_listed(office: Office) -> None:
    office.shelf.problem = FULL
    with pytest.raises(ProfileError, match="could not be written: No space left on device"):
        await office.book.add(FEED, credentials(FEED), Place.KEYRING, is_proven=True)
    assert (listed(office), office.vault.kept, office.vault.notes) == (["Desk", "Partner"], {}, {})


async def test_keys_that_cannot_be_taken_back_are_said(office: Office) -> None:
    office.shelf.problem = FULL
    office.vault.refusing = {"remove"}
    with pytest.raises(ProfileError, match=r"No space left on device\. What was kept .* could not be removed again: The keyring said no"):
        await office.book.add(FEED, credentials(FEED), Place.KEYRING, is_proven=True)


async def test_a_profile_that_was_added_elsewhere_while_the_keyring_asked_stays_on_the_list(office: Office) -> None:
    office.vault.answering.clear()
    adding = asyncio.ensure_future(office.book.add(FEED, credentials(FEED), Place.KEYRING, is_proven=True))
    await settled()
    other = Profile("Other", Environment.SANDBOX, Provider.TRADING)
    office.shelf.saved += (other,)
    office.vault.answering.set()
    await adding
    assert listed(office) == ["Desk", "Partner", "Other", "Feed"]


async def test_a_name_that_was_taken_while_the_keyring_asked_leaves_no_keys(office: Office) -> None:
    office.vault.answering.clear()
    adding = asyncio.ensure_future(office.book.add(FEED, credentials(FEED), Place.KEYRING, is_proven=True))
    await settled()
    office.shelf.saved += (Profile("Feed", Environment.SANDBOX, Provider.TRADING),)
    office.vault.answering.set()
    with pytest.raises(ProfileError, match="already"):
        await adding
    assert office.vault.kept == {}


async def test_an_id_that_was_taken_while_the_keyring_asked_leaves_no_keys(office: Office) -> None:
    office.vault.answering.clear()
    adding = asyncio.ensure_future(office.book.add(FEED, credentials(FEED), Place.KEYRING, is_proven=True))
    await settled()
    office.shelf.saved += (Profile("Other", Environment.SANDBOX, Provider.TRADING, id="Feed"),)
    office.vault.answering.set()
    with pytest.raises(ProfileError, match="added meanwhile: try again"):
        await adding
    assert office.vault.kept == {}


async def test_keys_of_another_host_are_kept_for_nobody(office: Office) -> None:
    with pytest.raises(PinError):
        await office.book.add(FEED, credentials(FEED, ELSEWHERE), Place.KEYRING, is_proven=True)
    assert office.vault.kept == {}


# Rotating


async def test_new_keys_take_the_place_of_the_old_with_their_issuer_and_a_new_note(office: Office) -> None:
    await office.keep(PARTNER)
    later = office.pass_days(100)
    new = credentials(PARTNER)
    await office.book.rotate(msgspec.structs.replace(PARTNER, issuer="issuer-1", key_id="key-1"), new, Place.KEYRING)
    (_desk, partner) = office.shelf.saved
    assert (partner.issuer, partner.key_id) == ("issuer-1", "key-1")
    assert (await office.book.open(partner)).parts == new.parts
    note = office.book.note(partner)
    assert note is not None
    assert (note.made_at, note.proven_at) == (later, later)


async def test_the_old_keys_and_their_issuer_stay_when_the_keyring_denies_the_new(office: Office) -> None:
    old = await office.keep(PARTNER)
    note = office.book.note(PARTNER)
    office.vault.refusing = {"keep"}
    with pytest.raises(VaultError, match="said no"):
        await office.book.rotate(msgspec.structs.replace(PARTNER, issuer="issuer-1"), credentials(PARTNER), Place.KEYRING)
    assert office.shelf.saved == (DESK, PARTNER)
    assert office.book.note(PARTNER) == note
    assert office.vault.kept[keyring_name(PARTNER)][0] == old


async def test_the_old_keys_and_their_issuer_stay_when_keeping_is_cancelled(office: Office) -> None:
    old = await office.keep(PARTNER)
    office.vault.answering.clear()
    changed = msgspec.structs.replace(PARTNER, issuer="issuer-1")
    rotating = asyncio.ensure_future(office.book.rotate(changed, credentials(PARTNER), Place.KEYRING))
    await settled()
    rotating.cancel()
    with pytest.raises(asyncio.CancelledError):
        await rotating
    assert office.shelf.saved == (DESK, PARTNER)
    assert office.vault.kept[keyring_name(PARTNER)][0] == old


async def test_new_keys_that_the_list_cannot_follow_have_their_issuer_and_a_new_note(office: Office) -> None:
    await office.keep(PARTNER)
    later = office.pass_days(1)
    office.shelf.problem = FULL
    new = credentials(PARTNER)
    with pytest.raises(ProfileError, match=r"The new keys are kept and used, .*No space left"):
        await office.book.rotate(msgspec.structs.replace(PARTNER, issuer="issuer-1"), new, Place.KEYRING)
    assert office.shelf.saved == (DESK, PARTNER)
    found = await office.book.open(PARTNER)
    assert (found.parts, found.issuer) == (new.parts, "issuer-1")
    note = office.book.note(PARTNER)
    assert note is not None
    assert (note.made_at, note.proven_at) == (later, later)


async def test_new_keys_of_the_same_issuer_need_no_room_on_the_disk(office: Office) -> None:
    await office.keep(DESK)
    office.shelf.problem = FULL
    new = credentials(DESK)
    await office.book.rotate(DESK, new, Place.KEYRING)
    assert office.vault.kept[keyring_name(DESK)][0].parts == new.parts


async def test_settings_that_were_saved_while_new_keys_were_set_up_stay(office: Office) -> None:
    await office.keep(PARTNER)
    office.book.put(PARTNER, msgspec.structs.replace(PARTNER, proxy=True, name="Other name"))
    await office.book.rotate(msgspec.structs.replace(PARTNER, issuer="issuer-1"), credentials(PARTNER), Place.KEYRING)
    (_desk, partner) = office.shelf.saved
    assert (partner.name, partner.proxy, partner.issuer) == ("Other name", True, "issuer-1")


async def test_f_k09_new_keys_for_another_host_than_the_files_are_not_kept(office: Office) -> None:
    old = await office.keep(PARTNER)
    with pytest.raises(PinError):
        await office.book.rotate(PARTNER, credentials(PARTNER, ELSEWHERE), Place.KEYRING)
    assert office.vault.kept[keyring_name(PARTNER)][0] == old


# Renaming and settings


async def test_a_renamed_profile_keeps_its_id_and_its_keys(office: Office) -> None:
    kept = await office.keep(DESK)
    renamed = office.book.rename(DESK, "Front desk")
    assert (renamed.name, renamed.slug, keyring_name(renamed)) == ("Front desk", "Desk", keyring_name(DESK))
    assert await office.book.open(renamed) == kept


@pytest.mark.parametrize("name", ["", "   ", "a/b", "x" * 41, "practice", "ünlaut"])
async def test_a_name_that_cannot_be_changes_nothing(office: Office, name: str) -> None:
    with pytest.raises(ProfileError):
        office.book.rename(DESK, name)
    assert office.shelf.saved == (DESK, PARTNER)


async def test_a_full_disk_renames_nothing(office: Office) -> None:
    office.shelf.problem = FULL
    with pytest.raises(ProfileError, match="No space left"):
        office.book.rename(DESK, "Front desk")
    assert office.shelf.saved == (DESK, PARTNER)


async def test_the_host_of_a_profile_is_not_a_setting(office: Office) -> None:
    with pytest.raises(ProfileError, match="sealed with the keys"):
        office.book.put(PARTNER, msgspec.structs.replace(PARTNER, host=ELSEWHERE))
    assert office.shelf.saved == (DESK, PARTNER)


async def test_settings_that_were_looked_at_before_another_change_do_not_undo_it(office: Office) -> None:
    office.book.put(DESK, msgspec.structs.replace(DESK, proxy=True))
    with pytest.raises(ProfileError, match="changed elsewhere"):
        office.book.put(DESK, msgspec.structs.replace(DESK, aggregator="agg"))
    assert (office.shelf.saved[0].proxy, office.shelf.saved[0].aggregator) == (True, "")


async def test_the_settings_of_an_open_profile_may_be_changed(office: Office) -> None:
    office.busy = {"Desk": "It is open elsewhere"}
    office.book.put(DESK, msgspec.structs.replace(DESK, proxy=True))
    assert office.shelf.saved[0].proxy


# Duplicating


async def test_a_duplicate_has_the_settings_and_neither_keys_nor_issuer(office: Office) -> None:
    await office.keep(PARTNER)
    copy = office.book.duplicate(PARTNER)
    assert (copy.name, copy.host, copy.issuer, copy.key_id) == ("Partner copy", HOST, "", "")
    assert keyring_name(copy) != keyring_name(PARTNER)
    assert (office.vault.place(copy), office.book.note(copy)) == (None, None)
    with pytest.raises(VaultError):
        await office.book.open(copy)


async def test_a_duplicate_of_a_renamed_profile_has_an_id_of_its_own(office: Office) -> None:
    await office.keep(DESK)
    renamed = office.book.rename(DESK, "Front desk")
    copy = office.book.duplicate(renamed)
    assert (copy.slug, office.vault.place(copy)) == ("Front desk copy", None)


async def test_two_duplicates_have_two_names(office: Office) -> None:
    assert [office.book.duplicate(DESK).name for _ in range(2)] == ["Desk copy", "Desk copy 2"]


async def test_a_duplicate_of_a_long_name_has_a_name_that_can_be(office: Office) -> None:
    long = office.book.rename(DESK, "x" * 40)
    assert office.book.duplicate(long).name == f"{'x' * 35} copy"


async def test_a_full_disk_duplicates_nothing(office: Office) -> None:
    office.shelf.problem = FULL
    with pytest.raises(ProfileError):
        office.book.duplicate(DESK)
    assert office.shelf.saved == (DESK, PARTNER)


# Removing


async def test_what_is_removed_is_gone_from_the_list_and_from_the_vault(office: Office) -> None:
    await office.keep(DESK)
    sentences = await office.book.remove(DESK)
    assert sentences == ("It was removed", "The profile 'Desk' is off the list.")
    assert (listed(office), office.vault.kept) == (["Partner"], {})


async def test_a_keyring_that_denies_leaves_the_profile_on_the_list(office: Office) -> None:
    kept = await office.keep(DESK)
    office.vault.refusing = {"remove"}
    with pytest.raises(VaultError, match="said no"):
        await office.book.remove(DESK)
    assert office.shelf.saved == (DESK, PARTNER)
    assert await office.book.open(DESK) == kept


async def test_a_full_disk_removes_no_keys(office: Office) -> None:
    kept = await office.keep(DESK)
    office.shelf.problem = FULL
    with pytest.raises(ProfileError, match="No space left"):
        await office.book.remove(DESK)
    assert office.shelf.saved == (DESK, PARTNER)
    assert office.vault.kept[keyring_name(DESK)][0] == kept


async def test_a_profile_that_was_added_while_keys_were_removed_stays(office: Office) -> None:
    await office.keep(DESK)
    office.vault.answering.clear()
    removing = asyncio.ensure_future(office.book.remove(DESK))
    await settled()
    office.shelf.saved += (FEED,)
    office.vault.answering.set()
    await removing
    assert listed(office) == ["Partner", "Feed"]


async def test_a_disk_that_fills_up_meanwhile_is_said_with_what_was_removed(office: Office) -> None:
    await office.keep(DESK)
    office.vault.answering.clear()
    removing = asyncio.ensure_future(office.book.remove(DESK))
    await settled()
    office.shelf.problem = FULL
    office.vault.answering.set()
    with pytest.raises(ProfileError, match=r"It was removed .*No space left"):
        await removing
    assert office.shelf.saved == (DESK, PARTNER)


async def test_an_open_profile_is_not_removed(office: Office) -> None:
    await office.keep(DESK)
    office.busy = {"Desk": "It is open in another window of this computer"}
    with pytest.raises(ProfileError, match="open in another window"):
        await office.book.remove(DESK)
    assert (listed(office), len(office.vault.kept)) == (["Desk", "Partner"], 1)


Change = Callable[[Office], Awaitable[object]]


async def _duplicate(office: Office) -> object:
    return office.book.duplicate(PRACTICE)


async def _remove(office: Office) -> object:
    return await office.book.remove(PRACTICE)


@pytest.mark.parametrize("change", [_duplicate, _remove])
async def test_practice_stays_as_it_is(office: Office, change: Change) -> None:
    with pytest.raises((ProfileError, ValueError)):
        await change(office)
    assert office.shelf.saved == (DESK, PARTNER)
    assert office.vault.removed == []


async def test_a_profile_that_is_gone_is_neither_changed_nor_removed(office: Office) -> None:
    await office.keep(DESK)
    office.shelf.saved = (PARTNER,)
    with pytest.raises(ProfileError, match="not on the list any more"):
        office.book.rename(DESK, "Front desk")
    with pytest.raises(ProfileError, match="not on the list any more"):
        await office.book.remove(DESK)
    assert len(office.vault.kept) == 1


# Using


async def test_using_the_keys_is_noted(office: Office) -> None:
    await office.keep(DESK)
    later = office.pass_days(2)
    await office.book.open(DESK)
    note = office.book.note(DESK)
    assert note is not None
    assert (note.made_at, note.used_at, note.proven_at) == (NOON, later, None)


async def test_a_good_test_is_noted_and_leaves_the_rest_of_the_note(office: Office) -> None:
    await office.keep(DESK)
    await office.book.open(DESK)
    later = office.pass_days(2)
    office.book.proven(DESK)
    note = office.book.note(DESK)
    assert note is not None
    assert (note.made_at, note.used_at, note.proven_at) == (NOON, NOON, later)
    assert later == NOON + timedelta(days=2)


async def test_f_k09_a_host_that_was_edited_in_the_file_opens_nothing(office: Office) -> None:
    await office.keep(PARTNER)
    office.shelf.saved = (DESK, msgspec.structs.replace(PARTNER, host=ELSEWHERE))
    (*_others, edited) = office.book.profiles
    with pytest.raises(PinError, match=ELSEWHERE):
        await office.book.open(edited)
    note = office.book.note(edited)
    assert note is not None
    assert note.used_at is None


async def test_f_k09_an_edited_environment_finds_no_keys(office: Office) -> None:
    await office.keep(DESK)
    with pytest.raises(VaultError):
        await office.book.open(msgspec.structs.replace(DESK, environment=Environment.PRODUCTION))


async def test_half_of_a_pair_of_keys_opens_nothing(office: Office) -> None:
    await office.vault.keep(DESK, Credentials({ACCESS: Secret(canary())}), Place.KEYRING)
    with pytest.raises(VaultError, match="not whole"):
        await office.book.open(DESK)


async def test_a_passphrase_is_asked_for_until_it_is_the_one(office: Office) -> None:
    kept = await office.keep(DESK, Place.PASSPHRASE, "four unrelated words")
    office.typed = [Secret("wrong"), Secret("four unrelated words")]
    assert await office.book.open_asking(DESK, office.ask) == kept
    assert [words.split(" ")[0] for words in office.asked] == ["The", "This"]


async def test_who_would_rather_not_type_it_gets_no_keys(office: Office) -> None:
    await office.keep(DESK, Place.PASSPHRASE, "four unrelated words")
    office.typed = [None]
    with pytest.raises(VaultError, match="stay locked"):
        await office.book.open_asking(DESK, office.ask)


# Whether new keys may go to the host in the file


async def test_kept_keys_prove_the_host_that_was_confirmed(office: Office) -> None:
    await office.keep(PARTNER)
    assert await office.book.is_pinned(PARTNER, office.ask)


async def test_the_venues_own_hosts_need_no_proof(office: Office) -> None:
    assert await office.book.is_pinned(DESK, office.ask)


async def test_without_keys_nothing_proves_a_host(office: Office) -> None:
    assert not await office.book.is_pinned(PARTNER, office.ask)


async def test_f_k09_kept_keys_that_name_another_host_refuse_new_ones(office: Office) -> None:
    await office.keep(PARTNER)
    with pytest.raises(PinError):
        await office.book.is_pinned(msgspec.structs.replace(PARTNER, host=ELSEWHERE), office.ask)
