"""What an order is on: its market and its event, on as many lines as both need to stand there whole."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFont, QPainter, QPaintEvent, QTextLayout, QTextOption
from PySide6.QtWidgets import QLabel, QSizePolicy

from app.ui import formats

MOST = 3  # lines: every name of the venue's fits; a longer one is cut at its end, and whole in the tooltip
NARROWEST = 60
BETWEEN = " · "


class ContestLabel(QLabel):
    """Takes whatever width it is given. `text` is both on one line, which is how they stand where there is room."""

    def __init__(self) -> None:
        super().__init__()
        self._parts = ("", "")
        self.setTextFormat(Qt.TextFormat.PlainText)
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def say(self, market: str, event: str = "") -> None:
        parts = (formats.plain(market), formats.plain(event))
        if parts == self._parts:
            return
        self._parts = parts
        words = BETWEEN.join(filter(None, parts))
        self.setText(words)
        self.setToolTip(formats.tip(words))
        self.setAccessibleName(words)
        self.updateGeometry()

    def lines(self, width: int) -> list[str]:
        """As they are shown in so many pixels: each on a line of its own where that is enough."""
        metrics = self.fontMetrics()
        parts = [part for part in self._parts if part]
        whole = BETWEEN.join(parts)
        if metrics.horizontalAdvance(whole) <= width:
            return [whole]
        if all(metrics.horizontalAdvance(part) <= width for part in parts):
            return parts
        found = _broken(whole, self.font(), width)
        last = metrics.elidedText("".join(found[MOST - 1 :]).strip(), Qt.TextElideMode.ElideRight, width)
        return [*(line.strip() for line in found[: MOST - 1]), *filter(None, [last])]

    def heightForWidth(self, width: int) -> int:
        return len(self.lines(width)) * self.fontMetrics().height()

    def hasHeightForWidth(self) -> bool:
        return True

    def sizeHint(self) -> QSize:
        return QSize(NARROWEST, self.heightForWidth(max(self.width(), NARROWEST)))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        height = self.fontMetrics().height()
        for place, line in enumerate(self.lines(self.width())):
            box = QRect(0, place * height, self.width(), height)
            painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, line)


def _broken(text: str, font: QFont, width: int) -> list[str]:
    """The text in lines of so many pixels, between words where it can be."""
    layout = QTextLayout(text, font)
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    layout.setTextOption(option)
    found = []
    layout.beginLayout()
    while (line := layout.createLine()).isValid():
        line.setLineWidth(width)
        found.append(text[line.textStart() : line.textStart() + line.textLength()])
    layout.endLayout()
    return found
