"""How figures are shown, for the whole window: one object, so that a switch reaches every view."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from app.domain.odds import Odds
from app.ui import formats
from app.ui.formats import OddsFormat


class Display(QObject):
    """`changed` after the odds format was switched."""

    changed = Signal()

    def __init__(self, style: OddsFormat = OddsFormat.AMERICAN) -> None:
        super().__init__()
        self.style = style

    def use(self, style: OddsFormat) -> None:
        if style is not self.style:
            self.style = style
            self.changed.emit()

    def odds(self, value: Odds | None) -> str:
        return formats.odds(value, self.style)
