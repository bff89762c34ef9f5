"""The row below the video: play, sound, the delay, quality, the whole screen."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QSlider, QToolButton, QWidget

from app.ui.feed.stream.player import AUTO
from app.ui.feed.stream.signs import Sign, SignButton
from app.ui.theme import Theme
from app.ui.views.tick_box import TickBox

ROOMY = 430  # pixels from which the volume has its slider; below, the arrow keys change it
BEST = "Best for here"


class Controls(QWidget):
    quality_chosen = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.play = SignButton(Sign.PLAY, theme, "P")
        self.sound = SignButton(Sign.MUTED, theme, "M")
        self.whole = SignButton(Sign.WHOLE, theme, "F; Esc leaves it")
        self.volume = QSlider(Qt.Orientation.Horizontal)
        self.volume.setRange(0, 100)
        self.volume.setMaximumWidth(80)
        self.volume.setAccessibleName("Volume")
        self.volume.setToolTip("Volume (up and down keys on the video)")
        self.delay = QToolButton()
        self.delay.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.delay.setToolTip("How far the odds are ahead of the video, and the spoiler-safe option")
        self.quality = QComboBox()
        self.quality.setAccessibleName("Quality of the video")
        self.quality.setMinimumContentsLength(6)
        self.quality.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.quality.activated.connect(self._on_quality)
        self.on_top = TickBox("On top", theme)
        self.on_top.setToolTip("Keep the video's window above the others")
        self.on_top.hide()
        self._lay_out()

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(6, 4, 6, 4)
        row.setSpacing(6)
        self.delay.setFont(self._theme.font(11))
        self.quality.setFont(self._theme.font(11))
        left: tuple[QWidget, ...] = (self.play, self.sound, self.volume, self.delay)
        right: tuple[QWidget, ...] = (self.on_top, self.quality, self.whole)
        for widget in left:
            row.addWidget(widget)
        row.addStretch(1)
        for widget in right:
            row.addWidget(widget)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.volume.setVisible(self.width() >= ROOMY)
        super().resizeEvent(event)

    def show_playing(self, *, is_playing: bool, is_muted: bool, volume: float) -> None:
        for button, sign in (
            (self.play, Sign.PAUSE if is_playing else Sign.PLAY),
            (self.sound, Sign.MUTED if is_muted else Sign.SOUND),
        ):
            if button.sign is not sign:
                button.show_sign(sign)
        if not self.volume.isSliderDown():
            self.volume.setValue(round(volume * 100))

    def show_delay(self, estimate: float | None, *, is_spoiler_safe: bool) -> None:
        told = f"≈ {estimate:.0f} s" if estimate is not None else "not set"
        self.delay.setText(f"{'Spoiler-safe' if is_spoiler_safe else 'Delay'} {told}")

    def show_qualities(self, names: Sequence[str], chosen: str) -> None:
        """`chosen` is AUTO or a name."""
        rows = [(BEST, AUTO), *((name, name) for name in names)]
        if [(self.quality.itemText(row), self.quality.itemData(row)) for row in range(self.quality.count())] != rows:
            self.quality.clear()
            for text, name in rows:
                self.quality.addItem(text, name)
        self.quality.setCurrentIndex(max(self.quality.findData(chosen), 0))
        self.quality.setEnabled(bool(names))

    def use_for_web(self, is_web: bool) -> None:
        """The official player has its own buttons for all of this."""
        for widget in (self.play, self.sound, self.volume, self.quality):
            widget.setEnabled(not is_web)

    def _on_quality(self, row: int) -> None:
        self.quality_chosen.emit(self.quality.itemData(row))
