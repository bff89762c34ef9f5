"""One place in the window for a part of each account: the part of the account at hand is seen."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QResizeEvent
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

    def hasHeightForWidth(self) -> bool:
        """Qt's stack would take the largest part's, which is not seen; what the seen one needs is in the hints."""
        return False

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.updateGeometry()

    def sizeHint(self) -> QSize:
        part = self.currentWidget()
        return self._at_width(part, part.sizeHint()) if part is not None else super().sizeHint()

    def minimumSizeHint(self) -> QSize:
        part = self.currentWidget()
        if part is None:
            return super().minimumSizeHint()
        return self._at_width(part, part.minimumSizeHint().expandedTo(part.minimumSize()), is_least=True)

    def _at_width(self, part: QWidget, hint: QSize, *, is_least: bool = False) -> QSize:
        """With the height that its wrapped words take at the width there is."""
        layout = part.layout()
        if layout is None or not layout.hasHeightForWidth():
            return hint
        height = layout.minimumHeightForWidth(self.width()) if is_least else layout.heightForWidth(self.width())
        return QSize(hint.width(), height)
