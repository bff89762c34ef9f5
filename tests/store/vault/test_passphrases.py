"""Passphrases as people type them (I-65): what works on every system, and what is refused in words."""

from __future__ import annotations

import asyncio
import time
import unicodedata
from pathlib import Path

import msgspec
import pytest

from app.domain.keys import PassphraseError, Place, VaultError
from app.domain.secret import Secret
from app.store.vault.sealed_file import path_of
from app.store.vault.vault import Vault
from tests.store.vault.kit import MAIN, FakeKeyring, folders, long, short, vault

ZOE = "Zoë’s Grüße"


async def test_i65_a_passphrase_typed_on_another_system_is_the_same_one(tmp_path: Path) -> None:
    one, kept = vault(tmp_path, FakeKeyring()), long()
    await one.keep(MAIN, kept, Place.PASSPHRASE, Secret(unicodedata.normalize("NFC", ZOE)))
    assert await one.read(MAIN, Secret(unicodedata.normalize("NFD", ZOE))) == kept


@pytest.mark.parametrize(
    "text",
    ["כספת סודית", "كلمة السر", "\u202egnihtemos", "🗝️🏟️", " ", "x" * 1_000],
    ids=["Hebrew", "Arabic", "override", "pictures", "a space", "longest"],
)
async def test_i65_a_passphrase_may_be_of_any_script_and_a_thousand_characters(tmp_path: Path, text: str) -> None:
    one, kept = vault(tmp_path, FakeKeyring()), short()
    passphrase = Secret(f"{text} and more"[:1_000])
    await one.keep(MAIN, kept, Place.PASSPHRASE, passphrase)
    assert await vault(tmp_path, FakeKeyring()).read(MAIN, passphrase) == kept


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "empty one protects nothing"),
        ("     ", "more than spaces"),
        ("x" * 1_001, "at most 1,000 characters; this one has 1,001"),
        ("x" * 1_000_000, "this one has 1,000,000"),
        ("s3cr3t\0", "control characters"),
        ("s3cr3t\n", "control characters"),
        ("s3cr3t\ud800", "control characters"),
    ],
    ids=["empty", "spaces", "too long", "a megabyte", "NUL", "line end", "half a character"],
)
async def test_i65_a_passphrase_that_cannot_be_is_refused_in_words_and_the_old_keys_stay(tmp_path: Path, text: str, words: str) -> None:
    one, old = vault(tmp_path, FakeKeyring()), short()
    await one.keep(MAIN, old, Place.KEYRING)
    with pytest.raises(VaultError, match=words) as caught:
        await one.keep(MAIN, short(), Place.PASSPHRASE, Secret(text))
    assert "s3cr3t" not in str(caught.value)
    assert await one.read(MAIN) == old
    assert not path_of(tmp_path / "data" / "keys", MAIN).exists()


@pytest.mark.parametrize("text", ["", "s3cr3t", "x" * 2_000, "with a NUL \0"], ids=["none", "another", "too long", "NUL"])
async def test_i65_another_passphrase_than_the_one_is_asked_for_again(tmp_path: Path, text: str) -> None:
    one, kept = vault(tmp_path, FakeKeyring()), short()
    await one.keep(MAIN, kept, Place.PASSPHRASE, Secret("the right one"))
    with pytest.raises(PassphraseError) as caught:
        await one.read(MAIN, Secret(text))
    assert not text or text not in str(caught.value)
    assert await one.read(MAIN, Secret("the right one")) == kept


@pytest.mark.parametrize("change", [{"n": 2**30}, {"n": 2}, {"r": 2**20}, {"p": 2**20}, {"n": 131_071}], ids=str)
async def test_a_doctored_file_takes_no_more_memory_and_time_than_ours(tmp_path: Path, change: dict[str, int]) -> None:
    one = vault(tmp_path, FakeKeyring())
    await one.keep(MAIN, short(), Place.PASSPHRASE, Secret("the right one"))
    path = path_of(tmp_path / "data" / "keys", MAIN)
    box = msgspec.json.decode(path.read_bytes())
    box["scrypt"] |= change
    path.write_bytes(msgspec.json.encode(box))
    with pytest.raises(VaultError, match="was changed"):
        await one.read(MAIN, Secret("the right one"))


async def test_the_loop_goes_on_while_a_passphrase_is_worked_on(tmp_path: Path) -> None:
    """At the cost that people get: half a second of work, in another thread."""
    one, longest = Vault(folders(tmp_path), choose=FakeKeyring), 0.0
    keeping = asyncio.create_task(one.keep(MAIN, short(), Place.PASSPHRASE, Secret("the right one")))
    while not keeping.done():
        begun = time.perf_counter()
        await asyncio.sleep(0)
        longest = max(longest, time.perf_counter() - begun)
    await keeping
    box = msgspec.json.decode(path_of(tmp_path / "data" / "keys", MAIN).read_bytes())
    assert (box["scrypt"]["n"], box["scrypt"]["r"], box["scrypt"]["p"]) == (2**17, 8, 1)
    assert longest < 0.2
