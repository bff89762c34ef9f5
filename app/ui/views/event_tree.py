"""The tree view of events: what is open, chosen and scrolled to stays so by key, and events are starred in it."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent

from app.ui.delegates.event_line import EventLineDelegate
from app.ui.models.event_tree import EventTreeModel, Node
from app.ui.theme import Theme
from app.ui.views.star_tree import StarTree

TURNING = {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space}


class EventTree(StarTree):
    """`node_chosen` and `node_opened` when a person did so, not when it was put back."""

    node_chosen = Signal(object)
    node_opened = Signal(object)

    def __init__(self, model: EventTreeModel, theme: Theme) -> None:
        super().__init__(model, "events", 14)
        self._tree = model
        self._has_moved = False
        self.setItemDelegate(EventLineDelegate(model, theme, self))
        self.selectionModel().currentChanged.connect(self._chosen)
        self.clicked.connect(self._clicked)
        model.rowsInserted.connect(self._inserted)
        model.rowsRemoved.connect(self._moved)

    def key_of(self, index: QModelIndex) -> str:
        return self._tree.node(index).key

    def place_of(self, key: str) -> QModelIndex:
        return self._tree.find(key)

    def starred_by(self, index: QModelIndex) -> int | None:
        node = self._tree.node(index)
        return node.event.id if node.is_event and node.event is not None else None

    def refresh(self) -> None:
        """Bring the lines up to date; what was open, chosen and on top stays."""
        chosen, top = self.chosen_key, self.top_key()
        self._is_restoring, self._has_moved = True, False
        self._tree.refresh()
        if self._has_moved:
            self.choose_again(chosen)
            self.scroll_back(top)
        self._is_restoring = False

    def rebuild(self, search: str | None = None) -> None:
        """After the search or the chip: another tree, opened as it was, or down to the events that were found."""
        chosen = self.chosen_key
        self._is_restoring = True
        if search is not None:
            self._tree.search(search)
        if self._tree.is_narrowed:
            self.expandToDepth(1)
        for node in list(self._tree.nodes()):
            if self._is_to_be_open(node):
                self.expand(self._tree.index_of(node))
        self.choose_again(chosen)
        self._is_restoring = False

    def show_event(self, event_id: int) -> None:
        """Mark an event opened from elsewhere."""
        if self.chosen_key != f"e{event_id}":
            self._is_restoring = True
            self.choose_again(f"e{event_id}")
            self._is_restoring = False

    # What a person does

    def keyPressEvent(self, event: QKeyEvent) -> None:
        node = self._tree.node(self.currentIndex())
        if node.is_more and event.key() in TURNING:
            self._turn(node)
            return
        if event.key() == Qt.Key.Key_Space and node.is_event and node.event is not None:
            self.star_pressed.emit(node.event.id)
            return
        super().keyPressEvent(event)

    def _clicked(self, index: QModelIndex) -> None:
        node = self._tree.node(index)
        if node.is_more:
            self._turn(node)
        elif node.event is None or node.twins:
            self.setExpanded(index, not self.isExpanded(index))

    def _turn(self, more: Node) -> None:
        """The next page, and the mark on its first line; that opens nothing."""
        self._is_restoring = True
        self.setCurrentIndex(self._tree.turn(more))
        self._is_restoring = False

    def _chosen(self, index: QModelIndex, _before: QModelIndex) -> None:
        node = self._tree.node(index)
        if self._is_restoring or node.event is None or node.twins:
            return
        if node.is_event:
            self._open.add(node.key)
        self.node_chosen.emit(node)

    def _opened(self, index: QModelIndex) -> None:
        super()._opened(index)
        if not self._is_restoring:
            self.node_opened.emit(self._tree.node(index))

    # What stays

    def _is_to_be_open(self, node: Node) -> bool:
        """As the person left it; else sports, and tournaments where a search leaves few."""
        if node.key in self._open:
            return True
        is_above = node.event is None and not node.is_words
        return is_above and (self._tree.is_narrowed or (node.tournament is None and node.key not in self._shut))

    def _inserted(self, parent: QModelIndex, first: int, last: int) -> None:
        self._has_moved = True
        for row in range(first, last + 1):
            index = self._tree.index(row, 0, parent)
            if self._is_to_be_open(self._tree.node(index)):
                self._open_below(index)

    def _open_below(self, index: QModelIndex) -> None:
        """Open a line that came back, and in it what was open."""
        self.expand(index)
        for row in range(self._tree.rowCount(index)):
            below = self._tree.index(row, 0, index)
            if self._is_to_be_open(self._tree.node(below)):
                self._open_below(below)

    def _moved(self) -> None:
        self._has_moved = True
