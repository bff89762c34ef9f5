"""What every step of the tour does with the window: wait for something, click, type."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractItemView, QWidget

if TYPE_CHECKING:
    from app.program import Program

LOOK = 0.02  # seconds between two looks at a condition


class TourError(Exception):
    """A step did not hold; the text says what was expected."""


class Hands:
    """`shown` is what the step's picture is of; it is hidden afterwards unless the step says otherwise (`hides`)."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._window = program.window
        self._session = program.session
        self.shown: QWidget = self._window
        self.hides = True

    async def _until(self, holds: Callable[[], object], seconds: float, words: str) -> None:
        deadline = time.monotonic() + seconds
        while not holds():
            if time.monotonic() > deadline:
                raise TourError(f"waited {seconds:g} s for {words}. {self._newest_words()}")
            await asyncio.sleep(LOOK)

    def _newest_words(self) -> str:
        lines = self._session.notices.lines
        return f"Last said: {lines[-1].words}" if lines else ""

    def _click_item(self, view: QAbstractItemView, index: QModelIndex) -> None:
        view.scrollTo(index)
        self._click(view.viewport(), view.visualRect(index).center())

    def _click(self, widget: QWidget, at: QPoint | None = None) -> None:
        QTest.mouseClick(widget, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, at or widget.rect().center())
