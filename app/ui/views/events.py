"""The events pane: search, chips and the tree. Choosing an event opens it; choosing a market group scrolls to it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QTreeView, QVBoxLayout, QWidget

from app.services.session import Session
from app.ui.delegates.event_line import EventLineDelegate
from app.ui.models.event_tree import Chip, EventTreeModel
from app.ui.theme import Theme
from app.ui.views.chips import add_chips


class EventsView(QWidget):
    """Keeps what is expanded and chosen by key, over every rebuild."""

    event_chosen = Signal(int)
    group_chosen = Signal(int, int)
    tournament_opened = Signal(int)

    def __init__(self, session: Session, theme: Theme, now: Callable[[], datetime]) -> None:
        super().__init__()
        self._session = session
        self.model = EventTreeModel(session.catalogue, session.blotter.event_ids, now)
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search teams, leagues, sports   /")
        self.search.setClearButtonEnabled(True)
        self.search.setMaxLength(200)
        self.count = QLabel()
        self.count.setFont(theme.font(11))
        self.empty = QLabel("Nothing matches this search.")
        self.empty.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.empty.setWordWrap(True)
        self.empty.hide()
        self._chip_row = QHBoxLayout()
        self.chips = add_chips(Chip, self._chip_row, self._use_chip, theme, self)
        self.tree = QTreeView()
        self._expanded: set[str] = set()
        self._is_restoring = False
        self._set_up_tree(theme)
        self._lay_out()
        self.search.textChanged.connect(self._search)
        self.refresh()

    def refresh(self) -> None:
        """Lay the tree out anew where its shape changed; what was open stays open."""
        top = self.tree.verticalScrollBar().value()
        chosen = self._chosen_key()
        if self.model.rebuild():
            self._restore(chosen)
            self.tree.verticalScrollBar().setValue(top)
        for chip, count in self.model.counts().items():
            self.chips[chip].setText(f"{chip} {count}" if chip is not Chip.ALL else str(chip))
        catalogue = self._session.catalogue
        self.count.setText(f"{len(catalogue.events)} events · {len(catalogue.tournaments)} tournaments")
        nothing = self.model.rowCount() == 0
        self.empty.setText(
            "Nothing matches this search." if self.model.filter or self.model.chip is not Chip.ALL else "Reading the tournaments…"
        )
        self.empty.setVisible(nothing)

    def tick(self) -> None:
        """A second went by: countdowns move."""
        self.model.times_changed()

    def show_event(self, event_id: int) -> None:
        """Mark an event opened from elsewhere."""
        index = self.model.find(f"e{event_id}")
        if index.isValid() and self._chosen_key() != f"e{event_id}":
            self._is_restoring = True
            self.tree.setCurrentIndex(index)
            self._is_restoring = False

    def _set_up_tree(self, theme: Theme) -> None:
        self.tree.setModel(self.model)
        self.tree.setItemDelegate(EventLineDelegate(self.model, theme, self.tree))
        self.tree.setHeaderHidden(True)
        self.tree.setUniformRowHeights(True)
        self.tree.setIndentation(14)
        self.tree.setFrameShape(QTreeView.Shape.NoFrame)
        self.tree.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.tree.setMouseTracking(True)
        self.tree.setObjectName("events")
        self.tree.expanded.connect(self._opened)
        self.tree.collapsed.connect(lambda index: self._expanded.discard(self.model.node(index).key))
        self.tree.selectionModel().currentChanged.connect(self._chosen)
        self.tree.clicked.connect(self._clicked)

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 4, 4)
        layout.setSpacing(6)
        layout.addWidget(self.search)
        self._chip_row.setSpacing(4)
        self._chip_row.addStretch(1)
        layout.addLayout(self._chip_row)
        layout.addWidget(self.empty)
        layout.addWidget(self.tree, 1)
        layout.addWidget(self.count)

    def _use_chip(self, chip: Chip) -> None:
        self.model.chip = chip
        self.refresh()

    def _search(self, text: str) -> None:
        self.model.filter = text
        self.refresh()

    def _restore(self, chosen: str) -> None:
        self._is_restoring = True
        if self.model.filter or self.model.chip is not Chip.ALL:
            self.tree.expandToDepth(1)
        elif not self._expanded:
            self.tree.expandToDepth(0)
        for node in self.model.nodes():
            if node.key in self._expanded:
                self.tree.expand(self.model.index_of(node))
            if node.key == chosen:
                self.tree.setCurrentIndex(self.model.index_of(node))
        self._is_restoring = False

    def _chosen_key(self) -> str:
        index = self.tree.currentIndex()
        return self.model.node(index).key if index.isValid() else ""

    def _opened(self, index: QModelIndex) -> None:
        node = self.model.node(index)
        if not self._is_restoring:
            self._expanded.add(node.key)
        if node.tournament is not None and not self._is_restoring and not any(child.event for child in node.children):
            self.tournament_opened.emit(node.tournament.id)

    def _clicked(self, index: QModelIndex) -> None:
        node = self.model.node(index)
        if node.event is None:
            self.tree.setExpanded(index, not self.tree.isExpanded(index))

    def _chosen(self, index: QModelIndex, _before: QModelIndex) -> None:
        node = self.model.node(index)
        if self._is_restoring or node.event is None:
            return
        if node.group is not None:
            self.group_chosen.emit(node.event.id, node.group.id)
            return
        self._expanded.add(node.key)
        self.event_chosen.emit(node.event.id)
