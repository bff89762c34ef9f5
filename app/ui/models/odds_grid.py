"""The rows of the odds grid: for each group of the open event a head, then the selections of the market chosen in it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from enum import IntEnum

from PySide6.QtCore import QAbstractTableModel, Qt

from app.domain.book import Book, Level, fair, overround
from app.domain.market import Market, MarketGroup, MarketKey, Selection
from app.domain.money import ZERO
from app.domain.odds import Odds
from app.domain.order import Order
from app.domain.position import if_wins
from app.domain.sheet import csv_text
from app.services.own_orders import OwnOrder, opposite
from app.services.prices import Freshness, Quote, Tick
from app.services.session import Session
from app.ui import formats
from app.ui.display import Display
from app.ui.models.event_nodes import PAGE
from app.ui.models.table import ROOT, Index

DEPTH = 3
MOST_NAMED = 3  # own orders that the tip of a price names
RECENT = 5.0  # seconds for which a line that moved is painted whole every second: its arrow ends, its trail grows
WHOLE_GAME = "Game Lines"  # the venue's category of moneyline, spread and total over the whole game


class Col(IntEnum):
    """The grid's columns, left to right; the best price stands nearest to the names' right."""

    NAME = 0
    IF_WINS = 1
    SPARK = 2
    THIRD = 3
    SECOND = 4
    BEST = 5
    MINE = 6
    FAIR = 7
    IMPLIED = 8
    AGE = 9
    CHANGED = 10


TITLES = ("", "If wins", "Trail", "3rd", "2nd", "Best", "Mine", "Fair", "Implied", "Age", "Changed")
TIPS = {
    Col.IF_WINS: "What your matched orders in this market bring if this {selection_low} wins",
    Col.SPARK: "The best price's way since the event was opened",
    Col.BEST: "{odds} you can take now; below, the money you can put there. A dot: some of it is your own",
    Col.MINE: "Your own resting orders here: best {odds_low}, and the {stake_low} still waiting",
    Col.FAIR: "The best prices of the whole market with the margin taken out",
    Col.IMPLIED: "The chance at which the best price breaks even",
    Col.AGE: "How old the newest proof is that this book is right",
    Col.CHANGED: "Time since this book last changed: a quiet book is not a stale one",
}
WIDTHS = (150, 72, 70, 68, 68, 72, 82, 60, 60, 58, 68)
SPARED = (Col.SPARK, Col.IMPLIED, Col.FAIR, Col.MINE)  # columns given up, in this order, where the pane is too narrow for the names
LEVELS = {Col.BEST: 0, Col.SECOND: 1, Col.THIRD: 2}
COLUMNS = (Col.BEST, Col.SECOND, Col.THIRD)  # by depth


class Head:
    """A group's line: its name and the numbers (strikes) to choose from."""

    def __init__(self, group: MarketGroup, chosen: Market) -> None:
        self.group = group
        self.chosen = chosen


class Line:
    """One selection of the chosen market, with the services it reads from.

    What is asked several times while a row is painted is reckoned once; `forget` after anything it rests on changed.
    """

    def __init__(self, session: Session, market: Market, selection: Selection) -> None:
        self.session = session
        self.market = market
        self.selection = selection
        self._shown = self._read()
        self._freshness: Freshness | None = None
        self._fair: Odds | None = None
        self._fair_of: Book | None = None
        self._other_id = opposite(market, selection.id)

    def forget(self) -> None:
        self._freshness = None

    def has_new_best(self) -> bool:
        """Whether the best odds differ from those shown."""
        level, known = self._read()[0], self._shown[0]
        return (level.odds if level else None) != (known.odds if known else None)

    def take_levels(self) -> list[int]:
        """Show the book's levels from now on; the depths at which they differ from what was shown."""
        before, self._shown = self._shown, self._read()
        return [depth for depth in range(DEPTH) if before[depth] != self._shown[depth]]

    def _read(self) -> tuple[Level | None, ...]:
        side = self.session.prices.side(self.market.key, self.selection.id)
        return tuple(side[depth] if depth < len(side) else None for depth in range(DEPTH))

    @property
    def quote(self) -> Quote | None:
        return self.session.prices.quote(self.market.key)

    def level(self, depth: int) -> Level | None:
        """What is shown: the book as of the last frame, so that what was not announced is never painted, nor clicked."""
        return self._shown[depth]

    @property
    def tick(self) -> tuple[Tick, float]:
        quote = self.quote
        return quote.tick(self.selection.id) if quote else (Tick.NONE, 0.0)

    @property
    def freshness(self) -> Freshness:
        if self._freshness is None:
            event = self.session.catalogue.events.get(self.market.key.event_id)
            self._freshness = self.session.prices.freshness(self.market.key, is_live=event is not None and event.is_live)
        return self._freshness

    @property
    def is_tradable(self) -> bool:
        return self.market.is_open and self.freshness.is_verified

    @property
    def fair(self) -> Odds | None:
        book = self.session.prices.book(self.market.key)
        if book is not self._fair_of:
            self._fair_of = book
            self._fair = fair(book, [one.id for one in self.market.selections], self.selection.id) if book else None
        return self._fair

    @property
    def if_wins(self) -> Decimal | None:
        orders = self.session.blotter.of_market(self.market.key)
        return if_wins(orders, [one.id for one in self.market.selections]).get(self.selection.id) if orders else None

    @property
    def mine(self) -> list[Order]:
        """Own orders that wait here, best odds for others first."""
        orders = self.session.blotter.of_market(self.market.key)
        resting = [order for order in orders if order.draft.selection_id == self.selection.id and order.rest > ZERO]
        return sorted(resting, key=lambda order: order.odds)

    def is_own(self, depth: int) -> bool:
        """Whether some of this price is our own money: orders of any account of the window that wait on the other side."""
        level = self._shown[depth]
        if level is None or not self._other_id:
            return False
        return self.session.controls.own.stands(self.market.key, self._other_id, level.odds.opposite)

    def own(self, level: Level) -> list[OwnOrder]:
        """Which orders those are."""
        if not self._other_id:
            return []
        return self.session.controls.own.standing(self.market.key, self._other_id, level.odds.opposite)


Row = Head | Line


class OddsGridModel(QAbstractTableModel):
    """Rebuilt when markets change, else told which cells changed. Views paint from `rows`; `data` serves tests and readers.

    Of an event with a great many groups the first pages are laid out; `left` is how many groups match and are not.
    """

    def __init__(self, session: Session, display: Display, clock: Callable[[], float]) -> None:
        super().__init__()
        self._session = session
        self._display = display
        self.clock = clock
        self.rows: list[Row] = []
        self.event_id: int | None = None
        self.filter = ""
        self.left = 0
        self._pages = 1
        self._chosen: dict[tuple[int, int], MarketKey] = {}
        self._rows_of: dict[MarketKey, list[int]] = {}
        self._heads: list[int] = []
        self._flashing: dict[int, float] = {}

    # Building

    def show(self, event_id: int | None) -> None:
        self.event_id = event_id
        self._pages = 1
        self.rebuild()

    def narrow(self, text: str) -> None:
        """Show the groups that this is in, among all of them."""
        self.filter = text
        self._pages = 1
        self.rebuild()

    def turn(self) -> int:
        """Show a page more; the row with which it begins."""
        first = len(self.rows)
        self._pages += 1
        self.rebuild()
        return first

    def rebuild(self) -> None:
        """Lay out the open event again: its groups as the catalogue has them, each with its chosen market, as far as the pages go."""
        groups = self._session.catalogue.groups.get(self.event_id, ()) if self.event_id is not None else ()
        self.beginResetModel()
        found = sorted((group for group in groups if self._matches(group)), key=_standing)
        shown = found[: self._pages * PAGE]
        self.left = len(found) - len(shown)
        self.rows = [row for group in shown for row in self._rows(group)]
        self._rows_of = {}
        self._heads = [place for place, row in enumerate(self.rows) if isinstance(row, Head)]
        for place, row in enumerate(self.rows):
            if isinstance(row, Line):
                self._rows_of.setdefault(row.market.key, []).append(place)
        self._flashing = {}
        self.endResetModel()

    def choose(self, group: MarketGroup, key: MarketKey) -> None:
        """Show another number of a spread or total."""
        self._chosen[(group.event_id, group.id)] = key
        self.rebuild()

    def row_of_group(self, group_id: int) -> int | None:
        """Where a group's head stands; its page is laid out if it is not yet."""
        self._reach(group_id)
        places = [place for place, row in enumerate(self.rows) if isinstance(row, Head) and row.group.id == group_id]
        return places[0] if places else None

    def row_of_selection(self, selection_id: str) -> int | None:
        places = [place for place, row in enumerate(self.rows) if isinstance(row, Line) and row.selection.id == selection_id]
        return places[0] if places else None

    def _reach(self, group_id: int) -> None:
        groups = self._session.catalogue.groups.get(self.event_id, ()) if self.event_id is not None and self.left else ()
        found = sorted((group for group in groups if self._matches(group)), key=_standing)
        place = next((place for place, group in enumerate(found) if group.id == group_id), 0)
        if place >= self._pages * PAGE:
            self._pages = place // PAGE + 1
            self.rebuild()

    def _matches(self, group: MarketGroup) -> bool:
        return self.filter.casefold() in f"{group.name} {group.category}".casefold()

    def _rows(self, group: MarketGroup) -> list[Row]:
        wanted = self._chosen.get((group.event_id, group.id))
        market = next((one for one in group.markets if one.key == wanted), group.main)
        lines: list[Row] = [Line(self._session, market, selection) for selection in market.selections]
        return [Head(group, market), *lines]

    # What changed

    def books_changed(self, keys: Iterable[MarketKey]) -> None:
        """Announce the cells of these markets; rows not on screen cost next to nothing."""
        now = self.clock()
        for key in keys:
            places = self._rows_of.get(key, ())
            lines = [self._line(place) for place in places]
            has_new_best = [line.has_new_best() for line in lines]
            for place, line in zip(places, lines, strict=True):
                self._announce_levels(place, line)
                if any(has_new_best):  # a fair price rests on the best of every selection
                    self._flashing[place] = now
                    self._announce(place, Col.FAIR, Col.IMPLIED)

    def _announce_levels(self, place: int, line: Line) -> None:
        """Just the levels that differ from what was announced last, and all of them when the book's word counts differently."""
        was_tradable = line.is_tradable
        line.forget()
        differing = line.take_levels()
        if line.is_tradable != was_tradable:
            self._announce(place, Col.THIRD, Col.CHANGED)
            return
        if differing:
            self._announce(place, COLUMNS[differing[-1]], COLUMNS[differing[0]])

    def orders_changed(self) -> None:
        """Own orders moved: what they bring, where they wait, and which prices are marked for them."""
        for places in self._rows_of.values():
            for place in places:
                self._announce(place, Col.IF_WINS, Col.IF_WINS)
                self._announce(place, Col.THIRD, Col.MINE)

    def ages_changed(self) -> None:
        """A second went by: the ages of every line, and all of a line whose book became or ceased to be verified, or moved of late."""
        horizon = self.clock() - RECENT
        for places in self._rows_of.values():
            for place in places:
                line = self._line(place)
                was_tradable = line.is_tradable
                line.forget()
                moved = line.tick[1] > horizon
                self._announce(place, Col.SPARK if moved or line.is_tradable != was_tradable else Col.AGE, Col.CHANGED)
        for place in self._heads:
            self._announce(place, Col.NAME, Col.NAME)

    def _announce(self, place: int, first: Col, last: Col) -> None:
        self.dataChanged.emit(self.index(place, first), self.index(place, last))

    def _line(self, place: int) -> Line:
        line = self.rows[place]
        assert isinstance(line, Line)
        return line

    def flashing(self, seconds: float) -> list[int]:
        """Rows whose book changed within the last `seconds`; older ones are forgotten."""
        horizon = self.clock() - seconds
        ended = [place for place, at in self._flashing.items() if at < horizon]
        for place in ended:
            del self._flashing[place]
        return [*self._flashing, *ended]

    # Qt's questions

    def rowCount(self, parent: Index = ROOT) -> int:
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = ROOT) -> int:
        return 0 if parent.isValid() else len(TITLES)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return TITLES[section] or self._display.labels.selection
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._column_tip(Col(section))
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignLeft if section == Col.NAME else Qt.AlignmentFlag.AlignRight
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def _column_tip(self, column: Col) -> str | None:
        """What stands in a column, in the words of the account's venue."""
        tip, labels = TIPS.get(column), self._display.labels
        if tip is None:
            return None
        return tip.format(odds=labels.odds, odds_low=labels.odds_low, stake_low=labels.stake_low, selection_low=labels.selection_low)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        row = self.rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return self.text(row, Col(index.column()))
        if role == Qt.ItemDataRole.ToolTipRole and isinstance(row, Line):
            return self._tip(row, Col(index.column()))
        return None

    def text(self, row: Row, column: Col) -> str:
        if isinstance(row, Head):
            return row.group.name if column is Col.NAME else ""
        return self._line_text(row, column)

    def _line_text(self, line: Line, column: Col) -> str:
        if column in LEVELS:
            level = line.level(LEVELS[column])
            return f"{self._display.odds(level.odds)} / {formats.short_money(level.takeable)}" if level else formats.NOTHING
        match column:
            case Col.NAME:
                return line.selection.name
            case Col.IF_WINS:
                return formats.signed(line.if_wins) if line.if_wins is not None else ""
            case Col.MINE:
                return ", ".join(f"{self._display.odds(order.odds)} × {formats.short_money(order.rest)}" for order in line.mine)
            case Col.FAIR:
                return self._display.odds(line.fair)
            case Col.IMPLIED:
                level = line.level(0)
                return formats.implied(level.odds) if level else formats.NOTHING
            case Col.AGE:
                return self.age_text(line)
            case Col.CHANGED:
                return formats.age(self.changed_ago(line))
        return ""

    def age_text(self, line: Line) -> str:
        freshness = line.freshness
        if freshness.age is None:
            return "not read" if line.quote is None else "stale"
        return formats.age(freshness.age)

    def changed_ago(self, line: Line) -> float | None:
        quote = line.quote
        return self.clock() - quote.changed_at if quote and quote.changed_at is not None else None

    def _tip(self, line: Line, column: Col) -> str | None:
        level = line.level(LEVELS[column]) if column in LEVELS else None
        if level is None:
            return self._column_tip(column)
        return (
            f"{formats.american(level.odds)} · {formats.decimal(level.odds)} · {formats.implied(level.odds)}\n"
            f"takeable {formats.money(level.takeable)}{own_words(level, line.own(level))}\n"
            f"resting {formats.money(level.resting)} (as first placed)"
        )

    def overround(self, market: Market) -> float | None:
        book = self._session.prices.book(market.key)
        total = overround(book, [one.id for one in market.selections]) if book else None
        return float(total) if total is not None else None

    def to_csv(self) -> str:
        """Every line shown, with both figures of each level."""
        labels = self._display.labels
        titles = ["Market", labels.selection, "If wins"]
        titles += [f"{name} {what}" for name in ("Best", "2nd", "3rd") for what in (labels.odds_low, "takeable", "resting")]
        lines: list[Sequence[str]] = []
        group = ""
        for row in self.rows:
            if isinstance(row, Head):
                group = row.group.name
            else:
                lines.append(self._csv_cells(group, row))
        return csv_text([*titles, "Mine", "Age s"], lines)

    def _csv_cells(self, group: str, line: Line) -> Sequence[str]:
        cells = [group, line.selection.name, str(line.if_wins or "0.00")]
        for depth in range(DEPTH):
            level = line.level(depth)
            cells += [self._display.odds(level.odds), str(level.takeable), str(level.resting)] if level else ["", "", ""]
        age = line.freshness.age
        return [*cells, self._line_text(line, Col.MINE), "" if age is None else f"{age:.1f}"]


def own_words(level: Level, own: Sequence[OwnOrder]) -> str:
    """How much of a price is our own money, and of which orders; empty where none is."""
    if not own:
        return ""
    orders = [one.order for one in own]
    yours = min(sum((order.odds.profit(order.rest) for order in orders), ZERO), level.takeable)
    said = ", ".join(f"{formats.american(one.odds)} × {formats.money(one.rest)}" for one in orders[:MOST_NAMED])
    more = f" and {len(own) - MOST_NAMED} more" if len(own) > MOST_NAMED else ""
    return f", of which {formats.money(yours)} is yours: {said}{more}"


def _standing(group: MarketGroup) -> tuple[bool, bool, bool]:
    """What can no longer be traded stands last, players below teams, the whole game above its parts; else the venue's order."""
    return (not any(market.is_open for market in group.markets), group.is_prop, group.category != WHOLE_GAME)
