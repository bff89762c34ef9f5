"""The sound of a fill. Multimedia is loaded at the first fill, and only where there is something to hear it with."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QUrl
from PySide6.QtGui import QGuiApplication

if TYPE_CHECKING:
    from PySide6.QtMultimedia import QSoundEffect

SILENT_PLATFORMS = frozenset({"offscreen", "minimal"})  # nobody sits before these, so no audio is opened


class Sounds:
    """Plays nothing while muted, and nothing on a machine without an audio device."""

    def __init__(self, folder: Path, *, is_muted: bool = False) -> None:
        self._folder = folder
        self.is_muted = is_muted
        self._fill: QSoundEffect | None = None
        self.played = 0

    def fill(self) -> None:
        if self.is_muted:
            return
        self.played += 1
        effect = self._fill or self._load("fill.wav")
        if effect is not None:
            effect.play()

    def _load(self, name: str) -> QSoundEffect | None:
        if QGuiApplication.platformName() in SILENT_PLATFORMS:
            return None
        try:
            from PySide6.QtMultimedia import QMediaDevices, QSoundEffect
        except ImportError:  # libpulse is missing: the doctor says so, trading goes on silently
            return None
        if not QMediaDevices.audioOutputs():
            return None
        self._fill = QSoundEffect()
        self._fill.setSource(QUrl.fromLocalFile(str(self._folder / name)))
        return self._fill
