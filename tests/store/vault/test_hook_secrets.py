"""Secrets of webhooks in a keyring that may be missing, locked, slow or lossy: kept whole, found again, removed, never another's."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from keyring import errors

from app.domain.environment import Environment
from app.domain.keys import Place, UnreadableSecretError, VaultError
from app.domain.profile import Profile, Provider, keyring_name
from app.domain.secret import Secret
from app.domain.webhook import LONGEST_URL, Subscription
from app.store import logs
from app.store.vault.errands import PATIENCE
from app.store.vault.hook_secrets import HookSecrets, entry, list_path
from app.store.vault.ring import Backend, NoKeyringError
from app.store.vault.vault import Vault
from tests.kit_canary import assert_absent, canary
from tests.store.vault.kit import CHEAP, FakeKeyring, Hanging, Hourglass, folders, short, vault

LEAGUE = Profile("League", Environment.SANDBOX, Provider.RANKACY)
PLAYED = Profile("Practice league", Environment.PRACTICE, Provider.RANKACY)
MADE_AT = datetime(2026, 9, 12, 12, tzinfo=UTC)
ONE = Subscription(1, "ODDS_UPDATED", "https://hooks.example.com/rankacy", True, MADE_AT)
TWO = Subscription(2, "MATCH_CREATED", "https://hooks.example.com/rankacy", True, MADE_AT)


def shelf(below: Path, keyring: Backend, profile: Profile = LEAGUE, hourglass: Hourglass | None = None) -> HookSecrets:
    """A new start of the program: nothing in its memory."""
    folders(below).settings.mkdir(parents=True, exist_ok=True)
    return HookSecrets(profile, folders(below), choose=lambda: keyring, sleep=hourglass.sleep if hourglass else asyncio.sleep)


def none_here() -> Backend:
    raise NoKeyringError("This computer has no keyring that is running.", "none")


def secret() -> Secret:
    return Secret(canary("hook"))


def failing(call: str, problem: Exception) -> Callable[[str], None]:
    def touched(now: str) -> None:
        if now == call:
            raise problem

    return touched


async def test_what_is_kept_is_found_after_a_restart_each_under_its_own_number(tmp_path: Path) -> None:
    keyring, one, two = FakeKeyring(), secret(), secret()
    await shelf(tmp_path, keyring).keep(ONE, one)
    await shelf(tmp_path, keyring).keep(TWO, two)
    again = shelf(tmp_path, keyring)
    assert (await again.read(ONE), await again.read(TWO)) == (one, two)
    assert await again.read(msgspec.structs.replace(ONE, id=3)) is None


async def test_no_keyring_is_asked_for_what_was_never_kept(tmp_path: Path) -> None:
    asked: list[str] = []
    assert await shelf(tmp_path, FakeKeyring(asked.append)).read(ONE) is None
    await shelf(tmp_path, FakeKeyring(asked.append)).remove(1)
    assert asked == []


@pytest.mark.parametrize(
    "other",
    [
        msgspec.structs.replace(ONE, event="MATCH_STARTED"),
        msgspec.structs.replace(ONE, target_url="https://hooks.example.com/other"),
        msgspec.structs.replace(ONE, created_at=MADE_AT + timedelta(seconds=3)),
    ],
)
async def test_a_number_that_belongs_to_another_one_now_finds_nothing(tmp_path: Path, other: Subscription) -> None:
    keyring = FakeKeyring()
    await shelf(tmp_path, keyring).keep(ONE, secret())
    assert await shelf(tmp_path, keyring).read(other) is None


@pytest.mark.parametrize("at", [None, MADE_AT + timedelta(milliseconds=900)])
async def test_a_time_that_is_told_with_other_fractions_or_not_at_all_is_the_same(tmp_path: Path, at: datetime | None) -> None:
    keyring, kept = FakeKeyring(), secret()
    await shelf(tmp_path, keyring).keep(ONE, kept)
    assert await shelf(tmp_path, keyring).read(msgspec.structs.replace(ONE, created_at=at)) == kept


async def test_the_longest_target_fits_into_an_entry_of_windows(tmp_path: Path) -> None:
    keyring = FakeKeyring()
    longest = msgspec.structs.replace(ONE, target_url="https://" + "x" * (LONGEST_URL - 8))
    await shelf(tmp_path, keyring).keep(longest, secret())
    assert max(map(len, keyring.entries.values())) <= 1_280
    with pytest.raises(VaultError, match="does not fit"):
        await shelf(tmp_path, keyring).keep(ONE, Secret("x" * 2_000))
    with pytest.raises(VaultError, match="does not fit"):
        await shelf(tmp_path, keyring).keep(ONE, Secret())


@pytest.mark.parametrize("bent", [lambda text: text[:-1], lambda _text: None, lambda text: text.lower()])
async def test_f_k03_a_keyring_that_loses_what_it_is_given_is_found_out_and_nothing_is_said_to_be_kept(
    tmp_path: Path, bent: Callable[[str], str | None]
) -> None:
    keyring, kept = FakeKeyring(bent=bent), Secret(canary("HOOK"))
    with pytest.raises(VaultError, match="loses what it is given") as caught:
        await shelf(tmp_path, keyring).keep(ONE, kept)
    assert keyring.entries == {}
    keyring.bent = lambda text: text
    assert await shelf(tmp_path, keyring).read(ONE) is None
    assert_absent([kept.reveal()], tmp_path, {"error": str(caught.value)})


async def test_a_failed_keeping_leaves_the_secret_that_was_there(tmp_path: Path) -> None:
    keyring, first = FakeKeyring(), secret()
    await shelf(tmp_path, keyring).keep(ONE, first)
    cuts = iter([-1])
    keyring.bent = lambda text: text[: next(cuts, None)]
    with pytest.raises(VaultError):
        await shelf(tmp_path, keyring).keep(ONE, secret())
    assert await shelf(tmp_path, keyring).read(ONE) == first


@pytest.mark.parametrize("call", ["get", "set"])
async def test_f_k03_a_locked_keyring_is_said_and_asked_again_later(tmp_path: Path, call: str) -> None:
    keyring, kept = FakeKeyring(failing(call, errors.KeyringLocked("no"))), secret()
    with pytest.raises(VaultError, match="is locked"):
        await shelf(tmp_path, keyring).keep(ONE, kept)
    keyring.touched = lambda _call: None
    await shelf(tmp_path, keyring).keep(ONE, kept)
    assert await shelf(tmp_path, keyring).read(ONE) == kept


async def test_what_may_lie_in_a_keyring_that_failed_stays_on_the_list(tmp_path: Path) -> None:
    """It was written, and then nothing could be asked any more."""
    keyring = FakeKeyring(failing("done", errors.KeyringLocked("no")))

    def lock_for_good(call: str) -> None:
        if call == "done":
            keyring.touched = failing("get", errors.KeyringLocked("no"))
            raise errors.KeyringLocked("no")

    keyring.touched = lock_for_good
    with pytest.raises(VaultError):
        await shelf(tmp_path, keyring).keep(ONE, secret())
    assert keyring.entries, "it lies there"
    keyring.touched = lambda _call: None
    await shelf(tmp_path, keyring).remove(1)
    assert keyring.entries == {}


async def test_f_k03_a_slow_keyring_is_given_up_and_writes_nothing_afterwards(tmp_path: Path) -> None:
    hanging, hourglass = Hanging("get"), Hourglass()
    keyring = FakeKeyring(hanging)
    keeping = asyncio.create_task(shelf(tmp_path, keyring, hourglass=hourglass).keep(ONE, secret()))
    await hanging.reached()
    await hourglass.run_out(keeping)
    with pytest.raises(VaultError, match="did not answer"):
        await keeping
    hanging.may_go.set()
    keyring.touched = lambda _call: None
    assert await shelf(tmp_path, keyring).read(ONE) is None


async def test_f_k03_without_a_keyring_practice_keeps_them_for_the_run_and_nothing_else_does(tmp_path: Path) -> None:
    where, kept = folders(tmp_path), secret()
    where.settings.mkdir(parents=True)
    played = HookSecrets(PLAYED, where, choose=none_here)
    await played.keep(ONE, kept)
    assert await played.read(ONE) == kept
    assert (played.is_of_this_run(1), played.is_of_this_run(2)) == (True, False)
    assert await HookSecrets(PLAYED, where, choose=none_here).read(ONE) is None
    await played.remove(1)
    assert await played.read(ONE) is None
    with pytest.raises(VaultError, match="no keyring"):
        await HookSecrets(LEAGUE, where, choose=none_here).keep(ONE, kept)
    assert_absent([kept.reveal()], tmp_path)


async def test_an_entry_that_cannot_be_understood_is_told_from_a_keyring_that_fails(tmp_path: Path) -> None:
    keyring = FakeKeyring()
    await shelf(tmp_path, keyring).keep(ONE, secret())
    (name,) = keyring.entries
    keyring.entries[name] = "garbage"
    with pytest.raises(UnreadableSecretError, match="of subscription 1 cannot be understood"):
        await shelf(tmp_path, keyring).read(ONE)


async def test_removing_takes_it_off_the_keyring_and_off_the_list(tmp_path: Path) -> None:
    keyring = FakeKeyring()
    for one in (ONE, TWO):
        await shelf(tmp_path, keyring).keep(one, secret())
    await shelf(tmp_path, keyring).remove(1)
    assert [service for service, _user in keyring.entries] == [entry(LEAGUE, 2)]
    assert await shelf(tmp_path, keyring).read(ONE) is None


async def test_what_cannot_be_removed_stays_on_the_list_for_the_next_time(tmp_path: Path) -> None:
    keyring = FakeKeyring()
    await shelf(tmp_path, keyring).keep(ONE, secret())
    keyring.touched = failing("delete", errors.PasswordDeleteError("no"))
    with pytest.raises(VaultError):
        await shelf(tmp_path, keyring).remove(1)
    keyring.touched = lambda _call: None
    await shelf(tmp_path, keyring).remove(1)
    assert keyring.entries == {}


async def test_a_settings_folder_that_cannot_be_written_puts_nothing_into_the_keyring(tmp_path: Path) -> None:
    keyring, where = FakeKeyring(), folders(tmp_path)
    where.settings.write_text("in the way")
    with pytest.raises(VaultError, match="cannot be written"):
        await HookSecrets(LEAGUE, where, choose=lambda: keyring).keep(ONE, secret())
    assert keyring.entries == {}


async def test_a_damaged_list_loses_no_secret_and_is_made_whole_again(tmp_path: Path) -> None:
    keyring, kept = FakeKeyring(), secret()
    await shelf(tmp_path, keyring).keep(ONE, kept)
    list_path(LEAGUE, folders(tmp_path)).write_text("{")
    assert await shelf(tmp_path, keyring).read(ONE) == kept
    assert await shelf(tmp_path, keyring).read(ONE) == kept, "after a restart too"


async def test_that_a_list_was_damaged_is_known_to_the_next_run_though_the_keyring_was_locked_in_this_one(tmp_path: Path) -> None:
    keyring, kept = FakeKeyring(), secret()
    await shelf(tmp_path, keyring).keep(ONE, kept)
    list_path(LEAGUE, folders(tmp_path)).write_text("{")
    keyring.touched = failing("get", errors.KeyringLocked("no"))
    with pytest.raises(VaultError):
        await shelf(tmp_path, keyring).read(ONE)
    keyring.touched = lambda _call: None
    await shelf(tmp_path, keyring).keep(TWO, secret())
    assert await shelf(tmp_path, keyring).read(ONE) == kept


async def test_keys_that_a_list_holds_beside_its_own_do_not_make_it_a_damaged_one(tmp_path: Path) -> None:
    asked: list[str] = []
    keyring = FakeKeyring()
    await shelf(tmp_path, keyring).keep(TWO, secret())
    path = list_path(LEAGUE, folders(tmp_path))
    path.write_text(path.read_text().replace("{", '{"colour": 1,', 1))
    keyring.touched = asked.append
    assert await shelf(tmp_path, keyring).read(ONE) is None
    assert asked == []


async def test_a_secret_that_a_damaged_list_does_not_name_goes_with_its_subscription(tmp_path: Path) -> None:
    keyring = FakeKeyring()
    await shelf(tmp_path, keyring).keep(ONE, secret())
    list_path(LEAGUE, folders(tmp_path)).write_text("{")
    await shelf(tmp_path, keyring).remove(1)
    assert keyring.entries == {}


async def test_a_removed_profile_whose_list_was_damaged_says_what_may_still_be_in_the_keyring(tmp_path: Path) -> None:
    keyring = FakeKeyring()
    for one in (ONE, TWO):
        await shelf(tmp_path, keyring).keep(one, secret())
    list_path(LEAGUE, folders(tmp_path)).write_text('{"ids": [1')
    assert await shelf(tmp_path, keyring).read(TWO) is not None, "it is on the new list from now on"
    words = await vault(tmp_path, keyring).remove(LEAGUE)
    assert "The secret of 1 webhook subscription was removed from the keyring." in words
    (lost,) = [sentence for sentence in words if "damaged" in sentence]
    assert f"{keyring_name(LEAGUE)}/webhook/<number>" in lost
    assert list(keyring.entries) == [(entry(LEAGUE, 1), "credentials")]
    assert await vault(tmp_path, keyring).remove(LEAGUE) == ()


async def test_a_profile_without_webhooks_says_nothing_of_them_when_it_is_removed(tmp_path: Path) -> None:
    one = vault(tmp_path, FakeKeyring())
    await one.keep(LEAGUE, short(), Place.KEYRING)
    assert not [sentence for sentence in await one.remove(LEAGUE) if "webhook" in sentence]


async def test_a_profile_of_a_sealed_file_can_be_removed_without_the_keyring_that_holds_its_webhooks(tmp_path: Path) -> None:
    keyring, typed = FakeKeyring(), Secret(canary("passphrase"))
    await vault(tmp_path, keyring).keep(LEAGUE, short(), Place.PASSPHRASE, typed)
    for one in (ONE, TWO):
        await shelf(tmp_path, keyring).keep(one, secret())
    words = await Vault(folders(tmp_path), choose=none_here, cost=CHEAP).remove(LEAGUE)
    assert not list((tmp_path / "data" / "keys").iterdir())
    assert f"{keyring_name(LEAGUE)}/webhook/<number> of the subscriptions 1, 2 may still be in it." in words[-1]
    later = await vault(tmp_path, keyring).remove(LEAGUE)
    assert "The secrets of 2 webhook subscriptions were removed from the keyring." in later, "a keyring that is back is tidied up"
    assert keyring.entries == {}


async def test_a_locked_keyring_keeps_the_profile_and_its_keys_are_gone_already(tmp_path: Path) -> None:
    keyring = FakeKeyring()
    await vault(tmp_path, keyring).keep(LEAGUE, short(), Place.PASSPHRASE, Secret(canary("passphrase")))
    await shelf(tmp_path, keyring).keep(ONE, secret())
    one = vault(tmp_path, keyring)
    keyring.touched = failing("delete", errors.KeyringLocked("no"))
    with pytest.raises(VaultError, match=r"Not everything was removed\. The keyring .* is locked.* The sealed file .* was removed\."):
        await one.remove(LEAGUE)
    assert not list((tmp_path / "data" / "keys").iterdir())
    keyring.touched = lambda _call: None
    assert await one.remove(LEAGUE) == ("The secret of 1 webhook subscription was removed from the keyring.",)
    assert keyring.entries == {}


async def test_a_keyring_that_hung_before_and_hangs_again_lets_the_profile_go(tmp_path: Path) -> None:
    keyring, hourglass = FakeKeyring(), Hourglass()
    await shelf(tmp_path, keyring).keep(ONE, secret())
    one = vault(tmp_path, keyring, hourglass)
    keyring.touched = dialog = Hanging("get")
    removing = asyncio.create_task(one.remove(LEAGUE))
    await dialog.reached()
    while not removing.done():
        await hourglass.turn(PATIENCE)
    with pytest.raises(VaultError, match="Not everything was removed"):
        await removing
    dialog.may_go.set()
    keyring.touched = second = Hanging("get")
    again = asyncio.create_task(one.remove(LEAGUE))
    await second.reached()
    while not again.done():
        await hourglass.turn(PATIENCE)
    assert any("of the subscription 1 may still be in it." in sentence for sentence in await again)
    second.may_go.set()


async def test_a_profile_that_is_removed_takes_all_of_its_secrets_along_and_nobody_elses(tmp_path: Path) -> None:
    keyring, other = FakeKeyring(), Profile("Other league", Environment.SANDBOX, Provider.RANKACY)
    for one in (ONE, TWO):
        await shelf(tmp_path, keyring).keep(one, secret())
    await shelf(tmp_path, keyring, other).keep(ONE, secret())
    words = await vault(tmp_path, keyring).remove(LEAGUE)
    assert "The secrets of 2 webhook subscriptions were removed from the keyring." in words
    assert [service for service, _user in keyring.entries] == [entry(other, 1)]
    assert not list_path(LEAGUE, folders(tmp_path)).exists()


async def test_a_secret_is_on_no_disk_and_hidden_from_the_logs(tmp_path: Path) -> None:
    keyring, kept = FakeKeyring(), secret()
    await shelf(tmp_path, keyring).keep(ONE, kept)
    assert kept.reveal() not in logs.clean(f"somebody says {kept.reveal()}")
    assert_absent([kept.reveal()], tmp_path)


async def test_rotations_are_kept_with_the_list_and_outlive_what_else_is_written_to_it(tmp_path: Path) -> None:
    keyring = FakeKeyring()
    shelf(tmp_path, keyring).keep_rotations([(1, 2)])
    await shelf(tmp_path, keyring).keep(ONE, secret())
    await shelf(tmp_path, keyring).remove(ONE.id)
    again = shelf(tmp_path, keyring)
    assert (again.rotations(), again.listed()) == (((1, 2),), ())
    await again.keep(TWO, secret())
    again.keep_rotations([])
    assert (again.rotations(), again.listed()) == ((), (2,))
