"""Pure readings of the Trading API's answers: bytes in, domain values out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import TypeVar

import msgspec

from app.domain.account import Balance
from app.domain.book import Book, Level, Side
from app.domain.errors import RefusedError, UnknownError, UnreadableError, VenueError
from app.domain.events import FeedFault
from app.domain.ladder import Ladder
from app.domain.market import Competitor, Event, Market, MarketGroup, MarketKey, Selection, Sport, Tournament
from app.domain.odds import Odds, from_american
from app.domain.order import OrderDraft, OrderReport
from app.domain.redact import beginning
from app.venues.prophetx import most, places, wire
from app.venues.prophetx.flaws import flaw_of, owned
from app.venues.prophetx.places import UNPROVEN, code_of_today
from app.venues.prophetx.reports import report
from app.venues.prophetx.spelling import ODD, Reader, is_absent
from app.venues.prophetx.values import american, dollars, maybe_money, moment, strike_of, text_of, waiting
from app.venues.record import Page
from app.venues.redact import redacted

Wire = TypeVar("Wire")
Value = TypeVar("Value")

_TOURNAMENTS = Reader(wire.TournamentsBody, places.TOURNAMENTS)
_TOURNAMENT = Reader(wire.WireTournament, places.TOURNAMENT, most.of_tournament)
_EVENTS = Reader(wire.EventsBody, places.EVENTS)
_EVENT = Reader(wire.WireEvent, places.EVENT, most.of_event)
_MULTIPLE = Reader(wire.MultipleMarketsBody, places.MULTIPLE_MARKETS)
_MARKETS = Reader(wire.MarketsBody, places.MARKETS)
_MARKET = Reader(wire.WireMarket, places.MARKET, most.of_market)
_LADDER = Reader(wire.LadderBody, places.LADDER)
_BALANCE = Reader(wire.BalanceBody, places.BALANCE)
_SUBMISSION = Reader(wire.Submission, places.SUBMISSION)
_SUBMISSIONS = Reader(wire.Submissions, places.SUBMISSIONS)
_ORDER_REPLY = Reader(wire.OrderReplyBody, places.ORDER_REPLY, most.of_order)
_ORDER = Reader(wire.OrderBody, places.ORDER_BODY, most.of_order)
_ORDER_ROW = Reader(wire.WireOrder, places.ORDER, most.of_order)
_HISTORY_ROW = Reader(wire.WireOrderRow, places.ORDER, most.of_order)
_REPLY_ROW = Reader(wire.OrderReply, places.REPLY)
_FAILED_ROW = Reader(wire.FailedRow, places.FAILED)
_BATCH_SUBMIT = Reader(wire.BatchSubmitBody, places.BATCH)
_BATCH_CANCEL = Reader(wire.BatchCancelBody, places.BATCH)
_HISTORY = Reader(wire.HistoryBody, places.HISTORY)
_DETAILS = Reader(wire.MatchedDetailsBody, places.MATCHES)
_DETAIL = Reader(wire.MatchedDetail, places.TRADE)

NUMBERED = frozenset({"spread", "total"})  # kinds that mean nothing without a strike
_EVENT_ID = re.compile(r"[0-9]{1,20}")


class MarketsRead(msgspec.Struct, frozen=True):
    """An event's markets and books, and a fault for each market that could not be read."""

    groups: tuple[MarketGroup, ...]
    books: tuple[Book, ...]
    faults: tuple[FeedFault, ...] = ()


def each(
    rows: Iterable[msgspec.Raw] | msgspec.UnsetType | None,
    reader: Reader[Wire],
    read: Callable[[Wire], Value],
    what: str,
    faults: list[FeedFault] | None,
) -> list[Value]:
    """Every row that can be read; one that cannot never discards its siblings, it is named in `faults`."""
    found = []
    for raw in rows or []:
        try:
            found.append(reader.read(raw, read))
        except ODD as problem:
            if faults is not None:
                faults.append(FeedFault(f"{what} cannot be read: {problem}", redacted(bytes(raw))))
    return found


def read_tournaments(body: bytes, faults: list[FeedFault] | None = None) -> list[Tournament]:
    rows = _TOURNAMENTS.body(body).data.tournaments
    return each(rows, _TOURNAMENT, tournament, "a tournament", faults)


def tournament(row: wire.WireTournament) -> Tournament:
    sport, category = row.sport or wire.WireSport(), row.category or wire.WireCategory()
    return Tournament(
        row.id, text_of(row.name) or str(row.id), Sport(sport.id or 0, text_of(sport.name or "") or "Other"), text_of(category.name or "")
    )


def read_events(body: bytes, faults: list[FeedFault] | None = None) -> list[Event]:
    rows = _EVENTS.body(body).data.sport_events
    return each(rows, _EVENT, event, "an event", faults)


def event(row: wire.WireEvent) -> Event:
    return Event(
        id=row.event_id,
        name=row.name or row.display_name or str(row.event_id),
        tournament_id=row.tournament_id,
        tournament_name=row.tournament_name,
        sport_name=row.sport_name or "Other",
        scheduled=moment(row.scheduled),
        status=row.status,
        sub_type=row.sub_type or "",
        competitors=tuple(Competitor(c.id, c.name, c.side, c.abbreviation) for c in row.competitors or []),
    )


def read_markets(body: bytes, event_id: int) -> MarketsRead:
    return markets(event_id, _MARKETS.body(body).data.markets or [])


def read_multiple_markets(body: bytes) -> dict[int, MarketsRead]:
    """By event id; an event that the venue knows without markets (null) has none."""
    return dict(read_each_markets(body, []))


def read_each_markets(body: bytes, faults: list[FeedFault]) -> Iterator[tuple[int, MarketsRead]]:
    """The same one after the other: fifty events take half a second to read, between which others may have their turn."""
    told = _MULTIPLE.body(body).data
    odd = [name for name in told if not _EVENT_ID.fullmatch(name)]
    faults += [FeedFault(f"markets of {beginning(name)!r}, which is no event's id, are left out") for name in odd]
    return ((int(event_id), markets(int(event_id), rows or [])) for event_id, rows in told.items() if event_id not in odd)


def markets(event_id: int, rows: Iterable[msgspec.Raw]) -> MarketsRead:
    """One unreadable market never discards its siblings: it is named in `faults`."""
    groups: list[MarketGroup] = []
    books: list[Book] = []
    faults: list[FeedFault] = []
    owners: dict[str, MarketKey] = {}
    known: set[MarketKey] = set()
    for raw in rows:
        try:
            group, found, odd = _MARKET.read(raw, partial(_group, event_id))
        except ODD as problem:
            faults.append(FeedFault(f"a market of event {event_id} cannot be read: {problem}", redacted(bytes(raw))))
            continue
        faults += odd
        if any(book.key in known for book in found):
            faults.append(FeedFault(f"market {group.id} of event {event_id} is told twice: only the first is shown"))
        elif group.markets:
            known.update(book.key for book in found)
            groups.append(owned(group, owners, faults))
            books += found
    return MarketsRead(tuple(groups), tuple(books), tuple(faults))


def _group(event_id: int, row: wire.WireMarket) -> tuple[MarketGroup, list[Book], list[FeedFault]]:
    children = row.market_strikes or ([row] if row.selections else [])
    found: list[Market] = []
    books: list[Book] = []
    faults: list[FeedFault] = []
    for child in children:
        kind = text_of(row.type) or text_of(child.type)
        key = MarketKey(event_id, row.id, strike_of(child.strike))
        if child.strike is None and (kind in NUMBERED or row.market_strikes):
            faults.append(FeedFault(f"market {row.id} of event {event_id}: a {kind or 'market'} without a number is not shown"))
            continue
        if any(book.key == key for book in books):
            faults.append(FeedFault(f"market {row.id} of event {event_id} has {key.strike} twice: only the first is shown"))
            continue
        sides, selections, odd = _sides(child.selections or [])
        flaw = flaw_of(kind, child.strike, selections)
        if flaw:
            faults.append(FeedFault(f"market {row.id} of event {event_id} is shown and not traded on: {flaw}"))
        books.append(Book(key, sides))
        found.append(
            Market(
                key=key,
                name=text_of(child.name) or text_of(row.name),
                kind=kind,
                sub_type=text_of(row.sub_type) or text_of(child.sub_type),
                status=text_of(child.status) or text_of(row.status),
                selections=selections,
                favourite=child.favourite,
                is_prop=row.player_id > 0,
                traded=maybe_money(child.total_filled_quantity or row.total_filled_quantity),
                flaw=flaw,
            )
        )
        faults += odd
    group = MarketGroup(
        event_id=event_id,
        id=row.id,
        name=text_of(row.name) or str(row.id),
        kind=text_of(row.type),
        sub_type=text_of(row.sub_type),
        category=text_of(row.category_name),
        status=text_of(row.status),
        markets=tuple(sorted(found, key=lambda market: market.key.strike)),
        is_prop=row.player_id > 0,
    )
    return group, books, faults


def _sides(rows: Iterable[list[wire.WireLevel] | None]) -> tuple[dict[str, Side], tuple[Selection, ...], list[FeedFault]]:
    sides: dict[str, Side] = {}
    selections = []
    faults: list[FeedFault] = []
    for levels in rows:
        if not levels:
            continue
        first = levels[0]
        selections.append(Selection(first.strike_id, text_of(first.name) or text_of(first.display_name), first.outcome_id, first.strike))
        sides[first.strike_id] = side(levels, faults)
    return sides, tuple(selections), faults


def side(levels: Iterable[wire.WireLevel], faults: list[FeedFault]) -> Side:
    """The levels that can be traded; a placeholder is none, and one with an impossible price or amount is said and left out."""
    good: list[Level] = []
    selection_id = ""
    for level in levels:
        selection_id = selection_id or level.strike_id
        if level.price is None:
            continue
        try:
            if level.strike_id != selection_id:
                raise ValueError(f"it is one of {beginning(level.strike_id)!r}")
            good.append(Level(american(level.price), waiting(level.value), waiting(level.quantity)))
        except ValueError as problem:
            faults.append(FeedFault(f"a level of {beginning(selection_id)} is not tradable: {problem}"))
    return tuple(level for level in good if level.takeable > 0)


def read_ladder(body: bytes) -> Ladder:
    try:
        ladder = Ladder(american(price) for price in _LADDER.body(body).data)
    except ValueError as problem:
        raise UnreadableError(f"The price ladder cannot be used: {problem}") from problem
    if not ladder.is_plausible:
        raise UnreadableError(f"The price ladder cannot be used: it has {len(ladder)} prices")
    return ladder


def read_balance(body: bytes) -> Balance:
    """UnreadableError where an amount is missing or is none: an unknown balance, never an empty one."""
    row = _BALANCE.body(body).data
    try:
        return Balance(
            cash=dollars(row.balance),
            matched=dollars(row.matched_order_balance),
            unmatched=dollars(row.unmatched_order_balance),
            is_trusted=row.unmatched_order_balance_status == "succeed",
            as_of=row.unmatched_order_last_synced_at or "",
        )
    except ODD as problem:
        raise UnreadableError(f"The balance cannot be read: {problem}") from problem


def read_submission(body: bytes | None, draft: OrderDraft) -> tuple[str, OrderDraft]:
    """What a submit's own bytes ask for: our reference, and `draft` with their selection, odds and stake."""
    return _submitted_as(_SUBMISSION.body(body or b""), draft)


def read_submissions(body: bytes | None, drafts: Iterable[OrderDraft]) -> list[tuple[str, OrderDraft]]:
    """The same for a batch, row by row; ValueError when the rows are not as many as the drafts."""
    rows = _SUBMISSIONS.body(body or b"").data
    return [_submitted_as(sent, draft) for sent, draft in zip(rows, drafts, strict=True)]


def _submitted_as(sent: wire.Submission, draft: OrderDraft) -> tuple[str, OrderDraft]:
    asked = msgspec.structs.replace(draft, selection_id=sent.strike_id, odds=from_american(sent.price), stake=sent.quantity)
    return sent.external_id, asked


def read_submitted(body: bytes, ref: str) -> OrderReport:
    """The order that a submit answered with. UnknownError when the answer proves nothing about `ref`."""
    try:
        reply = _ORDER_REPLY.body(body).data
    except UnreadableError as problem:
        raise UnknownError(f"The order was answered, but unreadably: {problem}") from problem
    return submitted(reply, ref)


def submitted(reply: wire.OrderReply, ref: str) -> OrderReport:
    """The order in an answer; UnknownError when it is not the one of `ref`."""
    row = reply.order
    if reply.success is False or row is None or not (row.order_id or row.id) or row.external_id != ref:
        raise UnknownError("The order was answered without an order of ours in it")
    return report(row)


def read_batch_submitted(body: bytes, refs: Sequence[str], faults: list[FeedFault] | None = None) -> dict[str, OrderReport | VenueError]:
    """What a batch answered, by our reference. A row that is missing, or whose index and reference disagree, proves nothing."""
    try:
        data = _BATCH_SUBMIT.body(body).data
    except UnreadableError as problem:
        if faults is not None:
            faults.append(FeedFault(f"a batch was answered, but unreadably: {problem}", redacted(body)))
        return {ref: UnknownError(f"The batch was answered, but unreadably: {problem}") for ref in refs}
    found: dict[str, OrderReport | VenueError] = {ref: UnknownError("The batch was answered without this order in it") for ref in refs}
    for failed in each(data.failed_orders, _FAILED_ROW, _as_told, "a refused order", faults):
        ref = failed.request.external_id if failed.request else ""
        if ref in found and failed.index == refs.index(ref):
            found[ref] = _refusal(failed)
    for placed in each(data.succeed_orders, _ORDER_ROW, report, "an order", faults):
        first = found.get(placed.ref)
        if isinstance(first, OrderReport):
            _tell_twin(first, placed, faults)
        elif first:
            found[placed.ref] = placed
    return found


def _refusal(row: wire.FailedRow) -> VenueError:
    """What a row of a batch that was not placed proves: as much as the same code does of an order sent alone."""
    words, code = _words(row) or "The venue refused", code_of_today(str(row.error or ""))
    return UnknownError(words) if code in UNPROVEN else RefusedError(words, code=code, status=400)


def _tell_twin(first: OrderReport, second: OrderReport, faults: list[FeedFault] | None) -> None:
    """A batch answers an order once: a second id is another order's, which the venue's record tells of."""
    if faults is not None and second.venue_order_id != first.venue_order_id:
        ref, ids = beginning(first.ref), (beginning(first.venue_order_id), beginning(second.venue_order_id))
        faults.append(FeedFault(f"order {ref!r} of a batch is answered twice, as {ids[0]!r} and as {ids[1]!r}: the first is taken"))


def read_order(body: bytes) -> OrderReport:
    return report(_ORDER.body(body).data)


def read_cancelled(body: bytes) -> OrderReport | None:
    """The order as cancelled, where the answer carries it."""
    row = _ORDER_REPLY.body(body).data.order
    return report(row) if row else None


def read_batch_cancelled(body: bytes, faults: list[FeedFault] | None = None) -> tuple[list[OrderReport], list[str]]:
    """Both shapes in circulation: a list of `{success, order}`, or succeeded and failed orders. Reports, and a sentence a failed row."""
    data = _BATCH_CANCEL.body(body).data
    if isinstance(data, list):
        rows = each(data, _REPLY_ROW, _as_told, "a cancel", faults)
        return [report(row.order) for row in rows if row.order], []
    done = each(data.succeed_orders, _ORDER_ROW, report, "an order", faults)
    failed = each(data.failed_orders, _FAILED_ROW, _as_told, "a refused cancel", faults)
    return done, [_words(row) for row in failed]


def _words(row: wire.FailedRow) -> str:
    return row.message or str(row.error or "")


def _as_told(row: Wire) -> Wire:
    return row


def read_history(body: bytes, faults: list[FeedFault] | None = None) -> Page[OrderReport]:
    """An order that is told without the field of its reference is shown and said: it may be ours, under another name."""
    told = _HISTORY.body(body)
    return listed(told.data.orders, told.data.next_cursor, moment(told.last_synced_at), faults)


def listed(
    rows: Sequence[msgspec.Raw] | None, cursor: object, synced_at: datetime | None, faults: list[FeedFault] | None = None
) -> Page[OrderReport]:
    """Orders of a record, row by row."""
    found = tuple(each(rows, _HISTORY_ROW, partial(_listed, faults), "an order", faults))
    return Page(found, cursor_of(cursor), synced_at, unread=len(rows or ()) - len(found))


def cursor_of(told: object) -> object:
    """A record's cursor as the venue gave it, empty where it prints that there is none."""
    return "" if is_absent(told) else told


def _listed(faults: list[FeedFault] | None, row: wire.WireOrderRow) -> OrderReport:
    read = report(row)
    if faults is not None and row.external_id is msgspec.UNSET:
        faults.append(FeedFault(f"order {beginning(read.venue_order_id)} is told without external_id: whose it is cannot be told"))
    return read


def read_matched_detail(body: bytes, faults: list[FeedFault] | None = None) -> dict[str, list[tuple[Odds, Decimal]]]:
    """Each order's matches as (odds, stake), by the venue's order id; rows without a price are left out."""
    found: dict[str, list[tuple[Odds, Decimal]]] = {}
    for order_id, match in each(_DETAILS.body(body).data.matching_details, _DETAIL, _match, "a match", faults):
        if match:
            found.setdefault(order_id, []).append(match)
    return found


def _match(row: wire.MatchedDetail) -> tuple[str, tuple[Odds, Decimal] | None]:
    price = row.fill_price if row.fill_price is not None else row.price
    if price is None or price is msgspec.UNSET:
        return row.order_id, None
    return row.order_id, (american(price), waiting(row.quantity))
