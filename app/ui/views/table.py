"""The base of every table view: fixed widths that are kept, CSV by right click, no grid lines, whole rows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QAbstractItemView, QFileDialog, QHeaderView, QMenu, QTableView, QWidget

ROW = 26


class Table(QTableView):
    """`setObjectName` before use: widths are kept under that name by the workspace."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
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
        if self._csv is not None and path:
            Path(path).write_text(self._csv(), "utf-8", newline="")

    def _menu(self, point: QPoint) -> None:
        menu = self.menu_at(point)
        if not menu.isEmpty():
            menu.popup(self.viewport().mapToGlobal(point))

    def _ask_where(self) -> None:
        dialog = QFileDialog(self, "Save table as CSV", f"{self.objectName()}.csv", "CSV (*.csv)")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.fileSelected.connect(self.save_csv)
        dialog.open()
