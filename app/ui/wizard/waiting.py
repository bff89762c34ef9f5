"""The face of a page while something is waited for: what it is, and Cancel where it can be stopped."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QProgressBar, QVBoxLayout, QWidget

from app.services.setup.work import Work
from app.ui.theme import Theme
from app.ui.wizard.parts import Words, button


class Waiting(QWidget):
    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.words = Words(theme, bold=True)
        self.stop = button("Cancel")
        going = QProgressBar()
        going.setRange(0, 0)
        going.setTextVisible(False)
        going.setFixedSize(220, 6)
        wait = Words(theme, "Please wait…", use="text.dim")
        lines = QVBoxLayout(self)
        lines.addStretch(1)
        for part in (wait, self.words):
            part.setAlignment(Qt.AlignmentFlag.AlignCenter)
            lines.addWidget(part)
        lines.addWidget(going, 0, Qt.AlignmentFlag.AlignCenter)
        lines.addSpacing(12)
        lines.addWidget(self.stop, 0, Qt.AlignmentFlag.AlignCenter)
        lines.addStretch(1)

    def show_work(self, work: Work) -> None:
        self.words.say(work.words)
        self.stop.setVisible(work.is_stoppable)
