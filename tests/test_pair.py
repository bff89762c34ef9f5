"""The pair of Python and Qt: the one that aborts is refused in words, the pinned one emits without harm."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QObject, Signal

from app.doctor import bad_pair

EMITS = 100_000


class Bell(QObject):
    rung = Signal()
    counted = Signal(int)


def test_a_hundred_thousand_emits_are_clean() -> None:
    bell = Bell()
    heard: list[int] = []
    rings = iter(range(EMITS))
    bell.rung.connect(lambda: next(rings))
    bell.counted.connect(heard.append)
    for number in range(EMITS):
        bell.rung.emit()
        bell.counted.emit(number % 2)
    assert next(rings, None) is None
    assert sum(heard) == EMITS // 2


@pytest.mark.parametrize("qt", ["6.12.0", "6.12.0a1", "6.12.1", "6.13.0", "7.0.0", "6.11.2", "5.15.2"])
@pytest.mark.parametrize("python", [(3, 11, 7), (3, 12, 0), (3, 13, 0)])
def test_a_qt_outside_the_pinned_range_is_refused_in_words(qt: str, python: tuple[int, ...]) -> None:
    words = bad_pair(python, qt)
    assert qt in words
    assert "make setup" in words


@pytest.mark.parametrize("qt", ["6.11.3", "6.11.4", "6.11.10"])
def test_the_pinned_range_is_accepted(qt: str) -> None:
    assert bad_pair((3, 11, 7), qt) == ""


@pytest.mark.parametrize("python", [(3, 10, 13), (3, 9, 0), (2, 7, 18)])
def test_an_old_python_is_refused_whatever_the_qt(python: tuple[int, ...]) -> None:
    assert "3.11 or newer" in bad_pair(python, "6.11.3")


def test_no_qt_at_all_is_said() -> None:
    assert "not installed" in bad_pair((3, 11, 7), "")


def test_this_environment_is_a_good_pair() -> None:
    assert bad_pair() == ""
