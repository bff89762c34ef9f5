"""The table of external users: those of the list and those for whom any order is known, with what each has at risk."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from decimal import Decimal
from typing import Any

import msgspec
from PySide6.QtCore import Qt

from app.domain.money import ZERO
from app.domain.user import User, called
from app.services.exposure import Exposure, LimitUse, UserLine
from app.services.users import Users
from app.ui import formats
from app.ui.models.columns import time_column
from app.ui.models.table import Column, Index, TableModel
from app.ui.theme import Theme

SHOWN = 2_000  # rows; the search looks through all of them
FEW = 8  # rows that are announced one by one
NOBODY = "no user told"


class UserRow(msgspec.Struct, frozen=True):
    user: User
    line: UserLine


class UserTotals(msgspec.Struct, frozen=True):
    """What the rows shown add up to."""

    at_risk: Decimal = ZERO
    open: int = 0
    unknown: int = 0
    staked_today: Decimal = ZERO
    today: Decimal = ZERO
    week: Decimal = ZERO


class UsersModel(TableModel[UserRow]):
    """Rows stand in the order in which they were last laid out: figures change in place and no row moves under a person's hand."""

    def __init__(self, exposure: Exposure, users: Users, theme: Theme) -> None:
        super().__init__()
        self._exposure = exposure
        self._users = users
        self._theme = theme
        self.filter_text = ""
        self.sort_column = 2
        self.is_descending = True
        self.found = 0
        self.totals = UserTotals()
        self.columns = _columns()
        self._places: dict[str, int] = {}

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role == Qt.ItemDataRole.ForegroundRole:
            use = _ink(self.columns[index.column()].title, self.rows[index.row()].line)
            return self._theme.colours[use] if use else None
        if role == Qt.ItemDataRole.ToolTipRole:
            return formats.tip(explained(self.rows[index.row()]))
        return super().data(index, role)

    def rebuild(self) -> None:
        """Lay everything out anew: the search, the order of rows or the list of users is another."""
        rows = [UserRow(user, self._exposure.line(user.id)) for user in self._everybody() if _fits(user, self.filter_text)]
        self.found = len(rows)
        rows.sort(key=lambda row: row.user.id)
        rows.sort(key=self._key, reverse=self.is_descending)
        self.beginResetModel()
        self.rows = rows[:SHOWN]
        self._places = {row.user.id: at for at, row in enumerate(self.rows)}
        self.totals = _total(self.rows)
        self.endResetModel()

    def apply(self, user_ids: Collection[str]) -> bool:
        """The figures of these users moved: their rows are refreshed. True: one was new, and all was laid out anew."""
        if any(user_id not in self._places and _fits(self._users.user(user_id), self.filter_text) for user_id in user_ids):
            self.rebuild()
            return True
        places = [place for user_id in user_ids if (place := self._places.get(user_id)) is not None]
        for place in places:
            user = self.rows[place].user
            self.rows[place] = UserRow(user, self._exposure.line(user.id))
        self._announce(places)
        self.totals = _total(self.rows)
        return False

    def refresh(self) -> None:
        """A day or a limit may be another: every figure that differs is shown anew."""
        self.apply([row.user.id for row in self.rows if self._exposure.line(row.user.id) is not row.line])

    def sort_by(self, column: int) -> None:
        self.is_descending = not self.is_descending if column == self.sort_column else column > 1
        self.sort_column = column
        self.rebuild()

    def place_of(self, user_id: str) -> int | None:
        return self._places.get(user_id)

    def _everybody(self) -> Iterable[User]:
        elsewhere = [user_id for user_id in self._exposure.user_ids if user_id not in self._users.known]
        return [*self._users.known.values(), *map(self._users.user, elsewhere)]

    def _announce(self, places: Sequence[int]) -> None:
        """Row by row; of many it is cheaper to paint what lies between them too."""
        if len(places) <= FEW:
            for place in places:
                self.row_changed(place)
        else:
            self.dataChanged.emit(self.index(min(places), 0), self.index(max(places), len(self.columns) - 1))

    def _key(self, row: UserRow) -> Any:
        column = self.columns[self.sort_column]
        return (column.key or column.text)(row)


def explained(row: UserRow) -> str:
    """Everything about one user, a line each."""
    line = row.line
    lines = [
        name_of(row.user),
        f"At risk {formats.money(line.at_risk)}; the worst results would lose {formats.money(line.worst)}",
        f"{line.open:,} open, {line.unknown:,} of unknown outcome",
        f"Settled: {formats.signed(line.today)} today, {formats.signed(line.week)} in 7 days, {formats.signed(line.ever)} of all known",
        use_words(line.tightest),
    ]
    return "\n".join(filter(None, lines))


def name_of(user: User) -> str:
    """For a sentence; the venue need not tell for whom an order of others is."""
    return formats.plain(called(user)) if user.id else f"orders with {NOBODY}"


def use_words(use: LimitUse) -> str:
    """`45 % on an event, 450.00 of 1,000`; empty where nothing is used."""
    if not use.used:
        return ""
    return f"{use.share * 100:,.0f} % {use.name}, {formats.money(use.used)} of {formats.money(use.limit).removesuffix('.00')}"


def _fits(user: User, text: str) -> bool:
    words = text.casefold().split()
    if not words:
        return True
    searched = f"{user.id} {user.name}".casefold()
    return all(word in searched for word in words)


def _total(rows: Iterable[UserRow]) -> UserTotals:
    at_risk = staked = today = week = ZERO
    opened = unknown = 0
    for row in rows:
        line = row.line
        at_risk += line.at_risk
        staked += line.staked_today
        today += line.today
        week += line.week
        opened += line.open
        unknown += line.unknown
    return UserTotals(at_risk, opened, unknown, staked, today, week)


def _ink(title: str, line: UserLine) -> str:
    """The name of a cell's colour; empty for the usual one."""
    amounts = {"P&L today": line.today, "P&L 7 days": line.week, "P&L known": line.ever}
    if amounts.get(title):
        return "price.up" if amounts[title] > 0 else "price.down"
    return "state.warning" if title == "Unknown" and line.unknown else ""


def _columns() -> list[Column[UserRow]]:
    return [
        Column("User", _id, lambda row: row.user.id.casefold(), 96, plain=lambda row: row.user.id),
        Column("Name", lambda row: row.user.name or ("" if row.user.id else NOBODY), lambda row: row.user.name.casefold(), 112),
        _amount("At risk", lambda line: line.at_risk, "Open and unknown orders, and what matched and is not settled", 84),
        _count("Open", lambda line: line.open),
        _count("Unknown", lambda line: line.unknown, 74, "Orders of which nobody knows whether the venue has them"),
        _amount("Staked today", lambda line: line.staked_today, "Stakes of today's orders that stand, matched or are settled", 96),
        _signed("P&L today", lambda line: line.today, "Settled since midnight"),
        _signed("P&L 7 days", lambda line: line.week, "Settled today and on the six days before"),
        Column(
            "Limit used", lambda row: use_words(row.line.tightest), lambda row: row.line.tightest.share, 276,
            tip="Of the limits in total, on an event and today, the one that is nearest",
        ),
        time_column("Last order", lambda row: row.line.last),
        _amount("Worst", lambda line: line.worst, "What the worst results would lose"),
        _signed("P&L known", lambda line: line.ever, "Of all orders that are known here"),
    ]  # fmt: skip


LIMIT_COLUMN, LAST_ORDER_COLUMN = 8, 9


def _id(row: UserRow) -> str:
    """What the venue calls the user of an order placed elsewhere may be any text."""
    return formats.plain(row.user.id) or formats.NOTHING


def _amount(title: str, of: Callable[[UserLine], Decimal], tip: str = "", width: int = 84) -> Column[UserRow]:
    return Column(
        title, lambda row: formats.money(of(row.line)), lambda row: of(row.line), width, is_number=True,
        plain=lambda row: str(of(row.line)), tip=tip,
    )  # fmt: skip


def _signed(title: str, of: Callable[[UserLine], Decimal], tip: str) -> Column[UserRow]:
    return Column(
        title, lambda row: formats.signed(of(row.line)), lambda row: of(row.line), 84, is_number=True,
        plain=lambda row: str(of(row.line)), tip=tip,
    )  # fmt: skip


def _count(title: str, of: Callable[[UserLine], int], width: int = 56, tip: str = "") -> Column[UserRow]:
    return Column(title, lambda row: f"{of(row.line):,}", lambda row: of(row.line), width, is_number=True, tip=tip)
