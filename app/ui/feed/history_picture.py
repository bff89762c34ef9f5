"""The odds history as a picture: drawn for its own size, with title, time range and legend, whatever the size of the pane."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final, NamedTuple

from PySide6.QtCore import QPointF, QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPixmap, QStaticText

from app.ui.theme import Theme

if TYPE_CHECKING:
    from app.ui.feed.chart import OddsChart

SIZE: Final = QSize(1600, 900)  # at least, in pixels
HEAD, FOOT, EDGE = 62, 34, 16  # pixels above the chart, below it, and beside the words


class Sheet(NamedTuple):
    """`legend` is rich text of our own making; `words` stand below the title."""

    chart: OddsChart
    title: str
    words: str
    legend: str


def picture_of(sheet: Sheet, theme: Theme) -> QPixmap:
    """As large as the pane where that is larger."""
    size = SIZE.expandedTo(sheet.chart.size() + QSize(0, HEAD + FOOT))
    drawn = sheet.chart.picture(size - QSize(0, HEAD + FOOT))
    picture = QPixmap(size * drawn.devicePixelRatio())
    picture.setDevicePixelRatio(drawn.devicePixelRatio())
    picture.fill(theme.colours["surface.panel"])
    painter = QPainter(picture)
    painter.drawPixmap(0, HEAD, drawn)
    _write(painter, sheet, size, theme)
    painter.end()
    return picture


def range_words(low: float, high: float) -> str:
    """From when to when, by the local clock with its distance from UTC."""
    begin, end = (datetime.fromtimestamp(moment).astimezone() for moment in (low, high))
    last = f"{end:%H:%M:%S}" if begin.date() == end.date() else f"{end:%Y-%m-%d %H:%M:%S}"
    return f"{begin:%Y-%m-%d %H:%M:%S} to {last} (UTC{end:%z})"


def _write(painter: QPainter, sheet: Sheet, size: QSize, theme: Theme) -> None:
    width = size.width() - 2 * EDGE
    painter.setFont(theme.font(18, bold=True))
    painter.setPen(theme.colours["text.strong"])
    _line(painter, QRect(EDGE, 6, width, 30), sheet.title)
    painter.setFont(theme.font(12))
    painter.setPen(theme.colours["text.dim"])
    _line(painter, QRect(EDGE, 36, width, 20), sheet.words)
    painter.setFont(theme.font(13))
    painter.setPen(theme.colours["text.normal"])
    legend = QStaticText(sheet.legend)
    legend.setTextFormat(Qt.TextFormat.RichText)
    legend.setTextWidth(width)
    painter.drawStaticText(QPointF(EDGE, size.height() - FOOT + 6), legend)


def _line(painter: QPainter, box: QRect, words: str) -> None:
    shown = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, box.width())
    painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine, shown)
