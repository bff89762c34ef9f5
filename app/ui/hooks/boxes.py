"""The boxes of the page: a new subscription, deleting one, rotating a secret."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from app.domain.webhook import LONGEST_URL, HookEvent, shown
from app.services.hooks.rotations import Rotation
from app.services.hooks.subscriptions import Made
from app.ui import formats
from app.ui.dialogs.box import Box
from app.ui.hooks.tools import HookTools
from app.ui.views.tick_box import TickBox
from app.ui.wizard.parts import Words, named

WHAT = {
    HookEvent.MATCH_CREATED: "a new match was made",
    HookEvent.MATCH_STARTED: "a match went live",
    HookEvent.MATCH_FINISHED: "a match was finished",
    HookEvent.ODDS_UPDATED: "odds of a match changed",
}


class NewSubscriptionBox(Box):
    """`wanted` with a target and the events that were ticked: one request each."""

    wanted = Signal(str, object)

    def __init__(self, parent: QWidget, tools: HookTools) -> None:
        super().__init__(parent, tools.theme, "New subscription", "Cancel", 520)
        self._subscriptions = tools.desk.subscriptions
        takes = " In practice http://127.0.0.1 is delivered to as well." if tools.desk.takes_loopback else ""
        self.words.setText(f"The feed tells this address, once and without repeating it, that something changed.{takes}")
        self.url = QLineEdit()
        self.url.setMaxLength(LONGEST_URL + 100)
        self.url.setPlaceholderText("https://hooks.example.com/rankacy")
        self.ticks = {event: TickBox(f"{event}: {what}", tools.theme) for event, what in WHAT.items()}
        self.why = Words(tools.theme, use="state.warning")
        self._failed = ""
        self.body.addWidget(named("Target", self.url, tools.theme))
        for tick in self.ticks.values():
            self.body.addWidget(tick)
            tick.toggled.connect(self._judge)
        self.body.addWidget(self.why)
        self.make = self.add_button("Subscribe", "primary")
        self.make.clicked.connect(self._make)
        self.url.textChanged.connect(self._judge)

    def begin(self, url: str = "", events: Collection[str] = (), failed: str = "") -> None:
        """`failed`: why these came to nothing when they were wanted before; it stands there until something is changed."""
        self._failed = ""
        self.url.setText(url)
        for event, tick in self.ticks.items():
            tick.setChecked(event in events)
        self._failed = failed
        self._judge_anew()
        self.bring()
        self.fit()
        self.url.setFocus()

    @property
    def events(self) -> list[str]:
        return [str(event) for event, tick in self.ticks.items() if tick.isChecked()]

    def _judge(self, *_: object) -> None:
        self._failed = ""
        self._judge_anew()

    def _judge_anew(self) -> None:
        url, events = self.url.text().strip(), self.events
        objection = self._subscriptions.objection(url, events) if url else "Type the address that is told."
        self.make.setEnabled(not objection)
        self.make.setText(f"Subscribe to {len(events)} events" if len(events) > 1 else "Subscribe")
        self.make.setDefault(not objection)
        self.why.say(objection or self._failed or self._subscriptions.warning(url, events))
        self.fit()

    def _make(self) -> None:
        if self.make.isEnabled():
            url, events = self.url.text().strip(), self.events
            self.accept()
            self.wanted.emit(url, events)


class DeleteSubscriptionBox(Box):
    """`confirmed` with the number of the subscription. Its target is typed where it is about the real feed."""

    confirmed = Signal(object)

    def __init__(self, parent: QWidget, tools: HookTools) -> None:
        super().__init__(parent, tools.theme, "Delete this subscription?", "Keep it", 520)
        self._desk = tools.desk
        self._is_production = tools.is_production
        self._id = 0
        self.field = QLineEdit()
        self.field.setMaxLength(20)
        self.field.setAccessibleName("The number of the subscription")
        self.body.addWidget(self.field)
        self.delete = self.add_button("Delete", "danger")
        self.delete.clicked.connect(self._confirm)
        self.field.textChanged.connect(self._typed)

    def begin(self, subscription_id: int) -> None:
        one = self._desk.subscriptions.all[subscription_id]
        self._id = subscription_id
        self.title.setText(f"Delete subscription {one.id}?")
        ask = f"\n\nTo delete it, type its number: {one.id}" if self._is_production else ""
        alone = self._what_is_lost(one.id)
        self.words.setText(f"{one.event} to {formats.plain(shown(one.target_url))}\n\n{alone}{self._desk.consequence(one.id)}{ask}")
        self.field.setVisible(self._is_production)
        self.field.setAccessibleName(f"Type {one.id}")
        self.field.clear()
        self._typed("")
        self.bring()
        self.fit()
        (self.field if self._is_production else self.harmless).setFocus()

    def _what_is_lost(self, subscription_id: int) -> str:
        """Of two that take each other's place, perhaps only this one can be checked here."""
        subscriptions = self._desk.subscriptions
        rotation = subscriptions.rotation_of(subscription_id)
        if rotation is None or subscriptions.secret_of(subscription_id) is None:
            return ""
        other = rotation.old_id if subscription_id == rotation.new_id else rotation.new_id
        if subscriptions.secret_of(other) is not None:
            return ""
        return f"Its secret is here, and that of subscription {other} is not: without this one nothing of them can be checked here. "

    def _typed(self, text: str) -> None:
        self.delete.setEnabled(not self._is_production or text.strip() == str(self._id))

    def _confirm(self) -> None:
        if self.delete.isEnabled():
            self.accept()
            self.confirmed.emit(self._id)


class RotateBox(Box):
    """Three steps: a second subscription, a delivery that proves it, the end of the old one. `begin_wanted`, `finish_wanted` and
    `abandon_wanted` with numbers of subscriptions: the one to be rotated, and the one to be deleted.
    """

    begin_wanted = Signal(object)
    finish_wanted = Signal(object)
    abandon_wanted = Signal(object)

    def __init__(self, parent: QWidget, tools: HookTools) -> None:
        super().__init__(parent, tools.theme, "Rotate a secret", "Later", 540)
        self._desk = tools.desk
        self._id = 0
        self._is_ending = False  # one of the two is being deleted
        self.words.setText(
            "The feed has no call that changes a secret. A second subscription of the same event and target takes the place of "
            "the old one. Until that is deleted each change is delivered twice, once with each secret."
        )
        self.steps = Words(tools.theme)
        self.body.addWidget(self.steps)
        self.adopt = self.add_button("It takes its place")
        self.start = self.add_button("1  Make the new one")
        self.abandon = self.add_button("Keep the old one…")
        self.finish = self.add_button("3  Delete the old one", "danger")
        self.adopt.clicked.connect(self._adopt)
        self.start.clicked.connect(self._start)
        self.abandon.clicked.connect(self._abandon)
        self.finish.clicked.connect(self._finish)

    @property
    def rotation(self) -> Rotation | None:
        return self._desk.subscriptions.rotation_of(self._id)

    def begin(self, subscription_id: int) -> None:
        self._id, self._is_ending = subscription_id, False
        self.refresh()
        self.bring()
        self.fit()

    def refresh(self) -> None:
        """The list is another now, or something was delivered."""
        rotation = self.rotation
        one = self._desk.subscriptions.all.get(self._id)
        if one is None or (self._is_ending and rotation is None):
            self.reject()
            return
        is_proven = rotation is not None and self._desk.is_proven(rotation)
        works_here = rotation is not None and self._desk.works_here(rotation)
        self.title.setText(f"Rotate the secret of subscription {rotation.old_id if rotation else one.id}")
        successor = self._desk.subscriptions.successor_of(one.id)
        self.steps.say("\n".join(_steps(rotation, is_proven=is_proven, works_here=works_here)) + _offer(one.id, successor))
        self.adopt.setVisible(successor is not None)
        self.adopt.setText(f"{successor} takes its place")
        self.start.setVisible(rotation is None)
        self.abandon.setVisible(rotation is not None)
        self.finish.setVisible(rotation is not None)
        self.finish.setText("3  Delete the old one" if is_proven else "3  Delete the old one, unproven")
        self.fit()

    def _adopt(self) -> None:
        if (successor := self._desk.subscriptions.successor_of(self._id)) is not None:
            self._desk.subscriptions.call_rotation(self._id, successor)
            self.refresh()

    def _start(self) -> None:
        self.begin_wanted.emit(self._id)

    def _finish(self) -> None:
        if (rotation := self.rotation) is not None:
            self._id, self._is_ending = rotation.new_id, True
            self.finish_wanted.emit(rotation.old_id)

    def _abandon(self) -> None:
        if (rotation := self.rotation) is not None:
            self._id, self._is_ending = rotation.old_id, True
            self.abandon_wanted.emit(rotation.new_id)


def _steps(rotation: Rotation | None, *, is_proven: bool, works_here: bool) -> list[str]:
    if rotation is None:
        return ["○  1  Make a new subscription, and keep its secret", "○  2  See the feed deliver with it", "○  3  Delete the old one"]
    made = f"✓  1  Subscription {rotation.new_id} takes the place of {rotation.old_id}"
    return [made, _proof(is_proven=is_proven, works_here=works_here), f"○  3  Delete subscription {rotation.old_id}"]


def _offer(old_id: int, successor: int | None) -> str:
    """Two of one kind may be meant: only a person knows."""
    if successor is None:
        return ""
    return f"\n\nSubscription {successor} has the same event and target. If it was made to take the place of {old_id}, say so here."


def _proof(*, is_proven: bool, works_here: bool) -> str:
    """What this program sent itself shows that the secret is right here, and not that the feed signs with it."""
    if is_proven:
        return "✓  2  The feed has delivered here with its secret"
    if works_here:
        return f"○  2  The stored secret works here; the feed has not delivered with it yet{ELSEWHERE}"
    return f"○  2  The feed has not delivered here with its secret yet{ELSEWHERE}"


ELSEWHERE = "\n      (since this program started; where yours are received elsewhere, look there)"


def failures(made: Sequence[Made]) -> str:
    """What of several requests came to nothing, as sentences."""
    return " ".join(f"{each.event}: {each.words}" for each in made if each.words)
