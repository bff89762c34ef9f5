"""The head of the match page, painted: a line of facts, and the two teams with their sides around the score."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetrics, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.domain.cs2 import Match, Side
from app.ui import formats
from app.ui.feed.match_words import SIDE_INK, Piece, score, team_name
from app.ui.models.feed_words import LATE
from app.ui.theme import Theme

PAD = 10
GAP = 12  # pixels between the name of the match and its facts
LINE = 26  # pixels of the head's line; a second one takes less
SECOND = 20
NARROW = 300  # pixels below which the score board, which names the teams too, is all that names them
BADGE = 17
COLON, VERSUS, BESIDE = 12, 14, 18  # pixels from the middle to a figure, to a name without figures, and between a figure and a name
DOT = " · "
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_CENTRE = Qt.AlignmentFlag.AlignCenter
_CUT = Qt.TextElideMode.ElideRight


class MatchLine(QWidget):
    """A name and coloured facts in one line; where they do not fit in two, then the facts in brief. The whole of it is in the tooltip.

    In a narrow pane the facts alone.
    """

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._name, self._small = theme.font(13, bold=True), theme.font(11)
        self._title = ""
        self._pieces: tuple[Piece, ...] = ()
        self.shown: tuple[tuple[str, str], ...] = ()  # the facts as they fit, with their colours
        self._has_two = self._is_nameless = False
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
        room = self.width() - 2 * PAD
        whole = [(piece.text, piece.ink) for piece in self._pieces]
        brief = [(piece.brief or piece.text, piece.ink) for piece in self._pieces]
        name = QFontMetrics(self._name).horizontalAdvance(self._title) + GAP
        self._is_nameless = bool(self._pieces) and self.width() < NARROW
        self._has_two = bool(self._pieces) and not self._is_nameless and name + self._width(whole) > room
        is_alone = self._has_two or self._is_nameless
        self.shown = tuple(self._whole_ones(brief, room) if is_alone and self._width(whole) > room else whole)
        self.setFixedHeight(self.sizeHint().height())

    def _whole_ones(self, facts: Sequence[tuple[str, str]], room: int) -> Sequence[tuple[str, str]]:
        """As many as fit uncut, and one at least; the tip has all."""
        return next((facts[:count] for count in range(len(facts), 1, -1) if self._width(facts[:count]) <= room), facts[:1])

    def _width(self, facts: Sequence[tuple[str, str]]) -> int:
        return QFontMetrics(self._small).horizontalAdvance(DOT.join(text for text, _ in facts))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        line = QRect(PAD, 0, self.width() - 2 * PAD, LINE)
        if self._is_nameless:
            self._facts(painter, line)
            return
        painter.setFont(self._name)
        painter.setPen(self._theme.colours["text.strong"])
        title = painter.fontMetrics().elidedText(self._title, _CUT, line.width())
        painter.drawText(line, _LEFT, title)
        if self._has_two:
            self._facts(painter, QRect(PAD, LINE - 4, line.width(), SECOND))
        else:
            self._facts(painter, line.adjusted(painter.fontMetrics().horizontalAdvance(title) + GAP, 0, 0, 0))

    def _facts(self, painter: QPainter, line: QRect) -> None:
        painter.setFont(self._small)
        metrics = painter.fontMetrics()
        for place, fact in enumerate(self.shown):
            for text, ink in (((DOT, "text.faint"),) if place else ()) + (fact,):
                if line.width() <= 0:
                    return
                shown = metrics.elidedText(text, _CUT, line.width()) if text != DOT else text
                painter.setPen(self._theme.colours[ink])
                painter.drawText(line, _LEFT, shown)
                if shown != text:
                    return
                line = line.adjusted(metrics.horizontalAdvance(shown), 0, 0, 0)


class ScoreBoard(QWidget):
    """Team 1 and team 2 with the side each plays now, in the order of the feed, and the rounds won between them.

    Where the names do not fit beside the figures they stand under each other. `is_late`: the figures may be others by now.
    """

    HEIGHT = 48

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._name, self._less, self._tiny = theme.font(16, bold=True), theme.font(14, bold=True), theme.font(11, bold=True)
        self._big, self._row = theme.font(28, bold=True), theme.font(17, bold=True)
        self._names = ("", "")
        self._sides: tuple[Side | None, Side | None] = (None, None)
        self._score: tuple[str, str] | None = None
        self._is_late = self._is_untold = False
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(self.HEIGHT)

    @property
    def text(self) -> str:
        first, second = (f"{name} ({side})" if side else name for name, side in zip(self._names, self._sides, strict=True))
        if self._score:
            return f"{first} {self._score[0]} : {self._score[1]} {second}"
        return f"{first} against {second}{', score not told' if self._is_untold else ''}"

    @property
    def is_stacked(self) -> bool:
        """Whether the teams stand under each other."""
        return not self._fits(self._less)

    def show_match(self, match: Match, *, is_late: bool = False) -> None:
        told = (
            (team_name(match.teams[0]), team_name(match.teams[1])),
            (_side(match, 0), _side(match, 1)),
            score(match),
            is_late,
            match.score is None and (match.is_live or match.is_settled),
        )
        if told == (self._names, self._sides, self._score, self._is_late, self._is_untold):
            return
        self._names, self._sides, self._score, self._is_late, self._is_untold = told
        late = f"\n{LATE}" if is_late else ""
        self.setToolTip(formats.tip(self.text + late))
        self.setAccessibleName(f"Score: {self.text}")
        self.setAccessibleDescription(late.strip())
        self.update()

    def show_nothing(self) -> None:
        """Nothing may be read of what was shown before, in a tip neither."""
        self._names, self._sides, self._score = ("", ""), (None, None), None
        self._is_late = self._is_untold = False
        self.setToolTip("")
        self.setAccessibleName("Score: not shown")
        self.setAccessibleDescription("")
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if self._is_late and self._score:
            self._hatch(painter)
        if self.is_stacked:
            for place in (0, 1):
                self._line(painter, QRect(PAD, place * self.HEIGHT // 2, self.width() - 2 * PAD, self.HEIGHT // 2), place)
        else:
            self._beside(painter)

    def _fits(self, font: QFont) -> bool:
        room = self.width() // 2 - max(self._figures()) - BESIDE - PAD
        return all(QFontMetrics(font).horizontalAdvance(name) <= room for name in self._names)

    def _figures(self) -> list[int]:
        """Pixels from the middle to the end of each figure."""
        return [QFontMetrics(self._big).horizontalAdvance(text) + COLON for text in self._score or ()] or [VERSUS, VERSUS]

    def _ink(self) -> QColor:
        return self._theme.colours["text.dim" if self._is_late else "text.strong"]

    def _hatch(self, painter: QPainter) -> None:
        """As behind a price that nothing vouches for."""
        wide, middle = self._figures(), self.width() // 2
        box = QRect(middle - wide[0] - 6, 4, sum(wide) + 12, self.HEIGHT - 10)
        if self.is_stacked:
            room = max(QFontMetrics(self._row).horizontalAdvance(text) for text in self._score or ("",)) + 12
            box = QRect(self.width() - PAD - room + 6, 1, room, self.HEIGHT - 2)
        paint_stale(painter, box, self._theme)

    def _beside(self, painter: QPainter) -> None:
        wide, middle = self._figures(), self.width() // 2
        painter.setFont(self._big)
        painter.setPen(self._ink())
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
        painter.setFont(self._name if self._fits(self._name) else self._less)
        painter.setPen(self._theme.colours["text.strong"])
        line = QRect(box.left(), box.top(), box.width(), 24 if side else box.height())
        painter.drawText(line, edge, self._names[place])
        if side is not None:
            wide = self._badge_width(side)
            left = box.right() + 1 - wide if edge == _RIGHT else box.left()
            paint_badge(painter, QRect(left, box.bottom() - BADGE, wide, BADGE), side, self._theme)

    def _line(self, painter: QPainter, box: QRect, place: int) -> None:
        """A team, its side and its figure in one line."""
        side = self._sides[place]
        painter.setFont(self._row)
        painter.setPen(self._ink())
        figure = self._score[place] if self._score else ""
        painter.drawText(box, _RIGHT, figure)
        badge = self._badge_width(side) + 8 if side is not None else 0
        room = box.width() - painter.fontMetrics().horizontalAdvance(figure) - badge - GAP
        painter.setFont(self._less)
        painter.setPen(self._theme.colours["text.strong"])
        name = painter.fontMetrics().elidedText(self._names[place], _CUT, room)
        painter.drawText(box, _LEFT, name)
        if side is not None:
            left = box.left() + painter.fontMetrics().horizontalAdvance(name) + 8
            paint_badge(painter, QRect(left, box.center().y() - BADGE // 2, badge - 8, BADGE), side, self._theme)

    def _badge_width(self, side: Side) -> int:
        return QFontMetrics(self._tiny).horizontalAdvance(side) + 12


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


def paint_stale(painter: QPainter, box: QRect, theme: Theme) -> None:
    """Behind what may be other by now: grey and hatched."""
    painter.fillRect(box, theme.colours["price.stale"])
    painter.fillRect(box, QBrush(theme.colours["price.hatch"], Qt.BrushStyle.BDiagPattern))


def round_box(painter: QPainter, box: QRect, colour: QColor, corner: int = 3) -> None:
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawRoundedRect(QRectF(box), corner, corner)
    painter.restore()
