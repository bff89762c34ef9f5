"""A user's statement as a table, as a file for spreadsheets and as a page of paper."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal

from PySide6.QtCore import Qt

from app.domain.order import Order
from app.domain.sheet import csv_line, local_cell, time_cell
from app.domain.user_sums import UserSums, sum_up
from app.services.user_statement import UserStatement
from app.ui import formats
from app.ui.display import Display
from app.ui.models.columns import time_column
from app.ui.models.table import Column, Index, TableModel
from app.ui.printing import Cell, Paper, PaperColumn
from app.ui.theme import Theme

BASIS = (
    "Orders placed in the period, with what is known of them as of the reading. No fee is counted, as the venue states none; "
    "nothing is said of a balance before or after, as the venue keeps none for a user. "
    "An order's id stands shortened at the end of its row; it is whole in the CSV."
)


class UserStatementModel(TableModel[Order]):
    """The oldest order on top."""

    def __init__(self, display: Display, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.columns = _columns(display)

    def show(self, orders: tuple[Order, ...]) -> None:
        self.beginResetModel()
        self.rows = list(orders)
        self.endResetModel()

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        order, title = self.rows[index.row()], self.columns[index.column()].title
        if role == Qt.ItemDataRole.ForegroundRole and title == "Result" and order.realised:
            return self._theme.colours["price.up" if order.realised > 0 else "price.down"]
        if role == Qt.ItemDataRole.ToolTipRole:
            return formats.tip(self.columns[index.column()].for_file(order)) or None
        return super().data(index, role)


def sums_of(sums: UserSums) -> list[tuple[str, str]]:
    """What a statement adds up to, in the order in which it is read."""
    return [
        ("Orders", f"{sums.orders:,}"),
        ("Asked for", formats.money(sums.asked)),
        ("Matched stake", formats.money(sums.matched)),
        ("Cancelled", formats.money(sums.cancelled)),
        ("Waiting", formats.money(sums.waiting)),
        ("Not settled", formats.money(sums.standing)),
        ("Stakes that won", formats.money(sums.winners)),
        ("Won", formats.money(sums.won)),
        ("Lost", formats.money(sums.lost)),
        ("Returned", formats.money(sums.returned)),
        ("Result", formats.signed(sums.result)),
    ]


def summed_up(statement: UserStatement) -> str:
    return " · ".join(f"{label.lower()} {value}" for label, value in sums_of(sum_up(statement.orders)))


def as_of(statement: UserStatement) -> str:
    """How new it is, and how far the venue's record lagged."""
    read = _clock(statement.read_at)
    if statement.synced_at is None:
        return f"as of {read}; the venue does not say how far its record had kept up"
    lag = max((statement.read_at - statement.synced_at).total_seconds(), 0.0)
    return f"as of {read}; the venue's record lagged {formats.age(lag)}"


def period(statement: UserStatement) -> str:
    """`1 Nov 2026 to 21 Nov 2026`, in local days."""
    first, last = statement.since.astimezone(), (statement.until - timedelta(seconds=1)).astimezone()
    return f"{_day(first)} to {_day(last)}"


def remarks(statement: UserStatement) -> list[str]:
    """What is to be known about it beyond its figures."""
    sums, progress = sum_up(statement.orders), statement.progress
    found = []
    if progress.foreign:
        found.append(f"{_rows(progress.foreign)} of other users, which the venue sent along, left out.")
    if progress.nameless:
        found.append(f"{_rows(progress.nameless)} without a user's name left out: nothing here tells whose they are.")
    if sums.untold_orders:
        found.append(f"Settled without a result told: {sums.untold_orders:,}, with {formats.money(sums.untold)} matched.")
    if sums.at_limit:
        found.append(
            f"Of {sums.at_limit:,} that won, not every match price is known: they count at the order's own odds, and may have brought more."
        )
    return found


# For files


def csv_lines(statement: UserStatement) -> Iterator[str]:
    """The titles, then each order a line: times in UTC and local, nothing in it that a spreadsheet would run."""
    columns: list[tuple[str, Callable[[Order], str]]] = [
        ("Placed (UTC)", lambda order: time_cell(order.placed_at)),
        ("Placed (local)", lambda order: local_cell(order.placed_at)),
        ("User", lambda _order: statement.user_id),
        ("Event", lambda order: order.draft.event_name or str(order.draft.market.event_id or "")),
        ("Market", lambda order: order.draft.market_name or str(order.draft.market.market_id or "")),
        ("Selection", lambda order: order.draft.selection_name or order.draft.selection_id),
        ("Odds", lambda order: f"{order.odds.american:+d}"),
        ("Stake", lambda order: str(order.stake)),
        ("Matched stake", lambda order: str(order.filled)),
        ("Status", lambda order: str(order.state)),
        ("Outcome", _outcome),
        ("Result", lambda order: _plain(order.realised)),
        ("Order id", lambda order: order.venue_order_id),
        ("Reference", lambda order: order.venue_ref),
    ]
    yield csv_line(title for title, _ in columns)
    for order in statement.orders:
        yield csv_line(text(order) for _, text in columns)


def to_paper(statement: UserStatement, account: str, user: str, display: Display) -> Paper:
    """The same for paper; what is missing in it stands in a box above the table."""
    columns = (
        PaperColumn("Placed", 80), PaperColumn("Selection", 138), PaperColumn("Odds", 34, is_number=True),
        PaperColumn("Stake", 50, is_number=True), PaperColumn("Matched stake", 54, is_number=True), PaperColumn("Status", 64),
        PaperColumn("Result", 56, is_number=True),
    )  # fmt: skip
    sums = sum_up(statement.orders)
    return Paper(
        "Statement of orders",
        [
            ("Account", account),
            ("User", user),
            ("Period", f"{period(statement)}, {_zone(statement.since)}"),
            ("As of", as_of(statement).removeprefix("as of ")),
        ],
        sums_of(sums),
        columns,
        [_printed(order, display) for order in statement.orders],
        warning=f"This statement is not whole. {statement.trouble}." if statement.trouble else "",
        notes=[*remarks(statement), BASIS],
        foot=f"{user} · {period(statement)}",
        empty="The venue's record has no orders of this user in this period.",
        total=(
            "Total",
            f"{sums.orders:,} orders" if sums.orders != 1 else "1 order",
            "",
            formats.money(sums.asked),
            formats.money(sums.matched),
            "",
            formats.signed(sums.result),
        ),
    )


def _printed(order: Order, display: Display) -> tuple[Cell, ...]:
    placed, draft = order.placed_at.astimezone(), order.draft
    where = " · ".join(filter(None, (draft.event_name or f"event {draft.market.event_id}", draft.market_name)))
    return (
        (placed.strftime("%d %b %Y %H:%M"), where),
        (draft.selection_name or draft.selection_id or formats.NOTHING, ""),
        (display.odds(order.odds), ""),
        (formats.money(order.stake), ""),
        (formats.money(order.filled), ""),
        (str(order.state), _outcome(order)),
        (formats.signed(order.realised), formats.short_ref(order.venue_order_id)),
    )


def _columns(display: Display) -> list[Column[Order]]:
    return [
        time_column("Placed", lambda order: order.placed_at),
        Column("Event", lambda order: order.draft.event_name or f"event {order.draft.market.event_id}", None, 166),
        Column("Market", lambda order: order.draft.market_name or formats.NOTHING, None, 100),
        Column("Selection", lambda order: order.draft.selection_name or order.draft.selection_id[:8], None, 176),
        Column("Odds", lambda order: display.odds(order.odds), None, 64, is_number=True),
        _amount("Stake", lambda order: order.stake),
        _amount("Matched stake", lambda order: order.filled, width=108),
        Column("Status", lambda order: str(order.state), None, 104),
        Column("Outcome", lambda order: _outcome(order) or formats.NOTHING, None, 90, tip="In the venue's own words"),
        _amount("Result", lambda order: order.realised, formats.signed),
        Column("Order id", lambda order: formats.short_ref(order.venue_order_id), None, 100, plain=lambda order: order.venue_order_id),
    ]


def _amount(
    title: str, of: Callable[[Order], Decimal | None], text: Callable[[Decimal | None], str] = formats.money, width: int = 80
) -> Column[Order]:
    return Column(title, lambda order: text(of(order)), None, width, is_number=True, plain=lambda order: _plain(of(order)))


def _outcome(order: Order) -> str:
    return "" if order.winning in {"", "tbd"} else order.winning.replace("_", " ")


def _rows(number: int) -> str:
    return "1 row" if number == 1 else f"{number:,} rows"


def _plain(value: Decimal | None) -> str:
    return "" if value is None else str(value)


def _clock(at: datetime) -> str:
    return at.astimezone().strftime("%d %b %Y %H:%M:%S")


def _day(at: datetime) -> str:
    return f"{at.day} {at.strftime('%b %Y')}"


def _zone(at: datetime) -> str:
    local = at.astimezone()
    return f"local days ({local.tzname()}, UTC{local.strftime('%z')})"
