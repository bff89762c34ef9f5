"""What a ticket would send: one order or several, which of them would not leave and why, and what became of those that were sent."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import msgspec

from app.domain.book import Level, Match
from app.domain.errors import DeniedError
from app.domain.labels import Labels
from app.domain.money import ZERO
from app.domain.order import Order, OrderDraft
from app.domain.split import LEAST_SHOWN, match_in_turn
from app.services.controls import Objection
from app.ui import formats

FOR_ALL = frozenset({"USER_NEW"})  # rules that speak about all orders alike: a person may insist on all of them at once


class PlannedOrder(msgspec.Struct, frozen=True):
    """An order in the fields, and what speaks against it now."""

    draft: OrderDraft
    objection: Objection | None = None


class Plan(msgspec.Struct, frozen=True):
    """All orders in the fields. Several go together or not at all, but for those that a person would have to insist on: nobody can
    insist on one of several, so these are left out and the others go. What speaks against all alike may be insisted on for all.
    """

    orders: tuple[PlannedOrder, ...] = ()

    @property
    def is_several(self) -> bool:
        return len(self.orders) > 1

    @property
    def going(self) -> tuple[OrderDraft, ...]:
        """Exactly what is sent; empty while something is in the way."""
        return () if self.barrier else tuple(one.draft for one in self.orders if one.objection is None)

    @property
    def counted(self) -> tuple[OrderDraft, ...]:
        """What sums are reckoned over: what would be sent, else all of it."""
        return self.going or tuple(one.draft for one in self.orders)

    @property
    def left_out(self) -> tuple[PlannedOrder, ...]:
        return tuple(one for one in self.orders if one.objection) if self.going else ()

    @property
    def barrier(self) -> Objection | None:
        """What keeps it all from being sent."""
        told = [one for one in self.orders if one.objection]
        if not self.is_several:
            return told[0].objection if told else None
        hard = next((one for one in told if one.objection and not one.objection.may_confirm), None)
        if hard is not None and hard.objection is not None:
            return self._placed(hard, hard.objection)
        if len(told) == len(self.orders) and told and (first := told[0].objection):
            if first.code in FOR_ALL:
                return first
            return Objection(first.code, f"{first.words}. Only a single order may be placed in spite of that")
        return None

    def matches(self, side: Sequence[Level]) -> Match:
        """What the book would do with all that would be sent, one after the other."""
        found = match_in_turn(side, self.counted)
        return Match(
            fills=sum((one.fills for one in found), ZERO),
            rests=sum((one.rests for one in found), ZERO),
            wins=sum((one.wins for one in found), ZERO),
            levels=max((one.levels for one in found), default=0),
        )

    def warnings(self, labels: Labels) -> list[str]:
        """What a person should know of several orders that may be sent."""
        if not self.is_several or not self.going:
            return []
        said = []
        if left := self.left_out:
            odds = ", ".join(formats.american(one.draft.odds) for one in left)
            words = left[0].objection.words if left[0].objection else ""
            said.append(f"Not sent: {odds}. {words}, and only a single order may be placed in spite of that")
        if small := sum(draft.stake < LEAST_SHOWN for draft in self.going):
            which = "1 order is" if small == 1 else f"{small} orders are"
            said.append(f"{which} below {LEAST_SHOWN}, the least seen at the venue: it may refuse such a {labels.stake_low}")
        return said

    def _placed(self, one: PlannedOrder, objection: Objection) -> Objection:
        """An objection to one of several, with its odds in front where it is not the first that it speaks against."""
        if one is self.orders[0]:
            return objection
        return Objection(objection.code, f"{formats.american(one.draft.odds)}: {objection.words}")


class SentOrder(msgspec.Struct, frozen=True):
    """One of several that were sent together: its reference, or why it was never sent."""

    draft: OrderDraft
    ref: str = ""
    words: str = ""


def sent_orders(plan: Plan, results: Sequence[Order | DeniedError]) -> tuple[SentOrder, ...]:
    """What became of each order of a plan: those that went have a result, in their order; the others have what was said before."""
    answers = iter(results)
    sent = []
    for one in plan.orders:
        if one.objection is not None:
            sent.append(SentOrder(one.draft, words=one.objection.words))
            continue
        answer = next(answers)
        sent.append(SentOrder(one.draft, ref=answer.ref) if isinstance(answer, Order) else SentOrder(one.draft, words=str(answer)))
    return tuple(sent)


def total_stake(drafts: Sequence[OrderDraft]) -> Decimal:
    return sum((draft.stake for draft in drafts), ZERO)


def total_win(drafts: Sequence[OrderDraft]) -> Decimal:
    """What they win if all of it fills at its limits."""
    return sum((draft.odds.profit(draft.stake) for draft in drafts), ZERO)
