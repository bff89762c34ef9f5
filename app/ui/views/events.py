"""The events pane: search, chips, the tree, and how far it is read. Choosing an event opens it; choosing a market group scrolls to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Protocol

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from app.services.notices import Tone
from app.services.session import Session
from app.ui.models.columns import counted
from app.ui.models.event_tree import Chip, EventTreeModel, Node
from app.ui.theme import Theme
from app.ui.views.chips import add_chips
from app.ui.views.elided import ElidedLabel
from app.ui.views.event_tree import EventTree
from app.ui.views.thin_bar import ThinBar

NO_MATCH = "Nothing matches this search."
EMPTY = {
    Chip.ALL: "Nothing is listed yet.",
    Chip.LIVE: "No event is live.",
    Chip.SOON: "No event starts within the hour.",
    Chip.MINE: "You have no order on any listed event.",
    Chip.STARRED: "No event is starred. Space stars the chosen one.",
}
BELOW = "No event of this account is shown here; matches of the league are below."
CALM = 100  # ms between two layings out while much is read


class Beside(Protocol):
    """What another venue lists below the events: how much of it each chip shows, and whether nothing of it is shown now."""

    @property
    def counts(self) -> Mapping[Chip, int]: ...
    @property
    def is_empty(self) -> bool: ...


class SearchField(QLineEdit):
    """Escape empties it and, once it is empty, leads to the tree, as Down does at any time: `left`."""

    left = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        is_escape = event.key() == Qt.Key.Key_Escape
        if event.key() == Qt.Key.Key_Down or (is_escape and not self.text()):
            self.left.emit()
        elif is_escape:
            self.clear()
        else:
            super().keyPressEvent(event)


class EventsView(QWidget):
    """Shows the catalogue as it fills; while it does, at most ten times a second."""

    event_chosen = Signal(object)  # ids may need more than the 32 bits of a Signal(int)
    group_chosen = Signal(object, object)
    tournament_opened = Signal(object)
    chip_chosen = Signal(object)

    def __init__(self, session: Session, theme: Theme, now: Callable[[], datetime]) -> None:
        super().__init__()
        self._session = session
        self._now = now
        self.model = EventTreeModel(session.catalogue, session.blotter.event_ids, now, session.stars)
        self.search = SearchField()
        self.search.setPlaceholderText("Search teams, leagues, markets, players   /")
        self.search.setClearButtonEnabled(True)
        self.search.setMaxLength(200)
        self.bar = ThinBar(theme)
        self.reading = ElidedLabel()
        self.count = QLabel()
        for label in (self.reading, self.count):
            label.setFont(theme.font(11))
        self.empty = QLabel()
        self.empty.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.empty.setWordWrap(True)
        self._chip_row = QHBoxLayout()
        self.chips = add_chips(Chip, self._chip_row, self._use_chip, theme, self)
        self.chips[Chip.STARRED].setToolTip("Starred events, which the stream follows, and starred matches. Space stars what is chosen.")
        self.tree = EventTree(self.model, theme)
        self._calm = QTimer(self, singleShot=True, interval=CALM)
        self._is_due = False
        self._beside: Beside | None = None
        self._lay_out()
        self._connect()
        self.refresh()

    def refresh(self) -> None:
        """Take over what changed; soon, where it was just done and more is being read."""
        if self._calm.isActive():
            self._is_due = True
            return
        self._is_due = False
        self.tree.refresh()
        self.say()
        if self._session.seeder.is_reading:
            self._calm.start()

    def tick(self) -> None:
        """A second went by: countdowns move, and what left a while ago is gone."""
        self._session.catalogue.sweep()
        self.model.times_changed()

    def show_event(self, event_id: int) -> None:
        """Mark an event opened from elsewhere."""
        self.tree.show_event(event_id)

    def put_below_search(self, found: QWidget) -> None:
        """Room for what the venue itself finds, over the tree."""
        self._column.insertWidget(self._column.indexOf(self.tree), found)

    def put_below_tree(self, other: QWidget) -> None:
        """Room for what another venue lists."""
        self._column.insertWidget(self._column.indexOf(self.count), other)

    def count_with(self, beside: Beside | None) -> None:
        """The chips count what another venue lists below too."""
        self._beside = beside
        self.say()

    def _connect(self) -> None:
        self.search.textChanged.connect(self._search)
        self.search.left.connect(self.tree.setFocus)
        self.search.returnPressed.connect(self._open_only)
        self.tree.node_chosen.connect(self._chosen)
        self.tree.node_opened.connect(self._opened)
        self.tree.star_pressed.connect(self._star)
        self._calm.timeout.connect(self._on_calm)
        self._session.stars.changed.connect(self._on_stars)

    def _lay_out(self) -> None:
        layout = self._column = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 4, 4)
        layout.setSpacing(6)
        layout.addWidget(self.search)
        self._chip_row.setSpacing(4)
        self._chip_row.addStretch(1)
        layout.addLayout(self._chip_row)
        layout.addWidget(self.bar)
        layout.addWidget(self.reading)
        layout.addWidget(self.empty)
        layout.addWidget(self.tree, 1)
        layout.addWidget(self.count)

    def say(self) -> None:
        """What the pane says of itself: counts, and how far the list is read."""
        beside = self._beside.counts if self._beside is not None else {}
        for chip, count in self.model.counts().items():
            self.chips[chip].setText(f"{chip} {count + beside.get(chip, 0)}" if chip is not Chip.ALL else str(chip))
        catalogue, progress = self._session.catalogue, self._session.seeder.progress
        kept = f" · markets of {progress.markets_read:,}" if progress.is_full else ""
        failed = f" · {progress.failed:,} not read" if progress.failed else ""
        self.count.setText(f"{counted(len(catalogue.events), 'event')} · {counted(len(catalogue.tournaments), 'tournament')}{failed}{kept}")
        full = self._session.seeder.room_words if progress.is_full else ""
        self.count.setToolTip("\n".join(filter(None, (progress.failed_words, full))))
        self.bar.setVisible(not progress.is_done)
        self.reading.setVisible(not progress.is_done)
        self.bar.show_share(progress.share)
        aged = f"From {_when(catalogue.as_of, self._now())}, refreshing · {progress.short_words}" if catalogue.as_of else ""
        self.reading.setText(aged or progress.words)
        has_beside = self._beside is not None and not self._beside.is_empty
        self.empty.setText(BELOW if has_beside else NO_MATCH if self.model.filter.strip() else EMPTY[self.model.chip])
        self.empty.setVisible(self.model.rowCount() == 0)

    def _on_calm(self) -> None:
        if self._is_due:
            self.refresh()

    def _use_chip(self, chip: Chip) -> None:
        self.model.choose(chip)
        self.tree.rebuild()
        self.say()
        self.chip_chosen.emit(chip)

    def _search(self, text: str) -> None:
        self.tree.rebuild(text)
        self.say()

    def _open_only(self) -> None:
        """Enter opens what was found where that is one event and nothing else."""
        events = [node for node in self.model.nodes() if node.is_event] if self.model.filter.strip() else []
        if len(events) == 1 and (self._beside is None or self._beside.is_empty):
            self._chosen(events[0])

    def _chosen(self, node: Node) -> None:
        assert node.event is not None
        if node.group is not None:
            self.group_chosen.emit(node.event.id, node.group.id)
        elif node.is_event:
            self.event_chosen.emit(node.event.id)

    def _opened(self, node: Node) -> None:
        if node.tournament is not None:
            self.tournament_opened.emit(node.tournament.id)

    def _star(self, event_id: int) -> None:
        self._session.stars.toggle(event_id)
        if self._session.stars.trouble:
            self._session.notices.say(self._session.stars.trouble, Tone.WARNING)

    def _on_stars(self) -> None:
        self.refresh()
        self.tree.viewport().update()


def _when(at: datetime, now: datetime) -> str:
    """A local time of day, with the day where it is another."""
    local = at.astimezone()
    return local.strftime("%H:%M" if local.date() == now.astimezone().date() else "%d %b %H:%M")
