"""One place in the window for a part of each account: the part of the account at hand is seen."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QStackedWidget, QWidget


class Pile(QStackedWidget):
    """Asks for as much room as the part that is seen, not as the largest."""

    def put(self, part: QWidget) -> None:
        self.addWidget(part)

    def take(self, part: QWidget) -> None:
        """It belongs to nobody afterwards."""
        self.removeWidget(part)
        part.setParent(None)

    def show_part(self, part: QWidget) -> None:
        self.setCurrentWidget(part)
        self.setSizePolicy(part.sizePolicy())
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        part = self.currentWidget()
        return part.sizeHint() if part is not None else super().sizeHint()

    def minimumSizeHint(self) -> QSize:
        part = self.currentWidget()
        return part.minimumSizeHint().expandedTo(part.minimumSize()) if part is not None else super().minimumSizeHint()
