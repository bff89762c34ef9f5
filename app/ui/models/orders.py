"""The blotter's table: one row an order, newest on top, filtered by state and text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from functools import reduce
from typing import Any

import msgspec
from PySide6.QtCore import Qt

from app.domain.labels import OWN, Labels
from app.domain.money import ZERO
from app.domain.order import LIVE_STATES, UNSENT_STATES, Cancel, Order, OrderState
from app.domain.sheet import time_cell
from app.services.blotter import Blotter
from app.services.users import Users
from app.ui import formats
from app.ui.display import Display
from app.ui.models.table import ROOT, Column, Index, TableModel

SHOWN = 10_000
MANY = 100  # changed orders at once from which laying out anew is cheaper
EPOCH = datetime.fromtimestamp(0, UTC)


class Filter(StrEnum):
    """The status chips over the table. Every order is counted by "All" and by exactly one of the others."""

    ALL = "All"
    LIVE = "Working"
    FILLED = "Filled"
    SETTLED = "Settled"
    ENDED = "Ended"


_STATES = {
    Filter.LIVE: LIVE_STATES,
    Filter.FILLED: {OrderState.FILLED, OrderState.CANCELLED_REST},
    Filter.SETTLED: {OrderState.SETTLED, OrderState.VOID},
    Filter.ENDED: UNSENT_STATES | {OrderState.CANCELLED, OrderState.WIPED, OrderState.INVALID},
}

COUNTED = {
    Filter.ALL: "Every order known here; each of them is counted by one more of these.",
    Filter.LIVE: "Something of it may still match: on the book, on its way or unknown. A part may have matched already.",
    Filter.FILLED: "It has matched, all of it or a part whose rest was cancelled, and its result is not in.",
    Filter.SETTLED: "The result is in, or the venue declared it void.",
    Filter.ENDED: "Nothing of it matched and nothing will: cancelled, wiped, refused or never sent.",
}

EXPLAINED = {
    OrderState.SENDING: "On its way; the venue has not answered yet.",
    OrderState.NOT_SENT: "Nothing of it reached the venue. It may be sent again.",
    OrderState.DENIED: "A rule of this program stopped it at the last moment; nothing was sent.",
    OrderState.REJECTED: "The venue refused it; nothing was placed.",
    OrderState.UNKNOWN: "It may have reached the venue. It is not sent again by itself: what the venue says of it decides.",
    OrderState.PRESUMED: "A person decided to treat it as not placed. If the venue says otherwise, the venue is believed.",
    OrderState.ACCEPTED: "The venue has it and is checking it; it is not on the book yet.",
    OrderState.OPEN: "On the book, waiting for somebody to take the other side.",
    OrderState.PART: "A part has matched, the rest waits on the book.",
    OrderState.FILLED: "All of it has matched.",
    OrderState.CANCELLED: "Taken off the book before anything matched.",
    OrderState.CANCELLED_REST: "A part had matched; the rest was taken off the book.",
    OrderState.INVALID: "The venue took it back while activating it, most often for lack of money.",
    OrderState.WIPED: "Orders placed before the start are wiped when the event goes live.",
    OrderState.SETTLED: "The result is in and the money is booked.",
    OrderState.VOID: "The venue declared it void: the {stake} is returned.",
    OrderState.UNRECOGNISED: "The venue uses a status this program does not know; it is counted as open.",
}


def matches(order: Order, chip: Filter, text: str, user: str = "") -> bool:
    """Whether it passes the chip and every word of the text; `user` is what its external user is called."""
    if chip is not Filter.ALL and order.state not in _STATES[chip]:
        return False
    if not text:
        return True
    draft = order.draft
    words = f"{draft.event_name} {draft.market_name} {draft.selection_name} {order.ref} {order.state} {user or draft.external_user}"
    words = words.casefold()
    return all(word in words for word in text.casefold().split())


def status_text(order: Order, refusal: str = "") -> str:
    """The state with the figure that matters in it; `refusal` is why its last cancel was refused."""
    if order.cancelling:
        return "Cancelling…"
    if refusal:
        return "✗ Cancel refused"
    if order.is_live and order.cancel is Cancel.UNKNOWN:
        return "Cancel unknown"
    state = order.state
    if state is OrderState.PART:
        return f"Part {order.filled / order.quantity * 100:.0f} %"
    if state is OrderState.CANCELLED_REST:
        return f"Cancelled rest · {formats.money(order.filled)} filled"
    if state is OrderState.SETTLED and order.realised is not None:
        return f"Settled {formats.signed(order.realised)}"
    return str(state)


def marks(order: Order) -> str:
    """Signs beside the status: something is wrong with it, and it was placed elsewhere."""
    return ("⚠" if order.alarm else "") + ("⇄" if order.is_elsewhere else "")


def explained(order: Order, refusal: str = "", labels: Labels = OWN) -> str:
    """All that is to be said of its state, a line each."""
    lines = [labels.fill(EXPLAINED[order.state])]
    if refusal:
        lines.append(f"✗ Its cancel was refused: {refusal}")
    if order.is_live and order.cancel is Cancel.UNKNOWN:
        lines.append("It is not known whether its cancel went through: the venue is being asked.")
    if order.reason:
        lines.append(order.reason)
    if order.alarm:
        lines.append(f"⚠ {order.alarm}")
    if order.is_elsewhere:
        lines.append("⇄ placed elsewhere: not by this program, or before its journal began.")
    return "\n".join(lines)


def average(order: Order, display: Display) -> str:
    """What the filled part was matched at: one price, or the first of several."""
    prices = sorted({fill.odds for fill in order.fills}, reverse=True)
    if not prices or order.filled <= 0:
        return formats.NOTHING
    return display.odds(prices[0]) if len(prices) == 1 else f"{display.odds(prices[0])} …"


class Sums(msgspec.Struct, frozen=True):
    """Stake, filled, rest and realised of some orders."""

    stake: Decimal = ZERO
    filled: Decimal = ZERO
    rest: Decimal = ZERO
    realised: Decimal = ZERO

    def plus(self, order: Order, sign: int = 1) -> Sums:
        return Sums(
            self.stake + sign * order.stake,
            self.filled + sign * order.filled,
            self.rest + sign * order.rest,
            self.realised + sign * (order.realised or ZERO),
        )


class OrdersModel(TableModel[Order]):
    """Shows what passes the filter. A changed order costs its own row only, however many there are: sums and counts are kept, not reckoned.

    Rows are ordered by the sorted column's key when they come; a click on a header lays all out anew.
    """

    def __init__(self, blotter: Blotter, display: Display, now: Callable[[], datetime], users: Users | None = None) -> None:
        """`users` where orders are placed for external users: they get a column."""
        super().__init__()
        self._blotter = blotter
        self._users = users
        self.chip = Filter.ALL
        self.filter_text = ""
        self.sort_column = 0
        self.is_descending = True
        self.labels = display.labels
        self.columns = _columns(display, now, blotter.cancel_refusal)
        if users:
            self.columns.insert(USER_COLUMN, _user_column(users))
        self.sums = Sums()
        self.counts: Counter[Filter] = Counter()
        self._places: dict[str, int] = {}
        self._chips: dict[str, tuple[Filter, ...]] = {}

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role == Qt.ItemDataRole.ToolTipRole:
            order = self.rows[index.row()]
            return formats.tip(explained(order, self.refusal(order), self.labels))
        return super().data(index, role)

    @property
    def has_users(self) -> bool:
        return self._users is not None

    def refusal(self, order: Order) -> str:
        """Why its last cancel was refused; empty where it was not."""
        return self._blotter.cancel_refusal(order)

    def rebuild(self) -> None:
        """Lay everything out anew: the filter or the order of rows is another."""
        for order in self._blotter.orders.values():
            self._count(order)
        shown = [order for order in self._blotter.orders.values() if self._fits(order)]
        shown.sort(key=self._key)
        if self.is_descending:
            shown.reverse()  # of equals the newest stands first, as when they come one by one
        self.beginResetModel()
        self.rows = shown[:SHOWN]
        self._index_from(0)
        self.sums = reduce(Sums.plus, self.rows, Sums())
        self.endResetModel()

    def apply(self, refs: Collection[str]) -> bool:
        """These orders changed: each row is refreshed, put in, or taken out; very many are laid out anew (True: the selection is lost)."""
        if len(refs) > MANY:
            self.rebuild()
            return True
        for order in [self._blotter.orders[ref] for ref in refs]:
            self._count(order)
            place = self._places.get(order.ref)
            fits = self._fits(order)
            if place is None and fits:
                self._insert(order)
            elif place is not None and fits:
                self._refresh(place, order)
            elif place is not None:
                self._remove(place)
        return False

    def sort_by(self, column: int) -> None:
        self.is_descending = not self.is_descending if column == self.sort_column else True
        self.sort_column = column
        self.rebuild()

    def _fits(self, order: Order) -> bool:
        user = self._users.called(order.draft.external_user) if self._users and self.filter_text else ""
        return matches(order, self.chip, self.filter_text, user)

    def _key(self, order: Order) -> Any:
        column = self.columns[self.sort_column]
        return (column.key or column.text)(order)

    def _insert(self, order: Order) -> None:
        place = self._place_for(self._key(order))
        if place >= SHOWN:
            return
        if len(self.rows) >= SHOWN:
            self._remove(len(self.rows) - 1)
        self.beginInsertRows(ROOT, place, place)
        self.rows.insert(place, order)
        self._index_from(place)
        self.sums = self.sums.plus(order)
        self.endInsertRows()

    def _refresh(self, place: int, order: Order) -> None:
        self.sums = self.sums.plus(self.rows[place], -1).plus(order)
        self.rows[place] = order
        self.row_changed(place)

    def _remove(self, place: int) -> None:
        self.beginRemoveRows(ROOT, place, place)
        order = self.rows.pop(place)
        del self._places[order.ref]
        self._index_from(place)
        self.sums = self.sums.plus(order, -1)
        self.endRemoveRows()

    def _place_for(self, key: Any) -> int:
        """Before the first row that comes after `key`: at once for the newest order on top, a scan otherwise."""
        for place, row in enumerate(self.rows):
            other = self._key(row)
            if (key >= other) if self.is_descending else (key < other):
                return place
        return len(self.rows)

    def _index_from(self, place: int) -> None:
        if place == 0:
            self._places = {order.ref: at for at, order in enumerate(self.rows)}
            return
        for at in range(place, len(self.rows)):
            self._places[self.rows[at].ref] = at

    def _count(self, order: Order) -> None:
        chips = tuple(chip for chip in Filter if matches(order, chip, ""))
        known = self._chips.get(order.ref, ())
        if chips != known:
            self.counts.subtract(known)
            self.counts.update(chips)
            self._chips[order.ref] = chips


def _columns(display: Display, now: Callable[[], datetime], refusal: Callable[[Order], str]) -> list[Column[Order]]:
    def status(order: Order) -> str:
        return status_text(order, refusal(order))

    labels = display.labels

    def since(order: Order) -> str:
        return formats.age((now() - order.updated_at).total_seconds()) if order.updated_at else formats.NOTHING

    return [
        Column(
            "Time",
            lambda o: formats.clock(o.placed_at),
            lambda o: o.placed_at,
            98,
            plain=lambda o: time_cell(o.placed_at),
            in_file="Time (UTC)",
        ),
        Column("Event", lambda o: o.draft.event_name or f"event {o.draft.market.event_id}", lambda o: o.draft.event_name, 150),
        Column("Market", lambda o: o.draft.market_name, lambda o: o.draft.market_name, 80),
        Column(labels.selection, lambda o: o.draft.selection_name or o.draft.selection_id[:8], lambda o: o.draft.selection_name, 178),
        Column(labels.odds, lambda o: display.odds(o.odds), lambda o: o.odds, 64, is_number=True),
        _amount(labels.stake, lambda o: o.stake),
        _amount("Filled", lambda o: o.filled),
        _amount("Rest", lambda o: o.rest),
        Column("Status", lambda o: f"{marks(o)} {status(o)}".lstrip(), lambda o: str(o.state), 146, plain=status),
        Column("", lambda o: "✕" if o.is_cancellable and not o.cancelling else "", None, 28, tip="Cancel this order"),
        Column(
            "Got",
            lambda o: average(o, display),
            lambda o: o.wins,
            64,
            is_number=True,
            tip=f"The {labels.odds_low} it was matched at",
        ),
        _amount("To win", lambda o: o.to_win, 78),
        Column("Ref", lambda o: formats.short_ref(o.ref), lambda o: o.ref, 88, plain=lambda o: o.ref),
        _milliseconds("Ack", "From the click to the venue's answer", lambda o: o.ack_ms),
        _milliseconds("Active", "From the click to the book", lambda o: o.active_ms),
        Column("Updated", since, lambda o: o.updated_at or EPOCH, 62, is_number=True, plain=_updated, in_file="Updated (UTC)"),
    ]


def _user_column(users: Users) -> Column[Order]:
    def called(order: Order) -> str:
        return users.called(order.draft.external_user) if order.draft.external_user else formats.NOTHING

    return Column("User", called, lambda o: called(o).casefold(), 150, plain=lambda o: o.draft.external_user, tip="For whom it was placed")


def _amount(title: str, of: Callable[[Order], Decimal], width: int = 80) -> Column[Order]:
    return Column(title, lambda order: formats.money(of(order)), of, width, is_number=True, plain=lambda order: str(of(order)))


def _milliseconds(title: str, tip: str, of: Callable[[Order], float | None]) -> Column[Order]:
    def text(order: Order) -> str:
        value = of(order)
        return f"{value:,.0f} ms" if value is not None else formats.NOTHING

    return Column(title, text, lambda order: of(order) or 0.0, 70, is_number=True, tip=tip)


def _updated(order: Order) -> str:
    return time_cell(order.updated_at)


EVENT_COLUMN, SELECTION_COLUMN = 1, 3
STATUS_COLUMN = 8
CANCEL_COLUMN = 9
USER_COLUMN = 15  # before the last, which moves by itself each second; the view shows it beside the time
