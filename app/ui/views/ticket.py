"""The ticket: one order as it would be sent, what the live book would do with it, and the two ways to send it.

A press on Place sends. Enter arms first, and only an Enter at least 0.15 s later sends: one long press, or a key meant for another
field, cannot do both.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from decimal import Decimal
from enum import StrEnum
from functools import partial
from typing import Any

import msgspec
from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QLineEdit, QPushButton, QToolButton, QVBoxLayout, QWidget

from app.domain.book import match
from app.domain.environment import Environment
from app.domain.errors import DeniedError
from app.domain.money import parse_stake
from app.domain.odds import Odds, parse_american
from app.domain.order import Order, OrderDraft, OrderState
from app.services.session import Session
from app.ui import formats
from app.ui.display import Display
from app.ui.theme import Theme

BEAT = 0.15  # seconds between arming and the earliest Enter that sends
PRESETS = ("10", "25", "50", "100", "250", "500")
TEXT_LIMIT = 32


class Stage(StrEnum):
    EMPTY = "empty"
    DRAFT = "draft"
    ARMED = "armed"
    SENDING = "sending"


class Ticket(QWidget):
    """Holds the fields; the draft built from them is what is shown, confirmed and sent."""

    order_placed = Signal(str)

    def __init__(
        self,
        session: Session,
        start: Callable[[Coroutine[Any, Any, Any]], object],
        environment: Environment,
        display: Display,
        theme: Theme,
        clock: Callable[[], float],
    ) -> None:
        super().__init__()
        self._session = session
        self._start = start
        self._environment = environment
        self._display = display
        self._theme = theme
        self._clock = clock
        self._base: OrderDraft | None = None
        self._armed: OrderDraft | None = None
        self._armed_at = 0.0
        self._ref = ""
        self.stage = Stage.EMPTY
        self.contest = QLabel()
        self.selection = QLabel()
        self.odds = QLineEdit()
        self.stake = QLineEdit()
        self.down = QToolButton()
        self.up = QToolButton()
        self.odds_note = QLabel()
        self.match_note = QLabel()
        self.risk = QLabel()
        self.to_win = QLabel()
        self.objection = QLabel()
        self.result = QLabel()
        self.place = QPushButton()
        self.presets = [QPushButton(text) for text in PRESETS]
        self.take_there = QPushButton("takeable")
        self._lay_out()
        self._connect()
        self.dress()
        self.refresh()

    # Building

    def _lay_out(self) -> None:
        theme = self._theme
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 10, 12, 12)
        layout.setSpacing(6)
        self.contest.setFont(theme.font(12))
        self.contest.setWordWrap(True)
        self.selection.setFont(theme.font(18, bold=True))
        self.selection.setWordWrap(True)
        layout.addWidget(self.contest)
        layout.addWidget(self.selection)
        layout.addWidget(self._caption("Odds"))
        layout.addLayout(self._odds_row())
        layout.addWidget(self.odds_note)
        layout.addWidget(self._caption("Stake"))
        self._big(self.stake)
        layout.addWidget(self.stake)
        layout.addLayout(self._preset_rows())
        layout.addWidget(self.match_note)
        sums = QHBoxLayout()
        sums.addWidget(self.risk)
        sums.addStretch(1)
        sums.addWidget(self.to_win)
        layout.addLayout(sums)
        layout.addWidget(self.objection)
        layout.addWidget(self.place)
        layout.addWidget(self.result)
        layout.addStretch(1)
        for label in (self.odds_note, self.match_note, self.objection, self.result):
            label.setFont(theme.font(12))
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
        for label in (self.contest, self.selection):
            label.setTextFormat(Qt.TextFormat.PlainText)
        self.place.setObjectName("place")
        self.place.setAutoDefault(False)
        self.place.setFont(theme.font(14, bold=True))
        self.setMinimumWidth(236)

    def _odds_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(4)
        self._big(self.odds)
        self.odds.setAlignment(Qt.AlignmentFlag.AlignCenter)
        for button, sign, tip in ((self.down, formats.MINUS, "One rung shorter (Down)"), (self.up, "+", "One rung longer (Up)")):
            button.setText(sign)
            button.setToolTip(tip)
            button.setFixedSize(36, 34)
            button.setAutoRepeat(True)
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        row.addWidget(self.down)
        row.addWidget(self.odds, 1)
        row.addWidget(self.up)
        return row

    def _preset_rows(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setSpacing(4)
        for place, button in enumerate(self.presets):
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.clicked.connect(partial(self.stake.setText, PRESETS[place]))
            grid.addWidget(button, place // 3, place % 3)
        self.take_there.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.take_there.setToolTip("All the money that can be taken at these odds or better")
        grid.addWidget(self.take_there, 2, 0, 1, 3)
        return grid

    def _big(self, field: QLineEdit) -> None:
        field.setFont(self._theme.font(17, bold=True))
        field.setMaxLength(TEXT_LIMIT)
        field.installEventFilter(self)

    def _caption(self, text: str) -> QLabel:
        label = QLabel(text)
        label.setFont(self._theme.font(11))
        label.setEnabled(False)  # the palette's disabled colour is the dim one
        return label

    def _connect(self) -> None:
        self.odds.textEdited.connect(self._edited)
        self.stake.textChanged.connect(self._edited)
        self.down.clicked.connect(lambda: self.step(-1))
        self.up.clicked.connect(lambda: self.step(1))
        self.place.clicked.connect(self._pressed)
        self.take_there.clicked.connect(self._take_what_is_there)

    def dress(self) -> None:
        colour = self._theme.colours[self._environment.colour].name()
        quiet, faint = self._theme.colours["state.quiet_back"].name(), self._theme.colours["text.faint"].name()
        self.place.setStyleSheet(
            f"QPushButton:enabled {{ background: {colour}; }} QPushButton:disabled {{ background: {quiet}; color: {faint}; }}"
        )

    # Filling

    def prefill(self, draft: OrderDraft, *, with_stake: bool) -> None:
        """A price was clicked. The stake stays what it was, unless only what is there is wanted."""
        self._base = draft
        self._ref = ""
        self.stage = Stage.DRAFT
        self._armed = None
        self.odds.setText(formats.american(draft.odds))
        if with_stake and draft.stake > 0:
            self.stake.setText(format(draft.stake, "f"))
        self.result.setText("")
        self.refresh()
        self.stake.setFocus()
        self.stake.selectAll()

    def step(self, rungs: int) -> None:
        """Move the odds along the venue's ladder; up pays more."""
        ladder = self._session.controls.ladder
        odds = self._typed_odds()
        if ladder is None or odds is None:
            return
        self.odds.setText(formats.american(ladder.move(odds, rungs)))
        self._edited()

    def draft(self) -> OrderDraft:
        """The order in the fields; ValueError with a sentence while they do not make one."""
        if self._base is None:
            raise ValueError("Choose a price in the grid")
        return msgspec.structs.replace(self._base, odds=parse_american(self.odds.text()), stake=parse_stake(self.stake.text()))

    def _typed_odds(self) -> Odds | None:
        try:
            return parse_american(self.odds.text())
        except ValueError:
            return None

    def _take_what_is_there(self) -> None:
        odds = self._typed_odds()
        if self._base is None or odds is None:
            return
        side = self._session.prices.side(self._base.market, self._base.selection_id)
        there = sum((level.takeable for level in side if not level.odds < odds), Decimal(0))
        if there > 0:
            self.stake.setText(format(there, "f"))

    def _edited(self) -> None:
        """Any change disarms."""
        if self.stage is Stage.ARMED:
            self.stage = Stage.DRAFT
            self._armed = None
        self.refresh()

    # Showing

    def refresh(self) -> None:
        """Reckon everything anew from the fields and the live book."""
        base = self._base
        self.contest.setText(f"{base.event_name} · {base.market_name}" if base else "No order yet")
        self.selection.setText(base.selection_name if base else "Click a price")
        for widget in (self.odds, self.stake, self.down, self.up, self.take_there, *self.presets):
            widget.setEnabled(base is not None and self.stage is not Stage.SENDING)
        self._show_odds_note()
        try:
            draft = self.draft()
        except ValueError as problem:
            self._show_unfinished(str(problem) if base else "")
        else:
            self._show_draft(draft)
        self._show_result()

    def _show_unfinished(self, words: str) -> None:
        self.match_note.setText("")
        self.risk.setText("")
        self.to_win.setText("")
        self._say(self.objection, words, "state.warning")
        self._show_place("Place order", False)

    def _show_draft(self, draft: OrderDraft) -> None:
        self.risk.setText(f"Risk {formats.money(draft.stake)}")
        self.to_win.setText(f"To win {formats.money(draft.odds.profit(draft.stake))}")
        objection = self._session.trading.objection(draft)
        words = objection.words if objection else ""
        self._say(self.objection, words, "state.bad")
        if words:
            self._say(self.match_note, "", "text.dim")  # what a book that may not be believed would do is nobody's business
        else:
            self._show_match(draft)
        if words and self.stage is Stage.ARMED:
            self.stage, self._armed = Stage.DRAFT, None
        texts = {
            Stage.SENDING: "Sending…",
            Stage.ARMED: f"Enter again: {formats.money(draft.stake)} at {formats.american(draft.odds)}  ⏎",
        }
        self._show_place(texts.get(self.stage, f"Place on {self._environment}"), not words and self.stage is not Stage.SENDING)

    def _show_place(self, text: str, is_enabled: bool) -> None:
        self.place.setText(text)
        self.place.setEnabled(is_enabled)

    def _show_odds_note(self) -> None:
        odds, ladder = self._typed_odds(), self._session.controls.ladder
        if odds is None:
            self._say(self.odds_note, "", "text.dim")
        elif ladder is None:
            self._say(self.odds_note, "the ladder has not been read yet", "state.warning")
        elif odds in ladder:
            self._say(self.odds_note, f"on the ladder · {formats.decimal(odds)} · {formats.implied(odds)}", "text.dim")
        else:
            self._say(self.odds_note, f"not on the ladder; nearest {formats.american(ladder.nearest(odds))}", "state.warning")

    def _show_match(self, draft: OrderDraft) -> None:
        """What would happen now, from the live book."""
        found = match(self._session.prices.side(draft.market, draft.selection_id), draft.odds, draft.stake)
        if found.fills <= 0:
            self._say(self.match_note, f"Nothing fills now · {formats.money(draft.stake)} rests", "text.dim")
        elif found.rests <= 0:
            self._say(self.match_note, f"Fills {formats.money(found.fills)} now, wins {formats.money(found.wins)}", "state.good")
        else:
            words = f"Fills {formats.money(found.fills)} now · {formats.money(found.rests)} rests"
            self._say(self.match_note, words, "state.good")

    def _show_result(self) -> None:
        order = self._session.blotter.orders.get(self._ref)
        if order is not None:
            words, tone = outcome_words(order)
            self._say(self.result, words, tone)

    def _say(self, label: QLabel, words: str, use: str) -> None:
        label.setText(words)
        label.setVisible(bool(words))
        palette = label.palette()
        palette.setColor(label.foregroundRole(), self._theme.colours[use])
        label.setPalette(palette)

    # Sending

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress:
            return self._key(watched, event)
        return super().eventFilter(watched, event)

    def _key(self, watched: QObject, event: QKeyEvent) -> bool:
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            if not event.isAutoRepeat():
                self._entered()
            return True
        if event.key() == Qt.Key.Key_Escape and self.stage is Stage.ARMED:
            self._edited()
            return True
        if watched is self.odds and event.key() in {Qt.Key.Key_Up, Qt.Key.Key_Down}:
            self.step(1 if event.key() == Qt.Key.Key_Up else -1)
            return True
        return False

    def _entered(self) -> None:
        """The first Enter arms, the next one sends, if a beat lies between them."""
        if not self.place.isEnabled():
            return
        if self.stage is Stage.ARMED and self._armed is not None:
            if self._clock() - self._armed_at >= BEAT:
                self._send(self._armed)
            return
        self._armed = self.draft()
        self._armed_at = self._clock()
        self.stage = Stage.ARMED
        self.refresh()

    def _pressed(self) -> None:
        if self.stage is not Stage.SENDING:
            self._send(self._armed or self.draft())

    def _send(self, draft: OrderDraft) -> None:
        self.stage = Stage.SENDING
        self._armed = None
        self._ref = ""
        self._say(self.result, "", "text.dim")
        self.refresh()
        self._start(self._place(draft))

    async def _place(self, draft: OrderDraft) -> None:
        try:
            order = await self._session.trading.place(draft)
        except DeniedError as problem:
            self._say(self.result, f"Not sent: {problem}", "state.bad")
        else:
            self._ref = order.ref
            self.order_placed.emit(order.ref)
        finally:
            self.stage = Stage.DRAFT
            self.refresh()


def outcome_words(order: Order) -> tuple[str, str]:
    """How an order stands, leading with the word that matters, and the tone to say it in."""
    state = order.state
    match state:
        case OrderState.FILLED:
            return f"Filled: {formats.money(order.filled)}, wins {formats.money(order.wins)}", "state.good"
        case OrderState.PART:
            return f"Partly filled: {formats.money(order.filled)}, {formats.money(order.rest)} rests", "state.good"
        case OrderState.OPEN:
            return f"Resting: {formats.money(order.rest)} at {formats.american(order.odds)}", "state.info"
        case OrderState.ACCEPTED:
            return "Accepted by the venue, being checked", "state.info"
        case OrderState.REJECTED:
            return f"Refused by the venue: {order.reason}", "state.bad"
        case OrderState.NOT_SENT:
            return f"Not sent: {order.reason}. It may be sent again", "state.warning"
        case OrderState.UNKNOWN:
            return f"Unknown: {order.reason}. It may have been placed and is not sent again", "state.warning"
    if order.realised is not None:
        return f"{state}: {formats.signed(order.realised)}", "state.good" if order.realised > 0 else "text.dim"
    return f"{state}", "text.dim"
