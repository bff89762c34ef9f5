"""The delivery that was chosen: its bytes, and what can be done with them: sent again, copied, verified, pinned."""

from __future__ import annotations

import msgspec
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QLineEdit, QVBoxLayout, QWidget

from app.domain.webhook import Delivery, Verdict
from app.services.hooks.ports import Answer
from app.ui import formats
from app.ui.hooks.letter import EMPTY, LetterView
from app.ui.hooks.pane import line_of
from app.ui.hooks.tools import HookTools
from app.ui.models.hooks_deliveries import HELD_TIP, NOT_DELIVERED, brief_change
from app.ui.wizard.parts import button

UNREAD = "Its body was not read."
NONE = "Choose a delivery to see its headers and its bytes."
TO = "Where Replay and the curl line send it: this computer only"


class ChosenDelivery(QWidget):
    """`show_row` follows a table's selection. `verify_wanted` with the delivery and its letter; `pinned` with it as it is now."""

    verify_wanted = Signal(object, object)
    pinned = Signal(object)

    def __init__(self, tools: HookTools) -> None:
        super().__init__()
        self._tools = tools
        self._deliveries = tools.desk.deliveries
        self.row: Delivery | None = None
        self._is_held = False  # it tells what may not be known yet
        self.letter = LetterView(tools.theme)
        self.to = QLineEdit()
        self.to.setMaxLength(2_048)
        self.to.setAccessibleName("Send to")
        self.to.setToolTip(TO)
        self.to.setAccessibleDescription(TO)
        self.to.setMinimumWidth(120)
        self.replay = button("Replay", "Send the very same bytes there again")
        self.curl = button("Copy as curl", "A line for a shell that sends it there")
        self.verify = button("Verify", "Look into its signature in the verifier")
        self.pin = button("Pin", "A pinned one stays when the file is full")
        self._lay_out()
        for part, slot in ((self.replay, self._replay), (self.curl, self._copy_curl), (self.verify, self._verify), (self.pin, self._pin)):
            part.clicked.connect(slot)
        self.to.returnPressed.connect(self._replay)
        self.show_row(None)

    def _lay_out(self) -> None:
        label = QLabel("To")
        label.setBuddy(self.to)
        for part in (self.replay, self.curl, self.verify, self.pin):
            part.setObjectName("small")
        line = line_of(label, self.to, self.replay, self.curl, self.verify, self.pin)
        line.setStretchFactor(self.to, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.letter, 1)
        layout.addLayout(line)

    @property
    def url(self) -> str:
        """Where a person wants it sent; empty for the receiver."""
        return self.to.text().strip()

    # What is shown

    def show_row(self, row: Delivery | None) -> None:
        """This one from now on; its bytes are read once."""
        is_another = row is None or self.row is None or row.id != self.row.id or self._is_held
        self.row = row
        self._is_held = row is not None and self._tools.desk.is_held_back(row)
        has_bytes = row is not None and row.size is not None and not self._is_held
        for part in (self.replay, self.curl, self.verify, self.to):
            part.setEnabled(has_bytes)
        self.pin.setEnabled(row is not None and row.id > 0)
        self.pin.setText("Unpin" if row is not None and row.is_pinned else "Pin")
        if row is None:
            self.letter.tell(NONE)
            self.letter.say("")
            self.to.setPlaceholderText("the receiver")
            return
        if self._is_held:
            self.letter.tell(HELD_TIP)
            self.letter.say("")
            return
        self.letter.tell(about(row))
        self.to.setPlaceholderText(self._deliveries.place(row.path) if row.path else "the receiver")
        if is_another:
            self._tools.start(self._show_letter(row))

    def tick(self) -> None:
        """A second went by."""
        if self.row is not None and self._is_held and not self._tools.desk.is_held_back(self.row):
            self.show_row(self.row)

    async def _show_letter(self, row: Delivery) -> None:
        try:
            letter = await self._deliveries.letter(row.id)
        except OSError as problem:
            self.letter.say(f"The deliveries' file cannot be read: {problem}")
            return
        if self.row is None or self.row.id != row.id or self._is_held:
            return
        if letter is None:
            self.letter.say(f"No bytes are kept of it: {formats.plain(row.reason) or row.verdict}.")
        else:
            self.letter.show_letter(letter, UNREAD if row.verdict is Verdict.REFUSED else EMPTY)

    # What a person does

    def _replay(self) -> None:
        if self.row is not None and self.replay.isEnabled():
            self._tools.start(self._send_again(self.row, self.url))

    async def _send_again(self, row: Delivery, url: str) -> None:
        where = url or "the receiver"
        try:
            self._tools.say(f"Delivery {row.id} was sent again to {where}: {answered(await self._deliveries.replay(row, url))}")
        except (ValueError, OSError) as problem:
            self._tools.say(f"It was not sent again: {problem}")

    def _copy_curl(self) -> None:
        if self.row is not None:
            self._tools.start(self._copy_line(self.row, self.url))

    async def _copy_line(self, row: Delivery, url: str) -> None:
        try:
            line = await self._deliveries.curl(row, url)
        except OSError as problem:
            self._tools.say(f"The deliveries' file cannot be read: {problem}")
            return
        if line:
            self._tools.clipboard.copy(line, "The curl line")
        self._tools.say(
            f"The curl line of delivery {row.id} was copied" if line else "No bytes are kept of this delivery: there is nothing to send."
        )

    def _verify(self) -> None:
        if self.row is not None:
            self._tools.start(self._hand_over(self.row))

    async def _hand_over(self, row: Delivery) -> None:
        try:
            letter = await self._deliveries.letter(row.id)
        except OSError as problem:
            self._tools.say(f"The deliveries' file cannot be read: {problem}")
            return
        if letter is not None:
            self.verify_wanted.emit(row, letter)
        else:
            self._tools.say("No bytes are kept of this delivery: there is nothing to verify.")

    def _pin(self) -> None:
        if self.row is not None:
            self._tools.start(self._change_pin(self.row))

    async def _change_pin(self, row: Delivery) -> None:
        changed = msgspec.structs.replace(row, is_pinned=not row.is_pinned)
        try:
            await self._deliveries.pin(row, is_pinned=changed.is_pinned)
        except OSError as problem:
            self._tools.say(f"It could not be pinned: {problem}")
            return
        if self.row is not None and self.row.id == row.id:
            self.show_row(changed)
        self.pinned.emit(changed)


def about(row: Delivery) -> str:
    """One line: whose it is and what became of it."""
    whose = f"subscription {row.subscription_id}" if row.subscription_id is not None else "no subscription"
    where = f" at {formats.plain(row.path)}" if row.path else ""
    answer = "" if row.answer is None else f" · answered {row.answer}{'' if row.took is None else f' in {row.took:.1f} ms'}"
    reason = f": {formats.plain(row.reason)}" if row.reason else f" of {row.copy_of}" if row.copy_of else ""
    change = f" · {brief_change(row)}" if row.verdict in NOT_DELIVERED else ""
    return f"Delivery {row.id} · {whose}{where} · {row.verdict}{reason}{answer}{change}"


def answered(answer: Answer) -> str:
    """`204 in 1.5 ms`, or what was said instead."""
    words = f": {formats.plain(answer.words)}" if answer.words else ""
    return f"{answer.status} in {answer.took:.1f} ms{words}" if answer.status else formats.plain(answer.words)
