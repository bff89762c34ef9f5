"""A second start of the same profile rings at the first one."""

from __future__ import annotations

import threading
from pathlib import Path

from pytestqt.qtbot import QtBot

from app.ui.doorbell import Doorbell, name_of, ring


def test_a_ring_is_heard_by_the_program_that_is_open(qtbot: QtBot, tmp_path: Path) -> None:
    rung: list[int] = []
    name = name_of(tmp_path, "practice")
    bell = Doorbell(name, lambda: rung.append(1))
    answers: list[bool] = []
    caller = threading.Thread(target=lambda: answers.append(ring(name)))
    caller.start()
    qtbot.waitUntil(lambda: rung == [1])
    qtbot.waitUntil(lambda: not caller.is_alive())
    bell.close()
    assert answers == [True]


def test_nobody_answers_where_nothing_is_open(tmp_path: Path) -> None:
    assert not ring(name_of(tmp_path, "practice"))


def test_a_name_left_behind_by_a_killed_program_is_taken_over(qtbot: QtBot, tmp_path: Path) -> None:
    name = name_of(tmp_path, "practice")
    left = Doorbell(name, lambda: None)
    rung: list[int] = []
    bell = Doorbell(name, lambda: rung.append(1))
    caller = threading.Thread(target=lambda: ring(name))
    caller.start()
    qtbot.waitUntil(lambda: rung == [1])
    qtbot.waitUntil(lambda: not caller.is_alive())
    bell.close()
    left.close()


def test_profiles_and_folders_have_names_of_their_own(tmp_path: Path) -> None:
    names = {name_of(tmp_path, "practice"), name_of(tmp_path, "desk"), name_of(tmp_path / "other", "practice")}
    assert len(names) == 3
    assert name_of(tmp_path, "Desk") == name_of(tmp_path, "desk")
