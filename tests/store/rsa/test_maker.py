"""Keys are made while the loop lives on, files are looked at before they are opened, and backups are closed to others (F-K05, I-68)."""

from __future__ import annotations

import asyncio
import logging
import os
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

from app.domain.keys import PemError, VaultError
from app.domain.secret import Secret
from app.services.setup.ports import KeyMaker
from app.store.rsa.maker import RsaMaker
from tests.store.rsa import keys
from tests.store.rsa.keys import NOTHING, PASSPHRASE

ROOT = Path(__file__).parents[3]
POSIX = pytest.mark.skipif(os.name != "posix", reason="POSIX's files and rights")
WAIT = 60  # seconds after which a test that hangs fails

NOBODY = """
import asyncio, os, pathlib, sys
from app.domain.keys import PemError
from app.store.rsa.maker import RsaMaker
if os.getuid() == 0:
    os.setuid(65534)  # the system's administrator may read everything
try:
    asyncio.run(RsaMaker().read_file(pathlib.Path(sys.argv[1])))
except PemError as error:
    print(error)
"""


class Held:
    """A maker of keys that waits until it is let go; what it makes is one that was made before."""

    def __init__(self) -> None:
        self.begun = threading.Semaphore(0)
        self.may_end = threading.Event()
        self.made: list[int] = []

    def __call__(self, exponent: int, bits: int) -> rsa.RSAPrivateKey:
        assert exponent == 65_537
        self.made.append(bits)
        self.begun.release()
        assert self.may_end.wait(WAIT)
        return keys.rsa_key()


def makers() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "make-key"]


async def begun(held: Held) -> None:
    assert await asyncio.to_thread(held.begun.acquire, timeout=WAIT)


# Making


def test_it_is_the_key_maker_of_the_wizard() -> None:
    maker: KeyMaker = RsaMaker()
    assert maker.read(keys.pem(keys.rsa_key())) == keys.pair()


@pytest.mark.parametrize("bits", [2048, 3072])
async def test_a_made_pair_has_its_bits_and_is_read_again_as_the_same(bits: int) -> None:
    maker = RsaMaker()
    pair = await maker.make(bits)
    key = load_pem_private_key(pair.private.reveal().encode(), None)
    assert isinstance(key, rsa.RSAPrivateKey)
    assert (pair.bits, key.key_size, key.public_key().public_numbers().e) == (bits, bits, 65_537)
    assert maker.read(pair.private.reveal().encode()) == pair


async def test_two_pairs_are_never_the_same() -> None:
    maker = RsaMaker()
    one, other = await asyncio.gather(maker.make(2048), maker.make(2048))
    assert one.fingerprint != other.fingerprint


@pytest.mark.parametrize("bits", [0, 1024, 2049, 8192, -2048])
async def test_other_sizes_are_not_made(bits: int) -> None:
    with pytest.raises(ValueError, match="2048, 3072, 4096 bits"):
        await RsaMaker().make(bits)


async def test_the_loop_turns_while_a_long_key_is_made() -> None:
    """Were Python's lock held, the loop would turn once at the beginning and once at the end."""
    making = asyncio.ensure_future(RsaMaker().make(4096))
    turns = 0
    while not making.done():
        await asyncio.sleep(0.001)
        turns += 1
    assert turns > 10
    assert making.result().bits == 4096


async def test_cancelling_returns_at_once_and_the_key_is_never_written_out() -> None:
    held, written = Held(), []

    class Watched:
        def __getattr__(self, name: str) -> object:
            written.append(name)
            raise AttributeError(name)

    def generate(exponent: int, bits: int) -> rsa.RSAPrivateKey:
        held(exponent, bits)
        return Watched()  # type: ignore[return-value]  # nothing of it may be touched

    making = asyncio.ensure_future(RsaMaker(generate=generate).make(2048))
    await begun(held)
    making.cancel()
    with pytest.raises(asyncio.CancelledError):
        await making
    threads = makers()
    held.may_end.set()
    for thread in threads:
        await asyncio.to_thread(thread.join, WAIT)
    await asyncio.sleep(0)
    assert written == []
    assert makers() == []


async def test_who_makes_and_cancels_ten_times_has_one_key_in_the_making() -> None:
    held = Held()
    maker = RsaMaker(generate=held)
    for bits in (2048, *[3072] * 8):
        making = asyncio.ensure_future(maker.make(bits))
        await asyncio.sleep(0)
        making.cancel()
        with pytest.raises(asyncio.CancelledError):
            await making
    wanted = asyncio.ensure_future(maker.make(4096))
    held.may_end.set()
    assert await wanted == keys.pair()
    assert 4096 in held.made
    assert 3072 not in held.made


# Reading files


async def test_a_file_is_read_whole(tmp_path: Path) -> None:
    (tmp_path / "key.pem").write_bytes(keys.pem(keys.rsa_key()))
    assert await RsaMaker().read_file(tmp_path / "key.pem") == keys.pem(keys.rsa_key())


@POSIX
async def test_a_link_to_a_plain_file_is_followed(tmp_path: Path) -> None:
    (tmp_path / "key.pem").write_bytes(b"some bytes")
    (tmp_path / "link").symlink_to("key.pem")
    assert await RsaMaker().read_file(tmp_path / "link") == b"some bytes"


@POSIX
@pytest.mark.parametrize(("mode", "is_said"), [(0o600, False), (0o400, False), (0o640, True), (0o604, True)], ids=oct)
async def test_fk05_a_file_that_others_can_read_is_said(tmp_path: Path, mode: int, is_said: bool) -> None:
    path = tmp_path / "key.pem"
    path.write_bytes(b"some bytes")
    path.chmod(mode)
    assert bool(await RsaMaker().exposure(path)) is is_said
    assert not await RsaMaker().exposure(tmp_path / "nowhere.pem")


@POSIX
@pytest.mark.skipif(not hasattr(os, "getuid") or os.getuid() != 0, reason="only root gives a file away")
async def test_fk05_a_file_of_another_user_is_said(tmp_path: Path) -> None:
    path = tmp_path / "key.pem"
    path.write_bytes(b"some bytes")
    path.chmod(0o600)
    os.chown(path, 65_534, 65_534)
    assert "another user" in await RsaMaker().exposure(path)


async def refusal(path: Path) -> str:
    with pytest.raises(PemError) as caught:
        async with asyncio.timeout(WAIT):
            await RsaMaker().read_file(path)
    assert caught.value.__context__ is None
    return str(caught.value)


async def test_i68_a_file_of_a_gigabyte_is_refused_unread(tmp_path: Path) -> None:
    with (tmp_path / "large").open("wb") as file:
        file.truncate(1_000_000_000)
    assert await refusal(tmp_path / "large") == "This has 1,000,000 kB: a key has at most 64 kB."


async def test_a_file_of_just_too_many_bytes_is_refused(tmp_path: Path) -> None:
    (tmp_path / "most").write_bytes(b"x" * 64_000)
    (tmp_path / "more").write_bytes(b"x" * 64_001)
    assert len(await RsaMaker().read_file(tmp_path / "most")) == 64_000
    assert "at most 64 kB" in await refusal(tmp_path / "more")


@POSIX
@pytest.mark.parametrize("is_link", [False, True], ids=["itself", "behind a link"])
async def test_i68_pipes_devices_folders_and_sockets_are_refused_unopened(tmp_path: Path, is_link: bool) -> None:
    os.mkfifo(tmp_path / "pipe")
    os.mknod(tmp_path / "socket", stat.S_IFSOCK | 0o600)
    for path in (tmp_path / "pipe", tmp_path / "socket", Path("/dev/zero"), Path("/dev/null"), Path("/dev/tty")):
        assert "not a plain file" in await refusal(behind_link(path, tmp_path) if is_link else path)
    assert "This is a folder" in await refusal(behind_link(tmp_path, tmp_path) if is_link else tmp_path)


def behind_link(path: Path, folder: Path) -> Path:
    link = folder / f"link to {path.name}"
    link.symlink_to(path)
    return link


async def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    (tmp_path / "plain").write_bytes(b"")
    for path in (tmp_path / "gone", tmp_path / "plain" / "below"):
        assert await refusal(path) == "There is no such file."
    assert await refusal(tmp_path / "a\0b") == "This is no name of a file."
    assert "cannot be read" in await refusal(tmp_path / ("x" * 5_000))


@POSIX
async def test_links_in_a_circle_are_said(tmp_path: Path) -> None:
    (tmp_path / "one").symlink_to("two")
    (tmp_path / "two").symlink_to("one")
    assert "cannot be read" in await refusal(tmp_path / "one")


@POSIX
def test_a_file_one_may_not_read_is_said(tmp_path: Path) -> None:
    path = tmp_path / "key.pem"
    path.write_bytes(b"x")
    path.chmod(0)
    said = subprocess.run([sys.executable, "-c", NOBODY, path], cwd=ROOT, capture_output=True, text=True, check=True, timeout=WAIT)
    assert said.stdout == "You are not allowed to read this file.\n"


# Writing files


@POSIX
async def test_a_backup_is_for_this_user_only_and_read_again_with_its_passphrase(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        await RsaMaker().write_backup(tmp_path / "backup", keys.pair(), PASSPHRASE)
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "backup").stat().st_mode) == 0o600
    assert os.listdir(tmp_path) == ["backup"]
    text = await RsaMaker().read_file(tmp_path / "backup")
    assert await asyncio.to_thread(RsaMaker().read, text, PASSPHRASE) == keys.pair()


async def test_a_backup_shows_nothing_of_the_key(tmp_path: Path) -> None:
    await RsaMaker().write_backup(tmp_path / "backup", keys.pair(), PASSPHRASE)
    text = (tmp_path / "backup").read_bytes()
    assert not any(line in text for line in keys.pair().private.reveal().encode().splitlines())
    assert PASSPHRASE.reveal().encode() not in text


@pytest.mark.parametrize("passphrase", ["", "x" * 1_001, "a\0b"], ids=["empty", "1,001 characters", "NUL"])
async def test_a_backup_without_a_real_passphrase_is_not_written_and_the_old_one_stays(tmp_path: Path, passphrase: str) -> None:
    (tmp_path / "backup").write_bytes(b"the old one")
    with pytest.raises(VaultError, match="passphrase"):
        await RsaMaker().write_backup(tmp_path / "backup", keys.pair(), Secret(passphrase))
    assert (tmp_path / "backup").read_bytes() == b"the old one"


async def test_the_public_key_is_written_as_pem_and_nothing_else(tmp_path: Path) -> None:
    await RsaMaker().write_public(tmp_path / "public.pem", keys.pair())
    text = (tmp_path / "public.pem").read_bytes()
    assert text == keys.pair().public_pem.encode()
    assert isinstance(load_pem_public_key(text), rsa.RSAPublicKey)
    assert b"PRIVATE" not in text


async def test_a_folder_that_is_not_there_is_the_systems_own_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        await RsaMaker().write_public(tmp_path / "gone" / "public.pem", keys.pair())
    with pytest.raises(FileNotFoundError):
        await RsaMaker().write_backup(tmp_path / "gone" / "backup", keys.pair(), PASSPHRASE)


async def test_nothing_of_a_key_is_logged(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, logger="app"):
        pair = await RsaMaker().make(2048)
        await RsaMaker().write_backup(tmp_path / "backup", pair, PASSPHRASE)
        RsaMaker().read((tmp_path / "backup").read_bytes(), PASSPHRASE)
        with pytest.raises(PemError):
            RsaMaker().read(pair.private.reveal().encode()[:600], NOTHING)
    assert [record for record in caplog.records if record.name.startswith("app")] == []
