"""The status bar of a feed account: how it is polled, what was lost or not readable, and the newest thing said."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QStatusBar

from app.services.feed.session import FeedSession
from app.ui import formats
from app.ui.feed.words import again_words
from app.ui.models.columns import counted
from app.ui.theme import Theme
from app.ui.views.elided import ElidedLabel

KEYS = "/ search · Enter open · Space star · F1 keys"
TONES = {"good": "state.good", "warning": "state.warning", "bad": "state.bad"}


class FeedStatus(QStatusBar):
    """`tick` once a second, `say_newest` when something was said."""

    def __init__(self, session: FeedSession, theme: Theme) -> None:
        super().__init__()
        self._session = session
        self._theme = theme
        self.polling = QLabel()
        self.said = ElidedLabel()
        self.keys = QLabel(KEYS)
        for label in (self.polling, self.said, self.keys):
            label.setFont(theme.font(11))
            label.setTextFormat(Qt.TextFormat.PlainText)
        for quiet in (self.polling, self.keys):
            quiet.setEnabled(False)
        self.polling.setContentsMargins(6, 0, 12, 0)
        self.keys.setContentsMargins(12, 0, 8, 0)
        self.addWidget(self.polling)
        self.addWidget(self.said, 1)
        self.addPermanentWidget(self.keys)
        self.setSizeGripEnabled(False)
        self.tick()

    def tick(self) -> None:
        self.polling.setText(polling_words(self._session))
        self.polling.setToolTip(formats.tip(self._session.figures.why))

    def say_newest(self) -> None:
        lines = self._session.notices.lines
        if lines:
            self.said.setText(lines[-1].words)
            palette = self.said.palette()
            palette.setColor(self.said.foregroundRole(), self._theme.colours[TONES.get(lines[-1].tone, "text.dim")])
            self.said.setPalette(palette)


def polling_words(session: FeedSession) -> str:
    """`Polling /odds/changes every 1.5 s · 0 truncated pages · 0 faults`."""
    figures = session.figures
    lost = f"{counted(figures.truncated, 'truncated page')} · {counted(figures.faults, 'fault')}"
    if session.is_venue_gone:
        return f"Not polling: {_why_gone(session)} · {lost}"
    if figures.why:
        return f"/odds/changes does not answer, {again_words(session)} · {lost}"
    if figures.last_poll_at is None and not figures.polls:
        return "Polling /odds/changes begins"
    if session.is_late:
        return f"/odds/changes is late: its answer is waited for · {lost}"
    return f"Polling /odds/changes every {figures.interval:.1f} s · {lost}"


def _why_gone(session: FeedSession) -> str:
    if session.is_refused:
        return "the key is not accepted"
    return "its keys are not to be had" if session.is_locked_out() else "the feed is not reachable"
