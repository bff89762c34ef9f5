"""Buttons with a drawn sign: play, pause, sound, whole screen. Fonts have no such signs that look alike everywhere."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QToolButton

from app.ui.theme import Theme

SIDE: Final = 16  # pixels of the square a sign is drawn in


class Sign(StrEnum):
    PLAY = "Play"
    PAUSE = "Pause"
    SOUND = "Mute"
    MUTED = "Sound on"
    WHOLE = "Full screen"


class SignButton(QToolButton):
    """Its accessible name is what it does; `key` is added to the tooltip."""

    def __init__(self, sign: Sign, theme: Theme, key: str) -> None:
        super().__init__()
        self._theme = theme
        self._key = key
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.show_sign(sign)

    def show_sign(self, sign: Sign) -> None:
        self.sign = sign
        self.setAccessibleName(sign)
        self.setToolTip(f"{sign} ({self._key})")
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(30, 26)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ink = self._theme.colours["text.normal" if self.isEnabled() else "text.faint"]
        painter.translate((self.width() - SIDE) / 2, (self.height() - SIDE) / 2)
        painter.setPen(QPen(ink, 1.5))
        painter.setBrush(ink)
        _DRAWN[self.sign](painter)


def _play(painter: QPainter) -> None:
    painter.drawPolygon(QPolygonF([QPointF(4, 2.5), QPointF(13, 8), QPointF(4, 13.5)]))


def _pause(painter: QPainter) -> None:
    painter.drawRect(QRectF(4, 3, 2.2, 10))
    painter.drawRect(QRectF(9.8, 3, 2.2, 10))


def _speaker(painter: QPainter) -> None:
    painter.drawPolygon(QPolygonF([QPointF(*at) for at in ((1, 6), (4, 6), (8, 2.5), (8, 13.5), (4, 10), (1, 10))]))
    painter.setBrush(Qt.BrushStyle.NoBrush)


def _sound(painter: QPainter) -> None:
    _speaker(painter)
    painter.drawArc(QRectF(6, 5, 6, 6), -50 * 16, 100 * 16)
    painter.drawArc(QRectF(4, 2, 11, 12), -50 * 16, 100 * 16)


def _muted(painter: QPainter) -> None:
    _speaker(painter)
    painter.drawLine(QPointF(10.5, 5.5), QPointF(15, 10.5))
    painter.drawLine(QPointF(15, 5.5), QPointF(10.5, 10.5))


def _whole(painter: QPainter) -> None:
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for x, y, across, down in ((2, 3, 4, 4), (14, 3, -4, 4), (2, 13, 4, -4), (14, 13, -4, -4)):
        painter.drawPolyline(QPolygonF([QPointF(x + across, y), QPointF(x, y), QPointF(x, y + down)]))


_DRAWN: Final[dict[Sign, Callable[[QPainter], None]]] = {
    Sign.PLAY: _play,
    Sign.PAUSE: _pause,
    Sign.SOUND: _sound,
    Sign.MUTED: _muted,
    Sign.WHOLE: _whole,
}
