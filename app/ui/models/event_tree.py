"""The tree sport → tournament → event → market group. Lines are made when somebody looks, and change one by one."""

from __future__ import annotations

from collections.abc import Callable, Collection, Container, Iterator, Sequence
from datetime import datetime

from PySide6.QtCore import QAbstractItemModel, QModelIndex, Qt

from app.domain.fixture import is_start_clear
from app.domain.market import Event
from app.services.catalogue import Catalogue, Loading
from app.ui import formats
from app.ui.models.event_nodes import Chip, Layout, Node, event_name, kept_in_order
from app.ui.models.table import ROOT, Index

CHOOSABLE = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable

__all__ = ["Chip", "EventTreeModel", "Node"]


class EventTreeModel(QAbstractItemModel):
    """`refresh` brings the lines that exist up to date; the side text (countdown, counts) is asked at paint.

    An index carries its line's number, never its address: one that outlived its line leads to the root.
    """

    def __init__(
        self, catalogue: Catalogue, mine: Callable[[], Collection[int]], now: Callable[[], datetime], starred: Container[int] = ()
    ) -> None:
        super().__init__()
        self._catalogue = catalogue
        self._starred = starred
        self._now = now
        self._layout = Layout(catalogue, mine, starred, now)
        self._root = Node("", "")
        self._nodes: dict[int, Node] = {}
        self._lay_out(self._root)

    # Building

    @property
    def filter(self) -> str:
        return self._layout.filter

    @property
    def chip(self) -> Chip:
        return self._layout.chip

    @property
    def is_narrowed(self) -> bool:
        """Whether a search or a chip leaves something out."""
        return self._layout.is_narrowed

    def search(self, text: str) -> None:
        """Show what this finds: another tree."""
        self._layout.search(text)
        self._rebuild()

    def choose(self, chip: Chip) -> None:
        self._layout.choose(chip)
        self._rebuild()

    def refresh(self) -> None:
        """Take over what the catalogue says now, line by line: nothing that stays is touched."""
        self._layout.renew()
        self._bring_up(self._root, self._layout.sports())

    def turn(self, more: Node) -> QModelIndex:
        """Show the next page in place of the line that offers it; its first line."""
        above, place = more.parent, more.row
        assert above is not None
        self._layout.turn(above)
        self._bring_up(above, self._layout.under(above))
        return self.index(place, 0, self.index_of(above))

    def counts(self) -> dict[Chip, int]:
        return self._layout.counts()

    def times_changed(self) -> None:
        """Countdowns moved on: the side texts are to be painted again."""
        if self._layout.chip is Chip.SOON:
            self.refresh()
        for node in [self._root, *self._nodes.values()]:
            if node.children and node.children[0].event is not None and node.children[0].group is None:
                self.dataChanged.emit(self.index_of(node.children[0]), self.index_of(node.children[-1]))

    def _rebuild(self) -> None:
        self.beginResetModel()
        self._nodes.clear()
        self._root = Node("", "")
        self._lay_out(self._root)
        self.endResetModel()

    def _lay_out(self, node: Node) -> list[Node]:
        """Make the lines under a line, at the first look."""
        if node.children is None:
            node.children = self._layout.sports() if node is self._root else self._layout.under(node)
            node.revision = self._layout.revision_of(node)
            self._adopt(node, 0)
        return node.children

    def _adopt(self, parent: Node, first: int) -> None:
        """Number the lines from `first` on, and know them."""
        for row, child in enumerate((parent.children or [])[first:], first):
            child.parent, child.row = parent, row
            self._nodes[child.number] = child

    def _forget(self, node: Node) -> None:
        self._nodes.pop(node.number, None)
        for child in node.children or ():
            self._forget(child)

    def _bring_up(self, node: Node, fresh: Sequence[Node]) -> None:
        """Remove what is gone or stands elsewhere now, put in what is new, and go on below what stays."""
        assert node.children is not None
        if [child.key for child in node.children] != [child.key for child in fresh]:
            stay = kept_in_order([child.key for child in node.children], [child.key for child in fresh])
            self._remove(node, stay)
            self._insert(node, fresh, stay)
        changed = [old for old, new in zip(node.children, fresh, strict=True) if old is not new and old.adopt(new)]
        for one in changed:
            self.dataChanged.emit(self.index_of(one), self.index_of(one))
        for child in node.children:
            self._refresh(child)

    def _refresh(self, node: Node) -> None:
        """The lines under a line, if anybody has looked there and they may have changed."""
        if node.children is None:
            return
        revision = self._layout.revision_of(node)
        if revision != node.revision or revision < 0 or self._layout.chip is not Chip.ALL:
            node.revision = revision
            self._bring_up(node, self._layout.under(node))

    def _remove(self, node: Node, stay: Collection[str]) -> None:
        assert node.children is not None
        parent, last = self.index_of(node), len(node.children) - 1
        while last >= 0:
            if node.children[last].key in stay:
                last -= 1
                continue
            first = last
            while first > 0 and node.children[first - 1].key not in stay:
                first -= 1
            self.beginRemoveRows(parent, first, last)
            for gone in node.children[first : last + 1]:
                self._forget(gone)
            del node.children[first : last + 1]
            self._adopt(node, first)
            self.endRemoveRows()
            last = first - 1

    def _insert(self, node: Node, fresh: Sequence[Node], stay: Collection[str]) -> None:
        assert node.children is not None
        parent, first = self.index_of(node), 0
        while first < len(fresh):
            if fresh[first].key in stay:
                first += 1
                continue
            end = first
            while end < len(fresh) and fresh[end].key not in stay:
                end += 1
            self.beginInsertRows(parent, first, end - 1)
            node.children[first:first] = fresh[first:end]
            self._adopt(node, first)
            self.endInsertRows()
            first = end

    # Asking

    def node(self, index: Index) -> Node:
        return self._nodes.get(index.internalId(), self._root) if index.isValid() else self._root

    def index_of(self, node: Node) -> QModelIndex:
        return ROOT if node.parent is None else self.createIndex(node.row, 0, node.number)

    def nodes(self, node: Node | None = None) -> Iterator[Node]:
        """Every line down to the events, and below them what somebody has looked at."""
        for child in self._lay_out(node or self._root):
            yield child
            if child.children is not None or child.event is None or child.twins:
                yield from self.nodes(child)

    def find(self, key: str) -> QModelIndex:
        """The line with that key, wherever it is shown; markets are looked for under the events that somebody has looked at."""
        return next((self.index_of(node) for node in self._near(key) if node.key == key), ROOT)

    def _near(self, key: str) -> Iterator[Node]:
        """Where a key may be: for an event or a market its tournament's lines, else everywhere."""
        event = self._catalogue.events.get(_event_id(key))
        if event is None:
            yield from self.nodes()
            return
        for sport in self._lay_out(self._root):
            for branch in self._lay_out(sport):
                if branch.tournament is not None and branch.tournament.id == event.tournament_id:
                    yield from self.nodes(branch)

    def is_starred(self, node: Node) -> bool:
        return node.is_event and node.event is not None and node.event.id in self._starred

    def is_unclear(self, node: Node) -> bool:
        """Whether the event of a line starts at a time that cannot be meant."""
        is_contest = node.event is not None and (node.is_event or bool(node.twins))
        return is_contest and node.event is not None and not is_start_clear(node.event, self._now())

    def is_leaving(self, node: Node) -> bool:
        return node.event is not None and self._catalogue.is_leaving(node.event.id)

    def side_text(self, node: Node) -> str:
        """What stands right of the name."""
        if node.group is not None:
            lines = len(node.group.markets)
            status = "" if node.group.status == "active" else f"{formats.plain(node.group.status)} · "
            return f"{status}{lines} lines" if lines > 1 else status.removesuffix(" · ")
        if node.twins:
            return f"{node.twins} books · {self._when(node.event)}"
        if node.is_event:
            return self._when(node.event)
        return "" if node.is_words else str(node.tally or self._nothing(node))

    def _nothing(self, node: Node) -> str:
        """Nought is said where it is known."""
        is_read = node.tournament is not None and self._catalogue.loading.get(node.tournament.id) is Loading.READ
        return "0" if is_read else ""

    def _when(self, event: Event | None) -> str:
        if event is None or event.is_live:
            return ""
        return formats.start_of(event, self._now())

    # Qt's questions

    def index(self, row: int, column: int, parent: Index = ROOT) -> QModelIndex:
        children = self._lay_out(self.node(parent))
        return self.createIndex(row, column, children[row].number) if column == 0 and 0 <= row < len(children) else ROOT

    def parent(self, index: Index = ROOT) -> QModelIndex:  # type: ignore[override]
        parent = self.node(index).parent if index.isValid() else None
        return self.index_of(parent) if parent is not None else ROOT

    def hasChildren(self, parent: Index = ROOT) -> bool:
        node = self.node(parent)
        return bool(node.children) if node.children is not None else self._layout.has_more(node)

    def rowCount(self, parent: Index = ROOT) -> int:
        return len(self._lay_out(self.node(parent)))

    def columnCount(self, parent: Index = ROOT) -> int:
        return 1

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled if self.node(index).is_words else CHOOSABLE

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        node = self.node(index)
        if role == Qt.ItemDataRole.DisplayRole:
            return node.text
        if role == Qt.ItemDataRole.ToolTipRole and node.event and not node.group and not node.is_more:
            return formats.tip(self._tip(node.event))
        return None

    def _tip(self, event: Event) -> str:
        gone = " · no longer listed" if self._catalogue.is_leaving(event.id) else ""
        odd = "" if is_start_clear(event, self._now()) else f"\nThe venue says that it starts {event.scheduled:%Y-%m-%d %H:%M} UTC"
        status = formats.plain(event.status)
        return f"{event_name(event)}\n{formats.plain(event.tournament_name)} · event {event.id} · {status}{gone}{odd}"


def _event_id(key: str) -> int:
    """The event that a line's key is about; 0 for none."""
    number = key[1:].partition(".")[0]
    return int(number) if key[:1] in {"e", "f", "g", "p"} and number.isdecimal() else 0
