"""What every page is given: the wizard behind it, the theme, the clipboard and the questions for a file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from PySide6.QtWidgets import QFileDialog, QWidget

from app.services.setup.wizard import Wizard
from app.ui.theme import Theme

Found = Callable[[Path], None]


Copy = Callable[[str, str], object]
"""Puts a public text on the clipboard; the second one is its name. No secret is ever copied here."""


class Files:
    """Asks for a file without stopping the loop; `found` is called when one was chosen."""

    def to_read(self, parent: QWidget, title: str, kinds: str, found: Found) -> None:
        dialog = QFileDialog(parent, title, "", kinds)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        _ask(dialog, found)

    def to_write(self, parent: QWidget, title: str, name: str, kinds: str, found: Found) -> None:
        """`name` is proposed; that a file would be replaced is asked by the dialog itself."""
        dialog = QFileDialog(parent, title, "", kinds)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.selectFile(name)
        _ask(dialog, found)


class Outside(NamedTuple):
    wizard: Wizard
    theme: Theme
    copy: Copy
    files: Files


def _ask(dialog: QFileDialog, found: Found) -> None:
    dialog.fileSelected.connect(lambda name: found(Path(name)))
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()
