"""The base of every table view: fixed widths that are kept, CSV by right click, no grid lines, whole rows."""

from __future__ import annotations

from collections.abc import Callable
from itertools import chain, count
from pathlib import Path

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFileDialog,
    QHeaderView,
    QLineEdit,
    QMenu,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from app.services.notices import Tone

ROW = 26
LONGEST = 255  # characters of a file's name
_RIGHT = Qt.AlignmentFlag.AlignRight
_GAP = QSize(1, 1)  # a picture of one pixel and the margins about it: ten pixels between a figure and the next column
# Qt's own box and nothing modal in it (no question before overwriting, no deleting): the kill switch must work over it.
_FILE_OPTIONS = QFileDialog.Option.DontUseNativeDialog | QFileDialog.Option.DontConfirmOverwrite | QFileDialog.Option.ReadOnly


class CellDelegate(QStyledItemDelegate):
    """Keeps figures off the column at their right: room for a picture is kept there, and none is drawn."""

    def initStyleOption(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        super().initStyleOption(option, index)
        if option.displayAlignment & _RIGHT:
            option.features |= QStyleOptionViewItem.ViewItemFeature.HasDecoration
            option.decorationPosition = QStyleOptionViewItem.Position.Right
            option.decorationSize = _GAP


class Table(QTableView):
    """`setObjectName` before use: widths are kept under that name by the workspace. What became of a saving is `said`."""

    said = Signal(str, object)  # words, Tone

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setItemDelegate(CellDelegate(self))
        self.setShowGrid(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setFrameShape(QTableView.Shape.NoFrame)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setMouseTracking(True)
        self.setWordWrap(False)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(ROW)
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setHighlightSections(False)
        header.setMinimumSectionSize(24)
        self._csv: Callable[[], str] | None = None
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._menu)

    def offer_csv(self, csv: Callable[[], str]) -> None:
        self._csv = csv

    def menu_at(self, point: QPoint) -> QMenu:
        """The context menu for a point; views add their own lines first."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if self._csv is not None:
            menu.addAction("Copy table as CSV", self.copy_csv)
            menu.addAction("Save table as CSV…", self._ask_where)
        return menu

    def copy_csv(self) -> None:
        if self._csv is not None:
            QGuiApplication.clipboard().setText(self._csv())

    def save_csv(self, path: str) -> None:
        """Write what is shown to a new file of that name; a file that is there already stays, and the next free name is taken."""
        if self._csv is None or not path:
            return
        try:
            free = free_path(Path(path))
            free.write_text(self._csv(), "utf-8", newline="")
        except (OSError, ValueError) as problem:  # ValueError: a name with a NUL in it
            self.said.emit(f"The table was not saved: {getattr(problem, 'strerror', None) or problem}", Tone.BAD)
        else:
            self.said.emit(f"Saved as {free}", Tone.PLAIN)

    def _menu(self, point: QPoint) -> None:
        menu = self.menu_at(point)
        if not menu.isEmpty():
            menu.popup(self.viewport().mapToGlobal(point))

    def _ask_where(self) -> None:
        dialog = plain_file_dialog(self, "Save table as CSV", "CSV (*.csv)")
        dialog.setDefaultSuffix("csv")
        dialog.selectFile(f"{self.objectName()}.csv")
        dialog.fileSelected.connect(self.save_csv)
        dialog.show()


def plain_file_dialog(parent: QWidget, title: str, kinds: str) -> QFileDialog:
    """A box that asks where to save, not shown yet; it goes when it is closed."""
    dialog = QFileDialog(parent, title, "", kinds)
    dialog.setOptions(_FILE_OPTIONS)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    for field in dialog.findChildren(QLineEdit):
        field.setMaxLength(LONGEST)
    return dialog


def free_path(path: Path) -> Path:
    """`path`, or where something is there already `name-2.csv`, `name-3.csv` and so on."""
    names = (path.with_stem(f"{path.stem}-{number}") for number in count(2))
    return next(free for free in chain([path], names) if not free.exists())
