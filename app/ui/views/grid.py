"""The odds grid of the open event: a click on a price fills the ticket, a click on a number shows that line."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from PySide6.QtCore import QModelIndex, QPoint, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QResizeEvent, Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
    QStackedLayout,
    QVBoxLayout,
)

from app.domain.book import takeable_at
from app.domain.market import MarketGroup, MarketKey
from app.domain.odds import Odds
from app.domain.order import OrderDraft
from app.services.session import Session
from app.ui import formats
from app.ui.delegates.odds_cell import FLASH, HEAD_HEIGHT, LINE_HEIGHT, OddsCellDelegate
from app.ui.display import Display
from app.ui.formats import OddsFormat
from app.ui.models.event_nodes import more_words
from app.ui.models.odds_grid import LEVELS, SPARED, WIDTHS, Col, Head, Line, OddsGridModel
from app.ui.theme import Theme
from app.ui.views.table import Table

FLASH_FRAME = 90  # ms between repaints of what glows: ten a second are enough for a fade


class GridTable(Table):
    """The table itself: tells which price was pressed, by mouse or by keys."""

    pressed_price = Signal(object, object, bool)  # Line, level depth or None, only what is there
    pressed_number = Signal(object, object)  # Head, MarketKey
    guard_line_wanted = Signal(object)  # Line
    guard_event_wanted = Signal(object)
    cancel_event_wanted = Signal(object)
    cancel_market_wanted = Signal(object, object)

    def __init__(self, model: OddsGridModel, delegate: OddsCellDelegate) -> None:
        super().__init__()
        self.setObjectName("odds")
        self._grid = model
        self._delegate = delegate
        self.setModel(model)
        self.setItemDelegate(delegate)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setTabKeyNavigation(False)
        header = self.horizontalHeader()
        header.setSectionsMovable(False)
        for column, width in enumerate(WIDTHS):
            self.setColumnWidth(column, width)
        header.setSectionResizeMode(Col.NAME, QHeaderView.ResizeMode.Stretch)
        model.modelReset.connect(self._lay_rows)

    def _lay_rows(self) -> None:
        """Heads span the table; heights are fixed, so that nothing is measured at paint."""
        self.clearSpans()
        for place, row in enumerate(self._grid.rows):
            is_head = isinstance(row, Head)
            self.verticalHeader().resizeSection(place, HEAD_HEIGHT if is_head else LINE_HEIGHT)
            if is_head:
                self.setSpan(place, 0, 1, len(Col))
        self.updateGeometries()  # at once: who scrolls to a row of a longer table would else end where the shorter one did

    def menu_at(self, point: QPoint) -> QMenu:
        """Cancelling by market on its rows, by event anywhere in the table."""
        menu = super().menu_at(point)
        first, event_id = menu.actions()[0], self._grid.event_id
        if event_id is None:
            return menu
        lines: list[tuple[str, Callable[[], object]]] = [
            ("Cancel all on this event", lambda: self.cancel_event_wanted.emit(event_id)),
            ("Guard this event…", lambda: self.guard_event_wanted.emit(event_id)),
        ]
        index = self.indexAt(point)
        if index.isValid():
            row = self._grid.rows[index.row()]
            if isinstance(row, Line):
                lines.insert(1, (f"Guard {row.selection.name}…", lambda: self.guard_line_wanted.emit(row)))
            group = self._group_at(index.row())
            text = f"Cancel all on {formats.whole_market(group)}"
            lines.insert(0, (text, lambda: self.cancel_market_wanted.emit(event_id, group.id)))
        for text, call in lines:
            action = menu.addAction(text.replace("&", "&&"), call)
            menu.removeAction(action)
            menu.insertAction(first, action)
        menu.insertSeparator(first)
        return menu

    def _group_at(self, place: int) -> MarketGroup:
        """The group that a row belongs to: the one of the nearest head above it."""
        heads = (row for row in reversed(self._grid.rows[: place + 1]) if isinstance(row, Head))
        return next(heads).group

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Names before figures: a pane too narrow for both gives the lesser columns up, and takes them back when it can."""
        room = self.viewport().width() - WIDTHS[Col.NAME]
        needed = sum(WIDTHS[column] for column in Col if column is not Col.NAME)
        for column in SPARED:
            self.setColumnHidden(column, needed > room)
            needed -= WIDTHS[column] if needed > room else 0
        super().resizeEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        index = self.indexAt(event.position().toPoint())
        if index.isValid() and event.button() is Qt.MouseButton.LeftButton:
            self._press(index, int(event.position().x()), bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier))
        super().mouseReleaseEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        index = self.currentIndex()
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space} and index.isValid() and not event.isAutoRepeat():
            self._press(index, 0, False)
            return
        super().keyPressEvent(event)

    def _press(self, index: QModelIndex, x: int, only_there: bool) -> None:
        row = self._grid.rows[index.row()]
        if isinstance(row, Head):
            key = self._delegate.strike_at(self.visualRect(index), row, x)
            if key is not None:
                self.pressed_number.emit(row, key)
            return
        column = Col(index.column())
        if column in LEVELS or column is Col.NAME:
            self.pressed_price.emit(row, LEVELS.get(column, 0), only_there)


class GridView(QFrame):
    """The open event's title, the filter, and the table; says in words when there is nothing to show."""

    draft_wanted = Signal(object, bool)  # OrderDraft, with its stake set to what is there
    guard_wanted = Signal(object)  # OrderDraft, or the id of an event
    cancel_event_wanted = Signal(object)
    cancel_market_wanted = Signal(object, object)

    def __init__(self, session: Session, display: Display, theme: Theme, clock: Callable[[], float], now: Callable[[], datetime]) -> None:
        super().__init__()
        self.setObjectName("panel")
        self._session = session
        self._theme = theme
        self._display = display
        self._now = now
        self._awaited: int | None = None  # a group to scroll to
        self.model = OddsGridModel(session, display, clock)
        self.delegate = OddsCellDelegate(self.model, display, theme, self)
        self.table = GridTable(self.model, self.delegate)
        self.table.offer_csv(self.model.to_csv)
        self.title = QLabel()
        self.title.setFont(theme.font(14, bold=True))
        self.detail = QLabel()
        self.detail.setFont(theme.font(12))
        for label in (self.title, self.detail):
            label.setTextFormat(Qt.TextFormat.PlainText)
        self.words = QLabel("Choose an event on the left: its prices appear here.")
        self.words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.words.setWordWrap(True)
        self.market_filter = QLineEdit()
        self.market_filter.setPlaceholderText("Filter markets")
        self.market_filter.setClearButtonEnabled(True)
        self.market_filter.setMaximumWidth(170)
        self.market_filter.setMaxLength(200)
        self.more = QPushButton()
        self.more.setObjectName("more")
        self.more.setToolTip("Lay out the next markets of this event; the filter above finds them all")
        self.more.hide()
        self.format = QComboBox()
        self.format.addItems([str(style) for style in OddsFormat])
        self.format.setCurrentText(str(display.style))
        self._flash = QTimer(self, interval=FLASH_FRAME)
        self._flash.timeout.connect(self._glow)
        self._lay_out()
        self._connect()
        self.refresh_title()

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setContentsMargins(10, 6, 8, 6)
        top.setSpacing(10)
        top.addWidget(self.title)
        top.addWidget(self.detail, 1)
        top.addWidget(self.market_filter)
        top.addWidget(self.format)
        self._stack = QStackedLayout()
        self._stack.addWidget(self.words)
        self._stack.addWidget(self.table)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(1, 1, 1, 1)
        layout.setSpacing(0)
        layout.addLayout(top)
        layout.addLayout(self._stack, 1)
        layout.addWidget(self.more)

    def _connect(self) -> None:
        self.table.pressed_price.connect(self._price_pressed)
        self.table.pressed_number.connect(self._number_pressed)
        self.table.cancel_event_wanted.connect(self.cancel_event_wanted)
        self.table.guard_event_wanted.connect(self.guard_wanted)
        self.table.guard_line_wanted.connect(lambda line: self.guard_wanted.emit(self._draft(line, 0)))
        self.table.cancel_market_wanted.connect(self.cancel_market_wanted)
        self.market_filter.textChanged.connect(self._filter)
        self.more.clicked.connect(self._turn)
        self.setTabOrder(self.table, self.more)
        self.format.currentTextChanged.connect(lambda text: self._display.use(OddsFormat(text)))
        self._display.changed.connect(self.table.viewport().update)

    # What is shown

    def show_event(self, event_id: int) -> None:
        self._awaited = None
        self.model.show(event_id)
        self.table.scrollToTop()
        self.refresh_title()

    def show_group(self, group_id: int) -> None:
        """Scroll to a group; one whose event is still being read comes into view when it is there."""
        place = self.model.row_of_group(group_id)
        self._awaited = group_id if place is None else None
        if place is not None:
            self.table.scrollTo(self.model.index(place, 0), QAbstractItemView.ScrollHint.PositionAtTop)
            self._offer_more()

    def markets_changed(self) -> None:
        """The catalogue's markets differ: lay out again where the reader is."""
        top = self.table.verticalScrollBar().value()
        self.model.rebuild()
        self.table.verticalScrollBar().setValue(top)
        self.refresh_title()
        if self._awaited is not None:
            self.show_group(self._awaited)

    def books_changed(self, keys: Iterable[MarketKey]) -> None:
        self.model.books_changed(keys)
        if not self._flash.isActive():
            self._flash.start()

    def orders_changed(self) -> None:
        self.model.orders_changed()

    def tick(self) -> None:
        """A second went by: ages move, and a book may have gone stale."""
        self.model.ages_changed()
        self.refresh_title()

    def refresh_title(self) -> None:
        event = self._session.catalogue.events.get(self.model.event_id or -1)
        groups = self._session.catalogue.groups.get(self.model.event_id or -1)
        self._stack.setCurrentWidget(self.table if self.model.rows else self.words)
        self._offer_more()
        self.words.setText(self._what_is_missing(event is not None, groups is not None, bool(groups)))
        if event is None:
            self.title.setText("")
            self.detail.setText("")
            return
        self.title.setText(event.name)
        when = "LIVE" if event.is_live else formats.start_of(event, self._now())
        lines = sum(len(group.markets) for group in groups or ())
        self.detail.setText(f"{event.tournament_name} · {when} · {lines} lines")
        self.detail.setToolTip(formats.tip(f"{event.sport_name} · event {event.id} · {event.status}"))

    def _what_is_missing(self, has_event: bool, is_read: bool, has_groups: bool) -> str:
        if not has_event:
            return (
                "This event is no longer listed."
                if self.model.event_id is not None
                else "Choose an event on the left: its prices appear here."
            )
        if not is_read:
            return "Reading the markets…"
        return "No market matches this filter." if has_groups else "The venue lists no markets for this event."

    # What the person does

    def _price_pressed(self, line: Line, depth: int, only_there: bool) -> None:
        self.draft_wanted.emit(self._draft(line, depth), only_there)

    def _draft(self, line: Line, depth: int) -> OrderDraft:
        level = line.level(depth) or line.level(0)
        odds = level.odds if level else line.fair or Odds(1, 1)
        side = self._session.prices.side(line.market.key, line.selection.id)
        event = self._session.catalogue.events.get(line.market.key.event_id)
        return OrderDraft(
            market=line.market.key,
            selection_id=line.selection.id,
            odds=odds,
            stake=takeable_at(side, odds),
            event_name=event.name if event else "",
            market_name=line.market.name if line.market.kind == "moneyline" else _group_name(self._session, line),
            selection_name=line.selection.name,
        )

    def _number_pressed(self, head: Head, key: MarketKey) -> None:
        top = self.table.verticalScrollBar().value()
        self.model.choose(head.group, key)
        self.table.verticalScrollBar().setValue(top)

    def _filter(self, text: str) -> None:
        self.model.narrow(text)
        self.refresh_title()

    def _turn(self) -> None:
        """The next page below what is shown, its first row on top and marked; the button stays where it was pressed."""
        first = self.model.turn()
        index = self.model.index(first, Col.NAME)
        self.table.scrollTo(index, QAbstractItemView.ScrollHint.PositionAtTop)
        if not self.model.left:
            self.table.setFocus()
        self.table.setCurrentIndex(index)
        self.refresh_title()

    def _offer_more(self) -> None:
        self.more.setVisible(self.model.left > 0)
        self.more.setText(more_words(self.model.left).capitalize())

    def _glow(self) -> None:
        """Repaint what still fades; stop when nothing does."""
        places = self.model.flashing(FLASH)
        for place in places:
            self.table.viewport().update(self.table.visualRect(self.model.index(place, Col.BEST)))
        if not places:
            self._flash.stop()


def _group_name(session: Session, line: Line) -> str:
    groups = session.catalogue.groups.get(line.market.key.event_id, ())
    return next((group.name for group in groups if group.id == line.market.key.market_id), line.market.name)
