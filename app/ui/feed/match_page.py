"""The match page: where a match stands, and the odds on the match, on this round and on the next one, by team."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from math import isfinite
from typing import Protocol

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPalette, QResizeEvent
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget

from app.domain.cs2 import Match, MatchDetail, OddsKey, Question
from app.ui import formats
from app.ui.display import Display
from app.ui.feed import match_words as words
from app.ui.feed.alert_wish import AlertWish
from app.ui.feed.market_face import Freshness, MarketFace, Priced, face
from app.ui.feed.score import MatchLine, ScoreBoard
from app.ui.feed.tiles import OddsTiles
from app.ui.theme import Theme
from app.ui.views.elided import ElidedLabel
from app.ui.views.header import ink

SPACING, BELOW_LINE = 2, 2  # pixels between the parts and below a sentence
LEAST = 120  # pixels of a page that is laid out
NOTHING_OPEN = "Choose a match in the lobby or in the tree: its score and its odds appear here."


class Vouching(Protocol):
    """The feed's session: seconds since it vouched for a price (None: not since it was lost), whether that is too long,

    and whether nothing of it is heard at all (`is_late`).
    """

    @property
    def is_late(self) -> bool: ...
    def age(self, key: OddsKey) -> float | None: ...
    def is_stale(self, key: OddsKey) -> bool: ...


class MatchPage(QWidget):
    """Passive: `show_match` says all that is shown, `tick` lets ages and countdowns go on, `on_frame` fades what moved.

    With `cut_off` (monotonic seconds) what is shown is the past, as of then: ages count from there, and the page says so.
    `alert_wanted` with an AlertWish on what was pointed at.
    """

    alert_wanted = Signal(object)

    def __init__(self, vouching: Vouching, display: Display, theme: Theme, clock: Callable[[], float], now: Callable[[], datetime]) -> None:
        super().__init__()
        self._vouching = vouching
        self._theme = theme
        self._clock = clock
        self._now = now
        self._match: Match | None = None
        self._detail: MatchDetail | None = None
        self._quotes: tuple[Priced | None, ...] = ()
        self._late: float | None = None  # seconds that what is shown is behind; None: it is the present
        self.line = MatchLine(theme)
        self.score = ScoreBoard(theme)
        self.standing, self.flaws = ElidedLabel(), ElidedLabel()
        self.tiles = OddsTiles(display, theme, self._time)
        self.frame_wanted = self.tiles.frame_wanted
        self.tiles.alert_wanted.connect(self._wish)
        self.empty = QLabel(NOTHING_OPEN)
        self._scroll = QScrollArea()
        self._lay_out()
        theme.changed.connect(self._dress)
        self._dress()
        self.show_nothing()

    def show_nothing(self, sentence: str = NOTHING_OPEN) -> None:
        """No match is open, or none can be read: say why."""
        self._match, self._detail, self._quotes = None, None, ()
        self.empty.setText(sentence)
        self.line.say("Match")
        self.score.show_nothing()
        for label in (self.standing, self.flaws):
            label.setText("")
        self.tiles.show_faces([])
        self._show_parts()

    def show_match(
        self,
        match: Match,
        detail: MatchDetail | None = None,
        quotes: Sequence[Priced | None] = (),
        cut_off: float | None = None,
    ) -> None:
        """`quotes` on MATCH, ROUND and NEXT_ROUND, as the board gives them; None where there is none."""
        self._match, self._detail, self._quotes = words.truth(match, detail), detail, tuple(quotes)
        self._late = None if cut_off is None else max(self._clock() - cut_off, 0.0)
        self._say()
        self._show_parts()

    def refresh(self) -> None:
        """Say again what was last shown."""
        self._say()

    def tick(self) -> None:
        """A second went by: ages and countdowns move, arrows whose time is over go."""
        self._say()
        self.tiles.tick()

    def on_frame(self) -> None:
        self.tiles.on_frame()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def faces(self) -> tuple[MarketFace, ...]:
        """What the tiles show now."""
        return self.tiles.faces

    def _wish(self, pointed: tuple[int, int] | None) -> None:
        """An alert is asked for on this match, or on one of its prices."""
        match = self._match
        if match is None:
            return
        if pointed is None:
            self.alert_wanted.emit(AlertWish(match.id))
            return
        tiles = self.tiles.faces[pointed[0]].tiles
        ids = (match.teams[0].id, *([None] if len(tiles) > 2 else []), match.teams[1].id)
        self.alert_wanted.emit(AlertWish(match.id, list(Question)[pointed[0]], ids[pointed[1]], tiles[pointed[1]].odds))

    def _say(self) -> None:
        match = self._match
        if match is None:
            return
        self.line.say(words.title(match), [*self._lateness(), *words.facts(match, self._detail)])
        self.score.show_match(match, is_late=self._vouching.is_late and not match.is_settled)
        standing = words.standing(match, self._now())
        self.standing.say(standing, words.brief_standing(standing))
        self.flaws.setText(_flaw_line(match.flaws))
        quotes = dict(zip(Question, self._quotes, strict=False))
        self.tiles.show_faces([self._face(match, question, quotes.get(question)) for question in Question])
        for label in (self.standing, self.flaws):
            label.setVisible(bool(label.text()))
        self._fit()

    def _fit(self) -> None:
        """The odds have the height that the rest of the page leaves; beyond that it scrolls."""
        if self._match is None or self.height() < LEAST:
            return
        lines = sum(label.sizeHint().height() + BELOW_LINE + SPACING for label in (self.standing, self.flaws) if label.text())
        self.tiles.fit(max(self.height() - self.line.height() - self.score.height() - 2 * SPACING - lines, 0))

    def _lateness(self) -> list[words.Piece]:
        return [] if self._late is None else [words.Piece(f"shown {formats.age(self._late)} late", "state.info")]

    def _time(self) -> float:
        """The time of what is shown, monotonic."""
        return self._clock() - (self._late or 0.0)

    def _face(self, match: Match, question: Question, quote: Priced | None) -> MarketFace:
        return face(match, question, quote, self._freshness(quote))

    def _freshness(self, quote: Priced | None) -> Freshness:
        if quote is None:
            return Freshness(None, self._vouching.is_late, self._now())
        return Freshness(self._age(quote), self._vouching.is_stale(quote.snapshot.key), self._now())

    def _age(self, quote: Priced) -> float | None:
        if self._late is None:
            return self._vouching.age(quote.snapshot.key)
        return max(self._time() - quote.heard_at, 0.0) if isfinite(quote.heard_at) else None

    def _show_parts(self) -> None:
        is_open = self._match is not None
        self.empty.setVisible(not is_open)
        self._scroll.setVisible(is_open)

    def _lay_out(self) -> None:
        self.setObjectName("match page")
        self.setAccessibleName("Match")
        self.standing.setAccessibleName("Where the match stands")
        self.flaws.setAccessibleName("What in this match cannot be right")
        self.empty.setWordWrap(True)
        self.empty.setTextFormat(Qt.TextFormat.PlainText)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.empty.setMargin(12)
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACING)
        column.addWidget(self.score)
        for label in (self.standing, self.flaws):
            label.setContentsMargins(0, 0, 0, 0)
            row = QVBoxLayout()
            row.setContentsMargins(10, 0, 10, BELOW_LINE)
            row.addWidget(label)
            column.addLayout(row)
        column.addWidget(self.tiles)
        column.addStretch(1)
        for widget in (self, inner):
            widget.setBackgroundRole(QPalette.ColorRole.Base)
            widget.setAutoFillBackground(True)
        self._scroll.setWidget(inner)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.line)
        layout.addWidget(self._scroll, 1)
        layout.addWidget(self.empty, 1)

    def _dress(self) -> None:
        ink(self.standing, self._theme.colours["text.strong"])
        ink(self.flaws, self._theme.colours["state.warning"])
        ink(self.empty, self._theme.colours["text.dim"])
        self.line.update()
        self.score.update()


def _flaw_line(flaws: Sequence[str]) -> str:
    told = [formats.plain(flaw) for flaw in flaws]
    return f"⚠ {' · '.join(told)}" if told else ""
