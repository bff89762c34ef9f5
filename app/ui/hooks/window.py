"""The window "Webhooks and HMAC": what a feed tells this partner's addresses, what came, and whether its signatures are right."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QMargins, Qt, QTimer
from PySide6.QtGui import QCloseEvent, QHideEvent, QKeySequence, QPainter, QPaintEvent, QPen, QShortcut, QShowEvent
from PySide6.QtWidgets import QLineEdit, QSplitter, QTabWidget, QVBoxLayout, QWidget

from app.domain.environment import Environment
from app.domain.webhook import Delivery, Letter
from app.services.hooks.ports import ReceiverState
from app.services.ports import Signal as Announcement
from app.ui import formats
from app.ui.hooks.boxes import DeleteSubscriptionBox, NewSubscriptionBox, RotateBox
from app.ui.hooks.deliveries import DeliveriesPane
from app.ui.hooks.head import HooksHead
from app.ui.hooks.making import Making
from app.ui.hooks.pane import line_of
from app.ui.hooks.receiving import ReceivingPane
from app.ui.hooks.secrets_box import SecretsBox
from app.ui.hooks.shape import Shape
from app.ui.hooks.subscriptions import SubscriptionsPane
from app.ui.hooks.tools import HookTools
from app.ui.hooks.trial import TrialPane
from app.ui.hooks.verify import VerifyPane
from app.ui.views.elided import ElidedLabel

SIZE: Final = (1280, 800)
LEAST: Final = (1000, 640)
EDGE: Final = 3  # pixels of the environment's colour around everything
COUNTED: Final = 3  # beats
BEAT: Final = 1000  # milliseconds
SAID_FOR: Final = 10.0  # seconds that a sentence stands at the foot
FRAME: Final = 50  # milliseconds until what came is shown
APART: Final = 250  # milliseconds between two repaints while deliveries pour in


class HooksWindow(QWidget):
    """Built when it is first wanted; Escape puts it away."""

    def __init__(self, parent: QWidget | None, tools: HookTools, environment: Environment, account: str) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setObjectName("hooks")
        self.setWindowTitle(f"Webhooks and HMAC · {formats.plain(account)}")
        self._say_elsewhere = tools.say
        self._tools = tools = tools._replace(say=self.say)
        self._desk = tools.desk
        self._environment = environment
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
        self.making = Making(tools, self.subscriptions, self.secrets_box, self.new_box)
        self.left, self.sides, self.right = QSplitter(Qt.Orientation.Vertical), QSplitter(Qt.Orientation.Horizontal), QTabWidget()
        self.foot = ElidedLabel()
        self._beats = self._counted = 0
        self._said_at = self._shown_at = float("-inf")
        self._frame, self._beat = QTimer(self), QTimer(self)
        self._lay_out()
        self._shape = Shape(self, tools, {"sides": self.sides, "left": self.left, "halves": self.deliveries.halves})
        self._connect()
        self.dress()

    def _lay_out(self) -> None:
        for part, stretch in ((self.subscriptions, 1), (self.deliveries, 3)):
            self.left.addWidget(part)
            self.left.setStretchFactor(self.left.count() - 1, stretch)
        for pane, name in ((self.verify, "Verify a signature"), (self.trial, "Send a test"), (self.receiving, "Receiver")):
            self.right.addTab(pane, name)
        self.right.setDocumentMode(True)
        self.right.setMinimumWidth(330)
        for side, stretch in ((self.left, 7), (self.right, 3)):
            self.sides.addWidget(side)
            self.sides.setStretchFactor(self.sides.count() - 1, stretch)
        for splitter in (self.left, self.sides):
            splitter.setChildrenCollapsible(False)
            splitter.setHandleWidth(6)
        self.foot.setFont(self._tools.theme.font(12))
        self.foot.setAccessibleName("What became of it")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(QMargins(EDGE, EDGE, EDGE, EDGE))
        layout.setSpacing(0)
        layout.addWidget(self.head)
        layout.addWidget(self.sides, 1)
        layout.addLayout(line_of(self.foot, margins=(10, 3, 10, 5)))
        self.sides.setContentsMargins(6, 0, 6, 0)
        self.setMinimumSize(*LEAST)
        self.resize(*SIZE)
        self.sides.setSizes([900, 370])
        self.left.setSizes([206, 544])
        self.deliveries.halves.setSizes([290, 230])

    def _connect(self) -> None:
        # what a person does
        self.head.switch_wanted.connect(self._switch)
        self.head.new_wanted.connect(self._new)
        self.subscriptions.delete_wanted.connect(self.delete_box.begin)
        self.subscriptions.rotate_wanted.connect(self.rotate_box.begin)
        self.subscriptions.chosen.connect(self._whose)
        self.deliveries.verify_wanted.connect(self._verify)
        self.new_box.wanted.connect(self.making.create)
        self.delete_box.confirmed.connect(self._delete)
        self.rotate_box.begin_wanted.connect(self.making.rotate)
        self.rotate_box.finish_wanted.connect(self._delete)
        self.rotate_box.abandon_wanted.connect(self.delete_box.begin)
        for table in (self.subscriptions.table, self.deliveries.table):
            table.said.connect(self._said)
        for key, slot in (
            ("Esc", self._escape),
            ("Ctrl+N", self._new),
            ("F5", self.subscriptions.read_again),
            ("Ctrl+F", self._focus_filter),
        ):
            QShortcut(QKeySequence(key), self, slot)
        # what services announce, some times a second at most
        for signal in self._news:
            signal.connect(self._soon)
        self._frame.setSingleShot(True)
        self._beat.setInterval(BEAT)
        self._frame.timeout.connect(self.refresh)
        self._beat.timeout.connect(self._tick)

    @property
    def _news(self) -> list[Announcement]:
        desk = self._desk
        news = [desk.subscriptions.changed, desk.reception.changed, desk.deliveries.changed, desk.gaps.changed]
        return [*news, desk.faults.changed] if desk.faults is not None else news

    # What is seen

    def bring(self) -> None:
        """Show it, or bring it to the front."""
        if not self.isVisible():
            self._shape.restore()
            self.deliveries.begin()
            self.deliveries.table.setFocus()
        self.show()
        self.raise_()
        self.activateWindow()

    def showEvent(self, event: QShowEvent) -> None:
        self._desk.watch(True)
        self._beat.start()
        self.refresh()
        super().showEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        """Secrets that were typed are kept nowhere, not even in a window that is put away."""
        self._desk.watch(False)
        self._beat.stop()
        self._shape.keep()
        self.verify.typed.clear()
        self.trial.typed.clear()
        super().hideEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Secrets that are told once hold it open."""
        if self.is_holding:
            event.ignore()
            self.show_what_is_held()
        else:
            super().closeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setPen(QPen(self._tools.theme.colours[self._environment.colour], EDGE * 2))
        painter.drawRect(self.rect())

    @property
    def is_holding(self) -> bool:
        """Whether ending now would lose a secret: one that was told, or one that is being asked for."""
        return self.secrets_box.is_holding or self.making.is_asking

    def show_what_is_held(self) -> None:
        """To the front with it."""
        self.bring()
        if self.secrets_box.is_holding:
            self.secrets_box.insist()
        else:
            self.say(
                "The feed is being asked for a subscription: its secret is told only once, so the page stays until the answer is here."
            )

    def say(self, words: str) -> None:
        """At the foot of this window, and where everything is told."""
        self._said_at = self._tools.clock()
        self.foot.setText(formats.plain(words))
        self._say_elsewhere(words)

    def _soon(self) -> None:
        if not self._frame.isActive():
            left = max(self._shown_at - self._tools.clock() + APART / 1000, 0.0)
            self._frame.start(max(FRAME, round(left * 1000)))

    def refresh(self) -> None:
        if not self.isVisible():
            return
        self._shown_at = self._tools.clock()
        self.head.refresh()
        self.subscriptions.refresh()
        self.deliveries.refresh()
        self.verify.refresh()
        self.trial.refresh()
        self.receiving.tick()
        if self.rotate_box.isVisible():
            self.rotate_box.refresh()

    def _tick(self) -> None:
        """A second went by. Figures of a day are counted in the file: not more often than somebody needs while deliveries pour in."""
        self._beats += 1
        received = self._desk.reception.counts.received
        if self._beats % COUNTED == 0 and received != self._counted:
            self._counted = received
            self._tools.start(self._desk.deliveries.count())
        if self._tools.clock() - self._said_at >= SAID_FOR:
            self.foot.setText("")
        self.head.refresh()
        self.subscriptions.tick()
        self.deliveries.tick()
        self.receiving.tick()

    def dress(self) -> None:
        self.head.dress()
        self.verify.judge()
        self.update()

    def shut(self) -> None:
        """The account goes: nothing is announced to it any more."""
        self._frame.stop()
        self._beat.stop()
        for signal in self._news:
            signal.disconnect(self._soon)

    # What a person does

    def _escape(self) -> None:
        """A field that holds a filter is emptied first, and left to the list."""
        if self.focusWidget() is self.deliveries.filter:
            if self.deliveries.filter.text():
                self.deliveries.filter.clear()
            else:
                self.deliveries.table.setFocus()
        else:
            self.close()

    def _switch(self) -> None:
        reception = self._desk.reception
        is_on = reception.state in {ReceiverState.RUNNING, ReceiverState.STARTING}
        self._tools.start(reception.stop() if is_on else reception.start())

    def _new(self) -> None:
        reception = self._desk.reception
        here = self._desk.deliveries.place(reception.choice.path or "/rankacy") if self._desk.takes_loopback else ""
        self.new_box.begin(here)

    def _focus_filter(self) -> None:
        field: QLineEdit = self.deliveries.filter
        field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        field.selectAll()

    def _whose(self) -> None:
        row = self.subscriptions.row
        self.deliveries.offer_only(row.subscription.id if row is not None else None)

    def _verify(self, delivery: Delivery, letter: Letter) -> None:
        self.right.setCurrentWidget(self.verify)
        self.verify.take(delivery, letter)

    def _said(self, words: str, _tone: object) -> None:
        self.say(words)

    def _delete(self, subscription_id: int) -> None:
        self._tools.start(self._end(subscription_id))

    async def _end(self, subscription_id: int) -> None:
        words = await self._desk.subscriptions.delete(subscription_id)
        self.subscriptions.say(words)
        self.say(words or f"Subscription {subscription_id} was deleted")
