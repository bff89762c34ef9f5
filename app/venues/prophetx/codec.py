"""Pure readings of the Trading API's answers: bytes in, domain values out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Generic, TypeVar

import msgspec

from app.domain.account import Balance
from app.domain.book import Book, Level, Side
from app.domain.errors import RefusedError, UnknownError, UnreadableError, VenueError
from app.domain.ladder import Ladder, from_american_list
from app.domain.market import Competitor, Event, Market, MarketGroup, MarketKey, Selection, Sport, Tournament
from app.domain.money import cents
from app.domain.odds import Odds, from_american
from app.domain.order import Fill, OrderDraft, OrderReport
from app.venues.http import decoded
from app.venues.prophetx import wire

Wire = TypeVar("Wire")
Value = TypeVar("Value")

ZERO_STRIKE = Decimal(0)
LONGEST = 1_000_000  # American odds beyond which a number is no price: the venue's ladder ends at 25,000
STRIKE_DIGITS = 9  # before the point

_TOURNAMENTS = msgspec.json.Decoder(wire.TournamentsBody)
_EVENTS = msgspec.json.Decoder(wire.EventsBody)
_MULTIPLE = msgspec.json.Decoder(wire.MultipleMarketsBody)
_MARKETS = msgspec.json.Decoder(wire.MarketsBody)
_MARKET = msgspec.json.Decoder(wire.WireMarket)
_TOURNAMENT = msgspec.json.Decoder(wire.WireTournament)
_EVENT = msgspec.json.Decoder(wire.WireEvent)
_ORDER_ROW = msgspec.json.Decoder(wire.WireOrder)
_LADDER = msgspec.json.Decoder(wire.LadderBody)
_BALANCE = msgspec.json.Decoder(wire.BalanceBody)
_ORDER_REPLY = msgspec.json.Decoder(wire.OrderReplyBody)
_SUBMISSIONS = msgspec.json.Decoder(wire.Submissions)
_BATCH_SUBMIT = msgspec.json.Decoder(wire.BatchSubmitBody)
_SUBMISSION = msgspec.json.Decoder(wire.Submission)
_ORDER = msgspec.json.Decoder(wire.OrderBody)
_HISTORY = msgspec.json.Decoder(wire.HistoryBody)
_BATCH_CANCEL = msgspec.json.Decoder(wire.BatchCancelBody)
_DETAILS = msgspec.json.Decoder(wire.MatchedDetailsBody)

NUMBERED = frozenset({"spread", "total"})  # kinds that mean nothing without a strike
_EVENT_ID = re.compile(r"[0-9]{1,20}")

NOTHING = frozenset({"<nil>", "N/A"})  # what the venue prints where it has no text


class MarketsRead(msgspec.Struct, frozen=True):
    """An event's markets and books, and a sentence for each market that could not be read."""

    groups: tuple[MarketGroup, ...]
    books: tuple[Book, ...]
    faults: tuple[str, ...] = ()


class Page(msgspec.Struct, Generic[Value], frozen=True):
    """Some rows of the venue's record. `cursor` is as the venue gave it, of whatever type."""

    rows: tuple[Value, ...]
    cursor: object = ""
    synced_at: datetime | None = None


def each(
    rows: Iterable[msgspec.Raw] | None,
    decoder: msgspec.json.Decoder[Wire],
    read: Callable[[Wire], Value],
    what: str,
    faults: list[str] | None,
) -> list[Value]:
    """Every row that can be read; one that cannot never discards its siblings, it is named in `faults`."""
    found = []
    for raw in rows or []:
        try:
            found.append(read(decoder.decode(raw)))
        except (msgspec.MsgspecError, UnicodeDecodeError, ValueError) as problem:
            if faults is not None:
                faults.append(f"{what} cannot be read: {problem}")
    return found


def read_tournaments(body: bytes, faults: list[str] | None = None) -> list[Tournament]:
    rows = decoded(body, _TOURNAMENTS).data.tournaments
    return each(rows, _TOURNAMENT, tournament, "a tournament", faults)


def tournament(row: wire.WireTournament) -> Tournament:
    return Tournament(row.id, row.name or str(row.id), Sport(row.sport.id, row.sport.name or "Other"), _text(row.category.name))


def read_events(body: bytes, faults: list[str] | None = None) -> list[Event]:
    rows = decoded(body, _EVENTS).data.sport_events
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
    return markets(event_id, decoded(body, _MARKETS).data.markets or [])


def read_multiple_markets(body: bytes) -> dict[int, MarketsRead]:
    """By event id; an event that the venue knows without markets (null) has none."""
    found = decoded(body, _MULTIPLE).data
    return {int(event_id): markets(int(event_id), rows or []) for event_id, rows in found.items() if _EVENT_ID.fullmatch(event_id)}


def markets(event_id: int, rows: Iterable[msgspec.Raw]) -> MarketsRead:
    """One unreadable market never discards its siblings: it is named in `faults`."""
    groups: list[MarketGroup] = []
    books: list[Book] = []
    faults: list[str] = []
    for raw in rows:
        try:
            group, found, odd = _group(event_id, _MARKET.decode(raw))
        except (msgspec.MsgspecError, UnicodeDecodeError, ValueError) as problem:
            faults.append(f"a market of event {event_id} cannot be read: {problem}")
            continue
        faults += odd
        if group.markets:
            groups.append(group)
            books += found
    return MarketsRead(tuple(groups), tuple(books), tuple(faults))


def _group(event_id: int, row: wire.WireMarket) -> tuple[MarketGroup, list[Book], list[str]]:
    children = row.market_strikes or ([row] if row.selections else [])
    found, books, faults = [], [], []
    for child in children:
        key = MarketKey(event_id, row.id, strike_of(child.strike))
        if child.strike is None and row.type in NUMBERED:
            faults.append(f"market {row.id} of event {event_id}: a {row.type} without a number is not shown")
            continue
        sides, selections, odd = _sides(child.selections or [])
        books.append(Book(key, sides))
        found.append(
            Market(
                key=key,
                name=child.name or row.name,
                kind=row.type,
                sub_type=row.sub_type,
                status=child.status or row.status,
                selections=selections,
                favourite=child.favourite,
                is_prop=row.player_id > 0,
                traded=maybe_money(child.total_filled_quantity or row.total_filled_quantity),
            )
        )
        faults += odd
    group = MarketGroup(
        event_id=event_id,
        id=row.id,
        name=row.name or str(row.id),
        kind=row.type,
        sub_type=row.sub_type,
        category=_text(row.category_name),
        status=row.status,
        markets=tuple(sorted(found, key=lambda market: market.key.strike)),
        is_prop=row.player_id > 0,
    )
    return group, books, faults


def _sides(rows: Iterable[list[wire.WireLevel] | None]) -> tuple[dict[str, Side], tuple[Selection, ...], list[str]]:
    sides: dict[str, Side] = {}
    selections = []
    faults: list[str] = []
    for levels in rows:
        if not levels:
            continue
        first = levels[0]
        selections.append(Selection(first.strike_id, first.name or first.display_name, first.outcome_id, first.strike))
        sides[first.strike_id] = side(levels, faults)
    return sides, tuple(selections), faults


def side(levels: Iterable[wire.WireLevel], faults: list[str]) -> Side:
    """The levels that can be traded; a placeholder is none, and one with an impossible price or amount is said and left out."""
    good = []
    for level in levels:
        if level.price is None:
            continue
        try:
            good.append(Level(american(level.price), cents(level.value), cents(level.quantity)))
        except ValueError as problem:
            faults.append(f"a level of {level.strike_id} is not tradable: {problem}")
    return tuple(level for level in good if level.takeable > 0)


def american(price: float) -> Odds:
    """Odds from the wire's number; ValueError when it is no whole American price."""
    if abs(price) > LONGEST or price != int(price):
        raise ValueError(f"{price:.12g} is not a whole American price")
    return from_american(int(price))


def strike_of(value: Decimal | None) -> Decimal:
    """The strike as a key: -0.0 and 0 are one, and so are 7.50 and 7.5; ValueError when it is no such number."""
    if value is None:
        return ZERO_STRIKE
    if not value.is_finite() or value.adjusted() >= STRIKE_DIGITS:
        raise ValueError(f"{value} is not a strike")
    return value.normalize() + 0


def read_ladder(body: bytes) -> Ladder:
    try:
        ladder = from_american_list(decoded(body, _LADDER).data)
    except ValueError as problem:
        raise UnreadableError(f"The price ladder cannot be used: {problem}") from problem
    if not ladder.is_plausible:
        raise UnreadableError(f"The price ladder cannot be used: it has {len(ladder)} prices")
    return ladder


def read_balance(body: bytes) -> Balance:
    row = decoded(body, _BALANCE).data
    try:
        return Balance(
            cash=cents(row.balance),
            matched=cents(row.matched_order_balance),
            unmatched=cents(row.unmatched_order_balance),
            is_trusted=row.unmatched_order_balance_status == "succeed",
            as_of=row.unmatched_order_last_synced_at,
        )
    except ValueError as problem:
        raise UnreadableError(f"The balance cannot be read: {problem}") from problem


def read_submission(body: bytes | None, draft: OrderDraft) -> tuple[str, OrderDraft]:
    """What a submit's own bytes ask for: our reference, and `draft` with their selection, odds and stake."""
    return _submitted_as(decoded(body or b"", _SUBMISSION), draft)


def read_submissions(body: bytes | None, drafts: Iterable[OrderDraft]) -> list[tuple[str, OrderDraft]]:
    """The same for a batch, row by row; ValueError when the rows are not as many as the drafts."""
    rows = decoded(body or b"", _SUBMISSIONS).data
    return [_submitted_as(sent, draft) for sent, draft in zip(rows, drafts, strict=True)]


def _submitted_as(sent: wire.Submission, draft: OrderDraft) -> tuple[str, OrderDraft]:
    asked = msgspec.structs.replace(draft, selection_id=sent.strike_id, odds=from_american(sent.price), stake=sent.quantity)
    return sent.external_id, asked


def read_submitted(body: bytes, ref: str) -> OrderReport:
    """The order that a submit answered with. UnknownError when the answer proves nothing about `ref`."""
    try:
        reply = decoded(body, _ORDER_REPLY).data
    except UnreadableError as problem:
        raise UnknownError(f"The order was answered, but unreadably: {problem}") from problem
    row = reply.order
    if reply.success is False or row is None or not (row.order_id or row.id) or row.external_id != ref:
        raise UnknownError("The order was answered without an order of ours in it")
    return report(row)


def read_batch_submitted(body: bytes, refs: Sequence[str]) -> dict[str, OrderReport | VenueError]:
    """What a batch answered, by our reference. A row that is missing, or whose index and reference disagree, proves nothing."""
    try:
        data = decoded(body, _BATCH_SUBMIT).data
    except UnreadableError as problem:
        return {ref: UnknownError(f"The batch was answered, but unreadably: {problem}") for ref in refs}
    found: dict[str, OrderReport | VenueError] = {ref: UnknownError("The batch was answered without this order in it") for ref in refs}
    for failed in data.failed_orders or []:
        ref = failed.request.external_id if failed.request else ""
        if ref in found and failed.index == refs.index(ref):
            found[ref] = RefusedError(failed.message or failed.error or "The venue refused", code=failed.error, status=400)
    for row in data.succeed_orders or []:
        if row.external_id in found and (row.order_id or row.id):
            found[row.external_id] = report(row)
    return found


def read_order(body: bytes) -> OrderReport:
    return report(decoded(body, _ORDER).data)


def read_cancelled(body: bytes) -> OrderReport | None:
    """The order as cancelled, where the answer carries it."""
    row = decoded(body, _ORDER_REPLY).data.order
    return report(row) if row else None


def read_batch_cancelled(body: bytes) -> tuple[list[OrderReport], list[str]]:
    """Both shapes in circulation: a list of `{success, order}`, or succeeded and failed orders. Reports, and a sentence a failed row."""
    data = decoded(body, _BATCH_CANCEL).data
    if isinstance(data, list):
        return [report(row.order) for row in data if row.order], []
    done = [report(row) for row in data.succeed_orders or []]
    return done, [row.message or row.error for row in data.failed_orders or []]


def read_history(body: bytes, faults: list[str] | None = None) -> Page[OrderReport]:
    told = decoded(body, _HISTORY)
    rows = each(told.data.orders, _ORDER_ROW, report, "an order", faults)
    return Page(tuple(rows), told.data.next_cursor, moment(told.last_synced_at))


def read_matched_detail(body: bytes) -> dict[str, list[tuple[Odds, Decimal]]]:
    """Each order's matches as (odds, stake), by the venue's order id; rows without a price are left out."""
    found: dict[str, list[tuple[Odds, Decimal]]] = {}
    for row in decoded(body, _DETAILS).data.matching_details or []:
        price = row.fill_price if row.fill_price is not None else row.price
        if price is None:
            continue
        try:
            found.setdefault(row.order_id, []).append((american(price), cents(row.quantity)))
        except ValueError as problem:
            raise UnreadableError(f"A match cannot be read: {problem}") from problem
    return found


def report(row: wire.WireOrder) -> OrderReport:
    """One order as told. Amounts and prices that make no sense are left out rather than believed."""
    is_push = bool(row.update_type)
    total = row.total_filled_quantity if is_push else row.filled_quantity
    return OrderReport(
        ref=row.external_id,
        venue_order_id=row.order_id or row.id,
        status=row.status,
        matching=row.matching_status,
        winning=row.winning_status,
        odds=maybe_odds(row.price),
        quantity=maybe_money(row.quantity),
        original=maybe_money(row.original_quantity),
        filled=maybe_money(total),
        fill=_fill(row) if row.update_type == "matching" else None,
        event_id=row.sport_event_id,
        market_id=row.market_id,
        strike=_maybe_strike(row.strike),
        selection_id=row.strike_id,
        outcome_id=row.outcome_id,
        sequence=row.sequence_number,
        placed_at=moment(row.created_at),
        updated_at=moment(row.updated_at),
    )


def _fill(row: wire.WireOrder) -> Fill | None:
    total, stake, odds = maybe_money(row.total_filled_quantity), maybe_money(row.filled_quantity), maybe_odds(row.fill_price)
    return Fill(total, stake, odds) if total and stake and odds else None


def maybe_money(value: Decimal | None) -> Decimal | None:
    try:
        return cents(value) if value is not None and not value.is_signed() else None
    except ValueError:
        return None


def maybe_odds(price: float | None) -> Odds | None:
    try:
        return american(price) if price is not None else None
    except ValueError:
        return None


def _maybe_strike(value: Decimal | None) -> Decimal:
    try:
        return strike_of(value)
    except ValueError:
        return ZERO_STRIKE


def moment(stated: str | int | None) -> datetime | None:
    """Aware UTC from ISO text (any number of decimals) or from s, ms, us, ns since 1970; None when it is neither."""
    try:
        return _iso(stated) if isinstance(stated, str) else _epoch(stated)
    except (ValueError, OverflowError):
        return None


def _iso(text: str) -> datetime | None:
    if not text:
        return None
    whole, dot, rest = text.partition(".")
    digits = len(rest) - len(rest.lstrip("0123456789"))
    read = datetime.fromisoformat(whole + (f".{rest[: min(digits, 6)]:0<6}{rest[digits:]}" if dot else ""))
    return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)


def _epoch(stated: int | None) -> datetime | None:
    if not stated or stated < 0:
        return None
    for scale in (1, 1_000, 1_000_000, 1_000_000_000):
        if stated / scale < 1e11:
            return datetime.fromtimestamp(stated / scale, UTC)
    return None


def _text(text: str) -> str:
    return "" if text in NOTHING else text
