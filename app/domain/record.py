"""What is written down about orders: each thing that happened as a value, and the one pure function that replays them.

The journal holds these entries; the blotter is their fold. What a person did, what was sent, what came back and what was decided all
stand in one order, so that the state after any crash is the replay of what was committed before it.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import msgspec

from app.domain.market import MarketKey
from app.domain.odds import Odds
from app.domain.order import (
    Cancel,
    Order,
    OrderDraft,
    OrderReport,
    Outcome,
    adopted,
    advance,
    from_report,
    with_matches,
)

READINGS = frozenset({"history", "order"})  # ways in which the venue's own record was read, rather than heard of


class Intended(msgspec.Struct, frozen=True, tag="intended"):
    """An order is about to be sent. Committed before its first byte leaves."""

    order: Order


class Resent(msgspec.Struct, frozen=True, tag="resent"):
    """A person sends it once more, under the same reference."""

    ref: str


class Ended(msgspec.Struct, frozen=True, tag="ended"):
    """How its sending ended, where the venue did not answer with the order itself."""

    ref: str
    outcome: Outcome
    words: str


class Acknowledged(msgspec.Struct, frozen=True, tag="acknowledged"):
    """The venue's answer came after so many milliseconds."""

    ref: str
    milliseconds: float


class Reported(msgspec.Struct, frozen=True, tag="reported"):
    """The venue spoke of it: by reply, push, history or order."""

    ref: str
    report: OrderReport
    by: str


class Matched(msgspec.Struct, frozen=True, tag="matched"):
    """The venue's list of what it was matched at."""

    ref: str
    rows: tuple[tuple[Odds, Decimal], ...]


class CancelSent(msgspec.Struct, frozen=True, tag="cancel_sent"):
    ref: str


class CancelEnded(msgspec.Struct, frozen=True, tag="cancel_ended"):
    """How a cancel ended, where the venue did not answer with the order: refused (NONE) or unclear (UNKNOWN)."""

    ref: str
    cancel: Cancel
    words: str


class Looked(msgspec.Struct, frozen=True, tag="looked"):
    """The venue was asked for an unknown order. A not-found counts only when the answer is late enough to have held it."""

    ref: str
    is_found: bool
    is_counted: bool
    words: str


class Presumed(msgspec.Struct, frozen=True, tag="presumed"):
    """A person decided to treat it as not placed."""

    ref: str


class Named(msgspec.Struct, frozen=True, tag="named"):
    """What the event, the market and the selection of an adopted order are called.

    `place` is the market in which the selection stands, where the venue told the order with another number than that.
    """

    ref: str
    event: str
    market: str
    selection: str
    place: MarketKey | None = None


class Denied(msgspec.Struct, frozen=True, tag="denied"):
    """A rule stopped an order before anything was sent."""

    draft: OrderDraft
    code: str
    words: str


class Alarmed(msgspec.Struct, frozen=True, tag="alarmed"):
    """Something happened to an order that should not."""

    ref: str
    words: str


class Halted(msgspec.Struct, frozen=True, tag="halted"):
    """No order leaves any more, from any program of this profile."""

    words: str


class Resumed(msgspec.Struct, frozen=True, tag="resumed"):
    """A person lifted the halt."""

    words: str


class Remarked(msgspec.Struct, frozen=True, tag="remarked"):
    """Something about the program itself: it started, trading was switched, a limit was changed, the journal was rebuilt."""

    words: str


OrderEntry = Intended | Resent | Ended | Acknowledged | Reported | Matched | CancelSent | CancelEnded | Looked | Presumed | Named | Alarmed
Entry = OrderEntry | Denied | Halted | Resumed | Remarked


def ref_of(entry: Entry) -> str:
    """The order an entry is about; empty when it is about none."""
    match entry:
        case Intended(order=order):
            return order.ref
        case Denied() | Halted() | Resumed() | Remarked():
            return ""
        case _:
            return entry.ref


def step(order: Order | None, entry: OrderEntry, at: datetime) -> Order:
    """The order after an entry. ValueError when it speaks of an order that was never met."""
    match entry:
        case Intended(order=intended):
            return intended
        case Reported(report=report, by=by):
            return _told(order, report, by, at)
    if order is None:
        raise ValueError(f"an entry speaks of {entry.ref}, which is not known")
    match entry:
        case Resent():
            doubt = order.is_doubtful or order.outcome in {Outcome.UNKNOWN, Outcome.PRESUMED}
            return _with(order, outcome=Outcome.SENDING, reason="", sent_at=at, is_doubtful=doubt, not_seen=0)
        case Ended(outcome=outcome, words=words):
            return _ended(order, outcome, words)
        case Acknowledged(milliseconds=milliseconds):
            return _with(order, ack_ms=milliseconds)
        case Matched(rows=rows):
            return with_matches(order, rows)
        case CancelSent():
            return _with(order, cancel=Cancel.SENT)
        case CancelEnded(cancel=cancel):
            return _with(order, cancel=cancel if order.is_cancellable else Cancel.NONE)
        case Presumed():
            return order if order.status else _with(order, outcome=Outcome.PRESUMED)
        case Named():
            return _with(order, draft=_named(order.draft, entry))
        case Alarmed(words=words):
            return _with(order, alarm=words)
        case Looked(is_counted=is_counted):
            return _with(order, not_seen=order.not_seen + 1) if is_counted else order


def _ended(order: Order, outcome: Outcome, words: str) -> Order:
    if order.status or order.venue_order_id:
        return order
    if order.is_doubtful and outcome is not Outcome.UNKNOWN:
        return _with(order, outcome=Outcome.UNKNOWN, reason=f"the last sending: {outcome}, {words}; of an earlier one nobody knows")
    return _with(order, outcome=outcome, reason=words)


def _told(order: Order | None, report: OrderReport, by: str, at: datetime) -> Order:
    told = from_report(report, at) if order is None else adopted(order, report) if by in READINGS else advance(order, report)
    return _stamped(told if report.updated_at else _with(told, updated_at=_changed_at(told, report, by, at)), order, at)


def _changed_at(told: Order, report: OrderReport, by: str, at: datetime) -> datetime | None:
    """When it changed, by a report that does not say: now. But a settlement that is read and not heard of may be old: then no later than
    is certain, lest an old one count as today's.
    """
    if by not in READINGS or told.realised is None:
        return at
    return told.updated_at or report.placed_at


_NOT_YET = frozenset({"", "inactive", "placing"})  # statuses of an order that is not on the book yet


def _stamped(order: Order, known: Order | None, at: datetime) -> Order:
    """When the order first went on the book, in milliseconds after it was placed."""
    if known is None or known.status not in _NOT_YET or order.status in _NOT_YET:
        return order
    return _with(order, active_ms=(at - order.placed_at).total_seconds() * 1000)


def _with(order: Order, **changes: object) -> Order:
    return msgspec.structs.replace(order, **changes)


def _named(draft: OrderDraft, entry: Named) -> OrderDraft:
    names = {"event_name": entry.event, "market_name": entry.market, "selection_name": entry.selection}
    return msgspec.structs.replace(draft, market=entry.place or draft.market, **names)
