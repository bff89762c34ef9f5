"""The head of the match page, painted: a line of facts, and the two teams with their sides around the score."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.domain.cs2 import Match, Side
from app.ui import formats
from app.ui.feed.match_words import SIDE_INK, Piece, score, team_name
from app.ui.theme import Theme

PAD = 10
GAP = 12  # pixels between the name of the match and its facts
LINE = 26  # pixels of the head's line; a second one takes less
SECOND = 20
BADGE = 17
COLON, VERSUS, BESIDE = 12, 14, 18  # pixels from the middle to a figure, to a name without figures, and between a figure and a name
DOT = " · "
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_CENTRE = Qt.AlignmentFlag.AlignCenter
_CUT = Qt.TextElideMode.ElideRight


class MatchLine(QWidget):
    """A name and coloured facts in one line, or in two where they do not fit; the whole of it is in the tooltip."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._name, self._small = theme.font(13, bold=True), theme.font(11)
        self._title = ""
        self._pieces: tuple[Piece, ...] = ()
        self._has_two = False
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._fit()

    @property
    def text(self) -> str:
        return DOT.join(filter(None, (self._title, *(piece.text for piece in self._pieces))))

    def say(self, title: str, pieces: Sequence[Piece] = ()) -> None:
        if (title, tuple(pieces)) == (self._title, self._pieces):
            return
        self._title, self._pieces = title, tuple(pieces)
        self.setToolTip(formats.tip(self.text))
        self.setAccessibleName(self.text)
        self._fit()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(200, LINE + (SECOND if self._has_two else 0))

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._fit()

    def _fit(self) -> None:
        wide = QFontMetrics(self._name).horizontalAdvance(self._title) + GAP
        wide += QFontMetrics(self._small).horizontalAdvance(DOT.join(piece.text for piece in self._pieces))
        self._has_two = bool(self._pieces) and wide > self.width() - 2 * PAD
        self.setFixedHeight(self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setFont(self._name)
        painter.setPen(self._theme.colours["text.strong"])
        line = QRect(PAD, 0, self.width() - 2 * PAD, LINE)
        title = painter.fontMetrics().elidedText(self._title, _CUT, line.width())
        painter.drawText(line, _LEFT, title)
        if self._has_two:
            self._facts(painter, QRect(PAD, LINE - 4, line.width(), SECOND))
        else:
            self._facts(painter, line.adjusted(painter.fontMetrics().horizontalAdvance(title) + GAP, 0, 0, 0))

    def _facts(self, painter: QPainter, line: QRect) -> None:
        painter.setFont(self._small)
        metrics = painter.fontMetrics()
        for place, piece in enumerate(self._pieces):
            for text, ink in (((DOT, "text.faint"),) if place else ()) + ((piece.text, piece.ink),):
                if line.width() <= 0:
                    return
                shown = metrics.elidedText(text, _CUT, line.width()) if text != DOT else text
                painter.setPen(self._theme.colours[ink])
                painter.drawText(line, _LEFT, shown)
                line = line.adjusted(metrics.horizontalAdvance(shown), 0, 0, 0)


class ScoreBoard(QWidget):
    """Team 1 and team 2 with the side each plays now, in the order of the feed, and the rounds won between them."""

    HEIGHT = 48

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._name, self._big, self._tiny = theme.font(16, bold=True), theme.font(28, bold=True), theme.font(11, bold=True)
        self._names = ("", "")
        self._sides: tuple[Side | None, Side | None] = (None, None)
        self._score: tuple[str, str] | None = None
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(self.HEIGHT)

    @property
    def text(self) -> str:
        first, second = (f"{name} ({side})" if side else name for name, side in zip(self._names, self._sides, strict=True))
        return f"{first} {self._score[0]} : {self._score[1]} {second}" if self._score else f"{first} against {second}"

    def show_match(self, match: Match) -> None:
        told = (
            (team_name(match.teams[0]), team_name(match.teams[1])),
            (_side(match, 0), _side(match, 1)),
            score(match),
        )
        if told == (self._names, self._sides, self._score):
            return
        self._names, self._sides, self._score = told
        self.setToolTip(formats.tip(self.text))
        self.setAccessibleName(f"Score: {self.text}")
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setFont(self._big)
        painter.setPen(self._theme.colours["text.strong"])
        wide = [QFontMetrics(self._big).horizontalAdvance(text) + COLON for text in self._score or ()] or [VERSUS, VERSUS]
        middle = self.width() // 2
        if self._score:
            painter.drawText(QRect(middle - 8, 0, 16, self.HEIGHT - 4), _CENTRE, ":")
            painter.drawText(QRect(middle - wide[0], 0, wide[0] - COLON, self.HEIGHT), _RIGHT, self._score[0])
            painter.drawText(QRect(middle + COLON, 0, wide[1], self.HEIGHT), _LEFT, self._score[1])
        else:
            painter.setFont(self._name)
            painter.setPen(self._theme.colours["text.dim"])
            painter.drawText(QRect(middle - VERSUS, 0, 2 * VERSUS, self.HEIGHT), _CENTRE, "vs")
        self._team(painter, QRect(PAD, 2, middle - wide[0] - BESIDE - PAD, self.HEIGHT - 4), 0, _RIGHT)
        left = middle + wide[1] + BESIDE
        self._team(painter, QRect(left, 2, self.width() - PAD - left, self.HEIGHT - 4), 1, _LEFT)

    def _team(self, painter: QPainter, box: QRect, place: int, edge: Qt.AlignmentFlag) -> None:
        side = self._sides[place]
        painter.setFont(self._name)
        painter.setPen(self._theme.colours["text.strong"])
        line = QRect(box.left(), box.top(), box.width(), 24 if side else box.height())
        painter.drawText(line, edge, painter.fontMetrics().elidedText(self._names[place], _CUT, line.width()))
        if side is not None:
            wide = QFontMetrics(self._tiny).horizontalAdvance(side) + 12
            left = box.right() + 1 - wide if edge == _RIGHT else box.left()
            paint_badge(painter, QRect(left, box.bottom() - BADGE, wide, BADGE), side, self._theme)


def _side(match: Match, place: int) -> Side | None:
    """The side now: none before the match and after it."""
    return None if match.is_settled else match.side_of(match.teams[place].id)


def paint_badge(painter: QPainter, box: QRect, side: Side, theme: Theme) -> None:
    """The word of a side on its colour: the word says it, the colour repeats it."""
    back, ink = SIDE_INK[side]
    painter.setFont(theme.font(11, bold=True))
    round_box(painter, box, theme.colours[back])
    painter.setPen(theme.colours[ink])
    painter.drawText(box, _CENTRE, side)


def round_box(painter: QPainter, box: QRect, colour: QColor, corner: int = 3) -> None:
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawRoundedRect(QRectF(box), corner, corner)
    painter.restore()
