"""What the venue's own search found, below the tree of events: markets and players that were never read here."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any, NamedTuple

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QLabel, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from app.domain.market import ACTIVE, FoundMarket
from app.services.finding import SHORTEST, MarketFinder
from app.ui import formats
from app.ui.theme import Theme

SHOWN = 100  # results at most
LINES = 8  # before the list scrolls


class _Place(NamedTuple):
    """Where a line leads: group 0 is the event as a whole, event 0 is not known."""

    event_id: int
    group_id: int
    player_id: int = 0


class FoundView(QWidget):
    """Hidden until it is asked for words. A line that was pressed opens its event, at the market it names."""

    event_chosen = Signal(object)
    group_chosen = Signal(object, object)

    def __init__(self, finder: MarketFinder, start: Callable[[Coroutine[Any, Any, Any]], object], theme: Theme) -> None:
        super().__init__()
        self._finder = finder
        self._start = start
        self._is_wanted = False
        self._is_alone: Callable[[], bool] = _is_alone
        self._places: list[_Place] = []
        self.title = QLabel()
        self.title.setFont(theme.font(11))
        self.title.setWordWrap(True)
        self.title.setTextFormat(Qt.TextFormat.PlainText)
        self.list = QListWidget()
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.list.setFont(theme.font(12))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.title)
        layout.addWidget(self.list, 1)
        self.list.itemClicked.connect(self._open)
        self.list.itemActivated.connect(self._open)
        finder.changed.connect(self.refresh)
        self.hide()

    def attach(self, search: QLineEdit, is_empty: Callable[[], bool]) -> None:
        """Answer a search field: on Enter, and by itself where nothing that is known here matches (`is_empty`)."""
        self._is_alone = is_empty
        search.textChanged.connect(lambda text: self.look(text) if is_empty() else self.look(""))
        search.returnPressed.connect(lambda: self.look(search.text()))

    def look(self, words: str) -> None:
        """Ask the venue for these words; none put the results away."""
        self._is_wanted = len(words.strip()) >= SHORTEST
        self._start(self._finder.find(words if self._is_wanted else ""))
        self.refresh()

    def refresh(self) -> None:
        """Show what was found."""
        self.setVisible(self._is_wanted)
        if not self._is_wanted:
            return
        finder = self._finder
        self.title.setText(self._said())
        self.list.clear()
        self._places = []
        for player in finder.players[:SHOWN]:
            event = finder.event_name(player.event_id)
            self._add(player.name, f"player · {event}" if event else "player", _Place(player.event_id, 0, player.id))
        for market in finder.markets[:SHOWN]:
            self._add(*_described(market), _Place(market.event_id, market.market_id))
        lines = min(self.list.count(), LINES)
        self.list.setVisible(bool(lines))
        if lines:
            self.list.setFixedHeight(lines * self.list.sizeHintForRow(0) + 2)

    def _add(self, name: str, about: str, place: _Place) -> None:
        item = QListWidgetItem(f"{name}\n{about}")
        self._places.append(place)
        item.setToolTip(formats.tip(f"{name} · {about}"))
        item.setSizeHint(QSize(0, self.list.fontMetrics().height() * 2 + 6))
        if not place.event_id and not place.player_id:
            item.setFlags(Qt.ItemFlag.NoItemFlags)
            item.setToolTip(formats.tip(f"{name}: the venue does not say in which event"))
        self.list.addItem(item)

    def _said(self) -> str:
        finder = self._finder
        if finder.is_searching:
            return "Asking the venue…"
        if finder.trouble:
            return f"⚠ {finder.trouble}"
        if not finder.markets and not finder.players:
            further = "" if self._is_alone() else "other "  # no more than what the tree shows
            return f"The venue knows no {further}market or player by these words."
        counts = [_count(len(finder.players), "player")] if finder.players else []
        counts += [_count(len(finder.markets), "market")] if finder.markets else []
        return f"At the venue: {' and '.join(counts)}"

    def _open(self, item: QListWidgetItem) -> None:
        place = self._places[self.list.row(item)]
        if place.event_id or place.player_id:
            self._start(self._bring(place))

    async def _bring(self, place: _Place) -> None:
        event_id = place.event_id or await self._finder.home_of(place.player_id)
        if not event_id:
            self.title.setText("The venue does not say in which event this player is.")
            return
        await self._finder.bring(event_id)
        if place.group_id:
            self.group_chosen.emit(event_id, place.group_id)
        else:
            self.event_chosen.emit(event_id)


def _is_alone() -> bool:
    return True


def _described(market: FoundMarket) -> tuple[str, str]:
    kind = (market.sub_type or market.kind).replace("_", " ")
    parts = [market.event_name or f"event {market.event_id}", kind, "" if market.status in {"", ACTIVE} else market.status]
    return market.name or f"market {market.market_id}", " · ".join(part for part in parts if part)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
