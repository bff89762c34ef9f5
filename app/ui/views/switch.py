"""The trading switch: a word, a knob on one side or the other, and a colour, so that none of them has to be trusted alone."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy

from app.ui.theme import Theme

ON, OFF, HALTED = "Trading ON", "Trading OFF", "HALTED"
HEIGHT = 28
_TRACK = QSize(26, 14)
_PAD = 9
_TONES = {ON: "good", OFF: "quiet", HALTED: "bad"}


class TradingSwitch(QAbstractButton):
    """Shows what `show_state` told it; a press is only reported (`clicked`), because what it leads to is not decided here."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setFont(theme.font(12, bold=True))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.show_state(is_on=False, is_halted=False)

    def show_state(self, *, is_on: bool, is_halted: bool) -> None:
        text = HALTED if is_halted else ON if is_on else OFF
        if text == self.text():
            return
        self.setText(text)
        self.setAccessibleName(text)
        self.setToolTip(_TIPS[text])
        self.update()

    def sizeHint(self) -> QSize:
        words = max(QFontMetrics(self.font()).horizontalAdvance(text) for text in (ON, OFF, HALTED))
        return QSize(words + _TRACK.width() + 3 * _PAD, HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colours, tone = self._theme.colours, _TONES[self.text()]
        ink = colours["text.dim" if tone == "quiet" else f"state.{tone}"]
        edge = colours["state.info"] if self.hasFocus() else ink
        painter.setPen(QPen(edge, 2 if self.hasFocus() else 1))
        painter.setBrush(colours[f"state.{tone}_back"])
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 4, 4)
        self._draw_knob(painter, tone)
        painter.setPen(ink)
        words = self.rect().adjusted(2 * _PAD + _TRACK.width(), 0, 0, 0)
        painter.drawText(words, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, self.text())

    def _draw_knob(self, painter: QPainter, tone: str) -> None:
        """On is a full knob on the right, off an empty one on the left, halted a square."""
        colours = self._theme.colours
        ink = colours["text.dim" if tone == "quiet" else f"state.{tone}"]
        track = QRectF(_PAD, (self.height() - _TRACK.height()) / 2, _TRACK.width(), _TRACK.height())
        painter.setPen(QPen(ink, 1.5))
        if self.text() == HALTED:
            painter.fillRect(QRectF(track.center().x() - 6, track.center().y() - 6, 12, 12), ink)
            return
        painter.setBrush(ink if self.text() == ON else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(track, 7, 7)
        painter.setBrush(colours["surface.panel"] if self.text() == ON else ink)
        painter.setPen(Qt.PenStyle.NoPen)
        middle = track.right() - 7 if self.text() == ON else track.left() + 7
        painter.drawEllipse(QPointF(middle, track.center().y()), 4, 4)


_TIPS = {
    ON: "Orders may leave. One click switches trading off; open orders stay as they are",
    OFF: "No order leaves. Click to switch trading on",
    HALTED: "The kill switch is pulled: lift the halt in the red panel below",
}
