"""Room for what a dock holds, taken from what lies beside it for as long as it is looked at; a person may draw the border elsewhere."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDockWidget, QMainWindow, QWidget


class DockRoom:
    """The height of the dock around `inside`; nothing happens where there is none, or where it floats."""

    def __init__(self, inside: QWidget) -> None:
        self._inside = inside
        self._before = self._taken = 0

    def take(self, pixels: int) -> None:
        """Make it that much taller, up to half of its window."""
        dock, window = self._around()
        if dock is None or window is None or pixels <= 0:
            return
        tall = min(dock.height() + pixels, window.height() // 2)
        if tall > dock.height():
            self._before, self._taken = self._before or dock.height(), tall
            window.resizeDocks([dock], [tall], Qt.Orientation.Vertical)

    def give_back(self) -> bool:
        """Make it as tall as it was; not where a person has drawn it otherwise since."""
        dock, window = self._around()
        before, taken, self._before, self._taken = self._before, self._taken, 0, 0
        if dock is None or window is None or not taken or dock.height() != taken:
            return False
        window.resizeDocks([dock], [before], Qt.Orientation.Vertical)
        return True

    def _around(self) -> tuple[QDockWidget | None, QMainWindow | None]:
        found: QWidget | None = self._inside
        while found is not None and not isinstance(found, QDockWidget):
            found = found.parentWidget()
        window = found.parentWidget() if found is not None and not found.isFloating() else None
        return found, window if isinstance(window, QMainWindow) else None
