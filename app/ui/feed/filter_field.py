"""A field to search in whose prompt says as much as its width has room for."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QStyle, QStyleOptionFrame

from app.ui import formats
from app.ui.views.events import SearchField

LONGEST = 200  # letters
EDGE = 2  # pixels Qt leaves free at each end of a text


class FilterField(SearchField):
    """`prompts`: the same in ever fewer words; the last stands where none has room. `tip` says it in full."""

    def __init__(self, prompts: Sequence[str], *, name: str, tip: str) -> None:
        super().__init__()
        self._prompts = prompts
        self.setPlaceholderText(prompts[-1])
        self.setAccessibleName(name)
        self.setToolTip(formats.tip(tip))
        self.setClearButtonEnabled(True)
        self.setMaxLength(LONGEST)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        option = QStyleOptionFrame()
        self.initStyleOption(option)
        inside = self.style().subElementRect(QStyle.SubElement.SE_LineEditContents, option, self)
        room = inside.width() - 2 * EDGE
        width = self.fontMetrics().horizontalAdvance
        self.setPlaceholderText(next((each for each in self._prompts if width(each) <= room), self._prompts[-1]))
