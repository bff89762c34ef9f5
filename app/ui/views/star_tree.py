"""The base of the trees of events: what is open and on top stays so by key, and a click on a star stars and opens nothing."""

from __future__ import annotations

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QTreeView

from app.ui.delegates.star_line import star_rect
from app.ui.models.table import ROOT


class StarTree(QTreeView):
    """`star_pressed` with the id of what was starred. Subclasses say which key a line has, where a key is, and what a line stars.

    While `_is_restoring`, what opens and closes is not a person's doing.
    """

    star_pressed = Signal(object)

    def __init__(self, model: QAbstractItemModel, name: str, indentation: int) -> None:
        super().__init__()
        self._open: set[str] = set()
        self._shut: set[str] = set()
        self._is_restoring = False
        self.setModel(model)
        self.setObjectName(name)
        self.setHeaderHidden(True)
        self.setUniformRowHeights(True)
        self.setIndentation(indentation)
        self.setFrameShape(QTreeView.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMouseTracking(True)
        self.expanded.connect(self._opened)
        self.collapsed.connect(self._closed)

    def key_of(self, index: QModelIndex) -> str:
        raise NotImplementedError

    def place_of(self, key: str) -> QModelIndex:
        raise NotImplementedError

    def starred_by(self, index: QModelIndex) -> int | None:
        """The id that the star of a line is about; None where it has no star."""
        raise NotImplementedError

    @property
    def chosen_key(self) -> str:
        index = self.currentIndex()
        return self.key_of(index) if index.isValid() else ""

    # What a person does

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
        """What the star at this point is about."""
        index = self.indexAt(at)
        return self.starred_by(index) if star_rect(self.visualRect(index)).contains(at) else None

    def _opened(self, index: QModelIndex) -> None:
        if not self._is_restoring:
            self._shut.discard(self.key_of(index))
            self._open.add(self.key_of(index))

    def _closed(self, index: QModelIndex) -> None:
        if not self._is_restoring:
            self._open.discard(self.key_of(index))
            self._shut.add(self.key_of(index))

    # What stays

    def choose_again(self, key: str) -> None:
        """Mark the line with that key; none where it is gone."""
        index = self.place_of(key) if key else ROOT
        if not index.isValid() or index != self.currentIndex():
            self.setCurrentIndex(index)

    def top_key(self) -> str:
        """The key of the uppermost line in view; nothing while the tree stands at its beginning."""
        index = self.indexAt(QPoint(0, 1))
        return self.key_of(index) if index.isValid() and self.verticalScrollBar().value() else ""

    def scroll_back(self, top: str) -> None:
        """Have that line on top again."""
        index = self.place_of(top) if top else ROOT
        if index.isValid():
            self.scrollTo(index, QTreeView.ScrollHint.PositionAtTop)
