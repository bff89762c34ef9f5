"""A row of chips of which one is chosen: a filter that shows its choices."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from functools import partial
from typing import TypeVar

from PySide6.QtWidgets import QBoxLayout, QButtonGroup, QPushButton, QWidget

from app.ui.theme import Theme

C = TypeVar("C", bound=StrEnum)


def add_chips(kinds: type[C], row: QBoxLayout, chosen: Callable[[C], None], theme: Theme, parent: QWidget) -> dict[C, QPushButton]:
    """Put a button for each kind into `row`, the first one chosen; `chosen` hears of every press."""
    group = QButtonGroup(parent)
    buttons = {kind: QPushButton(kind) for kind in kinds}
    for kind, button in buttons.items():
        button.setObjectName("chip")
        button.setCheckable(True)
        button.setFont(theme.font(11))
        button.clicked.connect(partial(_pressed, chosen, kind))
        group.addButton(button)
        row.addWidget(button)
    next(iter(buttons.values())).setChecked(True)
    return buttons


def _pressed(chosen: Callable[[C], None], kind: C, _is_checked: bool = False) -> None:
    chosen(kind)
