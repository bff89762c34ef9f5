"""The status bar: ticks, frames and loop latency, the request budget, and the newest thing said."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QStatusBar

from app.domain.link import LinkFacts
from app.services.session import Session
from app.ui.pulse import Pulse
from app.ui.theme import Theme
from app.ui.views.elided import ElidedLabel

KEYS = "/ search · Del cancel · Ctrl+Shift+X cancel all · F12 stop · F1 keys"


class StatusBar(QStatusBar):
    """Rates are per second, reckoned between two calls of `tick`."""

    def __init__(self, session: Session, pulse: Pulse, theme: Theme) -> None:
        super().__init__()
        self._session = session
        self._pulse = pulse
        self._ticks = 0
        self._theme = theme
        self.rates = QLabel()
        self.said = ElidedLabel()
        self.keys = QLabel(KEYS)
        for label in (self.rates, self.said, self.keys):
            label.setFont(theme.font(11))
            label.setTextFormat(Qt.TextFormat.PlainText)
        for quiet in (self.rates, self.keys):
            quiet.setEnabled(False)
        self.rates.setContentsMargins(6, 0, 12, 0)
        self.keys.setContentsMargins(12, 0, 8, 0)
        self.addWidget(self.rates)
        self.addWidget(self.said, 1)
        self.addPermanentWidget(self.keys)
        self.setSizeGripEnabled(False)
        self.tick(LinkFacts())

    def tick(self, link: LinkFacts) -> None:
        """Once a second."""
        prices = self._session.prices
        rate, self._ticks = prices.ticks - self._ticks, prices.ticks
        faults = f" · feed faults {self._session.faults}" if self._session.faults else ""
        waiting = f" · {link.waiting:,} waiting" if link.waiting else ""
        self.rates.setText(
            f"ticks {rate:,}/s · painted {self._pulse.frames_a_second} fps · loop p99 {self._pulse.late_ms:.0f} ms · "
            f"requests {link.budget_left}/{link.budget} left{waiting}{faults}"
        )

    def say_newest(self) -> None:
        lines = self._session.notices.lines
        if lines:
            newest = lines[-1]
            self.said.setText(newest.words)
            palette = self.said.palette()
            use = {"good": "state.good", "warning": "state.warning", "bad": "state.bad"}.get(newest.tone, "text.dim")
            palette.setColor(self.said.foregroundRole(), self._theme.colours[use])
            self.said.setPalette(palette)
