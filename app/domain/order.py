"""The life of an order: what we asked, what the venue says of it, and the one pure function that joins the two."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

import msgspec

from app.domain.market import MarketKey
from app.domain.money import ZERO
from app.domain.odds import Odds

ENOUGH = 5  # counted not-founds from which a person may treat an unknown order as not placed


class Outcome(StrEnum):
    """What became of sending it, as far as this program knows; the venue's own status, once there is one, stands above it.

    DENIED: a rule of this program stopped it after its intent was recorded. PRESUMED: a person decided, after the venue had been asked
    in vain, to treat it as not placed; whatever the venue says of it later undoes that.
    """

    SENDING = "sending"
    SENT = "sent"
    NOT_SENT = "not sent"
    DENIED = "denied"
    REJECTED = "rejected"
    UNKNOWN = "unknown"
    PRESUMED = "presumed not placed"


class Cancel(StrEnum):
    """How a wish to take it off the book stands; the venue's word that it is off the book ends all of these."""

    NONE = ""
    SENT = "sent"
    UNKNOWN = "unknown"


class OrderState(StrEnum):
    """What a person reads: derived from outcome, status, matching and quantities, never stored."""

    SENDING = "Sending"
    NOT_SENT = "Not sent"
    DENIED = "Denied"
    REJECTED = "Rejected"
    UNKNOWN = "Unknown"
    PRESUMED = "Not placed"
    ACCEPTED = "Accepted"
    OPEN = "Open"
    PART = "Part filled"
    FILLED = "Filled"
    CANCELLED = "Cancelled"
    CANCELLED_REST = "Cancelled rest"
    INVALID = "Invalid"
    WIPED = "Wiped"
    SETTLED = "Settled"
    VOID = "Void"
    UNRECOGNISED = "Unrecognised"


# The venue's words in the order in which they may follow each other; an order only ever moves right (contract 5.1).
_STATUS_RANK = {
    "": 0,
    "inactive": 1,
    "placing": 1,
    "open": 2,
    "canceled": 4,
    "cancelled": 4,
    "wiped": 5,
    "invalid": 6,
    "settled": 7,
    "manually_settled": 8,
    "closed": 9,
    "void": 10,
}
_UNRECOGNISED_RANK = 3
_MATCHING_RANK = {"": 0, "unmatched": 1, "partially_matched": 2, "fully_matched": 3}
_OFF_BOOK = {
    "canceled": OrderState.CANCELLED,
    "cancelled": OrderState.CANCELLED,
    "wiped": OrderState.WIPED,
    "invalid": OrderState.INVALID,
    "settled": OrderState.SETTLED,
    "manually_settled": OrderState.SETTLED,
    "closed": OrderState.SETTLED,
    "void": OrderState.VOID,
}
_BEFORE_VENUE = {
    Outcome.SENDING: OrderState.SENDING,
    Outcome.SENT: OrderState.ACCEPTED,
    Outcome.NOT_SENT: OrderState.NOT_SENT,
    Outcome.DENIED: OrderState.DENIED,
    Outcome.REJECTED: OrderState.REJECTED,
    Outcome.UNKNOWN: OrderState.UNKNOWN,
    Outcome.PRESUMED: OrderState.PRESUMED,
}
_WON = frozenset({"profit", "won", "manually_won"})
_LOST = frozenset({"loss", "lost", "manually_lost"})
_BACK = frozenset({"no_result", "draw", "push"})

LIVE_STATES = frozenset(
    {OrderState.SENDING, OrderState.UNKNOWN, OrderState.ACCEPTED, OrderState.OPEN, OrderState.PART, OrderState.UNRECOGNISED}
)
UNSENT_STATES = frozenset({OrderState.NOT_SENT, OrderState.DENIED, OrderState.REJECTED, OrderState.PRESUMED})
CANCELLABLE = frozenset({OrderState.ACCEPTED, OrderState.OPEN, OrderState.PART, OrderState.UNRECOGNISED})


class OrderDraft(msgspec.Struct, frozen=True):
    """What the person confirmed: exactly these values are sent, and these names are what was on the screen."""

    market: MarketKey
    selection_id: str
    odds: Odds
    stake: Decimal
    event_name: str = ""
    market_name: str = ""
    selection_name: str = ""
    external_user: str = ""


class Fill(msgspec.Struct, frozen=True, gc=False):
    """A matched part. `total` is the order's filled stake after it, which tells a repeated message from a new one."""

    total: Decimal
    stake: Decimal
    odds: Odds


class OrderReport(msgspec.Struct, frozen=True):
    """What a venue says about an order, by reply, by push or by history; absent facts are None or empty.

    `user` is the external user it was placed for, on an account that trades for many. `odd` says what in it contradicts itself; the
    figures are the larger reading then.
    """

    ref: str
    venue_order_id: str
    status: str
    matching: str = ""
    winning: str = ""
    odds: Odds | None = None
    quantity: Decimal | None = None
    original: Decimal | None = None
    filled: Decimal | None = None
    fill: Fill | None = None
    event_id: int = 0
    market_id: int = 0
    strike: Decimal = ZERO
    selection_id: str = ""
    outcome_id: int = 0
    sequence: int = 0
    placed_at: datetime | None = None
    updated_at: datetime | None = None
    external_ref: str = ""
    user: str = ""
    odd: str = ""

    @property
    def is_over(self) -> bool:
        """Whether it speaks of an order that is off the book for good."""
        return self.status in _OFF_BOOK


class HistoryQuery(msgspec.Struct, frozen=True):
    """Which orders of the venue's record: placed, or (`is_touched`) last changed, between two moments; by status, matching, event or user.

    The span may be of any length: a venue that answers so many days at a time is asked several times.
    """

    since: datetime
    until: datetime | None = None
    is_touched: bool = False
    status: str = ""
    matching: str = ""
    event_id: int | None = None
    user: str = ""


class HistoryPage(msgspec.Struct, frozen=True):
    """Newest first. An empty cursor ends the record. `trouble` says what should stand in it and does not; empty where it is whole."""

    reports: tuple[OrderReport, ...]
    next_cursor: str = ""
    synced_at: datetime | None = None
    trouble: str = ""


class History(msgspec.Struct, frozen=True):
    """The venue's record of orders. `synced_at` is how far it says to have kept up; None where it does not say.

    `read_at` is when it was asked for, by the venue's clock like `synced_at`; None where that is not known.
    Not `is_whole`: a row could not be read, or there was more than is ever read, so that what is not in it may be there all the same.
    """

    reports: Sequence[OrderReport]
    synced_at: datetime | None = None
    is_whole: bool = True
    read_at: datetime | None = None


class Order(msgspec.Struct, frozen=True):
    """Our wish and everything known of it. `ref` is ours (external_id), `venue_order_id` theirs.

    `stake` is what was asked for, `quantity` what the venue holds of it now (a partial cancel lowers it), `filled` what matched.
    `not_seen` counts how often the venue did not have it, late enough to count. `is_doubtful`: an earlier sending of it ended unknown, so
    that a later one that fails proves nothing. `told_at` is the venue's own time of its present status, None where it gave none;
    `is_turned_back`: the venue's own record took it back to an earlier one. `external_ref` is the venue's name for an order of others.
    """

    ref: str
    draft: OrderDraft
    placed_at: datetime
    outcome: Outcome = Outcome.SENDING
    venue_order_id: str = ""
    status: str = ""
    matching: str = ""
    winning: str = "tbd"
    quantity: Decimal = ZERO
    filled: Decimal = ZERO
    fills: tuple[Fill, ...] = ()
    reason: str = ""
    cancel: Cancel = Cancel.NONE
    sent_at: datetime | None = None
    alarm: str = ""
    not_seen: int = 0
    is_doubtful: bool = False
    is_turned_back: bool = False
    told_at: datetime | None = None
    external_ref: str = ""
    is_elsewhere: bool = False
    ack_ms: float | None = None
    active_ms: float | None = None
    settled_sequence: int = 0
    updated_at: datetime | None = None

    @property
    def odds(self) -> Odds:
        return self.draft.odds

    @property
    def stake(self) -> Decimal:
        return self.draft.stake

    @property
    def state(self) -> OrderState:
        """Contract 5.1; `open` + `fully_matched` with a lowered quantity is a cancelled rest, not a fill (V15)."""
        if not self.status:
            return _BEFORE_VENUE[self.outcome]
        if self.status not in _STATUS_RANK:
            return OrderState.UNRECOGNISED
        if self.status in _OFF_BOOK:
            off = _OFF_BOOK[self.status]
            return OrderState.CANCELLED_REST if off is OrderState.CANCELLED and self.filled > 0 else off
        if self.filled > 0 and (self.matching == "fully_matched" or self.filled >= self.quantity):
            return OrderState.FILLED if self.filled >= self.stake else OrderState.CANCELLED_REST
        if self.filled > 0:
            return OrderState.PART
        return OrderState.OPEN if self.status == "open" else OrderState.ACCEPTED

    @property
    def is_live(self) -> bool:
        """Whether money may still move without a new order: it counts as exposure."""
        return self.state in LIVE_STATES

    @property
    def is_cancellable(self) -> bool:
        return self.state in CANCELLABLE and bool(self.venue_order_id)

    @property
    def may_be_presumed(self) -> bool:
        """Whether a person may treat it as not placed."""
        return self.state is OrderState.UNKNOWN and self.not_seen >= ENOUGH

    @property
    def venue_ref(self) -> str:
        """The reference under which the venue holds it; empty when it was placed without one."""
        return self.external_ref if self.is_elsewhere else self.ref

    @property
    def asked_at(self) -> datetime:
        """When it was last sent."""
        return self.sent_at or self.placed_at

    @property
    def cancelling(self) -> bool:
        return self.cancel is Cancel.SENT

    @property
    def is_overfilled(self) -> bool:
        """The venue says that more has matched than was ever asked for."""
        return self.filled > self.stake > 0

    @property
    def at_risk(self) -> Decimal:
        """The most that may be lost with it: the larger reading wherever the facts leave two, nothing once it is settled."""
        state = self.state
        if state in {OrderState.SETTLED, OrderState.VOID} or state in UNSENT_STATES:
            return ZERO
        if not self.is_live:
            return self.filled
        return max(self.quantity, self.filled) if self.status else max(self.stake, self.filled)

    @property
    def rest(self) -> Decimal:
        """What may still match."""
        return max(self.quantity - self.filled, ZERO) if self.is_live else ZERO

    @property
    def wins(self) -> Decimal:
        """What the filled part wins: each known fill at its own price, the remainder at the limit (the venue never fills worse)."""
        known = sum((fill.stake for fill in self.fills), ZERO)
        won = sum((fill.odds.profit(fill.stake) for fill in self.fills), ZERO)
        return won + (self.odds.profit(self.filled - known) if self.filled > known else ZERO)

    @property
    def to_win(self) -> Decimal:
        """What it wins if the rest fills at the limit."""
        return self.wins + self.odds.profit(self.rest)

    @property
    def realised(self) -> Decimal | None:
        """What settlement brought, by the venue's winning status; None until settled, and where that status is a word not listed."""
        if self.state is OrderState.VOID:
            return ZERO
        if self.state is not OrderState.SETTLED:
            return None
        if self.winning in _WON:
            return self.wins
        if self.winning in _LOST:
            return -self.filled
        return ZERO if self.winning in _BACK else None

    @property
    def staked(self) -> Decimal:
        """What was put at stake with it, also once it is settled; nothing of what never left and of what was given back."""
        if self.realised == ZERO or self.state in UNSENT_STATES:
            return ZERO
        return max(self.at_risk, self.filled)


def advance(order: Order, report: OrderReport) -> Order:
    """Join what is known with what a venue says. Total and order-insensitive: reports may repeat, come late or overtake each other.

    Every fact moves one way only: status and matching to the right, filled up, quantity down; so a push may beat the reply,
    and a stale history row changes nothing.
    """
    newer_result = report.winning not in {"", "tbd"} and (order.winning == "tbd" or report.sequence >= order.settled_sequence)
    fills = _with_fill(order.fills, report.fill)
    status = order.status if _is_stale(order, report) else _later(order.status, report.status, _STATUS_RANK)
    filled = max(order.filled, report.filled or ZERO, fills[-1].total if fills else ZERO)
    joined = msgspec.structs.replace(
        order,
        draft=_restaked(order, report),
        outcome=Outcome.SENT,
        venue_order_id=order.venue_order_id or report.venue_order_id,
        status=status,
        told_at=_told_at(order, report, status),
        matching=_later(order.matching, report.matching, _MATCHING_RANK),
        winning=report.winning if newer_result else order.winning,
        settled_sequence=max(order.settled_sequence, report.sequence) if newer_result else order.settled_sequence,
        quantity=_lowered(order, report),
        filled=filled,
        fills=fills,
        reason="",
        updated_at=_latest(order.updated_at, report.updated_at),
    )
    return joined if joined.state in CANCELLABLE else msgspec.structs.replace(joined, cancel=Cancel.NONE)


def as_report(order: Order) -> OrderReport:
    """What is known of an order, said as the venue would say it."""
    return OrderReport(
        ref=order.ref,
        venue_order_id=order.venue_order_id,
        status=order.status,
        matching=order.matching,
        winning=order.winning,
        quantity=order.quantity,
        filled=order.filled,
        sequence=order.settled_sequence,
        updated_at=order.told_at,
    )


def contradicts(order: Order, report: OrderReport) -> str:
    """Why a report under our reference cannot be about our order; empty when it may be. Absent facts contradict nothing."""
    if order.venue_order_id and report.venue_order_id and report.venue_order_id != order.venue_order_id:
        return "it has another order id"
    if report.selection_id and order.draft.selection_id and report.selection_id != order.draft.selection_id:
        return "it is on something else"
    if report.odds is not None and report.odds != order.odds:
        return f"it asks for {report.odds.words}, not {order.odds.words}"
    if report.user and order.draft.external_user and report.user != order.draft.external_user:
        return "it is for another external user"
    if report.original and report.original != order.stake:
        return f"it is for {report.original:,.2f}, not {order.stake:,.2f}"
    return ""


def unexpected(order: Order, report: OrderReport) -> str:
    """What is odd about a report: a step that an order should not make. Empty for every listed one and for what says nothing new.

    The venue is believed all the same: `adopted` takes its newest word.
    """
    known, told = order.status, report.status
    if order.outcome in {Outcome.REJECTED, Outcome.DENIED, Outcome.NOT_SENT, Outcome.PRESUMED} and not known:
        return f"it was {order.outcome}, and the venue has it as {told}"
    if not told or told == known or known not in _OFF_BOOK or not _is_newer(order, report):
        return ""
    if told in _OFF_BOOK and (order.filled > 0 or report.filled) and _STATUS_RANK[told] > _STATUS_RANK[known]:
        return ""
    return f"it was {known}, and the venue has it as {told}"


def adopted(order: Order, report: OrderReport) -> Order:
    """The order after a reading of the venue's own record: its newest status holds even where no order should go that way."""
    joined = advance(order, report)
    if joined.status != report.status and unexpected(order, report):
        return msgspec.structs.replace(joined, status=report.status, told_at=report.updated_at, is_turned_back=True)
    return joined


def _is_stale(order: Order, report: OrderReport) -> bool:
    """After the venue's record took an order back, only what is newer than that record moves it on."""
    return order.is_turned_back and not _is_newer(order, report)


def _is_newer(order: Order, report: OrderReport) -> bool:
    """By the venue's own clock; where it gave no time for one of them, nothing can be said."""
    return report.updated_at is not None and order.told_at is not None and report.updated_at > order.told_at


def _told_at(order: Order, report: OrderReport, status: str) -> datetime | None:
    if status != order.status:
        return report.updated_at
    return _latest(order.told_at, report.updated_at) if report.status == status and order.told_at else order.told_at


def with_matches(order: Order, matches: Iterable[tuple[Odds, Decimal]]) -> Order:
    """The order with the venue's list of matches in place of what pushes told of them."""
    total, fills = ZERO, []
    for odds, stake in matches:
        total += stake
        fills.append(Fill(total, stake, odds))
    return msgspec.structs.replace(order, fills=tuple(fills)) if total >= order.filled else order


def from_report(report: OrderReport, placed_at: datetime) -> Order:
    """An order this program never sent: placed elsewhere, or before a crash."""
    stake = report.original or report.quantity or ZERO
    draft = OrderDraft(
        market=MarketKey(report.event_id, report.market_id, report.strike),
        selection_id=report.selection_id,
        odds=report.odds or Odds(1, 1),
        stake=stake,
        external_user=report.user,
    )
    blank = Order(
        ref=report.ref,
        draft=draft,
        placed_at=report.placed_at or placed_at,
        quantity=stake,
        external_ref=report.external_ref,
        is_elsewhere=True,
    )
    return advance(blank, report)


def _later(known: str, told: str, ranks: dict[str, int]) -> str:
    """The word of higher rank; of two that stand level the same one wins whichever came first."""
    return max(known, told, key=lambda word: (ranks.get(word, _UNRECOGNISED_RANK), word))


def _lowered(order: Order, report: OrderReport) -> Decimal:
    """The venue's quantity only ever falls; a report without one, or with none left, says nothing."""
    if not report.quantity:
        return order.quantity
    return min(order.quantity, report.quantity) if order.quantity else report.quantity


def _restaked(order: Order, report: OrderReport) -> OrderDraft:
    """What is known of the wish. An order placed elsewhere may have been met in mid-life, after its rest was cancelled or by a report that
    left out what it is on: what was asked for is the largest quantity ever told, and what was missing is filled in.
    """
    draft = order.draft
    if not order.is_elsewhere:
        return draft
    asked = max(order.stake, report.original or ZERO, report.quantity or ZERO)
    market = MarketKey(report.event_id, report.market_id, report.strike) if report.event_id and not draft.market.event_id else draft.market
    user = draft.external_user or report.user
    return msgspec.structs.replace(
        draft, stake=asked, market=market, selection_id=draft.selection_id or report.selection_id, external_user=user
    )


def _with_fill(fills: tuple[Fill, ...], fill: Fill | None) -> tuple[Fill, ...]:
    if fill is None or any(known.total == fill.total for known in fills):
        return fills
    if fills and fill.total <= fills[-1].total == sum(known.stake for known in fills):
        return fills  # nothing is missing up to there: the venue's list of matches cuts them otherwise than the pushes did
    return tuple(sorted((*fills, fill), key=lambda known: known.total))


def _latest(known: datetime | None, told: datetime | None) -> datetime | None:
    if known is None or told is None:
        return known or told
    return max(known, told)


def short_ref(ref: str) -> str:
    """A reference as people tell it from others: `ab12…f3e4d`."""
    return ref if len(ref) <= 12 else f"{ref[:4]}…{ref[-5:]}"
