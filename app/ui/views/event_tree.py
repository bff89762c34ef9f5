"""The tree view of events: what is open, chosen and scrolled to stays so by key, and events are starred in it."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QAbstractItemView, QTreeView

from app.ui.delegates.event_line import EventLineDelegate, star_rect
from app.ui.models.event_tree import EventTreeModel, Node
from app.ui.models.table import ROOT
from app.ui.theme import Theme

TURNING = {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space}


class EventTree(QTreeView):
    """`star_pressed` with an event's id; `node_chosen` and `node_opened` when a person did so, not when it was put back."""

    star_pressed = Signal(object)
    node_chosen = Signal(object)
    node_opened = Signal(object)

    def __init__(self, model: EventTreeModel, theme: Theme) -> None:
        super().__init__()
        self._tree = model
        self._open: set[str] = set()
        self._shut: set[str] = set()
        self._is_restoring = False
        self._has_moved = False
        self.setModel(model)
        self.setItemDelegate(EventLineDelegate(model, theme, self))
        self.setHeaderHidden(True)
        self.setUniformRowHeights(True)
        self.setIndentation(14)
        self.setFrameShape(QTreeView.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMouseTracking(True)
        self.setObjectName("events")
        self.expanded.connect(self._opened)
        self.collapsed.connect(self._closed)
        self.selectionModel().currentChanged.connect(self._chosen)
        self.clicked.connect(self._clicked)
        model.rowsInserted.connect(self._inserted)
        model.rowsRemoved.connect(self._moved)

    def refresh(self) -> None:
        """Bring the lines up to date; what was open, chosen and on top stays."""
        chosen, top = self._chosen_key(), self._top()
        self._is_restoring, self._has_moved = True, False
        self._tree.refresh()
        if self._has_moved:
            self._choose_again(chosen)
            self._scroll_back(top)
        self._is_restoring = False

    def rebuild(self, search: str | None = None) -> None:
        """After the search or the chip: another tree, opened as it was, or down to the events that were found."""
        chosen = self._chosen_key()
        self._is_restoring = True
        if search is not None:
            self._tree.search(search)
        if self._tree.is_narrowed:
            self.expandToDepth(1)
        for node in list(self._tree.nodes()):
            if self._is_to_be_open(node):
                self.expand(self._tree.index_of(node))
        self._choose_again(chosen)
        self._is_restoring = False

    def show_event(self, event_id: int) -> None:
        """Mark an event opened from elsewhere."""
        if self._chosen_key() != f"e{event_id}":
            self._is_restoring = True
            self._choose_again(f"e{event_id}")
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

    def mousePressEvent(self, event: QMouseEvent) -> None:
        starred = self._star_at(event.position().toPoint())
        if starred is not None and event.button() is Qt.MouseButton.LeftButton:
            self.star_pressed.emit(starred)
            return
        super().mousePressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Two clicks on a star are two clicks."""
        if self._star_at(event.position().toPoint()) is not None:
            self.mousePressEvent(event)
            return
        super().mouseDoubleClickEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._star_at(event.position().toPoint()) is None:
            super().mouseReleaseEvent(event)

    def _star_at(self, at: QPoint) -> int | None:
        """The event on whose star this point is."""
        index = self.indexAt(at)
        node = self._tree.node(index)
        is_on_it = node.is_event and star_rect(self.visualRect(index)).contains(at)
        return node.event.id if is_on_it and node.event is not None else None

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
        node = self._tree.node(index)
        if not self._is_restoring:
            self._shut.discard(node.key)
            self._open.add(node.key)
            self.node_opened.emit(node)

    def _closed(self, index: QModelIndex) -> None:
        node = self._tree.node(index)
        if not self._is_restoring:
            self._open.discard(node.key)
            self._shut.add(node.key)

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

    def _chosen_key(self) -> str:
        index = self.currentIndex()
        return self._tree.node(index).key if index.isValid() else ""

    def _choose_again(self, key: str) -> None:
        index = self._tree.find(key) if key else ROOT
        if not index.isValid() or index != self.currentIndex():
            self.setCurrentIndex(index)

    def _top(self) -> str:
        """The key of the uppermost line in view; nothing while the tree stands at its beginning."""
        index = self.indexAt(QPoint(0, 1))
        return self._tree.node(index).key if index.isValid() and self.verticalScrollBar().value() else ""

    def _scroll_back(self, top: str) -> None:
        index = self._tree.find(top) if top else ROOT
        if index.isValid():
            self.scrollTo(index, QAbstractItemView.ScrollHint.PositionAtTop)
