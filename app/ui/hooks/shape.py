"""The size of the page and what it is divided into, kept over restarts."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QByteArray
from PySide6.QtWidgets import QSplitter, QWidget

from app.ui.hooks.tools import HookTools


class Shape:
    """`restore` puts back what was kept when the window was last put away; what cannot be read leaves it as it is."""

    def __init__(self, window: QWidget, tools: HookTools, splitters: Mapping[str, QSplitter]) -> None:
        self._window = window
        self._tools = tools
        self._splitters = splitters

    def restore(self) -> None:
        if told := _bytes(self._tools.recall("hooks window")):
            self._window.restoreGeometry(told)
        for name, splitter in self._splitters.items():
            if told := _bytes(self._tools.recall(f"hooks {name}")):
                splitter.restoreState(told)

    def keep(self) -> None:
        self._tools.remember("hooks window", _text(self._window.saveGeometry()))
        for name, splitter in self._splitters.items():
            self._tools.remember(f"hooks {name}", _text(splitter.saveState()))


def _bytes(text: str) -> QByteArray:
    return QByteArray.fromBase64(QByteArray(text.encode()))


def _text(state: QByteArray) -> str:
    return bytes(state.toBase64().data()).decode()
