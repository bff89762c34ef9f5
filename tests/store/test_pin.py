"""The PIN's file: a hash and nothing else of it, for this user only, and what a damaged one does."""

from __future__ import annotations

import asyncio
import json
import os
import secrets
from pathlib import Path

import pytest

from app.domain.idle import IdleChoice
from app.domain.secret import Secret
from app.store.pin import COST, FILE, PinFile

PIN = f"pin-{secrets.token_hex(8)}"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / FILE


def kept(path: Path) -> PinFile:
    file = PinFile(path)
    asyncio.run(file.keep(IdleChoice(True, 7), Secret(PIN)))
    return file


def test_the_pin_is_known_again_and_no_other(path: Path) -> None:
    kept(path)
    file = PinFile(path)
    assert (file.choice, file.has_pin, file.words) == (IdleChoice(True, 7), True, "")
    assert asyncio.run(file.is_pin(Secret(PIN)))
    assert not asyncio.run(file.is_pin(Secret(PIN[:-1])))
    assert not asyncio.run(file.is_pin(Secret()))


def test_the_file_holds_no_pin_and_is_read_by_nobody_else(path: Path) -> None:
    kept(path)
    text = path.read_text()
    assert PIN not in text
    assert json.loads(text)["cost"] == COST >= 2**15
    if os.name == "posix":
        assert path.stat().st_mode & 0o777 == 0o600


def test_one_pin_has_another_hash_each_time(path: Path) -> None:
    file = kept(path)
    first = json.loads(path.read_text())
    asyncio.run(file.keep(file.choice, Secret(PIN)))
    second = json.loads(path.read_text())
    assert first["salt"] != second["salt"]
    assert first["hash"] != second["hash"]


def test_a_changed_choice_keeps_the_pin(path: Path) -> None:
    file = kept(path)
    asyncio.run(file.keep(IdleChoice(False, 240)))
    assert asyncio.run(PinFile(path).is_pin(Secret(PIN)))
    assert PinFile(path).choice == IdleChoice(False, 240)


def test_without_a_file_there_is_no_pin_and_no_lock(path: Path) -> None:
    file = PinFile(path)
    assert (file.choice.is_on, file.has_pin, file.words) == (False, False, "")
    assert not asyncio.run(file.is_pin(Secret("")))


@pytest.mark.parametrize(
    "change",
    [
        {"cost": 2**40},
        {"cost": 1},
        {"salt": "00"},
        {"hash": "zz"},
        {"hash": ""},
        {"salt": "", "hash": ""},
        {"minutes": 0},
        {"minutes": 241},
        {"version": 2},
        {"is_on": "yes"},
    ],
)
def test_a_damaged_file_is_put_aside_and_said(path: Path, change: dict[str, object]) -> None:
    kept(path)
    path.write_text(json.dumps({**json.loads(path.read_text()), **change}))
    file = PinFile(path)
    assert (file.choice.is_on, file.has_pin) == (False, False)
    assert file.words.startswith("pin.json cannot be used")
    assert file.words.endswith("The desk is not locked when nobody is at it.")
    assert PIN not in file.words
    assert list(path.parent.glob("pin.json.bad-*"))


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root writes anywhere")
def test_a_folder_that_cannot_be_written_leaves_the_old_pin(path: Path) -> None:
    file = kept(path)
    path.parent.chmod(0o500)
    try:
        with pytest.raises(OSError, match="denied"):
            asyncio.run(file.keep(IdleChoice(False, 1), Secret("another")))
    finally:
        path.parent.chmod(0o700)
    assert asyncio.run(file.is_pin(Secret(PIN)))
    assert file.choice == IdleChoice(True, 7)


def test_a_file_that_cannot_be_written_leaves_the_old_pin_in_use(tmp_path: Path) -> None:
    file = kept(tmp_path / FILE)
    (tmp_path / FILE).unlink()
    tmp_path.rmdir()
    with pytest.raises(OSError, match="No such file"):
        asyncio.run(file.keep(IdleChoice(False, 1), Secret("another")))
    assert asyncio.run(file.is_pin(Secret(PIN)))
    assert file.choice == IdleChoice(True, 7)


# Several programs of one person


def test_what_another_program_kept_is_taken_over_once(path: Path) -> None:
    here, there = PinFile(path), kept(path)
    assert (here.look(), here.choice, here.look()) == (True, IdleChoice(True, 7), False)
    assert there.look() is False, "it wrote that itself"
    asyncio.run(there.keep(IdleChoice(True, 8)))
    assert asyncio.run(here.is_pin(Secret(PIN))), "and a PIN is looked at in the file as it is"
    assert here.choice == IdleChoice(True, 8)


def test_a_stale_program_does_not_bring_the_old_pin_back(path: Path) -> None:
    there = kept(path)
    here = PinFile(path)
    asyncio.run(there.keep(IdleChoice(True, 7), Secret("new-4711")))
    asyncio.run(here.keep(IdleChoice(True, 5)))
    file = PinFile(path)
    assert asyncio.run(file.is_pin(Secret("new-4711")))
    assert not asyncio.run(here.is_pin(Secret(PIN)))
    assert file.choice == IdleChoice(True, 5)


@pytest.mark.parametrize("content", [None, "", "{}", '{"version": 7}'], ids=["gone", "empty", "without a PIN", "of a later program"])
def test_a_file_without_a_pin_opens_no_desk_whose_program_runs(path: Path, content: str | None) -> None:
    file = kept(path)
    path.unlink()
    if content is not None:
        path.write_text(content)
    assert file.look() is False
    assert (file.choice, asyncio.run(file.is_pin(Secret(PIN)))) == (IdleChoice(True, 7), True)
