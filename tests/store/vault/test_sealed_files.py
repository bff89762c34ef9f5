"""The sealed file on the disk: for its owner alone from the first byte, never through a link, and said when it is otherwise (F-K05)."""

from __future__ import annotations

import asyncio
import os
import stat
from pathlib import Path

import pytest

from app.domain.keys import NoKeysError, Place, VaultError
from app.domain.secret import Secret
from app.store import settings
from app.store.vault.sealed_file import LIMIT, path_of
from tests.store.vault.kit import MAIN, FakeKeyring, long, vault

pytestmark = pytest.mark.skipif(os.name != "posix", reason="POSIX's files and rights")
TYPED = Secret("a passphrase of some length")
NOBODY = 65534


@pytest.fixture
def keyring() -> FakeKeyring:
    return FakeKeyring()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return path_of(tmp_path / "data" / "keys", MAIN)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def put_instead(path: Path, kind: str) -> None:
    box = path.read_bytes()
    path.unlink()
    match kind:
        case "folder":
            path.mkdir()
        case "pipe":
            os.mkfifo(path)
        case "large":
            path.write_bytes(b"{" * (LIMIT + 1))
        case "empty":
            path.touch()
        case "text":
            path.write_text("s3cr3t, s3cr3t")
        case _:
            path.write_bytes(box[: len(box) // 2])


def change(path: Path, box: bytes, place: int) -> None:
    path.write_bytes(box[:place] + bytes([box[place] ^ 1]) + box[place + 1 :])


@pytest.mark.parametrize("place", [Place.KEYRING, Place.PASSPHRASE])
async def test_fk05_file_and_folder_are_for_their_owner_whatever_the_umask(
    tmp_path: Path, keyring: FakeKeyring, path: Path, place: Place
) -> None:
    before = os.umask(0)
    try:
        await vault(tmp_path, keyring).keep(MAIN, long(), place, TYPED)
    finally:
        os.umask(before)
    assert (mode(path), mode(path.parent)) == (0o600, 0o700)
    assert vault(tmp_path, keyring).problems(MAIN) == ()


async def test_an_open_folder_is_closed_before_a_file_is_put_into_it(tmp_path: Path, keyring: FakeKeyring, path: Path) -> None:
    path.parent.mkdir(parents=True)
    path.parent.chmod(0o777)
    seen: list[int] = []

    def replace(target: Path, content: bytes) -> None:
        seen.append(mode(target.parent))
        settings.replace(target, content)

    await vault(tmp_path, keyring, replace=replace).keep(MAIN, long(), Place.KEYRING)
    assert seen == [0o700]


@pytest.mark.parametrize(
    ("which", "rights", "words"),
    [
        ("file", 0o644, "can be read by other users"),
        ("file", 0o640, "can be read by other users"),
        ("file", 0o602, "can be changed by other users"),
        ("folder", 0o755, "can be read by other users"),
        ("folder", 0o770, "can be changed by other users"),
    ],
)
async def test_fk05_what_others_may_read_is_said_and_mended(
    tmp_path: Path, keyring: FakeKeyring, path: Path, which: str, rights: int, words: str
) -> None:
    one, kept = vault(tmp_path, keyring), long()
    await one.keep(MAIN, kept, Place.KEYRING)
    spoilt = path if which == "file" else path.parent
    spoilt.chmod(rights)
    assert [sentence for sentence in one.problems(MAIN) if f"The {which} {spoilt} {words}" in sentence] == list(one.problems(MAIN)) != []
    assert await one.read(MAIN) == kept
    assert await one.mend(MAIN) == ()
    assert (mode(path), mode(path.parent)) == (0o600, 0o700)
    assert await one.read(MAIN) == kept


@pytest.mark.parametrize("which", ["file", "folder"])
@pytest.mark.parametrize("place", [Place.KEYRING, Place.PASSPHRASE])
async def test_fk05_a_link_is_neither_read_nor_mended(tmp_path: Path, keyring: FakeKeyring, path: Path, which: str, place: Place) -> None:
    one = vault(tmp_path, keyring)
    await one.keep(MAIN, long(), place, TYPED)
    linked = path if which == "file" else path.parent
    linked.rename(tmp_path / "elsewhere")
    linked.symlink_to(tmp_path / "elsewhere")
    words = f"The {which} {linked} is a link to another place"
    assert one.problems(MAIN)[0].startswith(words)
    for attempt in (one.read(MAIN, TYPED), one.mend(MAIN)):
        with pytest.raises(VaultError, match="is a link to another place"):
            await attempt


@pytest.mark.parametrize("place", [Place.KEYRING, Place.PASSPHRASE])
async def test_nothing_is_written_into_a_folder_that_is_a_link(tmp_path: Path, keyring: FakeKeyring, path: Path, place: Place) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "data").mkdir()
    path.parent.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(VaultError, match="is a link to another place"):
        await vault(tmp_path, keyring).keep(MAIN, long(), place, TYPED)
    assert list((tmp_path / "elsewhere").iterdir()) == []
    assert not keyring.entries


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can give a file to another user")
@pytest.mark.parametrize("which", ["file", "folder"])
async def test_fk05_a_file_of_another_user_is_neither_read_nor_mended(tmp_path: Path, keyring: FakeKeyring, path: Path, which: str) -> None:
    one = vault(tmp_path, keyring)
    await one.keep(MAIN, long(), Place.KEYRING)
    foreign = path if which == "file" else path.parent
    os.chown(foreign, NOBODY, NOBODY)
    assert "belongs to another user" in one.problems(MAIN)[0]
    for attempt in (one.read(MAIN), one.mend(MAIN), one.keep(MAIN, long(), Place.KEYRING)):
        with pytest.raises(VaultError, match="belongs to another user"):
            await attempt


@pytest.mark.parametrize("kind", ["folder", "pipe", "large", "empty", "text", "cut"])
async def test_a_file_that_is_none_of_ours_is_said_without_a_word_of_it(
    tmp_path: Path, keyring: FakeKeyring, path: Path, kind: str
) -> None:
    one = vault(tmp_path, keyring)
    await one.keep(MAIN, long(), Place.KEYRING)
    put_instead(path, kind)
    with pytest.raises(VaultError) as caught:
        await one.read(MAIN)
    assert str(path) in str(caught.value)
    assert "s3cr3t" not in str(caught.value)
    assert not isinstance(caught.value, NoKeysError)


async def test_one_changed_byte_anywhere_does_not_open(tmp_path: Path, keyring: FakeKeyring, path: Path) -> None:
    one = vault(tmp_path, keyring)
    await one.keep(MAIN, long(), Place.KEYRING)
    box = await asyncio.to_thread(path.read_bytes)
    for place in range(0, len(box), 97):
        change(path, box, place)
        with pytest.raises(VaultError):
            await one.read(MAIN)


@pytest.mark.parametrize("place", [Place.KEYRING, Place.PASSPHRASE])
async def test_a_disk_that_is_full_says_so_and_leaves_what_was_there(tmp_path: Path, keyring: FakeKeyring, place: Place) -> None:
    old, new = long(), long()
    await vault(tmp_path, keyring).keep(MAIN, old, place, TYPED)

    def replace(_target: Path, _content: bytes) -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(VaultError, match=r"cannot be written: No space left on device\."):
        await vault(tmp_path, keyring, replace=replace).keep(MAIN, new, place, TYPED)
    assert await vault(tmp_path, keyring).read(MAIN, TYPED) == old


@pytest.mark.parametrize("has_old", [False, True])
@pytest.mark.parametrize("place", [Place.KEYRING, Place.PASSPHRASE])
async def test_a_file_that_lies_there_is_kept_though_the_flush_behind_it_failed(
    tmp_path: Path, keyring: FakeKeyring, caplog: pytest.LogCaptureFixture, place: Place, has_old: bool
) -> None:
    new = long()
    if has_old:
        await vault(tmp_path, keyring).keep(MAIN, long(), place, TYPED)

    def replace(target: Path, content: bytes) -> None:
        settings.replace(target, content)
        raise OSError(22, "Invalid argument")

    await vault(tmp_path, keyring, replace=replace).keep(MAIN, new, place, TYPED)
    assert "a loss of power now may undo it: Invalid argument" in caplog.text
    again = vault(tmp_path, keyring)
    assert await again.read(MAIN, TYPED) == new
    assert again.place(MAIN) is place


async def test_a_first_file_that_cannot_be_written_leaves_no_entry(tmp_path: Path, keyring: FakeKeyring, path: Path) -> None:
    (path / "something").mkdir(parents=True)
    with pytest.raises(VaultError, match="cannot be"):
        await vault(tmp_path, keyring).keep(MAIN, long(), Place.KEYRING)
    assert not [name for name, _ in keyring.entries if name.endswith("trial")]


async def test_what_a_killed_program_left_of_a_file_goes_with_the_next(tmp_path: Path, keyring: FakeKeyring, path: Path) -> None:
    one = vault(tmp_path, keyring)
    await one.keep(MAIN, long(), Place.KEYRING)
    left = path.with_name(f".{path.name}.abc123.part")
    left.touch()
    others = path.with_name(".another-sandbox-trading.sealed.abc123.part")
    others.touch()
    await one.keep(MAIN, long(), Place.KEYRING)
    assert (left.exists(), others.exists()) == (False, True)


async def test_a_file_that_cannot_be_removed_is_said(tmp_path: Path, keyring: FakeKeyring, path: Path) -> None:
    one = vault(tmp_path, keyring)
    await one.keep(MAIN, long(), Place.KEYRING)
    put_instead(path, "folder")
    with pytest.raises(VaultError, match=r"Not everything was removed\. .* cannot be removed: .* The entry .* was removed"):
        await one.remove(MAIN)
