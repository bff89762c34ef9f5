"""The button that sends: what goes in bold, where it goes below it, each line cut in its middle where the button is too narrow for it."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QPushButton, QStyle, QStyleOptionButton

from app.ui import formats
from app.ui.theme import Theme

MARGIN = 8  # pixels between the edge and the words
ABOVE = 7  # pixels over the first line and under the last


class PlaceButton(QPushButton):
    """`say` instead of `setText`: a name with an ampersand in it is no key. What is cut is whole in the tip."""

    def __init__(self, theme: Theme, size: int) -> None:
        super().__init__()
        self._theme = theme
        self._about = ""
        self._fonts = theme.font(size, bold=True), theme.font(size - 2, bold=True)
        self.setObjectName("place")
        self.setFont(self._fonts[0])
        self.setAutoDefault(False)

    @property
    def words(self) -> str:
        return self.text().replace("&&", "&")

    def say(self, words: str, about: str = "") -> None:
        """`about` is what it is pressed for: in its tip and for who does not see it."""
        told = words.replace("&", "&&")
        if (told, about) == (self.text(), self._about):
            return
        self._about = about
        self.setText(told)
        self.setAccessibleName(": ".join(filter(None, (" ".join(words.split()), about))))
        self.setToolTip(formats.tip("\n".join(filter(None, (words, about)))))
        self.updateGeometry()

    def shown(self) -> list[str]:
        """The lines as they fit into the width there is."""
        room = self.width() - 2 * MARGIN
        lines = self.words.split("\n")
        return [self._metrics(place).elidedText(line, Qt.TextElideMode.ElideMiddle, room) for place, line in enumerate(lines)]

    def sizeHint(self) -> QSize:
        """No wider than it must be: the lines give way."""
        heights = [self._metrics(place).height() for place in range(self.words.count("\n") + 1)]
        return QSize(2 * MARGIN, sum(heights) + 2 * ABOVE)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        option = QStyleOptionButton()
        self.initStyleOption(option)
        option.text = ""
        self.style().drawControl(QStyle.ControlElement.CE_PushButton, option, painter, self)
        painter.setPen(self._theme.colours["text.on_accent" if self.isEnabled() else "text.faint"])
        top = (self.height() - self.sizeHint().height()) // 2 + ABOVE
        for place, line in enumerate(self.shown()):
            height = self._metrics(place).height()
            painter.setFont(self._fonts[min(place, 1)])
            painter.drawText(QRect(0, top, self.width(), height), Qt.AlignmentFlag.AlignCenter, line)
            top += height

    def _metrics(self, line: int) -> QFontMetrics:
        return QFontMetrics(self._fonts[min(line, 1)])
