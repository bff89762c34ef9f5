"""The window's layout over restarts: docks, sizes, column widths, and what was switched."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from PySide6.QtCore import QByteArray, QSettings
from PySide6.QtWidgets import QMainWindow, QWidget

from app.ui.views.table import Table

VERSION = 1  # of the docks' names and places; another one is not restored
T = TypeVar("T", bool, str)


class Workspace:
    """Keeps the layout in a settings file of its own. What cannot be read is ignored: the built-in layout stands."""

    def __init__(self, settings: QSettings) -> None:
        self._settings = settings
        self._default = QByteArray()

    def save(self, window: QMainWindow) -> None:
        self._settings.setValue("window/geometry", window.saveGeometry())
        self._settings.setValue("window/state", window.saveState(VERSION))
        self._settings.sync()

    def restore(self, window: QMainWindow) -> None:
        """Put back what was saved; remembers the built-in layout first, for `reset`."""
        self._default = window.saveState(VERSION)
        geometry, state = self._bytes("window/geometry"), self._bytes("window/state")
        if geometry:
            window.restoreGeometry(geometry)
        if state:
            window.restoreState(state, VERSION)

    def save_tables(self, parts: Iterable[QWidget]) -> None:
        """Keep the columns of the tables in these; accounts share them, by the tables' names and numbers of columns."""
        for part in parts:
            for table in part.findChildren(Table):
                self._settings.setValue(_columns_of(table), table.horizontalHeader().saveState())
        self._settings.sync()

    def restore_tables(self, parts: Iterable[QWidget]) -> None:
        for part in parts:
            for table in part.findChildren(Table):
                widths = self._bytes(_columns_of(table))
                if widths:
                    table.horizontalHeader().restoreState(widths)

    def reset(self, window: QMainWindow) -> None:
        window.restoreState(self._default, VERSION)

    def remember(self, name: str, value: bool | str) -> None:
        self._settings.setValue(f"choice/{name}", value)

    def chosen(self, name: str, default: T) -> T:
        """A remembered choice; the default where there is none or it is of another kind."""
        told = self._settings.value(f"choice/{name}", default, type(default))
        return told if isinstance(told, type(default)) else default

    def _bytes(self, name: str) -> QByteArray:
        told = self._settings.value(name)
        return told if isinstance(told, QByteArray) else QByteArray()


def _columns_of(table: Table) -> str:
    """A B2B account's tables may have a column more: widths by place would be another column's."""
    return f"columns/{table.objectName()}/{table.horizontalHeader().count()}"
