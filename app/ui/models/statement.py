"""The tables of the account's history: trades and transactions as the venue's record has them, newest on top."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from PySide6.QtCore import Qt

from app.domain.account import Trade, Transaction
from app.services.paging import Sheet
from app.services.statement import Statement, brought, sum_trades, sum_transactions
from app.ui import formats
from app.ui.display import Display
from app.ui.models.columns import (
    amount_column,
    colour_of,
    counted,
    id_column,
    result_colour,
    said,
    signed_column,
    time_column,
)
from app.ui.models.table import ROOT, Column, Index, Row, TableModel
from app.ui.theme import Theme

Tone = Callable[[Row], str]  # the name of a colour; empty for the usual one


class SheetModel(TableModel[Row]):
    """Shows the rows of a sheet as far as they have been read; further pages are put below, what is chosen stays chosen."""

    def __init__(
        self,
        sheet: Sheet[Row, Any],
        columns: list[Column[Row]],
        *,
        times: Mapping[str, Callable[[Row], datetime | None]],
        tones: Mapping[str, Tone[Row]],
        theme: Theme,
        sums: Callable[[list[Row]], str],
    ) -> None:
        super().__init__()
        self._sheet = sheet
        self._times = times
        self._tones = tones
        self._theme = theme
        self._sums = sums
        self._resets = 0
        self.columns = columns

    @property
    def sums(self) -> str:
        """What the rows shown add up to."""
        return self._sums(self.rows) if self.rows else ""

    def refresh(self) -> None:
        """Show what the sheet holds now."""
        rows, known = self._sheet.rows, len(self.rows)
        if self._sheet.resets != self._resets:
            self.beginResetModel()
            self.rows = list(rows)
            self._resets = self._sheet.resets
            self.endResetModel()
        elif len(rows) > known:
            self.beginInsertRows(ROOT, known, len(rows) - 1)
            self.rows += rows[known:]
            self.endInsertRows()

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        row, column = self.rows[index.row()], self.columns[index.column()]
        if role == Qt.ItemDataRole.ForegroundRole and (tone := self._tones.get(column.title)):
            use = tone(row)
            return self._theme.colours[use] if use else None
        if role == Qt.ItemDataRole.ToolTipRole:
            at = self._times[column.title](row) if column.title in self._times else None
            return formats.zoned(at) if at else formats.tip(column.for_file(row)) or None
        return super().data(index, role)


def trades_model(statement: Statement, display: Display, theme: Theme) -> SheetModel[Trade]:
    def names(row: Trade) -> tuple[str, str, str]:
        known = statement.names_of(row.venue_order_id)
        return known.event or formats.NOTHING, known.market or formats.NOTHING, known.selection or formats.NOTHING

    columns: list[Column[Trade]] = [
        time_column("Matched", lambda row: row.matched_at),
        Column("Event", lambda row: names(row)[0], None, 160),
        Column("Market", lambda row: names(row)[1], None, 96),
        Column(display.labels.selection, lambda row: names(row)[2], None, 160),
        Column(display.labels.odds, lambda row: display.odds(row.odds), None, 64, is_number=True),
        amount_column(display.labels.stake, lambda row: row.stake),
        amount_column("Profit", lambda row: row.profit, tip="What it wins, as the venue states it"),
        Column("Status", lambda row: said(row.status), None, 92, tip="The order's status, in the venue's own words"),
        Column("Result", lambda row: said(row.winning), None, 76, tip="In the venue's own words"),
        signed_column("Brought", brought, tip="What its result brought; a dash until there is one"),
        id_column(lambda row: row.venue_order_id),
    ]

    def sums(rows: list[Trade]) -> str:
        found = sum_trades(rows)
        words = (
            f"{counted(len(rows), 'trade')} · {display.labels.stake_low} {formats.money(found.stake)}"
            f" · profit {formats.money(found.profit)} · brought {formats.signed(found.realised)}"
        )
        return f"{words} · {found.unread} without an amount" if found.unread else words

    tones = {"Result": lambda row: result_colour(row.winning), "Brought": lambda row: colour_of(brought(row))}
    return SheetModel(statement.trades, columns, times={"Matched": lambda row: row.matched_at}, tones=tones, theme=theme, sums=sums)


def transactions_model(statement: Statement, theme: Theme) -> SheetModel[Transaction]:
    def about(row: Transaction) -> str:
        return statement.names_of(row.venue_order_id).selection or formats.NOTHING

    columns: list[Column[Transaction]] = [
        time_column("Time", lambda row: row.at),
        Column("Kind", lambda row: said(row.kind), None, 170, tip="In the venue's own words"),
        signed_column("Amount", lambda row: row.amount, 104),
        amount_column("Balance after", lambda row: row.balance, 110),
        Column("About", about, None, 190, tip="What the order was on, where it is known"),
        id_column(lambda row: row.venue_order_id),
        Column("Trade", lambda row: row.trade_id or formats.NOTHING, None, 110, plain=lambda row: row.trade_id),
        Column("Id", lambda row: row.id, None, 110),
    ]

    def sums(rows: list[Transaction]) -> str:
        found = sum_transactions(rows)
        words = (
            f"{counted(len(rows), 'transaction')} · in {formats.signed(found.came)} · out {formats.signed(found.went)}"
            f" · together {formats.signed(found.came + found.went)}"
        )
        return f"{words} · {found.unread} without an amount" if found.unread else words

    tones = {"Amount": lambda row: colour_of(row.amount)}
    return SheetModel(statement.transactions, columns, times={"Time": lambda row: row.at}, tones=tones, theme=theme, sums=sums)
