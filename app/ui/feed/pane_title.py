"""The name of a pane beside its chips."""

from __future__ import annotations

from PySide6.QtGui import QPaintEvent

from app.ui.views.elided import ElidedLabel


class PaneTitle(ElidedLabel):
    """Whole, in brief, or not at all: a letter with an ellipsis says less than the chips do."""

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.fontMetrics().horizontalAdvance(self._brief) <= self.width():
            super().paintEvent(event)
