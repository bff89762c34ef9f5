"""The test sender: a delivery of our own, good or broken on purpose, to the receiver or another address of this computer."""

from __future__ import annotations

from collections import deque
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QLineEdit, QScrollArea, QSpinBox, QVBoxLayout, QWidget

from app.domain.secret import Secret
from app.domain.webhook import HookEvent
from app.services.hooks.trials import Flaw
from app.ui.hooks.chosen import answered
from app.ui.hooks.faults import FaultsBox
from app.ui.hooks.secret_choice import SecretChoice
from app.ui.hooks.tools import HookTools
from app.ui.wizard.parts import Words, button, named, row

WHAT: Final = (
    "A signed delivery as the feed makes it, good or with one mistake, to see what your receiver says. It goes to this computer only, and "
    "changes no price: like each delivery it has the feed asked again at most."
)
NO_SECRET: Final = "No secret is stored: store one of a subscription, or type one."
KEPT: Final = 4  # answers before the newest


class TrialPane(QScrollArea):
    """What was answered stands under the button, the newest on top."""

    def __init__(self, tools: HookTools) -> None:
        super().__init__()
        self._tools = tools
        self._answers: deque[str] = deque(maxlen=KEPT)
        self.events, self.flaw = QComboBox(), QComboBox()
        for event in reversed(HookEvent):
            self.events.addItem(str(event), event)
        for flaw in Flaw:
            self.flaw.addItem(str(flaw), flaw)
        self.match = QSpinBox()
        self.match.setRange(0, 2_000_000_000)
        self._proposed = 1  # the match, until a person types another
        self.match.setValue(self._proposed)
        self.secrets = SecretChoice(tools)
        self.typed = self.secrets.typed
        self.other = Words(tools.theme, use="state.warning", size=12, is_hiding=True)
        self.url = QLineEdit()
        self.url.setMaxLength(2_048)
        self.send = button("Send", "Send it now; nothing leaves this computer")
        self.send.setObjectName("primary")
        self.match.setFixedHeight(self.url.sizeHint().height())
        self.said = Words(tools.theme, is_hiding=True)
        self.before = Words(tools.theme, use="text.dim", size=12, is_hiding=True)
        faults = tools.desk.faults
        self.faults = FaultsBox(tools, faults) if faults is not None else None
        self._lay_out()
        self.send.clicked.connect(self._send)
        self.url.returnPressed.connect(self._send)
        self.events.currentIndexChanged.connect(self._event_chosen)
        self.secrets.changed.connect(self._judge)
        self.refresh()

    def _lay_out(self) -> None:
        theme = self._tools.theme
        whole = QWidget()
        lines = QVBoxLayout(whole)
        lines.setContentsMargins(10, 8, 10, 8)
        lines.setSpacing(8)
        lines.addWidget(Words(theme, WHAT, use="text.dim", size=12))
        lines.addWidget(named("Event", self.events, theme))
        lines.addWidget(named("Match", self.match, theme))
        lines.addWidget(named("What is wrong with it", self.flaw, theme))
        lines.addWidget(named("Signed with the secret of", self.secrets, theme))
        self.secrets.box.setAccessibleName("Signed with the secret of")
        lines.addWidget(self.other)
        lines.addWidget(named("To", self.url, theme))
        for part in (row(self.send), self.said, self.before):
            lines.addWidget(part)
        if self.faults is not None:
            lines.addWidget(self.faults)
        lines.addStretch(1)
        self.setWidget(whole)
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    @property
    def here(self) -> str:
        """Where the receiver takes it."""
        desk, number = self._tools.desk, self.secrets.number
        known = number if number in desk.subscriptions.all else self._received
        return desk.deliveries.place(desk.reception.path(known) if known is not None else desk.reception.choice.path)

    @property
    def _received(self) -> int | None:
        """A subscription at whose path something is received: one of the event, where there is one."""
        desk, event = self._tools.desk, self.events.currentData()
        there = [one for one in desk.subscriptions.all.values() if desk.reception.is_received(one.id)]
        return min(there, key=lambda one: (one.event != event, one.id)).id if there else None

    def refresh(self) -> None:
        """The stored secrets are others now."""
        if self.secrets.refresh() and not self.secrets.is_by_hand:
            self._event_chosen()
        self._judge()
        if self.faults is not None:
            self.faults.refresh()

    def _event_chosen(self, *_: object) -> None:
        """A subscription is of one event: the secret of one of this event is offered."""
        self.secrets.choose_for(None, self.events.currentData())
        self._judge()

    def _judge(self) -> None:
        self.url.setPlaceholderText(self.here)
        self._propose_match()
        number, event = self.secrets.number, self.events.currentData()
        one = None if number is None else self._tools.desk.subscriptions.all.get(number)
        is_other = one is not None and one.event != event
        words = f"No secret of a subscription of {event} is chosen: the receiver takes it for a mistake." if is_other else ""
        if number is None and self._received is None:
            words = (
                "No subscription is received now: the receiver would answer 404. Type another address, or start it with a stored secret."
            )
        self.other.say(words)

    def _propose_match(self) -> None:
        """A live one of the league, until a person has typed another."""
        live = self._tools.desk.live_match_id
        if live is not None and self.match.value() == self._proposed and not self.match.hasFocus():
            self._proposed = live
            self.match.setValue(live)

    def _send(self) -> None:
        secret = self.secrets.secret
        if not secret:
            self.said.say(NO_SECRET, "state.warning")
            return
        self._tools.start(self._deliver(self.url.text().strip() or self.here, secret))

    async def _deliver(self, url: str, secret: Secret) -> None:
        event, flaw = self.events.currentData(), Flaw(self.flaw.currentData())  # Qt keeps no more than its text
        self._put_away()
        try:
            answers = await self._tools.desk.trials.send(url, event, self.match.value(), flaw, secret)
        except ValueError as problem:
            self.said.say(f"Nothing was sent: {problem}", "state.warning")
            return
        is_taken = all(200 <= answer.status < 300 for answer in answers)
        what = "good" if flaw is Flaw.GOOD else flaw
        words = ", and then ".join(map(answered, answers))
        self.said.say(f"{words} · {event}, {what} · {url}", "state.good" if is_taken else "state.warning")

    def _put_away(self) -> None:
        """What was said before moves down."""
        if self.said.text():
            self._answers.appendleft(self.said.text())
            self.before.say("\n".join(self._answers))
            self.said.say("")
