"""The tree sport → tournament → event → market group, built from the catalogue, filled as far as it has been read."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from PySide6.QtCore import QAbstractItemModel, QModelIndex, Qt

from app.domain.market import Event, MarketGroup, Tournament
from app.services.catalogue import Catalogue, Loading
from app.ui import formats
from app.ui.models.table import ROOT, Index

SOON = timedelta(hours=1)


class Chip(StrEnum):
    ALL = "All"
    LIVE = "Live"
    SOON = "< 1 h"
    MINE = "Mine"


class Node:
    """One line of the tree. `key` survives a rebuild, so that what was open stays open."""

    def __init__(self, key: str, text: str, parent: Node | None = None) -> None:
        self.key: Final = key
        self.text = text
        self.parent = parent
        self.children: list[Node] = []
        self.tournament: Tournament | None = None
        self.event: Event | None = None
        self.group: MarketGroup | None = None

    def add(self, child: Node) -> Node:
        child.parent = self
        self.children.append(child)
        return child

    @property
    def row(self) -> int:
        return self.parent.children.index(self) if self.parent else 0


class EventTreeModel(QAbstractItemModel):
    """Rebuilt when the shape differs; the side text (countdown, counts) is asked at paint."""

    def __init__(self, catalogue: Catalogue, mine: Callable[[], set[int]], now: Callable[[], datetime]) -> None:
        super().__init__()
        self._catalogue = catalogue
        self._mine = mine
        self._now = now
        self._root = Node("", "")
        self.filter = ""
        self.chip = Chip.ALL

    # Building

    def rebuild(self) -> bool:
        """Lay the tree out again if its shape or a name differs from what is shown; True when it was reset."""
        root = self._built()
        if _shape(root) == _shape(self._root):
            self._adopt(root, self._root)
            self._refresh(self._root)
            return False
        self.beginResetModel()
        self._root = root
        self.endResetModel()
        return True

    def counts(self) -> dict[Chip, int]:
        events = [event for event in self._catalogue.events.values() if not event.is_over]
        return {chip: sum(1 for event in events if self._in_chip(event, chip)) for chip in Chip}

    def times_changed(self) -> None:
        """Countdowns moved on: the side texts are to be painted again."""
        self._refresh(self._root)

    def _built(self) -> Node:
        root = Node("", "")
        sports: dict[str, Node] = {}
        for tournament in self._catalogue.tournaments.values():
            events = [event for event in self._catalogue.events_of(tournament.id) if self._shows(tournament, event)]
            if not events and (self.filter or self.chip is not Chip.ALL):
                continue
            sport = sports.setdefault(tournament.sport.name, Node(f"s{tournament.sport.id}", tournament.sport.name))
            branch = sport.add(Node(f"t{tournament.id}", tournament.name))
            branch.tournament = tournament
            for event in events:
                branch.add(self._event_node(event))
            if not events:
                branch.add(Node(f"w{tournament.id}", _WORDS[self._catalogue.loading.get(tournament.id, Loading.NOT_READ)]))
        for name in sorted(sports):
            root.add(sports[name])
        return root

    def _event_node(self, event: Event) -> Node:
        node = Node(f"e{event.id}", event.name)
        node.event = event
        groups = self._catalogue.groups.get(event.id)
        players: dict[str, Node] = {}
        for group in groups or ():
            parent = node
            if group.is_prop:
                kind = group.sub_type or "players"
                if kind not in players:
                    players[kind] = Node(f"p{event.id}.{kind}", kind.replace("_", " ").capitalize())
                parent = players[kind]
            child = parent.add(Node(f"g{event.id}.{group.id}", group.name))
            child.group = group
            child.event = event
        for kind in sorted(players):
            node.add(players[kind])
        return node

    def _shows(self, tournament: Tournament, event: Event) -> bool:
        words = f"{event.name} {tournament.name} {tournament.sport.name} {event.id}".casefold()
        return all(word in words for word in self.filter.casefold().split()) and self._in_chip(event, self.chip)

    def _in_chip(self, event: Event, chip: Chip) -> bool:
        match chip:
            case Chip.LIVE:
                return event.is_live
            case Chip.SOON:
                left = event.scheduled - self._now() if event.scheduled else None
                return left is not None and timedelta(0) <= left <= SOON and not event.is_live
            case Chip.MINE:
                return event.id in self._mine()
        return True

    def _adopt(self, fresh: Node, shown: Node) -> None:
        shown.text, shown.event, shown.tournament, shown.group = fresh.text, fresh.event, fresh.tournament, fresh.group
        for new, old in zip(fresh.children, shown.children, strict=True):
            self._adopt(new, old)

    def _refresh(self, node: Node) -> None:
        if not node.children:
            return
        parent = self.index_of(node)
        self.dataChanged.emit(self.index(0, 0, parent), self.index(len(node.children) - 1, 0, parent))
        for child in node.children:
            self._refresh(child)

    # Asking

    def node(self, index: Index) -> Node:
        node = index.internalPointer() if index.isValid() else None
        return node if isinstance(node, Node) else self._root

    def index_of(self, node: Node) -> QModelIndex:
        return ROOT if node.parent is None else self.createIndex(node.row, 0, node)

    def nodes(self, node: Node | None = None) -> Iterable[Node]:
        for child in (node or self._root).children:
            yield child
            yield from self.nodes(child)

    def find(self, key: str) -> QModelIndex:
        return next((self.index_of(node) for node in self.nodes() if node.key == key), ROOT)

    def side_text(self, node: Node) -> str:
        """What stands right of the name."""
        if node.group is not None:
            count = len(node.group.markets)
            status = "" if node.group.status == "active" else f"{node.group.status} · "
            return f"{status}{count} lines" if count > 1 else status.removesuffix(" · ")
        if node.event is not None:
            return "" if node.event.is_live else _over(node.event) or formats.start(node.event.scheduled, self._now())
        if node.key.startswith("p"):
            return str(len(node.children))
        return str(sum(1 for child in node.children if child.event)) if node.tournament else str(_event_count(node))

    # Qt's questions

    def index(self, row: int, column: int, parent: Index = ROOT) -> QModelIndex:
        children = self.node(parent).children
        return self.createIndex(row, column, children[row]) if column == 0 and 0 <= row < len(children) else ROOT

    def parent(self, index: Index = ROOT) -> QModelIndex:  # type: ignore[override]
        parent = self.node(index).parent if index.isValid() else None
        return self.index_of(parent) if parent is not None else ROOT

    def rowCount(self, parent: Index = ROOT) -> int:
        return len(self.node(parent).children)

    def columnCount(self, parent: Index = ROOT) -> int:
        return 1

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        node = self.node(index)
        if node.key.startswith("w"):
            return Qt.ItemFlag.ItemIsEnabled
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        node = self.node(index)
        if role == Qt.ItemDataRole.DisplayRole:
            return node.text
        if role == Qt.ItemDataRole.ToolTipRole and node.event and not node.group:
            return f"{node.event.name}\n{node.event.tournament_name} · event {node.event.id} · {node.event.status}"
        return None


_WORDS = {
    Loading.NOT_READ: "not read yet",
    Loading.READING: "reading…",
    Loading.READ: "no events listed",
    Loading.FAILED: "could not be read; trying again",
}


def _over(event: Event) -> str:
    return event.status if event.is_over else ""


def _event_count(node: Node) -> int:
    return sum(1 for tournament in node.children for child in tournament.children if child.event)


def _shape(node: Node) -> tuple[object, ...]:
    return (node.key, node.text, tuple(_shape(child) for child in node.children))
