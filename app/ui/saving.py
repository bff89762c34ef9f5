"""Asking where to save something, and writing it to a new file there."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QLineEdit, QWidget

from app.ui.views.table import LONGEST, free_path

# Qt's own box and nothing modal in it (no question before overwriting, no deleting): the kill switch must work over it.
_OPTIONS = QFileDialog.Option.DontUseNativeDialog | QFileDialog.Option.DontConfirmOverwrite | QFileDialog.Option.ReadOnly


def ask_where(parent: QWidget, title: str, name: str, suffix: str, chosen: Callable[[str], object]) -> QFileDialog:
    """`chosen` with a path once there is one; `name` is what it is called unless a person says otherwise."""
    dialog = QFileDialog(parent, title, "", f"{suffix.upper()} (*.{suffix})")
    dialog.setOptions(_OPTIONS)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix(suffix)
    dialog.selectFile(f"{name}.{suffix}")
    for field in dialog.findChildren(QLineEdit):
        field.setMaxLength(LONGEST)
    dialog.fileSelected.connect(chosen)
    dialog.show()
    return dialog


def save_new(path: Path, content: bytes) -> Path:
    """Write a file of that name, or of the next free one; nothing is left of it where that fails (OSError, or ValueError for the name)."""
    free = free_path(path)
    with free.open("xb") as file:
        try:
            file.write(content)
            file.flush()
        except OSError:
            with contextlib.suppress(OSError):
                free.unlink()
            raise
    return free
