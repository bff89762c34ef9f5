"""A list on paper: a head with its facts and sums, a table whose titles stand on every page, and page x of y. Black on white."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import ceil

import msgspec
from PySide6.QtCore import QIODevice, QMarginsF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPageLayout, QPageSize, QPainter, QPdfWriter, QPen, QTextLayout, QTextOption

DOTS = 720  # an inch: ten to a point, so that a size in points is a whole number of them
POINT = DOTS / 72
MARGIN = 36  # points
TEXT, SMALL, TITLE = 8, 7, 15  # points
LINE, ROW, HEAD, FOOT = 10, 20, 16, 15  # points: of text, of a row with its two lines, of the titles, of the foot
GAP = 10  # points between two columns
LABEL = 62  # points: the width of a fact's label
SUMS_A_LINE = 6
INK, GREY, RULE = QColor("#000000"), QColor("#4d4d4d"), QColor("#9a9a9a")
PAPERS = {"A4": QPageSize.PageSizeId.A4, "Letter": QPageSize.PageSizeId.Letter}

Cell = tuple[str, str]  # its first line, and a smaller one below, which runs on under the next columns that have none
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class PaperColumn(msgspec.Struct, frozen=True):
    """`share` of the width, in any unit."""

    title: str
    share: float
    is_number: bool = False


class Paper(msgspec.Struct, frozen=True):
    """What is printed. `warning` stands boxed above the table; `foot` on every page beside its number; `total` closes the table, a text for
    each column.
    """

    title: str
    facts: Sequence[tuple[str, str]]
    sums: Sequence[tuple[str, str]]
    columns: Sequence[PaperColumn]
    rows: Sequence[Sequence[Cell]]
    warning: str = ""
    notes: Sequence[str] = ()
    foot: str = ""
    empty: str = "There is nothing to list."
    total: Sequence[str] = ()


class PaperWriter:
    """`draw` paints one page at each step, so that the window lives on while many are written."""

    def __init__(self, device: QIODevice, paper: Paper, size: str, font: QFont) -> None:
        self._paper = paper
        self._font = QFont(font)
        self._font.clearFeatures()  # figures of one width and signs fitted to their neighbours have no letters of their own in a PDF:
        self._font.setFeature(QFont.Tag("calt"), 0)  # what is copied or searched there would not be what is read
        self._writer = QPdfWriter(device)
        self._writer.setResolution(DOTS)
        self._writer.setTitle(f"{paper.title} {paper.foot}".strip())
        self._writer.setCreator("Overround")
        margins = QMarginsF(MARGIN, MARGIN, MARGIN, MARGIN)
        layout = QPageLayout(QPageSize(PAPERS[size]), QPageLayout.Orientation.Portrait, margins, QPageLayout.Unit.Point)
        self._writer.setPageLayout(layout)
        room = layout.paintRectPixels(DOTS)
        self._wide, self._high = float(room.width()), float(room.height())
        self._fonts = {size: self._sized(size) for size in (TEXT, SMALL, TITLE)}
        self._bold = {size: self._sized(size, bold=True) for size in (TEXT, SMALL, TITLE)}
        body = self._high - _dots(FOOT + HEAD)
        self._rows_a_page = max(int(body // _dots(ROW)), 1)
        self._first_rows = max(int((body - self._opening_height()) // _dots(ROW)), 0)

    @property
    def pages(self) -> int:
        rest = len(self._paper.rows) + self._has_total - self._first_rows
        return 1 + max(ceil(rest / self._rows_a_page), 0)

    @property
    def _has_total(self) -> bool:
        return bool(self._paper.total and self._paper.rows)

    def draw(self) -> Iterator[int]:
        """The number of each page once it is painted; the file is whole after the last."""
        painter = QPainter(self._writer)
        try:
            done = 0
            for page in range(1, self.pages + 1):
                if page > 1:
                    self._writer.newPage()
                top = self._draw_opening(painter) if page == 1 else 0.0
                count = self._first_rows if page == 1 else self._rows_a_page
                rows = self._paper.rows[done : done + count]
                end = self._draw_table(painter, top, rows)
                done += count
                if self._has_total and page == self.pages:
                    self._draw_total(painter, end)
                self._draw_foot(painter, page)
                yield page
        finally:
            painter.end()

    # The first page's head

    def _opening_height(self) -> float:
        paper, text, small = self._paper, self._fonts[TEXT], self._fonts[SMALL]
        height = _dots(TITLE + 12) + sum(self._wrapped(value, self._wide - _dots(LABEL), text)[1] for _, value in paper.facts)
        height += _dots(10) + ceil(len(paper.sums) / SUMS_A_LINE) * _dots(2 * LINE + 6)
        if paper.warning:
            height += self._wrapped(paper.warning, self._wide - _dots(16), self._bold[TEXT])[1] + _dots(18)
        return height + sum(self._wrapped(note, self._wide, small)[1] for note in paper.notes) + _dots(12)

    def _draw_opening(self, painter: QPainter) -> float:
        """The title, the facts, the sums, what is to be known about them; how far down it reached."""
        paper = self._paper
        self._text(painter, QRectF(0, 0, self._wide, _dots(TITLE + 4)), paper.title, self._bold[TITLE])
        top = _dots(TITLE + 12)
        for label, value in paper.facts:
            self._lines(painter, QPointF(0, top), _dots(LABEL), label, self._fonts[TEXT], GREY)
            top += self._lines(painter, QPointF(_dots(LABEL), top), self._wide - _dots(LABEL), value, self._fonts[TEXT])
        top = self._draw_sums(painter, top + _dots(10))
        if paper.warning:
            top = self._draw_warning(painter, top)
        for note in paper.notes:
            top += self._lines(painter, QPointF(0, top), self._wide, note, self._fonts[SMALL], GREY)
        return top + _dots(12)

    def _draw_sums(self, painter: QPainter, top: float) -> float:
        wide = self._wide / SUMS_A_LINE
        for place, (label, value) in enumerate(self._paper.sums):
            left = place % SUMS_A_LINE * wide
            y = top + place // SUMS_A_LINE * _dots(2 * LINE + 6)
            self._text(painter, QRectF(left, y, wide, _dots(LINE)), label, self._fonts[SMALL], ink=GREY)
            self._text(painter, QRectF(left, y + _dots(LINE), wide, _dots(LINE)), value, self._bold[TEXT])
        return top + ceil(len(self._paper.sums) / SUMS_A_LINE) * _dots(2 * LINE + 6)

    def _draw_warning(self, painter: QPainter, top: float) -> float:
        inside = QPointF(_dots(8), top + _dots(5))
        high = self._lines(painter, inside, self._wide - _dots(16), self._paper.warning, self._bold[TEXT]) + _dots(10)
        painter.setPen(QPen(INK, _dots(1)))
        painter.drawRect(QRectF(0, top, self._wide, high))
        return top + high + _dots(8)

    # Every page's table and foot

    def _draw_table(self, painter: QPainter, top: float, rows: Sequence[Sequence[Cell]]) -> float:
        """The titles and these rows; how far down they reached."""
        places = self._places()
        for column, (left, wide) in zip(self._paper.columns, places, strict=True):
            side = _RIGHT if column.is_number else _LEFT
            self._text(painter, QRectF(left, top, wide, _dots(HEAD - 4)), column.title, self._bold[SMALL], side)
        painter.setPen(QPen(INK, _dots(0.8)))
        painter.drawLine(0, round(top + _dots(HEAD - 3)), round(self._wide), round(top + _dots(HEAD - 3)))
        top += _dots(HEAD)
        if not self._paper.rows:
            self._text(painter, QRectF(0, top, self._wide, _dots(ROW)), self._paper.empty, self._fonts[TEXT])
        for row in rows:
            self._draw_row(painter, top, row, places)
            top += _dots(ROW)
        return top

    def _draw_total(self, painter: QPainter, top: float) -> None:
        painter.setPen(QPen(INK, _dots(0.8)))
        painter.drawLine(0, round(top), round(self._wide), round(top))
        for column, text, (left, wide) in zip(self._paper.columns, self._paper.total, self._places(), strict=True):
            side = _RIGHT if column.is_number else _LEFT
            self._text(painter, QRectF(left, top + _dots(2), wide, _dots(LINE + 2)), text, self._bold[TEXT], side)

    def _draw_row(self, painter: QPainter, top: float, row: Sequence[Cell], places: Sequence[tuple[float, float]]) -> None:
        end = self._wide  # of what the line below may take
        for column, (first, second), (left, wide) in reversed(list(zip(self._paper.columns, row, places, strict=True))):
            side = _RIGHT if column.is_number else _LEFT
            self._text(painter, QRectF(left, top, wide, _dots(LINE)), first, self._fonts[TEXT], side)
            if second:
                room = wide if column.is_number else end - left
                self._text(painter, QRectF(left, top + _dots(LINE), room, _dots(LINE - 1)), second, self._fonts[SMALL], side, GREY)
                end = left - _dots(GAP)
        painter.setPen(QPen(RULE, _dots(0.3)))
        painter.drawLine(0, round(top + _dots(ROW - 0.6)), round(self._wide), round(top + _dots(ROW - 0.6)))

    def _draw_foot(self, painter: QPainter, page: int) -> None:
        place = QRectF(0, self._high - _dots(LINE), self._wide, _dots(LINE))
        number = f"Page {page:,} of {self.pages:,}"
        self._text(painter, place, number, self._fonts[SMALL], _RIGHT, GREY)
        room = self._wide - QFontMetricsF(self._fonts[SMALL], self._writer).horizontalAdvance(number) - _dots(12)
        self._text(painter, QRectF(0, place.top(), room, place.height()), self._paper.foot, self._fonts[SMALL], ink=GREY)

    # Measures

    def _places(self) -> list[tuple[float, float]]:
        """Where each column begins, and its width; a gap lies between two of them."""
        gap, columns = _dots(GAP), self._paper.columns
        room = self._wide - gap * (len(columns) - 1)
        total = sum(column.share for column in columns)
        places, left = [], 0.0
        for column in columns:
            wide = room * column.share / total
            places.append((left, wide))
            left += wide + gap
        return places

    def _wrapped(self, text: str, wide: float, font: QFont) -> tuple[QTextLayout, float]:
        """A text laid out in lines as wide as that, broken between words where it can be; and how high it is."""
        layout = QTextLayout(text, font, self._writer)
        option = QTextOption(Qt.AlignmentFlag.AlignLeft)
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        layout.setTextOption(option)
        layout.beginLayout()
        high = 0.0
        while (line := layout.createLine()).isValid():
            line.setLineWidth(wide)
            line.setPosition(QPointF(0, high))
            high += line.height()
        layout.endLayout()
        return layout, high + _dots(2)

    def _lines(self, painter: QPainter, at: QPointF, wide: float, text: str, font: QFont, ink: QColor = INK) -> float:
        """Draw a text in as many lines as it needs; how high it was."""
        layout, high = self._wrapped(text, wide, font)
        painter.setPen(ink)
        layout.draw(painter, at)
        return high

    def _text(self, painter: QPainter, place: QRectF, text: str, font: QFont, side: Qt.AlignmentFlag = _LEFT, ink: QColor = INK) -> None:
        """One line. Words that have no room are left out in the middle, with a sign for that; a figure is drawn smaller and stays whole."""
        measure = QFontMetricsF(font, self._writer)
        if side == _RIGHT and (needed := measure.horizontalAdvance(text)) > place.width():
            font = QFont(font)
            font.setPixelSize(max(int(font.pixelSize() * place.width() / needed), 1))
        else:
            text = measure.elidedText(text, Qt.TextElideMode.ElideMiddle, place.width())
        painter.setFont(font)
        painter.setPen(ink)
        painter.drawText(place, side | Qt.TextFlag.TextSingleLine, text)

    def _sized(self, points: int, *, bold: bool = False) -> QFont:
        font = QFont(self._font)
        font.setPixelSize(round(_dots(points)))
        font.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
        return font


def _dots(points: float) -> float:
    return points * POINT
