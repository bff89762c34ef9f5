"""The sounds of a fill and of an alarm. Multimedia is loaded at the first sound, and only where there is something to hear it with."""

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
        self._effects: dict[str, QSoundEffect | None] = {}
        self.played = 0
        self.alarms = 0

    def fill(self) -> None:
        if not self.is_muted:
            self.played += 1
            self._play("fill.wav")

    def alarm(self) -> None:
        if not self.is_muted:
            self.alarms += 1
            self._play("alarm.wav")

    def _play(self, name: str) -> None:
        if self._effects.get(name) is None:
            self._effects[name] = self._load(name)
        effect = self._effects[name]
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
        effect = QSoundEffect()
        effect.setSource(QUrl.fromLocalFile(str(self._folder / name)))
        return effect
