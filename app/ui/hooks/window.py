"""The window "Webhooks and HMAC": what a feed tells this partner's addresses, what came, and whether its signatures are right."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QHideEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QSplitter, QTabWidget, QVBoxLayout, QWidget

from app.domain.environment import Environment
from app.domain.webhook import Delivery, Letter
from app.services.hooks.ports import ReceiverState
from app.ui import formats
from app.ui.hooks.boxes import DeleteSubscriptionBox, NewSubscriptionBox, RotateBox, failures
from app.ui.hooks.deliveries import DeliveriesPane
from app.ui.hooks.head import HooksHead
from app.ui.hooks.receiving import ReceivingPane
from app.ui.hooks.secrets_box import SecretLine, SecretsBox
from app.ui.hooks.subscriptions import SubscriptionsPane
from app.ui.hooks.tools import HookTools
from app.ui.hooks.trial import TrialPane
from app.ui.hooks.verify import VerifyPane

SIZE: Final = (1280, 800)
LEAST: Final = (1000, 640)
BEAT: Final = 1000  # milliseconds
FRAME: Final = 50  # milliseconds between two repaints while deliveries pour in


class HooksWindow(QWidget):
    """Built when it is first wanted; Escape puts it away. `figures_changed` for whoever shows them elsewhere."""

    figures_changed = Signal()

    def __init__(self, parent: QWidget | None, tools: HookTools, environment: Environment, account: str) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setObjectName("hooks")
        self.setWindowTitle(f"Webhooks and HMAC · {formats.plain(account)}")
        self._tools = tools
        self._desk = tools.desk
        self.head = HooksHead(tools, environment, account)
        self.subscriptions = SubscriptionsPane(tools)
        self.deliveries = DeliveriesPane(tools)
        self.verify = VerifyPane(tools)
        self.trial = TrialPane(tools)
        self.receiving = ReceivingPane(tools)
        self.new_box = NewSubscriptionBox(self, tools)
        self.secrets_box = SecretsBox(self, tools)
        self.delete_box = DeleteSubscriptionBox(self, tools)
        self.rotate_box = RotateBox(self, tools)
        self.left, self.sides, self.right = QSplitter(Qt.Orientation.Vertical), QSplitter(Qt.Orientation.Horizontal), QTabWidget()
        self._frame = QTimer(self)
        self._frame.setSingleShot(True)
        self._frame.setInterval(FRAME)
        self._beat = QTimer(self)
        self._beat.setInterval(BEAT)
        self._lay_out()
        self._connect()
        self.dress()

    def _lay_out(self) -> None:
        for part in (self.subscriptions, self.deliveries):
            self.left.addWidget(part)
        self.left.setStretchFactor(0, 1)
        self.left.setStretchFactor(1, 3)
        for pane, name in ((self.verify, "Verify"), (self.trial, "Send a test"), (self.receiving, "Receiver")):
            self.right.addTab(pane, name)
        self.right.setDocumentMode(True)
        self.right.setMinimumWidth(340)
        self.sides.addWidget(self.left)
        self.sides.addWidget(self.right)
        self.sides.setStretchFactor(0, 7)
        self.sides.setStretchFactor(1, 3)
        for splitter in (self.left, self.sides):
            splitter.setChildrenCollapsible(False)
            splitter.setHandleWidth(5)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.head)
        layout.addWidget(self.sides, 1)
        self.setMinimumSize(*LEAST)
        self.resize(*SIZE)
        self.sides.setSizes([880, 400])
        self.left.setSizes([190, 560])

    def _connect(self) -> None:
        desk = self._desk
        # what a person does
        self.head.switch_wanted.connect(self._switch)
        self.head.new_wanted.connect(self._new)
        self.subscriptions.delete_wanted.connect(self.delete_box.begin)
        self.subscriptions.rotate_wanted.connect(self.rotate_box.begin)
        self.deliveries.verify_wanted.connect(self._verify)
        self.new_box.wanted.connect(self._create)
        self.delete_box.confirmed.connect(self._delete)
        self.secrets_box.store_wanted.connect(self._store)
        self.rotate_box.begin_wanted.connect(self._rotate)
        self.rotate_box.finish_wanted.connect(self._delete)
        self.rotate_box.abandon_wanted.connect(self._delete)
        for table in (self.subscriptions.table, self.deliveries.table):
            table.said.connect(self._said)
        for key, slot in (("Esc", self.hide), ("Ctrl+N", self._new), ("F5", desk.subscriptions.reread), ("Ctrl+F", self._focus_filter)):
            QShortcut(QKeySequence(key), self, slot)
        # what services announce, some times a second at most
        for signal in (desk.subscriptions.changed, desk.reception.changed, desk.deliveries.changed, desk.gaps.changed):
            signal.connect(self._soon)
        self._frame.timeout.connect(self.refresh)
        self._beat.timeout.connect(self._tick)

    # What is seen

    def bring(self) -> None:
        """Show it, or bring it to the front."""
        if not self.isVisible():
            self.deliveries.begin()
        self.show()
        self.raise_()
        self.activateWindow()

    def showEvent(self, event: QShowEvent) -> None:
        self._desk.watch(True)
        self._beat.start()
        self.refresh()
        super().showEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        self._desk.watch(False)
        self._beat.stop()
        super().hideEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Secrets that are told once hold it open."""
        if self.secrets_box.is_holding:
            event.ignore()
            self.secrets_box.bring()
        else:
            super().closeEvent(event)

    @property
    def is_holding(self) -> bool:
        """Whether ending now would lose a secret."""
        return self.secrets_box.is_holding

    def _soon(self) -> None:
        if not self._frame.isActive():
            self._frame.start()

    def refresh(self) -> None:
        self.figures_changed.emit()
        if not self.isVisible():
            return
        self.head.refresh()
        self.subscriptions.refresh()
        self.deliveries.refresh()
        self.verify.refresh()
        self.trial.refresh()
        self.receiving.tick()
        if self.rotate_box.isVisible():
            self.rotate_box.refresh()

    def _tick(self) -> None:
        self.subscriptions.tick()
        self.receiving.tick()

    def dress(self) -> None:
        self.head.dress()
        self.verify.judge()

    def shut(self) -> None:
        """The account goes: nothing is announced to it any more."""
        self._frame.stop()
        self._beat.stop()
        desk = self._desk
        for signal in (desk.subscriptions.changed, desk.reception.changed, desk.deliveries.changed, desk.gaps.changed):
            signal.disconnect(self._soon)

    # What a person does

    def _switch(self) -> None:
        reception = self._desk.reception
        is_on = reception.state in {ReceiverState.RUNNING, ReceiverState.STARTING}
        self._tools.start(reception.stop() if is_on else reception.start())

    def _new(self) -> None:
        reception = self._desk.reception
        here = self._desk.deliveries.place(reception.choice.path or "/rankacy") if self._desk.takes_loopback else ""
        self.new_box.begin(here)

    def _focus_filter(self) -> None:
        self.deliveries.filter.setFocus()

    def _verify(self, delivery: Delivery, letter: Letter) -> None:
        self.right.setCurrentWidget(self.verify)
        self.verify.take(delivery, letter)

    def _said(self, words: str, _tone: object) -> None:
        self._tools.say(words)

    def _create(self, url: str, events: list[str]) -> None:
        self._tools.start(self._make(url, events))

    async def _make(self, url: str, events: list[str]) -> None:
        made = await self._desk.subscriptions.create(url, events)
        new = [each.new for each in made if each.new is not None]
        words = failures(made)
        if new:
            self.secrets_box.begin(new, words)
        elif words:
            self._tools.say(words)
            self.subscriptions.note.setText(formats.plain(words))

    def _rotate(self, subscription_id: int) -> None:
        self._tools.start(self._make_another(subscription_id))

    async def _make_another(self, subscription_id: int) -> None:
        made = await self._desk.subscriptions.rotate(subscription_id)
        if made.new is not None:
            self.secrets_box.begin([made.new])
        else:
            self._tools.say(made.words)
            self.subscriptions.note.setText(formats.plain(made.words))

    def _store(self, line: SecretLine) -> None:
        self._tools.start(self._keep(line))

    async def _keep(self, line: SecretLine) -> None:
        line.stored(await self._desk.subscriptions.store(line.id, line.secret))

    def _delete(self, subscription_id: int) -> None:
        self._tools.start(self._end(subscription_id))

    async def _end(self, subscription_id: int) -> None:
        words = await self._desk.subscriptions.delete(subscription_id)
        self._tools.say(words or f"Subscription {subscription_id} was deleted")
