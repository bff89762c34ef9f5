"""How figures are shown and what they are called: one object for the whole window, so that a switch reaches every view."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from app.domain.labels import OWN, Labels
from app.domain.odds import Odds
from app.ui import formats
from app.ui.formats import OddsFormat


class Display(QObject):
    """`changed` after the odds format was switched. `worded` gives an account's own, in its venue's words, which is switched with it."""

    changed = Signal()

    def __init__(self, style: OddsFormat = OddsFormat.AMERICAN, *, labels: Labels | None = None, of: Display | None = None) -> None:
        super().__init__()
        self._style = style
        self._of = of
        self.labels = labels or OWN
        if of is not None:
            of.changed.connect(self.changed)

    def worded(self, labels: Labels) -> Display:
        return Display(labels=labels, of=self)

    @property
    def style(self) -> OddsFormat:
        return self._of.style if self._of is not None else self._style

    def use(self, style: OddsFormat) -> None:
        if self._of is not None:
            self._of.use(style)
        elif style is not self._style:
            self._style = style
            self.changed.emit()

    def odds(self, value: Odds | None) -> str:
        return formats.odds(value, self.style)
