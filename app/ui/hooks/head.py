"""The page's head: whose webhooks these are, whether the receiver runs, the figures of a day."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from app.domain.environment import Environment
from app.services.hooks.ports import ReceiverState
from app.ui import formats
from app.ui.hooks.tools import HookTools
from app.ui.views.elided import ElidedLabel
from app.ui.wizard.parts import button

TONES = {
    ReceiverState.RUNNING: "state.good",
    ReceiverState.STARTING: "state.info",
    ReceiverState.STOPPED: "text.faint",
    ReceiverState.FAILED: "state.bad",
}


class HooksHead(QWidget):
    """`switch_wanted` starts or stops the receiver, `new_wanted` makes a subscription."""

    switch_wanted = Signal()
    new_wanted = Signal()

    def __init__(self, tools: HookTools, environment: Environment, account: str) -> None:
        super().__init__()
        self._desk = tools.desk
        self._theme = tools.theme
        self._environment = environment
        self.badge = QLabel(f"{environment} · {formats.plain(account)}")
        self.badge.setFont(tools.theme.font(12, bold=True))
        self.title = QLabel("Webhooks and HMAC")
        self.title.setFont(tools.theme.font(15, bold=True))
        self.dot = QLabel("●")
        self.state = ElidedLabel()
        self.figures = QLabel()
        self.switch = button("Start receiver")
        self.new = button("New subscription…", "Have the feed tell an address of yours (Ctrl+N)")
        self.new.setObjectName("primary")
        line = QHBoxLayout(self)
        line.setContentsMargins(10, 8, 10, 8)
        line.setSpacing(10)
        line.addWidget(self.badge)
        line.addWidget(self.title)
        line.addStretch(1)
        line.addWidget(self.dot)
        line.addWidget(self.state, 2)
        for part in (self.figures, self.switch, self.new):
            line.addWidget(part)
        self.switch.clicked.connect(self.switch_wanted)
        self.new.clicked.connect(self.new_wanted)
        self.dress()

    def dress(self) -> None:
        colours = self._theme.colours.css
        back, text = colours(self._environment.colour), colours("text.on_accent")
        self.badge.setStyleSheet(f"background: {back}; color: {text}; border-radius: 4px; padding: 6px 9px;")
        self.refresh()

    def refresh(self) -> None:
        reception, tally = self._desk.reception, self._desk.deliveries.tally
        self.dot.setStyleSheet(f"color: {self._theme.colours.css(TONES[reception.state])};")
        self.state.setText(formats.plain(reception.words))
        self.figures.setText(figures_words(tally.ok, tally.bad, tally.missed))
        is_on = reception.state in {ReceiverState.RUNNING, ReceiverState.STARTING}
        self.switch.setText("Stop receiver" if is_on else "Start receiver")
        self.switch.setEnabled(reception.state is not ReceiverState.STARTING)


def figures_words(ok: int, bad: int, missed: int) -> str:
    """`24 h: 1,204 ok · 3 bad · 2 missed`."""
    return f"24 h: {ok:,} ok · {bad:,} bad · {missed:,} missed"
