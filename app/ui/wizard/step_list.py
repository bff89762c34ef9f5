"""The steps at the left: those behind, the one under way, those to come."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from app.services.setup.steps import Step, StepState
from app.ui.theme import Theme
from app.ui.wizard.parts import Words

WIDTH = 188  # pixels
_TONES = {StepState.DONE: "state.good", StepState.NOW: "text.strong", StepState.TO_COME: "text.dim"}


class StepList(QScrollArea):
    """Read only; a screen reader hears the state of each step as a word."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._shown: tuple[Step, ...] = ()
        self.labels: list[Words] = []
        inside = QWidget()
        self._rows = QVBoxLayout(inside)
        self._rows.setContentsMargins(14, 14, 10, 14)
        self._rows.setSpacing(7)
        self._rows.addStretch(1)
        self.setWidget(inside)
        self.setWidgetResizable(True)
        self.setFixedWidth(WIDTH)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName("Steps")

    def show_steps(self, steps: Sequence[Step]) -> None:
        if tuple(steps) == self._shown:
            return
        self._shown = tuple(steps)
        while len(self.labels) < len(steps):
            label = Words(self._theme)
            self.labels.append(label)
            self._rows.insertWidget(self._rows.count() - 1, label)
        for place, label in enumerate(self.labels):
            label.setVisible(place < len(steps))
        for step, label in zip(steps, self.labels, strict=False):
            label.setFont(self._theme.font(12, bold=step.state is StepState.NOW))
            label.setContentsMargins(16 if step.is_inner else 0, 0, 0, 0)
            label.say(f"{step.state.mark} {step.title}", _TONES[step.state])
            label.setAccessibleName(f"{step.title}: {step.state}")
