"""The log file: one line an entry, rotated, and only as talkative as it should be."""

from __future__ import annotations

import logging
import logging.handlers
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.store import logs


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    root, own = logging.getLogger(), logging.getLogger("app")
    levels = root.level, own.level
    handler = logs.to_file(tmp_path)
    yield tmp_path
    root.removeHandler(handler)
    handler.close()
    root.setLevel(levels[0])
    own.setLevel(levels[1])


def lines(folder: Path) -> list[str]:
    return (folder / "overround.log").read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("a\nb", "a\\nb"),
        ("a\r\nINFO forged", "a\\r\\nINFO forged"),
        ("\x1b[31mred", "\\x1b[31mred"),
        ("nul\x00", "nul\\x00"),
        ("bell\x07\x85\u2028", "bell\\x07\\x85\\u2028"),
        ("rtl\u202egnp", "rtl\\u202egnp"),
        ("Zürich −110", "Zürich −110"),
    ],
)
def test_no_text_from_outside_can_forge_an_entry(folder: Path, text: str, written: str) -> None:
    logging.getLogger("app.venues").warning("%s", text)
    (line,) = lines(folder)
    assert line.endswith(f"WARNING app.venues {written}")


def test_a_traceback_is_one_line_too(folder: Path) -> None:
    try:
        raise ValueError("two\nlines")
    except ValueError:
        logging.getLogger("app").exception("it failed")
    (line,) = lines(folder)
    assert "ValueError: two\\nlines" in line


def test_our_own_code_is_heard_from_info_and_others_from_warning(folder: Path) -> None:
    logging.getLogger("app.services").info("ours")
    logging.getLogger("app.services").debug("not this")
    logging.getLogger("somebody.else").info("nor this")
    logging.getLogger("somebody.else").warning("theirs")
    assert [line.rsplit(" ", 1)[1] for line in lines(folder)] == ["ours", "theirs"]


def test_a_full_file_is_rotated_and_the_oldest_goes(tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (handler,) = [one for one in logging.getLogger().handlers if isinstance(one, logging.handlers.RotatingFileHandler)]
    assert (handler.maxBytes, handler.backupCount) == (logs.SIZE, logs.FILES)
    monkeypatch.setattr(handler, "maxBytes", 500)
    for number in range(200):
        logging.getLogger("app").warning("entry %d with some words to fill it", number)
    assert len(list(tmp_path.iterdir())) == logs.FILES + 1
