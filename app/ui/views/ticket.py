"""The ticket: one order as it would be sent, what the live book would do with it, and the two ways to send it.

A press on Place sends. Enter arms first, and only an Enter at least 0.15 s later sends: one long press, or a key meant for another
field, cannot do both. What is sent is the very draft whose fields stand on the button and on the armed card.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from decimal import Decimal
from enum import StrEnum
from typing import Any

import msgspec
from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QLineEdit

from app.domain.book import match
from app.domain.environment import Environment
from app.domain.errors import DeniedError
from app.domain.market import Selection
from app.domain.money import parse_stake
from app.domain.odds import Odds, parse_american
from app.domain.order import OrderDraft, OrderState
from app.services.controls import Objection
from app.services.session import Session
from app.ui import formats, identity
from app.ui.display import Display
from app.ui.theme import Theme
from app.ui.views.outcome import outcome_words
from app.ui.views.ticket_form import TEXT_LIMIT, TicketForm

BEAT = 0.15  # seconds between arming and the earliest Enter that sends
# Objections that pass by themselves, or that a person may overrule, are not said in red.
_TONES = {"RECONCILING": "text.dim", "DUPLICATE": "text.dim", "WAIT": "state.warning", "UNKNOWN": "state.warning", "LEAP": "state.warning"}
_CLOSED = {"OFF": "Trading is OFF", "HALTED": "HALTED", "LOCKED": "Locked", "RECONCILING": "Looking orders up…"}


class Stage(StrEnum):
    EMPTY = "empty"
    DRAFT = "draft"
    ARMED = "armed"
    SENDING = "sending"


class Ticket(TicketForm):
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
        super().__init__(environment, theme)
        self._session = session
        self._start = start
        self._display = display
        self._clock = clock
        self._base: OrderDraft | None = None
        self._seen: Selection | None = None
        self._shown: OrderDraft | None = None
        self._armed: OrderDraft | None = None
        self._armed_at = 0.0
        self._objection: Objection | None = None
        self._insisted: dict[str, str] = {}
        self._ref = ""
        self._denied = ""
        self.stage = Stage.EMPTY
        self._connect()
        self.dress()
        self.refresh()

    def _connect(self) -> None:
        self.odds.textChanged.connect(self._edited)
        self.stake.textChanged.connect(self._edited)
        self.down.clicked.connect(lambda: self.step(-1))
        self.up.clicked.connect(lambda: self.step(1))
        self.insist.clicked.connect(self._insist)
        self.place.clicked.connect(self._pressed)
        self.again.clicked.connect(self._pressed_again)
        self.take_there.clicked.connect(self._take_what_is_there)

    # Filling

    def prefill(self, draft: OrderDraft, *, with_stake: bool) -> None:
        """A price was clicked. The stake stays what it was, unless only what is there is wanted."""
        if self.stage is Stage.SENDING:
            return
        self._base = draft
        self._seen = identity.find(self._session.catalogue, draft)
        self._ref, self._denied = "", ""
        self.stage, self._armed = Stage.DRAFT, None
        self._insisted.clear()
        self.odds.setText(formats.american(draft.odds))
        if with_stake and draft.stake > 0:
            self.stake.setText(format(draft.stake, "f"))
        self.refresh()
        self.stake.setFocus()
        self.stake.selectAll()

    def step(self, rungs: int) -> None:
        """Move the odds along the venue's ladder; up pays more."""
        ladder = self._session.controls.ladder
        odds = self._typed_odds()
        if ladder is not None and odds is not None:
            self.odds.setText(formats.american(ladder.move(odds, rungs)))

    def draft(self) -> OrderDraft:
        """The order in the fields; ValueError with a sentence while they do not make one."""
        if self._base is None:
            raise ValueError("Choose a price in the grid")
        return msgspec.structs.replace(self._base, odds=parse_american(_whole(self.odds)), stake=parse_stake(_whole(self.stake)))

    def _typed_odds(self) -> Odds | None:
        try:
            return parse_american(_whole(self.odds))
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
        """Any change disarms, and takes back what was insisted on."""
        self._insisted.clear()
        self._disarm()
        self.refresh()

    def _disarm(self) -> None:
        if self.stage is Stage.ARMED:
            self.stage, self._armed = Stage.DRAFT, None

    def _insist(self, is_checked: bool) -> None:
        """A person overrules what is said now; several rules may have to be overruled one after the other."""
        if not is_checked or self._objection is None:
            self._insisted.clear()
        else:
            self._insisted[self._objection.code] = self._objection.words
        self._disarm()
        self.refresh()

    # Showing

    def refresh(self) -> None:
        """Reckon everything anew from the fields and the live book."""
        base = self._base
        self.contest.setText(f"{base.market_name} · {base.event_name}" if base else "No order yet")
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
        self.fields.fit()

    def _show_unfinished(self, words: str) -> None:
        self._shown, self._objection = None, None
        for label in (self.match_note, self.risk, self.to_win, self.card):
            self.say(label, "", "text.normal")
        self.say(self.objection, words, "state.warning")
        self.insist.hide()
        self._show_place("Place order", is_enabled=False)

    def _show_draft(self, draft: OrderDraft) -> None:
        self._shown = draft
        is_sending = self.stage is Stage.SENDING  # while it is on its way, the order itself would be what speaks against it
        self._objection = None if is_sending else self._find_objection(draft)
        is_ready = self._objection is None and not is_sending
        if self._objection is not None:
            self._disarm()
        is_armed = self.stage is Stage.ARMED  # the card says it all then
        self.say(self.risk, "" if is_armed else f"Risk {formats.money(draft.stake)}", "text.normal")
        self.say(self.to_win, "" if is_armed else f"To win {formats.money(draft.odds.profit(draft.stake))}", "text.normal")
        self._show_objection()
        self._show_match(draft)
        self._show_card()
        self._show_place(self._place_text(draft), is_enabled=is_ready)

    def _find_objection(self, draft: OrderDraft) -> Objection | None:
        """What speaks against it. What was insisted on counts only while its words, figures and all, are still the same."""
        moved = identity.changed(self._session.catalogue, draft, self._seen)
        if moved:
            return Objection("LOCKED", moved)
        trading = self._session.trading
        for code, words in list(self._insisted.items()):
            now = trading.objection(draft, frozenset(self._insisted) - {code})
            if now is None or (now.code == code and now.words != words):
                del self._insisted[code]
        return trading.objection(draft, frozenset(self._insisted))

    def _show_objection(self) -> None:
        told = self._objection
        may_insist = told is not None and told.may_confirm
        words = told.words if told else "\n".join(self._insisted.values())
        tone = _TONES.get(told.code, "state.bad") if told else "state.warning"
        self.say(self.objection, words, tone)
        self.insist.setVisible(may_insist or (told is None and bool(self._insisted)))
        self.insist.setChecked(told is None and bool(self._insisted))
        self.insist.setEnabled(self.stage is not Stage.SENDING)

    def _place_text(self, draft: OrderDraft) -> str:
        if self.stage is Stage.SENDING:
            return "Sending…"
        order = f"{formats.money(draft.stake)} at {formats.american(draft.odds)}"
        if self.stage is Stage.ARMED:
            return f"Enter again ⏎\n{order}"
        closed = _CLOSED.get(self._objection.code) if self._objection else None
        return closed or f"Place {order}\non {self._environment}"

    def _show_place(self, text: str, *, is_enabled: bool) -> None:
        self.place.setText(text)
        if not is_enabled and self.place.hasFocus():
            self._hold_focus()
        self.place.setEnabled(is_enabled)

    def _show_card(self) -> None:
        """What the next Enter sends, from the object that is sent."""
        sent = self._armed if self.stage is Stage.ARMED else None
        self.card.setText(card_text(sent, self._environment) if sent else "")
        self.card.setVisible(sent is not None)

    def _show_odds_note(self) -> None:
        odds, ladder = self._typed_odds(), self._session.controls.ladder
        if odds is None:
            self.say(self.odds_note, "", "text.dim")
        elif ladder is None:
            self.say(self.odds_note, "the ladder has not been read yet", "state.warning")
        elif odds in ladder:
            self.say(self.odds_note, f"on the ladder · {formats.decimal(odds)} · {formats.implied(odds)}", "text.dim")
        else:
            self.say(self.odds_note, f"not on the ladder; nearest {formats.american(ladder.nearest(odds))}", "state.warning")

    def _show_match(self, draft: OrderDraft) -> None:
        """What would happen now, from the live book; what a book that may not be believed would do is nobody's business."""
        if self._objection is not None and not self._objection.may_confirm:
            self.say(self.match_note, "", "text.dim")
            return
        found = match(self._session.prices.side(draft.market, draft.selection_id), draft.odds, draft.stake)
        if found.fills <= 0:
            self.say(self.match_note, f"Nothing fills now · {formats.money(draft.stake)} rests", "text.dim")
        elif found.rests <= 0:
            self.say(self.match_note, f"Fills {formats.money(found.fills)} now, wins {formats.money(found.wins)}", "state.good")
        else:
            self.say(self.match_note, f"Fills {formats.money(found.fills)} now · {formats.money(found.rests)} rests", "state.good")

    def _show_result(self) -> None:
        order = self._session.blotter.orders.get(self._ref)
        words, tone = outcome_words(order) if order else ("", "state.bad")
        self.say(self.result, "\n".join(filter(None, (words, self._denied))), "state.bad" if self._denied else tone)
        self.again.setVisible(order is not None and order.state is OrderState.NOT_SENT and self.stage is not Stage.SENDING)

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
            self._disarm()
            self.refresh()
            return True
        if watched is self.odds and event.key() in {Qt.Key.Key_Up, Qt.Key.Key_Down}:
            self.step(1 if event.key() == Qt.Key.Key_Up else -1)
            return True
        return False

    def _entered(self) -> None:
        """The first Enter arms, the next one sends, if a beat lies between them."""
        if not self.place.isEnabled() or self._shown is None:
            return
        if self.stage is Stage.ARMED and self._armed is not None:
            if self._clock() - self._armed_at >= BEAT:
                self._send(self._armed)
            return
        self._armed, self._armed_at = self._shown, self._clock()
        self.stage = Stage.ARMED
        self.refresh()

    def _pressed(self) -> None:
        if self.stage is not Stage.SENDING and self._shown is not None:
            self._send(self._armed or self._shown)

    def _send(self, draft: OrderDraft) -> None:
        confirmed = frozenset(self._insisted)
        self._ref = ""
        self._begin_sending()
        self._start(self._place(draft, confirmed))

    def _pressed_again(self) -> None:
        if self.stage is not Stage.SENDING:
            self._begin_sending()
            self._start(self._place_again(self._ref))

    def _begin_sending(self) -> None:
        self.stage, self._armed, self._denied = Stage.SENDING, None, ""
        self._hold_focus()
        self.refresh()

    def _hold_focus(self) -> None:
        """Take the focus off the fields before they are disabled: Qt would hand it on to a stranger, and the next key with it."""
        focused = QApplication.focusWidget()
        if focused is not None and self.isAncestorOf(focused):
            self.setFocus()

    async def _place(self, draft: OrderDraft, confirmed: frozenset[str]) -> None:
        try:
            order = await self._session.trading.place(draft, confirmed)
        except DeniedError as problem:
            self._denied = f"Not sent: {problem}"
        else:
            self._ref = order.ref
            self.order_placed.emit(order.ref)
        finally:
            self._end_sending()

    async def _place_again(self, ref: str) -> None:
        try:
            await self._session.trading.place_again(ref)
        except DeniedError as problem:
            self._denied = f"Not sent again: {problem}"
        finally:
            self._end_sending()

    def _end_sending(self) -> None:
        self.stage = Stage.DRAFT
        self._insisted.clear()
        self.refresh()


def _whole(field: QLineEdit) -> str:
    """What was typed; ValueError where the field is full: what it cut off could have made it another figure."""
    if len(field.text()) >= TEXT_LIMIT:
        raise ValueError("This is too long: the field may have cut it. Type it again")
    return field.text()


def card_text(draft: OrderDraft, environment: Environment) -> str:
    """An order as it is about to be sent, field by field."""
    user = f"\nfor {draft.external_user}" if draft.external_user else ""
    return (
        f"{draft.selection_name} {formats.american(draft.odds)}\n"
        f"{formats.money(draft.stake)} to win {formats.money(draft.odds.profit(draft.stake))} · {environment}\n"
        f"{draft.market_name} · {draft.event_name}{user}"
    )
