"""One program at a time changes a settings file, and whoever is alone tidies up after one that was killed."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from app.store.turn import alone


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "keys.json"


def part(path: Path, name: str) -> Path:
    made = path.with_name(f".{name}.abc123.part")
    made.write_text("half")
    return made


def test_what_a_killed_program_left_half_written_is_removed_and_nothing_else(path: Path) -> None:
    path.write_text("whole")
    ours, anothers = part(path, path.name), part(path, "profiles.json")
    with alone(path):
        assert not ours.exists()
    assert anothers.exists()
    assert path.read_text() == "whole"


def test_who_cannot_be_alone_goes_on_says_so_and_removes_nothing(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with alone(path):
        theirs = part(path, path.name)
        with caplog.at_level(logging.WARNING), alone(path, patience=0):
            assert theirs.exists()
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert "is written without a lock" in caplog.text


def test_the_next_one_has_its_turn_when_the_first_is_done(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    for _ in range(2):
        with caplog.at_level(logging.WARNING), alone(path, patience=0):
            path.write_text("whole")
    assert caplog.records == []
