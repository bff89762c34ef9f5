"""The profiles that there are, and the buttons that change the list."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QItemSelectionModel, QKeyCombination, QModelIndex, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QListView, QVBoxLayout, QWidget

from app.domain.profile import Profile
from app.services.setup.room import ProfileRoom
from app.ui.delegates.profile_line import ProfileLineDelegate
from app.ui.models.profiles import ProfileLine, ProfilesModel
from app.ui.theme import Theme
from app.ui.wizard.parts import Words, button, row

WIDTH: Final = 264  # pixels
NARROW: Final = 244  # where the window is small
EMPTY: Final = "Only practice so far: “Set up another account…” adds one at a venue."
EXPORTED: Final = "Writes profiles, limits and what was chosen on the screen to a file. No key, passphrase or PIN goes into it"


class ProfileList(QWidget):
    """`chosen` with a profile, `opened` when Enter or a double click was meant for the chosen one."""

    chosen = Signal(object)
    opened = Signal()

    def __init__(self, room: ProfileRoom, theme: Theme) -> None:
        super().__init__()
        self._room = room
        self.model = ProfilesModel()
        self.view = QListView()
        self.delegate = ProfileLineDelegate(self.model, theme, self.view)
        self.empty = Words(theme, EMPTY, use="text.dim", size=12)
        self.rename = button("Rename…")
        self.duplicate = button("Duplicate", "The same settings under another name, without keys")
        self.delete = button("Delete…")
        self.set_up = button("Set up another account…")
        self.export = button("Export settings…", EXPORTED)
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        self.view.setModel(self.model)
        self.view.setItemDelegate(self.delegate)
        self.view.setAccessibleName("Profiles")
        self.view.setMouseTracking(True)
        self.view.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        for one in (self.rename, self.duplicate, self.delete):
            one.setObjectName("small")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.view, 1)
        layout.addWidget(self.empty)
        layout.addWidget(row(self.rename, self.duplicate, self.delete, is_left=False))
        layout.addWidget(self.set_up)
        layout.addWidget(self.export)
        self.setFixedWidth(WIDTH)

    def _connect(self) -> None:
        self.view.selectionModel().currentChanged.connect(self._chosen)
        self.view.activated.connect(self.opened)
        for keys, call in ((Qt.Key.Key_Delete, self.delete.click), (Qt.Key.Key_F2, self.rename.click)):
            shortcut = QShortcut(QKeySequence(QKeyCombination(keys)), self.view)
            shortcut.setContext(Qt.ShortcutContext.WidgetShortcut)  # PySide takes no notice of one that its constructor is given
            shortcut.activated.connect(call)

    def refresh(self) -> None:
        """Show the room's list, and which of it is chosen."""
        room = self._room
        lines = [ProfileLine(one, room.opened(one), room.is_here(one), room.is_old(one)) for one in room.profiles]
        selection = self.view.selectionModel()
        with QSignalBlocker(selection):
            is_new = self.model.show_lines(lines)
            place = self.model.place_of(room.chosen)
            if is_new or place != self.view.currentIndex():
                selection.setCurrentIndex(place, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        self.view.scrollTo(place)
        self.view.viewport().update()
        self.empty.setVisible(room.is_empty)

    def _chosen(self, now: QModelIndex, _before: QModelIndex) -> None:
        if now.isValid():
            profile: Profile = self.model.lines[now.row()].profile
            self.chosen.emit(profile)
