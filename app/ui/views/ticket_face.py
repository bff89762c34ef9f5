"""What the ticket says: its widgets filled from a plan, from what is armed and from what became of the last orders. It decides nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from app.domain.book import Match
from app.domain.order import Order, OrderDraft
from app.ui import formats
from app.ui.views.outcome import outcome_words
from app.ui.views.ticket_form import LEAST_WIDTH, SIDE, TicketForm
from app.ui.views.ticket_plan import Plan, SentOrder, total_stake, total_win
from app.ui.views.ticket_rows import planned_rows, sent_row
from app.ui.views.ticket_words import CLOSED, TONES, about_text, again_text, card_text, match_words, order_text, place_text, summary_words

LINES = 4  # in view however low the pane is
FEW_LINES = 2  # the same while the card needs the room
MARGIN = 10  # pixels between the edge of a button and its words


class Stage(StrEnum):
    EMPTY = "empty"
    DRAFT = "draft"
    ARMED = "armed"
    SENDING = "sending"


class TicketFace(TicketForm):
    """Says what it is told to; the focus never falls from a button that goes to one that a key could press.

    `user_said` is what the card says of the user, `where` the account and environment that the button names.
    """

    user_said = ""
    where = ""

    def show_unfinished(self, words: str) -> None:
        """The fields make no order yet."""
        for label in (self.match_note, self.risk, self.to_win, self.card):
            self.say(label, "", "text.normal")
        self.say(self.objection, words, "state.warning")
        self.insist.hide()
        self._show_place("Place order" if self.prices.count == 1 else "Place orders", "", is_enabled=False)

    def show_head(self, note: str, tone: str, *, is_armed: bool) -> None:
        """What the card says need not stand over the fields too, where the pane is low. Called before the card comes and after it went:
        showing lays out anew at once.
        """
        for label in (self.contest, self.selection):
            label.setVisible(not (is_armed and self.is_low))
        self.user_line.setVisible(self.has_users and not (is_armed and self.is_low and not self.user.hasFocus()))
        self.say(self.user_note, "" if is_armed or (self.is_low and self._is_objecting) else note, tone)

    def show_plan(self, plan: Plan, stage: Stage, armed: Sequence[OrderDraft], insisted: Mapping[str, str]) -> None:
        is_armed = stage is Stage.ARMED  # the card says it all then
        if is_armed:
            self.rows.keep(FEW_LINES)  # before the card comes, after it went: showing lays out anew at once
        self.say(self.risk, "" if is_armed else f"Risk {formats.money(total_stake(plan.counted))}", "text.normal")
        self.say(self.to_win, "" if is_armed else f"To win {formats.money(total_win(plan.counted))}", "text.normal")
        self._show_objection(plan, stage, insisted)
        user = self.user_said.partition("\n")[0] if self.is_low and self._is_objecting else self.user_said
        self.card.setText(card_text(armed, self.where, user) if armed else "")
        self.card.setVisible(bool(armed))
        about = about_text(armed or plan.counted)
        self._show_place(self._place_text(plan, stage, armed), about, is_enabled=bool(plan.going) and stage is not Stage.SENDING)

    def show_found(self, found: Match | None, *, is_own: bool = False) -> None:
        """What the live book would do with it; None where that is nobody's business. `is_own`: some of it with money of our own."""
        words, tone = match_words(found) if found else ("", "text.dim")
        self.say(self.match_note, words, "state.warning" if is_own and words else tone)

    def show_result(self, order: Order | None, sent: Sequence[tuple[SentOrder, Order | None]], denied: str) -> None:
        """What became of the last order, or of the last ones."""
        words, tone = outcome_words(order) if order else ("", "state.bad")
        if sent:
            words, tone = summary_words(one for _, one in sent), "text.normal"
        self.say(self.result, "\n".join(filter(None, (words, denied))), "state.bad" if denied else tone)
        is_resting = any(one.is_cancellable and not one.cancelling for _, one in sent if one)
        if not is_resting and self.cancel_these.hasFocus():
            self.hold_focus()
        self.cancel_these.setVisible(is_resting)

    def show_again(self, order: Order | None, user: str) -> None:
        """Offer to send this order once more, or nothing; `user` is how its user is called."""
        if order is not None:
            words = f"for {user}" if user else ""
            shown = self.again.fontMetrics().elidedText(words, Qt.TextElideMode.ElideMiddle, LEAST_WIDTH - 2 * SIDE - 2 * MARGIN)
            self.again.setText(again_text(order.draft, shown))
        elif self.again.hasFocus():
            self.hold_focus()
        self.again.setVisible(order is not None)

    def show_planned(self, plan: Plan, stage: Stage) -> None:
        """One line for each order that would be sent, where there are several."""
        self.rows.keep(FEW_LINES if stage is Stage.ARMED or self._is_objecting else LINES)
        self.rows.say("Orders to be sent", planned_rows(plan) if plan.is_several else [])

    def show_sent(self, sent: Sequence[tuple[SentOrder, Order | None]], refusals: Sequence[str]) -> None:
        """One line for each order that was sent, as it stands now; `refusals` says why the venue would not cancel it."""
        self.rows.keep(FEW_LINES if self._is_objecting else LINES)
        rows = [sent_row(one, order, refusal) for (one, order), refusal in zip(sent, refusals, strict=True)]
        self.rows.say("What became of the orders", rows)

    @property
    def _is_objecting(self) -> bool:
        """Whether sentences need the room, and the stake would be pushed out of sight."""
        return not self.objection.isHidden()

    def hold_focus(self) -> None:
        """Take the focus off the fields before they are disabled: Qt would hand it on to a stranger, and the next key with it."""
        focused = QApplication.focusWidget()
        if focused is not None and self.isAncestorOf(focused):
            self.setFocus()

    def _show_objection(self, plan: Plan, stage: Stage, insisted: Mapping[str, str]) -> None:
        told = plan.barrier
        may_insist = told is not None and told.may_confirm
        words = told.words if told else "\n".join((*insisted.values(), *plan.warnings(self._labels)))
        if words and self.is_low:
            self.user_note.hide()  # before the sentence comes
        self.say(self.objection, words, TONES.get(told.code, "state.bad") if told else "state.warning")
        self.insist.setVisible(may_insist or (told is None and bool(insisted)))
        self.insist.setChecked(told is None and bool(insisted))
        self.insist.setEnabled(stage is not Stage.SENDING)

    def _place_text(self, plan: Plan, stage: Stage, armed: Sequence[OrderDraft]) -> str:
        if stage is Stage.SENDING:
            return "Sending…"
        if armed:
            return f"Enter again ⏎\n{order_text(armed)}"
        closed = CLOSED.get(plan.barrier.code) if plan.barrier else None
        return closed or place_text(plan.counted, self.where)

    def _show_place(self, text: str, about: str, *, is_enabled: bool) -> None:
        self.place.say(text, about)
        if not is_enabled and self.place.hasFocus():
            self.hold_focus()
        self.place.setEnabled(is_enabled)
