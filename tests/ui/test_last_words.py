"""What the window says of a run that ended by itself."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.ui.theme import Theme
from app.ui.views.last_words import LastWordsBar

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)  # boxes on a screen that is none

AT = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)


@pytest.fixture
def opened() -> list[Path]:
    return []


@pytest.fixture
def bar(theme: Theme, qtbot: QtBot, opened: list[Path]) -> LastWordsBar:
    bar = LastWordsBar(theme, opened.append)
    qtbot.addWidget(bar)
    return bar


def test_nothing_is_said_where_nothing_was_left(bar: LastWordsBar) -> None:
    assert bar.isHidden()


def test_it_says_when_why_and_where_and_that_nothing_was_sent(bar: LastWordsBar, tmp_path: Path) -> None:
    bar.tell(AT, "Segmentation fault, in paint (odds_cell.py, line 120)", tmp_path / "crash-1.txt")
    assert bar.isVisible()
    words = bar.words.text()
    assert words.startswith(f"Overround ended by itself last time ({AT.astimezone():%Y-%m-%d %H:%M}): Segmentation fault, in paint")
    assert f"{tmp_path / 'crash-1.txt'}, sent nowhere" in words


def test_its_folder_is_opened_and_it_is_dismissed(bar: LastWordsBar, opened: list[Path], tmp_path: Path) -> None:
    bar.tell(AT, "Aborted", tmp_path / "crash-1.txt")
    bar.open.click()
    assert opened == [tmp_path]
    assert bar.isVisible()
    bar.dismiss.click()
    assert bar.isHidden()


def test_words_with_marks_of_a_text_format_are_shown_as_they_are(bar: LastWordsBar, tmp_path: Path) -> None:
    bar.tell(AT, "<b>ValueError</b>", tmp_path)
    assert "<b>ValueError</b>" in bar.words.text()
    assert bar.words.textFormat() is bar.words.textFormat().PlainText
