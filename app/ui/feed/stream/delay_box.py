"""The stream-to-odds clock as a small box: a slider, where the figure comes from, and the spoiler-safe option."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSlider, QVBoxLayout, QWidget

from app.services.feed.delay import LONGEST, Delay
from app.ui.feed.stream.words import sentence
from app.ui.theme import Theme
from app.ui.views.header import ink
from app.ui.views.tick_box import TickBox

EXPLAINED = (
    "The broadcaster's delay and yours, as one estimate: it is never exact. Press Space on the video when you see the bomb planted. "
    "Spoiler-safe shows the feed's panel as it was then; a ticket is never delayed."
)

NOT_HELD = "No delay is known: nothing is held back yet."


class DelayBox(QFrame):
    """Opens over the window and goes when a click falls beside it."""

    def __init__(self, delay: Delay, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self._delay = delay
        self._theme = theme
        self.setObjectName("panel")
        self.setFixedWidth(320)
        self.estimate = QLabel()
        self.how = QLabel()
        self.explained = QLabel(EXPLAINED)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, int(LONGEST))
        self.slider.setAccessibleName("Seconds the odds are ahead of the video")
        self.safe = TickBox("Spoiler-safe: delay the panel", theme)
        self.unsafe = QLabel(NOT_HELD)
        self.undo = QPushButton("Undo the last calibration")
        self._lay_out()
        self.slider.valueChanged.connect(delay.set_by_hand)
        self.safe.toggled.connect(delay.set_spoiler_safe)
        self.undo.clicked.connect(delay.undo_press)
        self.refresh()

    def _lay_out(self) -> None:
        self.estimate.setFont(self._theme.font(14, bold=True))
        self.unsafe.setFont(self._theme.font(12, bold=True))
        for label in (self.estimate, self.how, self.unsafe, self.explained):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
        ends = QHBoxLayout()
        ends.addWidget(QLabel("0 s"))
        ends.addWidget(self.slider, 1)
        ends.addWidget(QLabel(f"{LONGEST:.0f} s"))
        self._column = layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 12, 14, 12)
        layout.setSpacing(8)
        for widget in (self.estimate, self.how):
            layout.addWidget(widget)
        layout.addLayout(ends)
        layout.addWidget(self.safe)
        layout.addWidget(self.unsafe)
        layout.addWidget(self.undo, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addWidget(self.explained)

    def refresh(self) -> None:
        delay = self._delay
        words = delay.words
        self.estimate.setText(words[0].upper() + words[1:])
        self.how.setText(sentence(delay.trouble or delay.how))
        for control in (self.slider, self.safe):
            control.blockSignals(True)
        self.slider.setValue(round(delay.estimate or 0))
        self.safe.setChecked(delay.is_spoiler_safe)
        for control in (self.slider, self.safe):
            control.blockSignals(False)
        is_unsafe = delay.is_spoiler_safe and delay.estimate is None
        self.unsafe.setVisible(is_unsafe)
        self.safe.setAccessibleDescription(NOT_HELD if is_unsafe else "")
        ink(self.unsafe, self._theme.colours["state.warning"])
        self.undo.setVisible(bool(delay.choice.measured))
        self.setFixedHeight(self._column.totalHeightForWidth(self.width()))  # adjustSize counts lines as if it were wider

    def open_below(self, button: QWidget) -> None:
        self.refresh()
        corner = button.mapToGlobal(button.rect().bottomLeft())
        if screen := button.screen():
            room = screen.availableGeometry()
            corner.setX(max(min(corner.x(), room.right() - self.width()), room.left()))
            if corner.y() + self.height() > room.bottom():
                corner.setY(button.mapToGlobal(button.rect().topLeft()).y() - self.height())
        self.move(corner)
        self.show()
        self.slider.setFocus()
