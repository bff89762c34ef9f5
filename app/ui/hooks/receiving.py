"""How webhooks are received: port, path, names, patience; lines for a tunnel of one's own; and the gap watch's figures."""

from __future__ import annotations

from functools import partial

import msgspec
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDoubleSpinBox, QHBoxLayout, QLabel, QLineEdit, QScrollArea, QSpinBox, QVBoxLayout, QWidget

from app.services.hooks.choice import MOST_PATIENCE, PORTS, RATES, HookChoice, tunnels
from app.services.hooks.ports import ReceiverState
from app.ui.hooks.tools import HookTools
from app.ui.wizard.parts import Words, button, mono, named, row

NO_TUNNEL = (
    "The feed delivers to https addresses on the internet. To let one reach this computer, run a tunnel of your own with one of "
    "these lines; this program starts none. Add the name it gives you to the names above, and subscribe to that address."
)


USED = "It is received in this way from now on."
TAKEN = {ReceiverState.STOPPED: "It will be received in this way: the receiver does not run now."}


class ReceivingPane(QScrollArea):
    """Nothing changes before Use."""

    def __init__(self, tools: HookTools) -> None:
        super().__init__()
        self._tools = tools
        self._reception = tools.desk.reception
        theme = tools.theme
        self.port, self.rate, self.patience = QSpinBox(), QSpinBox(), QDoubleSpinBox()
        self.port.setRange(PORTS.start, PORTS.stop - 1)
        self.rate.setRange(RATES.start, RATES.stop - 1)
        self.rate.setSuffix(" a second")
        self.patience.setRange(1.0, MOST_PATIENCE)
        self.patience.setDecimals(0)
        self.patience.setSuffix(" s")
        self.path, self.hosts = QLineEdit(), QLineEdit()
        for part in (self.port, self.rate, self.patience):
            part.setFixedHeight(self.path.sizeHint().height())
        self.path.setPlaceholderText("Empty: each subscription at its own target's path")
        self.path.setMaxLength(300)
        self.hosts.setPlaceholderText("hooks.example.com, other.example.com")
        self.hosts.setMaxLength(1_000)
        self.use = button("Use", "Receive in this way from now on")
        self.said = Words(theme, is_hiding=True)
        self._said_in = self._reception.state  # what was said holds as long as this does
        self.figures = Words(theme, size=12)
        self.gaps = Words(theme, size=12)
        self.lines = QVBoxLayout()
        self._lay_out()
        self.use.clicked.connect(self._use)
        for field in (self.path, self.hosts):
            field.returnPressed.connect(self._use)
        self.show_choice()
        self.tick()

    def _lay_out(self) -> None:
        theme = self._tools.theme
        whole = QWidget()
        lines = QVBoxLayout(whole)
        lines.setContentsMargins(10, 8, 10, 8)
        lines.setSpacing(8)
        figures = (
            named("Port", self.port, theme, "On 127.0.0.1; another port opens the receiver anew"),
            named("Missed after", self.patience, theme, "A change in the poll feed without a delivery within so long is listed as missed"),
            named("At most", self.rate, theme, "More are answered with 429 and counted"),
        )
        lines.addWidget(row(*figures[:2], is_left=False))
        lines.addWidget(figures[2])
        lines.addWidget(named("Path", self.path, theme, "The path at which every subscription is received"))
        lines.addWidget(
            named("Further names it may be asked for by", self.hosts, theme, "The names of your tunnel; every other name is refused")
        )
        lines.addWidget(row(self.use))
        lines.addWidget(self.said)
        lines.addWidget(self._headed("Since it was opened"))
        lines.addWidget(self.figures)
        lines.addWidget(self._headed("Gap watch"))
        lines.addWidget(self.gaps)
        lines.addWidget(self._headed("Tunnels"))
        lines.addWidget(Words(theme, NO_TUNNEL, use="text.dim", size=12))
        lines.addLayout(self.lines)
        lines.addStretch(1)
        self.setWidget(whole)
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def _headed(self, text: str) -> QLabel:
        label = QLabel(text)
        label.setFont(self._tools.theme.font(12, bold=True))
        return label

    def show_choice(self) -> None:
        """What is used now."""
        choice = self._reception.choice
        self.port.setValue(choice.port)
        self.path.setText(choice.path)
        self.hosts.setText(", ".join(choice.hosts))
        self.patience.setValue(choice.patience)
        self.rate.setValue(choice.rate)
        self._show_tunnels(choice.port)

    def _show_tunnels(self, port: int) -> None:
        while (item := self.lines.takeAt(0)) is not None:
            if widget := item.widget():
                widget.deleteLater()
        for tunnel in tunnels(port):
            line = QLineEdit(tunnel.line)
            line.setReadOnly(True)
            line.setFont(mono(11))
            line.setCursorPosition(0)
            line.setAccessibleName(f"The line for {tunnel.name}")
            copy = button("Copy", f"Copy the line for {tunnel.name}")
            copy.clicked.connect(partial(self._tools.clipboard.copy, tunnel.line, f"The line for {tunnel.name}"))
            part = QWidget()
            both = QHBoxLayout(part)
            both.setContentsMargins(0, 0, 0, 0)
            both.addWidget(line, 1)
            both.addWidget(copy)
            self.lines.addWidget(named(f"{tunnel.name}: {tunnel.note}", part, self._tools.theme))

    def tick(self) -> None:
        if self._reception.state is not self._said_in:
            self.said.say("")
        counts, gaps = self._reception.counts, self._tools.desk.gaps
        told = (
            (counts.received, "received"),
            (counts.valid, "valid"),
            (counts.unreadable, "of them unreadable"),
            (counts.duplicates, "duplicates"),
            (counts.bad + counts.unsigned, "with a bad signature or none"),
            (counts.unchecked, "of subscriptions whose secret is not here"),
            (counts.refused, "refused unseen"),
            (counts.limited, "too fast (429)"),
        )
        self.figures.say(" · ".join(f"{number:,} {words}" for number, words in told if number) or "Nothing came yet.")
        figures = gaps.figures
        rate = "" if figures.rate is None else f" ({figures.rate:.1%})"
        words = f"{figures.missed:,} missed and {figures.late:,} late of {figures.expected:,} that the poll feed told of{rate}."
        self.gaps.say(f"{gaps.why_off()}: nothing is expected now. {words}" if gaps.why_off() else words)

    def _use(self) -> None:
        hosts = tuple(filter(None, (part.strip() for part in self.hosts.text().split(","))))
        choice = HookChoice(self.port.value(), self.path.text().strip(), hosts, self.patience.value(), self.rate.value())
        self._tools.start(self._apply(choice))

    async def _apply(self, choice: HookChoice) -> None:
        """One that failed, perhaps for the port, is started again with what was chosen now."""
        reception = self._reception
        words = await reception.use(msgspec.structs.replace(choice, is_on=reception.choice.is_on))
        if not words:
            self.show_choice()
            if reception.state is ReceiverState.FAILED:
                await reception.start()
            words = reception.words if reception.state is ReceiverState.FAILED else ""
        self._said_in = reception.state
        self.said.say(words or TAKEN.get(reception.state, USED), "state.warning" if words else "state.good")
