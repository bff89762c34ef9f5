"""The practice exchange's faults: what it does to each delivery until it is switched off. A real feed's page has nothing of it."""

from __future__ import annotations

from typing import Final

from PySide6.QtWidgets import QCheckBox, QDoubleSpinBox, QSpinBox, QVBoxLayout, QWidget

from app.domain.hook_faults import LONGEST_DELAY, MOST_COPIES, HookFaults
from app.services.hooks.faults import PracticeFaults
from app.ui import formats
from app.ui.hooks.tools import HookTools
from app.ui.wizard.parts import Words, button, named, row

WHAT: Final = (
    "The practice exchange can spoil its own deliveries, so that you can see what becomes of them: dropped ones are missed, copies are "
    "duplicates, changed ones are bad. It goes on until you switch it off, or the exchange is started anew."
)
HONEST: Final = "Now each delivery is sent once, at once and as it was signed."


class FaultsBox(QWidget):
    """Nothing changes before Use. What holds now stands below the buttons."""

    def __init__(self, tools: HookTools, faults: PracticeFaults) -> None:
        super().__init__()
        self._tools = tools
        self._faults = faults
        self.drop = QCheckBox("Drop: nothing is sent")
        self.corrupt = QCheckBox("Corrupt: one bit, after it was signed")
        self.upper = QCheckBox("Capitals in the signature's hex")
        self._shown: HookFaults | None = None
        self.copies, self.late = QSpinBox(), QDoubleSpinBox()
        self.copies.setRange(0, MOST_COPIES)
        self.late.setRange(0.0, LONGEST_DELAY)
        self.late.setDecimals(1)
        self.late.setSuffix(" s")
        self.use = button("Use", "The practice exchange does this to each delivery from now on")
        self.none = button("All off", "Each delivery as it should be from now on")
        self.said = Words(tools.theme, size=12)
        self._lay_out()
        self.use.clicked.connect(self._use)
        self.none.clicked.connect(self._end)
        self.refresh()

    def _lay_out(self) -> None:
        theme = self._tools.theme
        lines = QVBoxLayout(self)
        lines.setContentsMargins(0, 10, 0, 0)
        lines.setSpacing(8)
        lines.addWidget(Words(theme, "Faults of the practice exchange", size=12, bold=True))
        lines.addWidget(Words(theme, WHAT, use="text.dim", size=12))
        for part in (self.drop, self.corrupt, self.upper):
            lines.addWidget(part)
        figures = named("Copies of each", self.copies, theme), named("Late by", self.late, theme)
        lines.addWidget(row(*figures, is_left=False))
        lines.addWidget(row(self.use, self.none))
        lines.addWidget(self.said)

    @property
    def wanted(self) -> HookFaults:
        return HookFaults(self.drop.isChecked(), self.copies.value(), self.late.value(), self.corrupt.isChecked(), self.upper.isChecked())

    def refresh(self) -> None:
        """Asked again, or switched: the fields show what holds. Else what a person has chosen and not used yet stays."""
        now = self._faults.now
        self.none.setEnabled(now is not None and now != HookFaults())
        if now is None:
            trouble = formats.plain(self._faults.trouble)
            self.said.say(f"How they stand is not known: {trouble}" if trouble else "How they stand is being asked.", "text.dim")
            return
        if now is not self._shown:
            self._show(now)
        self.said.say(f"Now the practice exchange {now.words}." if now.words else HONEST, "state.warning" if now.words else "text.dim")

    def _show(self, now: HookFaults) -> None:
        self._shown = now
        self.drop.setChecked(now.drop)
        self.corrupt.setChecked(now.corrupt)
        self.upper.setChecked(now.upper)
        self.copies.setValue(now.duplicate)
        self.late.setValue(now.delay)

    def _use(self) -> None:
        self._tools.start(self._faults.use(self.wanted))

    def _end(self) -> None:
        self._tools.start(self._faults.use(HookFaults()))
