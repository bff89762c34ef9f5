"""The address of a subscription as far as there is room for it: without its scheme first, and only then cut."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex
from PySide6.QtWidgets import QStyleOptionViewItem

from app.ui.views.table import CellDelegate

EDGES = 12  # pixels round the text


class TargetCell(CellDelegate):
    """The whole of it is in the row's tooltip."""

    def initStyleOption(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        super().initStyleOption(option, index)
        option.text = fitting(option.text, option)


def fitting(url: str, option: QStyleOptionViewItem) -> str:
    """The whole address where it fits; what stands behind `://` where it does not."""
    if option.fontMetrics.horizontalAdvance(url) + EDGES <= option.rect.width():
        return url
    return url.partition("://")[2] or url
