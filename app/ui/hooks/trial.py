"""The test sender: a delivery of our own, good or broken on purpose, to the receiver or another address of this computer."""

from __future__ import annotations

from PySide6.QtWidgets import QComboBox, QLineEdit, QSpinBox, QVBoxLayout, QWidget

from app.domain.secret import Secret
from app.domain.webhook import HookEvent
from app.services.hooks.trials import Flaw
from app.ui.hooks.deliveries import answered
from app.ui.hooks.tools import HookTools
from app.ui.wizard.parts import Words, button, named, row

NO_SECRET = "No secret is stored: store one of a subscription, or type one."
TYPED = "A secret typed here"


class TrialPane(QWidget):
    """What was answered stands under the button, the newest on top."""

    def __init__(self, tools: HookTools) -> None:
        super().__init__()
        self._tools = tools
        theme = tools.theme
        self.events, self.flaw, self.secrets = QComboBox(), QComboBox(), QComboBox()
        for event in HookEvent:
            self.events.addItem(str(event), event)
        for flaw in Flaw:
            self.flaw.addItem(str(flaw), flaw)
        self.match = QSpinBox()
        self.match.setRange(0, 2_000_000_000)
        self.match.setValue(1)
        self.typed = QLineEdit()
        self.typed.setEchoMode(QLineEdit.EchoMode.Password)
        self.typed.setMaxLength(1_000)
        self.typed.setPlaceholderText("The secret; it is kept nowhere")
        self.typed.setAccessibleName("Secret typed here")
        self.url = QLineEdit()
        self.url.setMaxLength(2_048)
        self.url.setPlaceholderText("Empty: the receiver, where this subscription is received")
        self.send = button("Send", "Send it once; nothing leaves this computer")
        self.said = Words(theme)
        lines = QVBoxLayout(self)
        lines.setContentsMargins(10, 8, 10, 8)
        lines.setSpacing(8)
        lines.addWidget(Words(theme, "A signed delivery as the feed makes it. It goes to this computer only.", use="text.dim", size=12))
        for title, field in (
            ("Event", self.events),
            ("Match", self.match),
            ("What is wrong with it", self.flaw),
            ("Signed with the secret of", self.secrets),
        ):
            lines.addWidget(named(title, field, theme))
        lines.addWidget(self.typed)
        lines.addWidget(named("To", self.url, theme))
        lines.addWidget(row(self.send))
        lines.addWidget(self.said)
        lines.addStretch(1)
        self.send.clicked.connect(self._send)
        self.url.returnPressed.connect(self._send)
        self.secrets.currentIndexChanged.connect(self._secret_chosen)
        self.events.currentIndexChanged.connect(self._event_chosen)
        self.refresh()

    def refresh(self) -> None:
        """The stored secrets are others now."""
        stored = self._tools.desk.verifier.stored()
        known = {self.secrets.itemData(place) for place in range(self.secrets.count())} - {None}
        if self.secrets.count() and known == set(stored):
            return
        chosen = self.secrets.currentData()
        self.secrets.clear()
        for number, name in stored.items():
            self.secrets.addItem(name, number)
        self.secrets.addItem(TYPED, None)
        self.secrets.setCurrentIndex(max(self.secrets.findData(chosen), 0))

    def _secret_chosen(self, *_: object) -> None:
        self.typed.setVisible(self.secrets.currentData() is None)

    def _event_chosen(self, *_: object) -> None:
        """A subscription is of one event: the secret of one of this event is offered."""
        event = self.events.currentData()
        for place in range(self.secrets.count()):
            one = self._tools.desk.subscriptions.all.get(self.secrets.itemData(place))
            if one is not None and one.event == event:
                self.secrets.setCurrentIndex(place)
                return

    def _send(self) -> None:
        number = self.secrets.currentData()
        secret = Secret(self.typed.text()) if number is None else self._tools.desk.subscriptions.secret_of(number)
        if not secret:
            self.said.say(NO_SECRET, "state.warning")
            return
        desk = self._tools.desk
        path = desk.reception.path(number) if number is not None else desk.reception.choice.path
        url = self.url.text().strip() or desk.deliveries.place(path)
        self._tools.start(self._deliver(url, secret))

    async def _deliver(self, url: str, secret: Secret) -> None:
        event, flaw = self.events.currentData(), self.flaw.currentData()
        try:
            answers = await self._tools.desk.trials.send(url, event, self.match.value(), flaw, secret)
        except ValueError as problem:
            self.said.say(f"Nothing was sent: {problem}", "state.warning")
            return
        is_taken = all(200 <= answer.status < 300 for answer in answers)
        self.said.say("\n".join(f"{url}: {answered(answer)}" for answer in answers), "state.good" if is_taken else "state.warning")
