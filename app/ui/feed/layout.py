"""How the panes of a feed account stand beside each other and in tabs."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QSplitter, QTabWidget, QWidget

from app.ui.formats import OddsFormat


def beside(*panes: QWidget) -> QSplitter:
    """All as wide as each other until a person moves the edge between them; none can be lost by that."""
    splitter = QSplitter(Qt.Orientation.Horizontal)
    for pane in panes:
        splitter.addWidget(pane)
        splitter.setStretchFactor(splitter.count() - 1, 1)
    splitter.setChildrenCollapsible(False)
    splitter.setHandleWidth(5)
    return splitter


def tabbed(named: Sequence[tuple[QWidget, str]], corner: QWidget) -> QTabWidget:
    tabs = QTabWidget()
    for pane, name in named:
        tabs.addTab(pane, name)
    tabs.setDocumentMode(True)
    tabs.setCornerWidget(corner)
    return tabs


def format_box(chosen: OddsFormat) -> QComboBox:
    """The formats a feed's odds may be shown in."""
    box = QComboBox()
    box.addItems(list(OddsFormat))
    box.setCurrentText(str(chosen))
    box.setAccessibleName("Odds format of the feed")
    box.setToolTip("How the feed's odds are shown")
    return box
