"""The list of profiles."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt

from app.domain.profile import Profile, keyring_name

Index = QModelIndex | QPersistentModelIndex
ROOT = QModelIndex()


class ProfileLine(msgspec.Struct, frozen=True):
    """`opened`: where it is open, as a sentence, or empty; `is_here`: in the window around; `is_old`: its keys should be made anew."""

    profile: Profile
    opened: str = ""
    is_here: bool = False
    is_old: bool = False

    @property
    def words(self) -> str:
        """All of it, for who does not see the colours and the marks."""
        profile = self.profile
        also = [self.opened] if self.opened else []
        also += ["Its keys are old"] if self.is_old else []
        return ". ".join([f"{profile.name}, {profile.provider.called}, {profile.environment}", *also])


class ProfilesModel(QAbstractListModel):
    def __init__(self) -> None:
        super().__init__()
        self.lines: tuple[ProfileLine, ...] = ()

    def show_lines(self, lines: Sequence[ProfileLine]) -> bool:
        """Whether anything is another than before."""
        if tuple(lines) == self.lines:
            return False
        self.beginResetModel()
        self.lines = tuple(lines)
        self.endResetModel()
        return True

    def place_of(self, profile: Profile) -> QModelIndex:
        names = [keyring_name(line.profile) for line in self.lines]
        name = keyring_name(profile)
        return self.index(names.index(name)) if name in names else QModelIndex()

    def rowCount(self, parent: Index = ROOT) -> int:
        return 0 if parent.isValid() else len(self.lines)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        line = self.lines[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return line.profile.name
            case Qt.ItemDataRole.AccessibleTextRole | Qt.ItemDataRole.ToolTipRole:
                return line.words
        return None
