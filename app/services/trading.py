"""The one path from a click to the venue, and back."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial

from app.domain.errors import (
    DeniedError,
    DistrustedError,
    HaltedError,
    JournalDownError,
    NotSentError,
    RedirectedError,
    RefusedError,
    StoppedError,
    VenueError,
)
from app.domain.order import Order, OrderDraft, OrderReport, OrderState, Outcome
from app.domain.record import Acknowledged, Denied, Ended, Intended, Presumed, Remarked, Resent, step
from app.services.blotter import Blotter
from app.services.cancels import Cancels
from app.services.controls import NOTHING_CONFIRMED, Controls, Objection
from app.services.notices import Notices, Tone
from app.services.order_words import label, wished
from app.services.ports import Journal, Monotonic, Now, TradingVenue

GIVEN_UP = "it was given up before it left"
BATCH = 20  # orders a request (contract 1.5)
LONGEST_PAUSE = 60.0  # seconds that a venue may ask us to wait

_CERTAIN_REFUSALS = frozenset({0, 400, 403, 404, 422})  # 409, 425 and 5xx say something about a cancel, nothing about a new order
_ORDER_EXISTS = frozenset({"order_external_id_existed", "order_ref_id_existed", "wager_external_id_existed"})
_PLACING_IS_OFF = frozenset({"err_order_placement_disabled", "order_placement_disabled"})
_MAY_GO_AGAIN = frozenset({OrderState.NOT_SENT, OrderState.UNKNOWN, OrderState.PRESUMED})


class Trading:
    """Places and cancels. Each order gets one reference for ever, and is in the journal before its first byte leaves."""

    def __init__(
        self,
        venue: TradingVenue,
        journal: Journal,
        blotter: Blotter,
        controls: Controls,
        notices: Notices,
        *,
        now: Now,
        clock: Monotonic,
        new_ref: Callable[[], str],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._venue = venue
        self._journal = journal
        self._blotter = blotter
        self._notices = notices
        self._now = now
        self._clock = clock
        self._new_ref = new_ref
        self._cancels = Cancels(venue, blotter, notices, now=now, sleep=sleep)
        self._going_again: set[str] = set()
        self._by: dict[str, str] = {}
        self._on_their_way = 0
        self._nothing_on_its_way = asyncio.Event()
        self._nothing_on_its_way.set()
        self.controls = controls
        self.sweeps = 0  # wishes to cancel more than one named order: whoever is about to place again for one of them asks

    @property
    def is_busy(self) -> bool:
        """Whether an order is being written down or is on its way."""
        return self._on_their_way > 0 or self.controls.is_beginning

    async def settled(self) -> None:
        """Return when no order is on its way."""
        await self._nothing_on_its_way.wait()

    def objection(self, draft: OrderDraft, confirmed: frozenset[str] = NOTHING_CONFIRMED) -> Objection | None:
        """Why this order would not be sent now; None when nothing speaks against it."""
        return self.controls.objection(draft, confirmed)

    # Placing

    async def place(self, draft: OrderDraft, confirmed: frozenset[str] = NOTHING_CONFIRMED, *, by: str = "") -> Order:
        """Send one order. DeniedError before anything happened; else the order with its outcome, whatever that is.

        `confirmed` names the rules that a person was told of and insists against, `by` who wished it, where it was no hand.
        """
        return await self._send(await self._begin(draft, confirmed, by), confirmed)

    def by(self, ref: str) -> str:
        """Who wished an order that was placed since the start; empty for a hand."""
        return self._by.get(ref, "")

    async def _begin(self, draft: OrderDraft, confirmed: frozenset[str], by: str) -> Order:
        """Judge a draft and write its intent down: from here on it is an order."""
        self._deny(draft, confirmed)
        now = self._now()
        order = Order(ref=self._new_ref(), draft=draft, placed_at=now, sent_at=now, quantity=draft.stake)
        if by:
            self._by[order.ref] = by
        await self._intend(Intended(order), order)
        self._blotter.add(order)
        self.controls.end(order)
        return order

    async def place_again(self, ref: str, confirmed: frozenset[str] = NOTHING_CONFIRMED) -> Order:
        """A person sends an order once more: the same order under the same reference, so that the venue can hold it only once."""
        order = self._blotter.orders[ref]
        if order.state not in _MAY_GO_AGAIN or ref in self._going_again:
            raise DeniedError(f"An order that is {order.state} is not sent again now", code="STATE")
        self._deny(order.draft, confirmed, ref)
        self._going_again.add(ref)
        try:
            entry = Resent(ref)
            await self._intend(entry, step(order, entry, self._now()))
        finally:
            self._going_again.discard(ref)
        self.controls.end(order)
        order = self._blotter.orders[ref]
        if order.state not in _MAY_GO_AGAIN:  # the venue has spoken of it meanwhile
            return order
        order = step(order, entry, self._now())
        self._blotter.add(order)
        return await self._send(order, confirmed)

    async def place_many(
        self, drafts: Sequence[OrderDraft], confirmed: frozenset[str] = NOTHING_CONFIRMED, *, by: str = ""
    ) -> list[Order | DeniedError]:
        """Send several orders in batches of 20: for each draft its order, or why it was denied. Every order has its own fate.

        `confirmed` and `by` as for one order, and for all of them.
        """
        results: list[Order | DeniedError] = []
        for first in range(0, len(drafts), BATCH):
            batch = await self._begin_all(drafts[first : first + BATCH], confirmed, by)
            await self._send_many(_orders(batch), confirmed)
            results += [self._blotter.orders[order.ref] if isinstance(order, Order) else order for order in batch]
        return results

    async def _begin_all(self, drafts: Sequence[OrderDraft], confirmed: frozenset[str], by: str) -> list[Order | DeniedError]:
        """Each draft's order, or why it was denied. Given up in the middle, none of those begun is sent."""
        begun: list[Order | DeniedError] = []
        try:
            while len(begun) < len(drafts):
                begun.append(await self._begun(drafts[len(begun)], confirmed, by))
        except BaseException:
            for order in _orders(begun):
                self._ended(order.ref, Outcome.NOT_SENT, GIVEN_UP)
            raise
        return begun

    async def _begun(self, draft: OrderDraft, confirmed: frozenset[str], by: str) -> Order | DeniedError:
        try:
            return await self._begin(draft, confirmed, by)
        except DeniedError as denied:
            return denied

    def presume_not_placed(self, ref: str) -> None:
        """A person decides that an unknown order is not at the venue, after it was asked in vain often enough.

        Whatever the venue says of it later undoes that.
        """
        if self._blotter.orders[ref].may_be_presumed:
            order = self._blotter.record(Presumed(ref))
            self._notices.say(f"{label(order)} is treated as not placed", Tone.WARNING)

    def _deny(self, draft: OrderDraft, confirmed: frozenset[str], ref: str = "") -> None:
        objection = self.controls.objection(draft, confirmed, ref=ref)
        if objection:
            self._journal.note(Denied(draft, objection.code, objection.words))
            raise DeniedError(objection.words, code=objection.code, may_confirm=objection.may_confirm)

    async def _intend(self, entry: Intended | Resent, order: Order) -> None:
        """Write the intent down; it counts from before, so that two clicks at once see each other."""
        self.controls.begin(order)
        try:
            await self._journal.intend(entry, order)
        except (HaltedError, JournalDownError) as problem:
            self.controls.end(order)
            self._notices.say(f"{self._label(order)} was not sent: {problem}", Tone.BAD)
            code = "HALTED" if isinstance(problem, HaltedError) else "JOURNAL_DOWN"
            raise DeniedError(str(problem), code=code) from problem
        except BaseException:  # given up in the middle: it may be written down, and it is certainly not sent
            self.controls.end(order)
            if isinstance(entry, Intended):
                self._blotter.add(order)
            is_certain = self._blotter.orders[order.ref].outcome not in {Outcome.UNKNOWN, Outcome.PRESUMED}
            self._ended(order.ref, Outcome.NOT_SENT if is_certain else Outcome.UNKNOWN, GIVEN_UP)
            raise

    async def _send(self, order: Order, confirmed: frozenset[str]) -> Order:
        async def post() -> dict[str, OrderReport | VenueError]:
            return {order.ref: await self._venue.place(order.ref, order.draft, partial(self._last_look, order, confirmed))}

        await self._post([order], post)
        return self._blotter.orders[order.ref]

    async def _send_many(self, orders: Sequence[Order], confirmed: frozenset[str]) -> None:
        by_ref = {order.ref: order for order in orders}

        def last_look(ref: str, sent: OrderDraft) -> None:
            self._last_look(by_ref[ref], confirmed, ref, sent)

        if orders:
            rows = [(order.ref, order.draft) for order in orders]
            await self._post(orders, lambda: self._venue.place_many(rows, last_look))

    async def _post(self, orders: Sequence[Order], post: Callable[[], Awaitable[Mapping[str, OrderReport | VenueError]]]) -> None:
        """One request, one outcome for each order in it."""
        started = self._clock()
        self._on_their_way += 1
        self._nothing_on_its_way.clear()
        try:
            answers = await post()
        except (StoppedError, VenueError) as problem:
            for order in orders:
                self._failed(order.ref, problem)
        except BaseException:  # stopped in mid-send, or a mistake of our own: either way nobody knows
            for order in orders:
                self._ended(order.ref, Outcome.UNKNOWN, "the program stopped waiting")
            raise
        else:
            for order in orders:
                self._answered(order, answers[order.ref], (self._clock() - started) * 1000)
        finally:
            self._on_their_way -= 1
            if not self._on_their_way:
                self._nothing_on_its_way.set()

    def _answered(self, order: Order, answer: OrderReport | VenueError, milliseconds: float) -> None:
        if isinstance(answer, VenueError):
            self._failed(order.ref, answer)
            return
        self._blotter.apply(answer, "reply")
        if self._blotter.orders[order.ref].outcome is not Outcome.SENT:  # the answer spoke of another order
            return
        self.controls.last_stake = order.stake
        self._notices.say(f"Placed {order.stake:,.2f} on {self._label(order)}")
        self._blotter.record(Acknowledged(order.ref, milliseconds))

    def _failed(self, ref: str, problem: StoppedError | VenueError) -> None:
        """What each kind of failure says about the order (reliability of an order: the table of outcomes)."""
        match problem:
            case StoppedError():
                self._ended(ref, Outcome.DENIED, str(problem))
            case RefusedError():
                self._refused(ref, problem)
            case NotSentError():
                self._not_sent(ref, problem)
            case RedirectedError():
                self._switch_off(str(problem))
                self._ended(ref, Outcome.UNKNOWN, str(problem))
            case _:
                self._ended(ref, Outcome.UNKNOWN, str(problem))

    def _last_look(self, order: Order, confirmed: frozenset[str], ref: str, sent: OrderDraft) -> None:
        """The rules once more, on what was read back from the very bytes that leave next."""
        draft = order.draft
        asked = (order.ref, draft.selection_id, draft.odds, draft.stake, draft.external_user)
        if (ref, sent.selection_id, sent.odds, sent.stake, sent.external_user) != asked:
            raise DeniedError("What would be sent is not what was confirmed", code="BYTES")
        objection = self.controls.objection(draft, confirmed, ref=order.ref, is_begun=True)
        if objection:
            raise DeniedError(objection.words, code=objection.code)

    def _refused(self, ref: str, problem: RefusedError) -> None:
        if problem.status not in _CERTAIN_REFUSALS or (problem.status == 400 and not problem.code):
            self._ended(ref, Outcome.UNKNOWN, str(problem))
            return
        if problem.code in _ORDER_EXISTS:
            self._ended(ref, Outcome.UNKNOWN, "the venue already holds an order under this reference")
            return
        if problem.code in _PLACING_IS_OFF:
            self._switch_off(f"the venue takes no orders now ({problem})")
        self._ended(ref, Outcome.REJECTED, str(problem))

    def _not_sent(self, ref: str, problem: NotSentError) -> None:
        if problem.status == 429:
            self.controls.pause_for(min(problem.retry_after or 1.0, LONGEST_PAUSE))
        if isinstance(problem, DistrustedError):
            self._switch_off(str(problem))
        self._ended(ref, Outcome.NOT_SENT, str(problem))

    def _switch_off(self, words: str) -> None:
        self.controls.switch(is_on=False)
        self._journal.note(Remarked(f"trading switched off: {words}"))
        self._notices.say(f"Trading was switched off: {words}", Tone.BAD)

    def _ended(self, ref: str, outcome: Outcome, words: str) -> None:
        """Note how the sending ended; where the venue has spoken of the order meanwhile, its word stands."""
        order = self._blotter.record(Ended(ref, outcome, words))
        if outcome in {Outcome.UNKNOWN, Outcome.REJECTED}:  # it left: the next stake is compared with it
            self.controls.last_stake = order.stake
        if order.status:
            self._notices.say(
                f"{self._label(order)}: its answer was lost ({words}), but the venue has said that it is {order.state}", Tone.WARNING
            )
        else:
            self._notices.say(f"{self._label(order)}: {outcome}, {words}", Tone.BAD)

    def _label(self, order: Order) -> str:
        return f"{label(order)}{wished(self.by(order.ref))}"

    # Cancelling

    async def cancel(self, ref: str, *, by: str = "") -> None:
        """Take what is left of an order off the book; tries again while the venue is still placing it. `by` as for placing."""
        await self._cancels.one(ref, by)

    async def cancel_many(self, refs: Sequence[str], *, by: str = "") -> None:
        """Take several orders off, each with its own result."""
        self.sweeps += 1
        await self._cancels.many(refs, by)

    async def cancel_all(self) -> None:
        """Everything off the book."""
        self.sweeps += 1
        await self._cancels.everything()

    async def cancel_event(self, event_id: int, *, by: str = "") -> None:
        """Everything on an event off the book."""
        self.sweeps += 1
        await self._cancels.of_event(event_id, by)

    async def cancel_market(self, event_id: int, market_id: int) -> None:
        """Everything on a market of an event off the book, whatever its number."""
        self.sweeps += 1
        await self._cancels.of_market(event_id, market_id)


def _orders(batch: Sequence[Order | DeniedError]) -> list[Order]:
    return [order for order in batch if isinstance(order, Order)]
