"""The vault on a keyring that works: what is kept is read again by the next start, bound to its profile, and removed whole."""

from __future__ import annotations

import logging
import threading
from pathlib import Path

import msgspec
import pytest

from app.domain.environment import Environment
from app.domain.keys import ACCESS, API_KEY, SECRET, Credentials, KeyNote, NoKeysError, Place, VaultError
from app.domain.profile import Profile, Provider, keyring_name
from app.domain.secret import Secret
from app.services.setup import ports
from app.store.vault.contents import ENTRY_LIMIT
from app.store.vault.errands import Errand
from app.store.vault.notes import Notes
from app.store.vault.sealed_file import path_of
from app.store.vault.vault import Vault
from tests.store.vault.kit import MAIN, NOW, PARTNER, FakeKeyring, folders, long, safe, short, vault

TYPED = Secret("a passphrase of some length")


@pytest.fixture
def keyring() -> FakeKeyring:
    return FakeKeyring()


def file_of(below: Path, profile: Profile) -> Path:
    return path_of(below / "data" / "keys", profile)


def test_it_is_the_vault_that_the_setup_asks_for(tmp_path: Path, keyring: FakeKeyring) -> None:
    asked: ports.Vault = vault(tmp_path, keyring)
    assert asked.place(MAIN) is None


async def test_a_pair_of_keys_is_one_entry_that_windows_can_hold(tmp_path: Path, keyring: FakeKeyring) -> None:
    kept = short("https://partner.example")
    await vault(tmp_path, keyring).keep(MAIN, kept, Place.KEYRING)
    assert await vault(tmp_path, keyring).read(MAIN) == kept
    assert list(keyring.entries) == [(keyring_name(MAIN), "credentials")]
    assert len(*keyring.entries.values()) <= ENTRY_LIMIT
    assert not (tmp_path / "data").exists()


async def test_a_private_key_is_a_sealed_file_whose_key_is_in_the_keyring(tmp_path: Path, keyring: FakeKeyring) -> None:
    kept = long("https://partner.example")
    await vault(tmp_path, keyring).keep(PARTNER, kept, Place.KEYRING)
    assert await vault(tmp_path, keyring).read(PARTNER) == kept
    assert [one.name for one in (tmp_path / "data" / "keys").iterdir()] == ["partner one-sandbox-omnibus.sealed"]
    everything = file_of(tmp_path, PARTNER).read_text() + "".join(keyring.entries.values())
    assert kept.parts["private_key"].reveal()[:40] not in everything
    assert len(*keyring.entries.values()) < 300


@pytest.mark.parametrize("too_many", [0, 1])
async def test_an_entry_is_as_long_as_its_limit_and_no_longer(tmp_path: Path, keyring: FakeKeyring, too_many: int) -> None:
    rankacy = Profile("feed", Environment.SANDBOX, Provider.RANKACY)
    await vault(tmp_path, keyring).keep(rankacy, Credentials({API_KEY: Secret("x")}), Place.KEYRING)
    room = ENTRY_LIMIT - len(*keyring.entries.values()) + 1
    await vault(tmp_path, keyring).keep(rankacy, Credentials({API_KEY: Secret("x" * (room + too_many))}), Place.KEYRING)
    assert file_of(tmp_path, rankacy).exists() == bool(too_many)
    assert (await vault(tmp_path, keyring).read(rankacy)).parts[API_KEY] == Secret("x" * (room + too_many))


async def test_the_limit_counts_as_windows_does(tmp_path: Path, keyring: FakeKeyring) -> None:
    """In UTF-16, where a picture is two."""
    rankacy, kept = Profile("feed", Environment.SANDBOX, Provider.RANKACY), Credentials({API_KEY: Secret("\U0001f3df" * 600)})
    await vault(tmp_path, keyring).keep(rankacy, kept, Place.KEYRING)
    assert file_of(tmp_path, rankacy).exists()
    assert await vault(tmp_path, keyring).read(rankacy) == kept


@pytest.mark.parametrize("place", [*Place, None])
async def test_what_a_killed_rehearsal_left_goes_with_the_next_change(tmp_path: Path, keyring: FakeKeyring, place: Place | None) -> None:
    one = vault(tmp_path, keyring)
    await one.keep(MAIN, short(), Place.KEYRING)
    keyring.entries[f"{keyring_name(MAIN)}/trial", "credentials"] = "left"
    await (one.keep(MAIN, short(), place, TYPED) if place else one.remove(MAIN))
    assert len(keyring.entries) == (place is Place.KEYRING)


async def test_a_passphrase_seals_a_file_and_asks_no_keyring(tmp_path: Path, keyring: FakeKeyring) -> None:
    kept, asked = short(), list[str]()
    keyring.touched = asked.append
    first = vault(tmp_path, keyring)
    await first.keep(MAIN, kept, Place.PASSPHRASE, TYPED)
    asked.clear()
    assert await vault(tmp_path, keyring).read(MAIN, TYPED) == kept
    assert not asked
    assert not keyring.entries


async def test_what_is_kept_for_the_session_is_gone_at_the_next_start(tmp_path: Path, keyring: FakeKeyring) -> None:
    first, kept = vault(tmp_path, keyring), short()
    await first.keep(MAIN, kept, Place.SESSION)
    assert await first.read(MAIN) == kept
    assert first.place(MAIN) is Place.SESSION
    assert not keyring.entries
    second = vault(tmp_path, keyring)
    assert second.place(MAIN) is None
    with pytest.raises(NoKeysError, match=r"for one run only\. Enter or make new ones: Profiles and keys \(Ctrl\+P\) → New keys…$"):
        await second.read(MAIN)


@pytest.mark.parametrize("place", Place)
@pytest.mark.parametrize("before", Place)
async def test_what_lay_in_another_place_is_removed_from_it(tmp_path: Path, keyring: FakeKeyring, before: Place, place: Place) -> None:
    one, new = vault(tmp_path, keyring), long()
    await one.keep(MAIN, long(), before, TYPED)
    await one.keep(MAIN, new, place, TYPED)
    assert await one.read(MAIN, TYPED) == new
    assert one.place(MAIN) is place
    assert bool(keyring.entries) == (place is Place.KEYRING)
    assert file_of(tmp_path, MAIN).exists() == (place is not Place.SESSION)
    assert one.problems(MAIN) == ()


async def test_a_rotated_file_has_a_new_key_and_the_old_one_is_gone(tmp_path: Path, keyring: FakeKeyring) -> None:
    one = vault(tmp_path, keyring)
    await one.keep(MAIN, long(), Place.KEYRING)
    old_file, old_entry = file_of(tmp_path, MAIN).read_bytes(), keyring.entries.copy()
    await one.keep(MAIN, long(), Place.KEYRING)
    assert len(keyring.entries) == 1
    new_entry = msgspec.json.decode(*keyring.entries.values())
    assert len(new_entry["keys"]) == 1
    assert new_entry["keys"] != msgspec.json.decode(*old_entry.values())["keys"]
    file_of(tmp_path, MAIN).write_bytes(old_file)
    with pytest.raises(VaultError, match="does not open"):
        await one.read(MAIN)


@pytest.mark.parametrize(
    "other",
    [
        Profile("other", MAIN.environment, MAIN.provider),
        Profile("main", Environment.PRODUCTION, MAIN.provider),
        Profile("main", MAIN.environment, Provider.OMNIBUS),
    ],
    ids=["name", "environment", "provider"],
)
@pytest.mark.parametrize("place", [Place.KEYRING, Place.PASSPHRASE])
@pytest.mark.parametrize("kept", [short(), long()], ids=["short", "long"])
async def test_what_is_copied_to_another_profile_does_not_open(
    tmp_path: Path, keyring: FakeKeyring, other: Profile, place: Place, kept: Credentials
) -> None:
    one = vault(tmp_path, keyring)
    await one.keep(MAIN, kept, place, TYPED)
    for (service, user), text in list(keyring.entries.items()):
        keyring.entries[service.replace(keyring_name(MAIN), keyring_name(other)), user] = text
    if file_of(tmp_path, MAIN).exists():
        file_of(tmp_path, other).write_bytes(file_of(tmp_path, MAIN).read_bytes())
    one.write_note(other, KeyNote(place, NOW))
    with pytest.raises(VaultError):
        await one.read(other, TYPED)
    assert await one.read(MAIN, TYPED) == kept


async def test_even_an_entry_that_names_the_other_profile_does_not_open_its_file(tmp_path: Path, keyring: FakeKeyring) -> None:
    one, other = vault(tmp_path, keyring), Profile("main", Environment.PRODUCTION, MAIN.provider)
    await one.keep(MAIN, long(), Place.KEYRING)
    text = keyring.entries[keyring_name(MAIN), "credentials"]
    keyring.entries[keyring_name(other), "credentials"] = text.replace(keyring_name(MAIN), keyring_name(other))
    file_of(tmp_path, other).write_bytes(file_of(tmp_path, MAIN).read_bytes())
    with pytest.raises(VaultError, match="does not open"):
        await one.read(other)


async def test_a_pair_from_before_the_wizard_is_read_and_gives_way_to_the_next(tmp_path: Path, keyring: FakeKeyring) -> None:
    old, new, one = short(), short(), vault(tmp_path, keyring)
    for part in (ACCESS, SECRET):
        keyring.entries[keyring_name(MAIN), part] = old.parts[part].reveal()
    assert await one.read(MAIN) == old
    await one.keep(MAIN, new, Place.KEYRING)
    assert await one.read(MAIN) == new
    assert list(keyring.entries) == [(keyring_name(MAIN), "credentials")]


async def test_half_a_pair_from_before_is_none(tmp_path: Path, keyring: FakeKeyring) -> None:
    keyring.entries[keyring_name(MAIN), ACCESS] = "half"
    with pytest.raises(NoKeysError, match="no keys for the profile 'main'"):
        await vault(tmp_path, keyring).read(MAIN)
    assert await vault(tmp_path, keyring).remove(MAIN) == (
        "The entry overround/SANDBOX/trading/main was removed from the keyring (Fake Keyring).",
    )
    assert not keyring.entries


@pytest.mark.parametrize(
    ("place", "words"),
    [
        (Place.KEYRING, ("The sealed file ", "The entry overround/")),
        (Place.PASSPHRASE, ("The sealed file ",)),
        (Place.SESSION, ("The keys that this run remembered ",)),
    ],
)
async def test_a_removal_says_what_it_removed(tmp_path: Path, keyring: FakeKeyring, place: Place, words: tuple[str, ...]) -> None:
    one = vault(tmp_path, keyring)
    await one.keep(MAIN, long(), place, TYPED)
    said = await one.remove(MAIN)
    assert len(said) == len(words)
    assert all(sentence.startswith(start) for sentence, start in zip(said, words, strict=True))
    assert (one.place(MAIN), one.note(MAIN)) == (None, None)
    assert not keyring.entries
    with pytest.raises(NoKeysError):
        await one.read(MAIN, TYPED)
    assert await one.remove(MAIN) == ()


async def test_a_file_that_is_gone_and_a_key_that_is_gone_are_told_apart(tmp_path: Path, keyring: FakeKeyring) -> None:
    one = vault(tmp_path, keyring)
    await one.keep(MAIN, long(), Place.KEYRING)
    box = file_of(tmp_path, MAIN).read_bytes()
    file_of(tmp_path, MAIN).unlink()
    with pytest.raises(NoKeysError, match="that file is gone"):
        await one.read(MAIN)
    file_of(tmp_path, MAIN).write_bytes(box)
    keyring.entries.clear()
    with pytest.raises(NoKeysError, match="has no key for"):
        await one.read(MAIN)


async def test_a_lost_note_loses_no_keys(tmp_path: Path, keyring: FakeKeyring) -> None:
    for place in (Place.KEYRING, Place.PASSPHRASE):
        for kept in (short(), long()):
            await vault(tmp_path, keyring).keep(MAIN, kept, place, TYPED)
            (tmp_path / "settings" / "keys.json").unlink()
            assert await vault(tmp_path, keyring).read(MAIN, TYPED) == kept


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", '{"version": 1}', '{"version": 1, "name": "overround/SANDBOX/trading/main"}', '{"version": "x"}', "\0" * 50, "9" * 500],
)
async def test_an_entry_that_is_damaged_is_said_without_a_word_of_it_and_replaced(tmp_path: Path, keyring: FakeKeyring, text: str) -> None:
    keyring.entries[keyring_name(MAIN), "credentials"] = text
    one, new = vault(tmp_path, keyring), long()
    with pytest.raises(VaultError, match="enter") as caught:
        await one.read(MAIN)
    assert caught.value.__cause__ is None
    await one.keep(MAIN, new, Place.KEYRING)
    assert await one.read(MAIN) == new


async def test_what_a_later_version_kept_is_neither_read_nor_replaced(tmp_path: Path, keyring: FakeKeyring) -> None:
    one, text = vault(tmp_path, keyring), '{"version": 2, "name": 7}'
    keyring.entries[keyring_name(MAIN), "credentials"] = text
    with pytest.raises(VaultError, match="its version is 2"):
        await one.read(MAIN)
    for new in (short(), long()):
        with pytest.raises(VaultError, match="its version is 2"):
            await one.keep(MAIN, new, Place.KEYRING)
    assert list(keyring.entries.values()) == [text]


async def test_a_key_that_is_no_text_or_too_long_is_refused_in_words(tmp_path: Path, keyring: FakeKeyring) -> None:
    one = vault(tmp_path, keyring)
    for part, words in (("\ud800", "no text"), ("x" * 100_001, "100,001 characters")):
        with pytest.raises(VaultError, match=words):
            await one.keep(MAIN, Credentials({SECRET: Secret(part)}), Place.KEYRING)
    assert not keyring.entries


async def test_a_note_is_made_with_the_keys_and_holds_none_of_them(tmp_path: Path, keyring: FakeKeyring) -> None:
    one, kept = vault(tmp_path, keyring), short()
    await one.keep(MAIN, kept, Place.KEYRING)
    assert one.note(MAIN) == KeyNote(Place.KEYRING, NOW)
    proven = KeyNote(Place.KEYRING, NOW, proven_at=NOW, fingerprint="AB12 CD34")
    one.write_note(MAIN, proven)
    again = vault(tmp_path, keyring)
    assert again.note(MAIN) == proven
    assert again.note(PARTNER) is None
    text = (tmp_path / "settings" / "keys.json").read_text()
    assert not any(part.reveal() in text for part in kept.parts.values())


async def test_a_note_that_cannot_be_written_is_logged_and_remembered_for_this_run(
    tmp_path: Path, keyring: FakeKeyring, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "settings").write_text("a file where a folder should be")
    one, kept = vault(tmp_path, keyring), long()
    with caplog.at_level(logging.WARNING):
        await one.keep(MAIN, kept, Place.PASSPHRASE, TYPED)
    assert "could not be written" in caplog.text
    assert one.place(MAIN) is Place.PASSPHRASE
    assert await one.read(MAIN, TYPED) == kept
    assert await vault(tmp_path, keyring).read(MAIN, TYPED) == kept


async def test_a_note_of_a_wrong_type_is_set_aside(tmp_path: Path, keyring: FakeKeyring, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "settings" / "keys.json"
    path.parent.mkdir()
    path.write_text('{"version": 1, "keys": {"overround/SANDBOX/trading/main": {"place": "cupboard"}}}')
    assert vault(tmp_path, keyring).note(MAIN) is None
    assert "keys.json cannot be used" in caplog.text


def test_nothing_is_written_before_something_is_kept(tmp_path: Path, keyring: FakeKeyring) -> None:
    one = Vault(folders(tmp_path), choose=lambda: keyring)
    assert (one.place(MAIN), one.note(MAIN), one.problems(MAIN)) == (None, None, ())
    assert list(tmp_path.iterdir()) == []


async def test_keys_that_another_program_rotates_between_two_looks_are_read(tmp_path: Path, keyring: FakeKeyring) -> None:
    one, new = vault(tmp_path, keyring), long()
    await one.keep(MAIN, long(), Place.KEYRING)
    other = safe(tmp_path, lambda: keyring)

    def rotate(call: str) -> None:
        if call == "got":
            keyring.touched = lambda _call: None
            other.keep(MAIN, new, Place.KEYRING, TYPED, Errand())

    keyring.touched = rotate
    assert await one.read(MAIN) == new


@pytest.mark.parametrize("place", [Place.KEYRING, Place.PASSPHRASE])
async def test_a_note_of_keys_for_one_run_that_cannot_be_changed_lets_nothing_be_kept_under_it(
    tmp_path: Path, keyring: FakeKeyring, place: Place
) -> None:
    one, old, notes = vault(tmp_path, keyring), short(), tmp_path / "settings" / "keys.json"
    await one.keep(MAIN, old, Place.SESSION)
    plain = msgspec.json.decode(notes.read_bytes())
    theirs = {
        f"overround/SANDBOX/trading/desk {number}": {"place": "keyring", "made_at": "2026-11-21T14:03:09Z"} for number in range(10_000)
    }
    notes.write_bytes(
        msgspec.json.encode({**plain, "keys": {**plain["keys"], **theirs}})
    )  # just short enough to be read, too long to be written
    with pytest.raises(VaultError, match="for this run only"):
        await one.keep(MAIN, short(), place, TYPED)
    assert await one.read(MAIN) == old
    assert not keyring.entries
    with pytest.raises(NoKeysError):
        await vault(tmp_path, keyring).read(MAIN, TYPED)


async def test_a_failure_to_keep_leaves_the_note_of_keys_for_one_run(tmp_path: Path, keyring: FakeKeyring) -> None:
    one = vault(tmp_path, keyring)
    await one.keep(MAIN, short(), Place.SESSION)
    with pytest.raises(VaultError, match="passphrase"):
        await one.keep(MAIN, short(), Place.PASSPHRASE)
    note = vault(tmp_path, keyring).note(MAIN)
    assert note is not None
    assert note.place is Place.SESSION


def test_two_programs_that_note_at_once_lose_no_note(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    profiles = [Profile(f"desk {number}", MAIN.environment, MAIN.provider) for number in range(40)]
    start = threading.Barrier(2)

    def write(mine: list[Profile]) -> None:
        notes = Notes(path, now=lambda: NOW)
        start.wait(30)
        for profile in mine:
            assert notes.put(profile, KeyNote(Place.KEYRING, NOW))

    programs = [threading.Thread(target=write, args=(profiles[half::2],)) for half in range(2)]
    for program in programs:
        program.start()
    for program in programs:
        program.join(60)
    found = Notes(path, now=lambda: NOW)
    assert [profile.name for profile in profiles if found.get(profile) is None] == []


async def test_an_issuer_is_kept_with_its_key_and_one_without_still_opens(tmp_path: Path, keyring: FakeKeyring) -> None:
    one, kept = vault(tmp_path, keyring), long()
    await one.keep(PARTNER, kept, Place.KEYRING)
    assert await one.read(PARTNER) == kept
    named = msgspec.structs.replace(kept, issuer="issuer-1", key_id="key-1", replaces=("issuer-0", ""))
    await one.keep(PARTNER, named, Place.PASSPHRASE, TYPED)
    assert await vault(tmp_path, keyring).read(PARTNER, TYPED) == named


@pytest.mark.parametrize("has_note", [False, True])
@pytest.mark.parametrize("where", [Place.KEYRING, Place.PASSPHRASE, "old form", "damaged"])
async def test_it_holds_what_no_note_tells_of(tmp_path: Path, keyring: FakeKeyring, where: Place | str, has_note: bool) -> None:
    one = vault(tmp_path, keyring)
    assert not await one.holds(MAIN, Place.PASSPHRASE)
    if isinstance(where, Place):
        await one.keep(MAIN, short(), where, TYPED)
    else:
        keyring.entries[keyring_name(MAIN), ACCESS if where == "old form" else "credentials"] = "half"
    if not has_note:
        (tmp_path / "settings" / "keys.json").unlink(missing_ok=True)
    assert await vault(tmp_path, keyring).holds(MAIN, Place.PASSPHRASE)
    assert not await vault(tmp_path, keyring).holds(PARTNER, Place.PASSPHRASE)
