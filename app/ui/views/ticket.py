"""The ticket: one order as it would be sent, or its stake over several prices, what the live book would do, and the two ways to send it.

A press on Place sends. Enter arms first, and only an Enter at least 0.15 s later sends: one long press, or a key meant for another
field, cannot do both. What is sent are the very drafts whose sums stand on the button and on the armed card. Whatever changes them disarms.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Coroutine
from typing import Any

import msgspec
from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit

from app.domain.book import Match, takeable_at
from app.domain.environment import Environment
from app.domain.errors import DeniedError
from app.domain.market import Selection
from app.domain.money import parse_stake
from app.domain.odds import Odds, parse_american
from app.domain.order import Order, OrderDraft, OrderState
from app.domain.split import split
from app.domain.user import UserError
from app.services.controls import Objection
from app.services.session import Session
from app.ui import formats, identity
from app.ui.display import Display
from app.ui.theme import Theme
from app.ui.views.ticket_face import Stage, TicketFace
from app.ui.views.ticket_form import TEXT_LIMIT
from app.ui.views.ticket_plan import FOR_ALL, Plan, PlannedOrder, SentOrder, sent_orders
from app.ui.views.ticket_words import odds_words, room_words, user_words

__all__ = ["BEAT", "Stage", "Ticket"]

BEAT = 0.15  # seconds between arming and the earliest Enter that sends
LOOKS_APART = 0.25  # seconds between two judgements of several orders while only the book moves; each one costs the rules once more


class Ticket(TicketFace):
    """Holds the fields; the drafts built from them are what is shown, confirmed and sent."""

    order_placed = Signal(str)

    def __init__(
        self,
        session: Session,
        start: Callable[[Coroutine[Any, Any, Any]], object],
        environment: Environment,
        display: Display,
        theme: Theme,
        clock: Callable[[], float],
        account: str = "",
    ) -> None:
        """`account` is named on the button that sends, where several are open."""
        super().__init__(environment, theme, session.controls.users, display.labels, has_users=session.controls.has_users)
        self.where = f"{account} ({environment})" if account else str(environment)
        self._session = session
        self._start = start
        self._display = display
        self._clock = clock
        self._base: OrderDraft | None = None
        self._seen: Selection | None = None
        self._plan = Plan()
        self._judged_at = 0.0
        self._armed: tuple[OrderDraft, ...] = ()
        self._armed_at = 0.0
        self._insisted: dict[str, str] = {}
        self._ref = ""
        self._sent: tuple[SentOrder, ...] = ()
        self._is_telling = False  # the lines say what became of the last orders, until something is edited or armed
        self._denied = ""
        self.stage = Stage.EMPTY
        self._connect()
        self.dress()
        self.refresh()

    def _connect(self) -> None:
        self.user.textChanged.connect(self._edited)
        self.user.picked.connect(self._focus_stake)
        self._session.controls.users.changed.connect(self.refresh)
        self.odds.textChanged.connect(self._edited)
        self.stake.textChanged.connect(self._edited)
        self.prices.changed.connect(self._edited)
        self.down.clicked.connect(lambda: self.step(-1))
        self.up.clicked.connect(lambda: self.step(1))
        self.insist.clicked.connect(self._insist)
        self.place.clicked.connect(self._pressed)
        self.again.clicked.connect(self._pressed_again)
        self.take_there.clicked.connect(self._take_what_is_there)
        self.cancel_these.clicked.connect(self._cancel_these)
        self.room_changed.connect(self.refresh, Qt.ConnectionType.QueuedConnection)  # not while it is being laid out

    # Filling

    def prefill(self, draft: OrderDraft, *, with_stake: bool) -> None:
        """A price was clicked. The stake stays what it was, unless only what is there is wanted; it goes over several prices only
        where that was chosen for this very selection.
        """
        if self.stage is Stage.SENDING:
            return
        if with_stake or self._base is None or (self._base.market, self._base.selection_id) != (draft.market, draft.selection_id):
            self.prices.choose(1)
        self._base = draft
        self._seen = identity.find(self._session.catalogue, draft)
        self._forget_sent()
        self.stage, self._armed = Stage.DRAFT, ()
        self._insisted.clear()
        self.odds.setText(formats.american(draft.odds))
        if with_stake and draft.stake > 0:
            self.stake.setText(format(draft.stake, "f"))
        self.refresh()
        if self.has_users and not self.user.text():
            self.user.setFocus()
        else:
            self._focus_stake()

    @property
    def chosen(self) -> OrderDraft | None:
        """The price it was filled with last."""
        return self._base

    def choose_user(self, user_id: str) -> None:
        """From now on orders are for them."""
        if self.stage is not Stage.SENDING:
            self.user.choose(user_id)

    def _focus_stake(self) -> None:
        self.stake.setFocus()
        self.stake.selectAll()

    def step(self, rungs: int) -> None:
        """Move the odds along the ladder; up pays more."""
        ladder = self._session.controls.ladder
        odds = self._typed_odds()
        if ladder is not None and odds is not None:
            self.odds.setText(formats.american(ladder.move(odds, rungs)))

    def draft(self) -> OrderDraft:
        """The order in the fields; ValueError with a sentence while they do not make one."""
        if self._base is None:
            raise ValueError("Choose a price in the grid")
        user = self.user.user_id() if self.has_users else ""
        odds, stake = parse_american(_whole(self.odds), self._labels), parse_stake(_whole(self.stake), self._labels)
        return msgspec.structs.replace(self._base, odds=odds, stake=stake, external_user=user)

    def drafts(self) -> tuple[OrderDraft, ...]:
        """The orders in the fields, the shortest odds first; ValueError with a sentence while they do not make any."""
        whole, ladder = self.draft(), self._session.controls.ladder
        if self.prices.count == 1:
            return (whole,)
        if ladder is None:
            raise ValueError("The venue's price ladder has not been read yet")
        return split(whole, ladder, self.prices.count)

    def _typed_odds(self) -> Odds | None:
        try:
            return parse_american(_whole(self.odds))
        except ValueError:
            return None

    def _take_what_is_there(self) -> None:
        odds = self._typed_odds()
        if self._base is None or odds is None:
            return
        there = takeable_at(self._session.prices.side(self._base.market, self._base.selection_id), odds)
        if there > 0:
            self.stake.setText(format(there, "f"))

    def _edited(self) -> None:
        """Any change disarms, and takes back what was insisted on."""
        self._insisted.clear()
        self._is_telling = False
        self._disarm()
        self.refresh()

    def _disarm(self) -> None:
        if self.stage is Stage.ARMED:
            self.stage, self._armed = Stage.DRAFT, ()

    def _insist(self, is_checked: bool) -> None:
        """A person overrules what is said now; several rules may have to be overruled one after the other."""
        told = self._plan.barrier
        if not is_checked or told is None:
            self._insisted.clear()
        else:
            self._insisted[told.code] = told.words
        self._disarm()
        self.refresh()

    # Showing

    def refresh(self) -> None:
        """Reckon everything anew from the fields and the live book."""
        base = self._base
        self.contest.say(*((base.market_name, base.event_name) if base else ("No order yet",)))
        self.selection.setText(base.selection_name if base else "Click a price")
        for widget in (self.user, self.odds, self.stake, self.prices, self.down, self.up, self.take_there, *self.presets):
            widget.setEnabled(base is not None and self.stage is not Stage.SENDING)
        self.say(self.odds_note, *odds_words(self._typed_odds(), self._session.controls.ladder))
        note, tone = self._user_note()
        if self.stage is Stage.ARMED:
            self.show_head(note, tone, is_armed=True)
        try:
            drafts = self.drafts()
        except ValueError as problem:
            self._show_no_plan(str(problem) if base else "")
        else:
            self._show_drafts(drafts)
        self.show_head(note, tone, is_armed=self.stage is Stage.ARMED)
        self._show_outcome()
        self.fields.fit()

    def _user_note(self) -> tuple[str, str]:
        """Whether the typed user is new, how much their tightest limit leaves, and the colour to say it in."""
        words, tone, self.user_said = "", "text.dim", ""
        with contextlib.suppress(UserError):
            user_id = self.user.user_id()
            controls = self._session.controls
            room = controls.user_room(msgspec.structs.replace(self._base, external_user=user_id))[0] if self._base else None
            words, tone = user_words(room, is_new=controls.users.is_new(user_id))
            self.user_said = "\n".join(filter(None, (f"FOR {controls.users.called(user_id)}", room_words(room) if room else "")))
        return words, tone

    def books_changed(self) -> None:
        """Prices moved: what would fill is said each time, what speaks against several orders a few times a second."""
        if self._plan.is_several and self._clock() - self._judged_at < LOOKS_APART:
            self.show_found(self._found(), is_own=self._meets_own())
        else:
            self.refresh()

    def _show_no_plan(self, words: str) -> None:
        self._plan = Plan()
        self._disarm()
        self.show_unfinished(words)

    def _show_drafts(self, drafts: tuple[OrderDraft, ...]) -> None:
        self._plan = self._plan_sent(drafts) if self.stage is Stage.SENDING else self._judged(drafts)
        if self._plan.going != self._armed:
            self._disarm()
        self.show_plan(self._plan, self.stage, self._armed, self._insisted)
        self.show_found(self._found(), is_own=self._meets_own())

    def _plan_sent(self, drafts: tuple[OrderDraft, ...]) -> Plan:
        """While orders are on their way, they themselves would be what speaks against them."""
        return self._plan if self._plan.is_several else Plan(tuple(map(PlannedOrder, drafts)))

    def _judged(self, drafts: tuple[OrderDraft, ...]) -> Plan:
        self._judged_at = self._clock()
        moved = identity.changed(self._session.catalogue, drafts[0], self._seen, self._labels)
        if moved:
            return Plan(tuple(PlannedOrder(draft, Objection("LOCKED", moved)) for draft in drafts))
        if len(drafts) == 1:
            return Plan((PlannedOrder(drafts[0], self._find_objection(drafts[0])),))
        return Plan(tuple(map(PlannedOrder, drafts, self._session.controls.objections(drafts, FOR_ALL & self._insisted.keys()))))

    def _find_objection(self, draft: OrderDraft) -> Objection | None:
        """What speaks against it. What was insisted on counts only while its words, figures and all, are still the same."""
        trading = self._session.trading
        for code, words in list(self._insisted.items()):
            now = trading.objection(draft, frozenset(self._insisted) - {code})
            if now is None or (now.code == code and now.words != words):
                del self._insisted[code]
        return trading.objection(draft, frozenset(self._insisted))

    def _found(self) -> Match | None:
        """What would happen now, from the live book; what a book that may not be believed would do is nobody's business."""
        barrier, first = self._plan.barrier, self._plan.counted[0]
        if barrier is not None and not barrier.may_confirm:
            return None
        return self._plan.matches(self._session.prices.side(first.market, first.selection_id))

    def _meets_own(self) -> bool:
        """Whether some of what fills would be money of our own, insisted on or not."""
        return any(next(self._session.controls.own_met(draft), None) for draft in self._plan.counted)

    def _show_outcome(self) -> None:
        """What became of the last orders; the lines say it until something is edited or armed."""
        blotter = self._session.blotter
        sent = [(one, blotter.orders.get(one.ref)) for one in self._sent]
        last = blotter.orders.get(self._ref)
        self.show_result(last, sent, self._denied)
        user = self._session.controls.users.called(last.draft.external_user) if last else ""
        self.show_again(last if self._may_go_again(last) else None, user)
        if self._is_telling:
            self.show_sent(sent, [blotter.cancel_refusal(order) if order else "" for _, order in sent])
        else:
            self.show_planned(self._plan, self.stage)

    def _may_go_again(self, order: Order | None) -> bool:
        """Whether it never left, and the fields say that very order: what they say is what a person means."""
        if order is None or order.state is not OrderState.NOT_SENT or self.stage is Stage.SENDING:
            return False
        return [one.draft for one in self._plan.orders] == [order.draft]

    # Sending

    def hideEvent(self, event: QHideEvent) -> None:
        """Another account is at hand: what was armed for this one is not sent by the first Enter on the way back."""
        self._disarm()
        self.refresh()
        super().hideEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress:
            return self._key(watched, event)
        return super().eventFilter(watched, event)

    def _key(self, watched: QObject, event: QKeyEvent) -> bool:
        if watched is self.user and self.user.is_choosing:
            return False
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
        if not self.place.isEnabled() or not self._plan.going:
            return
        if self.stage is Stage.ARMED:
            if self._clock() - self._armed_at >= BEAT:
                self._send(self._armed)
            return
        self._armed, self._armed_at = self._plan.going, self._clock()
        self.stage, self._is_telling = Stage.ARMED, False
        self.refresh()

    def _pressed(self) -> None:
        if self.stage is not Stage.SENDING and self._plan.going:
            self._send(self._armed or self._plan.going)

    def _send(self, drafts: tuple[OrderDraft, ...]) -> None:
        plan, confirmed = self._plan, frozenset(self._insisted)
        if confirmed >= FOR_ALL:
            self._session.controls.users.accept({draft.external_user for draft in drafts})
        self._forget_sent()
        self._begin_sending()
        self._start(self._place_all(plan, drafts) if plan.is_several else self._place(drafts[0], confirmed))

    def _forget_sent(self) -> None:
        self._ref, self._denied = "", ""
        self._sent, self._is_telling = (), False

    def _pressed_again(self) -> None:
        if self.stage is not Stage.SENDING:
            self._begin_sending()
            self._start(self._place_again(self._ref))

    def _begin_sending(self) -> None:
        self.stage, self._armed, self._denied = Stage.SENDING, (), ""
        self.hold_focus()
        self.refresh()

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

    async def _place_all(self, plan: Plan, drafts: tuple[OrderDraft, ...]) -> None:
        """Every order has its own fate; nothing is insisted on."""
        try:
            self._sent = sent_orders(plan, await self._session.trading.place_many(drafts))
            self._is_telling = True
        finally:
            self._end_sending()
        for sent in self._sent:
            if sent.ref:
                self.order_placed.emit(sent.ref)

    def _cancel_these(self) -> None:
        """What of the last orders still stands, in one request."""
        self._start(self._session.trading.cancel_many([one.ref for one in self._sent if one.ref]))

    def follow(self, ref: str, new_ref: str) -> None:
        """A guard put another order in the place of one that was sent from here."""
        self._ref = new_ref if self._ref == ref else self._ref
        self._sent = tuple(msgspec.structs.replace(one, ref=new_ref) if one.ref == ref else one for one in self._sent)
        self.refresh()

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
