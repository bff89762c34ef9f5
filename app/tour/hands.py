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
BUSY = 3  # times as long on a computer that is busy elsewhere


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
        """`seconds` is what it may take on a computer that does nothing else; one that is busy has `BUSY` times that."""
        began = time.monotonic()
        while not holds():
            if time.monotonic() > began + seconds * BUSY:
                raise TourError(f"waited {seconds * BUSY:g} s for {words}. {self._newest_words()}")
            await asyncio.sleep(LOOK)

    def _newest_words(self) -> str:
        lines = self._session.notices.lines
        return f"Last said: {lines[-1].words}" if lines else ""

    def _click_item(self, view: QAbstractItemView, index: QModelIndex) -> None:
        view.scrollTo(index)
        self._click(view.viewport(), view.visualRect(index).center())

    def _click(self, widget: QWidget, at: QPoint | None = None) -> None:
        QTest.mouseClick(widget, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, at or widget.rect().center())
